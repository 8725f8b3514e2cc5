"""Hostile text in a document, and everything that commands print of it."""

from __future__ import annotations

import html
import json
import unicodedata
from pathlib import Path

from tests.conftest import RunProgram
from tests.corpus import SHAPES, needs_shapes
from tests.examples import make_page

COMMANDS = (
    ("list",),
    ("list", "--json"),
    ("show", "7"),
    ("show", "7", "--format", "markdown"),
    ("show", "7", "--json"),
    ("links", "7"),
    ("links", "7", "--json"),
    ("read", "7"),
    ("stats",),
    ("stats", "--json"),
    ("works", "--json"),
    ("export", "--works"),
    ("search", "otters", "rivers"),
    ("mark", "7", "--read"),
    ("open", "7", "1"),
    ("card", "7", "1", "--offline"),
    ("card", "\x1b]0;owned\x07\u202e"),
    ("show", "\x1b]0;owned\x07\u202e"),
)


def is_harmless(text: str) -> bool:
    """Return True without control characters but newline and tab, and without bidi controls."""
    bidi = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    return all(c in "\n\t" or (unicodedata.category(c) != "Cc" and c not in bidi) for c in text)


def hostile_pages(payload: str) -> list[bytes]:
    """Return pages with the payload in headline, tagline, body, link text and address: raw, escaped, and plain text."""
    page = make_page("otters").decode()
    for mark in ("Otters learn", "Slow water", "It went well", "Counting Rivers"):
        page = page.replace(mark, f"{mark} PAYLOAD")
    page = page.replace("https://example.org/otters/1", "https://example.org/PAYLOAD")
    text = "Otters learn PAYLOAD:\n…Slow water PAYLOAD…\nIt went PAYLOAD well enough.\nRead more: PAYLOAD (Example).\n"
    numeric = "".join(f"&#{ord(c)};" for c in payload)
    return [
        page.replace("PAYLOAD", payload).encode("utf-8", "surrogatepass"),
        page.replace("PAYLOAD", html.escape(payload)).encode("utf-8", "surrogatepass"),
        page.replace("PAYLOAD", numeric).encode(),
        text.replace("PAYLOAD", payload).encode("utf-8", "surrogatepass"),
    ]


@needs_shapes
def test_no_command_prints_hostile_text(run: RunProgram, tmp_path: Path) -> None:
    payloads = json.loads((SHAPES / "hostile-strings.json").read_text(encoding="utf-8"))
    path = tmp_path / "page.html"
    for name, payload in payloads.items():
        for page in hostile_pages(payload):
            path.write_bytes(page)
            imported = run("import", path, "--number", 7, "--title", f"T {payload}".replace("\0", ""))
            # A document with a NUL is binary and refused; then the earlier copy is printed.
            assert imported.status == 0 or "binary" in imported.err, (name, imported.err)
            assert is_harmless(imported.err), name
            for command in COMMANDS:
                ran = run(*command)
                assert is_harmless(ran.out), (name, command)
                assert is_harmless(ran.err), (name, command)
                assert "Traceback" not in ran.err
