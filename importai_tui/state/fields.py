"""What may be kept of a story, field by field, and in what form. Pure: values in, values out.

A value may come from a file of another machine, so it is made safe here before it is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from importai_tui.errors import ReaderError
from importai_tui.parse.clean import clean_line, clean_text

if TYPE_CHECKING:
    Rank = tuple[str, bool, str, str, bool, str]

READ = "read"
STARRED = "starred"
NOTE = "note"
SCROLL_POSITION = "place"
OPENED = "opened"
"""Of a work: since when one has seen it."""
TAG_PREFIX = "tag:"
"""The field of a tag is this and its name."""
HIGHLIGHT_PREFIX = "highlight:"
"""The field of a highlight is this and its id."""

MAX_TEXT_LENGTH = 100_000
"""Characters of a note, a quotation or a remark: three times the longest issue that we have as text."""
MAX_NAME_LENGTH = 200
"""Characters of a key, a tag, an issue's slug or a place: the parser's keys and slugs have at most sixty."""
MAX_HEADLINE_LENGTH = 1_000
"""Characters kept of a headline, which only tells a person what the key stood for."""

_TIME_PATTERN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?\+00:00", re.ASCII)
_MACHINE_PATTERN = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_HIGHLIGHT_ID_PATTERN = re.compile(r"[0-9a-f]{8}", re.ASCII)
_MAX_YEAR = "9000"
"""A register's time is below this, so that a later one can always be written."""
_MAX_CLOCK_SKEW = timedelta(days=7)
"""So far may the clock of another machine, or of this one yesterday, be ahead; a later time is not believed."""
UNKNOWN_TIME = "0001-01-01T00:00:00.000000+00:00"
"""The time of a change whose own time is not believed: older than all others."""
_MIN_YEAR = 2025
"""A clock that shows an earlier year is wrong, for this program was not there then: a machine without a battery."""
NO_LIMIT = "~"
"""Above every time."""


class StateValueError(ReaderError):
    """What is to be kept has not the form that its field asks for."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What one field of one story is to be; a value of None takes it away."""

    key: str
    field: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Register:
    """How one field of one story stands, since when and by which machine."""

    key: str
    field: str
    value: str | None
    at: str
    machine: str

    @property
    def edit(self) -> Edit:
        """What it says, whoever said it."""
        return Edit(self.key, self.field, self.value)

    @property
    def row(self) -> tuple[str, str, str | None, str, str]:
        """As the tables hold it."""
        return self.key, self.field, self.value, self.at, self.machine

    def with_key(self, key: str) -> Register:
        """The same of another story."""
        return Register(key, self.field, self.value, self.at, self.machine)

    @property
    def rank(self) -> Rank:
        """The higher one of two wins: the newer; of two at one time any one, but on every machine the same."""
        return self.rank_until(NO_LIMIT)

    def rank_until(self, limit: str) -> Rank:
        """Return the rank where a time after `limit` is not believed: such a register loses to all others.

        It loses also to one whose time was corrected, so that no file brings it back again and again.
        """
        is_believed = self.at <= limit
        time = self.at if is_believed else UNKNOWN_TIME
        return time, is_believed, self.at, self.machine, self.value is not None, self.value or ""


@dataclass(frozen=True, slots=True)
class StoryName:
    """What a key stands for, in words that outlive the archive; `issue` is its number as text, else its slug."""

    headline: str | None
    issue: str | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Highlight:
    """A passage that the reader quoted. `paragraph` counts from 0; `remark` is what the reader says to it."""

    id: str
    quote: str
    remark: str | None
    paragraph: int

    def to_json(self) -> str:
        """As it is kept."""
        return _dump_json({"quote": self.quote, "remark": self.remark, "paragraph": self.paragraph})

    @classmethod
    def from_json(cls, field: str, value: str) -> Highlight:
        """From the field and the value it is kept as."""
        return _parse_highlight(field.removeprefix(HIGHLIGHT_PREFIX), value)


def pick_winners(registers: list[Register], limit: str = NO_LIMIT) -> dict[tuple[str, str], Register]:
    """Return the winner of each story's field: the same for every order, and for registers given twice.

    A time after `limit` is not believed.
    """
    winners: dict[tuple[str, str], Register] = {}
    for register in registers:
        present = winners.get((register.key, register.field))
        if present is None or register.rank_until(limit) > present.rank_until(limit):
            winners[register.key, register.field] = register
    return winners


def to_timestamp(at: datetime) -> str:
    """A register's time: ISO 8601 in UTC with microseconds, so that texts compare as the times do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def get_time_limit(now: datetime) -> str:
    """Return the latest time that a register may have to be believed, where a clock shows `now`."""
    if now.astimezone(UTC).year < _MIN_YEAR:
        return NO_LIMIT
    try:
        return to_timestamp(now + _MAX_CLOCK_SKEW)
    except OverflowError:  # the last week of the calendar
        return NO_LIMIT


def ensure_after(at: str, previous: str | None, limit: str = NO_LIMIT) -> str:
    """Return `at`, or a time just after `present` where a clock went back, so that the last change wins.

    A `present` after `limit` is not believed, here and on other machines, so `at` wins over it.
    """
    if previous is None or at > previous or previous > limit:
        return at
    try:
        return to_timestamp(datetime.fromisoformat(previous) + timedelta(microseconds=1))
    except (ValueError, OverflowError):  # a damaged time
        return at


def is_mark(field: str) -> bool:
    """Whether the field is either so or not so; its value is only the time since when."""
    return field in (READ, STARRED, OPENED) or field.startswith(TAG_PREFIX)


def get_tag_field(name: str) -> str:
    """The field of the tag with this name; raises Unfit where it is no name."""
    cleaned = clean_line(name.strip().lstrip("#"))
    if not 0 < len(cleaned) <= MAX_NAME_LENGTH:
        raise StateValueError(f"A tag has a name of 1 to {MAX_NAME_LENGTH} characters. Choose another one.")
    return TAG_PREFIX + cleaned


def validate_edit(edit: Edit) -> Edit:
    """The edit with its value cleaned; what was cleaned once stays as it is.

    Raises:
        Unfit: there is no such field, or the value has not its form.
    """
    key, field, value = edit.key, edit.field, edit.value
    if not 0 < len(key) <= MAX_NAME_LENGTH or clean_line(key) != key:
        raise StateValueError(f'"{clean_line(key)[:MAX_NAME_LENGTH]}" is no key of a story.')
    if field.startswith(TAG_PREFIX):
        if get_tag_field(field.removeprefix(TAG_PREFIX)) != field:
            raise StateValueError(f'"{clean_line(field)[:MAX_NAME_LENGTH]}" is no tag.')
    elif field.startswith(HIGHLIGHT_PREFIX):
        if not _HIGHLIGHT_ID_PATTERN.fullmatch(field.removeprefix(HIGHLIGHT_PREFIX)):
            raise StateValueError(f'"{clean_line(field)[:MAX_NAME_LENGTH]}" is no highlight.')
    elif field not in (READ, STARRED, NOTE, SCROLL_POSITION, OPENED):
        raise StateValueError(f'There is no field "{clean_line(field)[:MAX_NAME_LENGTH]}".')
    return Edit(key, field, None if value is None else _clean_value(field, value))


def validate_register(register: Register) -> Register:
    """The register cleaned; raises Unfit as `checked` does, and where its time or its machine is none."""
    if not _MACHINE_PATTERN.fullmatch(register.machine):
        raise StateValueError("It does not say which machine it is from.")
    at = to_timestamp(_parse_time(register.at))
    if at >= _MAX_YEAR:
        raise StateValueError("Its time lies too far ahead.")
    edit = validate_edit(register.edit)
    return Register(edit.key, edit.field, edit.value, at, register.machine)


def clean_story_name(headline: object, issue: object) -> StoryName:
    """The name of a story as a file from elsewhere tells it; what is no text is left out."""
    headline = clean_line(headline)[:MAX_HEADLINE_LENGTH] if isinstance(headline, str) else None
    issue = clean_line(issue)[:MAX_NAME_LENGTH] if isinstance(issue, str) else None
    return StoryName(headline or None, issue or None)


def _clean_value(field: str, value: str) -> str | None:
    if is_mark(field):
        _parse_time(value)
        return value
    if field == NOTE:
        return _clean_value_text(value) or None
    if field == SCROLL_POSITION:
        return _clean_scroll_position(value)
    return _parse_highlight(field.removeprefix(HIGHLIGHT_PREFIX), value).to_json()


def _parse_time(value: str) -> datetime:
    try:
        if _TIME_PATTERN.fullmatch(value):
            return datetime.fromisoformat(value)
    except ValueError:
        pass
    raise StateValueError(f'"{clean_line(value[:40])}" is no time like 2025-03-03T12:00:00+00:00.')


def _clean_value_text(value: str) -> str:
    """A text of several lines; it is cleaned, so nothing in it commands a terminal."""
    cleaned = clean_text(value).strip()
    if len(cleaned) > MAX_TEXT_LENGTH:
        raise StateValueError(f"A text of {len(cleaned):,} characters is longer than {MAX_TEXT_LENGTH:,}. Shorten it.")
    return cleaned


def _clean_scroll_position(value: str) -> str:
    place = _load_json(value) if len(value) <= 2 * MAX_NAME_LENGTH else None  # twice, for blanks that go
    written = _dump_json(place) if isinstance(place, (dict, list)) else ""
    if not 0 < len(written) <= MAX_NAME_LENGTH or clean_line(written) != written:
        raise StateValueError(f"A place is JSON of at most {MAX_NAME_LENGTH} characters, a list or an object.")
    return written


def _parse_highlight(id: str, value: str) -> Highlight:
    told = _load_json(value)
    match told:
        case {"quote": str(quote), "remark": str() | None as remark, "paragraph": int(paragraph)}:
            if (
                not isinstance(paragraph, bool)
                and 0 <= paragraph <= MAX_TEXT_LENGTH
                and (quote := _clean_value_text(quote))
            ):
                return Highlight(id, quote, _clean_value_text(remark or "") or None, paragraph)
    raise StateValueError("A highlight is a quotation, a remark or none, and the number of a paragraph.")


def _load_json(value: str) -> Any:
    # Imported here, as json below, because most commands store nothing that is written so.
    from importai_tui.json_text import parse_json

    try:
        return parse_json(value)
    except ValueError:
        return None


def _dump_json(value: object) -> str:
    """One spelling for one value, as two machines must agree on which of two is the greater."""
    from json import dumps

    return dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
