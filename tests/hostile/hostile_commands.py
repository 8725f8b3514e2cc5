"""Runs every command over a hostile home, with hostile arguments, in one process on a terminal or on pipes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.hostile.grammar import COLUMNS
from tests.hostile.payloads import to_argument, to_file_names
from tests.terminal import Terminal, make_environment

Command = list[bytes]
"""A command and its arguments."""

_RUN_ALL = """
import atexit, json, os, sys  # the program uses atexit, so the process survives
from importai_tui.cli import main
for line in open(sys.argv[1]):
    sys.argv[1:] = [os.fsdecode(bytes.fromhex(word)) for word in json.loads(line)]
    try:
        main()
    except SystemExit:
        pass
"""
_PAGE = """<html><body><p>Welcome to Import AI, please subscribe.</p><p><strong>{0} learn:<br/></strong>
<em>…{0}…<br/></em>It went well {0}. <b>Read more:</b> <a href="https://example.org/{0}">{0}</a>.</p></body></html>"""
_QUIT_KEYS = b"q\n" * 3
"""For `read --plain`, which waits for input on a terminal."""
TIMEOUT = 120.0
"""Seconds for all commands."""


def make_commands(payloads: Mapping[str, str], folder: Path, newest: int) -> Iterator[Command]:
    """Yield commands that print the home, then commands with the payloads as arguments and as files."""
    number = str(newest)
    plain = (
        *("list", "list --json", "list --unread", "stats", "stats --json", "doctor", "keys", "paths", "paths --json"),
        *("works", "works --json", "works --format bibtex", "works --format csl", "works --format markdown"),
        *("config --show", "config --path", "export --state", "export --notes", "export --stories", "export --works"),
        *(f"export --notes --format {form}" for form in ("readwise", "ris", "json")),
        *("search otters", "search otters --json", f"links {number} --json", f"links {number}", f"read {number}"),
        *(f"read {number}/1 --plain", f"open {number} 1", f"open {number} 2", f"open {number}", "help links"),
        *(f"show {number}/{at} --format {form}" for at in (1, 2) for form in ("text", "markdown", "json")),
        *(f"show {issue}" for issue in range(1, newest + 1)),
    )
    yield from (line.encode().split() for line in plain)
    arguments = [to_argument(payload) for payload in payloads.values()]
    prefixes = (
        "show",
        "search",
        "works",
        "card --offline",
        "open",
        "links",
        "read",
        "help",
        "import-state",
        "sync --source",
        "import",
    )
    for at, argument in enumerate(arguments):
        yield [*prefixes[at % len(prefixes)].encode().split(), argument]
    yield [b"mark", *arguments[:8], b"--read"]
    yield [b"config", arguments[0]]
    yield [b"list", b"--" + arguments[1]]
    yield arguments[2:3]
    yield [b"export", b"--notes", b"--out", os.fsencode(folder / "none") + b"/" + arguments[5].replace(b"/", b"_")]
    yield [b"import", os.fsencode(_write_pages(payloads, folder))]
    yield [b"import", b"--explain", os.fsencode(folder)]
    yield [b"import", b"--json", os.fsencode(folder)]
    yield [b"import-state", os.fsencode(_write_state(payloads, folder))]
    yield [b"list"]


def capture_output(commands: Sequence[Command], home: Path, folder: Path, *, on_a_terminal: bool) -> bytes:
    """Run the commands one after another and return everything that they write.

    Raises:
        AssertionError: they have not ended normally.
    """
    script = folder / "orders"
    script.write_text("\n".join(json.dumps([word.hex() for word in order]) for order in commands))
    command = [sys.executable, "-c", _RUN_ALL, str(script)]
    environ = make_environment(home, PAGER="cat")
    if on_a_terminal:
        with Terminal(command, environ, columns=COLUMNS, rows=30) as terminal:
            terminal.send(_QUIT_KEYS)
            assert terminal.wait(TIMEOUT) == 0, terminal.output[-2000:]
            return terminal.output
    ran = subprocess.run(command, env=environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT)
    assert ran.returncode == 0, ran.stderr[-2000:]
    return ran.stdout + ran.stderr


def _write_pages(payloads: Mapping[str, str], folder: Path) -> Path:
    """Write pages with the payloads in their names and texts. Return their folder."""
    pages = folder / "pages"
    pages.mkdir(exist_ok=True)
    for payload, name in zip(payloads.values(), to_file_names(payloads), strict=True):
        path = os.fsencode(pages) + b"/" + name.replace(b"/", b"_") + b".html"
        Path(os.fsdecode(path)).write_bytes(_PAGE.format(payload).encode("utf-8", "surrogatepass"))
    return pages


def _write_state(payloads: Mapping[str, str], folder: Path) -> Path:
    """Write an invalid reading-state export."""
    path = folder / "state.jsonl"
    path.write_bytes(
        "\n".join(json.dumps({"key": one, "field": one, "value": one}) for one in payloads.values()).encode()
    )
    return path
