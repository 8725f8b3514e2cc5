"""Starts the app over the splash, and prints what could not be saved after it has ended."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import nullcontext, redirect_stdout
from typing import TYPE_CHECKING

from importai_tui.errors import ReaderError
from importai_tui.library.library import Library
from importai_tui.links.urls import validate_url
from importai_tui.output.console import print_data, print_status
from importai_tui.splash import current_splash
from importai_tui.tui.app import ReaderApp
from importai_tui.tui.background_jobs import BackgroundSetup
from importai_tui.tui.copier import CopyText
from importai_tui.tui.splash import RenderGate, Snapshot
from importai_tui.wording import plural

if TYPE_CHECKING:
    from importai_tui.browser import Opener, OpenResult


def run_app(
    library: Library,
    ref: str | None,
    opener: Opener | None,
    copy_text: CopyText,
    open_guide: Callable[[], Library],
    *,
    guide: bool = False,
    background: BackgroundSetup | None = None,
) -> Snapshot | None:
    """Open the reader on a library, at `ref` or at the last position, until the user quits.

    Returns the snapshot for the next start, if there is one.

    Raises:
        Exception: the error in the program that ended the reader.

    Args:
        library: the issues to read; the caller closes it.
        ref: where to open.
        opener: opens addresses in the browser; None if the reader is in one, which opens them itself.
        copy_text: copies a text; it is called in a thread.
        open_guide: opens the built-in library when the user asks for it over another.
        guide: the library is the built-in guide, which has a position of its own and can be dismissed.
        background: the background jobs; None for none.
    """

    def open_from_browser(url: str, kind: str = "") -> OpenResult:  # noqa: ARG001  # a browser opens all kinds
        from importai_tui.browser import OpenResult  # here, because it is not on the first screen

        address = validate_url(url)
        app.call_later(app.open_url, address)  # called in a thread
        return OpenResult(True, address, f"Opened {address}")

    app = ReaderApp(
        library,
        opener=opener or open_from_browser,
        copy_text=copy_text,
        open_guide=open_guide,
        ref=ref,
        guide=guide,
        background=background,
        on_terminal=True,
    )
    if "TEXTUAL_DRIVER" not in os.environ:
        app.takes_snapshot = True
        if sys.platform != "win32":
            from importai_tui.tui.terminal import TerminalDriver

            app.driver_class = TerminalDriver
    if shown := current_splash():
        app.render_gate = RenderGate(app, Snapshot(shown.columns, shown.rows)) if shown.rows else None
    app.run()
    # Standard output belongs to the server if the reader is in a browser.
    with nullcontext() if opener else redirect_stdout(sys.stderr):
        _print_unsaved(app, library)
    if app.fatal_error:
        raise app.fatal_error
    if app.return_code:
        raise ReaderError("The reader stopped because of an error. Start it again; everything that was saved is safe.")
    if app.unsaved_texts or app.unsaved_changes:
        raise SystemExit(1)
    return app.snapshot


def _print_unsaved(app: ReaderApp, library: Library) -> None:
    for text in app.unsaved_texts:
        print_status("This could not be saved:")
        print_data(text)
    if app.unsaved_changes:
        changes = plural(app.unsaved_changes, "change was", "changes were")
        print_status(f"{changes} not saved: another program is using {library.state.path}.")
