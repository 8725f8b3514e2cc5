"""The server of the command `serve`: the reader in a browser, for those who know its token."""
