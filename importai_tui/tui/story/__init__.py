"""A story on the page: its blocks as pieces, drawn and shown."""
