"""A few examples of every fuzzing target, and everything that long runs have found."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from importai_tui.output.console import print_json
from tests.hostile.__main__ import find_long_runs
from tests.hostile.examples import HEAD, LINE, PAGE, RSS, make_example
from tests.hostile.safe_text import assert_harmless, find_unsafe_character
from tests.hostile.targets import TARGETS, Target
from tests.parse.pages import WELCOME, headline_html

EXAMPLES = {"page": 12, "container": 40, "answer": 60, "query": 12, "state": 8}
"""Number of examples by kind; 40 for the other kinds."""
BY_NAME = {target.name: target for target in TARGETS}
OPEN = "https://substack.com/redirect/2/" + "W1tb" * 1_000
"""A redirect whose claims are 3,000 brackets."""
BROKEN = "…Slow\u2028water…"
CODECS = ("hex", "zlib", "rot13", "idna", "punycode", "undefined", "unicode_escape")
"""Python codecs that a page may name as its charset."""


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_target_accepts_or_refuses_any_input(target: Target) -> None:
    @settings(
        max_examples=EXAMPLES.get(target.kind, 40),
        derandomize=True,  # random examples belong to the long runs
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 2**32))
    def attempt(number: int) -> None:
        target.check(make_example(target.kind, random.Random(number)))

    attempt()


OBEYED = {"field": "note", "value": "a\x1b]0;x\x07b\u202e"}
FOUND = (
    ("page", f"{WELCOME}<p>{headline_html()}<a href='{OPEN}'>x</a></p>".encode()),
    *(
        ("page", f"<meta charset={name}><p>a<p>b<p>\udcff and so on".encode("utf-8", "surrogateescape"))
        for name in CODECS
    ),
    ("page", f"{WELCOME}<p>{headline_html(tagline=BROKEN)}Of otters.</p>".encode()),
    ("container", b"From: a\nTo: b\nContent-Type: text/html; a=" + b"(" * 1_900 + b"\n\n<p>x"),
    ("container", b"From: a\nTo: b\nSubject: " + b"(" * 1_900 + b"\nDate: \xff(\n\n<p>x"),
    ("container", RSS.replace("<title>Import", "<title>\u2028Import").encode()),
    ("query", b"e" * 500),
    ("query", "otters \udcff \x00 \x9b".encode("utf-8", "surrogateescape")),
    ("query", b"es" * 249 + b"q"),
    ("address", OPEN.encode()),
    ("address", b"https://www.linkedin.com/r?url=https%3A%2F%2F].example%2F%0a"),
    ("address", b"https://" + b"(" * 400_000 + "é".encode()),
    ("clean", b"\x1b" * 20_000 + b"c" * 20_000),
    ("clean", "\u206a\u206f".encode()),
    ("container", f"<?xml version='1.0'?><title>Import AI 7</title><otters/>{PAGE}".encode()),
    ("container", b"otters.html</head><title>Import AI 7</title><p>x<p>y"),
    ("state", f"{HEAD}{json.dumps(LINE | OBEYED)}".encode()),
    ("state", f"{HEAD}{json.dumps(LINE | {'field': 'place', 'value': '[' * 5_000})}".encode()),
)
"""Past findings: the program failed, hung, or wrote something that a terminal executes."""


@pytest.mark.parametrize(("name", "data"), FOUND, ids=[f"{name}-{n}" for n, (name, _) in enumerate(FOUND)])
def test_past_finding_is_fixed(name: str, data: bytes) -> None:
    BY_NAME[name].check(data)


@pytest.mark.parametrize("words", ["a\u2028b", '\x9b"c', "\x1b[31m\n", "\x9d0;\x9c", "\ud800", "\u202e", "\x7f"])
def test_hostile_file_names_give_valid_json(words: str, capfd: pytest.CaptureFixture[str]) -> None:
    print_json({"failed": [{"path": words, "reason": "is empty"}], "last": (words, 1, None)})
    printed = json.loads(capfd.readouterr().out)
    assert_harmless(printed)
    assert printed["failed"][0]["reason"] == "is empty"
    assert printed["last"][1:] == [1, None]


@pytest.mark.parametrize(
    "text",
    [
        "\x00",
        "\r",
        "\x1b",
        "\x7f",
        "\x85",
        "\x9b",
        "\ud800",
        "\u061c",
        "\u200e",
        "\u202e",
        "\u2066",
        "\u2028",
        "\u206b",
    ],
)
def test_unsafe_character_is_found(text: str) -> None:
    assert f"U+{ord(text):04X}, at 1 " in (find_unsafe_character(f"a{text}b") or "")


def test_safe_text_is_accepted() -> None:
    assert find_unsafe_character("Two\nlines,\ta — ☃, 👩\u200d🚀, שלום [/b]") is None
    assert find_unsafe_character("Two\nlines", lines=False)


def test_long_runs_have_unique_names() -> None:
    names = [run.name for run in find_long_runs()]
    assert len(set(names)) == len(names) > len(TARGETS)
