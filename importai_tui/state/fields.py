"""The fields of a story's state and their validation; every function is pure.

A value may come from another machine's file, so it is cleaned here before it is stored.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from importai_tui.parse.clean import clean_line
from importai_tui.state.values import (
    MAX_NAME_LENGTH,
    MAX_TEXT_LENGTH,
    StateValueError,
    clean_value_text,
    dump_json,
    load_json,
)

if TYPE_CHECKING:
    Rank = tuple[str, bool, str, str, bool, str]
    RegisterKey = tuple[str, str]
    """A story's key and the name of a field."""

READ = "read"
STARRED = "starred"
NOTE = "note"
SCROLL_POSITION = "place"
OPENED = "opened"
"""Field of a work: the time at which the user first opened it."""
TAG_PREFIX = "tag:"
"""A tag's field is this prefix and the tag's name."""
HIGHLIGHT_PREFIX = "highlight:"
"""A highlight's field is this prefix and the highlight's id."""
FORECAST_PREFIX = "forecast:"
"""The field of a verdict is this prefix and the forecast's id."""
FORECAST_NOTE_PREFIX = "forecast_note:"
"""The field of a note on a forecast is this prefix and the forecast's id.

It is separate from the verdict, so that a verdict and a note from different machines are merged.
"""

MAX_HEADLINE_LENGTH = 1_000
"""Characters stored of a headline; it only shows the user what the key referred to."""

_TIME_PATTERN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?\+00:00", re.ASCII)
_MACHINE_PATTERN = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_ID_PATTERN = re.compile(r"[0-9a-f]{8}", re.ASCII)
_MAX_YEAR = "9000"
"""Every register's time is earlier, so that a later one can always be written."""
_MAX_CLOCK_SKEW = timedelta(days=7)
"""Maximum time by which the clock of another machine, or of this one yesterday, may be ahead and is still trusted."""
UNKNOWN_TIME = "0001-01-01T00:00:00.000000+00:00"
"""Time of a change whose own time is not trusted: older than all others."""
_MIN_YEAR = 2025
"""The program's first year. A clock that shows an earlier year is wrong, as on a machine without a battery."""
NO_LIMIT = "~"
"""Sorts after every time."""


class Edit(NamedTuple):
    """A new value for one field of one story; None removes the field."""

    key: str
    field: str
    value: str | None


class Register(NamedTuple):
    """Last-writer-wins register (LWW): the value of one field of one story, its time and its machine."""

    key: str
    field: str
    value: str | None
    at: str
    machine: str

    @property
    def edit(self) -> Edit:
        """The register without its time and machine."""
        return Edit(self.key, self.field, self.value)

    @property
    def row(self) -> tuple[str, str, str | None, str, str]:
        """The values of the table row, in the order of the columns."""
        return self.key, self.field, self.value, self.at, self.machine

    def with_key(self, key: str) -> Register:
        """Return the same register for another story."""
        return Register(key, self.field, self.value, self.at, self.machine)

    @property
    def rank(self) -> Rank:
        """The order of registers: the newer one wins, and ties have the same winner on every machine."""
        return self.rank_until(NO_LIMIT)

    def rank_until(self, limit: str) -> Rank:
        """Return the rank if times after `limit` are not trusted: such a register loses to all others.

        It also loses to a register whose time was corrected, so that no file can bring it back.
        """
        is_trusted = self.at <= limit
        time = self.at if is_trusted else UNKNOWN_TIME
        return time, is_trusted, self.at, self.machine, self.value is not None, self.value or ""


class StoryName(NamedTuple):
    """The story that a key refers to, in words that stay readable without the archive.

    `issue` is the issue's number as text, else its slug.
    """

    headline: str | None
    issue: str | None = None
    position: int | None = None


class Highlight(NamedTuple):
    """A passage that the user marked, with an optional remark. `paragraph` counts from 0."""

    id: str
    quote: str
    remark: str | None
    paragraph: int

    def to_json(self) -> str:
        """Return the value to store, a JSON object."""
        return dump_json({"quote": self.quote, "remark": self.remark, "paragraph": self.paragraph})

    @classmethod
    def from_json(cls, field: str, value: str) -> Highlight:
        """Create a highlight from its field and its stored value; raises StateValueError."""
        return _parse_highlight(field.removeprefix(HIGHLIGHT_PREFIX), value)


def pick_winners(registers: list[Register], limit: str = NO_LIMIT) -> dict[RegisterKey, Register]:
    """Return the winner of each story's field; times after `limit` are not trusted.

    The order of the registers and duplicates among them do not matter.
    """
    winners: dict[RegisterKey, Register] = {}
    for register in registers:
        present = winners.get((register.key, register.field))
        if present is None or register.rank_until(limit) > present.rank_until(limit):
            winners[register.key, register.field] = register
    return winners


def to_timestamp(at: datetime) -> str:
    """Format a register's time: ISO 8601 in UTC with microseconds, so that texts sort like the times."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def get_time_limit(now: datetime) -> str:
    """Return the latest trusted time of a register if the clock shows `now`."""
    if now.astimezone(UTC).year < _MIN_YEAR:
        return NO_LIMIT
    try:
        return to_timestamp(now + _MAX_CLOCK_SKEW)
    except OverflowError:  # the last week of the calendar
        return NO_LIMIT


def ensure_after(at: str, previous: str | None, limit: str = NO_LIMIT) -> str:
    """Return `at`, or a time just after `previous` if a clock went back, so that the last change wins.

    If `previous` is after `limit`, no machine trusts it, and `at` wins over it anyway.
    """
    if previous is None or at > previous or previous > limit:
        return at
    try:
        return to_timestamp(datetime.fromisoformat(previous) + timedelta(microseconds=1))
    except (ValueError, OverflowError):  # a damaged time
        return at


def is_mark(field: str) -> bool:
    """Return True if the field is a mark: set or not set, with the time of setting it as its value."""
    return field in (READ, STARRED, OPENED) or field.startswith(TAG_PREFIX)


def get_tag_field(name: str) -> str:
    """Return the field of the tag with this name; raises StateValueError if the name is empty or too long."""
    cleaned = clean_line(name.strip().lstrip("#"))
    if not 0 < len(cleaned) <= MAX_NAME_LENGTH:
        raise StateValueError(f"A tag must have 1 to {MAX_NAME_LENGTH} characters.")
    return TAG_PREFIX + cleaned


def fold_tag(name: str) -> str:
    """Return a tag in lower case and with hyphens for spaces, to compare spellings."""
    return name.casefold().replace(" ", "-")


def validate_edit(edit: Edit) -> Edit:
    """Return the edit with its value cleaned; cleaning a second time changes nothing.

    Raises:
        StateValueError: there is no such field, or the value does not have its form.
    """
    key, field, value = edit.key, edit.field, edit.value
    if not 0 < len(key) <= MAX_NAME_LENGTH or clean_line(key) != key:
        raise StateValueError(f'"{clean_line(key)[:MAX_NAME_LENGTH]}" is not a story key.')
    if field.startswith(TAG_PREFIX):
        if get_tag_field(field.removeprefix(TAG_PREFIX)) != field:
            raise StateValueError(f'"{clean_line(field)[:MAX_NAME_LENGTH]}" is not a valid tag.')
    elif field.startswith(HIGHLIGHT_PREFIX):
        if not _ID_PATTERN.fullmatch(field.removeprefix(HIGHLIGHT_PREFIX)):
            raise StateValueError(f'"{clean_line(field)[:MAX_NAME_LENGTH]}" is not a valid highlight.')
    elif field.startswith((FORECAST_PREFIX, FORECAST_NOTE_PREFIX)):
        if not _ID_PATTERN.fullmatch(field.partition(":")[2]):
            raise StateValueError(f'"{clean_line(field)[:MAX_NAME_LENGTH]}" is not a valid forecast.')
    elif field not in (READ, STARRED, NOTE, SCROLL_POSITION, OPENED):
        raise StateValueError(f'Unknown field "{clean_line(field)[:MAX_NAME_LENGTH]}".')
    return Edit(key, field, None if value is None else _clean_value(field, value))


def validate_register(register: Register) -> Register:
    """Return the register with its value and time cleaned.

    Raises:
        StateValueError: as for `validate_edit`, or the time or the machine is not valid.
    """
    if not _MACHINE_PATTERN.fullmatch(register.machine):
        raise StateValueError("The machine name is missing or invalid.")
    at = to_timestamp(_parse_time(register.at))
    if at >= _MAX_YEAR:
        raise StateValueError("Its time is too far in the future.")
    edit = validate_edit(register.edit)
    return Register(edit.key, edit.field, edit.value, at, register.machine)


def clean_story_name(headline: object, issue: object) -> StoryName:
    """Return a story's name from another machine's file; values that are not text are ignored."""
    headline = clean_line(headline)[:MAX_HEADLINE_LENGTH] if isinstance(headline, str) else None
    issue = clean_line(issue)[:MAX_NAME_LENGTH] if isinstance(issue, str) else None
    return StoryName(headline or None, issue or None)


def _clean_value(field: str, value: str) -> str | None:
    if is_mark(field):
        _parse_time(value)
        return value
    if field == NOTE:
        return clean_value_text(value) or None
    if field == SCROLL_POSITION:
        return _clean_scroll_position(value)
    if field.startswith((FORECAST_PREFIX, FORECAST_NOTE_PREFIX)):
        # Imported here, because few changes are about forecasts.
        from importai_tui.state.forecasts import ForecastRecord

        return ForecastRecord.from_json(field.partition(":")[2], value).to_json()
    return _parse_highlight(field.removeprefix(HIGHLIGHT_PREFIX), value).to_json()


def _parse_time(value: str) -> datetime:
    try:
        if _TIME_PATTERN.fullmatch(value):
            return datetime.fromisoformat(value)
    except ValueError:
        pass
    raise StateValueError(f'"{clean_line(value[:40])}" is not a time like 2025-03-03T12:00:00+00:00.')


def _clean_scroll_position(value: str) -> str:
    # Twice the length, because the blanks between the values are removed.
    position = load_json(value) if len(value) <= 2 * MAX_NAME_LENGTH else None
    text = dump_json(position) if isinstance(position, (dict, list)) else ""
    if not 0 < len(text) <= MAX_NAME_LENGTH or clean_line(text) != text:
        raise StateValueError(
            f"A scroll position must be a JSON list or object of at most {MAX_NAME_LENGTH} characters."
        )
    return text


def _parse_highlight(id: str, value: str) -> Highlight:
    match load_json(value):
        case {"quote": str(quote), "remark": str() | None as remark, "paragraph": int(paragraph)}:
            is_number = not isinstance(paragraph, bool) and 0 <= paragraph <= MAX_TEXT_LENGTH
            if is_number and (quote := clean_value_text(quote)):
                return Highlight(id, quote, clean_value_text(remark or "") or None, paragraph)
    raise StateValueError("A highlight needs a quote, a paragraph number, and optionally a comment.")
