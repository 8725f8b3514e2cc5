from __future__ import annotations

import gc

from textual._styles_cache import StylesCache
from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.strip import Strip

from importai_tui.library import Library
from importai_tui.tui.look.forgetting import Forgetting, forget
from tests.tui.made import Reader, fill, reading


def remembered() -> tuple[int, ...]:
    """Places and styles that Textual knows by now."""
    caches = (Region.intersection, Region.shrink, Strip.render_ansi, ANSIToTruecolor.truecolor_style)
    return tuple(cache.cache_info().currsize for cache in caches)


def test_of_stories_that_are_gone_textual_remembers_nothing_for_long() -> None:
    forget()
    forgetting = Forgetting()
    most = 0
    for y in range(500):
        forgetting.another()
        Region(0, y, 80, 24).intersection(Region(0, 0, 80, 1_000))
        most = max(most, Region.intersection.cache_info().currsize)
    assert 1 < most <= 50


async def test_after_forgetting_stories_are_drawn_as_before(library: Library) -> None:
    fill(library)
    async with reading(library, "12/1") as reader:
        await reader.press("J", "K")
        view = reader.desk.story_view
        before = [piece.render_line(0).text for piece in view.shown]
        forget()
        await reader.press("J", "K")
        assert [piece.render_line(0).text for piece in view.shown] == before


def test_nothing_is_remembered_any_more() -> None:
    Region(0, 1, 80, 24).intersection(Region(0, 0, 80, 1_000))
    assert sum(remembered())
    forget()
    assert remembered() == (0, 0, 0, 0)


async def test_of_screens_that_were_left_nothing_is_kept(library: Library) -> None:
    """Textual's own cache keeps every widget that was drawn on them, with all its lines."""
    fill(library)

    async def left(reader: Reader, times: int) -> int:
        for _ in range(times):
            await reader.press("F", "escape", "question_mark", "escape")
        gc.collect()
        return sum(isinstance(held, StylesCache) for held in gc.get_objects())

    async with reading(library, "12/1") as reader:
        before = await left(reader, 2)
        assert await left(reader, 4) < before + 10
