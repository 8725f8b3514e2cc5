"""Opening a link gives the browser one safe URL, or nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given

from importai_tui.browser import make_opener
from importai_tui.errors import RefusedAddressError
from importai_tui.library.library import Library
from importai_tui.model import Issue, Link, LinkKind, LinkRole, Paragraph, Span, Story, StoryKind
from importai_tui.paths import Places
from tests.conftest import RunProgram
from tests.hostile.addresses import OPENED_URLS, RANDOM_URLS, REFUSED_URLS, RecordingBrowser, find_url_problem
from tests.hostile.safe_text import assert_harmless
from tests.terminal import Terminal, make_environment, reader_command

_FEW = (
    *REFUSED_URLS[2:4],
    *list(OPENED_URLS)[:2],
    "https://$(reboot)/",
    "https://a.example/\x1b]0;x\x07",
    list(OPENED_URLS)[5],
)
_FEW_OPENED = [OPENED_URLS[url] for url in _FEW if url in OPENED_URLS]


def open_in_browser(url: str) -> tuple[list[str], str]:
    """Open the URL. Return the browser's arguments and the URL shown to the user."""
    started: list[list[str]] = []

    def spawn(command: list[str]) -> bool:
        started.append(command)
        return True

    opened = make_opener({}, "linux", ["browser", "--new"], spawn)(url)
    assert [command[:2] for command in started] == [["browser", "--new"]]
    assert opened.message == f"Opened {opened.url}"
    return started[0][2:], opened.url


@pytest.mark.parametrize("url", REFUSED_URLS)
def test_unsafe_url_is_refused_in_one_line(url: str) -> None:
    with pytest.raises(RefusedAddressError) as refused:
        open_in_browser(url)
    assert_harmless(str(refused.value), lines=False)


@pytest.mark.parametrize(("url", "opened"), OPENED_URLS.items())
def test_safe_url_is_one_argument(url: str, opened: str) -> None:
    assert open_in_browser(url) == ([opened], opened)


@given(RANDOM_URLS)
def test_any_url_is_one_plain_argument_or_refused(url: str) -> None:
    try:
        arguments, shown = open_in_browser(url)
    except RefusedAddressError as refused:
        assert_harmless(str(refused), lines=False)
        return
    assert arguments == [shown]
    assert find_url_problem(shown) is None


def store_links(places: Places, urls: tuple[str, ...]) -> None:
    """Store a story with links to these URLs. This bypasses the parser."""
    links = tuple(
        Link(n, f"link {n}", url, LinkKind.PAPER, "a.example", LinkRole.READ_MORE, f"https://a.example/{n}")
        for n, url in enumerate(urls, 1)
    )
    blocks = (Paragraph(tuple(Span(f"link {link.n} ", link=link.n) for link in links)),)
    story = Story("s", 1, StoryKind.STORY, "otters", blocks=blocks, links=links)
    with Library.open(places) as library:
        library.store(Issue(7, "seven", "Import AI 7: otters", "2025-01-01", urls[0], (story,)), b"page", "7.html")


def test_open_keys_give_the_browser_only_safe_urls(tmp_path: Path) -> None:
    store_links(Places.under(tmp_path / "home"), _FEW)
    browser = RecordingBrowser(tmp_path)
    with Terminal(reader_command("7"), make_environment(tmp_path / "home", BROWSER=browser.command)) as terminal:
        terminal.wait_until_shown("link 1")
        for n in range(1, len(_FEW) + 1):
            terminal.press(str(n))
        terminal.wait_until(lambda: len(browser.calls) == len(_FEW_OPENED))
        terminal.press("O", "y")  # more than five URLs need a confirmation, which ignores keys that come too soon
        terminal.wait_until_shown("Open ")
        press_until(terminal, "y", lambda: len(browser.calls) == 2 * len(_FEW_OPENED))
        terminal.press("W")
        terminal.wait_until_shown("site:arxiv.org")
        press_until(terminal, "ctrl+o", lambda: len(browser.calls) > 2 * len(_FEW_OPENED), then="down")
    assert all(call[0] in _FEW_OPENED and len(call) == 1 for call in browser.calls)
    assert {call[0] for call in browser.calls} == set(_FEW_OPENED)


def press_until(terminal: Terminal, key: str, condition: Callable[[], bool], then: str = "") -> None:
    """Press the key repeatedly until the condition holds."""
    for _ in range(100):
        terminal.press(key, *([then] if then else []))
        terminal.read(0.2)
        time.sleep(0.1)
        if condition():
            return
    raise AssertionError("\n".join(terminal.screen))


def test_open_command_gives_the_browser_only_safe_urls(
    run: RunProgram, places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_links(places, _FEW)
    browser = RecordingBrowser(tmp_path)
    monkeypatch.setenv("BROWSER", browser.command)
    for n, url in enumerate(_FEW, 1):
        ran = run("open", "7/1", n)
        assert ran.status == (0 if url in OPENED_URLS else 1)
        assert OPENED_URLS.get(url, "Not opened") in ran.err
        assert_harmless(ran.err)
    assert run("open", "7").status == 1  # the URL of its page is the first one
    assert browser.calls == [[address] for address in _FEW_OPENED]
