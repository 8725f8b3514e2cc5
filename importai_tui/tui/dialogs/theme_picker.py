"""The list of themes. The reader beneath is shown in the theme under the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.theme import Theme
from textual.widgets import Static

from importai_tui.tui.bindings import format_key_hints, make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS
from importai_tui.tui.dialogs.list_screen import ListScreen
from importai_tui.tui.text import ContentBuilder, to_content, truncate
from importai_tui.tui.widgets.row_list import RowList


class ThemeList(RowList):
    """One row per theme."""

    class Selected(Message):
        """The cursor moved to a theme."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class Chosen(Selected):
        """The user chose a theme with Enter or a click."""

    def __init__(self, themes: Sequence[Theme], selected: str) -> None:
        super().__init__(id="theme-rows")
        self._themes = themes
        self._selected = selected

    @property
    def row_count(self) -> int:
        """The number of themes."""
        return len(self._themes)

    def on_mount(self) -> None:
        """Put the cursor on the selected theme."""
        self.refresh_rows()
        self.call_after_refresh(self.move_cursor_to, self._find(self._selected), notify=False)

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Draw the name of the theme, and what kind it is."""
        theme = self._themes[row]
        kind = "terminal colours" if theme.ansi else "dark" if theme.dark else "light"
        name = truncate(theme.name, width - cell_len(kind) - 3)
        gap = " " * (width - cell_len(name) - cell_len(kind) - 2)
        return [ContentBuilder().write(f" {name}{gap}").write(kind, "" if row == self.cursor else "$muted").build()]

    def handle_cursor_move(self) -> None:
        """Report the theme under the cursor."""
        self.post_message(self.Selected(self._themes[self.cursor].name))

    def handle_choice(self) -> None:
        """Choose the theme under the cursor."""
        self.post_message(self.Chosen(self._themes[self.cursor].name))

    def _find(self, name: str) -> int:
        return next((row for row, theme in enumerate(self._themes) if theme.name == name), 0)


class ThemePicker(ListScreen[str]):
    """Closes with the chosen theme. It only previews themes; the caller keeps the chosen one, or restores the old."""

    KEYMAP_SECTION = "Theme picker"
    CSS_PATH = [DIALOG_CSS, "theme_picker.tcss"]
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    def __init__(self, themes: Sequence[Theme], selected: str) -> None:
        """Offer these themes, with the cursor on the one named `selected`."""
        super().__init__()
        self._themes = themes
        self._selected = selected

    def compose(self) -> ComposeResult:
        """Yield the themes and the key hints."""
        hints = format_key_hints(self.app, ("themes.choose", "enter", "use"), ("themes.cancel", "esc", "cancel"))
        with Vertical(classes="dialog", id="themes"):
            yield Static(to_content("Theme", "$muted"), classes="question", markup=False)
            yield ThemeList(self._themes, self._selected)
            yield Static(to_content(hints, "$muted"), classes="keys", markup=False)

    def on_theme_list_selected(self, message: ThemeList.Selected) -> None:
        """Preview the theme under the cursor."""
        self.app.theme = message.name

    def on_theme_list_chosen(self, message: ThemeList.Chosen) -> None:
        """Close with the theme."""
        self.dismiss(message.name)
