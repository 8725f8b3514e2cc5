"""Opens the reader: on the guide where the archive is empty and the guide was not put away."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, NamedTuple

from importai_tui.cli.constants import PROGRAM
from importai_tui.cli.session import Session
from importai_tui.errors import NotFound, ReaderError
from importai_tui.frame.kept import frame_file, keep_frame
from importai_tui.frame.shown import raised, showing
from importai_tui.frame.stamp import stamp

if TYPE_CHECKING:
    from importai_tui.library import Library


class _Start(NamedTuple):
    """Where the app opens."""

    library: Library
    ref: str | None
    guide: bool


def open_reader(session: Session, ref: str | None) -> None:
    """Open the app, at REF if one is given."""
    # Until the first screen stands, hardly anything is garbage: to look for it takes a twentieth of the start.
    gc.disable()
    environ = dict(session.environ)  # the app adds to it
    start = _start(session, ref)
    with start.library as library:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise ReaderError(f"The reader needs a terminal. For a script or a pipe: {PROGRAM} list, show, links")
        if environ.get("TERM") == "dumb":
            raise ReaderError(
                f"This terminal (TERM=dumb) can only print lines. Read in it with: {PROGRAM} read --plain"
            )
        with showing(environ, frame=False):
            from importai_tui.tui.running import run

            opener, background = session.opener(), session.background()
            frame = run(library, start.ref, opener, session.guide, guide=start.guide, background=background)
    if frame and not session.demo:
        # Only now: what is written last, and closing what was open, changes the files that it is true of.
        places = session.places()
        keep_frame(frame_file(places), stamp(places, environ, frame.columns, len(frame.rows)), frame.rows)


def _show_wait(sentence: str) -> None:
    """Show what the start waits for; once the app runs, its footer does that."""
    if shown := raised():
        shown.show(sentence)
    else:
        from importai_tui.printing.console import narrate

        narrate(f"{PROGRAM}: {sentence}")


def _start(session: Session, ref: str | None) -> _Start:
    from importai_tui.archive.database import report_waits

    report_waits(_show_wait)
    library = session.library(looked_after=True)
    guide = session.demo
    try:
        if library.is_empty() and library.state.recall("guide") != "away":
            library.close()
            library, guide = session.guide(), True
        if ref is not None:
            library.resolve(ref)
    except NotFound as error:
        library.close()
        message = f'"{ref}" is no command ({PROGRAM} --help), and no issue or story here ({PROGRAM} list).'
        raise NotFound(message if ref and not ref[0].isdigit() else str(error)) from error
    except BaseException:
        library.close()
        raise
    return _Start(library, ref, guide)
