"""A parser without a process, to test how callers handle its results and errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from importai_tui.parse_pool import ParserProcess

_Argument = TypeVar("_Argument")
_Value = TypeVar("_Value")


class InProcessParser(ParserProcess):
    """Runs every task in the test's process."""

    def run(self, task: Callable[[_Argument], _Value], argument: _Argument) -> _Value:
        """Run the task."""
        return task(argument)
