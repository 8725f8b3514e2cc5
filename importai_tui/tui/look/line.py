"""The line in which one types: what is pasted or put into it is as clean as what is drawn elsewhere.

A page copied from anywhere can hold what a terminal obeys, and an input draws what it holds.
"""

from __future__ import annotations

from textual.widgets import Input

from importai_tui.parse.clean import clean_text


class Line(Input):
    """An input that never holds a control sequence."""

    def validate_value(self, value: str) -> str:
        """Before it is drawn, searched for or kept."""
        return clean_text(value)
