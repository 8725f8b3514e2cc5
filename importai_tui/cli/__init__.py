"""The command line. It loads the app only to open it, and turns everything that goes wrong into a line or two."""

from importai_tui.cli.entry import main

__all__ = ["main"]
