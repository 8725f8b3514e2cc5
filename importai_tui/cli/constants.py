"""Constants of the command line that several of its modules need."""

from __future__ import annotations

PROGRAM = "importai-tui"
COMPLETION_VARIABLE = "_IMPORTAI_TUI_COMPLETE"
"""Set by the scripts of the shells; its name is click's."""
EXIT_INTERRUPTED = 130
"""The exit status after Ctrl-C that shells expect: 128 and the number of the signal."""
NO_ISSUES_YET = (
    "No issues yet. Download them: importai-tui sync (all of them: sync --full), "
    "or import files: importai-tui import PATH."
)
