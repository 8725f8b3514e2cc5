from __future__ import annotations

from dataclasses import replace

from importai_tui.library.library import Library
from importai_tui.model import Issue
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.works.dialogs import LookupDialog
from tests.tui.sample_app import make_link, rich_story, run_reader, sample_issues, store_issues


async def test_a_digit_opens_that_link_at_once(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("2")
        assert reader.browser.opened_urls == ["https://example.org/2"]
        await reader.press("9")
        assert reader.last_notice == "There is no link 9: this story has 3."


async def test_a_link_that_lost_its_address_is_looked_for_by_its_title(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        for key in ("a", "w", "y", "escape"):
            await reader.type("3")
            await reader.wait_until(lambda: isinstance(reader.app.screen, LookupDialog))
            await reader.wait_until(lambda: "address is not known here" in reader.screen_text())
            await reader.type(key)
        await reader.press()
        assert reader.browser.opened_urls == [
            "https://arxiv.org/search/?query=riverlib&searchtype=title",
            "https://duckduckgo.com/?q=%22riverlib%22",
        ]
        assert reader.app.clipboard == "riverlib"


async def test_o_opens_the_first_read_more_link_or_the_one_under_the_cursor(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("o", "P", "o", "escape")
        assert reader.browser.opened_urls == ["https://example.org/2", "https://example.org/1"]


async def test_the_links_open_with_enter(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=(80, 24)) as reader:
        await reader.press("l")
        assert reader.screen.pane is Pane.LINKS
        await reader.press("j", "enter")
        assert reader.browser.opened_urls == ["https://example.org/2"]


async def test_any_number_can_be_typed(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.pilot.press("#", "2", "enter")
        await reader.press()
        assert reader.browser.opened_urls == ["https://example.org/2"]


async def test_many_links_are_opened_only_after_a_yes(library: Library) -> None:
    links = tuple(make_link(n, f"Thing {n}") for n in range(1, 8))
    issue = Issue(13, "i13", "Many links", "2025-02-02", None, (replace(rich_story("many"), links=links),))
    async with run_reader(store_issues(library, [issue])) as reader:
        await reader.pilot.press("O")
        await reader.pilot.pause()
        assert "Open 7 links?" in reader.screen_text()
        reader.clock.now += 1
        await reader.press("y")
        assert len(reader.browser.opened_urls) == 7


async def test_without_a_browser_the_address_is_copied_and_shown(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        reader.browser.is_present = False
        await reader.press("1")
        assert reader.app.clipboard == "https://example.org/1"
        assert reader.last_notice == "No browser here. Copied: https://example.org/1"


async def test_a_refused_address_is_one_line(library: Library) -> None:
    bad = replace(rich_story("bad"), links=(make_link(1, "bad", "javascript:alert(1)"),))
    async with run_reader(store_issues(library, [Issue(14, "i14", "Bad", None, None, (bad,))])) as reader:
        await reader.press("1")
        assert reader.last_notice == "Not opened: only http and https addresses are opened."


async def test_y_copies_the_link_under_the_cursor_else_the_page(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("y")
        assert reader.app.clipboard == "https://example.org/12"
        await reader.press("l", "j", "y")
        assert reader.app.clipboard == "https://example.org/2"


async def test_a_click_on_underlined_words_opens_them(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        lines = reader.screen_text().splitlines()
        y = next(n for n, line in enumerate(lines) if "Somebody has taught" in line)
        await reader.pilot.click(offset=(lines[y].index("machines (Ex") + 2, y))
        await reader.press()
        assert reader.browser.opened_urls == ["https://example.org/1"]


async def test_a_click_on_a_row_of_the_list_opens_it(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        y = next(n for n, line in enumerate(reader.screen_text().splitlines()) if "A long story called c" in line)
        await reader.pilot.click(offset=(12, y))
        await reader.press()
        assert reader.open_story == ("12", 2)
        y = next(n for n, line in enumerate(reader.screen_text().splitlines()) if "Lakes; ponds" in line)
        await reader.pilot.click(offset=(12, y))
        await reader.press()
        assert reader.open_story == ("11", 1)


async def test_selected_words_are_copied_by_ctrl_c(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        reader.screen.story_view.query("BlockView")[3].text_select_all()
        await reader.press("ctrl+c")
        assert reader.app.clipboard == "Somebody has taught machines (Example)¹ to count rivers."
        assert not reader.app._exit


async def test_the_palette_finds_commands_and_issues(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.pilot.press("ctrl+p", *"lakes")
        await reader.pilot.pause(0.6)
        await reader.pilot.press("enter")
        await reader.press()
        assert reader.open_story == ("11", 1)
        await reader.pilot.press("ctrl+p", *"star")
        await reader.pilot.pause(0.6)
        await reader.pilot.press("enter")
        await reader.press()
        assert library.get_story_rows("11")[0].is_starred


async def test_the_help_is_narrowed_by_what_is_typed(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        await reader.press("?")
        assert "This help" in reader.screen_text() or "Moving" in reader.screen_text()
        await reader.press(*"undo")
        assert "Undo the last change" in reader.screen_text()
        assert "Star the story" not in reader.screen_text()
        await reader.press("escape")
        assert len(sample_issues()) == len(reader.screen.session.index.rows)
