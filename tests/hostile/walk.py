"""A walk through every screen of the reader in a real terminal, and what it has written to it in the end."""

from __future__ import annotations

import re
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.hostile.grammar import first_offence, left_changed
from tests.hostile.home import SEEN
from tests.terminal import Terminal, environ_of, reader_command

_PASTE = b"\x1b[200~%b\x1b[201~"
_HERE = "<paste>"
"""Stands among the keys where a page of hostile words is pasted."""
_C0 = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
"""Terminals take these out of what they paste (xterm's disallowedPasteControls); C1 and the rest they leave."""
_FIRST = 60.0
"""Seconds, on a machine that does much else."""
_QUIET = 0.08
_LONG_QUIET = 0.3


class Step(NamedTuple):
    """A key that opens something, words that only this shows, and what is pressed there until it is left."""

    opens: str
    shows: str
    then: Sequence[str] = ()


_OUT = ("escape",)
STEPS = (
    Step("e", "Your note", (_HERE, *_OUT)),
    Step("t", "Tag this story", (_HERE, *_OUT)),
    Step("/", "ind in this story", (_HERE, "enter", *_OUT)),
    Step("f", "arrow this list", (_HERE, *_OUT)),
    Step(
        "F",
        "Searched before",
        (_HERE, "ctrl+u", *SEEN, "ctrl+s", "escape", "ctrl+t", "down", "enter", *_OUT, *_OUT, *_OUT),
    ),
    Step("W", "site:arxiv.org", (_HERE, "ctrl+u", *SEEN, "down", "ctrl+y", "enter", *_OUT, *_OUT, *_OUT)),
    Step("i", "Thread", ("down", "up", *_OUT)),
    Step("d", "full story", ("j", "1", "space", *_OUT)),
    Step("c", "end catch-up", ("n", "c")),
    Step("a", "next tale", ("n", "a")),
    Step("ctrl+o", "tories visited", (_HERE, *_OUT)),
    Step("#", "Open link", (_HERE, "2", "enter", *_OUT)),
    Step("?", "earch the keys", (_HERE, *_OUT)),
    Step("ctrl+p", "earch for commands", (_HERE, "ctrl+u", *"issue", *_OUT)),
    Step(":", "02/3, sync", (_HERE, "ctrl+u", "up", "up", *_OUT)),
    Step(":", "02/3, sync", (*"tag ", "tab", "tab", "enter", *_OUT)),
    Step(":", "02/3, sync", (*"theme ", "tab", "tab", *_OUT)),
    Step("v", "take away", ("e", _HERE, *_OUT, *_OUT)),
    Step("ctrl+g", "\u00b7 guide", ("J",)),
    Step("ctrl+g", SEEN),
    Step("y", "Copied", ("Y", "p", "w", "o", "1", "O", "u", "x", "H")),
    Step("T", "", ("z", "z", "P", "P", "r", "s", "R", "S")),
)
"""All screens, dialogs and lines, and all that copies or opens, once."""


class Walked(NamedTuple):
    """A walk from the start to the end of the program."""

    output: bytes
    faults: tuple[str, ...]
    """What it may not have written, and what it has left behind on the terminal; a line each."""


def walk(
    home: Path,
    words: Sequence[str],
    *,
    stories: int,
    steps: Sequence[Step] = STEPS,
    columns: int = 100,
    rows: int = 30,
    more: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Walked:
    """Read so many stories and go through every screen, pasting the words wherever one can type.

    Raises:
        AssertionError: a screen did not come, or the program did not end as it should.
    """
    # What a terminal obeys most comes last: that is what a line, or a page to write on, then shows.
    page = " ".join(sorted((_C0.sub("", one) for one in words), key=_obeyed)).encode("utf-8", "replace")
    command = reader_command()
    with Terminal(command, environ_of(home, **(more or {})), columns=columns, rows=rows, folder=folder) as terminal:
        before = termios.tcgetattr(terminal.fd)
        terminal.until(lambda: SEEN.encode() in terminal.output, _FIRST)
        terminal.until_quiet(_QUIET, 3)
        for _ in range(stories):
            terminal.press("J")
            terminal.until_quiet(_QUIET, 3)
        for step in steps:
            _take(terminal, step, page)
        # Left from a line to type in, with the mouse over it: the shape that it has there is to be put back too.
        terminal.press("escape", "escape", "F")
        terminal.until_quiet(_LONG_QUIET, 3)
        terminal.send(b"\x1b[<35;20;2M")
        terminal.until_quiet(_LONG_QUIET, 3)
        terminal.press("ctrl+q")
        status = terminal.wait()
        after = termios.tcgetattr(terminal.fd)
        output = terminal.output
    faults = [f"it ended with {status}"] if status else []
    if offence := first_offence(output):
        faults.append(str(offence))
    faults += left_changed(output)
    if before != after:
        faults.append("the terminal's own settings are not as they were")
    return Walked(output, tuple(faults))


def _obeyed(text: str) -> int:
    return sum(not character.isprintable() for character in text)


def _take(terminal: Terminal, step: Step, page: bytes) -> None:
    since = len(terminal.chunks)
    terminal.press(step.opens)
    try:
        terminal.until(lambda: step.shows.encode() in b"".join(chunk.data for chunk in terminal.chunks[since:]))
    except AssertionError as stuck:
        raise AssertionError(f"{step.opens} has not shown {step.shows!r}: {stuck}") from stuck
    for key in step.then:
        if key == _HERE:
            terminal.send(_PASTE % page)
        else:
            terminal.press(key)
        if len(key) > 1:
            terminal.until_quiet(_QUIET, 3)
    terminal.until_quiet(_QUIET, 3)
