"""The question where to look for a citation that has no address."""

from __future__ import annotations

from enum import Enum

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from importai_tui.tui.literal import literal, literal_line

_KEYS = "a look on arXiv\nw look on the web\ny copy the title\nesc leave"


class Where(Enum):
    """Where a title is looked for."""

    ARXIV = "arxiv"
    WEB = "web"
    COPY = "copy"


class AskWhere(ModalScreen[Where | None]):
    """Closes with the answer; None if the reader thinks better of it."""

    BINDINGS = [
        Binding("a,enter", "answer('arxiv')", "arXiv", id="where.arxiv"),
        Binding("w", "answer('web')", "The web", id="where.web"),
        Binding("y", "answer('copy')", "Copy", id="where.copy"),
        Binding("n,escape,q,ctrl+c", "cancel", "Cancel", id="where.cancel"),
    ]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        """What is the matter, and the keys."""
        with Vertical(classes="dialog"):
            yield Static(literal_line(self._title, "bold"), classes="question")
            yield Static(literal("Its address is not known here.", "$muted"))
            yield Static(literal(_KEYS, "$muted"))

    def action_answer(self, what: str) -> None:
        """Closes with the answer."""
        self.dismiss(Where(what))

    def action_cancel(self) -> None:
        """Escape."""
        self.dismiss(None)
