"""The thread of a story on a time line, and beneath it what is related. It closes with what was chosen."""

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
from importai_tui.threads.chain import Chain, Node, chain_of
from importai_tui.threads.related import Related
from importai_tui.threads.threads import Threads
from importai_tui.tui.dialogs.list_screen import ListScreen
from importai_tui.tui.keys import bindings_in
from importai_tui.tui.lists.row_list import RowList
from importai_tui.tui.lists.thread_lines import Row, Words, draw_node, draw_related, draw_words, head_of, rows_of
from importai_tui.tui.look.dialog import LOOK
from importai_tui.tui.look.literal import Pen, literal_line
from importai_tui.tui.reading.footer import Advice, Footer, Hint, hints_within

_HINTS = (
    Hint("enter", "open", "choose"),
    Hint("j k", "move", "move(1)"),
    Hint("esc", "back", "leave"),
)
_LOW = 20
"""Lines of the window below which the head has no room around it."""
_LOOKING = Words("Looking for what belongs together…")


class ThreadRows(RowList):
    """The nodes of a chain, a line through them all; then the related stories."""

    LINES_A_ROW = 3

    class Chosen(Message):
        """Enter or a click on a row."""

        def __init__(self, row: Node | Related) -> None:
            super().__init__()
            self.row = row

    def __init__(self, read: Set[str]) -> None:
        """Stories are marked by the keys in `read` when they are drawn."""
        super().__init__(id="thread")
        self._read = read
        self._rows: Sequence[Row] = (_LOOKING,)
        self._chain: Chain | None = None

    @property
    def row_count(self) -> int:
        """Nodes, words, related stories."""
        return len(self._rows)

    def show(self, chain: Chain, related: Sequence[Related]) -> None:
        """Shows a thread, the cursor on the story that it was asked for."""
        self._chain = chain
        self._rows = rows_of(chain, related)
        self.rows_changed()
        self.cursor = chain.here
        # The list must have its new height before it can be scrolled.
        self.call_after_refresh(self.show_row, chain.here)

    def say(self, words: str) -> None:
        """Shows a sentence instead."""
        self._rows = (Words(words),)
        self.rows_changed()

    def can_stop_at(self, row: int) -> bool:
        """Anywhere but on words."""
        return super().can_stop_at(row) and not isinstance(self._rows[row], Words)

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Three lines, of which a related story leaves the last free."""
        strong = row == self.cursor
        match self._rows[row]:
            case Words() as words:
                return draw_words(words, width)
            case Related() as related:
                return draw_related(related, width, self._read, strong=strong)
            case Node():
                assert self._chain
                return draw_node(self._chain, row, width, self._read, strong=strong)

    def row_chosen(self) -> None:
        """Tells what was chosen."""
        row = self._rows[self.cursor]
        if not isinstance(row, Words):
            self.post_message(self.Chosen(row))


class ThreadScreen(ListScreen[Node | Related]):
    """A thread over the page."""

    CSS_PATH = [LOOK, "threads.tcss"]
    PLACE = "In a thread"
    BINDINGS = bindings_in(PLACE)

    def __init__(self, archive: Path, key: str, read: Set[str]) -> None:
        """Ask the archive for the thread of the story with this key; `read` are the keys of all read stories."""
        super().__init__()
        self._archive = archive
        self._key = key
        self._read = read

    def compose(self) -> ComposeResult:
        """A head, the rows, the keys."""
        with Horizontal(id="thread-head"):
            yield Static(literal_line("Thread", "bold $mark"), id="thread-name")
        with Horizontal(id="thread-page"):
            yield ThreadRows(self._read)
        yield Footer()

    def on_mount(self) -> None:
        """Looks for the thread beside the screen. Textual calls this beside the base's own."""
        self.query_one(Footer).advice = Advice(hints_within(self.app, self.PLACE, _HINTS))
        self._look()

    def on_resize(self) -> None:
        """In a low window every line is needed."""
        self.set_class(self.app.size.height < _LOW, "-low")

    def on_thread_rows_chosen(self, message: ThreadRows.Chosen) -> None:
        """Closes with it."""
        self.dismiss(message.row)

    @property
    def _rows(self) -> ThreadRows:
        return self.query_one(ThreadRows)

    @work(thread=True, group="threads")
    def _look(self) -> None:
        try:
            with Threads(self._archive) as threads:
                if not (place := threads.place(self._key)):
                    self.app.call_from_thread(self._rows.say, "This story is no longer in the archive.")
                    return
                chain = chain_of(threads, place)
                tied = [node.story for node in chain.nodes if node.story]
                related = threads.related(place, without=tied)
        except ReaderError as error:
            self.app.call_from_thread(self._rows.say, str(error))
        else:
            self.app.call_from_thread(self._show, chain, related)

    def _show(self, chain: Chain, related: Sequence[Related]) -> None:
        self._rows.show(chain, related)
        name = Pen().write("Thread", "bold $mark").write(f"   {head_of(chain)}", "$muted")
        self.query_one("#thread-name", Static).update(name.content())
