"""Threads through the archive: what a story refers to, where it is mentioned, what is near it. It draws nothing."""
