"""The picker of a paragraph to highlight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum, auto

from textual.app import ComposeResult
from textual.widgets import Static

from importai_tui.tui.bindings import format_screen_key, make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS, Dialog
from importai_tui.tui.widgets.footer import FooterContent, Hint, draw_hints, make_screen_hints
from importai_tui.tui.widgets.story_view import StoryView


class PassageAction(Enum):
    """Choices for the selected paragraph."""

    HIGHLIGHT = auto()
    TOGGLE = auto()
    """Highlight the paragraph, or remove its highlight."""
    ADD_REMARK = auto()


PickedPassage = tuple[int, PassageAction]
"""The index of a block of the story view, and what to do with it."""

_NOTICE_SECONDS = 2.0
_HINTS = (Hint("j k", "move", "down"), Hint("esc", "cancel", "cancel"))
_NEW_HINTS = (Hint("enter", "highlight", "keep"), Hint("e", "highlight + comment", "remark"), *_HINTS)
_HIGHLIGHTED_HINTS = (Hint("e", "comment", "remark"), Hint("v", "remove", "turn"), *_HINTS)
"""The hints for a paragraph that has a highlight."""


class PassagePicker(Dialog[PickedPassage | None]):
    """Picks a paragraph of the story beneath. It closes with a `PickedPassage`, or with None if the user cancels.

    The story stays visible. Only the footer is covered by key hints.
    """

    CSS_PATH = [DIALOG_CSS, "passage_picker.tcss"]
    KEYMAP_SECTION = "Highlighting"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    def __init__(
        self, view: StoryView, block_indexes: Sequence[int], start: int, is_highlighted: Callable[[int], bool]
    ) -> None:
        """Pick one of the blocks with these indexes.

        Args:
            view: the story.
            block_indexes: the indexes of the paragraphs among the blocks of the story.
            start: the position of the first selection in `block_indexes`.
            is_highlighted: returns True if the block with this index has a highlight.
        """
        super().__init__()
        self._view = view
        self._block_indexes = block_indexes
        self._position = start
        self._is_highlighted = is_highlighted

    def compose(self) -> ComposeResult:
        """Yield the key hints in place of the footer."""
        yield Static(id="pick-keys")

    def on_mount(self) -> None:
        """Show the first selection."""
        self._select(self._position)

    def on_resize(self) -> None:
        """Show as many key hints as fit."""
        self._update_hints()

    def on_unmount(self) -> None:
        """Remove the selection from the story."""
        self._view.pick_block(None)

    def action_down(self) -> None:
        """Select the next paragraph."""
        self._select(self._position + 1)

    def action_up(self) -> None:
        """Select the previous paragraph."""
        self._select(self._position - 1)

    def action_top(self) -> None:
        """Select the first paragraph."""
        self._select(0)

    def action_bottom(self) -> None:
        """Select the last paragraph."""
        self._select(len(self._block_indexes) - 1)

    def action_keep(self) -> None:
        """Close: highlight the paragraph. If it is highlighted, stay and say which key removes that."""
        if self._is_highlighted(self._selected):
            key = format_screen_key(self.app, "pick.turn", "v")
            self.app.notify(f"Already highlighted; {key} removes it", timeout=_NOTICE_SECONDS, markup=False)
        else:
            self._close_with(PassageAction.HIGHLIGHT)

    def action_turn(self) -> None:
        """Close: highlight the paragraph, or remove its highlight."""
        self._close_with(PassageAction.TOGGLE)

    def action_remark(self) -> None:
        """Close: highlight the paragraph, or keep its highlight, and write a comment."""
        self._close_with(PassageAction.ADD_REMARK)

    def action_cancel(self) -> None:
        """Close without a paragraph."""
        self.dismiss(None)

    def _select(self, position: int) -> None:
        self._position = min(len(self._block_indexes) - 1, max(0, position))
        self._view.pick_block(self._selected)
        self._update_hints()

    @property
    def _selected(self) -> int:
        """The index of the selected block."""
        return self._block_indexes[self._position]

    def _update_hints(self) -> None:
        hints = _HIGHLIGHTED_HINTS if self._is_highlighted(self._selected) else _NEW_HINTS
        content = FooterContent(make_screen_hints(self.app, "Highlighting", hints))
        self.query_one("#pick-keys", Static).update(draw_hints(content, self.app.size.width))

    def _close_with(self, action: PassageAction) -> None:
        self.dismiss((self._selected, action))
