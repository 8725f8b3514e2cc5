"""What all screens do that are a list to choose from: their keys move its cursor. The list itself is a subclass's."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from importai_tui.tui.dialogs.dialog import Dialog
from importai_tui.tui.dialogs.help import HelpDialog
from importai_tui.tui.widgets.row_list import RowList

Answer = TypeVar("Answer")


class ListScreen(Dialog[Answer | None]):
    """Closes with what was chosen; None if the reader thinks better of it."""

    KEYMAP_SECTION: ClassVar[str]
    """What the table of keys calls it."""

    def on_mount(self) -> None:
        """The keys are for the list."""
        self._row_list.focus()

    def action_move(self, rows: int) -> None:
        """Another row."""
        self._row_list.move(rows)

    def action_page(self, share: float) -> None:
        """Another page."""
        self._row_list.page(share)

    def action_edge(self, last: bool) -> None:
        """The first or the last row."""
        self._row_list.go_to_end(last=last)

    def action_choose(self) -> None:
        """The row under the cursor."""
        self._row_list.handle_choice()

    def action_help(self) -> None:
        """The keys."""
        self.app.push_screen(HelpDialog(self.KEYMAP_SECTION))

    def action_leave(self) -> None:
        """Back to where one was."""
        self.dismiss(None)

    def action_cancel(self) -> None:
        """The same."""
        self.dismiss(None)

    @property
    def _row_list(self) -> RowList:
        return self.query_one(RowList)  # type: ignore[type-abstract]  # what is found is a subclass
