"""Where the state of a story goes when its key is gone, after an edit, a better parser or another form of the issue.

Pure: values in, values out. It knows neither database.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from importai_tui.archive.similarity import SimilarHeadlines
from importai_tui.issue import Story
from importai_tui.parse.identity import fold
from importai_tui.reading.fields import NOTE, PLACE, READ, Register, later

_TELLING = 12
"""Folded characters that name one story: a shorter headline ("Untitled") is found in any text."""
_BEGINNING = 60
"""Folded characters by which a text's beginning is known again: some ten words."""
_NEAR_THE_TOP = 400
"""Folded characters within which that beginning must stand: a headline may have moved into the text before it."""


@dataclass(frozen=True)
class Gone:
    """A story whose key the issue has no longer. `text`: what is known of it, paragraphs divided by an empty line."""

    key: str
    headline: str
    text: str = ""
    held: bool = False
    """The archive held it until now, beside others; else only its state is left, perhaps from another machine."""

    @cached_property
    def folded(self) -> str:
        """Letters and digits of the headline."""
        return fold(self.headline)

    @cached_property
    def passages(self) -> tuple[str, ...]:
        """Letters and digits of each paragraph that is long enough to be known again."""
        folded = map(fold, self.text.split("\n\n"))
        return tuple(passage for passage in folded if len(passage) >= _TELLING)


class Successor(NamedTuple):
    """The story that a gone one lives on in; `same`: as itself, not as a part of another one."""

    key: str
    same: bool


@dataclass(frozen=True)
class _Arriving:
    """A story of the issue as it is now."""

    story: Story

    @cached_property
    def folded(self) -> str:
        return fold(self.story.headline)

    @cached_property
    def text(self) -> str:
        return fold(self.story.text)


class _Stories:
    """Some stories of the issue as it is now, prepared to be searched for many gone ones."""

    def __init__(self, stories: Iterable[_Arriving]) -> None:
        self._stories = {one.story.key: one for one in stories}
        self._of_headline: dict[str, list[_Arriving]] = {}
        for one in self._stories.values():
            self._of_headline.setdefault(one.folded, []).append(one)
        self._similar = SimilarHeadlines({key: one.story.headline for key, one in self._stories.items()})
        self._starts: list[int] = []
        self._owners: list[_Arriving] = []

    @cached_property
    def _text(self) -> str:
        """The texts of all stories on a line each, so that a passage is searched for once, not once a story."""
        end = 0
        for one in self._stories.values():
            self._starts.append(end)
            self._owners.append(one)
            end += len(one.text) + 1
        return "\n".join(one.text for one in self._owners)

    def by_headline(self, gone: Gone, *, same_numbers: bool = False) -> str | None:
        """The story with the same headline, or else with an edit of it; `same_numbers`: and with the same numbers."""
        numbers = _numbers(gone.folded)
        if gone.folded and (alike := self._of_headline.get(gone.folded)):
            return max(alike, key=lambda one: _share(gone, one)).story.key
        if len(gone.folded) < _TELLING:
            return None
        among = None
        if same_numbers:
            among = [key for key, one in self._stories.items() if _numbers(one.folded) == numbers]
        return self._similar.closest(gone.headline, among)

    def by_beginning(self, gone: Gone) -> str | None:
        """The story whose text begins as the gone one did; of several the one that holds most of the old text."""
        if not gone.passages:
            return None
        beginning = gone.passages[0][:_BEGINNING]
        alike = [one for one in self.holding(beginning) if beginning in one.text[:_NEAR_THE_TOP]]
        return max(alike, key=lambda one: _share(gone, one)).story.key if alike else None

    def by_text(self, gone: Gone) -> str | None:
        """The story that holds most of the old text, else the first one that holds the old headline."""
        held: dict[str, int] = {}
        for passage in gone.passages:
            for one in self.holding(passage):
                held[one.story.key] = held.get(one.story.key, 0) + len(passage)
        most = max(held.values(), default=0)
        if most * 2 > sum(map(len, gone.passages)):
            return next(key for key in self._stories if held.get(key) == most)
        if len(gone.folded) < _TELLING:
            return None
        return next((one.story.key for one in self.holding(gone.folded)), None)

    def holding(self, passage: str) -> Iterator[_Arriving]:
        """The stories whose text holds a passage, in order, each once."""
        text = self._text
        found = text.find(passage)
        while found >= 0:
            at = bisect_right(self._starts, found) - 1
            yield self._owners[at]
            if at + 1 == len(self._starts):
                return
            found = text.find(passage, self._starts[at + 1])


def successors(gone: Sequence[Gone], stories: Sequence[Story], known: Collection[str]) -> dict[str, Successor]:
    """The best successor of each gone story; one without any is left out.

    In this order: the same headline; a likely edit of it; a text that begins as the old one did (of a split, the part
    that keeps the beginning); a text that holds the old headline or most of the old text.

    Args:
        gone: the stories that are gone.
        stories: the issue's stories as they are now.
        known: keys of those that are no news: they stood beside the gone ones, or have state of their own.
    """
    if not gone:
        return {}
    arriving = [_Arriving(story) for story in stories]
    new = [one for one in arriving if one.story.key not in known]
    old = [one for one in arriving if one.story.key in known]
    among_new, among_old, among_all = _Stories(new), _Stories(old), _Stories((*new, *old))
    found = {}
    for lost in gone:
        if successor := _successor(lost, among_new, among_old, among_all):
            found[lost.key] = successor
    return found


def _successor(gone: Gone, new: _Stories, old: _Stories, both: _Stories) -> Successor | None:
    if key := new.by_headline(gone):
        return Successor(key, same=True)
    if not gone.held and (key := old.by_headline(gone, same_numbers=True)):
        # It never stood beside this one as far as we know: another machine has the story under another key.
        return Successor(key, same=True)
    if key := new.by_beginning(gone):
        return Successor(key, same=True)
    if key := old.by_headline(gone) or both.by_text(gone):
        return Successor(key, same=False)
    return None


def _share(gone: Gone, one: _Arriving) -> float:
    """How much of the old text, 0 to 1 of its letters, stands in this one, paragraph by paragraph."""
    whole = sum(map(len, gone.passages))
    return sum(len(passage) for passage in gone.passages if passage in one.text) / whole if whole else 0.0


def _numbers(folded: str) -> list[str]:
    """The numbers in a headline, which tell "Part 1" from "Part 2": such headlines are nearly alike."""
    return re.findall(r"\d+", folded)


def carried(
    kept: Mapping[str, Sequence[Register]],
    gone: Sequence[Gone],
    to: Mapping[str, Successor],
    known: Collection[str],
) -> list[Register]:
    """The registers that the successors get, each with the time and the machine of the old one.

    So the newest wins where they are kept, also over what the reader has changed since, and doing it again changes
    nothing. The old registers stay: another machine may still have the story under that key.

    Args:
        kept: all registers of each key, of the gone ones and of their successors.
        gone: the stories that are gone.
        to: where each of them lives on.
        known: as for `successors`.
    """
    held = {one.key for one in gone if one.held}
    moved: list[Register] = []
    for key in dict.fromkeys(successor.key for successor in to.values()):
        olds = [old for old, successor in to.items() if successor.key == key]
        parts = [old for old in olds if old in held]
        merged = len(parts) > 1
        is_read = merged and key not in known and all(_is_read(kept.get(part, ())) for part in parts)
        note = next((register for register in kept.get(key, ()) if register.field == NOTE), None)
        for old in olds:
            as_itself = to[old].same and not (merged and old in held)
            for register in (register.of(key) for register in kept.get(old, ())):
                if as_itself:
                    moved.append(register)
                elif register.value is None or register.field == PLACE or (register.field == READ and not is_read):
                    continue  # of a part only what was said of it goes over, and not what was not
                elif register.field == NOTE:
                    note = _joined(note, register, for_the_first_time=old in held)
                    moved.append(note)
                else:
                    moved.append(register)
    return moved


def heirs(to: Mapping[str, Successor]) -> dict[str, str]:
    """The keys of stories that go on as themselves, and alone, each with the key that it has now."""
    times = Counter(successor.key for successor in to.values())
    return {old: successor.key for old, successor in to.items() if successor.same and times[successor.key] == 1}


def _is_read(registers: Sequence[Register]) -> bool:
    return any(register.field == READ and register.value is not None for register in registers)


def _joined(present: Register | None, other: Register, *, for_the_first_time: bool) -> Register:
    """Two notes as one. A note that was joined before and then shortened by the reader is not joined again."""
    if present is None or present.value is None or other.value is None:
        return other
    if other.value in present.value or (not for_the_first_time and other.at <= present.at):
        return present
    value = other.value if present.value in other.value else f"{present.value}\n\n{other.value}"
    newest = max(other.at, present.at)
    return Register(other.key, other.field, value, later(newest, newest), other.machine)
