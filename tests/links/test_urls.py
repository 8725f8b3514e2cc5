from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.errors import RefusedAddressError
from importai_tui.links.urls import (
    browser_host,
    browser_url,
    find_issue_number,
    get_host,
    is_file_name_link,
    strip_tracking,
    unwrap_url,
    validate_url,
)
from tests.hostile.addresses import OPENED_URLS, RANDOM_URLS, REFUSED_URLS

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


SHORT_URLS = st.from_regex(r"\Ahttps?://[a-z.-]{1,8}[/?#:%a-z@]{0,8}\Z")


@given(st.one_of(RANDOM_URLS, SHORT_URLS))
def test_browser_url_is_the_validated_url(url: str) -> None:
    try:
        validated = validate_url(url)
    except RefusedAddressError:
        assert browser_url(url) is None
        return
    assert browser_url(url) == validated
    assert browser_host(url) == get_host(validated)


@pytest.mark.parametrize("url", [*REFUSED_URLS, "", None])
def test_a_refused_url_has_no_browser_url(url: str | None) -> None:
    assert browser_url(url) is None


@pytest.mark.parametrize(("url", "opened"), OPENED_URLS.items())
def test_browser_url_is_the_url_that_is_opened(url: str, opened: str) -> None:
    assert browser_url(url) == opened


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.example.org/x", "example.org"),
        ("http://[::1]/a", "::1"),
        ("https://user:pw@evil.example/x", "evil.example"),
        ("https://arxiv.org@evil.example/", "evil.example"),
        ("https://\u0430\u0440\u0440\u04cf\u0435.com/x", "xn--80ak6aa92e.com"),
        ("https://u:p@\u0430\u0440\u0440\u04cf\u0435.com/x", "xn--80ak6aa92e.com"),
        ("https://b\u00fccher.example/", "xn--bcher-kva.example"),
        ("https://example\u3002org/", "example.org"),
        ("javascript:alert(1)", None),
        (None, None),
    ],
)
def test_browser_host_is_the_host_that_is_contacted(url: str | None, host: str | None) -> None:
    assert browser_host(url) == host


@pytest.mark.parametrize(
    ("url", "result"),
    [
        ("https://example.org/?v=%20a&utm_campaign=x", "https://example.org/?v=%20a"),
        ("https://example.org/?s=otters&t=2", "https://example.org/?s=otters&t=2"),
        ("https://x.com/a/status/1?s=20", "https://x.com/a/status/1"),
        ("https://a.substack.com/p/b?r=1&triedRedirect=true", "https://a.substack.com/p/b"),
        ("https://openreview.net/forum?id=x", "https://openreview.net/forum?id=x"),
    ],
)
def test_only_tracking_parameters_are_removed(url: str, result: str) -> None:
    assert strip_tracking(url) == result


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("http://profile.py", "profile.py"),
        ("http://README.md/", "README.md"),
        ("https://www.setup.py", "`setup.py`"),
        ("http://run.sh", "run.sh"),
        ("http://train_model.rs", "train_model.rs"),
        ("http://config.json", "this file"),
    ],
)
def test_a_file_name_is_a_false_link(url: str, text: str) -> None:
    assert is_file_name_link(url, text)


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://x.ai", "x.ai"),
        ("https://docs.rs", "docs.rs"),
        ("https://bun.sh", "bun.sh"),
        ("https://jax.readthedocs.io", "jax.readthedocs.io"),
        ("https://deepmind.google", "deepmind.google"),
        ("https://github.com/a/b/blob/main/setup.py", "setup.py"),
        ("https://point.md", "news from Moldova"),
        ("https://www.abc.com.py", "abc.com.py"),
        ("http://profile.py/page", "profile.py"),
        ("http://" + "a_" * 200 + ".sh", "x"),
        (None, "profile.py"),
    ],
)
def test_a_site_is_not_a_file_name(url: str | None, text: str) -> None:
    assert not is_file_name_link(url, text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Import AI 402: Sheep", 402),
        ("ImportAI 449: Sheep", 449),
        ("import-ai-issue-6-sheep", 6),
        ("importai-88-nato", 88),
        ("Import AI: Issue 6: x", 6),
        ("Import AI: #88 x", 88),
        ("technological-optimism", None),
    ],
)
def test_issue_numbers_are_found_in_all_spellings(text: str, number: int | None) -> None:
    assert find_issue_number(text) == number


@given(st.one_of(st.none(), st.text(max_size=40)), st.text(max_size=60))
def test_any_words_can_be_a_file_name_link(url: str | None, text: str) -> None:
    is_file_name_link(url, text)
