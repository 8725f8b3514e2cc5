"""Texts that try to control a terminal, to hide, or to look like something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from random import Random

PAYLOADS: Mapping[str, str] = {
    "csi colour": "\x1b[31;5mred",
    "csi clear": "a\x1b[2J\x1b[3J\x1b[Hb",
    "csi report": "a\x1b[6n\x1b[c\x1b[>q\x1b[21tb",
    "csi scroll region": "a\x1b[2;3r\x1b[?1049l\x1b[?25hb",
    "csi repeat": "a\x1b[999999999bb",
    "osc title": "a\x1b]0;OWNED\x07b",
    "osc title st": "a\x1b]2;OWNED\x1b\\b",
    "osc link": "\x1b]8;;https://evil.example/\x1b\\here\x1b]8;;\x1b\\",
    "osc clipboard": "a\x1b]52;c;T1dORUQ=\x07b",
    "osc iterm": "a\x1b]1337;File=inline=1:T1dORUQ=\x07b",
    "osc notification": "a\x1b]9;OWNED\x07\x1b]777;notify;OWNED;b\x1b\\b",
    "osc pointer": "a\x1b]22;wait\x07b",
    "osc without an end": "a\x1b]0;OWNED to the end of it",
    "dcs": 'a\x1bP$q"p\x1b\\b',
    "dcs tmux": "a\x1bPtmux;\x1b\x1b]52;c;T1dORUQ=\x07\x1b\\b",
    "apc": "a\x1b_Gf=24;T1dORUQ=\x1b\\b",
    "pm": "a\x1b^OWNED\x1b\\b",
    "sos": "a\x1bXOWNED\x1b\\b",
    "reset": "a\x1bc\x1b(0\x1b#8b",
    "cut in two": "a\x1b\x1b[0m]0;OWNED\x07b",
    "nested": "a\x1b]0;\x1b]0;OWNED\x07\x07b",
    "escape at the end": "a\x1b",
    "csi at the end": "a\x1b[",
    "c1 csi": "a\x9b31m\x9b2Jb",
    "c1 osc": "a\x9d0;OWNED\x9cb",
    "c1 dcs apc pm sos": "a\x90q\x9c\x9fG\x9c\x9eP\x9c\x98S\x9cb",
    "c1 all": "".join(map(chr, range(0x80, 0xA0))),
    "c0 all": "".join(map(chr, range(0x20))),
    "bell": "a\x07\x07b",
    "backspaces": "good\x08\x08\x08\x08evil",
    "carriage return": "good\revil\r\nand",
    "tabs": "a\tb\x0bc\x0cd",
    "nul and delete": "a\x00b\x7fc",
    "bidi override": "invoice\u202egnp.exe",
    "bidi isolates": "a\u2066b\u2067c\u2068d\u2069e\u061c\u200e\u200f",
    "bidi deep": "\u202a\u202b\u202d" * 100 + "deep",
    "zero width": "a\u200b\u2060\ufeff\u00ad\u034f\u180eb",
    "deprecated formats": "a\u206a\u206b\u206c\u206d\u206e\u206fb",
    "separators": "a\u2028b\u2029c\x85d",
    "tag letters": "b" + "".join(map(chr, range(0xE0041, 0xE0055))),
    "hidden in selectors": "a" + "".join(map(chr, range(0xE0100, 0xE0110))) + "b",
    "lone surrogates": "a\ud800b\udfffc\udc9bd",
    "stacked": "a" + "\u0301\u0336\u20dd" * 40 + "b",
    "stacked at the start": "\u0301\u0489" * 40,
    "families": "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f3f3\ufe0f\u200d\U0001f308 \u0915\u094d\u200d\u0937",
    "joiners alone": "a" + "\u200d\u200c" * 60 + "b",
    "wide": "\u6f22\u5b57\uff37\uff29\uff24\uff25\u2592\u00a7\u03b1\u0434" * 8,
    "flags": "\U0001f1e9\U0001f1ea\U0001f1e9 \U0001f3f4\U000e0067\U000e0062\U000e007f",
    "non-characters": "a\ufffe\uffff\ufff9\ufffa\ufffb\U0001d173b",
    "markup": "[red]r[/red] [@click=app.quit]free[/] [/] [link=https://evil.example]x[/link]",
    "markup broken": "[/ [type=x, v={'a[0]'}] [[bold] \\[b] [bold",
    "emoji code": ":warning: :skull_and_crossbones:",
    "percent": "%s %d %(x)s {0} {x} $(reboot) `reboot` ; reboot | sh & \"'",
    "entities": "&#27;]0;OWNED&#7; &#x9b;31m &#8238;x",
    "literal escapes": "\\x1b]0;OWNED\\x07 \\033[2J ^[[2J",
    "long word": "x" * 3000,
}
"""Payloads by their purpose."""
PIECES = (
    *("\x1b", "\x9b", "\x9d", "\x90", "\x9c", "\x1b\\", "\x07", "[", "]", "P", "_", "0;", "52;c;", "8;;", "?1049l"),
    *("31m", "2J", "\r", "\n", "\x00", "\x7f", "\x85", "\u2028", "\u202e", "\u2066", "\u200b", "\u200d", "\ufe0f"),
    *("\u0301", "\U0001f468", "\u6f22", "\ud800", "\U000e0041", "\u206a", "[/", "[b]", "&#27;", "&#x9b;", "a ", "b"),
)
"""Pieces of random payloads."""


def make_payloads(seed: int | None = None) -> Mapping[str, str]:
    """Return the known payloads; with a seed as many random ones made of pieces."""
    if seed is None:
        return PAYLOADS
    rng = Random(seed)
    return {f"{seed}.{n}": "".join(rng.choices(PIECES, k=rng.randint(1, 24))) for n in range(len(PAYLOADS))}


def to_file_names(words: Mapping[str, str]) -> Iterator[bytes]:
    """Convert payloads to names that a file system accepts, as bytes; a lone surrogate becomes its byte."""
    for payload in words.values():
        name = payload.replace("/", "_").replace("\x00", "")[:60]
        yield name.encode("utf-8", "surrogatepass")[:180]


def to_argument(payload: str) -> bytes:
    """Convert a payload to a command-line argument."""
    return payload.replace("\x00", "").encode("utf-8", "surrogatepass")
