"""The app around the reading screen: its themes, its clipboard, and the way in."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.app import App

from importai_tui.errors import DatabaseTrouble
from importai_tui.library import Library
from importai_tui.opener import Opener
from importai_tui.parse.clean import clean_line
from importai_tui.tui.desk import Clock
from importai_tui.tui.reading_screen import ReadingScreen
from importai_tui.tui.themes import INK, INK_NAME, PAPER, PAPER_NAME, stand_ins


def run(
    library: Library, ref: str | None, opener: Opener, open_guide: Callable[[], Library], *, guide: bool = False
) -> None:
    """Opens the reader on a library, at `ref` or where it was left, until the reader quits.

    `guide` says that the library is the built-in one: it has a place of its own, and can be put away. `open_guide`
    opens that one when the reader asks for it over another.
    """
    ReaderApp(library, opener=opener, open_guide=open_guide, ref=ref, guide=guide).run()


class ReaderApp(App[None]):
    """The reader. What it needs from outside is given to it: tests give a clock and an opener of their own."""

    CSS_PATH = "app.tcss"
    TITLE = "importai-tui"
    COMMANDS = set()
    """Textual's own commands are left out: ours are all in the table of keys."""
    BINDINGS = []

    def __init__(
        self,
        library: Library,
        *,
        opener: Opener,
        clock: Clock = time.monotonic,
        ref: str | None = None,
        guide: bool = False,
        open_guide: Callable[[], Library],
    ) -> None:
        super().__init__()
        self._library = library
        self._opener = opener
        self._clock = clock
        self._open_guide = open_guide
        self._first = ReadingScreen(library, opener, clock, ref, guide=guide)
        self.register_theme(INK)
        self.register_theme(PAPER)

    def on_mount(self) -> None:
        """Puts on the remembered theme and shows the one screen."""
        remembered = self._library.recall("theme")
        self.theme = remembered if remembered in self.available_themes else INK_NAME
        self.theme_changed_signal.subscribe(self, lambda _: self._remember_theme())
        self.push_screen(self._first)

    def get_css_variables(self) -> dict[str, str]:
        """Every theme knows our variables."""
        variables = stand_ins(super().get_css_variables())
        self.theme_variables = variables
        return variables

    def toggle_theme(self) -> None:
        """From any dark theme to paper, from any light one to ink."""
        self.theme = PAPER_NAME if self.current_theme.dark else INK_NAME

    def show_guide(self) -> None:
        """Lays the guide over the archive; leaving it comes back."""
        library = self._open_guide()
        screen = ReadingScreen(library, self._opener, self._clock, None, guide=True)
        screen.lent = library
        self.push_screen(screen)

    def say(self, words: str) -> None:
        """A literal line for the reader, on whatever screen."""
        self.notify(clean_line(words), timeout=4, markup=False)

    def _remember_theme(self) -> None:
        try:
            self._library.remember("theme", self.theme)
        except DatabaseTrouble as error:
            self.say(str(error))
