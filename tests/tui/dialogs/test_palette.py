from __future__ import annotations

from importai_tui.library.library import Library
from importai_tui.search.saved import SavedSearch
from importai_tui.tui.dialogs.palette import ItemProvider
from tests.tui.sample_app import run_reader, store_issues


async def test_the_palette_finds_saved_searches_and_themes(library: Library) -> None:
    async with run_reader(store_issues(library)) as reader:
        reader.screen.saved_searches.change((SavedSearch("[/] otters", "otters"),), "Saved")
        provider = ItemProvider(reader.screen)
        searches = [hit async for hit in provider.search("otters saved")]
        assert [str(hit.prompt) for hit in searches] == ["Saved search: [/] otters"]
        themes = [hit async for hit in provider.search("theme paper")]
        themes[0].command()
        assert reader.app.theme == "paper"
