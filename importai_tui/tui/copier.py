"""Copies texts for the app, and shows how far each is known to have come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from textual.worker import Worker

from importai_tui.parse.clean import clean_text
from importai_tui.tui.text import truncate

if TYPE_CHECKING:
    from importai_tui.clipboard import CopyResult

CopyText = Callable[[str], "CopyResult"]
"""Copies a clean text; it may take seconds."""

_HINT = " (can't paste it? See :help copying)"
"""In the first notice about a text that may not have arrived."""
_SECONDS = 4.0
_LONG_SECONDS = 8.0
"""Seconds of a notice with the hint, or with a URL to copy by hand."""
_MAX_TITLE_WIDTH = 80
"""Cells of a title or a URL in a notice. They are enough to recognise it."""


class CopyHost(Protocol):
    """The app as the copier uses it."""

    def notify_info(self, text: str, *, seconds: float = 4) -> None:
        """Show a line of literal text for some seconds."""

    def write_to_terminal(self, sequence: str) -> None:
        """Write a control sequence to the terminal."""

    def run_worker(self, work: Coroutine[Any, Any, None], *, group: str) -> Worker[None]:
        """Run a coroutine in the background."""


class _Copy(NamedTuple):
    """A text to copy. Without a notice only problems are shown."""

    text: str
    kind: str = ""
    title: str = ""
    reason: str = ""
    has_notice: bool = True


class Copier:
    """Copies in a thread, one text after the other. Of several that wait, only the newest is copied."""

    def __init__(self, host: CopyHost, copy_text: CopyText) -> None:
        self._host = host
        self._copy_text = copy_text
        self._next: _Copy | None = None
        self._worker: Worker[None] | None = None
        self._has_shown_hint = False
        self._shown_problem = ""

    def copy(self, text: str, kind: str = "", title: str = "", *, reason: str = "") -> str:
        """Copy a text, and show a notice when that is done; see `Services.copy`. Return the text, cleaned."""
        return self._start(_Copy(clean_text(text), kind, title, reason))

    def copy_quietly(self, text: str) -> str:
        """Copy a text, and show only problems. Return the text, cleaned."""
        return self._start(_Copy(clean_text(text), has_notice=False))

    def _start(self, copy: _Copy) -> str:
        self._next = copy
        if self._worker is None or self._worker.is_finished:
            self._worker = self._host.run_worker(self._run(), group="copying")
        return copy.text

    async def _run(self) -> None:
        while copy := self._next:
            self._next = None
            result = await asyncio.to_thread(self._copy_text, copy.text)
            if result.sequence:
                self._host.write_to_terminal(result.sequence)
            self._report(copy, result)

    def _report(self, copy: _Copy, result: CopyResult) -> None:
        """Show what is known: a terminal does not say if it has taken a text."""
        from importai_tui.clipboard import Place

        what = f" {copy.kind}" if copy.kind else ""
        match result.place:
            case Place.CLIPBOARD:
                done = f"Copied{what}"
            case Place.TMUX | Place.TMUX_BUFFER:
                done = f"Copied{what} to tmux"
            case Place.BROWSER:
                done = f"Sent{what} to the browser's clipboard"
            case Place.TERMINAL:
                done = f"Sent{what} to the terminal's clipboard"
            case Place.NOWHERE:
                done = "Not copied: too long for the terminal's clipboard"
        problem = "" if result.problem == self._shown_problem else result.problem
        self._shown_problem = result.problem
        is_failure = result.place is Place.NOWHERE or problem
        if not (copy.has_notice or is_failure):
            return
        is_first = result.place is not Place.CLIPBOARD and not self._has_shown_hint
        self._has_shown_hint = self._has_shown_hint or is_first
        # With a reason, the title may be all that the user gets.
        title = copy.title if copy.reason else truncate(copy.title, _MAX_TITLE_WIDTH)
        line = ": ".join(filter(None, (f"{done}{_HINT if is_first else ''}", title)))
        sentences = ". ".join(filter(None, (problem, copy.reason, line)))
        is_longer = is_first or is_failure or copy.reason
        self._host.notify_info(sentences, seconds=_LONG_SECONDS if is_longer else _SECONDS)
