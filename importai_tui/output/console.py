"""Prints to standard output and standard error; all printed text passes through here and is cleaned."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, NoReturn, TextIO

from importai_tui.parse.clean import clean_line, clean_text, is_clean

if TYPE_CHECKING:
    from importai_tui.output.lines import Line, Run

_FORBIDDEN_ESCAPES = ("\\u", "\\r", "\\b", "\\f")
"""Beginnings of JSON escapes of control characters, which no text may contain."""
_INVALID_UTF8 = re.compile("[\udc80-\udcff]")
_LONG_WORD = re.compile(r"(\S{100})\S{2000,}")
_MAX_COLUMNS = 10_000
"""Cells; no terminal is wider, but COLUMNS may have any value, and progress lines are filled up to the width."""
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


def print_data(text: str) -> None:
    """Print text to standard output, cleaned and with one newline at its end. A closed pipe ends the program."""
    _write(_clean_text(text).rstrip("\n") + "\n", sys.stdout)


def print_lines(lines: Sequence[Line], *, hyperlinks: bool = False) -> None:
    """Print lines to standard output. A closed pipe ends the program.

    Bold runs are bold on a terminal, but not with NO_COLOR or on a dumb terminal.

    Args:
        lines: lines of text, which need not be clean.
        hyperlinks: make hyperlinks of the runs with addresses that may be opened. Only for a terminal.
    """
    bold = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    try:
        _write(_format_lines(lines, bold=bold, hyperlinks=hyperlinks), sys.stdout)
    except KeyboardInterrupt:  # the rest of the output is lost, perhaps with the end of a bold text or a hyperlink
        from importai_tui.output.hyperlinks import END_LINK

        _write((_PLAIN if bold else "") + (END_LINK if hyperlinks else ""), sys.stdout)
        raise


def _format_lines(lines: Sequence[Line], *, bold: bool = False, hyperlinks: bool = False) -> str:
    """Return clean lines. Each run is cleaned separately, so that they have only our own escape sequences."""
    clean = (
        _clean_text(line) if isinstance(line, str) else "".join(_format_run(run, bold, hyperlinks) for run in line)
        for line in lines
    )
    return "\n".join(clean).rstrip("\n") + "\n"


def _format_run(run: Run, bold: bool, hyperlinks: bool) -> str:
    text = _clean_text(run.text)
    if run.is_bold and bold:
        text = f"{_BOLD}{text}{_PLAIN}"
    if not (text and run.url and hyperlinks):
        return text
    from importai_tui.output.hyperlinks import END_LINK, format_link_start  # here, because a pipe has no hyperlinks

    start = format_link_start(run.url)
    return f"{start}{text}{END_LINK}" if start else text


def print_json(value: object) -> None:
    """Print one JSON document in UTF-8, whatever the encoding of the terminal: indented on a terminal, else one line.

    Indented JSON takes Python ten times as long to write.
    """
    _write(f"{format_json(value, indent=2 if sys.stdout.isatty() else None)}\n".encode(), sys.stdout)


def format_json(value: object, indent: int | None = None) -> str:
    """Return a JSON document whose texts are cleaned."""
    import json

    def dump(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, indent=indent)

    document = dump(value)
    # One check of the whole document is fast, and nearly always enough. Escaped line ends and tabs are allowed.
    if not is_clean(document) or any(escape in document for escape in _FORBIDDEN_ESCAPES):
        document = dump(_clean_value(value))
    return document


def _clean_value(value: object) -> object:
    """Return a value with all texts cleaned, because in the document a sequence may cross a quotation mark."""
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, dict):
        return {name: _clean_value(inner) for name, inner in value.items()}
    return [_clean_value(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def print_utf8(text: str) -> None:
    """Print a document that may be saved as a file, in UTF-8 whatever the encoding of the terminal."""
    print_bytes(to_utf8(text))


def print_bytes(data: bytes) -> None:
    """Print the contents of a file, unchanged: what `to_utf8` returns, or a binary format."""
    _write(data, sys.stdout)


def to_utf8(text: str) -> bytes:
    """Return a document as it is printed or written to a file: without control characters, in UTF-8."""
    return clean_text(text).encode()


def format_path(path: str | os.PathLike[str]) -> str:
    """Return a path as printable text: invalid UTF-8 and unprintable characters are escaped."""
    return "".join(map(_escape_character, os.fspath(path)))


def _escape_bytes(text: str) -> str:
    r"""Return text with invalid UTF-8 escaped as `\xe9`; only paths and arguments contain it."""
    return text if is_clean(text) else _INVALID_UTF8.sub(lambda match: _escape_character(match[0]), text)


def _clean_text(text: str) -> str:
    return clean_text(_escape_bytes(text))


def _escape_character(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of invalid UTF-8 (PEP 383)
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def print_status(line: str) -> None:
    """Print a message for the user to standard error. A word that is longer than any address is truncated."""
    _write(_LONG_WORD.sub(r"\1…", clean_line(_escape_bytes(line))) + "\n", sys.stderr)


def show_progress(line: str) -> None:
    """Show progress on a line of standard error that is overwritten, only on a terminal. An empty text clears it."""
    if sys.stderr.isatty():
        width = _get_stream_columns(sys.stderr) - 1
        _write(f"\r{clean_line(line)[:width]:{width}}\r", sys.stderr)


def print_paged(text: str | Sequence[Line], *, hyperlinks: bool = False) -> None:
    """Print a long text, or many lines, through the system's pager; directly if there is no pager or no terminal.

    For `hyperlinks` see `print_lines`. A pager that cannot show them gets none.
    """
    lines = text.split("\n") if isinstance(text, str) else text
    # Imported here, because most commands use no pager.
    if sys.stdout.isatty():
        from importai_tui.pager import show_in_pager

        linked = _format_lines(lines, hyperlinks=True) if hyperlinks else None
        if linked:
            from importai_tui.output.hyperlinks import END_LINK

            # `less -S` cuts a long line with the end of its link.
            linked = END_LINK.join(linked.splitlines(keepends=True))
        if show_in_pager(_format_lines(lines), os.environ, sys.stdout.encoding, linked_text=linked):
            if linked:
                _write(END_LINK, sys.stdout)  # the pager may have been stopped within a link
            return
    print_lines(lines, hyperlinks=hyperlinks)


def prompt(question: str) -> str | None:
    """Print a question and return the line that is typed or piped in; None at the end of the input."""
    _write(clean_line(question) + " ", sys.stdout)
    answer = sys.stdin.readline()
    if not (answer and sys.stdin.isatty()):
        _write("\n", sys.stdout)  # no enter key has ended the line on the screen
    return clean_line(answer) if answer else None


def get_columns() -> int | None:
    """Return the width of the terminal behind standard output, in cells; None if it is no terminal."""
    return _get_default_columns() if sys.stdout.isatty() else None


def _get_stream_columns(terminal: IO[str]) -> int:
    """Return the width of this terminal, because standard output may be a file; else COLUMNS or the default."""
    try:
        columns = os.get_terminal_size(terminal.fileno()).columns
    except (OSError, ValueError):
        columns = 0
    return columns or _get_default_columns()


def _get_default_columns() -> int:
    """Return COLUMNS, else the width of the terminal, else 80."""
    # Imported here, because it imports the compression modules, and a pipe has no width.
    from shutil import get_terminal_size

    return min(get_terminal_size().columns, _MAX_COLUMNS)


def _write(text: str | bytes, stream: TextIO) -> None:
    try:
        if isinstance(text, bytes):
            stream.flush()  # text in the text layer comes first
            stream.buffer.write(text)
        else:
            stream.write(text)
        stream.flush()
    except OSError as error:
        # Windows reports a closed pipe as an invalid argument.
        if isinstance(error, BrokenPipeError) or (sys.platform == "win32" and error.errno == errno.EINVAL):
            _exit_quietly(stream)
        raise


def _exit_quietly(stream: IO[str]) -> NoReturn:
    """Exit because the pipe is closed. Python would report an error on closing the stream, so discard its output."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    raise SystemExit(0)
