"""The reading state: marks, tags, notes, highlights and places of stories, and the way to another machine and back.

Under which key the state of a cited work is kept, beside the stories. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass

from importai_tui.state import store
from importai_tui.state.fields import (
    HIGHLIGHT_PREFIX,
    NOTE,
    OPENED,
    SCROLL_POSITION,
    STARRED,
    TAG_PREFIX,
    Edit,
    Highlight,
    Register,
    StateValueError,
    StoryName,
    get_tag_field,
    to_timestamp,
    validate_edit,
)
from importai_tui.state.journal import MarkChange
from importai_tui.state.jsonl import MergeResult
from importai_tui.state.schema import get_daily_copy_path
from importai_tui.state.store import ChangeResult, MarkStore

_WORK_KEY_PREFIX = "work:"
"""No key of a story holds a colon."""
_MAX_PLAIN_ID_LENGTH = 160
"""Characters of a work's id that stands in its key as it is: the parser keeps addresses of two thousand."""


def get_work_key(work: str) -> str:
    """The key for a work's canonical id."""
    if len(work) <= _MAX_PLAIN_ID_LENGTH:
        return _WORK_KEY_PREFIX + work
    # Imported here: of a thousand works one has so long an address.
    from hashlib import sha256

    return _WORK_KEY_PREFIX + sha256(work.encode()).hexdigest()


def is_work_key(key: str) -> bool:
    """Whether a key is that of a work, and of no story."""
    return key.startswith(_WORK_KEY_PREFIX)


StoryNames = Mapping[str, StoryName]


@dataclass(frozen=True, slots=True)
class StoryState:
    """A story that has state, whether the archive still knows it or not."""

    key: str
    name: StoryName
    fields: tuple[str, ...]
    """What is kept of it, in alphabetical order: "highlight:0a1b2c3d", "note", "read"."""


@dataclass(frozen=True, slots=True)
class MarksVersion:
    """How the marks stand at one time: how often one has come or gone, and how the fields that are asked for are
    spelled where they are in use.
    """

    number: int
    fields: Mapping[str, str]


class ReadingState(MarkStore):
    """One open reading state. A change is durable when its method returns; where it raises, nothing has changed."""

    def tag(self, keys: Iterable[str], name: str, on: bool = True, names: StoryNames | None = None) -> ChangeResult:
        """Give stories a tag or take it away, as one undo step; a hash sign before the name is no part of it.

        A tag that is in use under other capitals is that tag.
        """
        field = self._find_tag_field(name)
        edits = [Edit(key, field, self._make_mark_value(on)) for key in keys]
        return self.change(edits, lambda done: store.format_tag_label(field.partition(":")[2], done), names)

    def get_tagged_keys(self, name: str) -> Set[str]:
        """The keys of all stories with this tag, in whatever capitals: a view that follows every change."""
        return self._marks.get_keys(self._find_tag_field(name))

    def get_marks(self, fields: Iterable[str]) -> dict[str, Set[str]]:
        """Return for each field ("read", "note", "tag:robots") the keys of the stories where it is set.

        "tag:" is any tag. The sets follow every change, except that of "tag:"; another thread may read them.
        """
        self._refresh()
        return {field: self._get_keys(self._find_field_in_use(field)) for field in fields}

    def get_marks_version(self, fields: Iterable[str]) -> MarksVersion:
        """How the marks stand now, for one who will ask what has turned since."""
        self._refresh()
        return MarksVersion(self._marks.version, {field: self._find_field_in_use(field) for field in fields})

    def get_marks_at(self, version: MarksVersion) -> dict[str, Set[str]]:
        """The keys of all stories where a field is so, for each; copies, of a stand that was just taken."""
        return {field: frozenset(self._get_keys(used)) for field, used in version.fields.items()}

    def get_mark_changes(self, version: MarksVersion) -> tuple[MarkChange, ...] | None:
        """The stories of which something has turned between it and the one that was just taken; None: too many."""
        return self._marks.changes_since(version.number)

    def _get_keys(self, field: str) -> Set[str]:
        if field == TAG_PREFIX:
            return frozenset(
                key for name, _ in self._marks.count_tags() for key in self._marks.get_keys(TAG_PREFIX + name)
            )
        return self._marks.get_keys(field)

    def _find_field_in_use(self, field: str) -> str:
        return self._marks.find_tag_in_use(field) if field.startswith(TAG_PREFIX) and field != TAG_PREFIX else field

    def _find_tag_field(self, name: str) -> str:
        self._refresh()
        return self._marks.find_tag_in_use(get_tag_field(name))

    def get_tags(self, key: str) -> tuple[str, ...]:
        """The names of a story's tags, in alphabetical order."""
        self._refresh()
        return self._marks.get_tags(key)

    def count_tags(self) -> tuple[tuple[str, int], ...]:
        """The names of all tags in use, each with its number of stories, in alphabetical order."""
        self._refresh()
        return self._marks.count_tags()

    def star_work(self, work: str, on: bool, title: str) -> ChangeResult:
        """Put a cited work on the reading list or take it off, as one undo step."""
        label = f"{'Starred' if on else 'Took the star off'} “{title}”"
        key = get_work_key(work)
        return self.change([Edit(key, STARRED, self._make_mark_value(on))], label, {key: StoryName(title)})

    def record_work_opened(self, work: str, title: str) -> None:
        """Keep that a cited work was opened; it is no undo step."""
        key = get_work_key(work)
        if key not in self._marks.get_keys(OPENED):
            self._require_same_file()
            edit = validate_edit(Edit(key, OPENED, self._make_mark_value(True)))
            if self._journal.save_edit(edit, "place", StoryName(title)):
                self._marks.apply_edits([edit])

    def is_work_starred(self, work: str) -> bool:
        """Whether a cited work is on the reading list."""
        return get_work_key(work) in self.get_starred_works()

    def is_work_opened(self, work: str) -> bool:
        """Whether a cited work was opened."""
        return get_work_key(work) in self.get_opened_works()

    def get_starred_works(self) -> Set[str]:
        """The keys, by `work_key`, of the works on the reading list: a view that follows every change."""
        return self.get_starred_keys()

    def get_opened_works(self) -> Set[str]:
        """The keys, by `work_key`, of the works that were opened: a view that follows every change."""
        self._refresh()
        return self._marks.get_keys(OPENED)

    def set_note(self, key: str, text: str | None, names: StoryNames | None = None) -> ChangeResult:
        """Write a story's note, or remove it: None and an empty text are the same. One undo step."""
        edit = validate_edit(Edit(key, NOTE, text))
        return self.change([edit], store.format_note_label(self.get_note(key), edit.value), names)

    def get_note(self, key: str) -> str | None:
        """A story's note."""
        return self._journal.get_value(key, NOTE)

    def add_highlight(
        self, key: str, quote: str, remark: str | None = None, paragraph: int = 0, names: StoryNames | None = None
    ) -> str:
        """Keep a passage of a story, as one undo step; the highlight's id. `paragraph` counts from 0."""
        from secrets import token_hex

        highlight = Highlight(token_hex(4), quote, remark, paragraph)
        self.change([Edit(key, HIGHLIGHT_PREFIX + highlight.id, highlight.to_json())], "Highlighted a passage", names)
        return highlight.id

    def set_remark(self, key: str, id: str, text: str | None) -> ChangeResult:
        """Write, change or remove the remark to a highlight; nothing changes where it is gone. One undo step."""
        present = self._journal.get_value(key, HIGHLIGHT_PREFIX + id)
        if present is None:
            return ChangeResult("That highlight is gone", ())
        before = Highlight.from_json(HIGHLIGHT_PREFIX + id, present)
        changed = Highlight(before.id, before.quote, text, before.paragraph)
        label = "Wrote a remark to a highlight" if text else "Removed the remark of a highlight"
        return self.change([Edit(key, HIGHLIGHT_PREFIX + id, changed.to_json())], label)

    def remove_highlight(self, key: str, id: str) -> ChangeResult:
        """Take a highlight away, as one undo step."""
        return self.change([Edit(key, HIGHLIGHT_PREFIX + id, None)], "Removed a highlight")

    def get_highlights(self, key: str) -> tuple[Highlight, ...]:
        """A story's highlights, in the order of its paragraphs."""
        found = []
        for field, written in self._journal.get_values(key, HIGHLIGHT_PREFIX):
            with suppress(StateValueError):  # a damaged one is found by the daily check
                found.append(Highlight.from_json(field, written))
        return tuple(sorted(found, key=lambda highlight: (highlight.paragraph, highlight.id)))

    def count_highlights(self) -> tuple[int, int]:
        """How many highlights there are, and in how many stories."""
        return self._journal.count_fields(HIGHLIGHT_PREFIX)

    def save_scroll_position(self, key: str, position: str | None, names: StoryNames | None = None) -> None:
        """Keep the place inside a story, a small JSON text; it is no undo step."""
        edit = validate_edit(Edit(key, SCROLL_POSITION, position))
        self._require_same_file()
        self._journal.save_edit(edit, "place", (names or {}).get(key))

    def get_scroll_position(self, key: str) -> str | None:
        """The place kept for a story."""
        return self._journal.get_value(key, SCROLL_POSITION)

    def get_story_states(self) -> tuple[StoryState, ...]:
        """Every story with state of any kind, by key: for export, and to find state whose story is gone."""
        found: dict[str, tuple[StoryName, list[str]]] = {}
        for register, name in self._journal.get_registers():
            if register.value is not None and not is_work_key(register.key):
                found.setdefault(register.key, (name, []))[1].append(register.field)
        return tuple(StoryState(key, name, tuple(fields)) for key, (name, fields) in found.items())

    def export_lines(self) -> Iterator[str]:
        """The whole state as lines of JSON, without line ends: what `merge` takes on another machine."""
        from importai_tui.state.jsonl import format_lines

        return format_lines(self._journal.get_registers(), self._journal.machine, to_timestamp(self._now()))

    def merge(self, lines: Iterable[str]) -> MergeResult:
        """Take over what is newer in another machine's lines. It is no undo step.

        Merging twice, or many files in any order, gives one state: of each story's field the newest wins.
        """
        from importai_tui.state.jsonl import parse_lines

        told = parse_lines(lines)
        self._require_same_file()
        limit = self._journal.get_time_limit()
        done = self._journal.merge(told.registers, told.names, "merge")
        self._marks.apply_edits(done)
        ahead = sum(register.at > limit for register in told.registers)
        return MergeResult(len(done), len(told.registers) - len(done), told.invalid, tuple(told.errors), ahead)

    def get_registers(self) -> list[tuple[Register, StoryName]]:
        """Every field of every story, also those that were taken away, with what its key stands for."""
        return self._journal.get_registers()

    def merge_registers(
        self, registers: Iterable[Register], names: StoryNames, successor_keys: Mapping[str, str] | None = None
    ) -> int:
        """Give stories what is kept of those that they take the place of; how many fields changed.

        It is no undo step, and of each field the newest wins, as if it came from another machine. `heirs`: where a
        story goes on as itself under another key, so that what is undone later reaches it too.
        """
        self._require_same_file()
        done = self._journal.merge(registers, names, "follow", successor_keys)
        self._marks.apply_edits(done)
        return len(done)

    def forward_changes(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Let stories that go on under another key have there what was changed of them; those keys."""
        lines = {key: self._journal.get_successor_keys(key) for key in keys}
        moved = [
            r.with_key(heir)
            for key, line in lines.items()
            for r in self._journal.get_registers_of_key(key)
            for heir in line
        ]
        self.merge_registers(moved, {})
        return tuple(heir for line in lines.values() for heir in line)

    def find_problems(self) -> tuple[str, ...]:
        """What is wrong with the file, a sentence each; nothing where it can be written and agrees with its journal."""
        if wrong := self.find_damage():
            return wrong
        trouble = self._database.get_write_problem()
        return (trouble,) if trouble else ()

    def find_damage(self) -> tuple[str, ...]:
        """Say how the file is damaged, a sentence each; nothing where it agrees with its journal and newest copy."""
        from importai_tui.state.integrity import find_copy_differences, find_problems

        return find_problems(self._database) or find_copy_differences(self._database)

    def find_copy_error(self) -> str | None:
        """Say why the state cannot be copied, if there is no copy of today; None where it can, or is."""
        from importai_tui.state.backups import find_copy_error

        now = self._now()
        return None if get_daily_copy_path(self.path, now).exists() else find_copy_error(self._database, now)

    def rebuild_from_journal(self) -> int:
        """Make the state what its newest copy and its journal say; how many of its values were not so."""
        from importai_tui.state.recovery import repair_open_state

        self._require_same_file()
        count = repair_open_state(self._database)
        self._reload_marks()
        return count
