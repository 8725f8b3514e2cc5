"""What all commands of the reading screen are: objects that stand beside the desk, hear what happens, and act on it.

Each holds the state that only it needs. Its methods named `action_…` are what keys, palette and hints call.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

from textual.screen import Screen
from textual.worker import WorkType

from importai_tui.tui.page.desk import Desk
from importai_tui.tui.page.listener import Listener

_ACTION = "action_"
"""What Textual puts before the name of an action to find the method."""
Answer = TypeVar("Answer")


class Commands(Listener):
    """Commands that belong together."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def converse(self, conversation: Callable[[], Coroutine[None, None, None]]) -> None:
        """Holds a conversation with the reader, who holds one at a time: it takes the place of any other.

        Args:
            conversation: an async method, or a `partial` of one.
        """
        work: WorkType[None] = conversation
        self.desk.run_worker(work, exclusive=True, group="dialog")

    async def ask(self, question: Screen[Answer]) -> Answer:
        """Asks the reader within a conversation, and waits for the answer."""
        return await self.desk.app.push_screen_wait(question)

    def run_beside(
        self, work: Callable[[], None], *, group: str, exclusive: bool = True, exit_on_error: bool = True
    ) -> None:
        """Runs what takes its time in a thread beside the screen.

        Args:
            work: what is done there; it may touch the screen only by `in_the_app`, or by a message.
            group: what it belongs to.
            exclusive: it takes the place of what runs in its group, whose result nobody waits for any more.
            exit_on_error: an unexpected error ends an app that does not survive errors; else it is only reported.
        """

        def run() -> None:
            try:
                work()
            except Exception as error:
                if not exit_on_error:
                    self.desk.reader.call_later(self.desk.reader.survive, error)
                raise

        self.desk.run_worker(run, thread=True, group=group, exclusive=exclusive, exit_on_error=exit_on_error)

    def in_the_app(self, act: Callable[..., object], *given: Any, **named: Any) -> None:
        """From a thread: has this done where the screen may be touched."""
        self.desk.app.call_from_thread(act, *given, **named)


def actions_of(commands: Iterable[Commands], screen: object) -> dict[str, Callable[..., object]]:
    """The methods for Textual's actions, by their names.

    Raises:
        TypeError: two commands share a name, or the screen has a method of that name: one would hide the other.
    """
    found: dict[str, Callable[..., object]] = {}
    for group in commands:
        for name in (name for name in dir(group) if name.startswith(_ACTION)):
            if name in found or hasattr(screen, name):
                raise TypeError(f"{name} of {type(group).__name__} is there already: give it another name.")
            found[name] = getattr(group, name)
    return found
