"""The stories visited, newest first, narrowed by what is typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from importai_tui.tui.bindings import format_key_hints, make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS, Dialog
from importai_tui.tui.text import ContentBuilder, format_short_date, to_content, truncate
from importai_tui.tui.widgets.inputs import CleanInput
from importai_tui.tui.widgets.row_list import RowList

_DAY_WIDTH, _REF_WIDTH = 11, 9
"""Cells of the columns: a day, and the number of an issue and a story, with a gap behind each."""
_MIN_WIDTH_FOR_REF = 56
"""Cells of a row that has room for the number too."""


@dataclass(frozen=True, slots=True)
class VisitedStory:
    """A row of the list: a story, and the day of its last visit."""

    key: str
    ref: str
    day: date
    headline: str


class VisitedStoryList(RowList):
    """A line for each story; the day stands once for all of its stories."""

    class Chosen(Message):
        """Enter or a click on a story."""

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
        """How many stories are shown."""
        return len(self._stories)

    def show_stories(self, stories: Sequence[VisitedStory], selected: int = 0) -> None:
        """Shows these, the cursor on one of them."""
        self._stories = stories
        self.cursor = min(selected, max(0, len(stories) - 1))
        self.scroll_to(y=0, animate=False, immediate=True)
        self.refresh_rows()

    def row_style(self, row: int) -> str:
        """The cursor is always seen: the keys that move it are those of the line above."""
        return "on $cursor" if row == self.cursor else ""

    def draw_row(self, row: int, width: int) -> list[Content]:
        """When, where and what."""
        day = self._stories[row].day
        told = row == round(self.scroll_y) or self._stories[row - 1].day != day
        when = format_visit_day(day, self._today) if told else ""
        return [draw_visited(self._stories[row], when, width, strong=row == self.cursor)]

    def handle_choice(self) -> None:
        """Tells which story."""
        if self._stories:
            self.post_message(self.Chosen(self._stories[self.cursor]))


class VisitedDialog(Dialog[VisitedStory | None]):
    """Closes with the chosen story; None if the reader thinks better of it."""

    CSS_PATH = [DIALOG_CSS, "visited.tcss"]
    BINDINGS = make_screen_bindings("Among stories visited")

    def __init__(
        self, stories: Sequence[VisitedStory], today: date, open_key: str, show_help: Callable[[], object]
    ) -> None:
        """Offer `rows`; the story that is open has the key `here`, and as the newest it is not what one looks for.

        `tell_keys` shows the help.
        """
        super().__init__()
        self._stories = stories
        self._today = today
        self._show_help = show_help
        self._start = 1 if stories and stories[0].key == open_key else 0

    def compose(self) -> ComposeResult:
        """The line, the stories, the keys."""
        leave = format_key_hints(self.app, ("visited.cancel", "esc", "leave"))
        with Vertical(classes="dialog", id="visited"):
            yield CleanInput(placeholder="stories visited: type to narrow", compact=True)
            yield VisitedStoryList(self._today)
            yield Static(to_content(f"enter go there   ↑ ↓ choose   {leave}", "$muted"), classes="keys")

    def on_mount(self) -> None:
        """Shows all."""
        self._story_list.show_stories(self._stories, self._start)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Shows what has the words."""
        self._story_list.show_stories(filter_visited(self._stories, event.value))

    def on_input_submitted(self) -> None:
        """Enter."""
        self._story_list.handle_choice()

    def on_visited_story_list_chosen(self, message: VisitedStoryList.Chosen) -> None:
        """Closes with the story."""
        self.dismiss(message.story)

    def action_move(self, rows: int) -> None:
        """Another row."""
        self._story_list.move(rows)

    def action_page(self, share: float) -> None:
        """Another page."""
        self._story_list.page(share)

    def action_help(self) -> None:
        """The keys."""
        self._show_help()

    def action_cancel(self) -> None:
        """Escape."""
        self.dismiss(None)

    @property
    def _story_list(self) -> VisitedStoryList:
        return self.query_one(VisitedStoryList)


def filter_visited(stories: Sequence[VisitedStory], filter_text: str) -> list[VisitedStory]:
    """The rows that have every word typed, in the headline or as the number."""
    wanted = filter_text.casefold().split()
    return [row for row in stories if all(word in f"{row.ref} {row.headline}".casefold() for word in wanted)]


def format_visit_day(day: date, today: date) -> str:
    """A day as one says it; of another year, the month."""
    if day in (today, today - timedelta(days=1)):
        return "today" if day == today else "yesterday"
    said = format_short_date(day.isoformat())
    return said if day.year == today.year else f"{said.partition(' ')[2]} {day.year}"


def draw_visited(story: VisitedStory, day_label: str, width: int, *, strong: bool) -> Content:
    """One row in at most `width` cells: the day, the number where there is room and one, the headline."""
    quiet = "" if strong else "$muted"
    pen = ContentBuilder().write(" ").write(day_label.ljust(_DAY_WIDTH), quiet)
    room = width - 1 - _DAY_WIDTH
    if width >= _MIN_WIDTH_FOR_REF:
        ref = story.ref if story.ref[:1].isdecimal() and cell_len(story.ref) < _REF_WIDTH else ""
        pen.write(ref.ljust(_REF_WIDTH), quiet)
        room -= _REF_WIDTH
    return pen.write(truncate(story.headline, room - 1)).build()
