"""Reads the forecasts that the rules have found, with their stories, and the sentences that score one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from importai_tui.sqlite import MAX_PARAMETERS, Database, placeholders


class StoredForecast(NamedTuple):
    """A forecast of a stored story; `issue_id` and `position` say where. The rest is as in `FoundForecast`."""

    key: str
    headline: str
    issue_id: int
    position: int
    id: str
    quote: str
    due_text: str
    speaker: str
    start: int
    probability: float | None


class StoredScoring(NamedTuple):
    """A sentence of a stored story that scores a forecast of the issue `number`."""

    issue_id: int
    position: int
    headline: str
    number: int
    sentence: str


def load_forecasts(database: Database, keys: Sequence[str] | None = None) -> list[StoredForecast]:
    """Return the forecasts of the stories with these keys, or all of them; in a story in the order of the text."""
    if keys is None:
        return _query_forecasts(database, "1", ())
    found: list[StoredForecast] = []
    for start in range(0, len(keys), MAX_PARAMETERS):
        some = keys[start : start + MAX_PARAMETERS]
        found += _query_forecasts(database, f"s.key IN ({placeholders(some)})", some)
    return found


def load_scorings(database: Database) -> list[StoredScoring]:
    """Return all sentences that score a forecast, oldest story first."""
    sql = """SELECT s.issue_id, s.position, s.headline, number, sentence
        FROM scoring JOIN story AS s ON s.id = story_id ORDER BY story_id, n"""
    return [StoredScoring(*row) for row in database.query(sql)]


def _query_forecasts(database: Database, condition: str, values: Sequence[str]) -> list[StoredForecast]:
    # Cast, because SQLite may return bytes, a number or a text from a damaged file.
    texts = ", ".join(f"CAST({name} AS TEXT)" for name in ("f.id", "quote", "due_text", "speaker"))
    sql = f"""SELECT s.key, s.headline, s.issue_id, s.position, {texts},
            CAST(start AS INTEGER), CAST(probability AS REAL)
        FROM forecast AS f JOIN story AS s ON s.id = f.story_id
        WHERE {condition} AND s.issue_id IN (SELECT id FROM issue) ORDER BY f.story_id DESC, n"""
    return [StoredForecast(*row) for row in database.query(sql, values)]
