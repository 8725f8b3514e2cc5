"""The line at the bottom in which one types what to find in what is above. It knows nothing of that."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Static

from importai_tui.tui.keys import bindings_in
from importai_tui.tui.look.dialog import LOOK, Dialog
from importai_tui.tui.look.line import Line
from importai_tui.tui.look.literal import Pen, literal

_ROOMY = 60
"""Cells of a window that has room for the keys beside the line."""


class FindLine(Dialog[str | None]):
    """Closes with what was typed; None if the reader thinks better of it."""

    CSS_PATH = [LOOK, "find_line.tcss"]
    BINDINGS = bindings_in("Finding and narrowing")

    def __init__(
        self,
        find: Callable[[str], str],
        step: Callable[[int], str],
        last: str,
        *,
        sign: str = "/",
        asks: str = "find in this story",
    ) -> None:
        """Ask.

        Args:
            find: shows what there is of what is typed, and says how much.
            step: goes that many matches on, and says which one it is.
            last: what was found before; enter alone stands for it.
            sign: the key that asks, before the line.
            asks: what the line is for.
        """
        super().__init__()
        self._find = find
        self._step = step
        self._sign = sign
        self._asks = last or asks
        self._count = ""

    def compose(self) -> ComposeResult:
        """The line where the footer is."""
        with Horizontal(id="find"):
            yield Static(literal(self._sign, "$mark"), id="find-sign")
            yield Line(placeholder=self._asks, compact=True)
            yield Static(id="find-count")

    def on_resize(self) -> None:
        """The keys, where there is room."""
        self._tell(self._count)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Shows what there is of it."""
        self._tell(self._find(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        self.dismiss(event.value)

    def action_step(self, step: int) -> None:
        """Another match."""
        self._tell(self._step(step))

    def action_cancel(self) -> None:
        """Escape."""
        self.dismiss(None)

    def _tell(self, count: str) -> None:
        self._count = count
        pen = Pen().write(count)
        if self.app.size.width >= _ROOMY:
            pen.write("   enter keep   ↑ ↓ walk   esc leave", "$muted")
        self.query_one("#find-count", Static).update(pen.content())
