"""Writes every change of the reading state, and the line that tells of it, in one transaction. It draws no sets.

Nothing here is remembered between calls but the machine's name: what a method returns is in the file already.

The marks in memory, for lists that ask of every story at once. It knows no file, and follows what one has kept.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Literal

from importai_tui.sqlite import Database
from importai_tui.state.fields import (
    NOTE,
    OPENED,
    READ,
    STARRED,
    TAG_PREFIX,
    Edit,
    Register,
    StoryName,
    ensure_after,
    get_time_limit,
    is_mark,
    pick_winners,
    to_timestamp,
)
from importai_tui.state.schema import MACHINE_ID_SETTING

if TYPE_CHECKING:
    LineKind = Literal["change", "undo", "redo", "place", "merge", "shared", "follow", "mend"]

MAX_RECENT_CHANGES = 200
"""Turns that are remembered: to look at that many stories takes as long as to look at all of ten years."""


@dataclass(frozen=True, slots=True)
class MarkChange:
    """A story with the fields that were so before something turned, and those that are so now."""

    key: str
    before: frozenset[str]
    after: frozenset[str]


class MarkIndex:
    """Which stories are read, starred, noted and tagged. A change costs as much as it has edits, however many marks.

    The sets that it gives out are views: they show every later change and cannot be written to.
    """

    def __init__(self, marks: Iterable[tuple[str, str]] = ()) -> None:
        """Begin with what is so: keys, each with a field."""
        self.version = 0
        """How often a mark has come or gone."""
        self._recent_changes: deque[tuple[str, str]] = deque(maxlen=MAX_RECENT_CHANGES)
        self._keys_by_field: dict[str, dict[str, None]] = {READ: {}, STARRED: {}, NOTE: {}, OPENED: {}}
        for key, field in marks:
            if field in self._keys_by_field:
                self._keys_by_field[field][key] = None
            elif field.startswith(TAG_PREFIX):
                self._keys_by_field[field] = {key: None}

    def apply_edits(self, edits: Iterable[Edit]) -> None:
        """Take over what has been kept, in the order it was."""
        for edit in edits:
            key, field, value = edit.key, edit.field, edit.value
            if field not in self._keys_by_field and not field.startswith(TAG_PREFIX):
                continue
            keys = self._keys_by_field.setdefault(field, {})
            if (key in keys) == (value is not None):
                continue
            if value is not None:
                keys[key] = None
            else:
                del keys[key]
            self.version += 1
            self._recent_changes.append((key, field))

    def changes_since(self, version: int) -> tuple[MarkChange, ...] | None:
        """The stories of which something has turned since there were so many turns; None where those are too many."""
        count = self.version - version
        if count > len(self._recent_changes):
            return None
        fields_of: dict[str, set[str]] = {}
        for key, field in islice(self._recent_changes, len(self._recent_changes) - count, None):
            fields_of.setdefault(key, set()).symmetric_difference_update({field})
        now = {key: frozenset(field for field, keys in self._keys_by_field.items() if key in keys) for key in fields_of}
        return tuple(MarkChange(key, now[key] ^ turned, now[key]) for key, turned in fields_of.items() if turned)

    def get_keys(self, field: str) -> Set[str]:
        """The keys of all stories where the field is so."""
        return self._keys_by_field.get(field, {}).keys()

    def find_tag_in_use(self, field: str) -> str:
        """The tag in use that is spelled so, else one that differs only in capitals; the field itself where none is."""
        in_use = sorted(TAG_PREFIX + name for name, _ in self.count_tags())
        return next((used for used in in_use if used.casefold() == field.casefold() and field not in in_use), field)

    def count_tags(self) -> tuple[tuple[str, int], ...]:
        """The names of all tags in use, each with its number of stories, in alphabetical order."""
        counted = [
            (field.removeprefix(TAG_PREFIX), len(keys))
            for field, keys in self._keys_by_field.items()
            if field.startswith(TAG_PREFIX)
        ]
        return tuple(sorted((tag for tag in counted if tag[1]), key=lambda tag: (tag[0].casefold(), tag[0])))

    def get_tags(self, key: str) -> tuple[str, ...]:
        """The names of a story's tags, in alphabetical order."""
        return tuple(name for name, _ in self.count_tags() if key in self._keys_by_field[TAG_PREFIX + name])


_LINE_OVERHEAD = 250
"""Bytes of a line of JSON beside key, field and value: names, time and machine are 120, and a headline seldom more."""


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of the journal, and the time its register has."""

    key: str
    field: str
    old: str | None
    new: str | None
    at: str

    @property
    def edit(self) -> Edit:
        """What the field is now."""
        return Edit(self.key, self.field, self.new)


_REGISTER_COLUMNS = ", ".join(f"CAST(register.{name} AS TEXT)" for name in ("key", "field", "value", "at", "machine"))
_JOURNAL_COLUMNS = ", ".join(f"CAST(journal.{name} AS TEXT)" for name in ("key", "field", "new", "at", "machine"))
"""Columns as texts: in a damaged file SQLite may give bytes or a number."""

LabelFunction = Callable[[Sequence[Edit]], str]
"""A line for people of the edits that really change something."""


class Journal:
    """The registers and their journal in one open database."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self.machine = self._load_machine_id()

    def get_value(self, key: str, field: str) -> str | None:
        """How one field of one story stands."""
        return self._get_value_and_time(key, field)[0]

    def get_values(self, key: str, prefix: str) -> list[tuple[str, str]]:
        """All fields of a story whose name begins so, each with its value; those taken away are left out."""
        sql = """SELECT CAST(field AS TEXT), CAST(value AS TEXT) FROM register
            WHERE key = ? AND value IS NOT NULL AND substr(field, 1, ?) = ?"""
        return [(str(field), str(value)) for field, value in self._database.query(sql, (key, len(prefix), prefix))]

    def count_fields(self, prefix: str) -> tuple[int, int]:
        """How many fields stand whose name begins so, and of how many stories."""
        sql = """SELECT count(*), count(DISTINCT key) FROM register
            WHERE value IS NOT NULL AND substr(field, 1, ?) = ?"""
        fields, stories = self._database.query(sql, (len(prefix), prefix))[0]
        return int(fields), int(stories)

    def get_registers(self) -> list[tuple[Register, StoryName]]:
        """Every register there is, with what its key stands for, in one order on every machine."""
        sql = f"""SELECT {_REGISTER_COLUMNS}, headline, issue, position
            FROM register LEFT JOIN story ON story.key = register.key ORDER BY register.key, field"""
        return [(Register(*row[:5]), StoryName(*row[5:])) for row in self._database.query(sql)]

    def get_successor_keys(self, key: str) -> list[str]:
        """The keys under which a story goes on that is gone, the latest last."""
        line = [key]
        while found := self._database.query("SELECT heir FROM story WHERE key = ? AND heir IS NOT NULL", line[-1:]):
            if (heir := str(found[0][0])) in line:  # it has its first key again
                break
            line.append(heir)
        return line[1:]

    def get_registers_of_key(self, key: str) -> list[Register]:
        """Every register of one story."""
        sql = f"SELECT {_REGISTER_COLUMNS} FROM register WHERE key = ?"
        return [Register(*row) for row in self._database.query(sql, (key,))]

    def estimate_size(self) -> int:
        """About how many bytes all registers take as lines of JSON, told without making them; rather too many."""
        sql = "SELECT total(length(CAST(key || field || coalesce(value, '') AS BLOB)) + ?) FROM register"
        return int(self._database.query(sql, (_LINE_OVERHEAD,))[0][0])

    def get_last_line_id(self) -> int:
        """The number of the journal's last line, 0 where it has none."""
        return int(self._database.query("SELECT coalesce(max(id), 0) FROM journal")[0][0])

    def get_last_change_time(self) -> str:
        """When this machine last changed anything, a register's time; the beginning of time where it never has."""
        sql = "SELECT coalesce(max(at), '0001-01-01T00:00:00') FROM journal WHERE machine = ?"
        return str(self._database.query(sql, (self.machine,))[0][0])

    def get_edits_since(self, line_id: int) -> list[Edit]:
        """What the lines after that one say, in their order."""
        sql = "SELECT CAST(key AS TEXT), CAST(field AS TEXT), CAST(new AS TEXT) FROM journal WHERE id > ? ORDER BY id"
        return [Edit(*row) for row in self._database.query(sql, (line_id,))]

    def get_unshared_registers(self, line_id: int) -> list[tuple[Register, StoryName]]:
        """The registers after that line of the journal which the shared folder does not have from elsewhere."""
        sql = f"""SELECT {_JOURNAL_COLUMNS}, headline, issue, position
            FROM journal LEFT JOIN story ON story.key = journal.key
            WHERE id > ? AND kind != 'shared' ORDER BY id"""
        return [(Register(*row[:5]), StoryName(*row[5:])) for row in self._database.query(sql, (line_id,))]

    def get_own_registers(self) -> list[tuple[Register, StoryName]]:
        """How the fields stand that were changed here, or merged from a file: what the others have from here alone."""
        sql = "SELECT DISTINCT key, field FROM journal WHERE kind != 'shared'"
        own = {(str(key), str(field)) for key, field in self._database.query(sql)}
        return [(r, name) for r, name in self.get_registers() if r.machine == self.machine or (r.key, r.field) in own]

    def add_step(
        self, edits: Iterable[Edit], label: LabelFunction, names: Mapping[str, StoryName]
    ) -> tuple[str, tuple[Edit, ...]]:
        """Make the edits as one undo step; its label, and those that changed something."""
        with self._database.transaction():
            lines = self._make_lines(edits)
            line = label([change.edit for change in lines])
            if lines:
                self._database.execute("UPDATE step SET state = 'dropped' WHERE state = 'undone'")
                sql = "INSERT INTO step (at, label, state) VALUES (?, ?, 'done')"
                step = self._database.execute(sql, (to_timestamp(self._now()), line))
                self._write_lines(lines, "change", step)
                self._write_names({change.key: names[change.key] for change in lines if change.key in names})
        return line, tuple(change.edit for change in lines)

    def save_edit(self, edit: Edit, kind: LineKind, name: StoryName | None) -> bool:
        """Make one edit that is no undo step; whether it changed something."""
        if self.get_value(edit.key, edit.field) == edit.value:
            return False
        with self._database.transaction():
            self._write_lines(lines := self._make_lines([edit]), kind)
            self._write_names({edit.key: name} if name and lines else {})
        return bool(lines)

    def undo_or_redo(self, kind: Literal["undo", "redo"]) -> tuple[str, tuple[Edit, ...]] | None:
        """Undo the latest step that is done, or redo the first undone one: its label, and what really changed."""
        state, order = ("done", "DESC") if kind == "undo" else ("undone", "ASC")
        with self._database.transaction():
            sql = f"SELECT id, label FROM step WHERE state = ? ORDER BY id {order} LIMIT 1"
            steps = self._database.query(sql, (state,))
            if not steps:
                return None
            step, label = steps[0]
            sql = """SELECT key, field, CAST(old AS TEXT), CAST(new AS TEXT) FROM journal
                WHERE step = ? AND kind = 'change' ORDER BY id"""
            lines = self._make_inverse_lines(self._database.query(sql, (step,)), is_undo=kind == "undo")
            self._write_lines(lines, kind, step)
            self._database.execute(
                "UPDATE step SET state = ? WHERE id = ?", ("undone" if kind == "undo" else "done", step)
            )
        return str(label), tuple(line.edit for line in lines)

    def merge(
        self,
        registers: Iterable[Register],
        names: Mapping[str, StoryName],
        kind: Literal["merge", "shared", "follow"],
        successor_keys: Mapping[str, str] | None = None,
    ) -> tuple[Edit, ...]:
        """Take over each register that is newer than the one here; what changed. It is no undo step.

        `heirs` are the keys under which stories go on that are gone.
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
        """Return the latest time of a register that is believed now."""
        return get_time_limit(self._now())

    def replace_register(self, present: Register, register: Register) -> None:
        """Put a register in the place of another one, even if its time is older; the caller holds a transaction."""
        self._write_registers([register])
        sql = "INSERT INTO journal (at, machine, kind, key, field, old, new) VALUES (?, ?, 'mend', ?, ?, ?, ?)"
        row = (register.at, register.machine, register.key, register.field, present.value, register.value)
        self._database.execute(sql, row)

    def _load_machine_id(self) -> str:
        sql = "SELECT value FROM setting WHERE name = ?"
        if not self._database.query(sql, (MACHINE_ID_SETTING,)):
            # Settings that were lost are no reason to lose the marks.
            self._database.execute(
                "INSERT OR IGNORE INTO setting VALUES (?, lower(hex(randomblob(8))))", (MACHINE_ID_SETTING,)
            )
        return str(self._database.query(sql, (MACHINE_ID_SETTING,))[0][0])

    def _make_lines(self, edits: Iterable[Edit]) -> list[JournalLine]:
        """The lines for those edits that change something; the last word on a field counts."""
        now, limit = to_timestamp(self._now()), self.get_time_limit()
        lines = []
        for (key, field), new in {(e.key, e.field): e.value for e in edits}.items():
            old, at = self._get_value_and_time(key, field)
            # A mark that is set stays as it is: its value is only since when.
            same = (old is None) == (new is None) if is_mark(field) else old == new
            if not same:
                lines.append(JournalLine(key, field, old, new, ensure_after(now, at, limit)))
        return lines

    def _make_inverse_lines(
        self, rows: list[tuple[str, str, str | None, str | None]], *, is_undo: bool
    ) -> list[JournalLine]:
        """A step's lines, turned round for an undo; what something else has changed meanwhile stays as that left it."""
        now, limit = to_timestamp(self._now()), self.get_time_limit()
        lines = []
        for key, field, old, new in rows:
            from_, to = (new, old) if is_undo else (old, new)
            stands, at = self._get_value_and_time(key, field)
            if stands == from_:
                lines.append(JournalLine(key, field, from_, to, ensure_after(now, at, limit)))
        return lines

    def _get_value_and_time(self, key: str, field: str) -> tuple[str | None, str | None]:
        rows = self._database.query(
            "SELECT CAST(value AS TEXT), at FROM register WHERE key = ? AND field = ?", (key, field)
        )
        return rows[0] if rows else (None, None)

    def _get_register(self, key: str, field: str) -> Register | None:
        sql = f"SELECT {_REGISTER_COLUMNS} FROM register WHERE key = ? AND field = ?"
        rows = self._database.query(sql, (key, field))
        return Register(*rows[0]) if rows else None

    def _write_lines(self, lines: Sequence[JournalLine], kind: LineKind, step: int | None = None) -> None:
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
