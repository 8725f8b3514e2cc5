"""Where the state of a story goes when its key is gone, after an edit, a better parser or another form of the issue.

Pure: values in, values out. It knows neither database.

Lets the reading state follow an issue that was stored anew. It decides nothing: `successors` does.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from importai_tui.archive.archive import Archive
from importai_tui.archive.catalog import Entry
from importai_tui.archive.writer import SimilarHeadlines
from importai_tui.model import Story
from importai_tui.parse.story_keys import fold
from importai_tui.state.fields import HIGHLIGHT, NOTE, PLACE, READ, Register, StoryName, later
from importai_tui.state.reading_state import ReadingState

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


class StateFollowing:
    """What is kept of stories, by issue, and the way from those that are gone to their successors."""

    def __init__(self, archive: Archive, reading: ReadingState) -> None:
        self._archive = archive
        self._reading = reading
        self._kept: dict[str, dict[str, Register]] = {}
        self._headlines: dict[str, str] = {}
        self._of_issue: dict[str, list[str]] = {}
        self.look()

    def look(self) -> None:
        """Read what is kept now. It takes as long as there is state, so it is not done for every issue of a sync."""
        self._kept, self._headlines, self._of_issue = {}, {}, {}
        for register, name in self._reading.registers():
            self._headlines[register.key] = name.headline or ""
            if register.key not in self._kept:
                self._of_issue.setdefault(name.issue or "", []).append(register.key)
            self._kept.setdefault(register.key, {})[register.field] = register

    def follow(self, issue_id: int, before: Sequence[Story]) -> int:
        """Let state follow within one issue; how many fields did.

        Args:
            issue_id: the issue, as it is stored now.
            before: its stories until now, or those that it once had; none where no key is gone.

        Raises:
            DatabaseTrouble: it cannot be kept. Nothing is lost: the state is where it was.
        """
        entry = self._archive.entry(issue_id)
        present = set(entry.keys)
        held = [Gone(s.key, s.headline, s.text, held=True) for s in before if s.key not in present]
        if held:
            self.look()  # it may have been marked a moment ago, in another window
        orphans = self._orphans(entry, {gone.key for gone in held})
        if not orphans and not any(gone.key in self._kept for gone in held):
            return 0
        stories = self._archive.stories(issue_id)
        known = {story.key for story in before}
        to = successors(held, stories, known) | successors(orphans, stories, self._kept)
        kept = {key: tuple(fields.values()) for key, fields in self._kept.items() if key in to or key in present}
        return self._keep(carried(kept, (*held, *orphans), to, known), heirs(to), stories, entry.ref)

    def _orphans(self, entry: Entry, held: set[str]) -> list[Gone]:
        """Stories of this issue that have state and that the archive holds nowhere."""
        keys = dict.fromkeys((*self._of_issue.get(entry.ref, ()), *self._of_issue.get(entry.slug, ())))
        present = set(entry.keys)
        lost = (key for key in keys if key not in present and key not in held)
        return [self._orphan(key) for key in lost if self._archive.place_of(key) is None]

    def _orphan(self, key: str) -> Gone:
        """All that is left of its text is what the reader quoted."""
        passages = [r.value for r in self._kept[key].values() if r.field.startswith(HIGHLIGHT) and r.value]
        return Gone(key, self._headlines[key], "\n\n".join(json.loads(passage)["quote"] for passage in passages))

    def _keep(
        self, registers: Iterable[Register], heirs: Mapping[str, str], stories: Sequence[Story], issue: str
    ) -> int:
        newer: dict[tuple[str, str], Register] = {}
        for register in registers:
            present = newer.get((register.key, register.field)) or self._kept.get(register.key, {}).get(register.field)
            if present is None or register.rank > present.rank:
                newer[register.key, register.field] = register
        if not newer:
            return 0
        names = {story.key: StoryName(story.headline, issue) for story in stories}
        done = self._reading.follow(newer.values(), names, heirs)
        for register in newer.values():
            self._kept.setdefault(register.key, {})[register.field] = register
        return done
