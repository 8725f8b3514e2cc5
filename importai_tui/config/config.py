"""What is set, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from importai_tui.errors import ReaderError


class BadSetting(ReaderError):
    """Settings cannot be understood. Each fault is a sentence that names the file, the line and the key."""

    def __init__(self, *faults: str) -> None:
        more = f" (and {len(faults) - 1} more: importai-tui config)" if len(faults) > 1 else ""
        super().__init__(faults[0] + more)
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Config:
    """What is set.

    `measure`: cells; `theme`: a name, "terminal" for the terminal's own colours. None for either: as the reader was
    left. `read_after`: a story becomes read when it was in view for two fifths of its reading time, eight seconds at
    the least ("auto"), or for so many seconds; and, in each of these cases and in "end", when one has paged to its
    end; "never": by command alone.

    `sources` and `back_catalogue` are names of sources or addresses: what every sync asks, and where holes and the
    past come from (None: nowhere). The reader syncs when it starts and the last sync was more than
    `start_after_hours` ago, and again every `every_hours` while it is open; 0 is never. `metered`: the network costs
    money, so the reader never syncs unasked.

    `opener` is a program and its arguments; "%s" stands for the address, else it is added. `shared_folder`: what
    carries the reading state between machines (None: nothing does); it need not be there now. `preset` names a set of
    keys ("": none), `keys` are those that a person has given to commands, by their ids; empty for no key.
    """

    measure: int | None = None
    read_after: str | float = "auto"
    theme: str | None = None
    sources: tuple[str, ...] = ("substack",)
    back_catalogue: str | None = "mirror"
    start_after_hours: float = 6
    every_hours: float = 0
    metered: bool = False
    opener: tuple[str, ...] = ()
    shared_folder: Path | None = None
    preset: str = ""
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def start_after(self) -> timedelta | None:
        """How old the last sync may be before the reader syncs at its start; None for never."""
        return timedelta(hours=self.start_after_hours) if self.start_after_hours and not self.metered else None

    @property
    def every(self) -> timedelta | None:
        """How long after the last sync the reader that stays open syncs again; None for never."""
        return timedelta(hours=self.every_hours) if self.every_hours and not self.metered else None
