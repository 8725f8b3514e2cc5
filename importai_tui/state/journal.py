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
    TAG,
    Edit,
    Register,
    StoryName,
    is_mark,
    later,
    latest_believed,
    newest,
    stamp,
)
from importai_tui.state.schema import MACHINE

if TYPE_CHECKING:
    Kind = Literal["change", "undo", "redo", "place", "merge", "shared", "follow", "mend"]

MOST_TURNS = 200
"""Turns that are remembered: to look at that many stories takes as long as to look at all of ten years."""


@dataclass(frozen=True, slots=True)
class Turned:
    """A story with the fields that were so before something turned, and those that are so now."""

    key: str
    before: frozenset[str]
    now: frozenset[str]


class Marks:
    """Which stories are read, starred, noted and tagged. A change costs as much as it has edits, however many marks.

    The sets that it gives out are views: they show every later change and cannot be written to.
    """

    def __init__(self, standing: Iterable[tuple[str, str]] = ()) -> None:
        """Begin with what is so: keys, each with a field."""
        self.turns = 0
        """How often a mark has come or gone."""
        self._latest: deque[tuple[str, str]] = deque(maxlen=MOST_TURNS)
        self._keys: dict[str, dict[str, None]] = {READ: {}, STARRED: {}, NOTE: {}, OPENED: {}}
        for key, field in standing:
            if field in self._keys:
                self._keys[field][key] = None
            elif field.startswith(TAG):
                self._keys[field] = {key: None}

    def follow(self, edits: Iterable[Edit]) -> None:
        """Take over what has been kept, in the order it was."""
        for edit in edits:
            key, field, value = edit.key, edit.field, edit.value
            if field not in self._keys and not field.startswith(TAG):
                continue
            keys = self._keys.setdefault(field, {})
            if (key in keys) == (value is not None):
                continue
            if value is not None:
                keys[key] = None
            else:
                del keys[key]
            self.turns += 1
            self._latest.append((key, field))

    def turned_since(self, turns: int) -> tuple[Turned, ...] | None:
        """The stories of which something has turned since there were so many turns; None where those are too many."""
        count = self.turns - turns
        if count > len(self._latest):
            return None
        fields_of: dict[str, set[str]] = {}
        for key, field in islice(self._latest, len(self._latest) - count, None):
            fields_of.setdefault(key, set()).symmetric_difference_update({field})
        now = {key: frozenset(field for field, keys in self._keys.items() if key in keys) for key in fields_of}
        return tuple(Turned(key, now[key] ^ turned, now[key]) for key, turned in fields_of.items() if turned)

    def of(self, field: str) -> Set[str]:
        """The keys of all stories where the field is so."""
        return self._keys.get(field, {}).keys()

    def tag_like(self, field: str) -> str:
        """The tag in use that is spelled so, else one that differs only in capitals; the field itself where none is."""
        in_use = sorted(TAG + name for name, _ in self.tags())
        return next((used for used in in_use if used.casefold() == field.casefold() and field not in in_use), field)

    def tags(self) -> tuple[tuple[str, int], ...]:
        """The names of all tags in use, each with its number of stories, in alphabetical order."""
        counted = [(field.removeprefix(TAG), len(keys)) for field, keys in self._keys.items() if field.startswith(TAG)]
        return tuple(sorted((tag for tag in counted if tag[1]), key=lambda tag: (tag[0].casefold(), tag[0])))

    def tags_of(self, key: str) -> tuple[str, ...]:
        """The names of a story's tags, in alphabetical order."""
        return tuple(name for name, _ in self.tags() if key in self._keys[TAG + name])


_FRAME = 250
"""Bytes of a line of JSON beside key, field and value: names, time and machine are 120, and a headline seldom more."""


@dataclass(frozen=True, slots=True)
class Line:
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


_REGISTER = ", ".join(f"CAST(register.{name} AS TEXT)" for name in ("key", "field", "value", "at", "machine"))
_LINE = ", ".join(f"CAST(journal.{name} AS TEXT)" for name in ("key", "field", "new", "at", "machine"))
"""Columns as texts: in a damaged file SQLite may give bytes or a number."""

Labelled = Callable[[Sequence[Edit]], str]
"""A line for people of the edits that really change something."""


class Journal:
    """The registers and their journal in one open database."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self.machine = self._named()

    def value(self, key: str, field: str) -> str | None:
        """How one field of one story stands."""
        return self._present(key, field)[0]

    def values(self, key: str, prefix: str) -> list[tuple[str, str]]:
        """All fields of a story whose name begins so, each with its value; those taken away are left out."""
        sql = """SELECT CAST(field AS TEXT), CAST(value AS TEXT) FROM register
            WHERE key = ? AND value IS NOT NULL AND substr(field, 1, ?) = ?"""
        return [(str(field), str(value)) for field, value in self._database.rows(sql, (key, len(prefix), prefix))]

    def count(self, prefix: str) -> tuple[int, int]:
        """How many fields stand whose name begins so, and of how many stories."""
        sql = """SELECT count(*), count(DISTINCT key) FROM register
            WHERE value IS NOT NULL AND substr(field, 1, ?) = ?"""
        fields, stories = self._database.rows(sql, (len(prefix), prefix))[0]
        return int(fields), int(stories)

    def registers(self) -> list[tuple[Register, StoryName]]:
        """Every register there is, with what its key stands for, in one order on every machine."""
        sql = f"""SELECT {_REGISTER}, headline, issue, position
            FROM register LEFT JOIN story ON story.key = register.key ORDER BY register.key, field"""
        return [(Register(*row[:5]), StoryName(*row[5:])) for row in self._database.rows(sql)]

    def heirs(self, key: str) -> list[str]:
        """The keys under which a story goes on that is gone, the latest last."""
        line = [key]
        while found := self._database.rows("SELECT heir FROM story WHERE key = ? AND heir IS NOT NULL", line[-1:]):
            if (heir := str(found[0][0])) in line:  # it has its first key again
                break
            line.append(heir)
        return line[1:]

    def registers_of(self, key: str) -> list[Register]:
        """Every register of one story."""
        sql = f"SELECT {_REGISTER} FROM register WHERE key = ?"
        return [Register(*row) for row in self._database.rows(sql, (key,))]

    def size(self) -> int:
        """About how many bytes all registers take as lines of JSON, told without making them; rather too many."""
        sql = "SELECT total(length(CAST(key || field || coalesce(value, '') AS BLOB)) + ?) FROM register"
        return int(self._database.rows(sql, (_FRAME,))[0][0])

    def last(self) -> int:
        """The number of the journal's last line, 0 where it has none."""
        return int(self._database.rows("SELECT coalesce(max(id), 0) FROM journal")[0][0])

    def last_change(self) -> str:
        """When this machine last changed anything, a register's time; the beginning of time where it never has."""
        sql = "SELECT coalesce(max(at), '0001-01-01T00:00:00') FROM journal WHERE machine = ?"
        return str(self._database.rows(sql, (self.machine,))[0][0])

    def since(self, last: int) -> list[Edit]:
        """What the lines after that one say, in their order."""
        sql = "SELECT CAST(key AS TEXT), CAST(field AS TEXT), CAST(new AS TEXT) FROM journal WHERE id > ? ORDER BY id"
        return [Edit(*row) for row in self._database.rows(sql, (last,))]

    def to_tell(self, last: int) -> list[tuple[Register, StoryName]]:
        """The registers after that line of the journal which the shared folder does not have from elsewhere."""
        sql = f"""SELECT {_LINE}, headline, issue, position
            FROM journal LEFT JOIN story ON story.key = journal.key
            WHERE id > ? AND kind != 'shared' ORDER BY id"""
        return [(Register(*row[:5]), StoryName(*row[5:])) for row in self._database.rows(sql, (last,))]

    def own_registers(self) -> list[tuple[Register, StoryName]]:
        """How the fields stand that were changed here, or merged from a file: what the others have from here alone."""
        sql = "SELECT DISTINCT key, field FROM journal WHERE kind != 'shared'"
        own = {(str(key), str(field)) for key, field in self._database.rows(sql)}
        return [(r, name) for r, name in self.registers() if r.machine == self.machine or (r.key, r.field) in own]

    def step(
        self, edits: Iterable[Edit], label: Labelled, names: Mapping[str, StoryName]
    ) -> tuple[str, tuple[Edit, ...]]:
        """Make the edits as one undo step; its label, and those that changed something."""
        with self._database.transaction():
            lines = self._changing(edits)
            line = label([change.edit for change in lines])
            if lines:
                self._database.run("UPDATE step SET state = 'dropped' WHERE state = 'undone'")
                sql = "INSERT INTO step (at, label, state) VALUES (?, ?, 'done')"
                step = self._database.run(sql, (stamp(self._now()), line))
                self._write(lines, "change", step)
                self._name({change.key: names[change.key] for change in lines if change.key in names})
        return line, tuple(change.edit for change in lines)

    def keep(self, edit: Edit, kind: Kind, name: StoryName | None) -> bool:
        """Make one edit that is no undo step; whether it changed something."""
        if self.value(edit.key, edit.field) == edit.value:
            return False
        with self._database.transaction():
            self._write(lines := self._changing([edit]), kind)
            self._name({edit.key: name} if name and lines else {})
        return bool(lines)

    def turn(self, kind: Literal["undo", "redo"]) -> tuple[str, tuple[Edit, ...]] | None:
        """Undo the latest step that is done, or redo the first undone one: its label, and what really changed."""
        state, order = ("done", "DESC") if kind == "undo" else ("undone", "ASC")
        with self._database.transaction():
            sql = f"SELECT id, label FROM step WHERE state = ? ORDER BY id {order} LIMIT 1"
            steps = self._database.rows(sql, (state,))
            if not steps:
                return None
            step, label = steps[0]
            sql = """SELECT key, field, CAST(old AS TEXT), CAST(new AS TEXT) FROM journal
                WHERE step = ? AND kind = 'change' ORDER BY id"""
            lines = self._turning(self._database.rows(sql, (step,)), back=kind == "undo")
            self._write(lines, kind, step)
            self._database.run("UPDATE step SET state = ? WHERE id = ?", ("undone" if kind == "undo" else "done", step))
        return str(label), tuple(line.edit for line in lines)

    def merge(
        self,
        registers: Iterable[Register],
        names: Mapping[str, StoryName],
        kind: Literal["merge", "shared", "follow"],
        heirs: Mapping[str, str] | None = None,
    ) -> tuple[Edit, ...]:
        """Take over each register that is newer than the one here; what changed. It is no undo step.

        `heirs` are the keys under which stories go on that are gone.
        """
        limit = self.latest_believed()
        winners = newest(list(registers), limit)
        with self._database.transaction():
            newer = []
            for (key, field), register in winners.items():
                present = self._register(key, field)
                if present is None or register.rank_until(limit) > present.rank_until(limit):
                    newer.append((register, None if present is None else present.value))
            self._put([register for register, _ in newer])
            sql = "INSERT INTO journal (at, machine, kind, key, field, old, new) VALUES (?, ?, ?, ?, ?, ?, ?)"
            rows = [(r.at, r.machine, kind, r.key, r.field, old, r.value) for r, old in newer]
            self._database.run_many(sql, rows)
            sql = "INSERT OR IGNORE INTO story (key, headline, issue) VALUES (?, ?, ?)"
            known = {r.key: names[r.key] for r, _ in newer if r.key in names}
            self._database.run_many(sql, [(key, name.headline, name.issue) for key, name in known.items()])
            sql = "INSERT INTO story (key, heir) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET heir = excluded.heir"
            self._database.run_many(sql, list((heirs or {}).items()))
        return tuple(register.edit for register, _ in newer)

    def latest_believed(self) -> str:
        """Return the latest time of a register that is believed now."""
        return latest_believed(self._now())

    def replace(self, present: Register, register: Register) -> None:
        """Put a register in the place of another one, even if its time is older; the caller holds a transaction."""
        self._put([register])
        sql = "INSERT INTO journal (at, machine, kind, key, field, old, new) VALUES (?, ?, 'mend', ?, ?, ?, ?)"
        row = (register.at, register.machine, register.key, register.field, present.value, register.value)
        self._database.run(sql, row)

    def _named(self) -> str:
        sql = "SELECT value FROM setting WHERE name = ?"
        if not self._database.rows(sql, (MACHINE,)):
            # Settings that were lost are no reason to lose the marks.
            self._database.run("INSERT OR IGNORE INTO setting VALUES (?, lower(hex(randomblob(8))))", (MACHINE,))
        return str(self._database.rows(sql, (MACHINE,))[0][0])

    def _changing(self, edits: Iterable[Edit]) -> list[Line]:
        """The lines for those edits that change something; the last word on a field counts."""
        now, limit = stamp(self._now()), self.latest_believed()
        lines = []
        for (key, field), new in {(e.key, e.field): e.value for e in edits}.items():
            old, at = self._present(key, field)
            # A mark that is set stays as it is: its value is only since when.
            same = (old is None) == (new is None) if is_mark(field) else old == new
            if not same:
                lines.append(Line(key, field, old, new, later(now, at, limit)))
        return lines

    def _turning(self, rows: list[tuple[str, str, str | None, str | None]], *, back: bool) -> list[Line]:
        """A step's lines, turned round for an undo; what something else has changed meanwhile stays as that left it."""
        now, limit = stamp(self._now()), self.latest_believed()
        lines = []
        for key, field, old, new in rows:
            from_, to = (new, old) if back else (old, new)
            stands, at = self._present(key, field)
            if stands == from_:
                lines.append(Line(key, field, from_, to, later(now, at, limit)))
        return lines

    def _present(self, key: str, field: str) -> tuple[str | None, str | None]:
        rows = self._database.rows(
            "SELECT CAST(value AS TEXT), at FROM register WHERE key = ? AND field = ?", (key, field)
        )
        return rows[0] if rows else (None, None)

    def _register(self, key: str, field: str) -> Register | None:
        sql = f"SELECT {_REGISTER} FROM register WHERE key = ? AND field = ?"
        rows = self._database.rows(sql, (key, field))
        return Register(*rows[0]) if rows else None

    def _write(self, lines: Sequence[Line], kind: Kind, step: int | None = None) -> None:
        self._put([Register(line.key, line.field, line.new, line.at, self.machine) for line in lines])
        sql = "INSERT INTO journal (at, machine, step, kind, key, field, old, new) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        rows = [(line.at, self.machine, step, kind, line.key, line.field, line.old, line.new) for line in lines]
        self._database.run_many(sql, rows)

    def _put(self, registers: Sequence[Register]) -> None:
        sql = "INSERT OR REPLACE INTO register (key, field, value, at, machine) VALUES (?, ?, ?, ?, ?)"
        self._database.run_many(sql, [register.row for register in registers])

    def _name(self, names: Mapping[str, StoryName]) -> None:
        sql = """INSERT INTO story (key, headline, issue, position) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE
            SET headline = coalesce(excluded.headline, headline), issue = coalesce(excluded.issue, issue),
            position = coalesce(excluded.position, position)"""
        self._database.run_many(sql, [(key, n.headline, n.issue, n.position) for key, n in names.items()])
