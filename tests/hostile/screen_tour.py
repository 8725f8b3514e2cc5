"""Opens every screen of the app in a real terminal, and checks what it wrote."""

from __future__ import annotations

import re
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.hostile.grammar import find_offence, find_unrestored_state
from tests.hostile.hostile_home import COMMON_WORD
from tests.terminal import Terminal, make_environment, reader_command

_PASTE = b"\x1b[200~%b\x1b[201~"
_PASTE_HERE = "<paste>"
"""Stands for pasting hostile text, in a list of keys."""
_C0 = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
"""Terminals remove these characters from pasted text (xterm's disallowedPasteControls), but no others."""
_START_TIMEOUT = 60.0
"""Seconds, for a busy machine."""
_QUIET_TIME = 0.08
_LONG_QUIET_TIME = 0.3


class Step(NamedTuple):
    """A key that opens something, the text that it shows, and the keys to press there, up to closing it."""

    key: str
    shown_text: str
    keys: Sequence[str] = ()


_CLOSE = ("escape",)
STEPS = (
    Step("e", "Your note", (_PASTE_HERE, "ctrl+s")),
    Step("t", "Tag this story", (_PASTE_HERE, *_CLOSE)),
    Step("/", "ind in this story", (_PASTE_HERE, "enter", *_CLOSE)),
    Step("f", "ilter the list", (_PASTE_HERE, *_CLOSE)),
    Step(
        "F",
        "Recent searches",
        (_PASTE_HERE, "ctrl+u", *COMMON_WORD, "ctrl+s", "escape", "ctrl+t", "down", "enter", *_CLOSE, *_CLOSE, *_CLOSE),
    ),
    Step(
        "W",
        "site:arxiv.org",
        (_PASTE_HERE, "ctrl+u", *COMMON_WORD, "down", "ctrl+y", "enter", *_CLOSE, *_CLOSE, *_CLOSE),
    ),
    Step("i", "Thread", ("down", "up", *_CLOSE)),
    Step("d", "full story", ("j", "1", " ", *_CLOSE)),
    Step("c", "end catch-up", ("n", "c")),
    Step("a", "next tale", ("n", "a")),
    Step("ctrl+o", "istory: type", (_PASTE_HERE, *_CLOSE)),
    Step("#", "Open link", (_PASTE_HERE, "2", "enter", *_CLOSE)),
    Step("?", "ilter shortcuts", (_PASTE_HERE, *_CLOSE)),
    Step("ctrl+p", "ommand, issue number", (_PASTE_HERE, "ctrl+u", *"issue", *_CLOSE)),
    Step(":", "02/3, search", (_PASTE_HERE, "ctrl+u", "up", "up", *_CLOSE)),
    Step(":", "02/3, search", (*"tag ", "tab", "tab", "enter", *_CLOSE)),
    Step(":", "02/3, search", (*"theme ", "tab", "tab", *_CLOSE)),
    Step("v", "omment", ("e", _PASTE_HERE, "ctrl+s", *_CLOSE)),
    Step("M", "ewest first", (*"jy", "f", _PASTE_HERE, "enter", "escape", *("tab",) * 3)),
    Step("e", "save", (_PASTE_HERE, "escape", *_CLOSE)),
    Step("+", "add forecast", ("j", "enter", _PASTE_HERE, "ctrl+u", *"2030", *_CLOSE, "+", "enter", "enter")),
    Step("I", "like a forecast", tuple("rwvody")),
    Step("e", "Your note", (_PASTE_HERE, "ctrl+s")),
    Step("f", "ords, or due", (_PASTE_HERE, "enter", "escape", "s", *_CLOSE, "enter", *_CLOSE * 2)),
    Step("ctrl+g", "\u00b7 guide", ("J",)),
    Step("ctrl+g", COMMON_WORD),
    Step("y", "clipboard", ("Y", "D", "w", "o", "1", "O", "u", "x", "H")),
    Step("T", "", ("z", "z", "P", "P", "r", "s", "R", "S")),
)
"""All screens, dialogs and input lines, and all actions that copy or open."""


class TourResult(NamedTuple):
    """The result of a tour from the start to the end of the program."""

    output: bytes
    problems: tuple[str, ...]
    """Forbidden output, and changes of the terminal that were not restored; one line each."""


def run_tour(
    home: Path,
    payloads: Sequence[str],
    *,
    stories: int,
    steps: Sequence[Step] = STEPS,
    columns: int = 100,
    rows: int = 30,
    extra_environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> TourResult:
    """Read some stories, then open every screen and paste the payloads wherever the app accepts text.

    Raises:
        AssertionError: a screen did not open, or the program did not end normally.
    """
    # Payloads with most control characters come last, because input fields show the end of the text.
    page = " ".join(sorted((_C0.sub("", payload) for payload in payloads), key=_count_unprintable)).encode(
        "utf-8", "replace"
    )
    command = reader_command()
    with Terminal(
        command, make_environment(home, **(extra_environ or {})), columns=columns, rows=rows, folder=folder
    ) as terminal:
        before = termios.tcgetattr(terminal.fd)
        terminal.wait_until(lambda: COMMON_WORD.encode() in terminal.output, _START_TIMEOUT)
        terminal.wait_until_quiet(_QUIET_TIME, 3)
        for _ in range(stories):
            terminal.press("J")
            terminal.wait_until_quiet(_QUIET_TIME, 3)
        for step in steps:
            _take_step(terminal, step, page)
        # Quit while the mouse is over an input line, because its pointer shape must be restored too.
        terminal.press("escape", "escape")
        terminal.wait_until_quiet(_LONG_QUIET_TIME, 3)
        _open(terminal, "F", "match first")  # shows the results of the last search
        terminal.wait_until_quiet(_LONG_QUIET_TIME, 3)
        terminal.send(b"\x1b[<35;20;2M")
        terminal.wait_until_quiet(_LONG_QUIET_TIME, 3)
        terminal.press("ctrl+q")
        status = terminal.wait()
        after = termios.tcgetattr(terminal.fd)
        output = terminal.output
    problems = [f"it ended with {status}"] if status else []
    if offence := find_offence(output):
        problems.append(str(offence))
    problems += find_unrestored_state(output)
    if before != after:
        problems.append("the terminal settings were not restored")
    return TourResult(output, tuple(problems))


def _count_unprintable(text: str) -> int:
    return sum(not character.isprintable() for character in text)


def _take_step(terminal: Terminal, step: Step, page: bytes) -> None:
    _open(terminal, step.key, step.shown_text)
    for key in step.keys:
        if key == _PASTE_HERE:
            terminal.send(_PASTE % page)
        else:
            terminal.press(key)
        if len(key) > 1:
            terminal.wait_until_quiet(_QUIET_TIME, 3)
    terminal.wait_until_quiet(_QUIET_TIME, 3)


def _open(terminal: Terminal, key: str, shown_text: str) -> None:
    """Press a key and wait until the text is shown."""
    since = len(terminal.chunks)
    terminal.press(key)
    try:
        terminal.wait_until(lambda: shown_text.encode() in b"".join(chunk.data for chunk in terminal.chunks[since:]))
    except AssertionError as stuck:
        raise AssertionError(f"{key} has not shown {shown_text!r}: {stuck}") from stuck
