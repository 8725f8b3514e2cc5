"""What every command is given: the environment, and the library and opener made from it when they are asked for.

Opens the reader: on the guide where the archive is empty and the guide was not put away.

Brings up to date what an older version has read or stored, before a command asks for it.

The reader does it behind the reader's back; who uses the commands alone never opens it.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from importai_tui.cli.constants import PROGRAM
from importai_tui.errors import DatabaseTrouble, NotFound, ReaderError
from importai_tui.output.console import narrate, progress
from importai_tui.parse import PARSER_VERSION
from importai_tui.paths import Places
from importai_tui.splash import frame_file, keep_frame, raised, showing, stamp

if TYPE_CHECKING:
    from importai_tui.browser import Opened, Opener
    from importai_tui.config.schema import Config
    from importai_tui.http.client import HttpClient
    from importai_tui.http.request_log import RequestLog
    from importai_tui.library.library import Library
    from importai_tui.state.maintenance import Caretaking
    from importai_tui.sync.progress import OnProgress, Progress
    from importai_tui.sync.rebuild import Rebuild
    from importai_tui.sync.run import Sync
    from importai_tui.sync.sources import Plan, Source
    from importai_tui.tui.background_jobs import Background


@dataclass(frozen=True, slots=True)
class Session:
    """One run of the program."""

    environ: Mapping[str, str]
    demo: bool
    """Everything happens on the built-in archive, in a throw-away home."""

    def places(self) -> Places:
        """Where the files of this installation are."""
        return Places.from_environment(self.environ)

    def config(self) -> Config:
        """What is set, in the file and in the environment."""
        from importai_tui.config import read_config

        return read_config(self.places().config, self.environ)

    def library(self, *, looked_after: bool = False, marked: bool = True) -> Library:
        """Open the library; the caller closes it.

        `marked`: what is marked will be asked for, else the reading state stays shut.
        `looked_after`: copies of the reading state, and the shared folder, are `background().caretaking`'s business.
        """
        if self.demo:
            from importai_tui.guide import open_demo

            return open_demo()
        if not looked_after:  # the reader shows on its screen what it waits for
            from importai_tui.sqlite import report_waits

            report_waits(lambda sentence: narrate(f"importai-tui: {sentence}"))
        library = self._looked_after_library() if looked_after else self._own_library(marked=marked)
        for warning in library.warnings(state=marked):
            narrate(f"importai-tui: {warning}")
        return library

    def guide(self) -> Library:
        """Open the built-in issues beside the reader's own marks; the caller closes it."""
        if self.demo:
            return self.library()
        from importai_tui.guide import open_guide

        return open_guide(self.places())

    def opener(self) -> Opener:
        """The way to the system's browser, as it is set when something is opened."""

        def open_in_browser(url: str) -> Opened:
            from importai_tui.browser import browser_opener

            return browser_opener(self.environ, configured=self.config().opener)(url)

        return open_in_browser

    def plan(self, sources: tuple[str, ...] = ()) -> Plan:
        """Which sources are asked: those that are named, else those that are set.

        Raises:
            RefusedAddress: one that is named is no source.
            ConfigError: one that is set is none.
        """
        from importai_tui.sync.sources import Plan, source_of

        if sources:
            return Plan.of(tuple(source_of(word) for word in dict.fromkeys(sources)))
        config = self.config()
        catalogue = self._set_source("back_catalogue", config.back_catalogue) if config.back_catalogue else None
        return Plan(tuple(self._set_source("sources", word) for word in dict.fromkeys(config.sources)), catalogue)

    def _set_source(self, name: str, word: str) -> Source:
        from importai_tui.config import read_config_with_origins
        from importai_tui.config.schema import ConfigError
        from importai_tui.errors import RefusedAddress
        from importai_tui.sync.sources import source_of

        try:
            return source_of(word)
        except RefusedAddress as error:
            path = self.places().config
            origin = read_config_with_origins(path, self.environ).origins.get(f"sync.{name}", "")
            raise ConfigError(f"{path}{f', {origin}' if origin else ''}: sync.{name}: {error}") from error

    def sync(
        self,
        plan: Plan,
        on_progress: OnProgress,
        *,
        full: bool,
        also: Set[int] = frozenset(),
        log: RequestLog | None = None,
    ) -> Sync:
        """A sync of the reader's own archive, ready to run; `also` are numbers of issues wanted besides what is new."""
        from importai_tui.error_log import ErrorLog, error_log_file
        from importai_tui.http.client import HttpClient
        from importai_tui.sync.run import Sync

        def open_client(on_wait: Callable[[str], None]) -> HttpClient:
            return HttpClient(trusted=plan.hosts, on_wait=on_wait, log=log)

        return Sync(
            plan,
            self._own_library,
            self.places().cache_folder / "sync.lock",
            open_client,
            ErrorLog(error_log_file(self.places())),
            full=full,
            also=also,
            on_progress=on_progress,
        )

    def rebuild(self, on_progress: OnProgress) -> Rebuild:
        """Reading again what an older parser has read, ready to run."""
        from importai_tui.sync.rebuild import Rebuild

        return Rebuild(self._own_library, on_progress)

    def background(self) -> Background:
        """What may run behind the reader's back; in the demo, nothing."""
        from importai_tui.config import ConfigWatcher
        from importai_tui.config.schema import Config
        from importai_tui.error_log import ErrorLog, error_log_file
        from importai_tui.sync.rebuild import RebuildIfNeeded
        from importai_tui.tui.background_jobs import Background

        settings = ConfigWatcher(self.places().config, self.environ)
        error_log = ErrorLog(error_log_file(self.places()))
        if self.demo:
            return Background(settings=settings, error_log=error_log)
        config, ours = settings.config, Config()
        # To look at those that are ours would take a twentieth of the start.
        if (config.sources, config.back_catalogue) != (ours.sources, ours.back_catalogue):
            self.plan()  # a source that is none is told now, not at the first sync
        return Background(
            sync=lambda full, on_progress, also: self.sync(self.plan(), on_progress, full=full, also=also),
            rebuild=lambda on_progress: RebuildIfNeeded(self._own_library, partial(self.rebuild, on_progress)),
            caretaking=self._caretaking,
            open_library=self._looked_after_library,
            start_after=config.start_after,
            error_log=error_log,
            settings=settings,
        )

    def _caretaking(self) -> Caretaking:
        from importai_tui.clock import utc_now
        from importai_tui.error_log import ErrorLog, error_log_file
        from importai_tui.state.maintenance import Caretaking

        log = ErrorLog(error_log_file(self.places()))
        return Caretaking(self.places().reading, utc_now, self.config().shared_folder, log)

    def _own_library(self, *, marked: bool = True) -> Library:
        from importai_tui.library.library import Library

        # Who asks for no mark waits for none from another machine.
        shared = self.config().shared_folder if marked else None
        return Library.open(self.places(), shared=shared, marked=marked)

    def _looked_after_library(self) -> Library:
        from importai_tui.library.library import Library

        return Library.open(self.places(), daily=False)


def catch_up(session: Session, library: Library) -> None:
    """Read again the pages that an older parser has read, and index what is not; nothing where all is as it should be.

    Each issue is kept as soon as it is done: what is broken off goes on the next time.
    """
    try:
        if library.archive.outdated(PARSER_VERSION):
            session.rebuild(_tell).run()
        waiting = library.behind()
        while waiting:
            progress(f"Making the archive searchable: {waiting:,} issues are left")
            waiting = library.index_some()
    except DatabaseTrouble as trouble:
        # An archive that cannot be written, or of which a part is damaged, can be asked all the same.
        narrate(f"importai-tui: Not brought up to date: {trouble}")
    finally:
        progress("")


def _tell(step: Progress) -> None:
    progress(f"Reading the stored pages again: {step.done:,} of {step.total or 0:,}")


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
            from importai_tui.tui.launch import run

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
        from importai_tui.output.console import narrate

        narrate(f"{PROGRAM}: {sentence}")


def _start(session: Session, ref: str | None) -> _Start:
    from importai_tui.sqlite import report_waits

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
