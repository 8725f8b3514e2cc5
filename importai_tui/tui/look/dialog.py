"""What lies over another screen until it is answered."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer]):
    """A screen that closes once, however many keys wait for it by then.

    Textual takes away whatever lies on top: after a second Enter, the screen beneath, and with the last the program.
    """

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Close with the answer; nothing happens where it is closed."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
