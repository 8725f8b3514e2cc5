"""The reading state: tags, notes, highlights and scroll positions of stories, the state of cited works, and merging.

Read marks and stars of stories are in `store`, the validation of values in `fields`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from importai_tui.state.fields import (
    FORECAST_NOTE_PREFIX,
    FORECAST_PREFIX,
    HIGHLIGHT_PREFIX,
    NOTE,
    OPENED,
    SCROLL_POSITION,
    STARRED,
    TAG_PREFIX,
    Edit,
    Highlight,
    Register,
    StoryName,
    fold_tag,
    get_tag_field,
    to_timestamp,
    validate_edit,
)
from importai_tui.state.guide_keys import OLD_GUIDE_KEYS
from importai_tui.state.journal import AnnotationRow, MarkChange
from importai_tui.state.labels import (
    FORECAST_ADDED,
    FORECAST_REMOVED,
    HIGHLIGHT_ADDED,
    HIGHLIGHT_GONE,
    HIGHLIGHT_REMOVED,
    TAG_UNCHANGED,
    label_comment,
    label_forecast_note,
    label_note,
    label_renamed_tag,
    label_tag,
    label_verdict,
    label_work_star,
)
from importai_tui.state.schema import get_daily_copy_path
from importai_tui.state.store import ChangeResult, MarkStore
from importai_tui.state.values import StateValueError

if TYPE_CHECKING:
    from importai_tui.state.forecasts import ForecastRecord, Verdict
    from importai_tui.state.jsonl import MergeResult

StoryNames = Mapping[str, StoryName]
"""Names of stories by their keys."""

_WORK_KEY_PREFIX = "work:"
"""No story's key has a colon."""
_TITLE_WORK_PREFIX = "work:title:"
_MAX_PLAIN_ID_LENGTH = 160
"""Characters of a work's id that is part of its key; longer ids are hashed. Ids may have two thousand characters."""


def get_work_key(work: str) -> str:
    """Return the key of a work's state for its canonical id."""
    if len(work) <= _MAX_PLAIN_ID_LENGTH:
        return _WORK_KEY_PREFIX + work
    # Imported here, because only one in a thousand works has such a long id.
    from hashlib import sha256

    return _WORK_KEY_PREFIX + sha256(work.encode()).hexdigest()


def is_work_key(key: str) -> bool:
    """Return True if the key belongs to a work, not to a story."""
    return key.startswith(_WORK_KEY_PREFIX)


def is_title_work_key(key: str) -> bool:
    """Return True if the key belongs to a work without an address."""
    return key.startswith(_TITLE_WORK_PREFIX)


class StoryState(NamedTuple):
    """A story that has state; it need not be in the archive."""

    key: str
    name: StoryName
    registers: tuple[Register, ...]
    """Its fields that are set, in alphabetical order: "highlight:0a1b2c3d", "note", "read"."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of its fields."""
        return tuple(register.field for register in self.registers)


class MarksVersion(NamedTuple):
    """A version of the marks of some fields, for later questions about changes since then."""

    number: int
    """Number of marks that were set or removed until then."""
    fields: Mapping[str, str]
    """The requested fields, each with its spelling in use, because tags ignore case."""


class ReadingState(MarkStore):
    """An open reading state. A change is durable when its method returns; if it raises, nothing has changed."""

    def tag(self, keys: Iterable[str], name: str, on: bool = True, names: StoryNames | None = None) -> ChangeResult:
        """Add a tag to stories or remove it, as one undo step.

        A hash sign before the name is ignored. If the tag is in use in another case, that spelling is used.
        """
        field = self._find_tag_field(name)
        edits = [Edit(key, field, self._make_mark_value(on)) for key in keys]
        return self.change(edits, lambda changes: label_tag(field.removeprefix(TAG_PREFIX), changes), names)

    def rename_tag(self, name: str, new_name: str) -> ChangeResult:
        """Rename a tag on all its stories, as one undo step; if the new name is in use, both tags become one.

        The times at which the stories were tagged stay.
        """
        field = self._find_tag_field(name)
        new_field = TAG_PREFIX + self.find_new_tag_name(name, new_name)
        if new_field == field:
            return ChangeResult(TAG_UNCHANGED, ())
        times, new_keys = self._journal.get_values_of_field(field), self._marks.get_keys(new_field)
        label = label_renamed_tag(
            field.removeprefix(TAG_PREFIX), new_field.removeprefix(TAG_PREFIX), len(times), is_merge=bool(new_keys)
        )
        edits = [Edit(key, field, None) for key in times]
        edits += [Edit(key, new_field, at) for key, at in times.items() if key not in new_keys]
        return self.change(edits, lambda _: label)

    def find_new_tag_name(self, name: str, new_name: str) -> str:
        """Return the name that a tag would get from `rename_tag`: that of another tag if both would become one.

        Raises:
            StateValueError: the new name is empty or too long.
        """
        field, new_field = self._find_tag_field(name), get_tag_field(new_name)
        in_use = {used for used, _ in self._marks.count_tags()}
        is_new_spelling = fold_tag(new_field) == fold_tag(field) and new_field.removeprefix(TAG_PREFIX) not in in_use
        found = new_field.replace(" ", "-") if is_new_spelling else self._marks.find_tag_in_use(new_field)
        return found.removeprefix(TAG_PREFIX)

    def get_annotations(self, *, keys: Collection[str] | None = None, newest: int | None = None) -> list[AnnotationRow]:
        """Return all notes, highlights and tags with the names of their stories.

        Args:
            keys: only those of these stories.
            newest: only about so many, those that were changed last.
        """
        rows = self._journal.get_annotations(keys=keys, newest=newest)
        return [row for row in rows if not is_work_key(row.key)]

    def get_highlight_times(self) -> dict[tuple[str, str], str]:
        """Return the times of all highlights, by the key of the story and the field of the highlight."""
        return self._journal.get_times(HIGHLIGHT_PREFIX)

    def get_version(self) -> int:
        """Return a number that rises with every change, also one by another window."""
        return self._journal.get_last_line_id()

    def get_changed_keys(self, version: int) -> list[str]:
        """Return the keys of the stories and works that were changed after this version."""
        return self._journal.get_changed_keys(version)

    def get_tagged_keys(self, name: str) -> Set[str]:
        """Return the keys of all stories with this tag, in any case: a view that shows every later change."""
        return self._marks.get_keys(self._find_tag_field(name))

    def get_tags(self, key: str) -> tuple[str, ...]:
        """Return the names of a story's tags, in alphabetical order."""
        self._refresh()
        return self._marks.get_tags(key)

    def get_tags_by_key(self) -> dict[str, list[str]]:
        """Return the names of the tags of each story that has any, in alphabetical order."""
        self._refresh()
        return self._marks.get_tags_by_key()

    def count_tags(self) -> tuple[tuple[str, int], ...]:
        """Return the names of all tags in use with their numbers of stories, in alphabetical order."""
        self._refresh()
        return self._marks.count_tags()

    def get_marks(self, fields: Iterable[str]) -> dict[str, Set[str]]:
        """Return for each field ("read", "note", "tag:robots") the keys of the stories that have it set.

        "tag:" is any tag, "highlight:" any highlight. The sets show later changes, except that of "tag:"; another
        thread may read them.
        """
        self._refresh()
        return {field: self._get_keys(self._find_field_in_use(field)) for field in fields}

    def get_marks_version(self, fields: Iterable[str]) -> MarksVersion:
        """Return the present version of the marks, for `get_marks_at` and `get_mark_changes`."""
        self._refresh()
        return MarksVersion(self._marks.version, {field: self._find_field_in_use(field) for field in fields})

    def get_marks_at(self, version: MarksVersion) -> dict[str, Set[str]]:
        """Return for each field the keys of the stories that have it set, as copies; `version` must be the latest."""
        return {field: frozenset(self._get_keys(spelling)) for field, spelling in version.fields.items()}

    def get_mark_changes(self, version: MarksVersion) -> tuple[MarkChange, ...] | None:
        """Return the stories whose marks changed between this version and the latest; None if there are too many."""
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
        if self._marks.get_keys(field := TAG_PREFIX + name):  # also a damaged one, so that it can be removed
            return field
        return self._marks.find_tag_in_use(get_tag_field(name))

    def star_work(self, work: str, on: bool, title: str) -> ChangeResult:
        """Add a cited work to the reading list or remove it, as one undo step."""
        key = get_work_key(work)
        edit = Edit(key, STARRED, self._make_mark_value(on))
        return self.change([edit], label_work_star(title, on), {key: StoryName(title)})

    def record_work_opened(self, work: str, title: str) -> None:
        """Record that a cited work was opened, without an undo step."""
        key = get_work_key(work)
        if key not in self._marks.get_keys(OPENED):
            self._require_same_file()
            edit = validate_edit(Edit(key, OPENED, self._make_mark_value(True)))
            if self._journal.save_edit(edit, "place", StoryName(title)):
                self._marks.apply_edits([edit])

    def is_work_opened(self, work: str) -> bool:
        """Return True if a cited work was opened."""
        return get_work_key(work) in self.get_opened_works()

    def get_title_work_registers(self) -> dict[str, list[Register]]:
        """Return the fields of works without an address, by the id of the work: `title:…`."""
        registers: dict[str, list[Register]] = {}
        for register in self._journal.get_registers_by_prefix(_TITLE_WORK_PREFIX):
            registers.setdefault(register.key.removeprefix(_WORK_KEY_PREFIX), []).append(register)
        return registers

    def get_registers_of_key(self, key: str) -> list[Register]:
        """Return all fields of one story or work."""
        return self._journal.get_registers_of_key(key)

    def get_successor_keys(self, key: str) -> list[str]:
        """Return the newer keys to which the state of this key has moved, the latest one last."""
        return self._journal.get_successor_keys(key)

    def has_successor(self, key: str) -> bool:
        """Return True if the state of this key has moved to another one."""
        return bool(self.get_successor_keys(key))

    def get_starred_works(self) -> Set[str]:
        """Return the keys (see `get_work_key`) of works on the reading list: a view that shows every later change."""
        return self.get_starred_keys()

    def get_opened_works(self) -> Set[str]:
        """Return the keys (see `get_work_key`) of the opened works: a view that shows every later change."""
        self._refresh()
        return self._marks.get_keys(OPENED)

    def set_note(self, key: str, text: str | None, names: StoryNames | None = None) -> ChangeResult:
        """Write a story's note as one undo step; None and an empty text remove it."""
        edit = self._validate_edit(Edit(key, NOTE, text))
        return self.change([edit], label_note(self.get_note(key), edit.value), names)

    def get_note(self, key: str) -> str | None:
        """Return a story's note; None if it has none."""
        return self._journal.get_value(key, NOTE)

    def add_highlight(
        self, key: str, quote: str, remark: str | None = None, paragraph: int = 0, names: StoryNames | None = None
    ) -> str:
        """Highlight a passage of a story as one undo step; returns the highlight's id. `paragraph` counts from 0."""
        from secrets import token_hex

        highlight = Highlight(token_hex(4), quote, remark, paragraph)
        self.change([Edit(key, HIGHLIGHT_PREFIX + highlight.id, highlight.to_json())], HIGHLIGHT_ADDED, names)
        return highlight.id

    def set_remark(self, key: str, id: str, text: str | None) -> ChangeResult:
        """Write or delete the comment on a highlight, as one undo step; does nothing if the highlight is gone."""
        present = self._journal.get_value(key, HIGHLIGHT_PREFIX + id)
        if present is None:
            return ChangeResult(HIGHLIGHT_GONE, ())
        highlight = Highlight.from_json(HIGHLIGHT_PREFIX + id, present)
        edit = Edit(key, HIGHLIGHT_PREFIX + id, highlight._replace(remark=text).to_json())
        return self.change([edit], label_comment(highlight.remark, text or None))

    def remove_highlight(self, key: str, id: str) -> ChangeResult:
        """Remove a highlight, as one undo step."""
        return self.change([Edit(key, HIGHLIGHT_PREFIX + id, None)], HIGHLIGHT_REMOVED)

    def get_highlights(self, key: str) -> tuple[Highlight, ...]:
        """Return a story's highlights, in the order of its paragraphs."""
        highlights = []
        for field, value in self._journal.get_values(key, HIGHLIGHT_PREFIX):
            with suppress(StateValueError):  # the daily check finds damaged values
                highlights.append(Highlight.from_json(field, value))
        return tuple(sorted(highlights, key=lambda highlight: (highlight.paragraph, highlight.id)))

    def count_highlights(self) -> tuple[int, int]:
        """Return the number of highlights, and the number of stories that have any."""
        return self._journal.count_fields(HIGHLIGHT_PREFIX, OLD_GUIDE_KEYS)

    def set_verdict(
        self, key: str, forecast: ForecastRecord, verdict: Verdict | None, names: StoryNames | None = None
    ) -> ChangeResult:
        """Give a verdict on a forecast of a story, as one undo step; its note stays. None takes the verdict back."""
        from importai_tui.state.forecasts import judge

        record = judge(forecast, self.get_forecast(key, forecast.id), verdict)
        edit = Edit(key, FORECAST_PREFIX + forecast.id, record.to_json() if record else None)
        return self.change([edit], lambda changes: label_verdict(verdict, changes), names)

    def set_forecast_note(
        self, key: str, forecast: ForecastRecord, text: str | None, names: StoryNames | None = None
    ) -> ChangeResult:
        """Write the note on a forecast of a story as one undo step; None and an empty text remove it."""
        from importai_tui.state.forecasts import annotate

        present = self.get_forecast(key, forecast.id)
        record = annotate(forecast, text)
        edit = Edit(key, FORECAST_NOTE_PREFIX + forecast.id, record.to_json() if record else None)
        label = label_forecast_note(present.note if present else None, record.note if record else None)
        return self.change([edit], label, names)

    def add_forecast(self, key: str, forecast: ForecastRecord, names: StoryNames | None = None) -> ChangeResult:
        """Add a forecast to a story by hand, as one undo step. A verdict and a note that it has already stay."""
        from importai_tui.state.forecasts import add_by_hand

        record = add_by_hand(forecast, self.get_forecast(key, forecast.id))
        return self.change([Edit(key, FORECAST_PREFIX + forecast.id, record.to_json())], FORECAST_ADDED, names)

    def remove_forecast(self, key: str, id: str) -> ChangeResult:
        """Remove the verdict and the note on a forecast, as one undo step; one that was added by hand is gone."""
        edits = [Edit(key, prefix + id, None) for prefix in (FORECAST_PREFIX, FORECAST_NOTE_PREFIX)]
        return self.change(edits, FORECAST_REMOVED)

    def get_forecast(self, key: str, id: str) -> ForecastRecord | None:
        """Return what the user has said about a forecast of a story; None if that is nothing, or damaged."""
        return next((record for _, _, record in self.get_forecasts(key) if record.id == id), None)

    def get_forecasts(self, key: str | None = None) -> list[tuple[str, StoryName, ForecastRecord]]:
        """Return each forecast about which the user has said something: key and name of its story, and its record.

        With a key, only those of that story. Damaged ones are left out, because the daily check reports them.
        """
        rows = [*self._journal.get_fields(FORECAST_PREFIX, key), *self._journal.get_fields(FORECAST_NOTE_PREFIX, key)]
        if not rows:
            return []
        # Imported here, because most commands need no forecast.
        from importai_tui.state.forecasts import ForecastRecord

        records: dict[tuple[str, str], tuple[StoryName, ForecastRecord]] = {}
        for register, name in rows:
            with suppress(StateValueError):
                id = register.field.partition(":")[2]
                record = ForecastRecord.from_json(id, register.value or "")
                if register.field.startswith(FORECAST_NOTE_PREFIX) and (judged := records.get((register.key, id))):
                    record = judged[1]._replace(note=record.note)
                records[register.key, id] = name, record
        return [(key, name, record) for (key, _), (name, record) in records.items()]

    def save_scroll_position(self, key: str, position: str | None, names: StoryNames | None = None) -> None:
        """Store the scroll position inside a story, a small JSON text, without an undo step."""
        edit = validate_edit(Edit(key, SCROLL_POSITION, position))
        self._require_same_file()
        self._journal.save_edit(edit, "place", (names or {}).get(key))

    def get_scroll_position(self, key: str) -> str | None:
        """Return the stored scroll position of a story; None if there is none."""
        return self._journal.get_value(key, SCROLL_POSITION)

    def get_story_states(self) -> tuple[StoryState, ...]:
        """Return every story with any state, in the order of keys; none of the built-in guide."""
        stories: dict[str, tuple[StoryName, list[Register]]] = {}
        for register, name in self._get_own_registers():
            if register.value is not None and not is_work_key(register.key):
                stories.setdefault(register.key, (name, []))[1].append(register)
        return tuple(StoryState(key, name, tuple(registers)) for key, (name, registers) in stories.items())

    def export_lines(self) -> Iterator[str]:
        """Yield the whole state as lines of JSON without line ends, for `merge` on another machine."""
        from importai_tui.state.jsonl import format_lines

        return format_lines(self._get_own_registers(), self._journal.machine, to_timestamp(self._now()))

    def _get_own_registers(self) -> Iterator[tuple[Register, StoryName]]:
        return ((reg, name) for reg, name in self._journal.get_registers() if reg.key not in OLD_GUIDE_KEYS)

    def merge(self, lines: Iterable[str]) -> MergeResult:
        """Merge the newer values in another machine's lines, without an undo step.

        The newest value of each story's field wins, so the order of files and repeated merges do not matter.
        """
        from importai_tui.state.jsonl import MergeResult, parse_lines

        parsed = parse_lines(lines)
        self._require_same_file()
        limit = self._journal.get_time_limit()
        changes = self._journal.merge(parsed.registers, parsed.names, "merge")
        self._marks.apply_edits(changes)
        future = sum(register.at > limit for register in parsed.registers)
        ignored = len(parsed.registers) - len(changes)
        return MergeResult(len(changes), ignored, parsed.invalid, tuple(parsed.errors), future)

    def get_registers(self) -> list[tuple[Register, StoryName]]:
        """Return every field of every story with the story's name, including fields that were removed."""
        return self._journal.get_registers()

    def merge_registers(
        self, registers: Iterable[Register], names: StoryNames, successor_keys: Mapping[str, str] | None = None
    ) -> int:
        """Merge registers of removed stories into the stories that replace them; returns the number of changes.

        There is no undo step, and the newest value of each field wins, as in `merge`. `successor_keys` has the new
        keys of those that continue as the same story. A later undo then reaches the new key too.
        """
        self._require_same_file()
        changes = self._journal.merge(registers, names, "follow", successor_keys)
        self._marks.apply_edits(changes)
        return len(changes)

    def forward_changes(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Copy the state of these keys to the newer keys of their stories; returns the newer keys."""
        successors = {key: self._journal.get_successor_keys(key) for key in keys}
        copies = [
            register.with_key(new_key)
            for key, new_keys in successors.items()
            for register in self._journal.get_registers_of_key(key)
            for new_key in new_keys
        ]
        self.merge_registers(copies, {})
        return tuple(new_key for new_keys in successors.values() for new_key in new_keys)

    def find_problems(self) -> tuple[str, ...]:
        """Return sentences about damage of the file, or about why it cannot be written; empty if all is well."""
        if damage := self.find_damage():
            return damage
        problem = self._database.get_write_problem()
        return (problem,) if problem else ()

    def find_damage(self) -> tuple[str, ...]:
        """Return sentences about how the file contradicts its journal or its newest copy; empty if it does not."""
        from importai_tui.state.integrity import find_copy_differences, find_problems

        return find_problems(self._database) or find_copy_differences(self._database)

    def find_copy_error(self) -> str | None:
        """Try to make today's copy if there is none; return why that failed, or None."""
        from importai_tui.state.backups import find_copy_error

        now = self._now()
        return None if get_daily_copy_path(self.path, now).exists() else find_copy_error(self._database, now)

    def rebuild_from_journal(self) -> int:
        """Restore the state from its newest copy and its journal; returns the number of wrong values."""
        from importai_tui.state.recovery import repair_open_state

        self._require_same_file()
        count = repair_open_state(self._database)
        self._reload_marks()
        return count
