"""The pictures of the README can be drawn, and still resemble the reader."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from screenshots import make
from screenshots.drawing import draw_scene, draw_session, extract_text
from screenshots.scenes import SCENES, SESSION, Scene
from tests.tui.fast_textual import speed_up_textual

PICTURES = Path(make.__file__).parent
MIN_SIMILARITY = 0.85
"""Share of equal words. A new row in a table leaves a picture valid; a new layout or new texts do not."""


@pytest.fixture(autouse=True)
def fast_textual(monkeypatch: pytest.MonkeyPatch) -> None:
    speed_up_textual(monkeypatch)
    monkeypatch.delenv("NO_COLOR", raising=False)


def count_words(svg: str) -> Counter[str]:
    return Counter(extract_text(svg.partition("</style>")[2]).split())


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
async def test_picture_resembles_the_reader(scene: Scene) -> None:
    stored = count_words((PICTURES / f"{scene.name}.svg").read_text(encoding="utf-8"))
    drawn = count_words(await draw_scene(scene))
    similarity = 2 * (stored & drawn).total() / (stored.total() + drawn.total())
    assert similarity >= MIN_SIMILARITY, f"draw it again: python -m screenshots.make {scene.name}"


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_png_was_drawn_from_its_svg(scene: Scene) -> None:
    fingerprint = make.build_fingerprint((PICTURES / f"{scene.name}.svg").read_text(encoding="utf-8"))
    png = (PICTURES / f"{scene.name}.png").read_bytes()
    assert fingerprint in png, f"draw it again: python -m screenshots.make {scene.name}"


async def test_session_shows_every_step() -> None:
    assert len(await draw_session()) == len(SESSION)  # drawing fails for a step without its expected text


def test_every_picture_has_a_scene() -> None:
    stored = {path.name for path in PICTURES.iterdir() if path.suffix in (".svg", ".png", ".gif")}
    expected = {f"{scene.name}.{suffix}" for scene in SCENES for suffix in ("svg", "png")}
    assert stored == {*expected, f"{make.SESSION_NAME}.gif"}
