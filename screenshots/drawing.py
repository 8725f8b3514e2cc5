"""Draws scenes from the built-in guide: headless, in a throw-away home, the same on every run."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib.metadata import version

from textual.pilot import Pilot
from textual.widgets import Input

from importai_tui.browser import OpenResult
from importai_tui.guide import open_demo
from importai_tui.library.library import Library
from importai_tui.tui.app import ReaderApp
from importai_tui.tui.reading.screen import ReadingScreen
from screenshots.scenes import SESSION, SESSION_READ, SESSION_SIZE, SESSION_START, Scene

FONTS = "'JetBrains Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace"
FONT_SIZE = "20.333px"
"""The exporter's cells are 12.2 wide, and JetBrains Mono is 0.6 of its size: at this one the letters meet the cells."""
DRAWN_WITH = f"Drawn with Textual {version('textual')} and Rich {version('rich')}"
"""Both draw the same scene otherwise in another version."""

_NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_REST = 0.25
"""Seconds: longer than the reader waits before it looks for what is near a story."""
_LOOKS = 60
_FONT_FACE = re.compile(r"@font-face\s*\{.*?\}", re.DOTALL)
_FONT_FAMILY = re.compile(r"font-family:[^;}]*")
_FONT_SIZE = re.compile(r"font-size: 20px")
_TAGS = re.compile(r"<[^>]*>")


async def draw_scene(scene: Scene) -> str:
    """The scene as SVG."""
    async with _reading(scene.ref, scene.size, scene.read_refs, scene.starred_refs) as (app, pilot):
        await pilot.press(*scene.keys)
        return await _at_rest(app, pilot, "importai-tui", scene.expected_text)


async def draw_session() -> list[tuple[str, float]]:
    """The pictures of the session, as SVG, each with the seconds that it stands. No browser opens."""
    frames = []
    async with _reading(SESSION_START, SESSION_SIZE, SESSION_READ, (), told=True) as (app, pilot):
        for step in SESSION:
            await pilot.press(*step.keys)
            frames.append((await _at_rest(app, pilot, step.caption, step.expected_text), step.seconds))
            # They go away by the clock, and it is not said when the next picture is drawn.
            app.clear_notifications()
    return frames


@asynccontextmanager
async def _reading(
    ref: str, size: tuple[int, int], read: tuple[str, ...], starred: tuple[str, ...], *, told: bool = False
) -> AsyncIterator[tuple[ReaderApp, Pilot[None]]]:
    """The reader on the guide. Its clock stands still, so that no story becomes read while it is drawn."""
    with open_demo() as library:
        library.mark([_key(ref, library) for ref in read], read=True)
        library.mark([_key(ref, library) for ref in starred], starred=True)
        app = ReaderApp(
            library,
            opener=lambda url: OpenResult(True, url, ""),
            open_guide=open_demo,
            clock=lambda: 0.0,
            today=lambda: _NOW,
            ref=ref,
            guide=True,
        )
        async with app.run_test(size=size, notifications=told) as pilot:
            await pilot.pause()
            yield app, pilot


async def _at_rest(app: ReaderApp, pilot: Pilot[None], title: str, shows: str) -> str:
    """The picture once nothing moves any more: two looks at it are the same, and no thread is at work."""
    before = ""
    for _ in range(_LOOKS):
        for screen in app.screen_stack:
            if isinstance(screen, ReadingScreen):
                screen.tick()  # what it does each second, whenever that is
        # What waits for an answer of the reader's is at rest too.
        if at_work := [worker for worker in app.workers if worker.group != "dialog"]:
            await app.workers.wait_for_complete(at_work)
        for line in app.screen.query(Input):
            line.cursor_blink = False
        await pilot.pause()
        picture = app.export_screenshot(title=title)
        if picture == before and shows in _words(picture):
            return _finished(picture)
        before = picture
        await asyncio.sleep(_REST)
    raise RuntimeError(f'The picture "{title}" does not come to rest, or never shows "{shows}".')


def _words(svg: str) -> str:
    return html.unescape(_TAGS.sub("", svg)).replace("\xa0", " ")


def _finished(svg: str) -> str:
    """The picture without fonts from the network, since it is looked at in places that have none.

    Blanks that open a run of text are cells too: `xml:space` keeps librsvg from dropping them.
    """
    svg = _FONT_FAMILY.sub(f"font-family: {FONTS}", _FONT_FACE.sub("", svg))
    svg = _FONT_SIZE.sub(f"font-size: {FONT_SIZE}", svg).replace("<svg ", '<svg xml:space="preserve" ', 1)
    return svg.replace("\n", f"\n    <!-- {DRAWN_WITH} -->\n", 1)


def _key(ref: str, library: Library) -> str:
    issue, position = library.resolve(ref)
    return library.get_story(issue, position or 1).key
