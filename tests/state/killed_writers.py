"""Program that forks processes which write to one reading state, kills each of them, and checks the state.

It is a program of its own, because a process with one thread forks safely and loads all imports once.
Arguments: the path of the state, the number of kills, and a seed. Writes the numbers of kills and reported changes.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from importai_tui.state.reading_state import ReadingState
from tests.state.helpers import HEADER_LINE, format_register


def open_state(path: Path) -> ReadingState:
    return ReadingState(path, lambda: datetime.now(UTC))


def write_forever(path: Path, life: int, report: Callable[[str], object]) -> None:
    """Make all kinds of changes, and report each one after its method has returned."""
    with open_state(path) as state:
        n = 0
        while True:
            name = f"{life}-{n}"
            state.mark([f"read-{name}"], read=True)
            report(f"read {name}")
            state.tag([f"tag-{name}", f"tag2-{name}"], "robots")
            report(f"tag {name}")
            state.set_note(f"note-{name}", name)
            report(f"note {name}")
            state.merge([HEADER_LINE, format_register(key=f"merged-{name}")])
            report(f"merge {name}")
            state.mark([f"starred-{name}"], starred=True)
            state.undo()
            report(f"undo {name}")
            n += 1


def run_and_kill(path: Path, life: int, random: Random) -> tuple[list[str], bool]:
    """Run a writer and kill it; returns its reports, and True if the signal ended it."""
    source, sink = os.pipe()
    child = os.fork()
    if not child:
        os.close(source)
        write_forever(path, life, lambda line: os.write(sink, line.encode() + b"\n"))
    os.close(sink)
    output = b""
    line_count = random.randrange(8)
    while output.count(b"\n") < line_count:
        output += os.read(source, 4096)
    for _ in range(random.randrange(2000)):  # a short delay, to kill it between two reports
        pass
    os.kill(child, signal.SIGKILL)
    while more := os.read(source, 4096):
        output += more
    os.close(source)
    was_killed = os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    return output.decode().splitlines(), was_killed


def check_state(path: Path, reports: list[str], seed: int) -> None:
    """Check that every reported change is stored."""
    with open_state(path) as state:
        read, tagged, starred = state.get_read_keys(), state.get_tagged_keys("robots"), state.get_starred_keys()
        for line in reports:
            change, name = line.split()
            is_stored = {
                "read": f"read-{name}" in read,
                "tag": f"tag-{name}" in tagged and f"tag2-{name}" in tagged,
                "note": state.get_note(f"note-{name}") == name,
                "merge": f"merged-{name}" in read,
                "undo": f"starred-{name}" not in starred,
            }
            assert is_stored[change], f"seed {seed}: {line} is lost"
        # A step is stored completely or not at all.
        first, second = ({key.partition("-")[2] for key in tagged if key.startswith(tag)} for tag in ("tag-", "tag2-"))
        assert first == second
        assert state.find_problems() == (), state.find_problems()
        assert state.warning is None


def main(path: Path, kills: int, seed: int) -> None:
    random = Random(seed)
    reports: list[str] = []
    killed = 0
    for life in range(kills):
        lines, was_killed = run_and_kill(path, life, random)
        reports += lines
        killed += was_killed
    check_state(path, reports, seed)
    sys.stdout.write(f"{killed} {len(reports)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
