"""Constants of the command line that several of its modules need."""

from __future__ import annotations

PROGRAM = "importai-tui"
EXIT_INTERRUPTED = 130
"""The exit status after Ctrl-C that shells expect: 128 and the number of the signal."""
NOTHING_YET = "The archive is empty. Bring in issues that you have on disk: importai-tui import PATH"
