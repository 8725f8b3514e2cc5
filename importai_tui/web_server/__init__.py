"""The server of the command `serve`: shows the reader in browsers that have its token."""
