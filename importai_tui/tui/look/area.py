"""The area to write a note in: what is pasted into it is as clean as what is drawn elsewhere, and fits."""

from __future__ import annotations

from typing import Any

from textual.events import Paste
from textual.widgets import TextArea

from importai_tui.parse.clean import clean_text
from importai_tui.tui.look.line import fitting


class Area(TextArea):
    """A page to write on that takes as much of a paste as fits."""

    def __init__(self, text: str, *, max_length: int, **options: Any) -> None:
        super().__init__(clean_text(text), **options)
        self._max_length = max_length

    async def _on_paste(self, event: Paste) -> None:
        """Make a paste fit; Textual's own handler, which is called next, inserts it."""
        room = self._max_length - len(self.text) + len(self.selected_text)
        event.text = fitting(self, clean_text(event.text), room, self._max_length)

    def action_paste(self) -> None:
        """Paste what was copied in the reader."""
        self.post_message(Paste(self.app.clipboard))
