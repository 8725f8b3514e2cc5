from __future__ import annotations

from importai_tui.library.library import Library
from tests.tui.sample_app import run_reader, store_issues


async def test_a_work_without_url_is_searched_and_copied(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.pilot.press("W")
        await reader.wait_until(lambda: "riverlib" in reader.screen_text())
        await reader.pilot.press(*"riverlib")
        await reader.wait_until(lambda: "1 work" in reader.screen_text())
        await reader.pilot.press("ctrl+y")
        await reader.wait_until(lambda: reader.notices)
        assert reader.app.clipboard == "riverlib"
        assert reader.last_notice == "No URL for this work. Copied its title: riverlib"
        await reader.pilot.press("ctrl+o")
        await reader.wait_until(lambda: bool(reader.browser.opened_urls))
        assert reader.browser.opened_urls == ["https://duckduckgo.com/?q=%22riverlib%22"]
        assert reader.last_notice == "No URL for this work: searched the web for “riverlib”"
