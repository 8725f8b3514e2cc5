"""A text area that takes clean text only, apart from `inputs`, because Textual's text area is slow to load."""

from __future__ import annotations

from typing import Any

from textual.events import Paste
from textual.widgets import TextArea

from importai_tui.parse.clean import clean_text
from importai_tui.tui.widgets.inputs import truncate_paste


class CleanTextArea(TextArea):
    """A text area that never holds a control sequence, and takes as much of a paste as fits."""

    def __init__(self, text: str, *, max_length: int, **options: Any) -> None:
        super().__init__(clean_text(text), **options)
        self._max_length = max_length

    def on_unmount(self) -> None:
        """Let the app forget this widget: Textual's list of those that follow its theme would hold it for ever."""
        watchers = getattr(self.app, "__watchers", {}).get("theme", [])
        watchers[:] = [watcher for watcher in watchers if watcher[0] is not self]

    async def _on_paste(self, event: Paste) -> None:
        """Make a paste fit; Textual's own handler, which runs next, inserts it."""
        free = self._max_length - len(self.text) + len(self.selected_text)
        event.text = truncate_paste(self, clean_text(event.text), free, self._max_length)

    def action_paste(self) -> None:
        """Paste what was copied in this program."""
        self.post_message(Paste(self.app.clipboard))
