from __future__ import annotations

import pytest

from importai_tui.library.library import Library
from importai_tui.tui.dialogs.dialog import Dialog
from tests.tui.sample_app import run_reader, store_issues


@pytest.mark.parametrize("key", ["question_mark", "F"])
async def test_a_second_dismiss_closes_no_other_screen(library: Library, key: str) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        screen_count = len(reader.app.screen_stack)
        await reader.type(key)
        dialog = reader.app.screen
        assert isinstance(dialog, Dialog)
        # Both calls come before the app handles the first one.
        dialog.dismiss(None)
        dialog.dismiss(None)
        await reader.advance_clock(0)
        assert len(reader.app.screen_stack) == screen_count
        dialog.dismiss(None)
        await reader.advance_clock(0)
        assert len(reader.app.screen_stack) == screen_count
        assert reader.app.is_running
        assert reader.open_story == ("12", 1)
