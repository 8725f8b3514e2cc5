"""The context of a command: opens the library and makes a sync for the environment; upgrades an older archive.

Methods import what they need, because every command imports this module.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from importai_tui.cli.constants import NO_ISSUES_YET, PROGRAM
from importai_tui.clock import utc_now
from importai_tui.errors import DatabaseError, NotFoundError, ReaderError
from importai_tui.output.console import print_status, show_progress
from importai_tui.parse import PARSER_VERSION
from importai_tui.paths import Places
from importai_tui.wording import plural

if TYPE_CHECKING:
    from pathlib import Path

    from importai_tui.archive.cards import CardStore
    from importai_tui.browser import Opener, OpenResult
    from importai_tui.cards.report import CardReport
    from importai_tui.config.schema import Config, LoadedConfig
    from importai_tui.error_log import ErrorLog
    from importai_tui.http.client import HttpClient
    from importai_tui.http.request_log import RequestLog
    from importai_tui.library.library import Library
    from importai_tui.state.maintenance import Maintenance
    from importai_tui.sync.progress import BackgroundTask, OnProgress, Progress, SyncReport
    from importai_tui.sync.rebuild import Rebuild
    from importai_tui.sync.run import Sync
    from importai_tui.sync.sources import SyncPlan
    from importai_tui.tui.background_jobs import BackgroundSetup
    from importai_tui.works.card import CardTarget


@dataclass(slots=True)
class CliContext:
    """One run of the program: makes what commands need from the environment, when they ask for it."""

    environ: Mapping[str, str]
    demo: bool
    """Use the built-in archive in a temporary home."""
    _has_warned: bool = field(default=False, init=False)
    """True after the settings were checked for a warning."""

    def places(self) -> Places:
        """Return the paths of this installation."""
        return Places.from_environment(self.environ)

    def load_config(self) -> LoadedConfig:
        """Load the settings from the file and the environment, and check their sources."""
        return _load_config(self.places().config, self.environ)

    def read_config(self) -> Config:
        """Return the settings without a message about problems; their sources may be invalid."""
        from importai_tui.config import load_config

        return load_config(self.places().config, self.environ).config

    def has_hyperlinks(self) -> bool:
        """Return True if links on standard output may be hyperlinks of the terminal. A pipe or file never has any."""
        if not sys.stdout.isatty():
            return False
        from importai_tui.output.hyperlinks import has_hyperlinks

        return has_hyperlinks(self.read_config().hyperlinks, self.environ, sys.platform)

    def find_config_problems(self, loaded: LoadedConfig) -> list[str]:
        """Return all problems of the settings, also those that other commands report only when they matter."""
        from importai_tui.user_commands.prepare import find_unsafe_settings

        return [*loaded.problems, *find_unsafe_settings(loaded.config, self.environ)]

    def warn_about_config(self) -> None:
        """Print one line about problems with the settings; a second call prints nothing."""
        if not self._has_warned:
            self._has_warned = True
            if summary := self.load_config().summarize_problems():
                print_status(f"{PROGRAM}: {summary}")

    def open_library(self, *, for_app: bool = False, with_state: bool = True) -> Library:
        """Open the library; the caller closes it.

        Args:
            for_app: skip the daily copy and the shared folder; `make_background().make_maintenance` handles them.
            with_state: open the reading state too; commands without marks do not need it.
        """
        if self.demo:
            from importai_tui.guide import open_demo

            return open_demo()
        if not for_app:  # the app shows waits on its screen
            from importai_tui.sqlite import set_wait_reporter

            set_wait_reporter(lambda message: print_status(f"{PROGRAM}: {message}"))
            if with_state:  # without it no setting is used
                self.warn_about_config()
        library = self._open_app_library() if for_app else self._open_own_library(with_state=with_state)
        for warning in library.get_warnings(with_state=with_state):
            print_status(f"{PROGRAM}: {warning}")
        return library

    def open_guide(self) -> Library:
        """Open the built-in issues with the user's own reading state; the caller closes the library."""
        if self.demo:
            return self.open_library()
        from importai_tui.guide import open_guide

        return open_guide(self.places())

    def make_opener(self) -> Opener:
        """Return an opener that reads the settings each time it opens a URL."""

        def open_in_browser(url: str, kind: str = "") -> OpenResult:
            from importai_tui.browser import make_opener

            config = self.read_config()
            return make_opener(self.environ, configured_command=config.opener, openers=config.openers)(url, kind)

        return open_in_browser

    def make_plan(self, sources: tuple[str, ...] = ()) -> SyncPlan:
        """Return the sources to sync: the given ones, else those of the settings, where invalid ones are replaced.

        If they are all addresses of the user's own, no other source is contacted unless the settings name it.

        Raises:
            RefusedAddressError: a given source is invalid.
        """
        from importai_tui.sync.sources import NAMED_SOURCES, SyncPlan, get_source

        if sources:
            return SyncPlan.for_sources(tuple(get_source(word) for word in dict.fromkeys(sources)))
        loaded = self.load_config()
        config = loaded.config
        configured = tuple(get_source(word) for word in dict.fromkeys(config.sources))
        if "sync.back_catalogue" not in loaded.origins and not NAMED_SOURCES.keys() & set(config.sources):
            # The default back catalogue belongs to the newsletter's own feed, not to a source of the user's own.
            return SyncPlan.for_sources(configured)
        return SyncPlan(configured, get_source(config.back_catalogue) if config.back_catalogue else None)

    def make_sync(
        self,
        plan: SyncPlan,
        on_progress: OnProgress,
        *,
        full: bool,
        extra_numbers: Set[int] = frozenset(),
        log: RequestLog | None = None,
    ) -> Sync:
        """Return a sync of the user's archive, ready to run. `extra_numbers` are issues to fetch besides new ones."""
        from importai_tui.http.client import HttpClient
        from importai_tui.sync.run import Sync

        def open_client(on_wait: Callable[[str], None]) -> HttpClient:
            return HttpClient(trusted=plan.trusted_endpoints, on_wait=on_wait, request_log=log)

        def run_after(report: SyncReport) -> str:
            from importai_tui.user_commands.after_sync import run_after_sync  # most syncs find nothing new

            return run_after_sync(self.read_config().after, report.new_issues, self.environ)

        return Sync(
            plan,
            self._open_own_library,
            self.places().cache_folder / "sync.lock",
            open_client,
            self._make_error_log(),
            full=full,
            extra_numbers=extra_numbers,
            on_progress=on_progress,
            run_after=run_after,
        )

    def open_cards(self) -> CardStore:
        """Return the stored cards of the user; the caller closes them.

        Raises:
            ReaderError: this is the demo, which has none.
        """
        from importai_tui.archive.cards import CardStore
        from importai_tui.cards.report import CARDS_OFF_IN_DEMO

        if self.demo:
            raise ReaderError(CARDS_OFF_IN_DEMO)
        return CardStore(self.places().cards)

    def make_card_fetch(
        self, targets: Sequence[CardTarget], on_progress: OnProgress, refresh: bool = False
    ) -> BackgroundTask[CardReport]:
        """Return a fetch of cards, ready to run; with `refresh`, stored cards are fetched again too.

        Raises:
            ReaderError: the settings forbid it, or this is the demo.
        """
        from importai_tui.cards.report import CARDS_OFF, CARDS_OFF_IN_DEMO
        from importai_tui.sync.progress import LateTask

        config = self.read_config()
        if self.demo or not config.cards:
            raise ReaderError(CARDS_OFF_IN_DEMO if self.demo else CARDS_OFF)

        def make() -> BackgroundTask[CardReport]:
            from importai_tui.cards.fetch import CardFetch, open_card_client

            return CardFetch(
                targets,
                self.open_cards,
                self._make_error_log(),
                refresh=refresh,
                on_progress=on_progress,
                open_client=partial(open_card_client, contact=config.contact),
            )

        return LateTask(make)

    def make_rebuild(self, on_progress: OnProgress) -> Rebuild:
        """Return a job, ready to run, that parses the pages of an older parser again."""
        from importai_tui.sync.rebuild import Rebuild

        return Rebuild(self._open_own_library, on_progress)

    def make_background(self) -> BackgroundSetup:
        """Return the background jobs of the app; the demo has none."""
        from importai_tui.config import ConfigWatcher
        from importai_tui.sync.progress import LateTask
        from importai_tui.sync.rebuild_if_needed import RebuildIfNeeded
        from importai_tui.tui.background_jobs import BackgroundSetup

        watcher = ConfigWatcher(self.places().config, self.environ, _load_config)
        error_log = self._make_error_log()
        if self.demo:
            return BackgroundSetup(config_watcher=watcher, error_log=error_log)
        return BackgroundSetup(
            sync=lambda full, on_progress, also: LateTask(
                lambda: self.make_sync(self.make_plan(), on_progress, full=full, extra_numbers=also)
            ),
            rebuild=lambda on_progress: RebuildIfNeeded(
                self._open_own_library, partial(self.make_rebuild, on_progress)
            ),
            cards=self.places().cards,
            fetch_cards=self.make_card_fetch,
            maintenance=self._make_maintenance,
            open_library=self._open_app_library,
            sync_after=watcher.config.start_sync_after,
            error_log=error_log,
            config_watcher=watcher,
        )

    def _make_maintenance(self) -> Maintenance:
        from importai_tui.state.maintenance import Maintenance

        return Maintenance(self.places().reading, utc_now, self.read_config().shared_folder, self._make_error_log())

    def _make_error_log(self) -> ErrorLog:
        from importai_tui.error_log import ErrorLog, error_log_file

        return ErrorLog(error_log_file(self.places()))

    def _open_own_library(self, *, with_state: bool = True) -> Library:
        from importai_tui.library.library import Library

        # Without marks there is no need to wait for those of other machines.
        shared = self.read_config().shared_folder if with_state else None
        return Library.open(self.places(), shared_folder=shared, with_state=with_state)

    def _open_app_library(self) -> Library:
        from importai_tui.library.library import Library

        return Library.open(self.places(), copy_daily=False)


def _load_config(path: Path, environ: Mapping[str, str]) -> LoadedConfig:
    """Load the settings and check the sources in them, which `importai_tui.config` cannot do."""
    from importai_tui.config import Config, load_config

    loaded, default = load_config(path, environ), Config()
    config = loaded.config
    # Checking the default sources would take a twentieth of the start of the app.
    if (config.sources, config.back_catalogue) == (default.sources, default.back_catalogue):
        return loaded
    from importai_tui.errors import RefusedAddressError
    from importai_tui.sync.sources import get_source

    for name, words in (("sources", config.sources), ("back_catalogue", filter(None, [config.back_catalogue]))):
        try:
            for word in words:
                get_source(word)
        except RefusedAddressError as error:
            key = f"sync.{name}"
            origin = loaded.origins[key]
            place = f"{path}, {origin}" if origin.startswith("line") else origin
            loaded = loaded.reject(key, f"{place}: {key}: {error}")
    return loaded


def resolve_ref(library: Library, ref: str) -> tuple[str, int | None]:
    """Return the issue and the position that a REF of the command line names; no position for a whole issue.

    Raises:
        NotFoundError: there is none; the message says what to do.
    """
    try:
        return library.resolve(ref)
    except NotFoundError as error:
        if library.is_empty():
            raise NotFoundError(NO_ISSUES_YET) from error
        raise NotFoundError(f"{error}{_format_remedy(library, ref)}") from error


def _format_remedy(library: Library, ref: str) -> str:
    """Return what to do about a REF that was not found; empty if only its story is missing."""
    issue = ref.strip().partition("/")[0]
    if library.find_full_ref(issue):
        return ""
    if not (issue.isascii() and issue.isdecimal()):
        return f" See what you have: {PROGRAM} list"
    if (numbers := library.get_issue_numbers()) and int(issue[:9]) > max(numbers):
        return f" Check for new issues: {PROGRAM} sync"
    return f" Download it: {PROGRAM} sync --full, or import a file: {PROGRAM} import PATH"


def upgrade_archive(cli: CliContext, library: Library) -> None:
    """Parse pages of an older parser again, and index stories that are not indexed yet.

    Each issue is stored as soon as it is done, so an interrupted upgrade continues the next time. The app does the
    same in the background. An error is only reported.
    """
    try:
        if library.archive.find_issues_to_reparse(PARSER_VERSION):
            cli.make_rebuild(_show_rebuild_progress).run()
        count = library.count_issues_to_reindex()
        while count:
            show_progress(f"Indexing the archive: {plural(count, 'issue')} left")
            count = library.reindex_batch()
    except DatabaseError as error:
        # A read-only or partly damaged archive can still be read.
        print_status(f"{PROGRAM}: The archive could not be updated: {error}")
    finally:
        show_progress("")


def _show_rebuild_progress(step: Progress) -> None:
    show_progress(f"Updating the stored issues: {step.done:,} of {step.total or 0:,}")
