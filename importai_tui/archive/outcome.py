"""What storing an issue did."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from importai_tui.issue import Story


class Outcome(StrEnum):
    """What storing an issue did."""

    IMPORTED = "imported"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class Storing(NamedTuple):
    """What storing an issue did. `before`: its stories until now, in order, where the key of any is gone."""

    outcome: Outcome
    issue_id: int
    before: tuple[Story, ...] = ()
