"""The thread of a story on a time line, and beneath it what is related. It closes with what was chosen.

Two questions on the way to another issue: which reference is meant, and what to do where the archive lacks it.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from enum import Enum
from pathlib import Path

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from importai_tui.errors import ReaderError
from importai_tui.threads.threads import Chain, ChainNode, RelatedStory, Threads, build_chain
from importai_tui.tui.bindings import format_key_hints, make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS, Dialog
from importai_tui.tui.dialogs.list_screen import ListScreen
from importai_tui.tui.text import ContentBuilder, to_content, to_line_content
from importai_tui.tui.widgets.footer import Footer, FooterContent, Hint, make_screen_hints
from importai_tui.tui.widgets.reference_rows import (
    ReferenceRow,
    TextRow,
    ThreadRow,
    draw_node,
    draw_reference,
    draw_related,
    draw_text,
    format_thread_size,
    list_rows,
)
from importai_tui.tui.widgets.row_list import RowList

_OTHER_LINES = 8
"""Lines of the question without its references: title, keys, and the gaps between."""

_REFERENCE_KEYS = (
    ("ties.choose", "enter", "go there"),
    ("ties.down", "j k", "choose"),
    ("ties.cancel", "esc", "leave"),
)
"""What the last line tells."""


class MissingIssueAction(Enum):
    """What to do about an issue that the archive lacks."""

    FETCH_ISSUE = "issue"
    FETCH_ALL = "all"
    OPEN_PAGE = "browse"


_ACTION_TEXTS = {
    MissingIssueAction.FETCH_ISSUE: "S fetch it",
    MissingIssueAction.FETCH_ALL: "B fetch the back catalogue",
    MissingIssueAction.OPEN_PAGE: "o open its page in the browser",
}


class ReferenceList(RowList):
    """References to choose from."""

    LINES_PER_ROW = 3

    class Chosen(Message):
        """Enter or a click on a reference."""

        def __init__(self, row: ReferenceRow) -> None:
            super().__init__()
            self.row = row

    def __init__(self, rows: Sequence[ReferenceRow]) -> None:
        super().__init__()
        self._reference_rows = rows

    @property
    def row_count(self) -> int:
        """How many references there are."""
        return len(self._reference_rows)

    def on_mount(self) -> None:
        """As high as it must be, and can be."""
        room = max(1, (self.app.size.height - _OTHER_LINES) // self.LINES_PER_ROW)
        self.styles.height = min(room, len(self._reference_rows)) * self.LINES_PER_ROW
        self.refresh_rows()

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Two lines; the third is the gap."""
        return draw_reference(self._reference_rows[row], width, strong=row == self.cursor)

    def handle_choice(self) -> None:
        """Tells which one."""
        self.post_message(self.Chosen(self._reference_rows[self.cursor]))


class ReferencePicker(ListScreen[ReferenceRow]):
    """Closes with the chosen reference; None if the reader thinks better of it."""

    CSS_PATH = [DIALOG_CSS, "threads.tcss"]
    KEYMAP_SECTION = "Among references"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    def __init__(self, question: str, rows: Sequence[ReferenceRow]) -> None:
        super().__init__()
        self._question = question
        self._reference_rows = rows

    def compose(self) -> ComposeResult:
        """The question, the references, the keys."""
        with Vertical(classes="dialog -wide"):
            yield Static(to_line_content(self._question, "bold"), classes="question")
            yield ReferenceList(self._reference_rows)
            yield Static(to_content(format_key_hints(self.app, *_REFERENCE_KEYS), "$muted"))

    def on_reference_list_chosen(self, message: ReferenceList.Chosen) -> None:
        """Closes with it."""
        self.dismiss(message.row)


class MissingIssueDialog(Dialog[MissingIssueAction | None]):
    """An issue is not here: fetch it, alone or with all the others, or see its page."""

    BINDINGS = make_screen_bindings("Where an issue is not here")

    def __init__(self, issue_name: str, *, has_number: bool, has_page: bool) -> None:
        """Name the issue; `known`: its number is, `page`: the address of its page is."""
        super().__init__()
        self._issue_name = issue_name
        self._is_available = {
            MissingIssueAction.FETCH_ISSUE: has_number,
            MissingIssueAction.FETCH_ALL: True,
            MissingIssueAction.OPEN_PAGE: has_page,
        }

    def compose(self) -> ComposeResult:
        """What is the matter, and the keys."""
        offered = [line for answer, line in _ACTION_TEXTS.items() if self._is_available[answer]]
        with Vertical(classes="dialog"):
            yield Static(to_line_content(f"{self._issue_name} is not here.", "bold"), classes="question")
            yield Static(to_content("\n".join((*offered, "esc leave")), "$muted"))

    def action_answer(self, what: str) -> None:
        """Closes with the answer."""
        answer = MissingIssueAction(what)
        if self._is_available[answer]:
            self.dismiss(answer)

    def action_cancel(self) -> None:
        """Escape."""
        self.dismiss(None)


_THREAD_HINTS = (
    Hint("enter", "open", "choose"),
    Hint("j k", "move", "move(1)"),
    Hint("esc", "back", "leave"),
)
_LOW_HEIGHT = 20
"""Lines of the window below which the head has no room around it."""
_LOADING_ROW = TextRow("Looking for what belongs together…")


class ThreadList(RowList):
    """The nodes of a chain, a line through them all; then the related stories."""

    LINES_PER_ROW = 3

    class Chosen(Message):
        """Enter or a click on a row."""

        def __init__(self, row: ChainNode | RelatedStory) -> None:
            super().__init__()
            self.row = row

    def __init__(self, read_keys: Set[str]) -> None:
        """Stories are marked by the keys in `read` when they are drawn."""
        super().__init__(id="thread")
        self._read_keys = read_keys
        self._rows: Sequence[ThreadRow] = (_LOADING_ROW,)
        self._chain: Chain | None = None

    @property
    def row_count(self) -> int:
        """Nodes, words, related stories."""
        return len(self._rows)

    def show_thread(self, chain: Chain, related: Sequence[RelatedStory]) -> None:
        """Shows a thread, the cursor on the story that it was asked for."""
        self._chain = chain
        self._rows = list_rows(chain, related)
        self.refresh_rows()
        self.cursor = chain.start
        # The list must have its new height before it can be scrolled.
        self.call_after_refresh(self.scroll_to_row, chain.start)

    def show_message(self, text: str) -> None:
        """Shows a sentence instead."""
        self._rows = (TextRow(text),)
        self.refresh_rows()

    def is_selectable(self, row: int) -> bool:
        """Anywhere but on words."""
        return super().is_selectable(row) and not isinstance(self._rows[row], TextRow)

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Three lines, of which a related story leaves the last free."""
        strong = row == self.cursor
        match self._rows[row]:
            case TextRow() as words:
                return draw_text(words, width)
            case RelatedStory() as related:
                return draw_related(related, width, self._read_keys, strong=strong)
            case ChainNode():
                assert self._chain
                return draw_node(self._chain, row, width, self._read_keys, strong=strong)

    def handle_choice(self) -> None:
        """Tells what was chosen."""
        row = self._rows[self.cursor]
        if not isinstance(row, TextRow):
            self.post_message(self.Chosen(row))


class ThreadScreen(ListScreen[ChainNode | RelatedStory]):
    """A thread over the page."""

    CSS_PATH = [DIALOG_CSS, "threads.tcss"]
    KEYMAP_SECTION = "In a thread"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    def __init__(self, archive: Path, story_key: str, read_keys: Set[str]) -> None:
        """Ask the archive for the thread of the story with this key; `read` are the keys of all read stories."""
        super().__init__()
        self._archive = archive
        self._story_key = story_key
        self._read_keys = read_keys

    def compose(self) -> ComposeResult:
        """A head, the rows, the keys."""
        with Horizontal(id="thread-head"):
            yield Static(to_line_content("Thread", "bold $mark"), id="thread-name")
        with Horizontal(id="thread-page"):
            yield ThreadList(self._read_keys)
        yield Footer()

    def on_mount(self) -> None:
        """Looks for the thread beside the screen. Textual calls this beside the base's own."""
        self.query_one(Footer).footer_content = FooterContent(
            make_screen_hints(self.app, self.KEYMAP_SECTION, _THREAD_HINTS)
        )
        self._load_thread()

    def on_resize(self) -> None:
        """In a low window every line is needed."""
        self.set_class(self.app.size.height < _LOW_HEIGHT, "-low")

    def on_thread_list_chosen(self, message: ThreadList.Chosen) -> None:
        """Closes with it."""
        self.dismiss(message.row)

    @property
    def _thread_list(self) -> ThreadList:
        return self.query_one(ThreadList)

    @work(thread=True, group="threads")
    def _load_thread(self) -> None:
        try:
            with Threads(self._archive) as threads:
                if not (place := threads.get_story(self._story_key)):
                    self.app.call_from_thread(self._thread_list.show_message, "This story is no longer in the archive.")
                    return
                chain = build_chain(threads, place)
                tied = [node.story for node in chain.nodes if node.story]
                related = threads.get_related(place, exclude=tied)
        except ReaderError as error:
            self.app.call_from_thread(self._thread_list.show_message, str(error))
        else:
            self.app.call_from_thread(self._show_thread, chain, related)

    def _show_thread(self, chain: Chain, related: Sequence[RelatedStory]) -> None:
        self._thread_list.show_thread(chain, related)
        name = ContentBuilder().write("Thread", "bold $mark").write(f"   {format_thread_size(chain)}", "$muted")
        self.query_one("#thread-name", Static).update(name.build())
