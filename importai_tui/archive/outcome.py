"""What storing an issue did."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Outcome(StrEnum):
    """What storing an issue did."""

    IMPORTED = "imported"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class Storing(NamedTuple):
    """What storing an issue did, and its id in the archive."""

    outcome: Outcome
    issue_id: int
