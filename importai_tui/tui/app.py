"""The app around the reading screen: its themes, its clipboard, and the way in.

An app that tells the reader something in a line that goes away by itself.
"""

from __future__ import annotations

import gc
import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType
from textual.actions import SkipAction
from textual.binding import BindingsMap
from textual.events import Event, Key, Paste
from textual.filter import LineFilter, Monochrome, NoColor
from textual.screen import Screen

from importai_tui.clock import utc_now
from importai_tui.config.schema import Config
from importai_tui.errors import DatabaseTrouble, ReaderError
from importai_tui.keymap import commands_with_keys, effective_keys, effective_screen_keys
from importai_tui.keymap.screens import SCREEN_COMMANDS
from importai_tui.library.library import Library
from importai_tui.parse.clean import clean_line, clean_text
from importai_tui.tui.background_jobs import Background, Backstage
from importai_tui.tui.bindings import bindings_everywhere
from importai_tui.tui.fatal_errors import ResilientApp
from importai_tui.tui.job_status import Errand, Underway
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.services import Clock
from importai_tui.tui.splash import Frame, Veil, next_frame
from importai_tui.tui.textual_caches import cache_no_widgets
from importai_tui.tui.theme import (
    HOUSE_THEMES,
    INK_NAME,
    PAPER_NAME,
    TERMINAL_NAME,
    colours_of,
    is_told_apart,
    stand_ins,
)
from importai_tui.tui.watchers import Settling, can_suspend, heed_signals
from importai_tui.tui.widgets.footer import first_key

if TYPE_CHECKING:
    from importai_tui.browser import Opener
    from importai_tui.sync.progress import Report
    from importai_tui.tui.watchers import Care

_COMPLAINT_SECONDS = 12.0
"""A sentence that says what went wrong, and what to do, stands longer than one that only reports."""


class Telling(ResilientApp):
    """Each line stands once, on whatever screen."""

    def __init__(self) -> None:
        super().__init__()
        self._standing: dict[str, float] = {}
        self._said_once: set[str] = set()

    def say(self, words: str, *, seconds: float = 4) -> None:
        """A literal line for the reader; one that stands there already is not said again."""
        now, line = time.monotonic(), clean_line(words)
        self._standing = {said: until for said, until in self._standing.items() if until > now}
        if line not in self._standing:
            self._standing[line] = now + seconds
            self.notify(line, timeout=seconds, markup=False)

    def complain(self, sentence: str) -> None:
        """The same for what went wrong."""
        self.say(sentence, seconds=_COMPLAINT_SECONDS)

    def say_once(self, words: str) -> None:
        """The same, and never again."""
        if words not in self._said_once:
            self._said_once.add(words)
            self.say(words, seconds=8)


_REST = 0.4
"""Seconds without a key after which keys no longer follow one another."""


OTHER_SCREENS = frozenset(command.id for command in SCREEN_COMMANDS)
"""The ids of what keys do there."""


class ReaderApp(Telling, inherit_bindings=False):
    """The reader. What it needs from outside is given to it: tests give clocks, an opener and runs of their own."""

    CSS_PATH = "app.tcss"
    TITLE = "importai-tui"
    COMMANDS = set()
    """Textual's own commands are left out: ours are all in the table of keys."""
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (50, "-roomy")]

    def __init__(
        self,
        library: Library,
        *,
        opener: Opener,
        clock: Clock = time.monotonic,
        today: Callable[[], datetime] = utc_now,
        ref: str | None = None,
        guide: bool = False,
        open_guide: Callable[[], Library],
        background: Background | None = None,
        on_terminal: bool = False,
    ) -> None:
        super().__init__()
        cache_no_widgets()
        self._library = library
        self._opener = opener
        self._clock = clock
        self.today = today
        """The time of day, aware UTC."""
        self._open_guide = open_guide
        self._background = background or Background()
        self.error_log = self._background.error_log
        self.jobs = Backstage(self, self._background)
        self.settling = Settling(self, self._background.settings)
        """What is set, in step with the file."""
        self.commands = commands_with_keys(effective_keys(self.config.preset, self.config.keys))
        """The table with the keys that hold."""
        self._hold_keys()
        self._wanted_theme = ""
        self._on_terminal = on_terminal
        self.color_system = self.console.color_system if on_terminal else None
        """What Rich calls the colours of the terminal; None while nothing is drawn on one."""
        self._care: Care | None = None
        self._hinted = False
        self._key_at = 0.0
        self.unkept: list[str] = []
        """What the reader wrote that could not be kept until the end: it is printed when the app is gone."""
        self.lost_changes = 0
        """How many changes could not be saved until the end, because another program used the file."""
        self.veil: Veil | None = None
        """Hides what is drawn; None: nothing does."""
        self.keeps_frame = False
        """Whether what the next start will show is wanted, and not only a quick end."""
        self._frame: Frame | None = None
        self._drawn_of = 0
        self._first = self._screen(library, ref, guide=guide)
        for theme in HOUSE_THEMES:
            self.register_theme(theme)
        self._is_dressed = False
        self._dress()

    def _dress(self) -> None:
        """Puts on the set theme or the remembered one before anything is drawn, so that nothing is drawn twice."""
        wanted = self.config.theme or self._library.state.recall("theme")
        self.theme = wanted if wanted in self.available_themes else INK_NAME
        self.stylesheet.set_variables(self.get_css_variables())
        # Textual calls it once for each theme that it has been told of by now, which is no news.
        self.call_next(self._be_dressed)

    def _be_dressed(self) -> None:
        self._is_dressed = True

    def refresh_css(self, animate: bool = True) -> None:
        """Brings all that is there in step with the theme."""
        if self._is_dressed:
            super().refresh_css(animate)

    def is_home(self, screen: Screen[Any]) -> bool:
        """Return whether this is a screen to go back to where another fails."""
        return isinstance(screen, ReadingScreen)

    def get_default_screen(self) -> Screen[None]:
        """The first screen: there is none beneath it."""
        return self._first

    def on_mount(self) -> None:
        """Lets run what runs behind the first screen."""
        self.theme_changed_signal.subscribe(self, lambda _: self._remember_theme())
        self._first.call_after_refresh(self._begin)
        heed_signals(self)

    def _begin(self) -> None:
        self.is_ready = True
        if self._on_terminal:
            # Objects made so far live to the end, so garbage collection need not scan them.
            gc.freeze()
            gc.enable()
        self.jobs.begin(sync=self._is_sync_due())
        self.settling.begin()
        if self._background.caretaking:
            from importai_tui.tui.watchers import Care

            self._care = Care(self, self._background.caretaking())

    async def on_unmount(self) -> None:
        """What was changed last is told to the shared folder too; and the mouse points as it did before we came."""
        self._set_pointer_shape("default")
        if self._care:
            await self._care.end()

    async def on_event(self, event: Event) -> None:
        """What is pasted can hold what a terminal obeys: a page to type on draws what it holds."""
        if isinstance(event, Paste):
            event.text = clean_text(event.text)
        elif isinstance(event, Key):
            self._key_at = time.monotonic()
            self.user_acts()
        await super().on_event(event)

    @property
    def is_typing(self) -> bool:
        """Whether keys follow one another: what can wait, waits until they rest."""
        return time.monotonic() - self._key_at < _REST

    def copy_to_clipboard(self, text: str) -> None:
        """The one way to the clipboard: what lies there is pasted into other programs, shells among them."""
        super().copy_to_clipboard(clean_text(text))

    def get_css_variables(self) -> dict[str, str]:
        """Every theme knows our variables."""
        variables = stand_ins(super().get_css_variables())
        self.theme_variables = variables
        return variables

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Where no colour is wanted, colours become greys; the terminal's own, of which no grey is known, go away."""
        filters = super().get_line_filters()
        if not (self.no_color and self.native_ansi_color):
            return filters
        return [NoColor() if isinstance(one, Monochrome) else one for one in filters]

    def _load_screen_css(self, screen: Screen[Any]) -> None:
        """Its own rules are for it alone; Textual would parse all others anew, and apply them to all that is there."""
        if new := [path for path in map(str, screen.css_path) if not self.stylesheet.has_source(path)]:
            for path in new:
                self.stylesheet.add_source(Path(path).read_text(encoding="utf-8"), read_from=(path, ""))
            self.stylesheet.apply(screen)

    def action_command_palette(self) -> None:
        """Over the reading screen alone: a dialog, or the search, has no commands of its own to offer."""
        if isinstance(self.screen, ReadingScreen):
            from importai_tui.tui.dialogs.palette import Palette

            self.push_screen(Palette())

    def action_suspend(self) -> None:
        """Stop the process, as a shell with job control expects it at ctrl+z; in a note the key undoes."""
        if hasattr(self.focused, "action_undo"):
            raise SkipAction
        if not self.is_ready:
            return
        if self._driver and self._driver.can_suspend and can_suspend():
            self._suspend_signal()
            # The whole group: a script that started the reader stops too, so that the shell takes the keys.
            os.killpg(os.getpgrp(), signal.SIGTSTP)
        else:
            self.say("The reader cannot be suspended: it was not started by a shell that could resume it.")

    async def action_quit(self) -> None:
        """Out of the program from any screen, the place and all that was written kept."""
        await self._screens()[-1].run_action("quit_reader")

    def report_unsaved(self, texts: Sequence[str], changes: int) -> None:
        """Have texts and a number of changes that could not be saved printed after the app has ended."""
        self.unkept += texts
        self.lost_changes += changes

    def leave(self) -> None:
        """Out of the program, from the reading screen, with what its next start will show."""
        if self.keeps_frame and self._driver:
            self.keeps_frame = False
            self._driver.disable_input()  # what is typed from now on is for whoever has the terminal next
            self.run_worker(self._leave())
        else:
            self.exit()

    async def _leave(self) -> None:
        try:
            screen = self.screen
            if isinstance(screen, ReadingScreen) and not self.jobs.is_busy:
                self.veil = Veil(self)
                with suppress(ReaderError):  # the next start shows no frame then
                    self._frame = await next_frame(self, self.veil, screen)
                    self._drawn_of = self._library.archive.version()
        finally:
            self.exit()

    @property
    def last_frame(self) -> Frame | None:
        """What the next start will show; None where that is not known, or something was stored since it was drawn."""
        if self._frame is None:
            return None
        try:
            library = self._library
            changed = library.state.changed() or library.archive.version() != self._drawn_of
        except DatabaseTrouble:
            return None
        return None if changed else self._frame

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        if not (self.veil and self.veil.hides(screen)):
            super()._display(screen, renderable)

    def toggle_theme(self) -> None:
        """From any dark theme to paper, from any light one to ink."""
        is_dark = self.available_themes.get(self._wanted_theme, self.current_theme).dark
        self.theme = PAPER_NAME if is_dark else INK_NAME

    def validate_theme(self, theme: str) -> str:
        """Where a theme's shades fall into one, the terminal's own colours take its place; the wish is remembered."""
        self._wanted_theme = theme
        if is_told_apart(self.available_themes[theme], self.color_system):
            return theme
        few = colours_of(self.color_system)
        self.call_later(self.say_once, f"{few} colours are too few for {theme}: these are the terminal's own.")
        return TERMINAL_NAME

    def with_key(self, id: str, words: str) -> str:
        """A few words after the first key of the command that they tell of; nothing where no key calls it."""
        key = first_key(self.commands, id)
        return f"{key} {words}" if key else ""

    @property
    def config(self) -> Config:
        """What is set."""
        return self.settling.config

    def put_on(self, config: Config, before: Config) -> None:
        """Other settings hold from now on. What was not set anew stays as the reader has made it since."""
        self.commands = commands_with_keys(effective_keys(config.preset, config.keys))
        self._hold_keys()
        if config.theme != before.theme and config.theme in self.available_themes:
            self.theme = config.theme
        for screen in self._screens():
            screen.settle(config, before)

    @property
    def synced_at(self) -> datetime | None:
        """When the last sync was, aware UTC; None where none ever was."""
        return self._library.synced_at()

    def show_guide(self) -> None:
        """Lays the guide over the archive; leaving it comes back."""
        note = self.with_key("leave", "goes back to your issues")
        self.push_screen(self._screen(self._open_guide(), None, guide=True, lent=True, leads_back=True, note=note))

    def show_archive(self) -> bool:
        """Lays the reader's own archive over the guide, for good; False where there is none."""
        if self._background.open_library is None:
            return False
        try:
            library = self._background.open_library()
        except ReaderError as error:
            self.complain(str(error))
        else:
            self.push_screen(self._screen(library, None, guide=False, lent=True))
        return True

    def show_underway(self, told: Underway) -> None:
        """Every screen's footer tells what runs behind it."""
        for screen in self._screens():
            screen.show_job(told)

    def catch_up(self) -> None:
        """Something has been stored: who reads it sees it now."""
        for screen in self._screens():
            screen.follow_changes(at_once=True)

    def tell_outcome(self, report: Report, errand: Errand) -> None:
        """What a sync has brought, and what went wrong."""
        from importai_tui.tui.background_jobs import complaints, is_offline, said, wants_catalogue

        top = self._screens()[-1]
        if line := said(report, errand, guide=top.session.guide, hint=not self._hinted, with_key=self.with_key):
            self._hinted = self._hinted or wants_catalogue(report, errand)
            self.say(line)
        for sentence in complaints(report, errand, with_key=self.with_key):
            self.complain(sentence)
        if errand is Errand.AT_START and is_offline(report):
            self.jobs.linger("offline")
        if top.session.guide and not top.leads_back and report.new:
            top.show_note(self.with_key("guide", "goes to your issues"))

    def _screen(
        self,
        library: Library,
        ref: str | None,
        *,
        guide: bool,
        lent: bool = False,
        leads_back: bool = False,
        note: str = "",
    ) -> ReadingScreen:
        if guide and not note and self._background.sync:
            note = self.with_key("sync", "brings in the newsletter")
        return ReadingScreen(
            library,
            self,
            self._opener,
            self._clock,
            ref,
            guide=guide,
            is_lent=lent,
            leads_back=leads_back,
            note=note,
            job=self.jobs.underway,
        )

    def _screens(self) -> list[ReadingScreen]:
        return [screen for screen in self.screen_stack if isinstance(screen, ReadingScreen)]

    def _is_sync_due(self) -> bool:
        """Whether the last sync is longer ago than the reader wants; one who has never synced has not asked for it."""
        after, synced = self._background.start_after, self.synced_at
        if after is None or synced is None:
            return False
        now = self.today()
        return not now - after <= synced <= now  # one in the future is of a clock that was wrong

    def _hold_keys(self) -> None:
        self._bindings = BindingsMap(bindings_everywhere(self.commands))
        # Of the other screens each command keeps a key, so Textual's own way is enough.
        self.set_keymap({id: ",".join(keys) for id, keys in self.config.keys.items() if id in OTHER_SCREENS})
        self.within = effective_screen_keys(self.config.keys)

    def _remember_theme(self) -> None:
        """What the reader does to a theme that is set lasts as long as the app."""
        if self.config.theme:
            return
        try:
            self._library.state.remember("theme", self._wanted_theme)
        except DatabaseTrouble as error:
            self.say(str(error))
