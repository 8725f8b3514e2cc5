"""Which parser this is: a module of its own, for whoever only asks whether pages must be read again."""

from __future__ import annotations

PARSER_VERSION = 3
"""Raised when the same page gives another issue, so that the archive knows to read its pages again."""
