"""The reading state: marks, tags, notes, highlights and places of stories, and the way to another machine and back.

Under which key the state of a cited work is kept, beside the stories. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass

from importai_tui.state import store
from importai_tui.state.fields import (
    HIGHLIGHT,
    NOTE,
    OPENED,
    PLACE,
    STARRED,
    TAG,
    Edit,
    Highlight,
    Register,
    StoryName,
    Unfit,
    checked,
    stamp,
    tag_field,
)
from importai_tui.state.journal import Turned
from importai_tui.state.jsonl import Merged
from importai_tui.state.schema import daily_copy
from importai_tui.state.store import Change, Marked

_PREFIX = "work:"
"""No key of a story holds a colon."""
_LONGEST = 160
"""Characters of a work's id that stands in its key as it is: the parser keeps addresses of two thousand."""


def work_key(work: str) -> str:
    """The key for a work's canonical id."""
    if len(work) <= _LONGEST:
        return _PREFIX + work
    # Imported here: of a thousand works one has so long an address.
    from hashlib import sha256

    return _PREFIX + sha256(work.encode()).hexdigest()


def is_work(key: str) -> bool:
    """Whether a key is that of a work, and of no story."""
    return key.startswith(_PREFIX)


Names = Mapping[str, StoryName]


@dataclass(frozen=True, slots=True)
class KeptStory:
    """A story that has state, whether the archive still knows it or not."""

    key: str
    name: StoryName
    fields: tuple[str, ...]
    """What is kept of it, in alphabetical order: "highlight:0a1b2c3d", "note", "read"."""


@dataclass(frozen=True, slots=True)
class Stand:
    """How the marks stand at one time: how often one has come or gone, and how the fields that are asked for are
    spelled where they are in use.
    """

    turns: int
    fields: Mapping[str, str]


class ReadingState(Marked):
    """One open reading state. A change is durable when its method returns; where it raises, nothing has changed."""

    def tag(self, keys: Iterable[str], name: str, on: bool = True, names: Names | None = None) -> Change:
        """Give stories a tag or take it away, as one undo step; a hash sign before the name is no part of it.

        A tag that is in use under other capitals is that tag.
        """
        field = self._tag_field(name)
        edits = [Edit(key, field, self._since(on)) for key in keys]
        return self.change(edits, lambda done: store.of_tag(field.partition(":")[2], done), names)

    def tagged_keys(self, name: str) -> Set[str]:
        """The keys of all stories with this tag, in whatever capitals: a view that follows every change."""
        return self._marks.of(self._tag_field(name))

    def marks(self, fields: Iterable[str]) -> dict[str, Set[str]]:
        """Return for each field ("read", "note", "tag:robots") the keys of the stories where it is set.

        "tag:" is any tag. The sets follow every change, except that of "tag:"; another thread may read them.
        """
        self._look()
        return {field: self._with(self._in_use(field)) for field in fields}

    def stand(self, fields: Iterable[str]) -> Stand:
        """How the marks stand now, for one who will ask what has turned since."""
        self._look()
        return Stand(self._marks.turns, {field: self._in_use(field) for field in fields})

    def marks_at(self, stand: Stand) -> dict[str, Set[str]]:
        """The keys of all stories where a field is so, for each; copies, of a stand that was just taken."""
        return {field: frozenset(self._with(used)) for field, used in stand.fields.items()}

    def turned_since(self, stand: Stand) -> tuple[Turned, ...] | None:
        """The stories of which something has turned between it and the one that was just taken; None: too many."""
        return self._marks.turned_since(stand.turns)

    def _with(self, field: str) -> Set[str]:
        if field == TAG:
            return frozenset(key for name, _ in self._marks.tags() for key in self._marks.of(TAG + name))
        return self._marks.of(field)

    def _in_use(self, field: str) -> str:
        return self._marks.tag_like(field) if field.startswith(TAG) and field != TAG else field

    def _tag_field(self, name: str) -> str:
        self._look()
        return self._marks.tag_like(tag_field(name))

    def tags_of(self, key: str) -> tuple[str, ...]:
        """The names of a story's tags, in alphabetical order."""
        self._look()
        return self._marks.tags_of(key)

    def all_tags(self) -> tuple[tuple[str, int], ...]:
        """The names of all tags in use, each with its number of stories, in alphabetical order."""
        self._look()
        return self._marks.tags()

    def star_work(self, work: str, on: bool, title: str) -> Change:
        """Put a cited work on the reading list or take it off, as one undo step."""
        label = f"{'Starred' if on else 'Took the star off'} “{title}”"
        key = work_key(work)
        return self.change([Edit(key, STARRED, self._since(on))], label, {key: StoryName(title)})

    def keep_opened(self, work: str, title: str) -> None:
        """Keep that a cited work was opened; it is no undo step."""
        key = work_key(work)
        if key not in self._marks.of(OPENED):
            self._is_there()
            edit = checked(Edit(key, OPENED, self._since(True)))
            if self._journal.keep(edit, "place", StoryName(title)):
                self._marks.follow([edit])

    def is_work_starred(self, work: str) -> bool:
        """Whether a cited work is on the reading list."""
        return work_key(work) in self.starred_works()

    def is_work_opened(self, work: str) -> bool:
        """Whether a cited work was opened."""
        return work_key(work) in self.opened_works()

    def starred_works(self) -> Set[str]:
        """The keys, by `work_key`, of the works on the reading list: a view that follows every change."""
        return self.starred_keys()

    def opened_works(self) -> Set[str]:
        """The keys, by `work_key`, of the works that were opened: a view that follows every change."""
        self._look()
        return self._marks.of(OPENED)

    def set_note(self, key: str, text: str | None, names: Names | None = None) -> Change:
        """Write a story's note, or remove it: None and an empty text are the same. One undo step."""
        edit = checked(Edit(key, NOTE, text))
        return self.change([edit], store.of_note(self.note_of(key), edit.value), names)

    def note_of(self, key: str) -> str | None:
        """A story's note."""
        return self._journal.value(key, NOTE)

    def add_highlight(
        self, key: str, quote: str, remark: str | None = None, paragraph: int = 0, names: Names | None = None
    ) -> str:
        """Keep a passage of a story, as one undo step; the highlight's id. `paragraph` counts from 0."""
        from secrets import token_hex

        highlight = Highlight(token_hex(4), quote, remark, paragraph)
        self.change([Edit(key, HIGHLIGHT + highlight.id, highlight.written())], "Highlighted a passage", names)
        return highlight.id

    def remark(self, key: str, id: str, text: str | None) -> Change:
        """Write, change or remove the remark to a highlight; nothing changes where it is gone. One undo step."""
        present = self._journal.value(key, HIGHLIGHT + id)
        if present is None:
            return Change("That highlight is gone", ())
        before = Highlight.read(HIGHLIGHT + id, present)
        changed = Highlight(before.id, before.quote, text, before.paragraph)
        label = "Wrote a remark to a highlight" if text else "Removed the remark of a highlight"
        return self.change([Edit(key, HIGHLIGHT + id, changed.written())], label)

    def drop_highlight(self, key: str, id: str) -> Change:
        """Take a highlight away, as one undo step."""
        return self.change([Edit(key, HIGHLIGHT + id, None)], "Removed a highlight")

    def highlights_of(self, key: str) -> tuple[Highlight, ...]:
        """A story's highlights, in the order of its paragraphs."""
        found = []
        for field, written in self._journal.values(key, HIGHLIGHT):
            with suppress(Unfit):  # a damaged one is found by the daily check
                found.append(Highlight.read(field, written))
        return tuple(sorted(found, key=lambda highlight: (highlight.paragraph, highlight.id)))

    def count_highlights(self) -> tuple[int, int]:
        """How many highlights there are, and in how many stories."""
        return self._journal.count(HIGHLIGHT)

    def keep_place(self, key: str, place: str | None, names: Names | None = None) -> None:
        """Keep the place inside a story, a small JSON text; it is no undo step."""
        edit = checked(Edit(key, PLACE, place))
        self._is_there()
        self._journal.keep(edit, "place", (names or {}).get(key))

    def place_of(self, key: str) -> str | None:
        """The place kept for a story."""
        return self._journal.value(key, PLACE)

    def kept_stories(self) -> tuple[KeptStory, ...]:
        """Every story with state of any kind, by key: for export, and to find state whose story is gone."""
        found: dict[str, tuple[StoryName, list[str]]] = {}
        for register, name in self._journal.registers():
            if register.value is not None and not is_work(register.key):
                found.setdefault(register.key, (name, []))[1].append(register.field)
        return tuple(KeptStory(key, name, tuple(fields)) for key, (name, fields) in found.items())

    def lines(self) -> Iterator[str]:
        """The whole state as lines of JSON, without line ends: what `merge` takes on another machine."""
        from importai_tui.state.jsonl import written

        return written(self._journal.registers(), self._journal.machine, stamp(self._now()))

    def merge(self, lines: Iterable[str]) -> Merged:
        """Take over what is newer in another machine's lines. It is no undo step.

        Merging twice, or many files in any order, gives one state: of each story's field the newest wins.
        """
        from importai_tui.state.jsonl import read_lines

        told = read_lines(lines)
        self._is_there()
        limit = self._journal.latest_believed()
        done = self._journal.merge(told.registers, told.names, "merge")
        self._marks.follow(done)
        ahead = sum(register.at > limit for register in told.registers)
        return Merged(len(done), len(told.registers) - len(done), told.bad, tuple(told.faults), ahead)

    def registers(self) -> list[tuple[Register, StoryName]]:
        """Every field of every story, also those that were taken away, with what its key stands for."""
        return self._journal.registers()

    def follow(self, registers: Iterable[Register], names: Names, heirs: Mapping[str, str] | None = None) -> int:
        """Give stories what is kept of those that they take the place of; how many fields changed.

        It is no undo step, and of each field the newest wins, as if it came from another machine. `heirs`: where a
        story goes on as itself under another key, so that what is undone later reaches it too.
        """
        self._is_there()
        done = self._journal.merge(registers, names, "follow", heirs)
        self._marks.follow(done)
        return len(done)

    def hand_on(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Let stories that go on under another key have there what was changed of them; those keys."""
        lines = {key: self._journal.heirs(key) for key in keys}
        moved = [r.of(heir) for key, line in lines.items() for r in self._journal.registers_of(key) for heir in line]
        self.follow(moved, {})
        return tuple(heir for line in lines.values() for heir in line)

    def check(self) -> tuple[str, ...]:
        """What is wrong with the file, a sentence each; nothing where it can be written and agrees with its journal."""
        if wrong := self.damage():
            return wrong
        trouble = self._database.writing_trouble()
        return (trouble,) if trouble else ()

    def damage(self) -> tuple[str, ...]:
        """Say how the file is damaged, a sentence each; nothing where it agrees with its journal and newest copy."""
        from importai_tui.state.integrity import differences, faults

        return faults(self._database) or differences(self._database)

    def copy_trouble(self) -> str | None:
        """Say why the state cannot be copied, if there is no copy of today; None where it can, or is."""
        from importai_tui.state.backups import copy_trouble

        now = self._now()
        return None if daily_copy(self.path, now).exists() else copy_trouble(self._database, now)

    def rebuild_from_journal(self) -> int:
        """Make the state what its newest copy and its journal say; how many of its values were not so."""
        from importai_tui.state.recovery import repair_open

        self._is_there()
        count = repair_open(self._database)
        self._reload()
        return count
