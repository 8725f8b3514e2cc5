"""Dialogs: small screens over the reading screen that close with an answer."""
