"""The list of visited stories, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from importai_tui.library.rows import matches_filter
from importai_tui.tui.bindings import format_key_hints, make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS, Dialog
from importai_tui.tui.text import ContentBuilder, format_short_date, to_content, truncate
from importai_tui.tui.widgets.inputs import CleanInput
from importai_tui.tui.widgets.row_list import RowList

_DAY_WIDTH, _REF_WIDTH = 11, 9
"""Cells of the columns with their gaps: a day, and the number of an issue and a story."""
_MIN_WIDTH_FOR_REF = 56
"""Cells of a row from which on the number of the issue and the story fits."""


@dataclass(frozen=True, slots=True)
class VisitedStory:
    """A story, and the day of the user's last visit."""

    key: str
    ref: str
    day: date
    headline: str


class VisitedStoryList(RowList):
    """One row per story. A day is printed once for all its stories."""

    class Chosen(Message):
        """The user chose a story with Enter or a click."""

        def __init__(self, story: VisitedStory) -> None:
            super().__init__()
            self.story = story

    def __init__(self, today: date) -> None:
        super().__init__()
        self.can_focus = False
        self._today = today
        self._stories: Sequence[VisitedStory] = ()

    @property
    def row_count(self) -> int:
        """The number of stories."""
        return len(self._stories)

    def show_stories(self, stories: Sequence[VisitedStory], selected: int = 0) -> None:
        """Show the stories, with the cursor on the row `selected`."""
        self._stories = stories
        self.cursor = min(selected, max(0, len(stories) - 1))
        self.scroll_to(y=0, animate=False, immediate=True)
        self.refresh_rows()

    def row_style(self, row: int) -> str:
        """Highlight the cursor even without focus, because the input above moves it."""
        return "on $cursor" if row == self.cursor else ""

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Draw the day, the number, and the headline."""
        day = self._stories[row].day
        is_first_of_day = row == round(self.scroll_y) or self._stories[row - 1].day != day
        day_label = format_visit_day(day, self._today) if is_first_of_day else ""
        return [draw_visited(self._stories[row], day_label, width, strong=row == self.cursor)]

    def handle_choice(self) -> None:
        """Report the story under the cursor."""
        if self._stories:
            self.post_message(self.Chosen(self._stories[self.cursor]))


class VisitedDialog(Dialog[VisitedStory | None]):
    """Asks for a visited story. It closes with None if the user cancels."""

    CSS_PATH = [DIALOG_CSS, "visited.tcss"]
    KEYMAP_SECTION = "History"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    def __init__(self, stories: Sequence[VisitedStory], today: date, open_key: str) -> None:
        """Offer `stories`.

        `open_key` is the key of the open story. If it is the newest, the cursor starts at the next one.
        """
        super().__init__()
        self._stories = stories
        self._today = today
        self._start = 1 if stories and stories[0].key == open_key else 0

    def compose(self) -> ComposeResult:
        """Yield the input, the stories, and the key hints."""
        keys = format_key_hints(self.app, ("visited.cancel", "esc", "close"), ("visited.help", "f1", "help"))
        with Vertical(classes="dialog", id="visited"):
            yield CleanInput(placeholder="History: type to filter", compact=True)
            yield VisitedStoryList(self._today)
            yield Static(to_content(f"enter open   {keys}", "$muted"), classes="keys")

    def on_mount(self) -> None:
        """Show all stories."""
        self._story_list.show_stories(self._stories, self._start)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the stories that contain the typed words."""
        self._story_list.show_stories(filter_visited(self._stories, event.value))

    def on_input_submitted(self) -> None:
        """Choose the story under the cursor."""
        self._story_list.handle_choice()

    def on_visited_story_list_chosen(self, message: VisitedStoryList.Chosen) -> None:
        """Close with the story."""
        self.dismiss(message.story)

    def action_move(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self._story_list.move(rows)

    def action_page(self, share: float) -> None:
        """Scroll by a share of a page."""
        self._story_list.page(share)

    def action_cancel(self) -> None:
        """Close without a story."""
        self.dismiss(None)

    @property
    def _story_list(self) -> VisitedStoryList:
        return self.query_one(VisitedStoryList)


def filter_visited(stories: Sequence[VisitedStory], filter_text: str) -> list[VisitedStory]:
    """Return the stories that contain all typed words in their headline or number."""
    return [story for story in stories if matches_filter((story.ref, story.headline), filter_text)]


def format_visit_day(day: date, today: date) -> str:
    """Format a day relative to today. A day of another year is shown as its month."""
    if day in (today, today - timedelta(days=1)):
        return "today" if day == today else "yesterday"
    label = format_short_date(day.isoformat())
    return label if day.year == today.year else f"{label.partition(' ')[2]} {day.year}"


def draw_visited(story: VisitedStory, day_label: str, width: int, *, strong: bool) -> Content:
    """Draw a story in at most `width` cells: the day, the number if it fits, the headline."""
    muted = "" if strong else "$muted"
    builder = ContentBuilder().write(" ").write(day_label.ljust(_DAY_WIDTH), muted)
    remaining_width = width - 1 - _DAY_WIDTH
    if width >= _MIN_WIDTH_FOR_REF:
        ref = story.ref if story.ref[:1].isdecimal() and cell_len(story.ref) < _REF_WIDTH else ""
        builder.write(ref.ljust(_REF_WIDTH), muted)
        remaining_width -= _REF_WIDTH
    return builder.write(truncate(story.headline, remaining_width - 1)).build()
