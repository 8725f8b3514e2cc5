"""Header, footer and the line beneath the headline while the user reads."""

from __future__ import annotations

from importai_tui.library.library import Library
from tests.tui.sample_app import RunningReader, run_reader, store_issues


def header(reader: RunningReader) -> str:
    return reader.screen_text().splitlines()[0]


async def test_the_header_names_the_story_once_its_headline_is_gone(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(40, 12)) as reader:
        assert "Rivers" in header(reader)
        assert "%" not in header(reader)
        await reader.press("space")
        assert "12/2   A long story" in header(reader)
        assert header(reader).endswith("%")
        await reader.press("G")
        assert header(reader).endswith("100%")
        await reader.press("g")
        assert "%" not in header(reader)
        await reader.press("G", "J")
        assert "%" not in header(reader)


async def test_the_header_is_right_at_a_restored_position(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(80, 24)) as reader:
        await reader.press("space", "J", "K")
        await reader.wait_until(lambda: "12/2   A long story" in header(reader))


async def test_the_footer_says_where_space_leaves_the_story(library: Library) -> None:
    async with run_reader(store_issues(library), "12/2", size=(120, 20)) as reader:
        assert "space page" in reader.footer
        await reader.press("G")
        assert "space next story" in reader.footer
        library.mark(("rivers", "delta", "lake", "pond", "old"), read=True)
        reader.screen.reload()
        await reader.press()
        assert "space mark read" in reader.footer
        await reader.press("r")
        assert "space page" in reader.footer


async def test_a_star_and_tags_are_on_the_page(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=(40, 20)) as reader:
        assert "★" not in reader.screen_text()
        await reader.press("s")
        assert "1 min   ★" in reader.screen_text()
        await reader.press("s")
        assert "★" not in reader.screen_text()


async def test_the_footer_shows_the_address_of_the_selected_link(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=(80, 24)) as reader:
        assert "example.org/1" not in reader.footer
        await reader.press("l")
        assert reader.footer.endswith("example.org/1")
        assert "enter open" in reader.footer
        await reader.press("j")
        assert reader.footer.endswith("example.org/2")
        await reader.press("j")
        assert reader.footer.endswith("no URL")
        await reader.press("escape")
        assert "no URL" not in reader.footer


async def test_a_low_window_has_no_empty_row_above_the_text(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=(40, 12)) as reader:
        assert "Machines learn" in reader.screen_text().splitlines()[1]
    async with run_reader(library, "12/1", size=(80, 24)) as reader:
        assert not reader.screen_text().splitlines()[1].strip()
