"""Inputs that were found to keep a reader busy, or to crash it: a start, and a piece to repeat."""

from __future__ import annotations

TEXT = "Welcome to Import AI, please subscribe.\nSheep:\n…Baa…\n"
HTML = "<p>Welcome to Import AI, please subscribe.</p><p><strong>Sheep:<br/></strong><em>…Baa…<br/></em>"
MARKDOWN = "---\ntitle: x\n---\n"

REPEATED = (
    (HTML, "<!--"),
    (HTML, "<"),
    (HTML, "<a "),
    (HTML, "x<br>"),
    (HTML, "<i>x</i>"),
    (HTML, "<ul><li>"),
    (HTML, "<div>"),
    (HTML, "<b>" * 90 + "x" + "</b>" * 90),
    (HTML, "<a href='https://a.example/1'>x</a> "),
    (HTML, "<tr><td>x</td></tr>"),
    (HTML, "&amp;"),
    (MARKDOWN, "*"),
    (MARKDOWN, "**a "),
    (MARKDOWN, "_a "),
    (MARKDOWN, "["),
    (MARKDOWN, "[a]("),
    (MARKDOWN, "> "),
    (MARKDOWN, "`a "),
    (MARKDOWN, "  - a\n"),
    (TEXT, "a\n"),
    (TEXT, "…a…\n"),
    (TEXT, "***\nX:\n"),
    (TEXT, ".\n,\nabc\n"),
    (TEXT, "########## a"),
    (TEXT, "[ https://a "),
    (TEXT, "word "),
    (TEXT, "word [ https://a.example ] "),
    (TEXT, "why a "),
    (TEXT, "Read the a (b) "),
    (TEXT, " "),
    (TEXT, "\u00a0"),
    (TEXT, "\x1b]"),
    (TEXT, "\x1b\x1b[0m"),
    (TEXT, "a\u0301"),
    (TEXT, "Import AI 1, 2, 3 "),
    (TEXT, "[a"),
    ("", "A: b\n"),
    ("", "From a\nA: b\n\n"),
    ("", "["),
    ("", '{"a":'),
    ("<rss>", "<!-- a "),
    ("---\n", "title: a\n"),
)


def repeated(start: str, piece: str, size: int) -> bytes:
    """A document of about `size` bytes."""
    return (start + piece * (size // len(piece.encode("utf-8", "surrogatepass"))) + " end").encode(
        "utf-8", "surrogatepass"
    )
