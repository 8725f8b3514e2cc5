"""The way out to standard output and standard error: everything printed passes here and is cleaned here."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Sequence
from typing import IO, NoReturn, TextIO

from importai_tui.parse.clean import clean_line, clean_text, is_clean

StyledLine = Sequence[tuple[str, bool]]
"""A line in runs; the marked ones stand out where the terminal can show that."""

_TAKEN_OUT = ("\\u", "\\r", "\\b", "\\f")
"""How JSON writes the control characters that no text may have."""
_NO_UTF8 = re.compile("[\udc80-\udcff]")
_LONG_WORD = re.compile(r"(\S{100})\S{2000,}")
_MOST_COLUMNS = 10_000
"""Cells; no terminal is wider, but COLUMNS may say so, and lines are filled up to the width."""
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


def print_data(text: str) -> None:
    """Print data: text without control characters, ended by one newline. A closed pipe ends the program quietly."""
    _write(_clean_text(text).rstrip("\n") + "\n", sys.stdout)


def print_lines(lines: Iterable[StyledLine]) -> None:
    """Print lines of data, their marked runs bold on a terminal; NO_COLOR and a terminal that is dumb leave them plain.

    Every run is cleaned by itself, so that no sequence passes but ours.
    """
    bold = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    written = []
    for line in lines:
        runs = ((clean_text(text), marked and bold) for text, marked in line)
        written.append("".join(f"{_BOLD}{text}{_PLAIN}" if marked else text for text, marked in runs) + "\n")
    _write("".join(written), sys.stdout)


def print_json(value: object) -> None:
    """Print one JSON document, in UTF-8 whatever the terminal speaks; for a person in lines, for a program in one.

    To write many lines takes Python ten times as long as to write one.
    """
    import json

    def written(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None)

    document = written(value)
    # Told of all texts at once, and nearly always so; line ends and tabs are escaped in it, and stay.
    if not is_clean(document) or any(escape in document for escape in _TAKEN_OUT):
        document = written(_clean_value(value))
    _write(f"{document}\n".encode(), sys.stdout)


def _clean_value(value: object) -> object:
    """A value with its texts cleaned. In the document itself a sequence may reach over a quotation mark."""
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, dict):
        return {name: _clean_value(inner) for name, inner in value.items()}
    return [_clean_value(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def print_utf8(text: str) -> None:
    """Print a document that is to be kept as a file, in UTF-8 whatever the terminal speaks."""
    _write(to_utf8(text), sys.stdout)


def to_utf8(text: str) -> bytes:
    """Return a document as it is printed or written to a file: without control characters, in UTF-8."""
    return clean_text(text).encode()


def format_path(path: str | os.PathLike[str]) -> str:
    """Return a path as a person can recognise it: a byte that is no UTF-8 and any unprintable character is escaped."""
    return "".join(map(_visible, os.fspath(path)))


def _escape_bytes(text: str) -> str:
    r"""Return text with bytes that are no UTF-8 as `\xe9`; only paths and arguments have them."""
    return text if is_clean(text) else _NO_UTF8.sub(lambda found: _visible(found[0]), text)


def _clean_text(text: str) -> str:
    return clean_text(_escape_bytes(text))


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # how Python holds a byte that is no UTF-8 (PEP 383)
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def print_status(line: str) -> None:
    """Tell the person something, on standard error. A word that is longer than any address is cut."""
    _write(_LONG_WORD.sub(r"\1…", clean_line(_escape_bytes(line))) + "\n", sys.stderr)


def show_progress(line: str) -> None:
    """Show how far a long step is, on one line that is overwritten; nothing where nobody looks. Empty: take it away."""
    if sys.stderr.isatty():
        room = _get_stream_columns(sys.stderr) - 1
        _write(f"\r{clean_line(line)[:room]:{room}}\r", sys.stderr)


def print_paged(text: str) -> None:
    """Print a long text through the system's pager; straight out where there is no pager or no terminal."""
    # Imported here: a pipe needs no pager, and most commands have nothing for one.
    if sys.stdout.isatty():
        from importai_tui.pager import show_in_pager

        if show_in_pager(clean_text(text).rstrip("\n") + "\n", os.environ, sys.stdout.encoding):
            return
    print_data(text)


def prompt(question: str) -> str | None:
    """Put a question at the end of what was printed; the line that is typed or piped in, None at the end of input."""
    _write(clean_line(question) + " ", sys.stdout)
    answer = sys.stdin.readline()
    if not (answer and sys.stdin.isatty()):
        _write("\n", sys.stdout)  # nobody has ended the line on the screen
    return clean_line(answer) if answer else None


def get_columns() -> int | None:
    """Width of the terminal that data is printed to, in cells; None where it is no terminal."""
    return _get_default_columns() if sys.stdout.isatty() else None


def _get_stream_columns(terminal: IO[str]) -> int:
    """Of this one, where standard output may be a file; COLUMNS and what is usual are as for any other."""
    try:
        told = os.get_terminal_size(terminal.fileno()).columns
    except (OSError, ValueError):
        told = 0
    return told or _get_default_columns()


def _get_default_columns() -> int:
    """What COLUMNS says, else the terminal, else what is usual."""
    # Imported here: it brings every kind of compression with it, and a pipe has no width.
    from shutil import get_terminal_size

    return min(get_terminal_size().columns, _MOST_COLUMNS)


def _write(text: str | bytes, stream: TextIO) -> None:
    try:
        if isinstance(text, bytes):
            stream.flush()  # what went through the text layer comes first
            stream.buffer.write(text)
        else:
            stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _exit_quietly(stream)


def _exit_quietly(stream: IO[str]) -> NoReturn:
    """Whoever read us has read enough. Python would complain when it closes the stream, so that leads nowhere now."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    raise SystemExit(0)
