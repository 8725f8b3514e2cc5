"""An app that tells the reader something in a line that goes away by itself."""

from __future__ import annotations

import time

from importai_tui.parse.clean import clean_line
from importai_tui.tui.faults import ResilientApp

_COMPLAINT_SECONDS = 12.0
"""A sentence that says what went wrong, and what to do, stands longer than one that only reports."""


class Telling(ResilientApp):
    """Each line stands once, on whatever screen."""

    def __init__(self) -> None:
        super().__init__()
        self._standing: dict[str, float] = {}
        self._said_once: set[str] = set()

    def say(self, words: str, *, seconds: float = 4) -> None:
        """A literal line for the reader; one that stands there already is not said again."""
        now, line = time.monotonic(), clean_line(words)
        self._standing = {said: until for said, until in self._standing.items() if until > now}
        if line not in self._standing:
            self._standing[line] = now + seconds
            self.notify(line, timeout=seconds, markup=False)

    def complain(self, sentence: str) -> None:
        """The same for what went wrong."""
        self.say(sentence, seconds=_COMPLAINT_SECONDS)

    def say_once(self, words: str) -> None:
        """The same, and never again."""
        if words not in self._said_once:
            self._said_once.add(words)
            self.say(words, seconds=8)
