"""What a frame is true of: where one of these has changed, it is not shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from importai_tui import __version__
from importai_tui.paths import Places

_LOOKS = ("TERM", "COLORTERM", "TERM_PROGRAM", "NO_COLOR", "FORCE_COLOR", "LANG", "LC_ALL", "LC_CTYPE")
"""Variables by which colours and characters are chosen."""
_OURS = ("TEXTUAL", "IMPORTAI_TUI_", "RICH_", "TTY_")
"""How others begin that change what is drawn."""


def stamp(places: Places, environ: Mapping[str, str], columns: int, rows: int) -> str:
    """Lines that are the same as long as the app would draw the same; none of them is empty."""
    told = (f"{name}={environ[name]!r}" for name in sorted(environ) if name in _LOOKS or name.startswith(_OURS))
    return "\n".join((f"version {__version__}", f"size {columns}x{rows}", *told, *_files(places)))


def _files(places: Places) -> Iterator[str]:
    for path in (places.archive, places.reading):
        yield f"{str(path)!r} {_file(path)}"
        # What is not yet in the database itself. A second window that has written nothing leaves it empty.
        yield f"wal {_file(path.with_name(f'{path.name}-wal'), but_empty=True)}"
    yield f"{str(places.config)!r} {_file(places.config)}"


def _file(path: Path, *, but_empty: bool = False) -> str:
    try:
        found = path.stat()
    except OSError:
        return "none"
    return "none" if but_empty and not found.st_size else f"{found.st_mtime_ns} {found.st_size} {found.st_ino}"
