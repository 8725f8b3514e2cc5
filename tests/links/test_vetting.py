"""Which addresses are handed to a browser."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.errors import RefusedAddress
from importai_tui.links import vetted


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "vscode://x",
        "https://user:pw@example.org/",
        "https://arxiv.org@evil.example/",
        "https://",
        "-https://example.org",
        "--version",
        "https://example.org/\x1b[2J",
        "https://example.org/a b",
        "java\nscript:alert(1)",
        "https://example.org\\@evil.example",
        "https://example.org:99999/",
        "https://[::1",
        "https://example.org/" + "a" * 2048,
        "https://example.org/\u202egpj.exe",
        "https://example.org/\ud800",
        'https://example.org/"x',
        "",
    ],
)
def test_an_address_that_could_do_harm_is_refused(url: str) -> None:
    with pytest.raises(RefusedAddress):
        vetted(url)


@pytest.mark.parametrize(
    ("url", "result"),
    [
        ("https://arxiv.org/abs/2502.19187", "https://arxiv.org/abs/2502.19187"),
        ("http://example.org:8080/a?b=c%20d#e", "http://example.org:8080/a?b=c%20d#e"),
        (" https://example.org/ ", "https://example.org/"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://multi-swe-bench.github.io/#/", "https://multi-swe-bench.github.io/#/"),
    ],
)
def test_a_plain_address_is_handed_on(url: str, result: str) -> None:
    assert vetted(url) == result


@given(st.text(max_size=80))
def test_what_is_handed_on_is_always_a_clean_web_address(text: str) -> None:
    for url in (text, "https://" + text):
        try:
            result = vetted(url)
        except RefusedAddress:
            continue
        assert result.startswith(("http://", "https://"))
        assert result.isprintable()
        assert " " not in result
