"""What the program is called, and what its exit statuses are that are not 0 or 1."""

PROGRAM = "importai-tui"
WRONG_USE = 2
INTERRUPTED = 130
"""What shells expect of a program that Ctrl-C ended: 128 and the signal's number."""
