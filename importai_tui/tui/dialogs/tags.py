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
from importai_tui.tui.dialogs.help import Help
from importai_tui.tui.text import ContentBuilder, to_content, to_line_content, truncate
from importai_tui.tui.widgets.inputs import CleanInput

MOST = 8
"""Tags shown at once: with all that stands around them they leave room to spare in a window of 24 lines."""
_AROUND = 9
"""Lines of the question without its tags: title, line, keys, the count of the rest, and the gaps between."""
_NAME = 30
"""Cells of the tags' column."""

Tag = tuple[str, int]
"""A tag's name, and on how many stories it is."""


class TagDialog(Dialog[str | None]):
    """Closes with the name of the tag to give or take away; None if the reader thinks better of it."""

    BINDINGS = make_screen_bindings("Tagging")

    def __init__(self, own: Sequence[str], tags: Sequence[Tag]) -> None:
        """Offer `tags`; those of the story are its `own`."""
        super().__init__()
        self._own = frozenset(own)
        self._tags = tags
        self._typed = ""
        self._turn = -1

    def compose(self) -> ComposeResult:
        """The question, the line, the tags, the keys."""
        with Vertical(classes="dialog"):
            yield Static(to_line_content("Tag this story", "bold"), classes="question")
            yield CleanInput(max_length=MAX_NAME_LENGTH, compact=True)
            yield Static(self._offer(), id="tags")
            yield Static(to_content("enter tag, again untag   tab completes", "$muted"), classes="keys")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Offers what begins or goes on with what is typed."""
        self._typed, self._turn = event.value, -1
        self._draw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        self.dismiss(event.value.strip() or None)

    def action_complete(self, step: int) -> None:
        """The next of the tags that are offered, round and round."""
        if found := matching(self._tags, self._typed):
            self._turn = (self._turn + step) % len(found) if self._turn >= 0 or step > 0 else len(found) - 1
            line = self.query_one(Input)
            with self.prevent(Input.Changed):
                line.value = found[self._turn][0]
            line.cursor_position = len(line.value)
            self._draw()

    def action_help(self) -> None:
        """The keys."""
        self.app.push_screen(Help("Tagging"))

    def action_cancel(self) -> None:
        """Escape."""
        self.dismiss(None)

    def _draw(self) -> None:
        self.query_one("#tags", Static).update(self._offer())

    def _offer(self) -> Content:
        room = min(MOST, max(1, self.app.size.height - _AROUND))
        return draw_tags(matching(self._tags, self._typed), self._own, max(0, self._turn), room)


def matching(tags: Sequence[Tag], typed: str) -> list[Tag]:
    """The tags that hold what was typed, those that begin with it first."""
    wanted = typed.strip().lstrip("#").casefold()
    found = [tag for tag in tags if wanted in tag[0].casefold()]
    return sorted(found, key=lambda tag: not tag[0].casefold().startswith(wanted))


def draw_tags(tags: Sequence[Tag], own: frozenset[str], at: int, most: int = MOST) -> Content:
    """A tag a line with its count, the story's own in colour; of more than `most` those around the one at `at`."""
    first = max(0, min(at - most // 2, len(tags) - most))
    pen = ContentBuilder()
    for name, count in tags[first : first + most]:
        pen.write("" if pen.is_empty else "\n").write(truncate(f"#{name}", _NAME), "$mark" if name in own else "")
        pen.write(f"  {count}", "$muted")
    if len(tags) > most:
        pen.write(f"\n{len(tags) - most} more", "$muted")
    return pen.build()
