"""The marks in memory, for lists that ask of every story at once. It knows no file, and follows what one has kept."""

from __future__ import annotations

from collections.abc import Iterable, Set

from importai_tui.reading.fields import NOTE, OPENED, READ, STARRED, TAG, Edit


class Marks:
    """Which stories are read, starred, noted and tagged. A change costs as much as it has edits, however many marks.

    The sets that it gives out are views: they show every later change and cannot be written to.
    """

    def __init__(self, standing: Iterable[tuple[str, str]] = ()) -> None:
        """Begin with what is so: keys, each with a field."""
        self._keys: dict[str, dict[str, None]] = {READ: {}, STARRED: {}, NOTE: {}, OPENED: {}}
        for key, field in standing:
            if field in self._keys:
                self._keys[field][key] = None
            elif field.startswith(TAG):
                self._keys[field] = {key: None}

    def follow(self, edits: Iterable[Edit]) -> None:
        """Take over what has been kept, in the order it was."""
        for key, field, value in edits:
            if field not in self._keys and not field.startswith(TAG):
                continue
            if value is not None:
                self._keys.setdefault(field, {})[key] = None
            else:
                self._keys.get(field, {}).pop(key, None)

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
