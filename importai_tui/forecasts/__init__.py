"""Finds sentences that look like a forecast, and computes when they fall due."""

FORECASTS_VERSION = 8
"""Version of the rules. Raise it when a story gives other forecasts; archives then search their stories again."""
