"""Forecasts with the user's verdicts: sentences that the rules have found, and those that the user has added."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from importai_tui.forecasts.due_dates import compute_due
from importai_tui.forecasts.forecast import Speaker
from importai_tui.model import format_issue_ref
from importai_tui.state.forecasts import ForecastRecord, Verdict

if TYPE_CHECKING:
    from importai_tui.archive.archive import Archive
    from importai_tui.archive.catalog import CatalogEntry
    from importai_tui.archive.forecasts import StoredForecast, StoredScoring
    from importai_tui.state.fields import StoryName
    from importai_tui.state.reading_state import ReadingState

_WORD = re.compile(r"[^\W_]{4,}")
_NUMBER = re.compile(r"\d+")
_STEM_LENGTH = 6
"""Letters of a word that are compared, so that "robots" and "robotics" are alike."""
_FORECAST_WORDS = frozenset(("confir", "expect", "foreca", "guess", "import", "predic", "will"))
"""Beginnings of words that say nothing of what a forecast is about."""


class ForecastStatus(StrEnum):
    """The status of a forecast: that the rules have found it, or the user's verdict."""

    CANDIDATE = "candidate"
    OPEN = "open"
    RIGHT = "right"
    WRONG = "wrong"
    VOID = "void"
    DISMISSED = "dismissed"

    @property
    def is_scored(self) -> bool:
        """True if the user has said how it came out."""
        return self in (ForecastStatus.RIGHT, ForecastStatus.WRONG, ForecastStatus.VOID)


STATUS_WORDS = frozenset((*(status.value for status in ForecastStatus), "due"))
"""The words of a filter that are about status and group, not about the text."""


class ForecastGroup(IntEnum):
    """The groups of a list of forecasts, in their order."""

    DUE = 1
    """Due, and not scored."""
    OPEN = 2
    SCORED = 3
    DISMISSED = 4


class Forecast(NamedTuple):
    """A forecast with what is known of it.

    `ref` is None if the archive lacks the story; the values then come from the reading state. `start` is the offset of
    the quote in the story's text; None if the rules do not find it there. `said` is the day of the issue. `scored_in`
    has the references of later stories that seem to score it, the oldest first.
    """

    id: str
    key: str
    ref: str | None
    headline: str
    quote: str
    start: int | None
    said: date | None
    said_estimated: bool
    due: date | None
    due_text: str
    speaker: Speaker
    probability: float | None
    status: ForecastStatus
    note: str | None
    is_by_hand: bool
    scored_in: tuple[str, ...] = ()

    @property
    def due_estimated(self) -> bool:
        """True if there is a due date that counts from an estimated date of the issue."""
        is_relative = self.due is not None and not self.is_by_hand and _compute_due(self.due_text, None) is None
        return is_relative and self.said_estimated

    @property
    def is_own(self) -> bool:
        """True if it is the author's, or was added by hand: those are listed without being asked for."""
        return self.speaker is Speaker.AUTHOR or self.is_by_hand

    def is_due(self, today: date) -> bool:
        """Return True if it is due by today and not scored."""
        return self.get_group(today) is ForecastGroup.DUE

    def get_group(self, today: date) -> ForecastGroup:
        """Return the group to which it belongs today."""
        if self.status is ForecastStatus.DISMISSED:
            return ForecastGroup.DISMISSED
        if self.status.is_scored:
            return ForecastGroup.SCORED
        return ForecastGroup.DUE if self.due and self.due <= today else ForecastGroup.OPEN

    def to_record(self) -> ForecastRecord:
        """Return it as the reading state has it."""
        is_judged = self.status is not ForecastStatus.CANDIDATE
        return ForecastRecord(
            id=self.id,
            quote=self.quote,
            verdict=Verdict(self.status.value) if is_judged else Verdict.OPEN,
            note=self.note,
            due_text=self.due_text,
            said=self.said,
            due=self.due,
            speaker=self.speaker,
            probability=self.probability,
            is_by_hand=self.is_by_hand,
        )


def load_forecasts(
    archive: Archive,
    state: ReadingState,
    today: date,
    *,
    keys: Sequence[str] | None = None,
    with_others: bool = False,
    with_dismissed: bool = False,
) -> tuple[Forecast, ...]:
    """Return the forecasts: due ones first, then open ones by their due date, then scored ones, the latest first.

    Args:
        archive: the stories and what the rules have found in them.
        state: the user's verdicts.
        today: the day by which a forecast is due.
        keys: only those of the stories with these keys.
        with_others: also those of people whom the author quotes; one that was added by hand is always there.
        with_dismissed: also those that the user has dismissed; they come last.
    """
    loader = _Loader(archive, state)
    forecasts = [
        forecast
        for forecast in loader.load(keys)
        if (with_others or forecast.is_own) and (with_dismissed or forecast.status is not ForecastStatus.DISMISSED)
    ]
    return tuple(sorted(forecasts, key=lambda forecast: _make_sort_key(forecast, today)))


def filter_forecasts(forecasts: Iterable[Forecast], typed: str, today: date) -> list[Forecast]:
    """Return the forecasts with every typed word in the quote, headline, note, reference, or the words of its date.

    The name of a status or group is one: `right`, `wrong`, `void`, `open`, `due`, `dismissed`. In quotes it is a word.
    """
    words = typed.casefold().split()
    statuses = [word for word in words if word in STATUS_WORDS]
    texts = [word.strip('"“”') for word in words if word not in STATUS_WORDS]
    return [
        forecast
        for forecast in forecasts
        if all(_has_status(forecast, word, today) for word in statuses) and _has_words(forecast, texts)
    ]


def _has_status(forecast: Forecast, word: str, today: date) -> bool:
    if word == "due":
        return forecast.is_due(today)
    if word == ForecastStatus.OPEN:
        return forecast.status in (ForecastStatus.OPEN, ForecastStatus.CANDIDATE)
    return forecast.status == word


def _has_words(forecast: Forecast, words: Sequence[str]) -> bool:
    if not words:
        return True
    due = forecast.due.isoformat() if forecast.due else ""
    parts = (forecast.quote, forecast.headline, forecast.note, forecast.ref, forecast.due_text, due)
    text = "\n".join(part for part in parts if part).casefold()
    return all(word in text for word in words)


def _make_sort_key(forecast: Forecast, today: date) -> tuple[object, ...]:
    group = forecast.get_group(today)
    days = forecast.due.toordinal() if forecast.due else date.max.toordinal()
    if group is ForecastGroup.SCORED:
        days = -days if forecast.due else 0
    said = forecast.said.toordinal() if forecast.said else 0
    return group, days, said, forecast.key, forecast.start or 0, forecast.id


@lru_cache(maxsize=4096)
def _compute_due(due_text: str, said: date | None) -> date | None:
    return compute_due(due_text, said)


def parse_day(text: str | None) -> date | None:
    """Return the day of an issue; None if it is unknown or damaged."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


_MIN_EDIT_RATIO = 0.8
"""From this share of common words on a sentence is an edit of another one."""
_Place = tuple[str, str]
"""The story's key and the forecast's id."""


def _match_edited(
    records: Mapping[_Place, ForecastRecord], found: dict[_Place, StoredForecast]
) -> dict[_Place, StoredForecast]:
    """Take forecasts out of `found` that are edits of a record, and return them with the record's id.

    So a verdict stays when the sentence is edited, and when newer rules cut it at another place.
    """
    free: dict[str, list[StoredForecast]] = {}
    for place, stored in found.items():
        if place not in records:
            free.setdefault(place[0], []).append(stored)
    edited: dict[_Place, StoredForecast] = {}
    for (key, id), record in records.items():
        if (key, id) in found:
            continue
        if edit := next((one for one in free.get(key, ()) if _is_edit(record.quote, one.quote)), None):
            free[key].remove(edit)
            del found[key, edit.id]
            edited[key, id] = edit._replace(id=id)
    return edited


def _is_edit(one: str, other: str) -> bool:
    """Return True if one sentence contains the other, or has the same numbers and most of the words."""
    one, other = (" ".join(text.casefold().split()) for text in (one, other))
    if one in other or other in one:
        return True
    if _NUMBER.findall(one) != _NUMBER.findall(other):  # lists of predictions differ in little else
        return False
    # Words are counted, because to compare their order takes minutes for stories with many long sentences.
    words, other_words = Counter(one.split()), Counter(other.split())
    common = (words & other_words).total()
    return 2 * common >= _MIN_EDIT_RATIO * (words.total() + other_words.total())


class _Loader:
    """Joins the forecasts of the archive and those of the reading state."""

    def __init__(self, archive: Archive, state: ReadingState) -> None:
        self._archive = archive
        self._state = state
        self._entries = {entry.id: entry for entry in self._archive.get_entries()}

    def load(self, keys: Sequence[str] | None) -> list[Forecast]:
        """Return all forecasts of these stories, in any order."""
        records = self._load_records(keys)
        found = {(stored.key, stored.id): stored for stored in self._archive.get_forecasts(keys)}
        found |= _match_edited({place: record for place, (_, record) in records.items()}, found)
        forecasts = []
        for place, stored in found.items():
            _, record = records.pop(place, (None, None))
            if made := self._make_found(stored, record):
                forecasts.append(made)
        places = {(stored.id, name) for stored in found.values() for name in self._get_issue_names(stored.issue_id)}
        return self._add_scorings([*forecasts, *self._make_own(records, places)])

    def _get_issue_names(self, issue_id: int) -> tuple[str, ...]:
        """Return the names that the reading state may have for an issue."""
        entry = self._entries.get(issue_id)
        return (entry.ref, entry.slug) if entry else ()

    def _load_records(self, keys: Sequence[str] | None) -> dict[tuple[str, str], tuple[StoryName, ForecastRecord]]:
        state = self._state
        rows = state.get_forecasts() if keys is None else [row for key in keys for row in state.get_forecasts(key)]
        return {(key, record.id): (name, record) for key, name, record in rows}

    def _make_found(self, stored: StoredForecast, record: ForecastRecord | None) -> Forecast | None:
        """Return a forecast of the archive; None if it was already due when it was said, and has no verdict."""
        entry = self._entries.get(stored.issue_id)
        if entry is None:  # another process has just stored it
            return None
        day = entry.date or self._archive.estimate_date(entry.number)
        said = parse_day(day)
        due = _compute_due(stored.due_text, said)
        if record is None and due and said and (due.year, due.month) <= (said.year, said.month):
            return None
        due_text = stored.due_text
        if record and record.is_by_hand:  # the words may be the user's too
            due, due_text = record.due, record.due_text
        found_speaker = Speaker.AUTHOR if stored.speaker == Speaker.AUTHOR else Speaker.OTHER
        return Forecast(
            id=stored.id,
            key=stored.key,
            ref=f"{entry.ref}/{stored.position}",
            headline=stored.headline,
            quote=stored.quote,
            start=stored.start,
            said=said,
            said_estimated=said is not None and not entry.date,
            due=due,
            due_text=due_text,
            speaker=record.speaker if record else found_speaker,
            probability=stored.probability,
            status=ForecastStatus(record.verdict.value) if record else ForecastStatus.CANDIDATE,
            note=record.note if record else None,
            is_by_hand=record is not None and record.is_by_hand,
        )

    def _make_own(
        self, records: Mapping[_Place, tuple[StoryName, ForecastRecord]], found_places: set[tuple[str, str]]
    ) -> list[Forecast]:
        """Return the forecasts that only the reading state has.

        A state stays at the old key of a story, and a quote may have moved to another story. So of several with one id
        only one is returned, and none if the rules find it elsewhere in the issue. `found_places` has pairs of a
        forecast's id and a name of its issue.
        """
        found = self._archive.find_stories([key for key, _ in records])
        stored = {
            key: (self._entries[issue_id], position, headline)
            for key, (issue_id, position, headline) in found.items()
            if issue_id in self._entries
        }
        own: dict[tuple[str, str], Forecast] = {}
        for (key, id), (name, record) in records.items():
            issue = name.issue or ""
            if (id, issue) not in found_places and ((id, issue) not in own or key in stored):
                own[id, issue] = self._make_from_record(key, name, record, stored.get(key))
        return list(own.values())

    def _make_from_record(
        self, key: str, name: StoryName, record: ForecastRecord, place: tuple[CatalogEntry, int, str] | None
    ) -> Forecast:
        ref, headline, said, is_estimated = None, name.headline or key, record.said, False
        if place:
            entry, position, headline = place
            ref = f"{entry.ref}/{position}"
            said = parse_day(entry.date or self._archive.estimate_date(entry.number))
            is_estimated = said is not None and not entry.date
        return Forecast(
            id=record.id,
            key=key,
            ref=ref,
            headline=headline,
            quote=record.quote,
            start=None,
            said=said,
            said_estimated=is_estimated,
            due=record.due,
            due_text=record.due_text,
            speaker=record.speaker,
            probability=record.probability,
            status=ForecastStatus(record.verdict.value),
            note=record.note,
            is_by_hand=record.is_by_hand,
        )

    def _add_scorings(self, forecasts: list[Forecast]) -> list[Forecast]:
        """Return the forecasts with the stories that score them."""
        scorings = self._archive.get_scorings()
        by_issue: dict[str, list[Forecast]] = {}
        for forecast in forecasts if scorings else ():
            if forecast.ref:
                by_issue.setdefault(forecast.ref.rpartition("/")[0], []).append(forecast)
        scored: dict[tuple[str, str], list[str]] = {}
        for scoring in scorings:
            entry = self._entries.get(scoring.issue_id)
            if entry is None or (entry.number is not None and entry.number <= scoring.number):
                continue
            said_there = by_issue.get(format_issue_ref(scoring.number, ""), [])
            for forecast in _choose_scored(scoring, said_there):
                scored.setdefault((forecast.key, forecast.id), []).append(f"{entry.ref}/{scoring.position}")
        return [
            forecast._replace(scored_in=tuple(dict.fromkeys(scored.get((forecast.key, forecast.id), ()))))
            for forecast in forecasts
        ]


def _choose_scored(scoring: StoredScoring, forecasts: Sequence[Forecast]) -> list[Forecast]:
    """Return the forecasts of the mentioned issue that share most words with the sentence that scores one.

    A word that several of them have counts less, and one that all have not at all. Without a common word it is the
    only forecast, or none.
    """
    if len(forecasts) < 2:
        return list(forecasts)
    words = _find_words(f"{scoring.sentence} {scoring.headline}")
    texts = [_find_words(f"{forecast.quote} {forecast.headline}") for forecast in forecasts]
    counts = Counter(word for text in texts for word in text)
    overlaps = [sum(1 / counts[word] for word in text & words if counts[word] < len(forecasts)) for text in texts]
    best = max(overlaps)
    return [x for x, overlap in zip(forecasts, overlaps, strict=True) if best and overlap == best]


def _find_words(text: str) -> set[str]:
    return {word[:_STEM_LENGTH] for word in _WORD.findall(text.casefold())} - _FORECAST_WORDS
