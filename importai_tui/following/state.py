"""Lets the reading state follow an issue that was stored anew. It decides nothing: `successors` does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from importai_tui.archive import Archive, Entry
from importai_tui.following.successors import Gone, carried, heirs, successors
from importai_tui.issue import Story
from importai_tui.reading import ReadingState, StoryName
from importai_tui.reading.fields import HIGHLIGHT, Register


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
