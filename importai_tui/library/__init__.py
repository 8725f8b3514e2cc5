"""Joins the archive and the reading state for the command line and the app; the two share only story keys."""
