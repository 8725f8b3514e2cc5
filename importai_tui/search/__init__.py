"""Search of the archive: matches, excerpts, suggestions, saved searches."""
