from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.links.redirects import unwrap_url

TARGET = "https://arxiv.org/abs/1706.03762"


def make_token(claims: dict[str, object]) -> str:
    """Return a made-up JSON Web Token as in Substack's redirects: the claims, then a signature."""
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=") + ".c2ln"


@pytest.mark.parametrize(
    ("url", "inner"),
    [
        (TARGET, TARGET),
        (f"https://substack.com/redirect/2/{make_token({'e': TARGET, 'u': 12345})}?", TARGET),
        (f"https://substack.com/redirect/2/x.{make_token({'e': TARGET})}", TARGET),
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
            f"https://substack.com/redirect/2/{make_token({'e': 'https://importai.substack.com/action/disable_email?t=1'})}",
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
        (f"https://substack.com/redirect/2/{make_token({'e': 'javascript:alert(1)'})}", None),
    ],
)
def test_redirects_are_unwrapped_offline(url: str, inner: str | None) -> None:
    assert unwrap_url(url) == inner


@given(st.text(max_size=80))
def test_any_text_can_be_unwrapped(text: str) -> None:
    for url in (text, "https://substack.com/redirect/2/" + text, "https://l.facebook.com/l.php?u=" + text):
        unwrap_url(url)
