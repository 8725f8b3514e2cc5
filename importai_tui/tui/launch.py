"""The way into the reader: the app, over what stands on the terminal already."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from importai_tui.errors import ReaderError
from importai_tui.library.library import Library
from importai_tui.output.console import emit, narrate
from importai_tui.splash import raised
from importai_tui.tui.app import ReaderApp
from importai_tui.tui.background_jobs import Background
from importai_tui.tui.splash import Frame, Veil
from importai_tui.wording import plural

if TYPE_CHECKING:
    from importai_tui.browser import Opener


def run(
    library: Library,
    ref: str | None,
    opener: Opener,
    open_guide: Callable[[], Library],
    *,
    guide: bool = False,
    background: Background | None = None,
) -> Frame | None:
    """Open the reader on a library, at `ref` or at the last position, until the user quits.

    Returns the frame that the next start will show, if that is known.

    Raises:
        Exception: the error in the program that ended the reader.

    Args:
        library: what is read; the caller closes it.
        ref: where to open.
        opener: the way to the browser.
        open_guide: opens the built-in library when the reader asks for it over another.
        guide: the library is the built-in one: it has a place of its own, and can be put away.
        background: what may run behind the reader's back; nothing unless told.
    """
    app = ReaderApp(
        library,
        opener=opener,
        open_guide=open_guide,
        ref=ref,
        guide=guide,
        background=background,
        on_terminal=True,
    )
    app.keeps_frame = True
    if os.name == "posix" and "TEXTUAL_DRIVER" not in os.environ:
        from importai_tui.tui.terminal import TerminalDriver

        app.driver_class = TerminalDriver
    if shown := raised():
        app.veil = Veil(app, Frame(shown.columns, shown.rows)) if shown.rows else None
    app.run()
    _print_unsaved(app, library)
    if app.fault:
        raise app.fault
    if app.return_code:
        raise ReaderError("The reader has ended because of an error. Start it again; nothing that was saved is lost.")
    if app.unkept or app.lost_changes:
        raise SystemExit(1)
    return app.last_frame


def _print_unsaved(app: ReaderApp, library: Library) -> None:
    for text in app.unkept:
        narrate("This could not be kept:")
        emit(text)
    if app.lost_changes:
        changes = plural(app.lost_changes, "change is", "changes are")
        narrate(f"{changes} not saved, because another program uses {library.state.path}.")
