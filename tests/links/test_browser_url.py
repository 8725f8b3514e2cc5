"""The address and the host that people see for a link."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.errors import RefusedAddressError
from importai_tui.links.urls import browser_host, browser_url, get_host, validate_url
from tests.hostile.addresses import OPENED_URLS, RANDOM_URLS, REFUSED_URLS

PLAIN_LOOKING = st.from_regex(r"\Ahttps?://[a-z.-]{1,8}[/?#:%a-z@]{0,8}\Z")


@given(st.one_of(RANDOM_URLS, PLAIN_LOOKING))
def test_browser_url_is_the_validated_url(url: str) -> None:
    try:
        given_to_browser = validate_url(url)
    except RefusedAddressError:
        assert browser_url(url) is None
        return
    assert browser_url(url) == given_to_browser
    assert browser_host(url) == get_host(given_to_browser)


@pytest.mark.parametrize("url", [*REFUSED_URLS, "", None])
def test_a_refused_url_has_no_browser_url(url: str | None) -> None:
    assert browser_url(url) is None


@pytest.mark.parametrize(("url", "address"), OPENED_URLS.items())
def test_browser_url_is_the_url_that_is_opened(url: str, address: str) -> None:
    assert browser_url(url) == address


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
