"""The line to type in: what is pasted or put into it is as clean as what is drawn elsewhere, and fits.

A page copied from anywhere can hold what a terminal obeys, and an input draws what it holds. Textual drops a paste that
is too long for the line, and all of its lines but the first.

The area to write a note in: what is pasted into it is as clean as what is drawn elsewhere, and fits.
"""

from __future__ import annotations

import re
from typing import Any

from textual.events import Paste
from textual.widget import Widget
from textual.widgets import Input, TextArea

from importai_tui.parse.clean import clean_text

_MAX_LENGTH = 500
"""Characters of a line, if nothing else is said: a long search."""
_NOTICE_SECONDS = 8.0


class CleanInput(Input):
    """A line that never holds a control sequence, and takes as much of a paste as fits."""

    def __init__(self, value: str | None = None, *, max_length: int = _MAX_LENGTH, **options: Any) -> None:
        super().__init__(value, max_length=max_length, **options)

    def validate_value(self, value: str) -> str:
        """Clean what is put into the line before it is drawn, searched for or saved."""
        return clean_text(value)

    def _on_paste(self, event: Paste) -> None:
        """Make a paste fit; Textual's own handler, which is called next, inserts it."""
        text = " ".join(clean_text(event.text).split("\n"))
        if self.restrict:
            text = "".join(character for character in text if re.fullmatch(self.restrict, character))
        assert self.max_length
        start, end = sorted(self.selection)
        event.text = truncate_paste(self, text, self.max_length - len(self.value) + end - start, self.max_length)

    def action_paste(self) -> None:
        """Paste what was copied in the reader."""
        self.post_message(Paste(self.app.clipboard))


def truncate_paste(field: Widget, text: str, room: int, max_length: int) -> str:
    """Return the part of a pasted text that fits, and say where that is not all of it."""
    if len(text) <= room:
        return text
    words = f"The pasted text was cut: there is room for {max_length:,} characters here."
    field.app.notify(words, timeout=_NOTICE_SECONDS, markup=False)
    return text[: max(room, 0)]


class CleanTextArea(TextArea):
    """A page to write on that takes as much of a paste as fits."""

    def __init__(self, text: str, *, max_length: int, **options: Any) -> None:
        super().__init__(clean_text(text), **options)
        self._max_length = max_length

    async def _on_paste(self, event: Paste) -> None:
        """Make a paste fit; Textual's own handler, which is called next, inserts it."""
        room = self._max_length - len(self.text) + len(self.selected_text)
        event.text = truncate_paste(self, clean_text(event.text), room, self._max_length)

    def action_paste(self) -> None:
        """Paste what was copied in the reader."""
        self.post_message(Paste(self.app.clipboard))
