"""Finds sentences that look like a forecast, and computes when they fall due."""
