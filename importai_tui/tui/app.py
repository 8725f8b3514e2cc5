"""The app around the reading screen: themes, keys, clipboard, and the screens' shared services."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.binding import BindingsMap
from textual.events import Event, Key, Paste, Resize
from textual.filter import LineFilter, Monochrome, NoColor
from textual.screen import Screen

from importai_tui.clock import utc_now
from importai_tui.config.schema import Config
from importai_tui.errors import DatabaseError, ReaderError
from importai_tui.keymap import effective_screen_keys
from importai_tui.keymap.screens import SCREEN_COMMANDS
from importai_tui.library.library import Library
from importai_tui.output.hyperlinks import has_hyperlinks
from importai_tui.parse.clean import clean_text
from importai_tui.tui.background_jobs import (
    BackgroundSetup,
    JobQueue,
    error_messages,
    format_summary,
    is_offline,
    should_suggest_backfill,
)
from importai_tui.tui.bindings import COPY_KEY, make_command_table, make_global_bindings
from importai_tui.tui.card_service import CardService
from importai_tui.tui.copier import Copier, CopyText
from importai_tui.tui.job_status import JobKind, JobStatus
from importai_tui.tui.notices import NotifyingApp
from importai_tui.tui.reading.footer_content import FIRST_SYNC_HINTS
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.services import Clock, ShowsCards, ShowsJobs
from importai_tui.tui.splash import RenderGate, Snapshot, take_snapshot
from importai_tui.tui.terminal_frame import TerminalFrame
from importai_tui.tui.textual_caches import cache_no_widgets
from importai_tui.tui.theme import (
    INK_NAME,
    OWN_THEMES,
    PAPER_NAME,
    TERMINAL_NAME,
    derive_variables,
    format_colour_count,
    is_distinguishable,
)
from importai_tui.tui.watchers import ConfigReloader, StateMonitor, can_suspend, install_signal_handlers
from importai_tui.tui.widgets.footer import format_first_key

if TYPE_CHECKING:
    from importai_tui.browser import Opener
    from importai_tui.cards.report import CardReport
    from importai_tui.sync.progress import ImportSummary, SyncReport
    from importai_tui.tui.reading.look_back import LookBackLine

_OPEN_ISSUES_HINTS = (("guide", "open your issues"),)
"""The first hints of the guide once there are issues that the user has not opened yet."""
_BACK_HINTS = (("leave", "back to your issues"),)
"""The first hints of the guide over the user's issues."""
_LOOK_BACK_DELAY = 0.3
"""Seconds after the first frame until the start screen recalls an older story."""
_TYPING_PAUSE = 0.4
"""Seconds without a key press after which the user no longer counts as typing."""
SCREEN_COMMAND_IDS = frozenset(command.id for command in SCREEN_COMMANDS)
"""The ids of the commands of screens other than the reading screen."""


class ReaderApp(NotifyingApp, inherit_bindings=False):
    """The reader. Tests pass their own clocks, browser opener and background jobs."""

    CSS_PATH = "app.tcss"
    TITLE = "importai-tui"
    COMMANDS = set()
    """Empty: Textual's own commands are left out, because ours are all in the command table."""
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (50, "-roomy")]

    def __init__(
        self,
        library: Library,
        *,
        opener: Opener,
        copy_text: CopyText,
        clock: Clock = time.monotonic,
        today: Callable[[], datetime] = utc_now,
        ref: str | None = None,
        guide: bool = False,
        open_guide: Callable[[], Library],
        background: BackgroundSetup | None = None,
        on_terminal: bool = False,
    ) -> None:
        super().__init__()
        cache_no_widgets()
        self._terminal_frame = TerminalFrame()
        self._library = library
        self._opener = opener
        self._copier = Copier(self, copy_text)
        self._clock = clock
        self.today = today
        """Returns the present time, aware UTC."""
        self._open_guide = open_guide
        self._background = background or BackgroundSetup()
        self.error_log = self._background.error_log
        self.jobs = JobQueue(self, self._background)
        self.config_reloader = ConfigReloader(self, self._background.config_watcher)
        """Reads the settings, and follows changes of their file."""
        self.cards = CardService(self._background.cards, self._background.fetch_cards, lambda: self.config.cards)
        """The cards of cited works."""
        self.commands = make_command_table(self.config)
        """The command table with the user's keys, and the user's own commands."""
        self._set_hyperlinks(self.config)
        self._apply_keymap()
        self._wanted_theme = ""
        self._on_terminal = on_terminal
        self.color_system = self.console.color_system if on_terminal else None
        """Rich's name of the terminal's colour system; None if the app does not draw on a terminal."""
        self._state_monitor: StateMonitor | None = None
        self._has_shown_hint = False
        self._last_key_time = 0.0
        self._look_back: LookBackLine | None = None
        """The line that recalls an older story, until the first key."""
        self.unsaved_texts: list[str] = []
        """Texts of the user that could not be saved; they are printed after the app has ended."""
        self.unsaved_changes = 0
        """The number of changes that could not be saved, because another program uses the file."""
        self.render_gate: RenderGate | None = None
        """Hides what is drawn; None if everything is shown."""
        self.takes_snapshot = False
        """True if the app should take a snapshot for the next start before it ends."""
        self._snapshot: Snapshot | None = None
        self._snapshot_version = 0
        self._guide_position: object = None
        """Where the user was in the guide when they asked for issues."""
        self._has_left_guide = False
        """True if the running job has opened the first issues in place of the guide."""
        self._first_screen = self._make_screen(library, ref, guide=guide)
        for theme in OWN_THEMES:
            self.register_theme(theme)
        self._is_theme_applied = False
        self._apply_start_theme()

    def _apply_start_theme(self) -> None:
        """Set the theme before the first frame, so that nothing is drawn twice."""
        theme = self.config.theme or self._library.state.load_value("theme")
        self.theme = theme if theme in self.available_themes else INK_NAME
        self.stylesheet.set_variables(self.get_css_variables())
        # Textual refreshes the CSS once for each registered theme. Those calls are skipped.
        self.call_next(self._set_theme_applied)

    def _set_theme_applied(self) -> None:
        self._is_theme_applied = True

    def refresh_css(self, animate: bool = True) -> None:
        """Apply the style sheet again after a change of the theme."""
        if self._is_theme_applied:
            super().refresh_css(animate)

    def is_home(self, screen: Screen[Any]) -> bool:
        """Return True if this is a screen to go back to when another one fails."""
        return isinstance(screen, ReadingScreen)

    def get_default_screen(self) -> Screen[None]:
        """Return the first screen; no other screen is beneath it."""
        return self._first_screen

    def on_mount(self) -> None:
        """Start the background jobs once the first screen is drawn, and install the signal handlers."""
        # Other programs write to the terminal then.
        self.app_suspend_signal.subscribe(self, lambda _: self._terminal_frame.forget())
        self._first_screen.call_after_refresh(self._start_background)
        install_signal_handlers(self, self.action_redraw)

    def _start_background(self) -> None:
        self.is_ready = True
        if self._on_terminal:
            # Objects made so far live to the end, so garbage collection need not scan them.
            gc.freeze()
            gc.enable()
        self.jobs.start(sync=self._is_sync_due())
        self.config_reloader.start()
        if self._background.maintenance:
            self._state_monitor = StateMonitor(self, self._background.maintenance())
        if self.config.look_back != "off" and not self._first_screen.session.guide:
            self.set_timer(_LOOK_BACK_DELAY, self._show_look_back)

    async def _show_look_back(self) -> None:
        """Recall an older story, unless the user is busy already."""
        if self.screen is self._first_screen and not self._last_key_time:
            from importai_tui.tui.reading.look_back import show_look_back

            self._look_back = await show_look_back(self._first_screen, self.config.look_back)

    async def on_unmount(self) -> None:
        """Stop the state monitor, which writes the last changes to the shared folder, and reset the mouse pointer."""
        self._set_pointer_shape("default")
        if self._state_monitor:
            await self._state_monitor.stop()
        self.cards.close()

    async def on_event(self, event: Event) -> None:
        """Clean pasted text, because a text area would draw control sequences; note the time of a key press."""
        if isinstance(event, Paste):
            event.text = clean_text(event.text)
        elif isinstance(event, Key):
            self._last_key_time = time.monotonic()
            self.reset_error_count()
            line, self._look_back = self._look_back, None
            if line and await line.handle_key(event):
                return
        elif isinstance(event, Resize):
            # Also of the same size: another terminal may have been attached.
            self._terminal_frame.forget()
        await super().on_event(event)

    @property
    def is_typing(self) -> bool:
        """True within 0.4 s of the last key press; expensive work is postponed while the user types."""
        return time.monotonic() - self._last_key_time < _TYPING_PAUSE

    def copy(self, text: str, kind: str = "", title: str = "", *, reason: str = "") -> None:
        """Copy a text, cleaned, because it may be pasted into a shell, and show a notice; see `Services.copy`."""
        self._clipboard = self._copier.copy(text, kind, title, reason=reason)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy a text, cleaned, as `copy` does, but without a notice: Textual's input fields call this."""
        self._clipboard = self._copier.copy_quietly(text)

    def on_text_selected(self) -> None:
        """Name the keys for what is selected, the first time that something is."""
        if not self.screen.get_selected_text():
            return
        if isinstance(self.screen, ReadingScreen):
            keys = self.with_key("copy", "copies the selection"), self.with_key("mark.highlight", "highlights it")
            self.notify_once(", ".join(filter(None, keys)))
        else:
            self.notify_once(f"{COPY_KEY} copies the selection")

    def write_to_terminal(self, sequence: str) -> None:
        """Write a control sequence to the terminal."""
        if self._driver:
            self._driver.write(sequence)

    def get_css_variables(self) -> dict[str, str]:
        """Return the variables of the theme with those of this program added."""
        variables = derive_variables(super().get_css_variables())
        self.theme_variables = variables
        return variables

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's filters; without colours, ANSI colours are dropped, because their greys are unknown."""
        filters = super().get_line_filters()
        if not (self.no_color and self.native_ansi_color):
            return filters
        return [NoColor() if isinstance(each, Monochrome) else each for each in filters]

    def _load_screen_css(self, screen: Screen[Any]) -> None:
        """Apply a screen's style sheet to that screen alone; Textual would parse and apply all sheets again."""
        if new := [path for path in map(str, screen.css_path) if not self.stylesheet.has_source(path)]:
            for path in new:
                self.stylesheet.add_source(Path(path).read_text(encoding="utf-8"), read_from=(path, ""))
            self.stylesheet.apply(screen)

    def action_command_palette(self) -> None:
        """Open the palette, but only over the reading screen: other screens have no commands to offer."""
        if isinstance(self.screen, ReadingScreen):
            from importai_tui.tui.dialogs.palette import Palette

            self.push_screen(Palette())

    def action_show_keys(self, section: str) -> None:
        """Show the help with the keys of a screen first."""
        from importai_tui.tui.dialogs.help import HelpDialog

        self.push_screen(HelpDialog(section))

    def action_suspend(self) -> None:
        """Stop the process, as a shell with job control expects at ctrl+z, also while text is typed."""
        if not self.is_ready:
            return
        if sys.platform != "win32" and self._driver and self._driver.can_suspend and can_suspend():
            self._suspend_signal()
            # The whole process group: a script that started the reader must stop too, or the shell gets no keys.
            os.killpg(os.getpgrp(), signal.SIGTSTP)
        elif self.is_web:
            self.notify_info("Can't suspend: there is no shell in the browser")
        elif sys.platform == "win32":
            self.notify_info("Windows can't suspend programs")
        else:
            self.notify_info("Can't suspend: no shell with job control started this reader")

    def action_redraw(self) -> None:
        """Draw the whole screen again: another program may have written to the terminal."""
        self._terminal_frame.forget()
        self.refresh(layout=True)

    async def action_quit(self) -> None:
        """Quit from any screen, and save the position and all texts."""
        await self._top.run_action("quit_reader")

    def report_unsaved(self, texts: Sequence[str], changes: int) -> None:
        """Print these texts and this number of lost changes after the app has ended."""
        self.unsaved_texts += texts
        self.unsaved_changes += changes

    def quit(self) -> None:
        """End the app. If a snapshot is wanted, take it first."""
        if self.takes_snapshot and self._driver:
            self.takes_snapshot = False
            self._driver.disable_input()  # later keys belong to the program that gets the terminal next
            self.run_worker(self._quit_with_snapshot())
        else:
            self.exit()

    async def _quit_with_snapshot(self) -> None:
        try:
            screen = self.screen
            if isinstance(screen, ReadingScreen) and not self.jobs.is_busy:
                self.render_gate = RenderGate(self)
                with suppress(ReaderError):  # without a snapshot the next start shows no splash
                    self._snapshot = await take_snapshot(self, self.render_gate, screen)
                    self._snapshot_version = self._library.archive.get_data_version()
        finally:
            self.exit()

    @property
    def snapshot(self) -> Snapshot | None:
        """The screen that the next start shows first; None if there is none, or if something was stored since."""
        if self._snapshot is None:
            return None
        try:
            library = self._library
            changed = library.state.poll_changes() or library.archive.get_data_version() != self._snapshot_version
        except DatabaseError:
            return None
        return None if changed else self._snapshot

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if self.render_gate and self.render_gate.should_hide(screen):
            return
        if isinstance(renderable, LayoutUpdate | ChopsUpdate):
            super()._display(screen, self._terminal_frame.wrap(renderable, *self.size))
        else:
            super()._display(screen, renderable)

    def toggle_theme(self) -> None:
        """Change from a dark theme to paper, or from a light one to ink."""
        is_dark = self.available_themes.get(self._wanted_theme, self.current_theme).dark
        self.set_theme(PAPER_NAME if is_dark else INK_NAME)

    def set_theme(self, name: str) -> None:
        """Use a theme, and save the choice unless a setting names a theme."""
        self.theme = name
        if self.config.theme:
            return
        try:
            self._library.state.save_value("theme", self._wanted_theme)
        except DatabaseError as error:
            self.notify_info(str(error))

    def choose_theme(self) -> None:
        """Show the list of themes that this terminal has enough colours for."""
        from importai_tui.tui.dialogs.theme_picker import ThemePicker

        before = self._wanted_theme

        def keep_or_restore(name: str | None) -> None:
            if name:
                self.set_theme(name)
            else:
                self.theme = before

        own = [theme.name for theme in OWN_THEMES]
        names = [*own, *sorted(self.available_themes.keys() - {*own})]
        themes = [self.available_themes[name] for name in names]
        usable = [theme for theme in themes if is_distinguishable(theme, self.color_system)]
        self.push_screen(ThemePicker(usable, self.theme), keep_or_restore)

    def validate_theme(self, theme: str) -> str:
        """Return the theme, or `terminal` if the terminal has too few colours for it; the user's choice is saved."""
        self._wanted_theme = theme
        if is_distinguishable(self.available_themes[theme], self.color_system):
            return theme
        few = format_colour_count(self.color_system)
        self.call_later(self.notify_once, f"{few} colours aren't enough for {theme}; using the terminal's own")
        return TERMINAL_NAME

    def with_key(self, id: str, words: str) -> str:
        """Return `words` after the first key of a command; an empty string if no key calls the command."""
        key = format_first_key(self.commands, id)
        return f"{key} {words}" if key else ""

    @property
    def config(self) -> Config:
        """The settings in force."""
        return self.config_reloader.config

    @property
    def config_path(self) -> str:
        """The path of the file of the settings."""
        return str(watcher.path) if (watcher := self._background.config_watcher) else "config.toml"

    def apply_config(self, config: Config, before: Config) -> None:
        """Apply changed settings. What the user has changed in the app stays, unless its setting changed."""
        self.commands = make_command_table(config)
        self._set_hyperlinks(config)
        self._apply_keymap()
        if config.theme != before.theme and config.theme in self.available_themes:
            self.theme = config.theme
        for screen in self._reading_screens():
            screen.apply_config(config, before)

    def _set_hyperlinks(self, config: Config) -> None:
        # In a browser, both the browser and the reader would open a link that is clicked.
        in_browser = "TEXTUAL_DRIVER" in os.environ
        self._terminal_frame.has_hyperlinks = not in_browser and has_hyperlinks(
            config.hyperlinks, os.environ, sys.platform
        )

    @property
    def synced_at(self) -> datetime | None:
        """The time of the last sync, aware UTC; None if there was none."""
        return self._library.get_last_sync_time()

    def show_guide(self) -> None:
        """Open the built-in guide over this screen; leaving it comes back here."""
        self.push_screen(self._make_screen(self._open_guide(), None, guide=True, lent=True, leads_back=True))

    def close_guide(self) -> bool:
        """Show the user's archive in place of the guide, for good; return False if there is none."""
        guide = self._top
        guide.position.save()
        if guide.returns_to_parent:
            guide.dismiss()
            return True
        if self._background.open_library is None:
            return False
        try:
            library = self._background.open_library()
        except ReaderError as error:
            self.notify_error(str(error))
        else:
            self.push_screen(self._make_screen(library, None, guide=False, lent=True))
        return True

    def show_job_status(self, status: JobStatus) -> None:
        """Show the state of the background job in the footer of every screen that shows it."""
        for screen in self.screen_stack:
            if isinstance(screen, ShowsJobs):
                screen.show_job(status)

    def show_stored_changes(self) -> None:
        """Show in every reading screen what was stored."""
        for screen in self._reading_screens():
            screen.update_if_changed(at_once=True)

    def note_job_start(self) -> None:
        """Note where the user is in the guide: only a user who stays there is taken to the first issues."""
        self._guide_position, self._has_left_guide = _get_position(self._top), False

    def show_first_issues(self) -> None:
        """Open the first issues in place of the guide; if the user has read on there, the footer names the key."""
        guide = self._top
        if guide.bars.first_hints is FIRST_SYNC_HINTS:
            guide.bars.first_hints = _OPEN_ISSUES_HINTS
            guide.refresh_footer()
            if guide.is_active and self._guide_position == _get_position(guide):
                self._has_left_guide = self.close_guide()

    def report_sync(self, report: SyncReport, kind: JobKind) -> None:
        """Show the result of a sync, and its errors."""
        if report.new_count:
            self.show_first_issues()
        if line := format_summary(
            report, kind, advice=self._guide_advice, hint=not self._has_shown_hint, with_key=self.with_key
        ):
            self._has_shown_hint = self._has_shown_hint or should_suggest_backfill(report, kind)
            self.notify_info(line)
        for message in error_messages(report, kind, with_key=self.with_key):
            self.notify_error(message)
        if kind is JobKind.AUTO_SYNC and is_offline(report):
            self.jobs.show_brief_status("offline")

    @property
    def _guide_advice(self) -> str:
        """The key to press once the first issues are stored, in words; empty after any other job."""
        if self._has_left_guide:
            return self.with_key("guide", "shows the guide again")
        key = self.with_key("guide", "to read them")
        return f"Press {key}" if key and self._top.bars.first_hints is _OPEN_ISSUES_HINTS else ""

    def report_import(self, summary: ImportSummary) -> None:
        """Show the result of an import of files."""
        text = summary.text
        if summary.new_count:
            self.show_first_issues()
            text = f"{text}. {advice}." if (advice := self._guide_advice) else text
        self.notify_error(text) if summary.has_failures else self.notify_info(text, seconds=6)

    def report_cards(self, report: CardReport) -> None:
        """Show the new cards, and the result of the fetch."""
        for screen in self.screen_stack:
            if isinstance(screen, ShowsCards):
                screen.show_new_cards()
        self.notify_info(report.summary, seconds=6)
        for message in report.errors:
            self.notify_error(message)

    def _make_screen(
        self,
        library: Library,
        ref: str | None,
        *,
        guide: bool,
        lent: bool = False,
        leads_back: bool = False,
    ) -> ReadingScreen:
        has_issues = leads_back and self._top.session.story is not None
        first_hints = _BACK_HINTS if has_issues else FIRST_SYNC_HINTS if guide and self._background.sync else ()
        return ReadingScreen(
            library,
            self,
            self._opener,
            self._clock,
            ref,
            guide=guide,
            owns_library=lent,
            returns_to_parent=leads_back,
            first_hints=first_hints,
            job=self.jobs.status,
        )

    @property
    def _top(self) -> ReadingScreen:
        return self._reading_screens()[-1]

    def _reading_screens(self) -> list[ReadingScreen]:
        return [screen for screen in self.screen_stack if isinstance(screen, ReadingScreen)]

    def _is_sync_due(self) -> bool:
        """Return True if the last sync is longer ago than the setting allows. The first sync is never automatic."""
        after, synced = self._background.sync_after, self.synced_at
        if after is None or synced is None:
            return False
        now = self.today()
        return not now - after <= synced <= now  # a time in the future comes from a wrong clock

    def _apply_keymap(self) -> None:
        self._bindings = BindingsMap(make_global_bindings(self.commands))
        # On the other screens no command loses its last key, so Textual's own keymap is enough.
        self.set_keymap({id: ",".join(keys) for id, keys in self.config.keys.items() if id in SCREEN_COMMAND_IDS})
        self.screen_commands = effective_screen_keys(self.config.keys)


def _get_position(screen: ReadingScreen) -> object:
    """Return what changes when the user reads on: the open story and the scroll position."""
    return screen.session.issue_and_position, screen.story_view.scroll_position
