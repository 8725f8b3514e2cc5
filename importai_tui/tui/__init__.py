"""The reader in the terminal: the only rooms where textual is imported. They ask the library and never touch SQL."""
