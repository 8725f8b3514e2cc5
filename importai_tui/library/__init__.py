"""Archive and reading state together: what the command line and the app ask. Stories are joined by their key."""
