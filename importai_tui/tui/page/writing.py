"""What every change of the reading state goes through: one that cannot be kept is told, and stops nobody from reading.

It knows nothing of what is changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar, runtime_checkable

from importai_tui.errors import DatabaseTrouble, ReaderError
from importai_tui.library import Library
from importai_tui.reading import Change
from importai_tui.tui.page.panes import Panes

Clock = Callable[[], float]
"""Seconds that never go back."""
Done = TypeVar("Done")

NOT_KEPT = "marks are not being kept"
_AGAIN = 10.0
"""Seconds between two tries after a failure: a locked file makes each of them wait."""


@runtime_checkable
class Warned(Protocol):
    """A screen over the page on which marks are made too."""

    def tell_trouble(self, words: str) -> None:
        """Warns, or no more."""


class Writing(Panes):
    """Writes, and says for as long as writing fails that it does."""

    def __init__(self, library: Library, clock: Clock) -> None:
        super().__init__()
        self.library = library
        self.clock = clock
        self.trouble = ""
        """Stands in the footer while nothing can be kept."""
        self.steps = 0
        """Changes that the reader has made since the start, less those that were undone: what `u` undoes first."""
        self._tried = 0.0

    def tell_footer(self) -> None:
        """For the subclass that knows the footer."""

    def attempt(self, act: Callable[[], Done], *, asked: bool = True) -> Done | None:
        """Does what writes; None where it failed, and then nothing on the screen may say otherwise.

        Args:
            act: the change.
            asked: the reader has asked for it, so each failure is told; else only the first of a row.
        """
        try:
            done = act()
        except ReaderError as error:
            if asked or not self.trouble:
                self.say(str(error), seconds=8)
            if isinstance(error, DatabaseTrouble):
                self._tried = self.clock()
                self._tell_trouble(NOT_KEPT)
            return None
        changed = bool(done.keys) if isinstance(done, Change) else done is not None
        # To find that there is nothing to do takes no writing.
        if changed or not (asked or isinstance(done, Change)):
            self._tell_trouble("")
        if changed and asked:
            self.steps += 1
        return done

    @property
    def is_try_due(self) -> bool:
        """Whether it is time to see if writing works again."""
        return bool(self.trouble) and self.clock() - self._tried >= _AGAIN

    def remember(self, name: str, value: str) -> None:
        """Keeps a setting."""
        self.attempt(lambda: self.library.remember(name, value), asked=False)

    def _tell_trouble(self, words: str) -> None:
        if words != self.trouble:
            self.trouble = words
            self.tell_footer()
            if isinstance(over := self.app.screen, Warned):
                over.tell_trouble(words)
