from __future__ import annotations

import pytest

from importai_tui.http.transport import get_proxy

NEWS = "https://news.example/feed"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_no_proxy_by_default() -> None:
    assert get_proxy(NEWS) is None


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY", "all_proxy"])
def test_proxy_comes_from_the_environment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "proxy.example:3128")
    assert get_proxy(NEWS) == "http://proxy.example:3128"


def test_no_proxy_variable_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "news.example")
    assert get_proxy(NEWS) is None
    assert get_proxy("https://other.example/feed") == "http://proxy.example:3128"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/feed", "http://localhost/feed", "https://[::1]/feed"])
def test_loopback_uses_no_proxy(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("all_proxy", "http://proxy.example:3128")
    assert get_proxy(url) is None
