"""Hands a story, an issue, highlights, works or a link to a program of the user, and collects what it prints."""
