"""What every command is given: the environment, and the library and opener made from it when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from importai_tui.paths import Places
from importai_tui.printing.console import narrate

if TYPE_CHECKING:
    from importai_tui.browser import Opened, Opener
    from importai_tui.config import Config
    from importai_tui.http import HttpClient
    from importai_tui.http.request_log import RequestLog
    from importai_tui.library import Library
    from importai_tui.reading.caretaking import Caretaking
    from importai_tui.sync.progress import OnProgress
    from importai_tui.sync.rebuild import Rebuild
    from importai_tui.sync.run import Sync
    from importai_tui.sync.sources import Plan, Source
    from importai_tui.tui.background import Background


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
            from importai_tui.archive.database import report_waits

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
        from importai_tui.config import ConfigError, read_config_with_origins
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
        from importai_tui.http import HttpClient
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
        from importai_tui.config import Config, ConfigWatcher
        from importai_tui.error_log import ErrorLog, error_log_file
        from importai_tui.sync.rebuild_if_needed import RebuildIfNeeded
        from importai_tui.tui.background import Background

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
        from importai_tui.reading.caretaking import Caretaking

        log = ErrorLog(error_log_file(self.places()))
        return Caretaking(self.places().reading, utc_now, self.config().shared_folder, log)

    def _own_library(self, *, marked: bool = True) -> Library:
        from importai_tui.library import Library

        # Who asks for no mark waits for none from another machine.
        shared = self.config().shared_folder if marked else None
        return Library.open(self.places(), shared=shared, marked=marked)

    def _looked_after_library(self) -> Library:
        from importai_tui.library import Library

        return Library.open(self.places(), daily=False)
