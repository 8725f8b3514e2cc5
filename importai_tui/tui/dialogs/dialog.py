"""The base class of all screens that lie over another screen."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import ClassVar, TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

from importai_tui.tui.reading.text_selection import copy_selection

Result = TypeVar("Result")

DIALOG_CSS = Path(__file__).with_suffix(".tcss")
"""The style sheet of all dialogs. A dialog with a style of its own lists its sheet after this one."""


class Dialog(ModalScreen[Result]):
    """A screen that closes only once, even if several keys that close it are already queued.

    Textual's `dismiss` pops the top screen. A second Enter would pop the screen beneath, and the last one ends the app.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = [DIALOG_CSS]
    KEYMAP_SECTION: ClassVar[str] = ""
    """The group of `SCREEN_COMMANDS` with the keys of the screen."""

    def dismiss(self, result: Result | None = None) -> AwaitComplete:
        """Close with `result`. Do nothing if the dialog is already closed."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def action_copy_text(self) -> None:
        """Copy what is selected."""
        copy_selection(self)

    async def action_help(self) -> None:
        """Show the keys."""
        # Through the app, because the help is a dialog itself.
        await self.app.run_action(("app", "show_keys", (self.KEYMAP_SECTION,)))
