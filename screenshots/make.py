"""Draws the pictures of the README from the built-in guide: headless, in a throw-away home, the same on every run.

    python screenshots/make.py

Each picture is written twice: as SVG, which asks its viewer for a monospaced font, and as PNG, drawn by `rsvg-convert`
(librsvg 2.54 or newer) with JetBrains Mono where that is installed, else with the system's own monospaced font.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from importai_tui.guide import open_demo
from importai_tui.library import Library
from importai_tui.opener import Opened
from importai_tui.tui.app import ReaderApp

HERE = Path(__file__).parent
FONTS = "'JetBrains Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace"
FONT_SIZE = "20.333px"
"""The exporter's cells are 12.2 wide, and JetBrains Mono is 0.6 of its size: at this one the letters meet the cells."""
PIXELS_A_CELL = 11.5

_FONT_FACE = re.compile(r"@font-face\s*\{.*?\}", re.DOTALL)
_FONT_FAMILY = re.compile(r"font-family:[^;}]*")
_FONT_SIZE = re.compile(r"font-size: 20px")


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture: a window of so many cells, what is open in it, and the keys that were pressed before."""

    name: str
    size: tuple[int, int]
    ref: str
    keys: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    starred: tuple[str, ...] = ()


SCENES = (
    Scene("wide", (140, 40), "1/4", read=("3/1", "3/2", "3/3", "3/4", "2/1", "1/2"), starred=("1/1",)),
    Scene("paper", (140, 40), "3/4", keys=("T",), read=("3/1", "3/2", "1/3"), starred=("3/5",)),
    Scene("medium", (120, 40), "2/2", read=("3/1", "3/2", "3/3", "3/4", "3/5", "2/1")),
    Scene("tale", (90, 40), "2/4", keys=("z",)),
    Scene("narrow", (80, 24), "3/1"),
    Scene("phone", (40, 12), "3/1"),
    Scene("help", (120, 40), "3/1", keys=("question_mark",)),
)


def main() -> None:
    """Draw every scene and say what was written."""
    for scene in SCENES:
        picture = HERE / f"{scene.name}.svg"
        picture.write_text(with_local_fonts(asyncio.run(drawn(scene))), encoding="utf-8")
        width = round(scene.size[0] * PIXELS_A_CELL)
        subprocess.run(
            ["rsvg-convert", f"--width={width}", f"--output={picture.with_suffix('.png')}", picture], check=True
        )
        print(f"{picture.stem}: {scene.size[0]}x{scene.size[1]}")


async def drawn(scene: Scene) -> str:
    """The scene as SVG. The clock stands still, so that no story becomes read while it is drawn."""
    with open_demo() as library:
        library.mark([_key(library.resolve(ref), library) for ref in scene.read], read=True)
        library.mark([_key(library.resolve(ref), library) for ref in scene.starred], starred=True)
        app = ReaderApp(library, opener=_no_browser, open_guide=open_demo, clock=lambda: 0.0, ref=scene.ref, guide=True)
        async with app.run_test(size=scene.size) as pilot:
            await pilot.pause()
            await pilot.press(*scene.keys)
            await pilot.pause(0.5)  # the drawing of a story settles after its keys
            return app.export_screenshot(title="importai-tui")


def with_local_fonts(svg: str) -> str:
    """The picture without fonts from the network, since it is looked at in places that have none.

    Blanks that open a run of text are cells too: `xml:space` keeps librsvg from dropping them.
    """
    svg = _FONT_FAMILY.sub(f"font-family: {FONTS}", _FONT_FACE.sub("", svg))
    return _FONT_SIZE.sub(f"font-size: {FONT_SIZE}", svg).replace("<svg ", '<svg xml:space="preserve" ', 1)


def _key(place: tuple[str, int | None], library: Library) -> str:
    issue, position = place
    return library.story(issue, position or 1).key


def _no_browser(url: str) -> Opened:
    return Opened(False, url, "")


if __name__ == "__main__":
    main()
