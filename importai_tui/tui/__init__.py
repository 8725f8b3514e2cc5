"""The reader in the terminal: the only rooms where textual is imported. They ask the library and never touch SQL."""

from __future__ import annotations

import os

os.environ.setdefault("TEXTUAL_FPS", "240")
"""Paintings a second at most: with 60, Textual's own, a key can wait 30 ms for one. Read when Textual is imported."""
