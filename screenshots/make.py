"""Draws the pictures of the README: all of them, or the named ones.

    python -m screenshots.make [NAME…]

Each picture is written as SVG and as PNG. `rsvg-convert` (librsvg 2.54 or newer) draws the PNG, with JetBrains Mono if
it is installed, else with the monospaced font of the system. The animation is a GIF and needs Pillow. A PNG contains
the fingerprint of its SVG.
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

if not __package__:  # run by its path
    sys.path.insert(0, str(Path(__file__).parent.parent))

from screenshots.drawing import draw_scene, draw_session
from screenshots.scenes import SCENES, Scene

HERE = Path(__file__).parent
SESSION_NAME = "session"
_PIXELS_PER_CELL = 11.5
_SESSION_WIDTH = 900
"""Pixels; the width of a page on GitHub."""
_COLOURS = 128
_HEADER_SIZE = 33
"""Bytes of the signature and the first chunk of a PNG; other chunks may follow."""


def main() -> None:
    """Draw the pictures and print their names."""
    os.environ.pop("NO_COLOR", None)
    names = sys.argv[1:] or [*(scene.name for scene in SCENES), SESSION_NAME]
    if unknown := set(names) - {SESSION_NAME, *(scene.name for scene in SCENES)}:
        sys.exit(
            f"No picture has the name {', '.join(sorted(unknown))}. There are {', '.join(s.name for s in SCENES)}."
        )
    for scene in SCENES:
        if scene.name in names:
            _write_scene(scene, asyncio.run(draw_scene(scene)))
            print(f"{scene.name}: {scene.size[0]}x{scene.size[1]}")
    if SESSION_NAME in names:
        frames = asyncio.run(draw_session())
        _write_session(frames)
        print(f"{SESSION_NAME}: {len(frames)} frames, {sum(seconds for _, seconds in frames):g} s")


def build_fingerprint(svg: str) -> bytes:
    """Return the hash of an SVG; the PNG that is drawn from it contains this."""
    return sha256(svg.encode()).hexdigest().encode()


def _write_scene(scene: Scene, svg: str) -> None:
    (HERE / f"{scene.name}.svg").write_text(svg, encoding="utf-8", newline="\n")
    png = _draw_png(svg, round(scene.size[0] * _PIXELS_PER_CELL))
    (HERE / f"{scene.name}.png").write_bytes(
        png[:_HEADER_SIZE] + _build_text_chunk(build_fingerprint(svg)) + png[_HEADER_SIZE:]
    )


def _draw_png(svg: str, width: int) -> bytes:
    program = ["rsvg-convert", f"--width={width}"]
    return subprocess.run(program, input=svg.encode(), stdout=subprocess.PIPE, check=True).stdout


def _build_text_chunk(text: bytes) -> bytes:
    """Build a `tEXt` chunk (PNG, 3rd edition, 11.3.3.2)."""
    body = b"tEXtSource\0" + text
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def _write_session(frames: list[tuple[str, float]]) -> None:
    # Imported here, because only the animation needs Pillow.
    from PIL import Image

    images = [Image.open(BytesIO(_draw_png(svg, _SESSION_WIDTH))).convert("RGB") for svg, _ in frames]
    # One colour table for all frames, so unchanged parts cost no bytes. It is computed from three frames: the first and
    # the last have both themes, the middle one has the cursor of a list.
    samples = (images[0], images[len(images) // 2], images[-1])
    sample = Image.new("RGB", (_SESSION_WIDTH, images[0].height * len(samples)))
    for place, image in enumerate(samples):
        sample.paste(image, (0, place * image.height))
    palette_image = sample.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    first, *rest = (image.quantize(palette=palette_image, dither=Image.Dither.NONE) for image in images)
    first.save(
        HERE / f"{SESSION_NAME}.gif",
        save_all=True,
        append_images=rest,
        duration=[round(seconds * 1000) for _, seconds in frames],
        loop=0,
    )


if __name__ == "__main__":
    main()
