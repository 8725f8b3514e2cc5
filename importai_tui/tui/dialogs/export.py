"""The dialog that exports notes, marks, works and books to files."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from importai_tui.errors import ReaderError
from importai_tui.tui.bindings import format_key_hints, make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS, Dialog
from importai_tui.tui.text import ContentBuilder, to_content, truncate
from importai_tui.tui.widgets.inputs import CleanInput
from importai_tui.tui.widgets.row_list import RowList

_MAX_PATH_LENGTH = 4096
"""Characters of the longest path that Linux accepts."""


class ExportTarget(NamedTuple):
    """A kind of export, and the path that is offered for it. `hint` says which format it has, or what it is for."""

    id: str
    label: str
    hint: str
    path: str
    run: Callable[[str], Awaitable[str]]
    """Writes the export to a path and returns a message for the user. Raises ReaderError."""


class FinishedExport(NamedTuple):
    """An export that was written: its id, the typed path, and a message for the user."""

    id: str
    path: str
    message: str


class ExportList(RowList):
    """One row per kind of export."""

    class Clicked(Message):
        """The user clicked a row. That only selects it, so that nobody writes a file without seeing its path."""

    def __init__(self, targets: Sequence[ExportTarget], selected: int) -> None:
        super().__init__()
        self.can_focus = False
        self._targets = targets
        self._selected = selected

    @property
    def row_count(self) -> int:
        """The number of kinds."""
        return len(self._targets)

    def on_mount(self) -> None:
        """Put the cursor on the row that was chosen last."""
        self.refresh_rows()
        self.cursor = self._selected
        self.call_after_refresh(self.scroll_to_row, self._selected)

    def row_style(self, row: int) -> str:
        """Highlight the cursor even without focus, because the input below has it."""
        return "on $cursor" if row == self.cursor else ""

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Draw the name of the export, and what it is for if that fits."""
        return [draw_target(self._targets[row], width, strong=row == self.cursor)]

    def handle_choice(self) -> None:
        """Report a click."""
        self.post_message(self.Clicked())


class ExportDialog(Dialog[FinishedExport | None]):
    """Asks for an export and its path, and runs it. It closes when the export is written, or if the user cancels.

    An error is shown in the dialog, which stays open, so that the user can change the path.
    """

    CSS_PATH = [DIALOG_CSS, "export.tcss"]
    KEYMAP_SECTION = "Export"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    def __init__(self, targets: Sequence[ExportTarget], selected: int, notify: Callable[[str], object]) -> None:
        """Offer `targets`, with the cursor on the row `selected`; `notify` shows the end of one after the dialog."""
        super().__init__()
        self._notify = notify
        self._targets = targets
        self._selected = selected
        self._paths = [target.path for target in targets]
        """The path of each row, as the user has edited it."""
        self._shown_row = selected
        """The row whose path is in the input; for a moment not that of the cursor."""
        self._is_running = False

    def compose(self) -> ComposeResult:
        """Yield the title, the kinds of exports, the path, and the key hints."""
        with Vertical(classes="dialog", id="export"):
            yield Static(to_content("Export", "bold"), classes="question")
            yield ExportList(self._targets, self._selected)
            yield CleanInput(
                self._paths[self._selected], max_length=_MAX_PATH_LENGTH, compact=True, select_on_focus=False
            )
            yield Static(id="export-message", markup=False)
            yield Static(self._draw_keys(), classes="keys", markup=False)

    def on_mount(self) -> None:
        """Put the cursor behind the path."""
        field = self.query_one(Input)
        field.focus()
        field.cursor_position = len(field.value)

    def on_export_list_clicked(self) -> None:
        """Show the path of the row that was clicked."""
        self._show_path()

    def on_input_changed(self) -> None:
        """Clear an error."""
        if not self._is_running:
            self._show("")

    def on_input_submitted(self) -> None:
        """Run the export under the cursor."""
        target, path = self._targets[self._shown_row], self.query_one(Input).value.strip()
        if self._is_running:
            return
        if not path:
            self._show("Type the path of a file or folder")
            return
        self._is_running = True
        self._show("Exporting…", "$muted")
        # A worker of the app, because one of this screen would end with it.
        self.app.run_worker(self._export(target, path), group="export")

    def action_move(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self._list.move(rows)
        self._show_path()

    def action_cancel(self) -> None:
        """Close; an export that runs goes on, and a notice says when it is done."""
        self.dismiss(None)

    async def _export(self, target: ExportTarget, path: str) -> None:
        is_written = False
        try:
            message = await target.run(path)
            is_written = True
        except ReaderError as error:
            message = str(error)
        self._is_running = False
        if not self.is_active:
            self._notify(message)
        elif is_written:
            self.dismiss(FinishedExport(target.id, path, message))
        else:
            self._show(message)

    def _show_path(self) -> None:
        """Show the path of the row under the cursor, and keep that of the row before."""
        field, row = self.query_one(Input), self._list.cursor
        if row != self._shown_row:
            self._paths[self._shown_row] = field.value
            self._shown_row = row
            field.value = self._paths[row]
            field.cursor_position = len(field.value)

    def _show(self, message: str, style: str = "$mark") -> None:
        widget = self.query_one("#export-message", Static)
        widget.update(to_content(message, style))
        widget.display = bool(message)

    def _draw_keys(self) -> Content:
        keys = format_key_hints(self.app, ("export.cancel", "esc", "cancel"), ("export.help", "f1", "help"))
        return to_content(f"enter export   ↑ ↓ select   {keys}", "$muted")

    @property
    def _list(self) -> ExportList:
        return self.query_one(ExportList)


def draw_target(target: ExportTarget, width: int, *, strong: bool) -> Content:
    """Draw a kind of export in at most `width` cells."""
    label = truncate(target.label, width - 2)
    builder = ContentBuilder().write(f" {label}")
    gap = width - cell_len(label) - cell_len(target.hint) - 2
    if gap > 1:
        builder.write(" " * gap).write(target.hint, "" if strong else "$muted")
    return builder.build()
