"""The works screen: all works that the archive cites."""
