"""The start in a real terminal: the screen before the app is loaded, and while it takes over."""

from __future__ import annotations

import re
import sys
import termios
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyte
import pytest

from importai_tui.library.library import Library
from importai_tui.parse.pipeline import parse_issue
from importai_tui.paths import Places
from tests.examples import make_page
from tests.terminal import Terminal, make_environment, reader_command
from tests.tui.test_terminal_frame import read_cells

COLUMNS, ROWS = 100, 20
UPDATE_END = b"\x1b[?2026l"
"""The end of a synchronized update; the first one belongs to the snapshot."""
NO_APP = "import sys; sys.modules['textual'] = None; from importai_tui.cli import main; main([])"
"""The program without the app: the terminal shows only the splash."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with issues; the app was quit in the list, on the second story, which is starred."""
    home = tmp_path_factory.mktemp("home")
    with Library.open(Places.under(home)) as library:
        for subject in ("otters", "herons"):
            page = make_page(subject, 4)
            library.store(parse_issue(page, f"{subject}.html"), page, f"{subject}.html")
    with in_terminal(home, *reader_command()) as terminal:
        terminal.wait_until(lambda: UPDATE_END in terminal.output)
        terminal.press("J")  # before the app is loaded
        terminal.wait_until_shown("part 2")
        terminal.press("s", "h")
        terminal.wait_until_shown("Starred")
        terminal.press("ctrl+q")
        assert terminal.wait() == 0
        assert "opening…".encode() in terminal.output
    return home


def in_terminal(home: Path, *command: str) -> Terminal:
    return Terminal(command, make_environment(home), columns=COLUMNS, rows=ROWS)


def cells_after_updates(output: bytes) -> Iterator[Sequence[object]]:
    """Yield what can be seen of the cells of the screen after each synchronized update."""
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    for part in re.split(rb"(?<=\x1b\[\?2026l)", re.sub(rb"\x1b\[[<>=][\d;]*[a-zA-Z]|\x1b\[\?\d+\$p", b"", output)):
        stream.feed(part)
        yield read_cells(screen)


def test_the_app_replaces_the_snapshot_without_any_change(home: Path) -> None:
    with in_terminal(home, *reader_command()) as terminal:
        terminal.wait_until(lambda: b"\x1b[?1004h" in terminal.output)
        terminal.wait_until_quiet(0.5)
        seen = list(cells_after_updates(terminal.output))
        assert any("part 2" in row for row in terminal.screen)
        terminal.press("ctrl+q")
        terminal.wait()
        assert terminal.output.count(b"\x1b[?1049h") == 1
        assert all(cells == seen[0] for cells in seen)


def test_a_failing_start_hides_the_snapshot(home: Path) -> None:
    with in_terminal(home, sys.executable, "-c", NO_APP) as terminal:
        before = termios.tcgetattr(terminal.fd)
        assert terminal.wait() == 1
        frame, _, after = terminal.output.partition(UPDATE_END)
        assert "part 2" in frame.decode()
        assert "Internal error" in after.decode()
        assert after.index(b"\x1b[?1049l") < after.index(b"Internal error")
        assert termios.tcgetattr(terminal.fd) == before
