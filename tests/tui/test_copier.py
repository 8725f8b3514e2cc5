"""The notices about copies, which claim only what is known, and the copying of what is selected."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Coroutine
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from textual.worker import Worker

from importai_tui.clipboard import CopyResult, Place
from importai_tui.library.library import Library
from importai_tui.tui import copier
from importai_tui.tui.copier import Copier
from importai_tui.tui.dialogs.help import ManualPage
from tests.tui.sample_app import RunningReader, run_reader, store_issues


class FakeHost:
    """Collects the notices and what is written to the terminal."""

    def __init__(self) -> None:
        self.notices: list[str] = []
        self.written: list[str] = []
        self.coroutines: list[Coroutine[Any, Any, None]] = []

    def notify_info(self, text: str, *, seconds: float = 4) -> None:
        """Collect a notice."""
        assert seconds >= 4
        self.notices.append(text)

    def write_to_terminal(self, sequence: str) -> None:
        """Collect a sequence."""
        self.written.append(sequence)

    def run_worker(self, work: Coroutine[Any, Any, None], *, group: str) -> Worker[None]:
        """Hold the work until the test runs it."""
        assert group
        self.coroutines.append(work)
        return cast("Worker[None]", SimpleNamespace(is_finished=False))


async def copy_all(result: CopyResult, *copies: tuple[str, str, str]) -> FakeHost:
    """Copy texts one after the other, each with its kind, title and reason."""
    host = FakeHost()
    copying = Copier(host, lambda _: result)
    for kind, title, reason in copies:
        copying._worker = None
        assert copying.copy("te\x1b]52;c;T1dORUQ=\x07xt", kind, title, reason=reason) == "text"
        await host.coroutines.pop()
    return host


COPIES = (
    ("", "https://example.org", ""),
    ("BibTeX", "Counting Rivers", ""),
    ("the selection", "", ""),
    ("the URL", "https://example.org", "No browser found"),
)
HINT = " (can't paste it? See :help copying)"
NOTICES = {
    Place.CLIPBOARD: (
        "Copied: https://example.org",
        "Copied BibTeX: Counting Rivers",
        "Copied the selection",
        "No browser found. Copied the URL: https://example.org",
    ),
    Place.TMUX: (
        f"Copied to tmux{HINT}: https://example.org",
        "Copied BibTeX to tmux: Counting Rivers",
        "Copied the selection to tmux",
        "No browser found. Copied the URL to tmux: https://example.org",
    ),
    Place.TERMINAL: (
        f"Sent to the terminal's clipboard{HINT}: https://example.org",
        "Sent BibTeX to the terminal's clipboard: Counting Rivers",
        "Sent the selection to the terminal's clipboard",
        "No browser found. Sent the URL to the terminal's clipboard: https://example.org",
    ),
}


async def test_notices_claim_only_what_is_known() -> None:
    for place, notices in NOTICES.items():
        host = await copy_all(CopyResult(place, "sequence"), *COPIES)
        assert tuple(host.notices) == notices
        assert host.written == ["sequence"] * len(COPIES)


async def test_a_url_that_was_not_copied_is_shown() -> None:
    url = "https://example.org/" + "x" * 100
    host = await copy_all(CopyResult(Place.NOWHERE), ("", url, ""), ("the URL", url, "No browser found"))
    too_long = "Not copied: too long for the terminal's clipboard"
    assert host.notices == [f"{too_long}{HINT}: {url[:79]}…", f"No browser found. {too_long}: {url}"]


async def test_a_problem_is_shown_once() -> None:
    host = await copy_all(CopyResult(Place.CLIPBOARD, "", "mine failed"), COPIES[-1], COPIES[1])
    first, second = NOTICES[Place.CLIPBOARD][-1], NOTICES[Place.CLIPBOARD][1]
    assert host.notices == [f"mine failed. {first}", second]


async def test_of_waiting_texts_only_the_newest_is_copied() -> None:
    texts: list[str] = []
    is_open = threading.Event()

    def copy_text(text: str) -> CopyResult:
        is_open.wait(5)
        texts.append(text)
        return CopyResult(Place.CLIPBOARD)

    host = FakeHost()
    copying = Copier(host, copy_text)
    copying.copy("one")
    running = asyncio.create_task(host.coroutines.pop())
    await asyncio.sleep(0.01)
    copying.copy("two")
    copying.copy_quietly("three")
    is_open.set()
    await running
    assert (texts, host.notices, host.coroutines) == (["one", "three"], ["Copied"], [])


async def select(reader: RunningReader, words: str) -> None:
    """Select words with the mouse."""
    x, y = reader.find_on_screen(words)
    await reader.pilot.mouse_down(offset=(x, y))
    await reader.pilot.hover(offset=(x + len(words), y))
    await reader.pilot.mouse_up(offset=(x + len(words), y))


async def test_a_selection_is_copied_before_a_key_closes(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        page = ManualPage("copying")
        reader.app.push_screen(page)
        await reader.press()
        await select(reader, "WHAT THE NOTICE SAYS")
        await reader.press("ctrl+c")
        assert "ctrl+c copies the selection" in reader.notices
        assert reader.clipboard.texts == ["WHAT THE NOTICE SAYS"]
        assert reader.last_notice == "Copied the selection"
        await reader.press("y")
        assert page.is_active
        assert reader.clipboard.texts[-1].startswith("copying: getting text to the clipboard")
        assert reader.last_notice == "Copied the page: copying"
        await reader.press("escape", "F", *"robot", "shift+home", "ctrl+c")
        assert reader.clipboard.texts[-1] == "robot"
        await reader.press("end", "ctrl+c")
        assert reader.screen.is_active


def test_no_other_module_claims_a_copy() -> None:
    package = Path(copier.__file__).parent
    sources = {str(path.relative_to(package)): path.read_text(encoding="utf-8") for path in package.rglob("*.py")}
    assert [name for name, source in sources.items() if re.search(r'(?:\(|= |else )f?"Copied\b', source)] == [
        "copier.py"
    ]
    assert [name for name, source in sources.items() if "copy_to_clipboard(" in source] == ["app.py"]
