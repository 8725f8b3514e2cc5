"""The journal of the reading state, and the index of marks in memory.

`Journal` writes every change and its journal line in one transaction. It caches nothing but the machine's name, so
what a method returns is in the file already. `MarkIndex` knows no file: it holds the marks for lists that need them
for every story at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Literal, NamedTuple

from importai_tui.sqlite import Database, placeholders
from importai_tui.state.fields import (
    HIGHLIGHT_PREFIX,
    NOTE,
    OPENED,
    READ,
    STARRED,
    TAG_PREFIX,
    Edit,
    Register,
    StoryName,
    ensure_after,
    fold_tag,
    get_time_limit,
    is_mark,
    pick_winners,
    to_timestamp,
)
from importai_tui.state.labels import ChangeLabel
from importai_tui.state.schema import MACHINE_ID_SETTING

if TYPE_CHECKING:
    LineKind = Literal["change", "undo", "redo", "place", "merge", "shared", "follow", "mend"]

LabelFunction = Callable[[Sequence[Edit]], ChangeLabel]
"""Returns the label of a step for the user, from the edits that really change something."""

MAX_RECENT_CHANGES = 200
"""Changes of marks that are remembered. To check more stories takes as long as to check all of ten years."""
_LINE_OVERHEAD = 250
"""Bytes of a JSON line besides key, field and value: names, time and machine take 120, a headline rarely more."""
_REGISTER_COLUMNS = ", ".join(f"CAST(register.{name} AS TEXT)" for name in ("key", "field", "value", "at", "machine"))
_JOURNAL_COLUMNS = ", ".join(f"CAST(journal.{name} AS TEXT)" for name in ("key", "field", "new", "at", "machine"))
"""Cast to text, because SQLite may return bytes or a number from a damaged file."""


class MarkChange(NamedTuple):
    """A story whose marks changed, with the fields that were set before and the fields that are set now."""

    key: str
    before: frozenset[str]
    after: frozenset[str]


class AnnotationRow(NamedTuple):
    """A note, a highlight or a tag that is set, and the stored name of its story."""

    key: str
    field: str
    value: str
    at: str
    headline: str | None
    issue: str | None
    position: int | None


class MarkIndex:
    """The keys of read, starred, noted, tagged and highlighted stories and of opened works.

    The time of a change depends on its number of edits only. Returned sets are read-only views that show every later
    change.
    """

    def __init__(self, marks: Iterable[tuple[str, str]] = ()) -> None:
        """Start with these marks, pairs of a key and a field."""
        self.version = 0
        """Number of marks that were set or removed until now."""
        self._recent_changes: deque[tuple[str, str]] = deque(maxlen=MAX_RECENT_CHANGES)
        self._keys_by_field: dict[str, dict[str, None]] = {
            field: {} for field in (READ, STARRED, NOTE, OPENED, HIGHLIGHT_PREFIX)
        }
        self._highlights: dict[str, set[str]] = {}
        """The fields of the highlights of each story that has any."""
        for key, field in marks:
            if field in self._keys_by_field:
                self._keys_by_field[field][key] = None
            elif field.startswith(TAG_PREFIX):
                self._keys_by_field[field] = {key: None}
            elif field.startswith(HIGHLIGHT_PREFIX):
                self._highlights.setdefault(key, set()).add(field)
                self._keys_by_field[HIGHLIGHT_PREFIX][key] = None

    def apply_edits(self, edits: Iterable[Edit]) -> None:
        """Apply edits that were stored, in their order."""
        for edit in edits:
            key, field, is_set = edit.key, edit.field, edit.value is not None
            if field.startswith(HIGHLIGHT_PREFIX):
                field, is_set = HIGHLIGHT_PREFIX, self._update_highlights(edit)
            elif field not in self._keys_by_field and not field.startswith(TAG_PREFIX):
                continue
            keys = self._keys_by_field.setdefault(field, {})
            if (key in keys) == is_set:
                continue
            if is_set:
                keys[key] = None
            else:
                del keys[key]
            self.version += 1
            self._recent_changes.append((key, field))

    def _update_highlights(self, edit: Edit) -> bool:
        """Apply an edit of a highlight; return True if the story has any highlight now."""
        highlights = self._highlights.setdefault(edit.key, set())
        if edit.value is not None:
            highlights.add(edit.field)
        else:
            highlights.discard(edit.field)
        if not highlights:
            del self._highlights[edit.key]
        return bool(highlights)

    def changes_since(self, version: int) -> tuple[MarkChange, ...] | None:
        """Return the stories whose marks changed since that version; None if there were too many changes."""
        count = self.version - version
        if count > len(self._recent_changes):
            return None
        changed: dict[str, set[str]] = {}
        for key, field in islice(self._recent_changes, len(self._recent_changes) - count, None):
            changed.setdefault(key, set()).symmetric_difference_update({field})
        now = {key: frozenset(field for field, keys in self._keys_by_field.items() if key in keys) for key in changed}
        return tuple(MarkChange(key, now[key] ^ fields, now[key]) for key, fields in changed.items() if fields)

    def get_keys(self, field: str) -> Set[str]:
        """Return the keys of all stories with this field set."""
        return self._keys_by_field.get(field, {}).keys()

    def find_tag_in_use(self, field: str) -> str:
        """Return the field of the tag in use with this spelling, or with another case or spaces for hyphens.

        If there is none, return the field with hyphens, the only spelling of a new tag.
        """
        in_use = sorted(TAG_PREFIX + name for name, _ in self.count_tags())
        if field in in_use:
            return field
        return next((used for used in in_use if fold_tag(used) == fold_tag(field)), field.replace(" ", "-"))

    def count_tags(self) -> tuple[tuple[str, int], ...]:
        """Return the names of all tags in use with their numbers of stories, in alphabetical order."""
        counts = [
            (field.removeprefix(TAG_PREFIX), len(keys))
            for field, keys in self._keys_by_field.items()
            if keys and field.startswith(TAG_PREFIX)
        ]
        return tuple(sorted(counts, key=lambda tag: (tag[0].casefold(), tag[0])))

    def get_tags_by_key(self) -> dict[str, list[str]]:
        """Return the names of the tags of each story that has any, in alphabetical order."""
        tags: dict[str, list[str]] = {}
        for name, _ in self.count_tags():
            for key in self._keys_by_field[TAG_PREFIX + name]:
                tags.setdefault(key, []).append(name)
        return tags

    def get_tags(self, key: str) -> tuple[str, ...]:
        """Return the names of a story's tags, in alphabetical order."""
        return tuple(name for name, _ in self.count_tags() if key in self._keys_by_field[TAG_PREFIX + name])


class _JournalLine(NamedTuple):
    """One line of the journal, with the time of its register."""

    key: str
    field: str
    old: str | None
    new: str | None
    at: str

    @property
    def edit(self) -> Edit:
        """The new value of the field."""
        return Edit(self.key, self.field, self.new)


class Journal:
    """The registers and their journal in one open database."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self.machine = self._load_machine_id()

    def get_value(self, key: str, field: str) -> str | None:
        """Return the value of a story's field; None if it is not set."""
        return self._get_value_and_time(key, field)[0]

    def get_values(self, key: str, prefix: str) -> list[tuple[str, str]]:
        """Return a story's fields that start with the prefix and are set, with their values."""
        sql = """SELECT CAST(field AS TEXT), CAST(value AS TEXT) FROM register
            WHERE key = ? AND value IS NOT NULL AND substr(field, 1, ?) = ?"""
        return [(str(field), str(value)) for field, value in self._database.query(sql, (key, len(prefix), prefix))]

    def count_fields(self, prefix: str, except_keys: Collection[str] = ()) -> tuple[int, int]:
        """Count the fields that start with the prefix and are set; returns the numbers of fields and of stories."""
        sql = f"""SELECT count(*), count(DISTINCT key) FROM register
            WHERE value IS NOT NULL AND substr(field, 1, ?) = ? AND key NOT IN ({placeholders(except_keys)})"""
        fields, stories = self._database.query(sql, (len(prefix), prefix, *except_keys))[0]
        return int(fields), int(stories)

    def get_registers(self) -> list[tuple[Register, StoryName]]:
        """Return all registers with the names of their stories, in the same order on every machine."""
        sql = f"""SELECT {_REGISTER_COLUMNS}, headline, issue, position
            FROM register LEFT JOIN story ON story.key = register.key ORDER BY register.key, field"""
        return [(Register(*row[:5]), StoryName(*row[5:])) for row in self._database.query(sql)]

    def get_annotations(self, *, keys: Collection[str] | None = None, newest: int | None = None) -> list[AnnotationRow]:
        """Return the notes, highlights and tags that are set, with the names of their stories.

        Args:
            keys: only those of these stories.
            newest: only so many, those that were changed last.
        """
        names = ("register.key", "field", "value", "at", "headline", "issue")
        columns = ", ".join(f"CAST({name} AS TEXT)" for name in names)
        own = f"AND register.key IN ({placeholders(keys)})" if keys is not None else ""
        sql = f"""SELECT {columns}, CAST(position AS INTEGER) FROM register LEFT JOIN story ON story.key = register.key
            WHERE value IS NOT NULL AND (field = ? OR substr(field, 1, ?) = ? OR substr(field, 1, ?) = ?) {own}
            {"" if newest is None else "ORDER BY at DESC LIMIT ?"}"""
        prefixes = [part for prefix in (HIGHLIGHT_PREFIX, TAG_PREFIX) for part in (len(prefix), prefix)]
        parameters = (NOTE, *prefixes, *(keys or ()), *([] if newest is None else [newest]))
        return [AnnotationRow(*row) for row in self._database.query(sql, parameters)]

    def get_fields(self, prefix: str, key: str | None = None) -> list[tuple[Register, StoryName]]:
        """Return the fields that start with the prefix and are set, with the names of their stories; of one story."""
        sql = f"""SELECT {_REGISTER_COLUMNS}, headline, issue, position
            FROM register LEFT JOIN story ON story.key = register.key
            WHERE value IS NOT NULL AND substr(field, 1, ?) = ? {"" if key is None else "AND register.key = ?"}"""
        rows = self._database.query(sql, (len(prefix), prefix, *(() if key is None else (key,))))
        return [(Register(*row[:5]), StoryName(*row[5:])) for row in rows]

    def get_times(self, prefix: str) -> dict[tuple[str, str], str]:
        """Return the times of the fields that start with the prefix and are set, by key and field."""
        sql = """SELECT CAST(key AS TEXT), CAST(field AS TEXT), CAST(at AS TEXT) FROM register
            WHERE value IS NOT NULL AND substr(field, 1, ?) = ?"""
        return {(str(key), str(field)): str(at) for key, field, at in self._database.query(sql, (len(prefix), prefix))}

    def get_changed_keys(self, line_id: int) -> list[str]:
        """Return the keys of the stories and works that were changed after this line."""
        sql = "SELECT DISTINCT CAST(key AS TEXT) FROM journal WHERE id > ?"
        return [str(key) for (key,) in self._database.query(sql, (line_id,))]

    def get_values_of_field(self, field: str) -> dict[str, str]:
        """Return the values of a field, by the keys of the stories that have it set."""
        sql = """SELECT CAST(key AS TEXT), CAST(value AS TEXT) FROM register
            WHERE field = ? AND value IS NOT NULL ORDER BY key"""
        return {str(key): str(value) for key, value in self._database.query(sql, (field,))}

    def get_successor_keys(self, key: str) -> list[str]:
        """Return the newer keys of a story whose key changed, the latest one last."""
        keys = [key]
        while found := self._database.query("SELECT heir FROM story WHERE key = ? AND heir IS NOT NULL", keys[-1:]):
            if (successor := str(found[0][0])) in keys:  # the story has an earlier key again
                break
            keys.append(successor)
        return keys[1:]

    def get_registers_of_key(self, key: str) -> list[Register]:
        """Return all registers of one story."""
        sql = f"SELECT {_REGISTER_COLUMNS} FROM register WHERE key = ?"
        return [Register(*row) for row in self._database.query(sql, (key,))]

    def get_registers_by_prefix(self, prefix: str) -> list[Register]:
        """Return the registers of all keys that start with the prefix."""
        sql = f"SELECT {_REGISTER_COLUMNS} FROM register WHERE key >= ? AND key < ? ORDER BY key, field"
        return [Register(*row) for row in self._database.query(sql, (prefix, f"{prefix}\U0010ffff"))]

    def estimate_size(self) -> int:
        """Estimate the bytes of all registers as lines of JSON; the estimate is rather too high than too low."""
        sql = "SELECT total(length(CAST(key || field || coalesce(value, '') AS BLOB)) + ?) FROM register"
        return int(self._database.query(sql, (_LINE_OVERHEAD,))[0][0])

    def get_last_line_id(self) -> int:
        """Return the id of the journal's last line; 0 if it is empty."""
        return int(self._database.query("SELECT coalesce(max(id), 0) FROM journal")[0][0])

    def get_last_change_time(self) -> str:
        """Return the time of this machine's last change; the year 1 if there is none."""
        sql = "SELECT coalesce(max(at), '0001-01-01T00:00:00') FROM journal WHERE machine = ?"
        return str(self._database.query(sql, (self.machine,))[0][0])

    def get_edits_since(self, line_id: int) -> list[Edit]:
        """Return the edits of the journal lines after this one, in their order."""
        sql = "SELECT CAST(key AS TEXT), CAST(field AS TEXT), CAST(new AS TEXT) FROM journal WHERE id > ? ORDER BY id"
        return [Edit(*row) for row in self._database.query(sql, (line_id,))]

    def get_unshared_registers(self, line_id: int) -> list[tuple[Register, StoryName]]:
        """Return the registers written after this line that did not come from the shared folder."""
        sql = f"""SELECT {_JOURNAL_COLUMNS}, headline, issue, position
            FROM journal LEFT JOIN story ON story.key = journal.key
            WHERE id > ? AND kind != 'shared' ORDER BY id"""
        return [(Register(*row[:5]), StoryName(*row[5:])) for row in self._database.query(sql, (line_id,))]

    def get_own_registers(self) -> list[tuple[Register, StoryName]]:
        """Return the registers that were changed here or merged from a file: other machines get them from here only."""
        sql = "SELECT DISTINCT key, field FROM journal WHERE kind != 'shared'"
        own = {(str(key), str(field)) for key, field in self._database.query(sql)}
        return [(r, name) for r, name in self.get_registers() if r.machine == self.machine or (r.key, r.field) in own]

    def add_change(
        self, edits: Iterable[Edit], label: LabelFunction, names: Mapping[str, StoryName], *, is_step: bool
    ) -> tuple[ChangeLabel, tuple[Edit, ...]]:
        """Store edits, by default as one undo step; returns the label and the edits that changed something.

        A change that is no step also leaves what was undone to be redone.
        """
        with self._database.transaction():
            lines = self._make_lines(edits)
            words = label([line.edit for line in lines])
            if lines:
                self._write_lines(lines, "change", self._add_step(words.name) if is_step else None)
                self._write_names({line.key: names[line.key] for line in lines if line.key in names})
        return words, tuple(line.edit for line in lines)

    def find_automatic_mark(self, field: str) -> str | None:
        """Return the key of the latest change of a mark that is no step, if the mark is still set; else None."""
        sql = """SELECT CAST(journal.key AS TEXT) FROM journal
            JOIN register ON register.key = journal.key AND register.field = journal.field
            WHERE step IS NULL AND kind = 'change' AND journal.field = ? AND register.value = journal.new
            ORDER BY journal.id DESC LIMIT 1"""
        rows = self._database.query(sql, (field,))
        return str(rows[0][0]) if rows else None

    def save_edit(self, edit: Edit, kind: LineKind, name: StoryName | None) -> bool:
        """Store one edit without an undo step; return True if it changed something."""
        if self.get_value(edit.key, edit.field) == edit.value:
            return False
        with self._database.transaction():
            self._write_lines(lines := self._make_lines([edit]), kind)
            self._write_names({edit.key: name} if name and lines else {})
        return bool(lines)

    def undo_or_redo(self, kind: Literal["undo", "redo"]) -> tuple[str, tuple[Edit, ...]] | None:
        """Undo the latest done step, or redo the first undone step; pass over steps that no longer have an effect.

        Returns the step's name and the edits that changed something; None if there is no such step.
        """
        before, after, order = ("done", "undone", "DESC") if kind == "undo" else ("undone", "done", "ASC")
        next_step = f"SELECT id, label FROM step WHERE state = ? ORDER BY id {order} LIMIT 1"
        with self._database.transaction():
            while steps := self._database.query(next_step, (before,)):
                step, name = steps[0]
                sql = """SELECT key, field, CAST(old AS TEXT), CAST(new AS TEXT) FROM journal
                    WHERE step = ? AND kind = 'change' ORDER BY id"""
                lines = self._make_inverse_lines(self._database.query(sql, (step,)), is_undo=kind == "undo")
                self._write_lines(lines, kind, step)
                self._database.execute("UPDATE step SET state = ? WHERE id = ?", (after, step))
                if lines:
                    return str(name), tuple(line.edit for line in lines)
        return None

    def merge(
        self,
        registers: Iterable[Register],
        names: Mapping[str, StoryName],
        kind: Literal["merge", "shared", "follow"],
        successor_keys: Mapping[str, str] | None = None,
    ) -> tuple[Edit, ...]:
        """Store each register that is newer than the local one, without an undo step; returns the changes.

        `successor_keys` maps the keys of stories to their new keys.
        """
        limit = self.get_time_limit()
        winners = pick_winners(list(registers), limit)
        with self._database.transaction():
            newer = []
            for (key, field), register in winners.items():
                present = self._get_register(key, field)
                if present is None or register.rank_until(limit) > present.rank_until(limit):
                    newer.append((register, None if present is None else present.value))
            self._write_registers([register for register, _ in newer])
            sql = "INSERT INTO journal (at, machine, kind, key, field, old, new) VALUES (?, ?, ?, ?, ?, ?, ?)"
            rows = [(r.at, r.machine, kind, r.key, r.field, old, r.value) for r, old in newer]
            self._database.execute_many(sql, rows)
            sql = "INSERT OR IGNORE INTO story (key, headline, issue) VALUES (?, ?, ?)"
            known = {r.key: names[r.key] for r, _ in newer if r.key in names}
            self._database.execute_many(sql, [(key, name.headline, name.issue) for key, name in known.items()])
            sql = "INSERT INTO story (key, heir) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET heir = excluded.heir"
            self._database.execute_many(sql, list((successor_keys or {}).items()))
        return tuple(register.edit for register, _ in newer)

    def get_time_limit(self) -> str:
        """Return the latest trusted time of a register now."""
        return get_time_limit(self._now())

    def replace_register(self, present: Register, register: Register) -> None:
        """Replace a register even if the new one is older; the caller holds a transaction."""
        self._write_registers([register])
        sql = "INSERT INTO journal (at, machine, kind, key, field, old, new) VALUES (?, ?, 'mend', ?, ?, ?, ?)"
        row = (register.at, register.machine, register.key, register.field, present.value, register.value)
        self._database.execute(sql, row)

    def _load_machine_id(self) -> str:
        sql = "SELECT value FROM setting WHERE name = ?"
        if not self._database.query(sql, (MACHINE_ID_SETTING,)):
            # A state that lost its settings must still open, because the marks are there.
            self._database.execute(
                "INSERT OR IGNORE INTO setting VALUES (?, lower(hex(randomblob(8))))", (MACHINE_ID_SETTING,)
            )
        return str(self._database.query(sql, (MACHINE_ID_SETTING,))[0][0])

    def _make_lines(self, edits: Iterable[Edit]) -> list[_JournalLine]:
        """Return the lines of the edits that change something; of two edits of one field the last one counts."""
        now, limit = to_timestamp(self._now()), self.get_time_limit()
        lines = []
        for (key, field), new in {(e.key, e.field): e.value for e in edits}.items():
            old, at = self._get_value_and_time(key, field)
            # Setting a mark again changes nothing, because its value is only the time of setting it.
            is_same = (old is None) == (new is None) if is_mark(field) else old == new
            if not is_same:
                lines.append(_JournalLine(key, field, old, new, ensure_after(now, at, limit)))
        return lines

    def _make_inverse_lines(
        self, rows: list[tuple[str, str, str | None, str | None]], *, is_undo: bool
    ) -> list[_JournalLine]:
        """Return the lines that undo or redo a step; fields that were changed since are skipped."""
        now, limit = to_timestamp(self._now()), self.get_time_limit()
        lines = []
        for key, field, old, new in rows:
            before, after = (new, old) if is_undo else (old, new)
            present, at = self._get_value_and_time(key, field)
            if present == before:
                lines.append(_JournalLine(key, field, before, after, ensure_after(now, at, limit)))
        return lines

    def _add_step(self, name: str) -> int:
        """Add a step, which ends the redo of earlier ones; returns its id."""
        self._database.execute("UPDATE step SET state = 'dropped' WHERE state = 'undone'")
        sql = "INSERT INTO step (at, label, state) VALUES (?, ?, 'done')"
        return self._database.execute(sql, (to_timestamp(self._now()), name))

    def _get_value_and_time(self, key: str, field: str) -> tuple[str | None, str | None]:
        rows = self._database.query(
            "SELECT CAST(value AS TEXT), at FROM register WHERE key = ? AND field = ?", (key, field)
        )
        return rows[0] if rows else (None, None)

    def _get_register(self, key: str, field: str) -> Register | None:
        sql = f"SELECT {_REGISTER_COLUMNS} FROM register WHERE key = ? AND field = ?"
        rows = self._database.query(sql, (key, field))
        return Register(*rows[0]) if rows else None

    def _write_lines(self, lines: Sequence[_JournalLine], kind: LineKind, step: int | None = None) -> None:
        self._write_registers([Register(line.key, line.field, line.new, line.at, self.machine) for line in lines])
        sql = "INSERT INTO journal (at, machine, step, kind, key, field, old, new) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        rows = [(line.at, self.machine, step, kind, line.key, line.field, line.old, line.new) for line in lines]
        self._database.execute_many(sql, rows)

    def _write_registers(self, registers: Sequence[Register]) -> None:
        sql = "INSERT OR REPLACE INTO register (key, field, value, at, machine) VALUES (?, ?, ?, ?, ?)"
        self._database.execute_many(sql, [register.row for register in registers])

    def _write_names(self, names: Mapping[str, StoryName]) -> None:
        sql = """INSERT INTO story (key, headline, issue, position) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE
            SET headline = coalesce(excluded.headline, headline), issue = coalesce(excluded.issue, issue),
            position = coalesce(excluded.position, position)"""
        self._database.execute_many(sql, [(key, n.headline, n.issue, n.position) for key, n in names.items()])
