"""The commands of the reading screen, a file for those that belong together."""
