"""The page in Chromium, where Playwright and Chromium are installed. A terminal emulator reads the text."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyte
import pytest

from importai_tui.library.library import Library
from importai_tui.paths import HOME_VARIABLE, Places
from tests.examples import make_issue

pytest.importorskip("textual_serve", reason="the extra `web` is not installed")
playwright = pytest.importorskip("playwright.async_api", reason="Playwright is not installed")
CHROMIUM = shutil.which("chromium") or pytest.skip("Chromium is not installed", allow_module_level=True)
UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>=][\d;]*[a-zA-Z]|\x1b\[\?\d+\$p|\x1b\]22;.*?\x07")


class Screen:
    """The text of the terminal on a page."""

    def __init__(self) -> None:
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)

    def follow(self, socket: Any) -> None:
        size = parse_qs(urlsplit(socket.url).query)
        self._screen.resize(int(size["height"][0]), int(size["width"][0]))
        socket.on("framereceived", lambda data: self._feed(data) if isinstance(data, bytes) else None)

    def _feed(self, data: bytes) -> None:
        self._stream.feed(UNKNOWN_TO_PYTE.sub(b"", data))

    def shows(self, *texts: str) -> bool:
        return all(text in "\n".join(self._screen.display) for text in texts)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (640, 400)])
async def test_a_visitor_reads_searches_and_opens_a_link(
    width: int, height: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.web_server.test_server import READER, get_origin, open_client, wait_until

    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    with Library.open(Places.under(tmp_path)) as library:
        library.store(make_issue("rivers", "otters", number=401), b"page", "page.html")
    screen, asked = Screen(), set[str]()
    async with open_client(program=READER) as client, playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = await browser.new_context(viewport={"width": width, "height": height})
        context.on("request", lambda request: asked.add(request.url))
        page = await context.new_page()
        page.on("websocket", screen.follow)

        async def press(keys: str, *texts: str) -> None:
            for key in keys.split():
                await page.keyboard.press(key)
            await wait_until(lambda: screen.shows(*texts))

        address = get_origin(client)
        await page.goto(f"{address}/?token=secret")
        await press("", "What rivers says", "next unread", *(("Unread", "Links") if width > 1000 else ()))
        assert re.fullmatch(re.escape(address) + r"/[\w-]{16}/", page.url)
        assert {url for url in asked if not url.startswith(f"{address}/")} == set()
        await press("n", "What otters says")
        await press("F r i v e r s", "1 story")
        await press("Escape", "What otters says")
        await context.route("https://example.org/**", lambda route: route.fulfill(body="Otters"))
        async with context.expect_page() as opened:
            await press("1", "Opened example.org/otters/1")
        tab = await opened.value
        await tab.wait_for_url("https://example.org/otters/1")
        assert await tab.evaluate("[window.opener, document.referrer]") == [None, ""]
        await page.bring_to_front()
        await press("Q")
        await page.get_by_text("The reader is closed.").wait_for()
        await context.add_init_script("window.open = () => null")  # as if it blocked new tabs
        async with open_client() as failing:
            await page.goto(f"{get_origin(failing)}/?token=secret")
            await page.get_by_text("The reader didn't start.").wait_for()
            await page.evaluate("for (const name of ['a', 'a', 'b']) window.open(`https://example.org/${name}`)")
            assert await page.locator("#notice a").count() == 2
        await browser.close()
