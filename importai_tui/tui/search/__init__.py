"""The search: a line to type in, and what it finds."""
