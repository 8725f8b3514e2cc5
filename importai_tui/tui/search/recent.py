"""The lines that were searched for last, as they are remembered. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence

from importai_tui.json_text import parse_json

MOST = 10
"""Lines: as many as one takes in at a glance, and half a small window."""


def read_recent(written: str | None) -> tuple[str, ...]:
    """What was remembered, newest first; a text of another version is none."""
    try:
        return tuple(str(line) for line in parse_json(written))[:MOST]
    except (ValueError, TypeError):
        return ()


def written_recent(lines: Sequence[str]) -> str:
    """As they are remembered."""
    return json.dumps(list(lines), ensure_ascii=False)


def with_recent(lines: Sequence[str], line: str) -> tuple[str, ...]:
    """With one more in front; each stands there once, however it was written."""
    new = " ".join(line.split())
    others = (other for other in lines if other.casefold() != new.casefold())
    return (new, *others)[:MOST] if new else tuple(lines)
