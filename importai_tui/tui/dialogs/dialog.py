"""What lies over another screen until it is answered."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import ClassVar, TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

Answer = TypeVar("Answer")

DIALOG_CSS = Path(__file__).with_suffix(".tcss")
"""How all of them look; one that looks otherwise has a sheet of its own after it."""


class Dialog(ModalScreen[Answer]):
    """A screen that closes once, however many keys wait for it by then.

    Textual takes away whatever lies on top: after a second Enter, the screen beneath, and with the last the program.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = [DIALOG_CSS]

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Close with the answer; nothing happens where it is closed."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
