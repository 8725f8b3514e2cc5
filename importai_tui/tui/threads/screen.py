"""The thread screen, and two dialogs on the way to another issue.

One dialog picks a reference. The other one asks what to do about an issue that is not in the archive.
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
"""Lines of the picker besides the references: title, keys, and gaps."""

_REFERENCE_KEYS = (
    ("ties.choose", "enter", "go there"),
    ("ties.down", "j k", "choose"),
    ("ties.cancel", "esc", "leave"),
)
"""The key hints of the picker."""


class MissingIssueAction(Enum):
    """What to do about an issue that is not in the archive."""

    FETCH_ISSUE = "issue"
    FETCH_ALL = "all"
    OPEN_PAGE = "browse"


_ACTION_TEXTS = {
    MissingIssueAction.FETCH_ISSUE: "S fetch it",
    MissingIssueAction.FETCH_ALL: "B fetch the back catalogue",
    MissingIssueAction.OPEN_PAGE: "o open its page in the browser",
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
    KEYMAP_SECTION = "Among references"
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

    BINDINGS = make_screen_bindings("Where an issue is not here")

    def __init__(self, issue_name: str, *, has_number: bool, has_page: bool) -> None:
        """Ask about an issue.

        `has_number` is True if the issue can be fetched by its number, `has_page` if the address of its page is known.
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
            yield Static(to_line_content(f"{self._issue_name} is not here.", "bold"), classes="question")
            yield Static(to_content("\n".join((*lines, "esc leave")), "$muted"))

    def action_answer(self, name: str) -> None:
        """Close with the answer if it is possible for this issue."""
        action = MissingIssueAction(name)
        if self._is_available[action]:
            self.dismiss(action)

    def action_cancel(self) -> None:
        """Close without an answer."""
        self.dismiss(None)


_THREAD_HINTS = (
    Hint("enter", "open", "choose"),
    Hint("j k", "move", "move(1)"),
    Hint("esc", "back", "leave"),
)
_LOW_HEIGHT = 20
"""Lines of the window below which the title has no padding."""
_LOADING_ROW = TextRow("Looking for what belongs together…")


class ThreadList(RowList):
    """The nodes of a thread, joined by a line; beneath them the related stories."""

    LINES_PER_ROW = 3

    class Chosen(Message):
        """The user chose a story with Enter or a click."""

        def __init__(self, row: ChainNode | RelatedStory) -> None:
            super().__init__()
            self.row = row

    def __init__(self, read_keys: Set[str]) -> None:
        """Mark the stories whose keys are in `read_keys`. The list reads the set whenever it draws."""
        super().__init__(id="thread")
        self._read_keys = read_keys
        self._rows: Sequence[ThreadRow] = (_LOADING_ROW,)
        self._chain: Chain | None = None

    @property
    def row_count(self) -> int:
        """The number of rows: nodes, texts, and related stories."""
        return len(self._rows)

    def show_thread(self, chain: Chain, related: Sequence[RelatedStory]) -> None:
        """Show a thread, with the cursor on the story that it was built for."""
        self._chain = chain
        self._rows = list_rows(chain, related)
        self.refresh_rows()
        self.cursor = chain.start
        # The list needs its new height before it can scroll.
        self.call_after_refresh(self.scroll_to_row, chain.start)

    def show_message(self, text: str) -> None:
        """Show a text in place of a thread."""
        self._rows = (TextRow(text),)
        self.refresh_rows()

    def is_selectable(self, row: int) -> bool:
        """Return True for a story."""
        return super().is_selectable(row) and not isinstance(self._rows[row], TextRow)

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Draw the lines of a node, a text, or a related story."""
        strong = row == self.cursor
        match self._rows[row]:
            case TextRow() as text_row:
                return draw_text(text_row, width)
            case RelatedStory() as related:
                return draw_related(related, width, self._read_keys, strong=strong)
            case ChainNode():
                assert self._chain
                return draw_node(self._chain, row, width, self._read_keys, strong=strong)

    def handle_choice(self) -> None:
        """Report the story under the cursor."""
        row = self._rows[self.cursor]
        if not isinstance(row, TextRow):
            self.post_message(self.Chosen(row))


class ThreadScreen(ListScreen[ChainNode | RelatedStory]):
    """Shows the thread of a story. It closes with the chosen node or related story, or with None."""

    CSS_PATH = [DIALOG_CSS, "threads.tcss"]
    KEYMAP_SECTION = "In a thread"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    def __init__(self, archive: Path, story_key: str, read_keys: Set[str]) -> None:
        """Show the thread of the story with this key. `read_keys` are the keys of all read stories."""
        super().__init__()
        self._archive = archive
        self._story_key = story_key
        self._read_keys = read_keys

    def compose(self) -> ComposeResult:
        """Yield the title, the thread, and the footer."""
        with Horizontal(id="thread-head"):
            yield Static(to_line_content("Thread", "bold $mark"), id="thread-name")
        with Horizontal(id="thread-page"):
            yield ThreadList(self._read_keys)
        yield Footer()

    def on_mount(self) -> None:
        """Load the thread in a worker thread. Textual also calls the handler of the base class."""
        self.query_one(Footer).footer_content = FooterContent(
            make_screen_hints(self.app, self.KEYMAP_SECTION, _THREAD_HINTS)
        )
        self._load_thread()

    def on_resize(self) -> None:
        """Drop padding in a low window."""
        self.set_class(self.app.size.height < _LOW_HEIGHT, "-low")

    def on_thread_list_chosen(self, message: ThreadList.Chosen) -> None:
        """Close with the story."""
        self.dismiss(message.row)

    @property
    def _thread_list(self) -> ThreadList:
        return self.query_one(ThreadList)

    @work(thread=True, group="threads")
    def _load_thread(self) -> None:
        try:
            with Threads(self._archive) as threads:
                if not (story := threads.get_story(self._story_key)):
                    self.app.call_from_thread(self._thread_list.show_message, "This story is no longer in the archive.")
                    return
                chain = build_chain(threads, story)
                chain_stories = [node.story for node in chain.nodes if node.story]
                related = threads.get_related(story, exclude=chain_stories)
        except ReaderError as error:
            self.app.call_from_thread(self._thread_list.show_message, str(error))
        else:
            self.app.call_from_thread(self._show_thread, chain, related)

    def _show_thread(self, chain: Chain, related: Sequence[RelatedStory]) -> None:
        self._thread_list.show_thread(chain, related)
        title = ContentBuilder().write("Thread", "bold $mark").write(f"   {format_thread_size(chain)}", "$muted")
        self.query_one("#thread-name", Static).update(title.build())
