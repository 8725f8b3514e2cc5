"""The search language: parses a line of text into conditions, and completes it. No database."""
