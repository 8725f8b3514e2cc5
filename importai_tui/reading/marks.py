"""The marks in memory, for lists that ask of every story at once. It knows no file, and follows what one has kept."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Set
from dataclasses import dataclass
from itertools import islice

from importai_tui.reading.fields import NOTE, OPENED, READ, STARRED, TAG, Edit

MOST_TURNS = 200
"""Turns that are remembered: to look at that many stories takes as long as to look at all of ten years."""


@dataclass(frozen=True, slots=True)
class Turned:
    """A story with the fields that were so before something turned, and those that are so now."""

    key: str
    before: frozenset[str]
    now: frozenset[str]


class Marks:
    """Which stories are read, starred, noted and tagged. A change costs as much as it has edits, however many marks.

    The sets that it gives out are views: they show every later change and cannot be written to.
    """

    def __init__(self, standing: Iterable[tuple[str, str]] = ()) -> None:
        """Begin with what is so: keys, each with a field."""
        self.turns = 0
        """How often a mark has come or gone."""
        self._latest: deque[tuple[str, str]] = deque(maxlen=MOST_TURNS)
        self._keys: dict[str, dict[str, None]] = {READ: {}, STARRED: {}, NOTE: {}, OPENED: {}}
        for key, field in standing:
            if field in self._keys:
                self._keys[field][key] = None
            elif field.startswith(TAG):
                self._keys[field] = {key: None}

    def follow(self, edits: Iterable[Edit]) -> None:
        """Take over what has been kept, in the order it was."""
        for edit in edits:
            key, field, value = edit.key, edit.field, edit.value
            if field not in self._keys and not field.startswith(TAG):
                continue
            keys = self._keys.setdefault(field, {})
            if (key in keys) == (value is not None):
                continue
            if value is not None:
                keys[key] = None
            else:
                del keys[key]
            self.turns += 1
            self._latest.append((key, field))

    def turned_since(self, turns: int) -> tuple[Turned, ...] | None:
        """The stories of which something has turned since there were so many turns; None where those are too many."""
        count = self.turns - turns
        if count > len(self._latest):
            return None
        fields_of: dict[str, set[str]] = {}
        for key, field in islice(self._latest, len(self._latest) - count, None):
            fields_of.setdefault(key, set()).symmetric_difference_update({field})
        now = {key: frozenset(field for field, keys in self._keys.items() if key in keys) for key in fields_of}
        return tuple(Turned(key, now[key] ^ turned, now[key]) for key, turned in fields_of.items() if turned)

    def of(self, field: str) -> Set[str]:
        """The keys of all stories where the field is so."""
        return self._keys.get(field, {}).keys()

    def tag_like(self, field: str) -> str:
        """The tag in use that is spelled so, else one that differs only in capitals; the field itself where none is."""
        in_use = sorted(TAG + name for name, _ in self.tags())
        return next((used for used in in_use if used.casefold() == field.casefold() and field not in in_use), field)

    def tags(self) -> tuple[tuple[str, int], ...]:
        """The names of all tags in use, each with its number of stories, in alphabetical order."""
        counted = [(field.removeprefix(TAG), len(keys)) for field, keys in self._keys.items() if field.startswith(TAG)]
        return tuple(sorted((tag for tag in counted if tag[1]), key=lambda tag: (tag[0].casefold(), tag[0])))

    def tags_of(self, key: str) -> tuple[str, ...]:
        """The names of a story's tags, in alphabetical order."""
        return tuple(name for name, _ in self.tags() if key in self._keys[TAG + name])
