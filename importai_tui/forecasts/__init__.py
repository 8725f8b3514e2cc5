"""Finds sentences that look like a forecast, and computes when they fall due."""

FORECASTS_VERSION = 8
"""Version of the rules. Raise it if they find other forecasts in a story; archives then search their stories again."""
