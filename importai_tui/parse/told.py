"""What a person says of an issue. It imports nothing, so that a command line can say it before any parser is there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Told:
    """Number, title and date (YYYY-MM-DD), as far as they were told; they win over what any document says."""

    number: int | None = None
    title: str | None = None
    date: str | None = None

    def __bool__(self) -> bool:
        """Whether anything was told."""
        return (self.number, self.title, self.date) != (None, None, None)
