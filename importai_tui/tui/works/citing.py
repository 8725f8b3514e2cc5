"""The question which of the stories that cite a work is meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from importai_tui.tui.dialogs.list_screen import ListScreen
from importai_tui.tui.keys import bindings_in, keys_line
from importai_tui.tui.lists.row_list import RowList
from importai_tui.tui.look.dialog import LOOK
from importai_tui.tui.look.literal import literal, literal_line
from importai_tui.tui.works.lines import CitingStory, draw_citing

_AROUND = 8
"""Lines of the question without its stories: title, keys, and the gaps between."""

Tell = Callable[[str], CitingStory]
"""What is known of the story with this reference."""

_KEYS = (("citing.choose", "enter", "go there"), ("citing.down", "j k", "choose"), ("citing.cancel", "esc", "leave"))
"""What the last line tells."""


class CitingRows(RowList):
    """Stories to choose from. One is asked for when it comes into sight: a work may be cited by hundreds."""

    LINES_A_ROW = 3

    class Chosen(Message):
        """Enter or a click on a story."""

        def __init__(self, ref: str) -> None:
            super().__init__()
            self.ref = ref

    def __init__(self, refs: Sequence[str], tell: Tell) -> None:
        super().__init__()
        self._refs = refs
        self._tell = tell
        self._stories: dict[str, CitingStory] = {}

    @property
    def row_count(self) -> int:
        """How many stories there are."""
        return len(self._refs)

    def on_mount(self) -> None:
        """As high as it must be, and can be."""
        if self.app.size.height < 2 * _AROUND:
            self.LINES_A_ROW = 2
        room = max(1, (self.app.size.height - _AROUND) // self.LINES_A_ROW)
        self.styles.height = min(room, len(self._refs)) * self.LINES_A_ROW
        self.rows_changed()

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Two lines; the third, where there is room for one, is the gap."""
        ref = self._refs[row]
        if ref not in self._stories:
            self._stories[ref] = self._tell(ref)
        return draw_citing(self._stories[ref], width, strong=row == self.cursor)

    def row_chosen(self) -> None:
        """Tells which one."""
        self.post_message(self.Chosen(self._refs[self.cursor]))


class ChooseCiting(ListScreen[str]):
    """Closes with the reference of the chosen story; None if the reader thinks better of it."""

    CSS_PATH = [LOOK, "works.tcss"]
    PLACE = "Among citing stories"
    BINDINGS = bindings_in(PLACE)

    def __init__(self, title: str, refs: Sequence[str], tell: Tell) -> None:
        """Offer the stories with these references, which cite the work of that title."""
        super().__init__()
        self._title = title
        self._refs = refs
        self._tell = tell

    def compose(self) -> ComposeResult:
        """The work, the stories, the keys."""
        with Vertical(classes="dialog -wide"):
            yield Static(literal_line(self._title, "bold"), classes="question")
            yield CitingRows(self._refs, self._tell)
            yield Static(literal(keys_line(self.app, *_KEYS), "$muted"))

    def on_citing_rows_chosen(self, message: CitingRows.Chosen) -> None:
        """Closes with it."""
        self.dismiss(message.ref)
