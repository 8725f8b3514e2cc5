"""Stores issues in one SQLite file: a cache that knows nothing of the user and can always be rebuilt."""
