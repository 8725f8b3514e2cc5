"""Draws scenes of the built-in guide as SVG, in a headless terminal and a temporary home."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from textual.pilot import Pilot
from textual.widgets import Input

from importai_tui.archive.cards import CardStore
from importai_tui.browser import OpenResult
from importai_tui.clipboard import CopyResult, Place
from importai_tui.guide import open_demo
from importai_tui.library.library import Library
from importai_tui.model import Issue, Paragraph, Span, Story, StoryKind
from importai_tui.paths import get_cards_file
from importai_tui.state.fields import Highlight, Register, to_timestamp
from importai_tui.state.forecasts import Verdict
from importai_tui.tui.app import ReaderApp
from importai_tui.tui.background_jobs import BackgroundSetup
from importai_tui.tui.reading.screen import ReadingScreen
from screenshots.scenes import (
    CARD,
    SESSION,
    SESSION_READ,
    SESSION_SIZE,
    SESSION_START,
    Scene,
    SceneAnnotation,
    SceneForecast,
)

FONTS = "'JetBrains Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace"
FONT_SIZE = "20.333px"
"""Textual exports cells of width 12.2, and JetBrains Mono is 0.6 as wide as its size, so letters fill the cells."""

_NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_POLL_INTERVAL = 0.25
"""Seconds; longer than the delay after which the reader looks up related stories."""
_MAX_POLLS = 60
_FONT_FACE = re.compile(r"@font-face\s*\{.*?\}", re.DOTALL)
_FONT_FAMILY = re.compile(r"font-family:[^;}]*")
_FONT_SIZE = re.compile(r"font-size: 20px")
_TAGS = re.compile(r"<[^>]*>")


async def draw_scene(scene: Scene) -> str:
    """Draw a scene as SVG."""
    marks = scene.read_refs, scene.starred_refs, scene.annotations, scene.forecasts
    async with _run_reader(scene.ref, scene.size, *marks) as (app, pilot):
        await pilot.press(*scene.keys)
        return await _draw_when_idle(app, pilot, "importai-tui", scene.expected_text)


async def draw_session() -> list[tuple[str, float]]:
    """Draw the session; return each picture as SVG with its duration in seconds. No browser opens."""
    frames = []
    async with _run_reader(SESSION_START, SESSION_SIZE, SESSION_READ, (), notifications=True) as (app, pilot):
        for step in SESSION:
            await pilot.press(*step.keys)
            frames.append((await _draw_when_idle(app, pilot, step.caption, step.expected_text), step.seconds))
            # Notifications expire by the clock, so they would be in a random number of pictures.
            app.clear_notifications()
    return frames


def extract_text(svg: str) -> str:
    """Return the visible text of a picture."""
    return html.unescape(_TAGS.sub("", svg)).replace("\xa0", " ")


@asynccontextmanager
async def _run_reader(
    ref: str,
    size: tuple[int, int],
    read_refs: tuple[str, ...],
    starred_refs: tuple[str, ...],
    annotations: tuple[SceneAnnotation, ...] = (),
    forecasts: tuple[SceneForecast, ...] = (),
    *,
    notifications: bool = False,
) -> AsyncIterator[tuple[ReaderApp, Pilot[None]]]:
    """Run the reader on the guide. Its clock never advances, so no story becomes read meanwhile."""
    with open_demo() as library:
        library.mark([_get_key(ref, library) for ref in read_refs], read=True)
        library.mark([_get_key(ref, library) for ref in starred_refs], starred=True)
        library.state.merge_registers(_make_registers(annotations, library), {})
        for forecast in forecasts:
            _add_forecast(forecast, library)
        cards = get_cards_file(library.archive.path)
        with CardStore(cards) as store:
            store.put([CARD])
        app = ReaderApp(
            library,
            opener=lambda url, _kind="": OpenResult(True, url, ""),
            copy_text=lambda _: CopyResult(Place.CLIPBOARD),
            open_guide=open_demo,
            clock=lambda: 0.0,
            today=lambda: _NOW,
            ref=ref,
            guide=True,
            background=BackgroundSetup(cards=cards),
        )
        async with app.run_test(size=size, notifications=notifications) as pilot:
            await pilot.pause()
            yield app, pilot


async def _draw_when_idle(app: ReaderApp, pilot: Pilot[None], title: str, expected_text: str) -> str:
    """Return the picture once two successive ones are equal, no worker runs, and `expected_text` is visible."""
    previous = ""
    for _ in range(_MAX_POLLS):
        for screen in app.screen_stack:
            if isinstance(screen, ReadingScreen):
                screen.on_tick()  # run the timer of each second now
                screen.references.look_up_related()  # and that of related stories
        # A dialog's worker waits for the user, so it does not count.
        if workers := [worker for worker in app.workers if worker.group != "dialog"]:
            await app.workers.wait_for_complete(workers)
        for input_widget in app.screen.query(Input):
            input_widget.cursor_blink = False
        await pilot.pause()
        picture = app.export_screenshot(title=title)
        if picture == previous and expected_text in extract_text(picture):
            return _replace_fonts(picture)
        previous = picture
        await asyncio.sleep(_POLL_INTERVAL)
    raise RuntimeError(f'The picture "{title}" keeps changing, or never shows "{expected_text}".')


def _replace_fonts(svg: str) -> str:
    """Replace web fonts by local ones, because viewers may have no network.

    `xml:space` keeps librsvg from dropping leading spaces, which are cells too.
    """
    svg = _FONT_FAMILY.sub(f"font-family: {FONTS}", _FONT_FACE.sub("", svg))
    return _FONT_SIZE.sub(f"font-size: {FONT_SIZE}", svg).replace("<svg ", '<svg xml:space="preserve" ', 1)


def _get_key(ref: str, library: Library) -> str:
    issue, position = library.resolve(ref)
    return library.get_story(issue, position or 1).key


def _add_forecast(scene: SceneForecast, library: Library) -> None:
    """Store an issue with the forecast, and what the user says about it."""
    blocks = (Paragraph((Span(scene.quote),)),)
    story = Story(f"forecast-{scene.number}", 1, StoryKind.STORY, scene.headline, blocks=blocks)
    issue = Issue(scene.number, f"{scene.number}", scene.headline, scene.date, None, (story,))
    library.store(issue, b"", f"{scene.number}.html")
    (forecast,) = library.get_forecasts(_NOW.date(), keys=[story.key])
    if scene.verdict:
        library.set_verdict(forecast, Verdict(scene.verdict))
    if scene.note:
        library.set_forecast_note(forecast, scene.note)


def _make_registers(annotations: Sequence[SceneAnnotation], library: Library) -> list[Register]:
    """Return the annotations with times of their own: the state would store the time at which the picture is drawn."""
    registers = []
    for number, annotation in enumerate(annotations):
        at = _NOW.replace(day=annotation.day, minute=59 - number)
        values = {f"tag:{name}": at.isoformat(timespec="seconds") for name in annotation.tags}
        if annotation.quote:
            highlight = Highlight("", annotation.quote, annotation.text or None, 0)
            values[f"highlight:{number:08x}"] = highlight.to_json()
        elif annotation.text:
            values["note"] = annotation.text
        key = _get_key(annotation.ref, library)
        registers += [Register(key, field, value, to_timestamp(at), "picture") for field, value in values.items()]
    return registers
