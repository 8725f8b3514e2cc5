"""The screen of all highlights, notes and tags."""
