"""Draws the pictures of the README anew: all of them, or those that are named.

    python -m screenshots.make [NAME…]

Each is written twice: as SVG, which asks its viewer for a monospaced font, and as PNG, drawn by `rsvg-convert` (librsvg
2.54 or newer) with JetBrains Mono where that is installed, else with the system's own monospaced font. The one that
moves is a GIF, for which Pillow is needed. A PNG and the GIF carry the mark of what they were drawn from.
"""

from __future__ import annotations

import asyncio
import os
import struct
import subprocess
import sys
import zlib
from hashlib import sha256
from io import BytesIO
from pathlib import Path

if not __package__:  # run by its path, it finds the others beside it all the same
    sys.path.insert(0, str(Path(__file__).parent.parent))

from screenshots.drawing import DRAWN_WITH, draw_scene, draw_session
from screenshots.scenes import SCENES, Scene

HERE = Path(__file__).parent
SESSION_NAME = "session"
_PIXELS_A_CELL = 11.5
_SESSION_WIDTH = 900
"""Pixels, as wide as a page shows it."""
_COLOURS = 128
_HEADER = 33
"""Bytes of a PNG's signature and first chunk, after which any other may stand."""


def main() -> None:
    """Draw what is wanted and say what was written."""
    os.environ.pop("NO_COLOR", None)
    wanted = sys.argv[1:] or [*(scene.name for scene in SCENES), SESSION_NAME]
    if unknown := set(wanted) - {SESSION_NAME, *(scene.name for scene in SCENES)}:
        sys.exit(f"No picture is called {', '.join(sorted(unknown))}. There are {', '.join(s.name for s in SCENES)}.")
    for scene in SCENES:
        if scene.name in wanted:
            _write(scene, asyncio.run(draw_scene(scene)))
            print(f"{scene.name}: {scene.size[0]}x{scene.size[1]}")
    if SESSION_NAME in wanted:
        frames = asyncio.run(draw_session())
        _write_session(frames)
        print(f"{SESSION_NAME}: {len(frames)} pictures, {sum(seconds for _, seconds in frames):g} s")


def build_fingerprint(*pictures: str, drawn_with: str = DRAWN_WITH) -> bytes:
    """What tells these SVGs from all others: it is written into what is drawn from them."""
    return f"{drawn_with}, {sha256(''.join(pictures).encode()).hexdigest()}".encode()


def _write(scene: Scene, svg: str) -> None:
    (HERE / f"{scene.name}.svg").write_text(svg, encoding="utf-8", newline="\n")
    png = _png(svg, round(scene.size[0] * _PIXELS_A_CELL))
    (HERE / f"{scene.name}.png").write_bytes(png[:_HEADER] + _text(build_fingerprint(svg)) + png[_HEADER:])


def _png(svg: str, width: int) -> bytes:
    program = ["rsvg-convert", f"--width={width}"]
    return subprocess.run(program, input=svg.encode(), stdout=subprocess.PIPE, check=True).stdout


def _text(words: bytes) -> bytes:
    """A `tEXt` chunk (PNG, 3rd edition, 11.3.3.2)."""
    body = b"tEXtSource\0" + words
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def _write_session(frames: list[tuple[str, float]]) -> None:
    # Imported here: nobody needs it to draw the pictures that stand still.
    from PIL import Image

    images = [Image.open(BytesIO(_png(svg, _SESSION_WIDTH))).convert("RGB") for svg, _ in frames]
    # One table of colours for all: what has not changed between two pictures then takes no room. It covers the
    # few letters in a colour of their own as well as the many in grey.
    both = Image.new("RGB", (_SESSION_WIDTH, images[0].height * 2))
    both.paste(images[0], (0, 0))
    both.paste(images[-1], (0, images[0].height))
    table = both.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    first, *rest = (image.quantize(palette=table, dither=Image.Dither.NONE) for image in images)
    first.save(
        HERE / f"{SESSION_NAME}.gif",
        save_all=True,
        append_images=rest,
        duration=[round(seconds * 1000) for _, seconds in frames],
        loop=0,
        comment=build_fingerprint(*(svg for svg, _ in frames)),
    )


if __name__ == "__main__":
    main()
