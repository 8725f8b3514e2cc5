"""The help: the keys of where one is, then all others, from the table of commands; narrowed by what is typed."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from importai_tui.keymap.help_sections import help_sections
from importai_tui.tui.dialogs.held import held_by, held_within
from importai_tui.tui.dialogs.help_rows import HelpRows
from importai_tui.tui.keys import bindings_in, keys_line
from importai_tui.tui.look.dialog import LOOK, Dialog
from importai_tui.tui.look.line import Line
from importai_tui.tui.look.literal import literal
from importai_tui.tui.reading.screen import ReadingScreen

_LOW = 20
"""Lines of a window in which the help takes all of them."""
_ROOMY = 60
"""Cells of a window that has room to name the arrows."""


class Help(Dialog[None]):
    """A panel over the page. Typing searches, the arrows move, enter does what the line says, escape closes."""

    CSS_PATH = [LOOK, "help.tcss"]
    BINDINGS = bindings_in("In the help")

    def __init__(self, here: str = "", words: str = "") -> None:
        """Tell the keys.

        Args:
            here: where one is, as a group of `SCREEN_COMMANDS`; on the page the pane is known.
            words: what is looked for at first.
        """
        super().__init__()
        self._here = here
        self._words = words

    def compose(self) -> ComposeResult:
        """A line to search in, the keys below it, and what enter does."""
        here = self._page.pane.value if self._page and not self._here else self._here
        with Vertical(id="help"):
            yield Line(self._words, placeholder="search the keys", compact=True, select_on_focus=False)
            yield HelpRows(help_sections(here, held_by(self.app), held_within(self.app)))
            yield Static(id="help-keys", markup=False)

    def on_mount(self) -> None:
        """Shows what is looked for at first."""
        self.query_one(HelpRows).narrow(self._words)

    def on_resize(self) -> None:
        """In a low window every line is needed."""
        self.set_class(self.app.size.height < _LOW, "-low")
        self.call_after_refresh(self._tell)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Shows what answers to the words."""
        self.query_one(HelpRows).narrow(event.value)
        self._tell()

    def on_input_submitted(self) -> None:
        """Enter: does what the line says, where that can be done from here."""
        command = self.query_one(HelpRows).pointed
        if self._page and command and command.action:
            page = self._page
            self.dismiss()
            self.app.call_later(page.run_action, f"screen.{command.action}")

    def on_help_rows_chosen(self) -> None:
        """A click is enter."""
        self.on_input_submitted()

    def action_move(self, rows: int) -> None:
        """Another line."""
        self.query_one(HelpRows).move(rows)
        self._tell()

    def action_page(self, share: float) -> None:
        """A page of lines."""
        self.query_one(HelpRows).page(share)
        self._tell()

    def action_close(self) -> None:
        """Back to where one was."""
        self.dismiss()

    @property
    def _page(self) -> ReadingScreen | None:
        """The page right beneath, whose commands can be run from here."""
        at = self.app.screen_stack.index(self) if self in self.app.screen_stack else 0
        beneath = self.app.screen_stack[at - 1]
        return beneath if at and isinstance(beneath, ReadingScreen) else None

    def _tell(self) -> None:
        pointed = self.query_one(HelpRows).pointed
        does = "enter does it   " if self._page and pointed and pointed.action else ""
        closes = keys_line(self.app, ("help.close", "esc", "closes"))
        moves = "↑ ↓ choose   " if self.app.size.width >= _ROOMY else ""
        self.query_one("#help-keys", Static).update(literal(f"{does}{moves}{closes}", "$muted"))
