"""Finds sentences in which the author scores a forecast of an earlier issue."""

from __future__ import annotations

import re
from typing import NamedTuple

from importai_tui.model import Story

_CUE = re.compile(r"(?i)\bprediction confirmed\b")


class Scoring(NamedTuple):
    """A sentence that scores an earlier forecast, with the numbers of the issues that it or its paragraph mentions."""

    sentence: str
    issues: tuple[int, ...]


def find_scorings(story: Story) -> tuple[Scoring, ...]:
    """Return the sentences that score an earlier forecast ("Prediction confirmed"), in the order of the text."""
    return tuple(Scoring(line, ()) for line in story.text.splitlines() if _CUE.search(line))
