"""Inputs that once made the parser slow or crash: a start with a piece to repeat, and damaged pages."""

from __future__ import annotations

import random

from importai_tui.guide import load_guide_issues
from tests.parse.pages import BODY

TEXT = "Welcome to Import AI, please subscribe.\nSheep:\n…Baa…\n"
HTML = "<p>Welcome to Import AI, please subscribe.</p><p><strong>Sheep:<br/></strong><em>…Baa…<br/></em>"
MARKDOWN = "---\ntitle: x\n---\n"

REPETITIONS = (
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
    (TEXT, "...*!"),
    (TEXT, "Tech Tales:A: b\n"),
    (TEXT, ":\U0010ffffbegin\n"),
    (TEXT, "and\n(Import"),
    (TEXT, "...Things that inspired this story:"),
    (MARKDOWN, "\\["),
    ("", "A: b\n"),
    ("", "From a\nA: b\n\n"),
    ("", "["),
    ("", '{"a":'),
    ("<rss>", "<!-- a "),
    ("---\n", "title: a\n"),
    # Found by `python -m tests.hostile`.
    ("", "A: b\r\n"),
    ("", "<!---->"),
    ("", "<!DOCTYPE a[]>"),
    ("---\ntitle: a", " "),
    ("<html><head><title>a", " "),
    (TEXT, "\x9d"),
    (TEXT, "...]("),
    (MARKDOWN, "]("),
    (TEXT, "[http://" + "a" * 40),
    (f"{TEXT}http://a", ")"),
    ("From: a\nTo: b\nContent-Type: text/plain; format=flowed\n\n", "a \n"),
    ("From: a\nTo: b\nContent-Type: text/html; a=", "("),
    ("From: a\nTo: b\nSubject: ", "=?"),
    ("From: a\nTo: b\nContent-Type: multipart/mixed; boundary=b\n\n", "--b\nContent-Type: text/html\n\nx\n"),
)


def repeat_piece(start: str, piece: str, size: int) -> bytes:
    """Return a document of about `size` bytes."""
    return (start + piece * (size // len(piece.encode("utf-8", "surrogatepass"))) + " end").encode(
        "utf-8", "surrogatepass"
    )


TEXT_PAGE = (
    "Import AI 7: Sheep\n\nWelcome to Import AI, please\nsubscribe\n.\nSheep:\n…Baa…\nYou can count\nsheep\n. Yes (\n"
    f"Import AI #3\n).\nWhy this matters – sleep\n: We need it.\nRead more:\nOn Sheep (arXiv)\n.\n***\nTech Tales:\n"
    f"The Shepherd\n[2031]\n{BODY}\nThings that inspired this story: Sheep; night.\nThanks for reading!\n"
)
MARKDOWN_PAGE = (
    '---\ntitle: "Import AI 7: Sheep"\ndate: 2031-01-02\n---\n\n*Welcome to Import AI, please subscribe.*\n\n'
    f"**Sheep:\n**_…Baa…\n_ {BODY}\n\n**What they did:** They [counted](https://arxiv.org/abs/1706.03762).\n\n"
    f"* one\n  * two\n\n\\*\\*\\*\n\n**Tech Tales:\n\nThe Shepherd**\n*[2031]*\n\n{BODY}\n"
)
PAGES = (*(page.data.decode() for page in load_guide_issues()), TEXT_PAGE, MARKDOWN_PAGE)
PIECES = (
    *(
        "<p>",
        "</p>",
        "<br />",
        "<strong>",
        "</strong>",
        "<em>",
        "</em>",
        "<ul>",
        "<li>",
        "</ul>",
        "<a href='",
        "'>",
        "</a>",
    ),
    *(
        "***",
        "####" * 13,
        "…",
        "...",
        ":",
        "[",
        "]",
        "Tech Tales:",
        "Import A-Idea",
        "Read more:",
        "**",
        "_",
        "\n",
        "\n\n",
    ),
    *(
        "&#27;",
        "\x1b]0;x\x07",
        "\u202e",
        "\x00",
        "<!--",
        "-->",
        "<table><tr><td>",
        "<figure>",
        "<img src=x>",
        "\u00a0",
        "  ",
    ),
    *(
        "<div class='tweet' data-attrs='{\"url\":1}'>",
        "<script>",
        "http://[::1",
        "Things that inspired this story:",
        "---\n",
    ),
)


def damage_page(page: str, rng: random.Random) -> str:
    """Return a page with some parts cut, doubled, reversed or inserted."""
    for _ in range(rng.randint(1, 8)):
        a, b = sorted(rng.randrange(len(page) + 1) for _ in range(2))
        b = min(b, a + rng.choice((1, 5, 40, 400, 4000)))
        c = rng.randrange(len(page) + 1)
        match rng.randrange(4):
            case 0:
                page = page[:a] + page[b:]
            case 1:
                page = page[:c] + page[a:b] + page[c:]
            case 2:
                page = page[:a] + rng.choice(PIECES) + page[a:]
            case _:
                page = page[:a] + page[a:b][::-1] + page[b:]
    return page
