"""Tests of the extraction of articles: it is silent, fetches nothing, and its time is bounded."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys

import pytest

from importai_tui.cards import articles
from importai_tui.cards.articles import extract_article
from importai_tui.cards.body import read_body
from importai_tui.model import Code
from importai_tui.works.card import BodyFormat

pytest.importorskip("trafilatura")

PAGE = "<article>" + "<p>Otters sleep in the kelp and hold hands at night, so that none of them drifts away.</p>" * 6


def test_it_fetches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert "kelp" in extract_article(PAGE, "https://sea.example/otters")
    assert extract_article("https://sea.example/otters", "https://sea.example/otters") == ""


def test_it_is_silent(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for page in ("", "<", "\0", "<html>", PAGE, "<p>" * 300):
        extract_article(page, "https://sea.example/otters")
    assert capfd.readouterr() == ("", "")
    assert [record for record in caplog.records if record.name.startswith(("trafilatura", "htmldate"))] == []


def test_code_keeps_its_form() -> None:
    page = (
        f"{PAGE}<p>Call\n<code>kelp()</code> often.</p><pre>a\n  b</pre><PRE><code class=x>c\n  <b>d</b></code></PRE>"
    )
    article = extract_article(page, "https://sea.example/otters")
    assert "Call\n<code>kelp()</code> often." in article
    blocks = read_body(article, BodyFormat.HTML).blocks
    assert blocks[-2:] == (Code("a\n  b"), Code("c\n  d"))


def test_scripts_are_not_read() -> None:
    page = f"<script>{'a<b;' * 40_000}</script><STYLE>x</Style>{PAGE}<script>never closed"
    assert "kelp" in extract_article(page, "https://sea.example/otters")


PAGE_UNITS = ("<div>a</div>", "<a href=x>y</a>", "<b><p>x", "<script>", "<table><tr><td>a")
"""Parts that huge pages repeat. `tests.benchmarks.hostile_texts` measures the time."""


def make_huge_page(unit: str) -> str:
    return unit * (1_500_000 // len(unit))


@pytest.mark.parametrize("unit", PAGE_UNITS)
def test_huge_pages_are_cut(unit: str) -> None:
    article = extract_article(make_huge_page(unit), "https://sea.example/otters")
    assert article.count("<") <= 2 * 12_000


def test_only_the_parser_process_imports_it() -> None:
    code = (
        "import sys, importai_tui.cards.fetch, importai_tui.cards.clean, importai_tui.cards.sources.registry;"
        "print([name for name in ('trafilatura', 'markdown_it') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_page_on_which_the_library_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    import trafilatura

    def fail(*_: object, **__: object) -> str:
        raise RecursionError

    monkeypatch.setattr(trafilatura, "extract", fail)
    assert extract_article(PAGE, "https://sea.example/otters") == ""


def test_a_library_without_its_own_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    articles._import_library.cache_clear()
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "trafilatura", None)
        assert not articles.is_available()
        assert extract_article(PAGE, "https://sea.example/otters") == ""
        articles._import_library.cache_clear()
    assert articles.is_available()
