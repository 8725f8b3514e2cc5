"""Joins the archive and the reading state, which share only the keys of stories, for the command line and the app."""
