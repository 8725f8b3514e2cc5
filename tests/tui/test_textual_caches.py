from __future__ import annotations

import asyncio
import gc

from textual._styles_cache import StylesCache
from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.strip import Strip

from importai_tui.library.library import Library
from importai_tui.tui.textual_caches import StoryCaches, clear_caches
from importai_tui.tui.widgets.text_area import CleanTextArea
from tests.tui.sample_app import RunningReader, run_reader, store_issues


def get_cache_sizes() -> tuple[int, ...]:
    """Return the sizes of the caches."""
    caches = (Region.intersection, Region.shrink, Strip.render_ansi, ANSIToTruecolor.truecolor_style)
    return tuple(cache.cache_info().currsize for cache in caches)


def test_the_caches_are_cleared_after_fifty_stories() -> None:
    clear_caches()
    caches = StoryCaches()
    largest = 0
    for y in range(500):
        caches.count_story()
        Region(0, y, 80, 24).intersection(Region(0, 0, 80, 1_000))
        largest = max(largest, Region.intersection.cache_info().currsize)
    assert 1 < largest <= 50


async def test_stories_look_the_same_after_clearing(library: Library) -> None:
    store_issues(library)
    async with run_reader(library, "12/1") as reader:
        await reader.press("J", "K")
        story_view = reader.screen.story_view
        before = [story_view.render_line(y).text for y in range(20)]
        assert any(map(str.strip, before))
        clear_caches()
        await reader.press("J", "K")
        assert [story_view.render_line(y).text for y in range(20)] == before


def test_cleared_caches_are_empty() -> None:
    Region(0, 1, 80, 24).intersection(Region(0, 0, 80, 1_000))
    assert sum(get_cache_sizes())
    clear_caches()
    assert get_cache_sizes() == (0, 0, 0, 0)


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
        await reader.press("e", "escape", "e", "escape")
        await asyncio.sleep(0.6)  # the event loop holds the stopped timer of a blinking cursor until its time
        gc.collect()
        assert sum(isinstance(item, CleanTextArea) for item in gc.get_objects()) < 2
