"""Example inputs of each kind: good ones, pieces with a meaning, and ways to damage an example."""

from __future__ import annotations

import base64
import io
import json
import random
import zipfile
from collections.abc import Mapping
from functools import cache

from tests.corpus import SHAPES, list_documents
from tests.hostile.random_feeds import FEED_ATTRIBUTES, FEED_ELEMENTS, FEED_VALUES, make_feed
from tests.parse.hostile import PAGES, PIECES

PAGE = PAGES[0][:9_000]
MAIL = (
    "From: Jack from Import AI <x@substack.com>\r\nSubject: =?utf-8?q?Import_AI_7=3A_Sheep?=\r\n"
    "Date: Mon, 05 Oct 2026 12:31:00 +0000\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
    "View this post on the web at https://importai.substack.com/p/import-ai-7-sheep\r\n\r\nSheep.\r\n--b\r\n"
    "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
    f"Content-Disposition: inline; filename*=utf-8''a%20b\r\n\r\n{PAGE.replace('=', '=3D')}\r\n--b--\r\n"
)
MAILBOX = f"From x@y Mon Oct  5 12:31:00 2026\n{MAIL}\nFrom x@y Mon Oct 12 12:31:00 2026\n{MAIL}".replace("\r\n", "\n")
RSS = (
    '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
    "<channel><title>x</title><item><title>Import AI 7: Sheep &amp; goats</title><guid>1</guid>"
    "<link>https://importai.substack.com/p/seven</link><pubDate>Mon, 05 Oct 2026 12:31:00 GMT</pubDate>"
    f"<content:encoded><![CDATA[{PAGE}]]></content:encoded></item></channel></rss>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://a.example/"><entry><title type="html">Import AI 7'
    '</title><link href="/p/7"/><updated>2026-10-05T12:31:00Z</updated><content type="html">&lt;p&gt;x'
    "</content></entry></feed>"
)
POST = {
    "id": 1,
    "date_gmt": "2026-10-05T12:31:00",
    "link": "https://jack-clark.net/2026/10/05/seven/",
    "title": {"rendered": "Import AI 7: Sheep &#038; goats"},
    "content": {"rendered": PAGE},
}
HEAD = '{"importai-tui":"reading-state","version":1,"machine":"lap","at":"2025-03-01T00:00:00.000000+00:00"}\n'
LINE = {"key": "ada", "at": "2025-03-01T08:00:00+00:00", "machine": "lap", "headline": "Ada", "issue": "402"}
VALUES = (
    ("read", "2025-03-01T08:00:00+00:00"),
    ("tag:robots", "2025-03-01T08:00:00+00:00"),
    ("note", "Two\nlines"),
    ("place", "[3,0.5]"),
    ("highlight:0a1b2c3d", '{"quote":"a","remark":null,"paragraph":1}'),
    (
        "forecast:0a1b2c3d",
        '{"quote":"By 2030.","verdict":"right","note":"Yes.","due_text":"by 2030","said":"2025-03-03",'
        '"due":"2030-12-31","speaker":"author","probability":0.8,"by_hand":false}',
    ),
    ("starred", None),
)
STATE = HEAD + "".join(f"{json.dumps(LINE | {'field': field, 'value': value})}\n" for field, value in VALUES)
SETTINGS = (
    '[reading]\nmeasure = 66\nread_after = "auto"\ntheme = "paper"\n[sync]\nsources = ["substack"]\nmetered = true\n'
    '[state]\nshared_folder = "~/Sync"\n[keys]\n"story.next" = ["J", "ctrl+n"]\nleave = "Q"\n'
    '[links.openers]\nvideo = ["mpv"]\n[commands.mail]\nrun = ["mail", "{title}"]\nkey = "f9"\nshow = "page"\n'
)
URLS = (
    "https://arxiv.org/abs/2502.19187v2?utm_source=x#s",
    "https://substack.com/redirect/2/eyJlIjoiaHR0cHM6Ly9hLmV4YW1wbGUifQ.x",
    "https://doi.org/10.1000/a(b)",
    "https://www.google.com/url?q=https%3A%2F%2Fa.example",
    "https://a:b@[::1]:80/%s",
    "https://github.com/owner/repo/tree/main",
    "https://huggingface.co/datasets/a/b",
    "https://www.linkedin.com/r?url=https%3A%2F%2Fa.example%2F%0a",
)
QUERIES = (
    'robots -"slow water" is:unread OR title:otters',
    "cites:2502.19187 site:arxiv.org after:2024-06 sort:new",
    "issue:7..8 has:paper,code in:tales ott* year:2020..2031",
    'in:cards in:cards -in:cards OR in:cards,story "in:cards',
    'why "matters',
)
ODD_TEXTS = (
    *(
        "\x00",
        "\x1b[31m",
        "\x1b]0;x\x07",
        "\x9b31m",
        "\x9d0;x\x9c",
        "\u202e",
        "\u2066",
        "\u2028",
        "\x85",
        "\ud800",
        "\r",
    ),
    *("\x7f", "\u200b", "\U000e0041", "\ufeff", "a" + "\u0301" * 9, "\u206a", "\ufdfa", "\U0010ffff", "\uffff", "[/b]"),
    *("9" * 5000, "1e999", "-1", "NaN", "%s", "$(x)", "`x`", "'", '"', "\\", "[" * 2000, "(" * 2000, "{" * 200, "%00"),
)
"""Text with a meaning for a terminal, for Unicode, or for a parser of numbers or brackets."""
_CONTAINER_PIECES = (
    *(
        "Content-Type: ",
        "Content-Transfer-Encoding: base64\r\n",
        "charset=",
        "utf-7",
        "hex",
        "punycode",
        "idna",
        "undefined",
    ),
    *("=?utf-8?b?", "?=", "multipart/mixed; boundary=", "--b\r\n", "--b--", "message/rfc822", "Date: ", "Subject: "),
    *("From x\n", "<!--", "-->", "<!DOCTYPE a>", "<rss", "</rss>", "<item>", "<![CDATA[", "]]>", "&x;", "xml:base='"),
    *("http://[", "filename*0*=", "begin 644 a\n", "unicode_escape", "zlib", "PK\x03\x04", "\r\n\r\n", "\n\n"),
)
_JSON_PIECES = (
    "null",
    "true",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    '"',
    "\\ud800",
    "\\u0000",
    "\\u001b",
    "1e999",
    "tag:",
    "highlight:",
    "forecast:",
)
_TOML_PIECES = (
    "[",
    "]",
    "[[",
    '"""',
    "'''",
    "=",
    "\n",
    "0x",
    "inf",
    "nan",
    "1979-05-27",
    ".",
    "reading.",
    "keys.",
    "commands.",
    "#",
    "{a=1}",
)
_QUERY_PIECES = (
    "-",
    "OR ",
    '"',
    "*",
    ":",
    "..",
    "title:",
    "is:",
    "has:",
    "cites:",
    "site:",
    "after:",
    "sort:",
    "NEAR(",
    "AND ",
)
_URL_PIECES = (
    "http://",
    "javascript:",
    "@",
    "[",
    "]",
    ":99999",
    "%",
    "%0a",
    "#",
    "?",
    "&",
    "=",
    "//",
    "\\",
    "xn--",
    "..",
    "、",
    "ｅ",
)


@cache
def seeds(kind: str) -> tuple[bytes, ...]:
    """Return good examples of a kind."""
    match kind:
        case "page":
            return tuple(page.encode() for page in PAGES)
        case "container":
            texts = (MAIL, MAILBOX, RSS, ATOM, json.dumps([POST]), json.dumps({"posts": [POST]}))
            return (*(text.encode() for text in texts), *_make_zips(), *_read_shapes())
        case "feed":
            return RSS.encode(), ATOM.encode()
        case "answer":
            head = json.dumps({"status": 200, "content-type": "application/json", "retry-after": "5"})
            return (RSS.encode(), ATOM.encode(), f"{head}\n{json.dumps([POST])}".encode(), *_read_shapes())
        case "query":
            return tuple(line.encode() for line in QUERIES)
        case "config":
            return (SETTINGS.encode(),)
        case "line":
            return (
                b"402/3",
                b"latest",
                b"theme paper",
                b"search otters",
                b"ctrl+n",
                b"sync full",
                b"otters/2",
                b"help keys",
            )
        case "address":
            return tuple(address.encode() for address in URLS)
        case "state":
            return (STATE.encode(),)
        case _:
            return tuple(text.encode("utf-8", "surrogatepass") for text in ODD_TEXTS)


@cache
def read_corpus() -> tuple[bytes, ...]:
    """Return the real documents beside the checkout; none if there are none."""
    return tuple(path.read_bytes() for path in list_documents())


def pieces(kind: str) -> tuple[bytes, ...]:
    """Return pieces with a meaning in a kind, to be inserted into examples."""
    own: Mapping[str, tuple[str, ...]] = {
        "page": PIECES,
        "container": (*PIECES, *_CONTAINER_PIECES, *_JSON_PIECES),
        "feed": (*PIECES, *_CONTAINER_PIECES, *FEED_VALUES, *(f"<{name}>" for name in FEED_ELEMENTS), *FEED_ATTRIBUTES),
        "answer": (*PIECES, *_CONTAINER_PIECES, *_JSON_PIECES),
        "query": _QUERY_PIECES,
        "config": _TOML_PIECES,
        "line": (*_QUERY_PIECES, "+", "ctrl+", "shift+", "/", "#"),
        "address": (*_URL_PIECES, "https://substack.com/redirect/2/" + base64.urlsafe_b64encode(b"[" * 3000).decode()),
        "state": (*_JSON_PIECES, "\n", HEAD),
    }
    return tuple(piece.encode("utf-8", "surrogatepass") for piece in (*own.get(kind, ()), *ODD_TEXTS))


def damage_bytes(data: bytes, kind: str, rng: random.Random) -> bytes:
    """Return an example with some parts cut, doubled, moved, changed or inserted."""
    between = pieces(kind)
    for _ in range(rng.choice((1, 1, 2, 3, 5, 8))):
        a = rng.randrange(len(data) + 1)
        b = min(len(data), a + rng.choice((0, 1, 2, 5, 40, 400, 4000)))
        c = rng.randrange(len(data) + 1)
        match rng.randrange(7):
            case 0:
                data = data[:a] + data[b:]
            case 1:
                data = data[:c] + data[a:b] + data[c:]
            case 2 | 3:
                data = data[:a] + rng.choice(between) + data[b if rng.random() < 0.3 else a :]
            case 4:
                data = data[:a] + rng.randbytes(rng.choice((1, 1, 2, 8))) + data[b:]
            case 5:
                data = data[:a] + rng.choice(between) * rng.choice((3, 50, 300)) + data[a:]
            case _:
                data = data[:a] + data[a:b].swapcase() + data[b:]
    return data[:400_000]


def make_example(kind: str, rng: random.Random) -> bytes:
    """Return an example: a damaged good one, a damaged real document, a row of pieces, or random bytes."""
    if kind == "feed" and rng.random() < 0.8:
        return make_feed(rng)
    real = read_corpus() if kind == "page" else ()
    match rng.randrange(10):
        case 0:
            return rng.randbytes(rng.randrange(200))
        case 1 | 2:
            return b"".join(rng.choice(pieces(kind)) for _ in range(rng.randrange(1, 40)))[:400_000]
        case 3 | 4 | 5 if real:
            return damage_bytes(rng.choice(real), kind, rng)
        case _:
            return damage_bytes(rng.choice(seeds(kind)), kind, rng)


def _read_shapes() -> tuple[bytes, ...]:
    names = ("*.xml", "*.json", "*.eml", "*.html")
    return tuple(path.read_bytes() for name in names for path in sorted(SHAPES.glob(name)))


def _make_zips() -> tuple[bytes, ...]:
    """Return a complete export, and harmful ones."""
    table = b"post_id,post_date,title\n1.a,2026-10-05T12:31:00.000Z,Import AI 7: Sheep\n"
    good = {"posts.csv": table, "posts/1.a.html": PAGE.encode(), "posts/2.b.html": b"<p>x</p>"}
    bad: tuple[dict[str, bytes], ...] = (
        good,
        {"posts/1.html": b"\0" * 3_000_000},
        {"../posts/1.html": PAGE.encode(), "/posts/2.html": b"x", "a/../posts/3.html": b"x"},
        {"posts/1.html": make_zip({"posts/1.html": PAGE.encode()})},
        {f"posts/{n}.html": b"" for n in range(5_200)},
        {"posts/1.\x1b[31m.html": b"x", "posts/" + "9" * 5000 + ".html": PAGE.encode()},
    )
    wrong_sum = bytearray(make_zip(good, zipfile.ZIP_STORED))
    wrong_sum[wrong_sum.index(b"Welcome")] ^= 1
    locked = bytearray(make_zip(good))
    at = locked.index(b"PK\x01\x02")
    locked[at + 8] |= 1
    return (*map(make_zip, bad), bytes(wrong_sum), bytes(locked))


def make_zip(files: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip file with these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()
