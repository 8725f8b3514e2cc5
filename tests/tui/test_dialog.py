from __future__ import annotations

import pytest

from importai_tui.library.library import Library
from importai_tui.tui.dialogs.dialog import Dialog
from tests.tui.sample_app import run_reader, store_issues


@pytest.mark.parametrize("key", ["question_mark", "F"])
async def test_who_answers_twice_closes_only_the_dialog(library: Library, key: str) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        before = len(reader.app.screen_stack)
        await reader.type(key)
        over = reader.app.screen
        assert isinstance(over, Dialog)
        # Both keys are there before the screen has heard of either.
        over.dismiss(None)
        over.dismiss(None)
        await reader.advance_clock(0)
        assert len(reader.app.screen_stack) == before
        over.dismiss(None)
        await reader.advance_clock(0)
        assert len(reader.app.screen_stack) == before
        assert reader.app.is_running
        assert reader.open_story == ("12", 1)
