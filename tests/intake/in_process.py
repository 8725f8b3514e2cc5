"""A parser that needs no process: for tests of what is done with its results, and of what it raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from importai_tui.intake.process import ParserProcess

_Argument = TypeVar("_Argument")
_Value = TypeVar("_Value")


class InProcessParser(ParserProcess):
    """Does every task in the process of the test."""

    def __init__(self) -> None:
        super().__init__("")

    def run(self, task: Callable[[_Argument], _Value], argument: _Argument) -> _Value:
        """Run the task."""
        return task(argument)
