"""Access to the page: tokens, host names and origins."""

from __future__ import annotations

import pytest

from importai_tui.web_server.access import AccessRules, is_loopback

RULES = AccessRules("secret", frozenset({"garden"}))
NOT_OWN_HOSTS = (
    *("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "garden.evil.example", "evil.example:8422"),
    *("127.0.0.1@evil.example", "localhost@127.0.0.1", "127.0.0.1/x", "127.0.0.1?", "127.0.0.1#", "[::1", "::1"),
    *("localhost:port", "localhost:99999", "", " ", "127.0.0.1 ", "2130706433", "0x7f.1", "\x1b"),
)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:9000", "127.0.0.1:8422", "[::1]:80", "192.168.1.7", "Garden"])
def test_own_hosts_are_known_on_any_port(host: str) -> None:
    assert RULES.is_own_host(host)


def test_other_names_are_refused() -> None:
    assert [host for host in NOT_OWN_HOSTS if RULES.is_own_host(host)] == []


def test_pages_of_other_hosts_and_ports_are_refused() -> None:
    assert RULES.is_own_page("http://localhost:9000", "localhost:9000")
    assert RULES.is_own_page("https://garden", "garden")
    for origin in (None, "", "null", "http://localhost", "http://localhost:9001", "http://evil.example", "file://"):
        assert not RULES.is_own_page(origin, "localhost:9000"), origin


def test_wrong_tokens_are_refused() -> None:
    assert RULES.is_token("secret")
    assert not any(map(RULES.is_token, (None, "", "Secret", "secret ", "sécret", "secretsecret", "\udcff")))
    assert AccessRules("", frozenset()).is_token(None)


def test_only_loopback_addresses_are_loopback() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.9.9.9", "::1", "localhost", "LocalHost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.1.7", "garden", "", "localhost.example")))
