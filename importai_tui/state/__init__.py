"""The reading state: what the user did, keyed by a story's stable key. It cannot be rebuilt."""
