"""The language of searches: what a typed line asks for, as plain values. It knows no archive and no mark."""

from importai_tui.query.conditions import (
    CitedHost,
    CitedKind,
    CitedWork,
    Condition,
    Days,
    Issues,
    Kinds,
    Marked,
    Words,
)
from importai_tui.query.query import Clause, Query, Sort
from importai_tui.query.reading import read_query

__all__ = [
    "CitedHost",
    "CitedKind",
    "CitedWork",
    "Clause",
    "Condition",
    "Days",
    "Issues",
    "Kinds",
    "Marked",
    "Query",
    "Sort",
    "Words",
    "read_query",
]
