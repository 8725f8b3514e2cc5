"""What spares a second layout to widgets that the first one has measured."""

from __future__ import annotations

from textual.geometry import Size
from textual.widget import Widget


class Measured(Widget):
    """A widget whose height is asked for to lay it out: that it has it then is no reason to lay out all anew.

    A base beside the one that the widget has its looks from, and after it: Textual takes those from the first.
    """

    def _size_updated(
        self,
        size: Size,
        virtual_size: Size,
        container_size: Size,
        layout: bool = True,  # noqa: ARG002  # Textual's own signature
    ) -> bool:
        """As ever; only a scroll bar that comes or goes asks for another layout, and that by itself."""
        return super()._size_updated(size, virtual_size, container_size, layout=False)
