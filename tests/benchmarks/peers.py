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

from tests.benchmarks.made_archive import write_feed
from tests.benchmarks.made_newsletter import STORIES
from tests.benchmarks.pressed_keys import make_row
from tests.benchmarks.programs import Program, Timing, press_keys, reader_program
from tests.benchmarks.searching import typed_lines
from tests.benchmarks.table import Row
from tests.terminal import make_environment

_UNTIL_FOUND = 0.35
"""Seconds without output after which a search has ended; the reader's cursor blinks every half second."""


class _Pressed(NamedTuple):
    """An action with its key in the reader and in a peer; `setup` are the keys that lead the peer to it."""

    what: str
    ours: str
    theirs: str
    there: tuple[str, ...] = ()


class _Peer(NamedTuple):
    """Another reader, its keys, and the text that its search covers."""

    program: Program
    keys: tuple[_Pressed, ...]
    searches: str


def rows(home: Path, *, quick: bool) -> Iterator[Row]:
    """Yield start, keys, search and memory of each installed peer. The feed is created beside `home` (ten years)."""
    folder = home.parent / "peers"
    folder.mkdir(exist_ok=True)
    feed = folder / "feed.xml"
    if not feed.exists():
        write_feed(feed)
    ours = reader_program(home, 1)
    for peer in filter(None, (_newsboat(folder, feed), _sfeed(folder, feed))):
        yield from _starts(ours, peer.program, 3 if quick else 15)
        yield from _keys(ours, peer, 8 if quick else 40)
        yield _search(ours, peer, 1 if quick else 4)


def find_missing_peers() -> list[str]:
    """Return the names of the peers that are not installed."""
    return [name for name in ("newsboat", "sfeed_curses") if shutil.which(name) is None]


def _newsboat(folder: Path, feed: Path) -> _Peer | None:
    if shutil.which("newsboat") is None:
        return None
    urls, cache = folder / "urls", folder / "newsboat.db"
    urls.write_text(f"file://{feed}\n", encoding="utf-8")
    command = ("newsboat", "-q", "-u", str(urls), "-c", str(cache), "-C", os.devnull)
    cache.unlink(missing_ok=True)
    environ = make_environment(folder)
    subprocess.run((*command, "-x", "reload"), env=environ, check=True, stdout=subprocess.DEVNULL)
    said = subprocess.run(("newsboat", "-v"), env=environ, capture_output=True, text=True, check=True).stdout
    version = re.search(r"\d[\d.]+\d", said)
    name = f"newsboat {version[0] if version else ''}"
    keys = (
        _Pressed("next story", "J", "J", ("enter", "enter")),
        _Pressed("toggle read", "r", "N", ("enter",)),
    )
    return _Peer(Program(name, command, environ, f"/{STORIES})"), keys, "whole text")


def _sfeed(folder: Path, feed: Path) -> _Peer | None:
    if shutil.which("sfeed_curses") is None or shutil.which("sfeed") is None:
        return None
    stories = folder / "Import AI"
    with feed.open("rb") as source, stories.open("wb") as told:
        subprocess.run(("sfeed",), stdin=source, stdout=told, check=True)
    command = ("sfeed_curses", str(stories))
    in_list = ("tab",)
    name = f"sfeed_curses{_debian('sfeed')}"
    program = Program(name, command, make_environment(folder), f"/{STORIES})", setup_keys=in_list)
    return _Peer(program, (_Pressed("next story (theirs: the next row, without a text)", "J", "j", in_list),), "titles")


def _debian(package: str) -> str:
    """Return the version of a Debian package with a leading space; "" if it is unknown."""
    if shutil.which("dpkg-query") is None:
        return ""
    asked = ("dpkg-query", "--show", "--showformat=${Version}", package)
    version = subprocess.run(asked, capture_output=True, text=True).stdout.partition("-")[0]
    return f" {version}" if version else ""


def _starts(ours: Program, theirs: Program, rounds: int) -> Iterator[Row]:
    taken: list[tuple[Timing, Timing]] = [(ours.time_start(), theirs.time_start()) for _ in range(rounds)]
    walls = [[pair[side].wall for pair in taken] for side in (0, 1)]
    yield Row(
        f"start to the first list, {STORIES:,} stories", walls[0], "ms", theirs.name, walls[1], is_competitor=True
    )
    memory: tuple[list[float], list[float]] = ([], [])
    for _ in range(min(rounds, 5)):
        for program, megabytes in zip((ours, theirs), memory, strict=True):
            with program.run_until_idle() as terminal:
                megabytes.append(terminal.memory() / 1e6)
    yield Row("memory at rest, the same", memory[0], "MB", theirs.name, memory[1], is_competitor=True)


def _keys(ours: Program, peer: _Peer, rounds: int) -> Iterator[Row]:
    for key in peer.keys:
        taken: tuple[list[Timing], list[Timing]] = ([], [])
        with ours.run_until_idle() as one, replace(peer.program, setup_keys=key.there).run_until_idle() as other:
            for _ in range(rounds):
                taken[0].append(press_keys(one, key.ours))
                taken[1].append(press_keys(other, key.theirs))
        name = f"key: {key.what}, the same"
        yield replace(make_row(name, taken[0], peer.program.name, taken[1]), is_competitor=True)


def _search(ours: Program, peer: _Peer, rounds: int) -> Row:
    """Time a whole search, from the key that opens it to the last byte of output."""
    taken: tuple[list[Timing], list[Timing]] = ([], [])
    for _ in range(rounds):
        for word in _words():
            for program, presses, keys in (
                (ours, taken[0], (ours.keys["open search"], *word)),
                (peer.program, taken[1], ("/", *word, "enter")),
            ):
                with program.run_until_idle() as terminal:
                    presses.append(press_keys(terminal, *keys, quiet=_UNTIL_FOUND))
    what = f"search, the whole line at once (theirs: {peer.searches})"
    return replace(make_row(what, taken[0], peer.program.name, taken[1]), is_p95=False, is_competitor=True)


def _words() -> Sequence[str]:
    return [line for line in typed_lines() if line.isalpha()][:4]
