"""The pictures of the README show the reader as it is now."""

from __future__ import annotations

from pathlib import Path

import pytest

from screenshots import make
from screenshots.drawing import DRAWN_WITH, draw_scene, draw_session
from screenshots.scenes import SCENES, Scene
from tests.tui.fast_textual import speed_up_textual

PICTURES = Path(make.__file__).parent
DRAW = "draw it anew: python -m screenshots.make"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    speed_up_textual(monkeypatch)
    monkeypatch.delenv("NO_COLOR", raising=False)


def drawn_before(picture: Path) -> bytes:
    """The file, if what drew it draws today: another version of Textual or Rich draws the same scene otherwise."""
    before = picture.read_bytes()
    if DRAWN_WITH.encode() not in before:
        pytest.skip(f"{picture.name} was drawn with other versions than these: {DRAWN_WITH}")
    return before


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
async def test_a_picture_shows_the_reader_as_it_is(scene: Scene) -> None:
    before = drawn_before(PICTURES / f"{scene.name}.svg").decode()
    assert await draw_scene(scene) == before, f"{scene.name}.svg is stale; {DRAW} {scene.name}"


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_png_was_drawn_from_its_svg(scene: Scene) -> None:
    svg = (PICTURES / f"{scene.name}.svg").read_text(encoding="utf-8")
    drawn_with = svg.partition("<!-- ")[2].partition(" -->")[0]
    mark = make.build_fingerprint(svg, drawn_with=drawn_with)
    assert mark in (PICTURES / f"{scene.name}.png").read_bytes(), f"{scene.name}.png is stale; {DRAW} {scene.name}"


async def test_the_session_shows_the_reader_as_it_is() -> None:
    before = drawn_before(PICTURES / f"{make.SESSION_NAME}.gif")
    mark = make.build_fingerprint(*(svg for svg, _ in await draw_session()))
    assert mark in before, f"{make.SESSION_NAME}.gif is stale; {DRAW} {make.SESSION_NAME}"


def test_no_picture_is_left_that_nothing_draws() -> None:
    there = {path.name for path in PICTURES.iterdir() if path.suffix in (".svg", ".png", ".gif")}
    drawn = {f"{scene.name}.{form}" for scene in SCENES for form in ("svg", "png")}
    assert there == {*drawn, f"{make.SESSION_NAME}.gif"}
