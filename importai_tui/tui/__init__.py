"""The terminal interface: the only package that imports textual. It asks the library and never uses SQL."""

from __future__ import annotations

import os

os.environ.setdefault("TEXTUAL_FPS", "240")
# Frames a second at most. With 60, Textual's default, a key can wait 30 ms. Textual reads it when it is imported.
