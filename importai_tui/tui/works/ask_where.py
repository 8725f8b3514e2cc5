"""The question where to look for a citation that has no address."""

from __future__ import annotations

from enum import Enum

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from importai_tui.tui.keys import bindings_in
from importai_tui.tui.look.dialog import Dialog
from importai_tui.tui.look.literal import literal, literal_line


class Where(Enum):
    """Where a title is looked for."""

    ARXIV = "arxiv"
    WEB = "web"
    COPY = "copy"


_ARXIV = "a look on arXiv"
_WEB = "w look on the web"
_OTHERS = "y copy the title\nesc leave"


class AskWhere(Dialog[Where | None]):
    """Closes with the answer; None if the reader thinks better of it."""

    BINDINGS = bindings_in("Where to look for a citation")

    def __init__(self, title: str, *, paper: bool) -> None:
        """Ask about the work of that title. A paper is first looked for on arXiv, anything else on the web."""
        super().__init__()
        self._title = title
        self._paper = paper

    def compose(self) -> ComposeResult:
        """What is the matter, and the keys."""
        first, second = (_ARXIV, _WEB) if self._paper else (_WEB, _ARXIV)
        with Vertical(classes="dialog"):
            yield Static(literal_line(self._title, "bold"), classes="question")
            yield Static(literal("Its address is not known here.", "$muted"))
            yield Static(literal(f"{first} (enter)\n{second}\n{_OTHERS}", "$muted"))

    def action_answer(self, what: str) -> None:
        """Closes with the answer."""
        self.dismiss(Where(what))

    def action_answer_first(self) -> None:
        """Enter."""
        self.dismiss(Where.ARXIV if self._paper else Where.WEB)

    def action_cancel(self) -> None:
        """Escape."""
        self.dismiss(None)
