"""Moves the state of stories whose keys are gone to their successors.

Keys change after an edit, with a newer parser, or with another form of the issue.
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
from importai_tui.state.fields import (
    FORECAST_NOTE_PREFIX,
    FORECAST_PREFIX,
    HIGHLIGHT_PREFIX,
    NOTE,
    READ,
    SCROLL_POSITION,
    Register,
    StoryName,
    ensure_after,
)
from importai_tui.state.reading_state import ReadingState, get_work_key

_QUOTING_FIELDS = (HIGHLIGHT_PREFIX, FORECAST_PREFIX, FORECAST_NOTE_PREFIX)
"""Beginnings of the fields that quote a story."""
# Lengths are in letters and digits.
_MIN_DISTINCTIVE_LENGTH = 12
"""A shorter headline or paragraph ("Untitled") is found in any text."""
_OPENING_LENGTH = 60
"""Length of the opening that identifies a text: some ten words."""
_MAX_OPENING_OFFSET = 400
"""The opening must be this near to the start of the new text: a headline may have moved into the text before it."""


@dataclass(frozen=True)
class RemovedStory:
    """A story whose key is gone from its issue. `text` is its known text, with an empty line between paragraphs."""

    key: str
    headline: str
    text: str = ""
    was_stored: bool = False
    """True if the archive had it until now. Otherwise only its state exists, perhaps from another machine."""

    @cached_property
    def normalised_headline(self) -> str:
        """Letters and digits of the headline."""
        return normalise_text(self.headline)

    @cached_property
    def normalised_paragraphs(self) -> tuple[str, ...]:
        """Letters and digits of each paragraph that is long enough to be recognised."""
        paragraphs = map(normalise_text, self.text.split("\n\n"))
        return tuple(paragraph for paragraph in paragraphs if len(paragraph) >= _MIN_DISTINCTIVE_LENGTH)


class Successor(NamedTuple):
    """The successor of a removed story: the same story with a new key, or another one that contains it."""

    key: str
    is_same_story: bool


class StateMigrator:
    """Moves state within issues. It loads the state of all stories once."""

    def __init__(self, archive: Archive, state: ReadingState) -> None:
        self._archive = archive
        self._state = state
        self._registers: dict[str, dict[str, Register]] = {}
        self._headlines: dict[str, str] = {}
        self._keys_by_issue: dict[str, list[str]] = {}
        self.reload()

    def reload(self) -> None:
        """Load the state again. It takes longer the more state there is, so a sync does not do it for each issue."""
        self._registers, self._headlines, self._keys_by_issue = {}, {}, {}
        for register, name in self._state.get_registers():
            self._headlines[register.key] = name.headline or ""
            if register.key not in self._registers:
                self._keys_by_issue.setdefault(name.issue or "", []).append(register.key)
            self._registers.setdefault(register.key, {})[register.field] = register

    def migrate_issue(self, issue_id: int, previous_stories: Sequence[Story]) -> int:
        """Move state within one issue; return the number of moved fields.

        Args:
            issue_id: the issue, as it is stored now.
            previous_stories: its former stories; none if no key is gone.

        Raises:
            DatabaseError: the state cannot be saved; it stays where it is.
        """
        entry = self._archive.get_entry(issue_id)
        present = set(entry.story_keys)
        removed = [
            RemovedStory(s.key, s.headline, s.text, was_stored=True) for s in previous_stories if s.key not in present
        ]
        if removed:
            self.reload()  # another process may have marked them a moment ago
        orphans = self._find_orphans(entry, {story.key for story in removed})
        if not orphans and not any(story.key in self._registers for story in removed):
            return 0
        stories = self._archive.get_stories(issue_id)
        known_keys = {story.key for story in previous_stories}
        successors = find_successors(removed, stories, known_keys) | find_successors(orphans, stories, self._registers)
        registers = {
            key: tuple(fields.values())
            for key, fields in self._registers.items()
            if key in successors or key in present
        }
        moved = copy_registers(registers, (*removed, *orphans), successors, known_keys)
        return self._save(move_quotes(moved, stories), find_renamed_keys(successors), stories, entry.ref)

    def _find_orphans(self, entry: CatalogEntry, removed_keys: set[str]) -> list[RemovedStory]:
        """Return stories of this issue that have state and are nowhere in the archive."""
        keys = dict.fromkeys((*self._keys_by_issue.get(entry.ref, ()), *self._keys_by_issue.get(entry.slug, ())))
        present = set(entry.story_keys)
        missing = (key for key in keys if key not in present and key not in removed_keys)
        return [self._make_orphan(key) for key in missing if self._archive.find_story(key) is None]

    def _make_orphan(self, key: str) -> RemovedStory:
        """Return a story with the text that its state quotes, which is all that is known of it."""
        values = [r.value for r in self._registers[key].values() if r.field.startswith(_QUOTING_FIELDS) and r.value]
        return RemovedStory(key, self._headlines[key], "\n\n".join(json.loads(value)["quote"] for value in values))

    def _save(
        self, registers: Iterable[Register], renamed_keys: Mapping[str, str], stories: Sequence[Story], issue: str
    ) -> int:
        newer: dict[tuple[str, str], Register] = {}
        for register in registers:
            stored = self._registers.get(register.key, {}).get(register.field)
            present = newer.get((register.key, register.field)) or stored
            if present is None or register.rank > present.rank:
                newer[register.key, register.field] = register
        if not newer:
            return 0
        names = {story.key: StoryName(story.headline, issue) for story in stories}
        count = self._state.merge_registers(newer.values(), names, renamed_keys)
        for register in newer.values():
            self._registers.setdefault(register.key, {})[register.field] = register
        return count


class WorkMove(NamedTuple):
    """State of a work without an address for the work that it is joined to: registers newer than the present ones."""

    old_key: str
    new_key: str
    title: str
    registers: tuple[Register, ...]


def find_work_moves(
    archive: Archive, state: ReadingState, registers_by_id: Mapping[str, Sequence[Register]]
) -> list[WorkMove]:
    """Return which of these registers to move from works without an address to the works that they are joined to.

    A copy of an issue with addresses tells which works these are.
    """
    relations = archive.create_relations()
    moves = []
    for id, registers in registers_by_id.items():
        if work := relations.find_work_by_title_id(id):
            key = get_work_key(work)
            present = {register.field: register for register in state.get_registers_of_key(key)}
            newer = [r.with_key(key) for r in registers if r.field not in present or r.rank > present[r.field].rank]
            if newer:
                title = relations.get_work_titles([work]).get(work, work)
                moves.append(WorkMove(get_work_key(id), key, title, tuple(newer)))
    return moves


def find_successors(
    removed: Sequence[RemovedStory], stories: Sequence[Story], known_keys: Collection[str]
) -> dict[str, Successor]:
    """Return the best successor of each removed story by its key, without the stories that have none.

    In order of preference these are:

    1. a story with the same headline, or with a likely edit of it
    2. a story with the same opening, such as the first part after a split
    3. a story that contains the old headline or most of the old text

    Args:
        removed: the removed stories.
        stories: the present stories of the issue.
        known_keys: keys of present stories that are not new: they were beside the removed ones, or have own state.
    """
    if not removed:
        return {}
    present = [_NewStory(story) for story in stories]
    new = [story for story in present if story.key not in known_keys]
    old = [story for story in present if story.key in known_keys]
    new_index, old_index, full_index = _StoryIndex(new), _StoryIndex(old), _StoryIndex((*new, *old))
    found = {}
    for story in removed:
        if successor := _find_successor(story, new_index, old_index, full_index):
            found[story.key] = successor
    return found


def copy_registers(
    registers: Mapping[str, Sequence[Register]],
    removed: Sequence[RemovedStory],
    successors: Mapping[str, Successor],
    known_keys: Collection[str],
) -> list[Register]:
    """Return the registers for the successors, each with the time and the machine of the old one.

    So the last writer wins when they are merged, also against changes of the successor. A second run changes nothing.
    The old registers stay, because another machine may still have the story under that key.

    Args:
        registers: all registers of the removed stories and of their successors, by key.
        removed: the removed stories.
        successors: their successors, by key.
        known_keys: as for `find_successors`.
    """
    stored_keys = {story.key for story in removed if story.was_stored}
    moved: list[Register] = []
    for key in dict.fromkeys(successor.key for successor in successors.values()):
        old_keys = [old for old, successor in successors.items() if successor.key == key]
        parts = [old for old in old_keys if old in stored_keys]
        is_merge = len(parts) > 1
        is_read = is_merge and key not in known_keys and all(_is_read(registers.get(part, ())) for part in parts)
        note = next((register for register in registers.get(key, ()) if register.field == NOTE), None)
        for old in old_keys:
            is_same_story = successors[old].is_same_story and not (is_merge and old in stored_keys)
            for register in (register.with_key(key) for register in registers.get(old, ())):
                if is_same_story:
                    moved.append(register)
                elif (
                    register.value is None
                    or register.field == SCROLL_POSITION
                    or (register.field == READ and not is_read)
                ):
                    continue  # of a part only what the user has set moves, and not what is unset
                elif register.field == NOTE:
                    note = _join_notes(note, register, is_first_time=old in stored_keys)
                    moved.append(note)
                else:
                    moved.append(register)
    return moved


def move_quotes(registers: Iterable[Register], stories: Sequence[Story]) -> list[Register]:
    """Return the registers, with each highlight and forecast moved to the story that has its words.

    If an old story was split, that need not be its successor.
    """
    texts = {story.key: _NewStory(story) for story in stories}
    moved = []
    for register in registers:
        if register.field.startswith(_QUOTING_FIELDS) and register.value and len(texts) > 1:
            quote = normalise_text(json.loads(register.value)["quote"])
            successor = texts.get(register.key)
            if quote and not (successor and quote in successor.normalised_text):
                owner = next((key for key, story in texts.items() if quote in story.normalised_text), register.key)
                register = register.with_key(owner)
        moved.append(register)
    return moved


def find_renamed_keys(successors: Mapping[str, Successor]) -> dict[str, str]:
    """Return the old and new keys of stories that stay the same, without those that several stories merge into."""
    counts = Counter(successor.key for successor in successors.values())
    return {
        old: successor.key
        for old, successor in successors.items()
        if successor.is_same_story and counts[successor.key] == 1
    }


@dataclass(frozen=True)
class _NewStory:
    """A present story of the issue."""

    story: Story

    @property
    def key(self) -> str:
        return self.story.key

    @cached_property
    def normalised_headline(self) -> str:
        return normalise_text(self.story.headline)

    @cached_property
    def normalised_text(self) -> str:
        """Headline, tagline and text, because in another form of the issue one may be a part of the other."""
        return normalise_text(f"{self.story.headline}{self.story.tagline or ''}{self.story.text}")


class _StoryIndex:
    """Present stories of the issue, prepared for a search for many removed ones."""

    def __init__(self, stories: Iterable[_NewStory]) -> None:
        self._stories_by_key = {story.key: story for story in stories}
        self._stories_by_headline: dict[str, list[_NewStory]] = {}
        for story in self._stories_by_key.values():
            self._stories_by_headline.setdefault(story.normalised_headline, []).append(story)
        self._similar_headlines = SimilarHeadlines(
            {key: story.story.headline for key, story in self._stories_by_key.items()}
        )
        self._starts: list[int] = []
        """The start of each story in the joined text."""
        self._owners: list[_NewStory] = []
        """The story at each start."""

    @cached_property
    def _joined_text(self) -> str:
        """The texts of all stories, a line each, so that a paragraph is searched once and not once a story."""
        end = 0
        for story in self._stories_by_key.values():
            self._starts.append(end)
            self._owners.append(story)
            end += len(story.normalised_text) + 1
        return "\n".join(story.normalised_text for story in self._owners)

    def find_by_headline(self, removed: RemovedStory, *, same_numbers: bool = False) -> str | None:
        """Return the key of the story with the same headline, or with an edit of it.

        `same_numbers` accepts only an edit with the same numbers.
        """
        headline = removed.normalised_headline
        if headline and (same_headline := self._stories_by_headline.get(headline)):
            return max(same_headline, key=lambda story: _measure_overlap(removed, story)).key
        if len(headline) < _MIN_DISTINCTIVE_LENGTH:
            return None
        # A paragraph that was taken for a headline now starts the story.
        opening = headline[:_OPENING_LENGTH]
        if len(opening) == _OPENING_LENGTH:
            for story in self._stories_by_key.values():
                if len(story.normalised_headline) < len(headline) and story.normalised_text.startswith(opening):
                    return story.key
        among = None
        if same_numbers:
            numbers = _find_numbers(headline)
            among = [
                key
                for key, story in self._stories_by_key.items()
                if _find_numbers(story.normalised_headline) == numbers
            ]
        return self._similar_headlines.find_closest(removed.headline, among)

    def find_by_opening(self, removed: RemovedStory) -> str | None:
        """Return the key of the story with the same opening; of several, the one with most of the old text."""
        if not removed.normalised_paragraphs:
            return None
        opening = removed.normalised_paragraphs[0][:_OPENING_LENGTH]
        same_opening = [
            story for story in self.find_containing(opening) if opening in story.normalised_text[:_MAX_OPENING_OFFSET]
        ]
        return max(same_opening, key=lambda story: _measure_overlap(removed, story)).key if same_opening else None

    def find_by_text(self, removed: RemovedStory) -> str | None:
        """Return the key of the story with most of the old text, or of the first with the old headline in it."""
        lengths: dict[str, int] = {}
        for paragraph in removed.normalised_paragraphs:
            for story in self.find_containing(paragraph):
                lengths[story.key] = lengths.get(story.key, 0) + len(paragraph)
        longest = max(lengths.values(), default=0)
        if longest * 2 > sum(map(len, removed.normalised_paragraphs)):
            return next(key for key in self._stories_by_key if lengths.get(key) == longest)
        if len(removed.normalised_headline) < _MIN_DISTINCTIVE_LENGTH:
            return None
        return next((story.key for story in self.find_containing(removed.normalised_headline)), None)

    def find_containing(self, text: str) -> Iterator[_NewStory]:
        """Yield the stories that contain a normalised text, in order, each once."""
        joined = self._joined_text
        found = joined.find(text)
        while found >= 0:
            index = bisect_right(self._starts, found) - 1
            yield self._owners[index]
            if index + 1 == len(self._starts):
                return
            found = joined.find(text, self._starts[index + 1])


def _find_successor(removed: RemovedStory, new: _StoryIndex, old: _StoryIndex, both: _StoryIndex) -> Successor | None:
    if key := new.find_by_headline(removed):
        return Successor(key, is_same_story=True)
    if not removed.was_stored and (key := old.find_by_headline(removed, same_numbers=True)):
        # The archive never had both, so another machine has the story under another key.
        return Successor(key, is_same_story=True)
    if key := new.find_by_opening(removed):
        return Successor(key, is_same_story=True)
    if key := old.find_by_headline(removed) or both.find_by_text(removed):
        return Successor(key, is_same_story=False)
    return None


def _measure_overlap(removed: RemovedStory, story: _NewStory) -> float:
    """Return the share of the old text (0 to 1 of its letters) whose paragraphs are in the new story."""
    total = sum(map(len, removed.normalised_paragraphs))
    shared = sum(len(text) for text in removed.normalised_paragraphs if text in story.normalised_text)
    return shared / total if total else 0.0


def _find_numbers(headline: str) -> list[str]:
    """Return the numbers in a headline: "Part 1" and "Part 2" are different stories with similar headlines."""
    return re.findall(r"\d+", headline)


def _is_read(registers: Sequence[Register]) -> bool:
    return any(register.field == READ and register.value is not None for register in registers)


def _join_notes(present: Register | None, other: Register, *, is_first_time: bool) -> Register:
    """Join two notes; a note that was joined before and then shortened by the user is not joined again."""
    if present is None or present.value is None or other.value is None:
        return other
    if other.value in present.value or (not is_first_time and other.at <= present.at):
        return present
    value = other.value if present.value in other.value else f"{present.value}\n\n{other.value}"
    newest = max(other.at, present.at)
    return Register(other.key, other.field, value, ensure_after(newest, newest), other.machine)
