"""A dialog that picks one of the stories that cite a work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from importai_tui.tui.bindings import format_key_hints, make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS
from importai_tui.tui.dialogs.list_screen import ListScreen
from importai_tui.tui.text import ContentBuilder, format_long_date, to_content, to_line_content, truncate
from importai_tui.tui.widgets.row_list import RowList

_GAP = "  "
_OTHER_LINES = 8
"""Lines of the dialog besides the stories: title, keys, and gaps."""


@dataclass(frozen=True, slots=True)
class CitingStory:
    """A story that cites a work. The headline is empty if the archive no longer has the story."""

    ref: str
    headline: str = ""
    day: str | None = None
    is_day_estimated: bool = False


LoadCitingStory = Callable[[str], CitingStory]
"""A function that loads the story with a reference."""

_CITING_KEYS = (
    ("citing.choose", "enter", "open"),
    ("citing.down", "j k", "move"),
    ("citing.cancel", "esc", "cancel"),
)
"""The key hints of the picker."""


class CitingStoryList(RowList):
    """Stories to pick from. Each is loaded when it becomes visible, because hundreds may cite a work."""

    LINES_PER_ROW = 3

    class Chosen(Message):
        """The user chose a story with Enter or a click."""

        def __init__(self, ref: str) -> None:
            super().__init__()
            self.ref = ref

    def __init__(self, refs: Sequence[str], load_story: LoadCitingStory) -> None:
        super().__init__()
        self._refs = refs
        self._load_story = load_story
        self._stories: dict[str, CitingStory] = {}

    @property
    def row_count(self) -> int:
        """The number of stories."""
        return len(self._refs)

    def on_mount(self) -> None:
        """Fit the height to the stories and the window."""
        if self.app.size.height < 2 * _OTHER_LINES:
            self.LINES_PER_ROW = 2
        max_rows = max(1, (self.app.size.height - _OTHER_LINES) // self.LINES_PER_ROW)
        self.styles.height = min(max_rows, len(self._refs)) * self.LINES_PER_ROW
        self.refresh_rows()

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Draw a story. The third line of a row is blank."""
        ref = self._refs[row]
        if ref not in self._stories:
            self._stories[ref] = self._load_story(ref)
        return draw_citing_story(self._stories[ref], width, strong=row == self.cursor)

    def handle_choice(self) -> None:
        """Report the story under the cursor."""
        self.post_message(self.Chosen(self._refs[self.cursor]))


class CitingStoryPicker(ListScreen[str]):
    """Picks a story that cites a work. It closes with the reference, or with None if the user cancels."""

    CSS_PATH = [DIALOG_CSS, "works.tcss"]
    KEYMAP_SECTION = "Citing stories"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    def __init__(self, title: str, refs: Sequence[str], load_story: LoadCitingStory) -> None:
        """Offer the stories with these references. `title` is the title of the work."""
        super().__init__()
        self._title = title
        self._refs = refs
        self._load_story = load_story

    def compose(self) -> ComposeResult:
        """Yield the title, the stories, and the key hints."""
        with Vertical(classes="dialog -wide"):
            yield Static(to_line_content(self._title, "bold"), classes="question")
            yield CitingStoryList(self._refs, self._load_story)
            yield Static(to_content(format_key_hints(self.app, *_CITING_KEYS), "$muted"))

    def on_citing_story_list_chosen(self, message: CitingStoryList.Chosen) -> None:
        """Close with the story."""
        self.dismiss(message.ref)


def draw_citing_story(story: CitingStory, width: int, *, strong: bool = False) -> list[Content]:
    """Draw the two lines of a citing story: its headline; its reference and day."""
    first = ContentBuilder().write(" ").write(truncate(story.headline or "No longer in your archive", width - 2))
    muted = "" if strong else "$muted"
    ref = truncate(story.ref, width - 2)
    second = ContentBuilder().write(" ").write(ref, muted)
    day = _GAP + format_long_date(story.day, is_estimated=story.is_day_estimated) if story.day else ""
    if cell_len(ref + day) <= width - 2:
        second.write(day, muted)
    return [first.build(), second.build()]
