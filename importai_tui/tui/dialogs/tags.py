"""Asks for a tag: a line to type in, the tags in use below it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from importai_tui.state.fields import MAX_NAME_LENGTH
from importai_tui.tui.bindings import make_screen_bindings
from importai_tui.tui.dialogs.dialog import Dialog
from importai_tui.tui.dialogs.help import HelpDialog
from importai_tui.tui.text import ContentBuilder, to_content, to_line_content, truncate
from importai_tui.tui.widgets.inputs import CleanInput

MAX_TAGS = 8
"""Tags shown at once: with all that stands around them they leave room to spare in a window of 24 lines."""
_OTHER_LINES = 9
"""Lines of the question without its tags: title, line, keys, the count of the rest, and the gaps between."""
_NAME_WIDTH = 30
"""Cells of the tags' column."""

TagCount = tuple[str, int]
"""A tag's name, and on how many stories it is."""


class TagDialog(Dialog[str | None]):
    """Closes with the name of the tag to give or take away; None if the reader thinks better of it."""

    BINDINGS = make_screen_bindings("Tagging")

    def __init__(self, story_tags: Sequence[str], all_tags: Sequence[TagCount]) -> None:
        """Offer `tags`; those of the story are its `own`."""
        super().__init__()
        self._story_tags = frozenset(story_tags)
        self._all_tags = all_tags
        self._filter_text = ""
        self._completion_index = -1

    def compose(self) -> ComposeResult:
        """The question, the line, the tags, the keys."""
        with Vertical(classes="dialog"):
            yield Static(to_line_content("Tag this story", "bold"), classes="question")
            yield CleanInput(max_length=MAX_NAME_LENGTH, compact=True)
            yield Static(self._draw_matches(), id="tags")
            yield Static(to_content("enter tag, again untag   tab completes", "$muted"), classes="keys")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Offers what begins or goes on with what is typed."""
        self._filter_text, self._completion_index = event.value, -1
        self._update_tags()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        self.dismiss(event.value.strip() or None)

    def action_complete(self, step: int) -> None:
        """The next of the tags that are offered, round and round."""
        if found := find_tags(self._all_tags, self._filter_text):
            self._completion_index = (
                (self._completion_index + step) % len(found)
                if self._completion_index >= 0 or step > 0
                else len(found) - 1
            )
            line = self.query_one(Input)
            with self.prevent(Input.Changed):
                line.value = found[self._completion_index][0]
            line.cursor_position = len(line.value)
            self._update_tags()

    def action_help(self) -> None:
        """The keys."""
        self.app.push_screen(HelpDialog("Tagging"))

    def action_cancel(self) -> None:
        """Escape."""
        self.dismiss(None)

    def _update_tags(self) -> None:
        self.query_one("#tags", Static).update(self._draw_matches())

    def _draw_matches(self) -> Content:
        room = min(MAX_TAGS, max(1, self.app.size.height - _OTHER_LINES))
        return draw_tags(
            find_tags(self._all_tags, self._filter_text), self._story_tags, max(0, self._completion_index), room
        )


def find_tags(tags: Sequence[TagCount], filter_text: str) -> list[TagCount]:
    """The tags that hold what was typed, those that begin with it first."""
    wanted = filter_text.strip().lstrip("#").casefold()
    found = [tag for tag in tags if wanted in tag[0].casefold()]
    return sorted(found, key=lambda tag: not tag[0].casefold().startswith(wanted))


def draw_tags(tags: Sequence[TagCount], story_tags: frozenset[str], selected: int, max_tags: int = MAX_TAGS) -> Content:
    """A tag a line with its count, the story's own in colour; of more than `most` those around the one at `at`."""
    first = max(0, min(selected - max_tags // 2, len(tags) - max_tags))
    pen = ContentBuilder()
    for name, count in tags[first : first + max_tags]:
        pen.write("" if pen.is_empty else "\n").write(
            truncate(f"#{name}", _NAME_WIDTH), "$mark" if name in story_tags else ""
        )
        pen.write(f"  {count}", "$muted")
    if len(tags) > max_tags:
        pen.write(f"\n{len(tags) - max_tags} more", "$muted")
    return pen.build()
