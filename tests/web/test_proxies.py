from __future__ import annotations

import pytest

from importai_tui.web.proxies import proxy_for

NEWS = "https://news.example/feed"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_without_a_proxy_sources_are_asked_directly() -> None:
    assert proxy_for(NEWS) is None


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY", "all_proxy"])
def test_the_proxy_of_the_environment_is_used(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "proxy.example:3128")
    assert proxy_for(NEWS) == "http://proxy.example:3128"


def test_a_host_that_the_environment_excepts_is_asked_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "news.example")
    assert proxy_for(NEWS) is None
    assert proxy_for("https://other.example/feed") == "http://proxy.example:3128"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/feed", "http://localhost/feed", "https://[::1]/feed"])
def test_this_machine_is_never_asked_through_a_proxy(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("all_proxy", "http://proxy.example:3128")
    assert proxy_for(url) is None
