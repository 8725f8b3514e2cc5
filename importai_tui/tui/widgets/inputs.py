"""An input line that takes clean text only, and as much of a paste as fits.

A copied page can hold control sequences, and Textual's widgets draw what they hold. Textual's input line also drops a
paste that is too long, and all lines of a paste but the first.
"""

from __future__ import annotations

import re
from typing import Any

from textual.events import Paste
from textual.widget import Widget
from textual.widgets import Input

from importai_tui.parse.clean import clean_text

_MAX_LENGTH = 500
"""Characters of a line by default: a long search."""
_NOTICE_SECONDS = 8.0


class CleanInput(Input):
    """An input line that never holds a control sequence, and takes as much of a paste as fits."""

    def __init__(self, value: str | None = None, *, max_length: int = _MAX_LENGTH, **options: Any) -> None:
        super().__init__(value, max_length=max_length, **options)

    def validate_value(self, value: str) -> str:
        """Return the text cleaned, before it is drawn, searched for or saved."""
        return clean_text(value)

    def _on_paste(self, event: Paste) -> None:
        """Make a paste fit; Textual's own handler, which runs next, inserts it."""
        text = " ".join(clean_text(event.text).split("\n"))
        if self.restrict:
            text = "".join(character for character in text if re.fullmatch(self.restrict, character))
        assert self.max_length
        start, end = sorted(self.selection)
        event.text = truncate_paste(self, text, self.max_length - len(self.value) + end - start, self.max_length)

    def action_paste(self) -> None:
        """Paste what was copied in this program."""
        self.post_message(Paste(self.app.clipboard))


def truncate_paste(field: Widget, text: str, free: int, max_length: int) -> str:
    """Return the part of a pasted text that fits, and notify the user if something is cut off."""
    if len(text) <= free:
        return text
    notice = f"The pasted text was cut: only {max_length:,} characters fit here"
    field.app.notify(notice, timeout=_NOTICE_SECONDS, markup=False)
    return text[: max(free, 0)]
