"""Hostile input of all kinds: a short form in pytest, a long one by `python -m tests.hostile`."""
