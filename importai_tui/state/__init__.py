"""The reading state: marks, notes and tags of the user, keyed by the stable keys of stories. It cannot be rebuilt."""
