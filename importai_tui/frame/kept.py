"""The file of the frame: its stamp, then its rows. What is not plainly a frame is never written to a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from importai_tui.files import atomic_write
from importai_tui.paths import Places

_NAME = "first-frame"
_MOST = 1 << 20
"""Bytes: a frame of a whole wall of a terminal is not half as long."""


def frame_file(places: Places) -> Path:
    """Where the frame of an installation is kept; it may be deleted at any time."""
    return places.cache_folder / _NAME


def keep_frame(path: Path, stamp: str, rows: Sequence[str]) -> None:
    """Write the frame, for its owner alone and whole or not at all; one that is no frame is not written.

    What cannot be written is not kept: the next start is only less quick.
    """
    if not all(is_row(row) for row in rows):
        return
    with suppress(OSError), atomic_write(path) as file:
        file.write("\n".join((stamp, "", *rows)).encode())


def read_frame(path: Path, stamp: str, count: int) -> tuple[str, ...]:
    """The rows of the frame that was kept under this stamp; nothing where there is none, or it is no frame of so many.

    The stamp is compared before anything else is looked at.
    """
    try:
        if not path.is_file():  # a pipe would keep whoever reads it waiting
            return ()
        with path.open("rb") as file:
            head, _, body = file.read(_MOST).decode().partition("\n\n")
    except (OSError, ValueError):
        return ()
    rows = tuple(body.split("\n"))
    return rows if head == stamp and len(rows) == count and all(is_row(row) for row in rows) else ()


def is_row(row: str) -> bool:
    """Whether it is printable text in colours, and nothing that a terminal would obey besides."""
    words, *coloured = row.split("\x1b")
    return words.isprintable() and all(_is_coloured(part) for part in coloured)


def _is_coloured(part: str) -> bool:
    numbers, ends, words = part.partition("m")
    plain = numbers.replace(";", "0")[1:]
    is_colour = numbers[:1] == "[" and bool(ends) and plain.isascii() and (plain.isdigit() or not plain)
    return is_colour and words.isprintable()
