"""From the arguments to an exit status; no failure leaves here as a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from importai_tui.cli.root import PROGRAM, root
from importai_tui.cli.session import INTERRUPTED
from importai_tui.errors import ReaderError
from importai_tui.printing.console import narrate

DEBUG_VARIABLE = "IMPORTAI_TUI_DEBUG"
"""Set: an unexpected failure shows where it happened, for a report."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the program and leave with its status: 0 done, 1 nothing found or some inputs failed, 2 wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows no "…" shows a "?"; that is no reason to fail.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    sys.exit(_status(sys.argv[1:] if arguments is None else list(arguments)))


def _status(arguments: list[str]) -> int:
    try:
        code = root.main(arguments, prog_name=PROGRAM, standalone_mode=False)
    except click.UsageError as error:
        narrate(f"{PROGRAM}: {error.format_message()}")
        narrate(f"How to use it: {error.ctx.command_path if error.ctx else PROGRAM} --help")
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        narrate("Stopped.")
        return INTERRUPTED
    except ReaderError as error:
        narrate(f"{PROGRAM}: {error}")
        return 1
    except click.ClickException as error:
        narrate(f"{PROGRAM}: {error.format_message()}")
        return error.exit_code
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        narrate(f"{PROGRAM}: {where}{(error.strerror or str(error)).lower()}")
        return 1
    except Exception as error:
        # The last net: a fault of ours is told in a line too, and shows its place to whoever asks for it.
        if DEBUG_VARIABLE in os.environ:
            raise
        narrate(f"{PROGRAM}: a fault of the program: {type(error).__name__}: {error}")
        narrate(f"{DEBUG_VARIABLE}=1 shows where; please report it.")
        return 1
    return code if isinstance(code, int) else 0
