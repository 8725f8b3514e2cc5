"""The thread screen: the references between stories on a time line, and related stories."""

from __future__ import annotations

from collections.abc import Sequence, Set
from pathlib import Path

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from importai_tui.errors import ReaderError
from importai_tui.threads.related import RelatedStory
from importai_tui.threads.threads import Chain, ChainNode, Threads, build_chain
from importai_tui.tui.bindings import make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS
from importai_tui.tui.dialogs.help import get_commands
from importai_tui.tui.dialogs.list_screen import ListScreen
from importai_tui.tui.text import ContentBuilder, to_line_content
from importai_tui.tui.widgets.footer import Footer, FooterContent, Hint, format_first_key, make_screen_hints
from importai_tui.tui.widgets.reference_rows import (
    TextRow,
    ThreadRow,
    draw_node,
    draw_related,
    draw_text,
    format_thread_size,
    list_rows,
)
from importai_tui.tui.widgets.row_list import RowList

_THREAD_HINTS = (
    Hint("enter", "open", "choose"),
    Hint("j k", "move", "move(1)"),
    Hint("esc", "back", "leave"),
)
_LOW_HEIGHT = 20
"""Lines of the window below which the title has no padding."""
_GONE = "This story is no longer in your archive."
_LOADING_ROW = TextRow("Finding related stories…")


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
        self._rows = list_rows(chain, related, format_first_key(get_commands(self.app), "sync.all"))
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
    KEYMAP_SECTION = "Thread screen"
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
                    self.app.call_from_thread(self._thread_list.show_message, _GONE)
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
