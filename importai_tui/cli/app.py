"""Opens the app: on the user's archive, on the guide, or on the demo."""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from importai_tui.cli.constants import NO_ISSUES_YET, PROGRAM
from importai_tui.cli.context import CliContext, resolve_ref
from importai_tui.errors import NotFoundError, ReaderError
from importai_tui.library.library import Library
from importai_tui.output.console import print_status
from importai_tui.splash import current_splash, save_snapshot, show_splash, snapshot_file, snapshot_key
from importai_tui.sqlite import set_wait_reporter

if TYPE_CHECKING:
    from importai_tui.cli.import_ import ImportJob
    from importai_tui.clipboard import CopyResult
    from importai_tui.output.books import StoryList
    from importai_tui.sync.progress import OnProgress
    from importai_tui.tui.background_jobs import BackgroundSetup

_IN_BROWSER = "web_driver"
"""Part of the name of each driver that draws in a browser, ours and Textual's. Visitors must not use our files."""


def open_app(cli: CliContext, ref: str | None) -> None:
    """Open the app, at REF if one is given. It opens the guide if the archive is empty and the guide is not hidden."""
    gc.disable()  # until the first screen is drawn, see `ReaderApp`
    environ = dict(cli.environ)  # the app adds to it
    start = _open_start(cli, ref)
    with start.library as library:
        in_browser = _is_in_browser(environ)
        if not (in_browser or (sys.stdin.isatty() and sys.stdout.isatty())):
            raise ReaderError(f"The reader needs a terminal. In scripts use {PROGRAM} list, show or links.")
        if environ.get("TERM") == "dumb" and not in_browser:
            raise ReaderError(f"This terminal (TERM=dumb) can only print lines. Use instead: {PROGRAM} read --plain")
        with show_splash(environ, use_snapshot=False):
            # Imported here, because the splash is drawn before the app is loaded.
            from importai_tui.tui.launch import run_app

            snapshot = run_app(
                library,
                start.ref,
                None if in_browser else cli.make_opener(),
                partial(_copy_text, cli, environ),
                cli.open_guide,
                guide=start.is_guide,
                background=cli.make_background() if in_browser or cli.demo else _make_background(cli),
            )
    if snapshot and not cli.demo:
        # After the library is closed, because the last writes change the files in the snapshot's key.
        places = cli.places()
        key = snapshot_key(places, environ, snapshot.columns, len(snapshot.rows))
        save_snapshot(snapshot_file(places), key, snapshot.rows)


def _is_in_browser(environ: Mapping[str, str]) -> bool:
    """Return True if the reader is drawn in a browser."""
    return _IN_BROWSER in environ.get("TEXTUAL_DRIVER", "")


def _copy_text(cli: CliContext, environ: Mapping[str, str], text: str) -> CopyResult:
    """Copy a text; the settings are read each time."""
    from importai_tui.clipboard import copy_in_browser, copy_text  # here, because the first screen does not need it

    if _is_in_browser(environ):
        return copy_in_browser(text)
    return copy_text(text, environ, sys.platform, cli.read_config().copy_command)


def _make_background(cli: CliContext) -> BackgroundSetup:
    """Return the background jobs, with the commands that the `:` line of the reader runs on the user's files."""

    def import_files(paths: Sequence[str], on_progress: OnProgress) -> ImportJob:
        from importai_tui.cli.import_ import ImportJob

        return ImportJob(partial(cli.open_library, for_app=True), paths, on_progress)

    def export(words: Sequence[str]) -> str:
        from importai_tui.cli.export import export_from_reader

        return export_from_reader(cli, words)

    def export_book(source: str | StoryList, out: str) -> str:
        from importai_tui.cli.books import export_book_from_reader

        return export_book_from_reader(cli, source, out)

    return cli.make_background()._replace(import_files=import_files, export=export, export_book=export_book)


class _StartState(NamedTuple):
    """The library and the position that the app opens."""

    library: Library
    ref: str | None
    is_guide: bool


def _open_start(cli: CliContext, ref: str | None) -> _StartState:
    set_wait_reporter(_show_wait)
    library = cli.open_library(for_app=True)
    is_guide = cli.demo
    try:
        if library.is_empty() and library.state.load_value("guide") != "away":
            library.close()
            library, is_guide = cli.open_guide(), True
        if ref is not None:
            resolve_ref(library, ref)
    except NotFoundError:
        library.close()
        if ref and not ref[0].isdigit():
            message = f"Unknown command, issue or story: {ref}. See {PROGRAM} --help or {PROGRAM} list."
            raise NotFoundError(message) from None
        if is_guide and not cli.demo:
            raise NotFoundError(NO_ISSUES_YET) from None
        raise
    except BaseException:
        library.close()
        raise
    return _StartState(library, ref, is_guide)


def _show_wait(message: str) -> None:
    """Show why the start waits; once the app runs, its footer does that."""
    if splash := current_splash():
        splash.show_message(message)
    else:
        print_status(f"{PROGRAM}: {message}")
