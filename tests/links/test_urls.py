"""Wrapped addresses, opened offline; reader ids and live links never kept.

Which addresses are handed to a browser.
"""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.errors import RefusedAddressError
from importai_tui.links.urls import unwrap_url, validate_url

TARGET = "https://arxiv.org/abs/1706.03762"


def token(claims: dict[str, object]) -> str:
    """A made-up JSON Web Token as Substack's redirects carry it: claims first, then a signature."""
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=") + ".c2ln"


@pytest.mark.parametrize(
    ("url", "inner"),
    [
        (TARGET, TARGET),
        (f"https://substack.com/redirect/2/{token({'e': TARGET, 'u': 12345})}?", TARGET),
        (f"https://substack.com/redirect/2/x.{token({'e': TARGET})}", TARGET),
        ("https://substack.com/redirect/2/garbage", None),
        ("https://substack.com/redirect/00000000-0000?j=eyJ1.sig", "https://substack.com/redirect/00000000-0000"),
        (
            "https://open.substack.com/pub/importai/p/import-ai-400?r=2bc&utm_medium=ios",
            "https://importai.substack.com/p/import-ai-400",
        ),
        (
            "https://substack.com/app-link/post?publication_id=1&post_id=42&token=abc",
            "https://substack.com/home/post/p-42",
        ),
        ("https://eotrx.substackcdn.com/open?token=abc", None),
        ("https://email.mg-d1.substack.com/o/abc", None),
        (
            f"https://substack.com/redirect/2/{token({'e': 'https://importai.substack.com/action/disable_email?t=1'})}",
            None,
        ),
        ("https://us13.list-manage.com/unsubscribe?u=1", None),
        (
            "https://x.us13.list-manage.com/track/click?u=1&id=2&e=reader",
            "https://x.us13.list-manage.com/track/click?u=1&id=2",
        ),
        (f"https://l.facebook.com/l.php?u={TARGET}&h=x", TARGET),
        (f"https://www.google.com/url?q={TARGET}&sa=D", TARGET),
        (f"https://www.google.co.uk/url?sa=t&url={TARGET}", TARGET),
        (f"https://scholar.google.com/scholar_url?url={TARGET}&hl=en", TARGET),
        (f"https://www.google.com/search?q={TARGET}", f"https://www.google.com/search?q={TARGET}"),
        (f"https://google.evil.example/url?q={TARGET}", f"https://google.evil.example/url?q={TARGET}"),
        (
            "https://substackcdn.com/image/fetch/w_1,c_limit/https%3A%2F%2Fexample.org%2Fa.png",
            "https://example.org/a.png",
        ),
        (f"https://substack.com/redirect/2/{token({'e': 'javascript:alert(1)'})}", None),
    ],
)
def test_redirects_are_unwrapped_offline(url: str, inner: str | None) -> None:
    assert unwrap_url(url) == inner


@given(st.text(max_size=80))
def test_any_text_can_be_unwrapped(text: str) -> None:
    for url in (text, "https://substack.com/redirect/2/" + text, "https://l.facebook.com/l.php?u=" + text):
        unwrap_url(url)


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
def test_a_harmful_url_is_refused(url: str) -> None:
    with pytest.raises(RefusedAddressError):
        validate_url(url)


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
def test_a_plain_url_is_accepted(url: str, result: str) -> None:
    assert validate_url(url) == result


@given(st.text(max_size=80))
def test_an_accepted_url_is_always_a_clean_web_url(text: str) -> None:
    for url in (text, "https://" + text):
        try:
            result = validate_url(url)
        except RefusedAddressError:
            continue
        assert result.startswith(("http://", "https://"))
        assert result.isprintable()
        assert " " not in result
