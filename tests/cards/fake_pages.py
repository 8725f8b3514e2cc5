"""Plays the sources of pages: GitHub, Hugging Face, YouTube."""

from __future__ import annotations

from collections.abc import Mapping

from tests.http.server import Handler

PAGE_HANDLERS: Mapping[str, Handler] = {}
"""As `fake_sources.HANDLERS`."""
PAGE_CONSTANTS: Mapping[str, tuple[str, str]] = {}
"""As `fake_sources.CONSTANTS`."""
