"""Compares the reader with newsboat and sfeed_curses on the same stories as a feed, if they are installed.

They are written in C++ and C and know neither issues nor links between stories. They show how fast a reader can be.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.key_latency import make_row
from tests.benchmarks.programs import Program, Timing, press_keys, reader_program
from tests.benchmarks.search_cost import get_lines
from tests.benchmarks.synthetic_archive import write_feed
from tests.benchmarks.synthetic_newsletter import STORIES
from tests.benchmarks.table import FigureRow
from tests.terminal import make_environment

_SEARCH_QUIET_TIME = 0.35
"""Seconds without output after which a search has ended; the reader's cursor blinks every half second."""


class _KeyAction(NamedTuple):
    """An action with its key in the reader and in a peer; `setup` are the keys that lead the peer to it."""

    label: str
    ours: str
    theirs: str
    setup: tuple[str, ...] = ()


class _Peer(NamedTuple):
    """Another reader, its keys, and the text that its search covers."""

    program: Program
    keys: tuple[_KeyAction, ...]
    searches: str


def rows(home: Path, *, quick: bool) -> Iterator[FigureRow]:
    """Yield start, keys, search and memory of each installed peer. The feed is created beside `home` (ten years)."""
    folder = home.parent / "peers"
    folder.mkdir(exist_ok=True)
    feed = folder / "feed.xml"
    if not feed.exists():
        write_feed(feed)
    ours = reader_program(home, 1)
    for peer in filter(None, (_create_newsboat(folder, feed), _create_sfeed(folder, feed))):
        yield from _time_starts(ours, peer.program, 3 if quick else 15)
        yield from _time_keys(ours, peer, 8 if quick else 40)
        yield _time_search(ours, peer, 1 if quick else 4)


def find_missing_peers() -> list[str]:
    """Return the names of the peers that are not installed."""
    return [name for name in ("newsboat", "sfeed_curses") if shutil.which(name) is None]


def _create_newsboat(folder: Path, feed: Path) -> _Peer | None:
    if shutil.which("newsboat") is None:
        return None
    urls, cache = folder / "urls", folder / "newsboat.db"
    urls.write_text(f"file://{feed}\n", encoding="utf-8")
    command = ("newsboat", "-q", "-u", str(urls), "-c", str(cache), "-C", os.devnull)
    cache.unlink(missing_ok=True)
    environ = make_environment(folder)
    subprocess.run((*command, "-x", "reload"), env=environ, check=True, stdout=subprocess.DEVNULL)
    output = subprocess.run(("newsboat", "-v"), env=environ, capture_output=True, text=True, check=True).stdout
    version = re.search(r"\d[\d.]+\d", output)
    name = f"newsboat {version[0] if version else ''}"
    keys = (
        _KeyAction("next story", "J", "J", ("enter", "enter")),
        _KeyAction("toggle read", "r", "N", ("enter",)),
    )
    return _Peer(Program(name, command, environ, f"/{STORIES})"), keys, "whole text")


def _create_sfeed(folder: Path, feed: Path) -> _Peer | None:
    if shutil.which("sfeed_curses") is None or shutil.which("sfeed") is None:
        return None
    stories = folder / "Import AI"
    with feed.open("rb") as source, stories.open("wb") as target:
        subprocess.run(("sfeed",), stdin=source, stdout=target, check=True)
    command = ("sfeed_curses", str(stories))
    in_list = ("tab",)
    name = f"sfeed_curses{_get_debian_version('sfeed')}"
    program = Program(name, command, make_environment(folder), f"/{STORIES})", setup_keys=in_list)
    return _Peer(program, (_KeyAction("next story (sfeed: the next row, without text)", "J", "j", in_list),), "titles")


def _get_debian_version(package: str) -> str:
    """Return the version of a Debian package with a leading space; "" if it is unknown."""
    if shutil.which("dpkg-query") is None:
        return ""
    command = ("dpkg-query", "--show", "--showformat=${Version}", package)
    version = subprocess.run(command, capture_output=True, text=True).stdout.partition("-")[0]
    return f" {version}" if version else ""


def _time_starts(ours: Program, theirs: Program, rounds: int) -> Iterator[FigureRow]:
    timings: list[tuple[Timing, Timing]] = [(ours.time_start(), theirs.time_start()) for _ in range(rounds)]
    walls = [[pair[side].wall for pair in timings] for side in (0, 1)]
    yield FigureRow(
        f"start to the first list, {STORIES:,} stories", walls[0], "ms", theirs.name, walls[1], is_competitor=True
    )
    memory: tuple[list[float], list[float]] = ([], [])
    for _ in range(min(rounds, 5)):
        for program, megabytes in zip((ours, theirs), memory, strict=True):
            with program.run_until_idle() as terminal:
                megabytes.append(terminal.memory() / 1e6)
    yield FigureRow("memory at rest, same stories", memory[0], "MB", theirs.name, memory[1], is_competitor=True)


def _time_keys(ours: Program, peer: _Peer, rounds: int) -> Iterator[FigureRow]:
    for action in peer.keys:
        timings: tuple[list[Timing], list[Timing]] = ([], [])
        with (
            ours.run_until_idle() as reader_terminal,
            replace(peer.program, setup_keys=action.setup).run_until_idle() as peer_terminal,
        ):
            for _ in range(rounds):
                timings[0].append(press_keys(reader_terminal, action.ours))
                timings[1].append(press_keys(peer_terminal, action.theirs))
        name = f"key: {action.label}, same stories"
        yield replace(make_row(name, timings[0], peer.program.name, timings[1]), is_competitor=True)


def _time_search(ours: Program, peer: _Peer, rounds: int) -> FigureRow:
    """Time a whole search, from the key that opens it to the last byte of output."""
    timings: tuple[list[Timing], list[Timing]] = ([], [])
    for _ in range(rounds):
        for word in _get_words():
            for program, presses, keys in (
                (ours, timings[0], (ours.keys["open search"], *word)),
                (peer.program, timings[1], ("/", *word, "enter")),
            ):
                with program.run_until_idle() as terminal:
                    presses.append(press_keys(terminal, *keys, quiet=_SEARCH_QUIET_TIME))
    label = f"search, the whole line at once (searches in the peer: {peer.searches})"
    return replace(make_row(label, timings[0], peer.program.name, timings[1]), is_p95=False, is_competitor=True)


def _get_words() -> Sequence[str]:
    return [line for line in get_lines() if line.isalpha()][:4]
