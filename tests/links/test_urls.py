from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.errors import RefusedAddressError
from importai_tui.links.urls import (
    browser_host,
    browser_url,
    find_issue_number,
    get_host,
    strip_tracking,
    validate_url,
)
from tests.hostile.addresses import OPENED_URLS, RANDOM_URLS, REFUSED_URLS


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
