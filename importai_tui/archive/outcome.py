"""What storing an issue did."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from importai_tui.archive.shelf import Entry


class Outcome(StrEnum):
    """What storing an issue did."""

    IMPORTED = "imported"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class Storing(NamedTuple):
    """What storing an issue did, and how it stands in the archive by then."""

    outcome: Outcome
    entry: Entry
