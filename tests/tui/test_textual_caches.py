from __future__ import annotations

import gc

from textual._styles_cache import StylesCache

from importai_tui.library.library import Library
from tests.tui.sample_app import RunningReader, run_reader, store_issues


async def test_closed_screens_are_freed(library: Library) -> None:
    """Textual's own cache would hold every drawn widget with all its lines."""
    store_issues(library)

    async def count_after(reader: RunningReader, times: int) -> int:
        for _ in range(times):
            await reader.press("F", "escape", "question_mark", "escape")
        gc.collect()
        return sum(isinstance(item, StylesCache) for item in gc.get_objects())

    async with run_reader(library, "12/1") as reader:
        before = await count_after(reader, 2)
        assert await count_after(reader, 4) < before + 10
