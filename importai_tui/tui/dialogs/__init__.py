"""Dialogs over the reading screen: questions, help, palette, notes, tags."""
