"""Two questions on the way to another issue: which reference is meant, and what to do where the archive lacks it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from importai_tui.tui.dialogs.list_screen import ListScreen
from importai_tui.tui.keys import bindings_in, keys_line
from importai_tui.tui.lists.row_list import RowList
from importai_tui.tui.lists.thread_lines import Tie, draw_tie
from importai_tui.tui.look.dialog import LOOK, Dialog
from importai_tui.tui.look.literal import literal, literal_line

_AROUND = 8
"""Lines of the question without its references: title, keys, and the gaps between."""

_KEYS = (("ties.choose", "enter", "go there"), ("ties.down", "j k", "choose"), ("ties.cancel", "esc", "leave"))
"""What the last line tells."""


class Instead(Enum):
    """What to do about an issue that the archive lacks."""

    ISSUE = "issue"
    ALL = "all"
    BROWSE = "browse"


_OFFERS = {
    Instead.ISSUE: "S fetch it",
    Instead.ALL: "B fetch the back catalogue",
    Instead.BROWSE: "o open its page in the browser",
}


class TieRows(RowList):
    """References to choose from."""

    LINES_A_ROW = 3

    class Chosen(Message):
        """Enter or a click on a reference."""

        def __init__(self, tie: Tie) -> None:
            super().__init__()
            self.tie = tie

    def __init__(self, ties: Sequence[Tie]) -> None:
        super().__init__()
        self._ties = ties

    @property
    def row_count(self) -> int:
        """How many references there are."""
        return len(self._ties)

    def on_mount(self) -> None:
        """As high as it must be, and can be."""
        room = max(1, (self.app.size.height - _AROUND) // self.LINES_A_ROW)
        self.styles.height = min(room, len(self._ties)) * self.LINES_A_ROW
        self.rows_changed()

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Two lines; the third is the gap."""
        return draw_tie(self._ties[row], width, strong=row == self.cursor)

    def row_chosen(self) -> None:
        """Tells which one."""
        self.post_message(self.Chosen(self._ties[self.cursor]))


class ChooseTie(ListScreen[Tie]):
    """Closes with the chosen reference; None if the reader thinks better of it."""

    CSS_PATH = [LOOK, "threads.tcss"]
    PLACE = "Among references"
    BINDINGS = bindings_in(PLACE)

    def __init__(self, question: str, ties: Sequence[Tie]) -> None:
        super().__init__()
        self._question = question
        self._ties = ties

    def compose(self) -> ComposeResult:
        """The question, the references, the keys."""
        with Vertical(classes="dialog -wide"):
            yield Static(literal_line(self._question, "bold"), classes="question")
            yield TieRows(self._ties)
            yield Static(literal(keys_line(self.app, *_KEYS), "$muted"))

    def on_tie_rows_chosen(self, message: TieRows.Chosen) -> None:
        """Closes with it."""
        self.dismiss(message.tie)


class AskInstead(Dialog[Instead | None]):
    """An issue is not here: fetch it, alone or with all the others, or see its page."""

    BINDINGS = bindings_in("Where an issue is not here")

    def __init__(self, issue: str, *, known: bool, page: bool) -> None:
        """Name the issue; `known`: its number is, `page`: the address of its page is."""
        super().__init__()
        self._issue = issue
        self._possible = {Instead.ISSUE: known, Instead.ALL: True, Instead.BROWSE: page}

    def compose(self) -> ComposeResult:
        """What is the matter, and the keys."""
        offered = [line for answer, line in _OFFERS.items() if self._possible[answer]]
        with Vertical(classes="dialog"):
            yield Static(literal_line(f"{self._issue} is not here.", "bold"), classes="question")
            yield Static(literal("\n".join((*offered, "esc leave")), "$muted"))

    def action_answer(self, what: str) -> None:
        """Closes with the answer."""
        answer = Instead(what)
        if self._possible[answer]:
            self.dismiss(answer)

    def action_cancel(self) -> None:
        """Escape."""
        self.dismiss(None)
