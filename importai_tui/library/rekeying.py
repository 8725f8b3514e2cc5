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
from importai_tui.archive.catalog import CatalogEntry
from importai_tui.archive.writer import SimilarHeadlines
from importai_tui.model import Story
from importai_tui.parse.story_keys import normalise_text
from importai_tui.state.fields import HIGHLIGHT_PREFIX, NOTE, READ, SCROLL_POSITION, Register, StoryName, ensure_after
from importai_tui.state.reading_state import ReadingState

_MIN_DISTINCTIVE_LENGTH = 12
"""Folded characters that name one story: a shorter headline ("Untitled") is found in any text."""
_OPENING_LENGTH = 60
"""Folded characters by which a text's beginning is known again: some ten words."""
_MAX_OPENING_OFFSET = 400
"""Folded characters within which that beginning must stand: a headline may have moved into the text before it."""


@dataclass(frozen=True)
class RemovedStory:
    """A story whose key the issue has no longer. `text`: what is known of it, paragraphs divided by an empty line."""

    key: str
    headline: str
    text: str = ""
    was_stored: bool = False
    """The archive held it until now, beside others; else only its state is left, perhaps from another machine."""

    @cached_property
    def normalised_headline(self) -> str:
        """Letters and digits of the headline."""
        return normalise_text(self.headline)

    @cached_property
    def normalised_paragraphs(self) -> tuple[str, ...]:
        """Letters and digits of each paragraph that is long enough to be known again."""
        folded = map(normalise_text, self.text.split("\n\n"))
        return tuple(passage for passage in folded if len(passage) >= _MIN_DISTINCTIVE_LENGTH)


class Successor(NamedTuple):
    """The story that a gone one lives on in; `same`: as itself, not as a part of another one."""

    key: str
    is_same_story: bool


@dataclass(frozen=True)
class _NewStory:
    """A story of the issue as it is now."""

    story: Story

    @cached_property
    def normalised_headline(self) -> str:
        return normalise_text(self.story.headline)

    @cached_property
    def normalised_text(self) -> str:
        return normalise_text(self.story.text)


class _StoryIndex:
    """Some stories of the issue as it is now, prepared to be searched for many gone ones."""

    def __init__(self, stories: Iterable[_NewStory]) -> None:
        self._stories_by_key = {one.story.key: one for one in stories}
        self._stories_by_headline: dict[str, list[_NewStory]] = {}
        for one in self._stories_by_key.values():
            self._stories_by_headline.setdefault(one.normalised_headline, []).append(one)
        self._similar_headlines = SimilarHeadlines(
            {key: one.story.headline for key, one in self._stories_by_key.items()}
        )
        self._starts: list[int] = []
        self._owners: list[_NewStory] = []

    @cached_property
    def _joined_text(self) -> str:
        """The texts of all stories on a line each, so that a passage is searched for once, not once a story."""
        end = 0
        for one in self._stories_by_key.values():
            self._starts.append(end)
            self._owners.append(one)
            end += len(one.normalised_text) + 1
        return "\n".join(one.normalised_text for one in self._owners)

    def find_by_headline(self, gone: RemovedStory, *, same_numbers: bool = False) -> str | None:
        """The story with the same headline, or else with an edit of it; `same_numbers`: and with the same numbers."""
        numbers = _find_numbers(gone.normalised_headline)
        if gone.normalised_headline and (alike := self._stories_by_headline.get(gone.normalised_headline)):
            return max(alike, key=lambda one: _measure_overlap(gone, one)).story.key
        if len(gone.normalised_headline) < _MIN_DISTINCTIVE_LENGTH:
            return None
        among = None
        if same_numbers:
            among = [
                key for key, one in self._stories_by_key.items() if _find_numbers(one.normalised_headline) == numbers
            ]
        return self._similar_headlines.find_closest(gone.headline, among)

    def find_by_opening(self, gone: RemovedStory) -> str | None:
        """The story whose text begins as the gone one did; of several the one that holds most of the old text."""
        if not gone.normalised_paragraphs:
            return None
        beginning = gone.normalised_paragraphs[0][:_OPENING_LENGTH]
        alike = [
            one for one in self.find_containing(beginning) if beginning in one.normalised_text[:_MAX_OPENING_OFFSET]
        ]
        return max(alike, key=lambda one: _measure_overlap(gone, one)).story.key if alike else None

    def find_by_text(self, gone: RemovedStory) -> str | None:
        """The story that holds most of the old text, else the first one that holds the old headline."""
        held: dict[str, int] = {}
        for passage in gone.normalised_paragraphs:
            for one in self.find_containing(passage):
                held[one.story.key] = held.get(one.story.key, 0) + len(passage)
        most = max(held.values(), default=0)
        if most * 2 > sum(map(len, gone.normalised_paragraphs)):
            return next(key for key in self._stories_by_key if held.get(key) == most)
        if len(gone.normalised_headline) < _MIN_DISTINCTIVE_LENGTH:
            return None
        return next((one.story.key for one in self.find_containing(gone.normalised_headline)), None)

    def find_containing(self, passage: str) -> Iterator[_NewStory]:
        """The stories whose text holds a passage, in order, each once."""
        text = self._joined_text
        found = text.find(passage)
        while found >= 0:
            at = bisect_right(self._starts, found) - 1
            yield self._owners[at]
            if at + 1 == len(self._starts):
                return
            found = text.find(passage, self._starts[at + 1])


def find_successors(
    removed: Sequence[RemovedStory], stories: Sequence[Story], known_keys: Collection[str]
) -> dict[str, Successor]:
    """The best successor of each gone story; one without any is left out.

    In this order: the same headline; a likely edit of it; a text that begins as the old one did (of a split, the part
    that keeps the beginning); a text that holds the old headline or most of the old text.

    Args:
        gone: the stories that are gone.
        stories: the issue's stories as they are now.
        known: keys of those that are no news: they stood beside the gone ones, or have state of their own.
    """
    if not removed:
        return {}
    arriving = [_NewStory(story) for story in stories]
    new = [one for one in arriving if one.story.key not in known_keys]
    old = [one for one in arriving if one.story.key in known_keys]
    among_new, among_old, among_all = _StoryIndex(new), _StoryIndex(old), _StoryIndex((*new, *old))
    found = {}
    for lost in removed:
        if successor := _find_successor(lost, among_new, among_old, among_all):
            found[lost.key] = successor
    return found


def _find_successor(gone: RemovedStory, new: _StoryIndex, old: _StoryIndex, both: _StoryIndex) -> Successor | None:
    if key := new.find_by_headline(gone):
        return Successor(key, is_same_story=True)
    if not gone.was_stored and (key := old.find_by_headline(gone, same_numbers=True)):
        # It never stood beside this one as far as we know: another machine has the story under another key.
        return Successor(key, is_same_story=True)
    if key := new.find_by_opening(gone):
        return Successor(key, is_same_story=True)
    if key := old.find_by_headline(gone) or both.find_by_text(gone):
        return Successor(key, is_same_story=False)
    return None


def _measure_overlap(gone: RemovedStory, one: _NewStory) -> float:
    """How much of the old text, 0 to 1 of its letters, stands in this one, paragraph by paragraph."""
    whole = sum(map(len, gone.normalised_paragraphs))
    return (
        sum(len(passage) for passage in gone.normalised_paragraphs if passage in one.normalised_text) / whole
        if whole
        else 0.0
    )


def _find_numbers(folded: str) -> list[str]:
    """The numbers in a headline, which tell "Part 1" from "Part 2": such headlines are nearly alike."""
    return re.findall(r"\d+", folded)


def copy_registers(
    registers: Mapping[str, Sequence[Register]],
    removed: Sequence[RemovedStory],
    successors: Mapping[str, Successor],
    known_keys: Collection[str],
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
    held = {one.key for one in removed if one.was_stored}
    moved: list[Register] = []
    for key in dict.fromkeys(successor.key for successor in successors.values()):
        olds = [old for old, successor in successors.items() if successor.key == key]
        parts = [old for old in olds if old in held]
        merged = len(parts) > 1
        is_read = merged and key not in known_keys and all(_is_read(registers.get(part, ())) for part in parts)
        note = next((register for register in registers.get(key, ()) if register.field == NOTE), None)
        for old in olds:
            as_itself = successors[old].is_same_story and not (merged and old in held)
            for register in (register.with_key(key) for register in registers.get(old, ())):
                if as_itself:
                    moved.append(register)
                elif (
                    register.value is None
                    or register.field == SCROLL_POSITION
                    or (register.field == READ and not is_read)
                ):
                    continue  # of a part only what was said of it goes over, and not what was not
                elif register.field == NOTE:
                    note = _join_notes(note, register, for_the_first_time=old in held)
                    moved.append(note)
                else:
                    moved.append(register)
    return moved


def find_renamed_keys(successors: Mapping[str, Successor]) -> dict[str, str]:
    """The keys of stories that go on as themselves, and alone, each with the key that it has now."""
    times = Counter(successor.key for successor in successors.values())
    return {
        old: successor.key
        for old, successor in successors.items()
        if successor.is_same_story and times[successor.key] == 1
    }


def _is_read(registers: Sequence[Register]) -> bool:
    return any(register.field == READ and register.value is not None for register in registers)


def _join_notes(present: Register | None, other: Register, *, for_the_first_time: bool) -> Register:
    """Two notes as one. A note that was joined before and then shortened by the reader is not joined again."""
    if present is None or present.value is None or other.value is None:
        return other
    if other.value in present.value or (not for_the_first_time and other.at <= present.at):
        return present
    value = other.value if present.value in other.value else f"{present.value}\n\n{other.value}"
    newest = max(other.at, present.at)
    return Register(other.key, other.field, value, ensure_after(newest, newest), other.machine)


class StateMigrator:
    """What is kept of stories, by issue, and the way from those that are gone to their successors."""

    def __init__(self, archive: Archive, reading: ReadingState) -> None:
        self._archive = archive
        self._state = reading
        self._registers: dict[str, dict[str, Register]] = {}
        self._headlines: dict[str, str] = {}
        self._keys_by_issue: dict[str, list[str]] = {}
        self.reload()

    def reload(self) -> None:
        """Read what is kept now. It takes as long as there is state, so it is not done for every issue of a sync."""
        self._registers, self._headlines, self._keys_by_issue = {}, {}, {}
        for register, name in self._state.get_registers():
            self._headlines[register.key] = name.headline or ""
            if register.key not in self._registers:
                self._keys_by_issue.setdefault(name.issue or "", []).append(register.key)
            self._registers.setdefault(register.key, {})[register.field] = register

    def migrate_issue(self, issue_id: int, previous_stories: Sequence[Story]) -> int:
        """Let state follow within one issue; how many fields did.

        Args:
            issue_id: the issue, as it is stored now.
            before: its stories until now, or those that it once had; none where no key is gone.

        Raises:
            DatabaseTrouble: it cannot be kept. Nothing is lost: the state is where it was.
        """
        entry = self._archive.get_entry(issue_id)
        present = set(entry.story_keys)
        held = [
            RemovedStory(s.key, s.headline, s.text, was_stored=True) for s in previous_stories if s.key not in present
        ]
        if held:
            self.reload()  # it may have been marked a moment ago, in another window
        orphans = self._find_orphans(entry, {gone.key for gone in held})
        if not orphans and not any(gone.key in self._registers for gone in held):
            return 0
        stories = self._archive.get_stories(issue_id)
        known = {story.key for story in previous_stories}
        to = find_successors(held, stories, known) | find_successors(orphans, stories, self._registers)
        kept = {key: tuple(fields.values()) for key, fields in self._registers.items() if key in to or key in present}
        return self._save(copy_registers(kept, (*held, *orphans), to, known), find_renamed_keys(to), stories, entry.ref)

    def _find_orphans(self, entry: CatalogEntry, held: set[str]) -> list[RemovedStory]:
        """Stories of this issue that have state and that the archive holds nowhere."""
        keys = dict.fromkeys((*self._keys_by_issue.get(entry.ref, ()), *self._keys_by_issue.get(entry.slug, ())))
        present = set(entry.story_keys)
        lost = (key for key in keys if key not in present and key not in held)
        return [self._make_orphan(key) for key in lost if self._archive.find_story(key) is None]

    def _make_orphan(self, key: str) -> RemovedStory:
        """All that is left of its text is what the reader quoted."""
        passages = [r.value for r in self._registers[key].values() if r.field.startswith(HIGHLIGHT_PREFIX) and r.value]
        return RemovedStory(
            key, self._headlines[key], "\n\n".join(json.loads(passage)["quote"] for passage in passages)
        )

    def _save(
        self, registers: Iterable[Register], heirs: Mapping[str, str], stories: Sequence[Story], issue: str
    ) -> int:
        newer: dict[tuple[str, str], Register] = {}
        for register in registers:
            present = newer.get((register.key, register.field)) or self._registers.get(register.key, {}).get(
                register.field
            )
            if present is None or register.rank > present.rank:
                newer[register.key, register.field] = register
        if not newer:
            return 0
        names = {story.key: StoryName(story.headline, issue) for story in stories}
        done = self._state.merge_registers(newer.values(), names, heirs)
        for register in newer.values():
            self._registers.setdefault(register.key, {})[register.field] = register
        return done
