"""The base class of screens that consist of a list to choose from."""

from __future__ import annotations

from typing import TypeVar

from importai_tui.tui.dialogs.dialog import Dialog
from importai_tui.tui.widgets.row_list import RowList

Result = TypeVar("Result")


class ListScreen(Dialog[Result | None]):
    """Closes with the chosen row, or with None if the user cancels. A subclass composes the list."""

    def on_mount(self) -> None:
        """Focus the list."""
        self._row_list.focus()

    def action_move(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self._row_list.move(rows)

    def action_page(self, share: float) -> None:
        """Scroll by a share of a page."""
        self._row_list.page(share)

    def action_edge(self, last: bool) -> None:
        """Go to the first or the last row."""
        self._row_list.go_to_end(last=last)

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        self._row_list.handle_choice()

    def action_leave(self) -> None:
        """Close without a choice."""
        self.dismiss(None)

    def action_cancel(self) -> None:
        """Close without a choice."""
        self.dismiss(None)

    @property
    def _row_list(self) -> RowList:
        return self.query_one(RowList)  # type: ignore[type-abstract]  # the widget is of a subclass
