"""The dialog that adds a tag to a story or removes it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from importai_tui.state.fields import fold_tag
from importai_tui.state.values import MAX_NAME_LENGTH
from importai_tui.tui.bindings import format_key_hints, make_screen_bindings
from importai_tui.tui.dialogs.dialog import Dialog
from importai_tui.tui.text import ContentBuilder, to_content, to_line_content, truncate
from importai_tui.tui.widgets.inputs import CleanInput

MAX_SHOWN_TAGS = 8
"""Tags shown at once. With them the dialog fits a window of 24 lines."""
_OTHER_LINES = 9
"""Lines of the dialog besides the tags: title, input, keys, number of hidden tags, and gaps."""
_NAME_WIDTH = 30
"""Cells of the column of tags."""

_TAGGED_SIGN = "✓"
"""Stands before a tag that the story has."""

TagCount = tuple[str, int]
"""The name of a tag, and the number of stories with it."""


class TagDialog(Dialog[str | None]):
    """Asks for a tag. It closes with the name of the tag to add or remove, or with None if the user cancels."""

    KEYMAP_SECTION = "Tags"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    def __init__(self, story_tags: Sequence[str], all_tags: Sequence[TagCount]) -> None:
        """Offer `all_tags`. The story has the tags `story_tags` already."""
        super().__init__()
        self._story_tags = frozenset(story_tags)
        self._all_tags = all_tags
        self._filter_text = ""
        self._completion_index = -1

    def compose(self) -> ComposeResult:
        """Yield the title, the input, the matching tags, and the key hints."""
        hints = f"enter add/remove   {format_key_hints(self.app, ('tag.complete', 'tab', 'complete'))}"
        with Vertical(classes="dialog"):
            yield Static(to_line_content("Tag this story", "bold"), classes="question")
            yield CleanInput(max_length=MAX_NAME_LENGTH, compact=True)
            yield Static(self._draw_matches(), id="tags")
            yield Static(to_content(hints, "$muted"), classes="keys")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show the tags that match the typed text."""
        self._filter_text, self._completion_index = event.value, -1
        self._update_tags()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Close with the typed name."""
        self.dismiss(event.value.strip() or None)

    def action_complete(self, step: int) -> None:
        """Put the next matching tag into the input. After the last comes the first."""
        if matches := find_tags(self._all_tags, self._story_tags, self._filter_text):
            is_first_step_back = self._completion_index < 0 and step < 0
            index = len(matches) - 1 if is_first_step_back else (self._completion_index + step) % len(matches)
            self._completion_index = index
            line = self.query_one(Input)
            with self.prevent(Input.Changed):
                line.value = matches[index][0]
            line.cursor_position = len(line.value)
            self._update_tags()

    def action_cancel(self) -> None:
        """Close without a tag."""
        self.dismiss(None)

    def _update_tags(self) -> None:
        self.query_one("#tags", Static).update(self._draw_matches())

    def _draw_matches(self) -> Content:
        matches = find_tags(self._all_tags, self._story_tags, self._filter_text)
        max_tags = min(MAX_SHOWN_TAGS, max(1, self.app.size.height - _OTHER_LINES))
        return draw_tags(matches, self._story_tags, max(0, self._completion_index), max_tags)


def find_tags(tags: Sequence[TagCount], story_tags: frozenset[str], filter_text: str) -> list[TagCount]:
    """Return the tags that contain `filter_text`: those that start with it first, and of these those of the story."""
    text = fold_tag(filter_text.strip().lstrip("#"))
    matches = [tag for tag in tags if text in fold_tag(tag[0])]
    return sorted(matches, key=lambda tag: (not fold_tag(tag[0]).startswith(text), tag[0] not in story_tags))


def draw_tags(
    tags: Sequence[TagCount], story_tags: frozenset[str], selected: int, max_tags: int = MAX_SHOWN_TAGS
) -> Content:
    """Draw one tag a line with its count, those of the story with a sign and in colour.

    If there are more than `max_tags`, draw those around the index `selected`.
    """
    first = max(0, min(selected - max_tags // 2, len(tags) - max_tags))
    builder = ContentBuilder()
    for name, count in tags[first : first + max_tags]:
        sign, style = (_TAGGED_SIGN, "$mark") if name in story_tags else (" ", "")
        builder.write("" if builder.is_empty else "\n").write(truncate(f"{sign} #{name}", _NAME_WIDTH), style)
        builder.write(f"  {count}", "$muted")
    if len(tags) > max_tags:
        builder.write(f"\n{len(tags) - max_tags} more", "$muted")
    return builder.build()
