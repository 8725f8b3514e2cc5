"""Dialogs on the way to another issue: one picks a reference, one asks what to do about a missing issue."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from importai_tui.tui.bindings import format_key_hints, make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS, Dialog
from importai_tui.tui.dialogs.list_screen import ListScreen
from importai_tui.tui.text import to_content, to_line_content
from importai_tui.tui.widgets.reference_rows import ReferenceRow, draw_reference
from importai_tui.tui.widgets.row_list import RowList

_OTHER_LINES = 8
"""Lines of the picker besides the references: title, keys, and gaps."""

_REFERENCE_KEYS = (
    ("ties.choose", "enter", "open"),
    ("ties.down", "j k", "move"),
    ("ties.cancel", "esc", "cancel"),
)
"""The key hints of the picker."""


class MissingIssueAction(Enum):
    """Choices for an issue that is not in the archive."""

    FETCH_ISSUE = "issue"
    FETCH_ALL = "all"
    OPEN_PAGE = "browse"


_ACTION_TEXTS = {
    MissingIssueAction.FETCH_ISSUE: "S download it",
    MissingIssueAction.FETCH_ALL: "B download every issue",
    MissingIssueAction.OPEN_PAGE: "o open in browser",
}


class ReferenceList(RowList):
    """References to pick from."""

    LINES_PER_ROW = 3

    class Chosen(Message):
        """The user chose a reference with Enter or a click."""

        def __init__(self, row: ReferenceRow) -> None:
            super().__init__()
            self.row = row

    def __init__(self, rows: Sequence[ReferenceRow]) -> None:
        super().__init__()
        self._reference_rows = rows

    @property
    def row_count(self) -> int:
        """The number of references."""
        return len(self._reference_rows)

    def on_mount(self) -> None:
        """Fit the height to the references and the window."""
        max_rows = max(1, (self.app.size.height - _OTHER_LINES) // self.LINES_PER_ROW)
        self.styles.height = min(max_rows, len(self._reference_rows)) * self.LINES_PER_ROW
        self.refresh_rows()

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Draw a reference. The third line of a row is blank."""
        return draw_reference(self._reference_rows[row], width, strong=row == self.cursor)

    def handle_choice(self) -> None:
        """Report the reference under the cursor."""
        self.post_message(self.Chosen(self._reference_rows[self.cursor]))


class ReferencePicker(ListScreen[ReferenceRow]):
    """Picks a reference. It closes with None if the user cancels."""

    CSS_PATH = [DIALOG_CSS, "threads.tcss"]
    KEYMAP_SECTION = "References"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    def __init__(self, question: str, rows: Sequence[ReferenceRow]) -> None:
        super().__init__()
        self._question = question
        self._reference_rows = rows

    def compose(self) -> ComposeResult:
        """Yield the question, the references, and the key hints."""
        with Vertical(classes="dialog -wide"):
            yield Static(to_line_content(self._question, "bold"), classes="question")
            yield ReferenceList(self._reference_rows)
            yield Static(to_content(format_key_hints(self.app, *_REFERENCE_KEYS), "$muted"))

    def on_reference_list_chosen(self, message: ReferenceList.Chosen) -> None:
        """Close with the reference."""
        self.dismiss(message.row)


class MissingIssueDialog(Dialog[MissingIssueAction | None]):
    """Asks what to do about an issue that is not in the archive. It closes with None if the user cancels."""

    KEYMAP_SECTION = "Missing issue"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    def __init__(self, issue_name: str, *, has_number: bool, has_page: bool) -> None:
        """Ask about an issue.

        `has_number` is True if the issue can be fetched by its number. `has_page` is True if its page can be opened.
        """
        super().__init__()
        self._issue_name = issue_name
        self._is_available = {
            MissingIssueAction.FETCH_ISSUE: has_number,
            MissingIssueAction.FETCH_ALL: True,
            MissingIssueAction.OPEN_PAGE: has_page,
        }

    def compose(self) -> ComposeResult:
        """Yield the problem and the key hints."""
        lines = [text for action, text in _ACTION_TEXTS.items() if self._is_available[action]]
        with Vertical(classes="dialog"):
            yield Static(to_line_content(f"{self._issue_name} isn't in your archive", "bold"), classes="question")
            yield Static(to_content("\n".join((*lines, "esc cancel")), "$muted"))

    def action_answer(self, name: str) -> None:
        """Close with the answer if it is possible for this issue."""
        action = MissingIssueAction(name)
        if self._is_available[action]:
            self.dismiss(action)

    def action_cancel(self) -> None:
        """Close without an answer."""
        self.dismiss(None)
