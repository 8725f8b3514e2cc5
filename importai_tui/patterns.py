"""Regular expressions that are compiled when they are first asked something, for what every command imports.

To compile one takes up to a millisecond and a half, and a command that prints a list asks hardly any of them.
"""

from __future__ import annotations

import re

from importai_tui.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


def pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """The pattern, not compiled yet."""
    later: Any = _Later(source, flags)
    return later  # type: ignore[no-any-return]


class _Later:
    """A pattern whose methods come to lie in it as they are used: from then on it is as quick as any."""

    def __init__(self, source: str, flags: int) -> None:
        self._source, self._flags = source, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._source, self._flags), name)
        setattr(self, name, found)
        return found
