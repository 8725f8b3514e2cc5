"""The reading state: which stories are read and starred, every change of it undoable, and the app's small settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Self

from importai_tui.archive.database import Database
from importai_tui.reading.schema import PLAN

_Field = Literal["read_at", "starred_at"]


@dataclass(frozen=True, slots=True)
class Change:
    """What a marking, its undo or redo did."""

    label: str
    """A line for people: "Marked 3 stories read"."""
    keys: tuple[str, ...]
    """The stories whose state really changed; may be empty."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of the journal: what a step did to one field of one story."""

    key: str
    field: _Field
    old: str | None
    new: str | None


class ReadingState:
    """One open reading state. A change is durable when its method returns."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        """Open the file, beginning a new one where there is none.

        Raises:
            DatabaseTrouble: the file is damaged, newer than this program or not ours. It is never touched then.
        """
        self._now = now
        self._database = Database(path, PLAN)
        self._others = self._database.version_of_others()
        self._read, self._starred = self._marks()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def changed(self) -> bool:
        """Whether another window has changed something since this was last asked; if so its marks show from now on."""
        others = self._database.version_of_others()
        if others == self._others:
            return False
        self._others = others
        self._read, self._starred = self._marks()
        return True

    def read_keys(self) -> frozenset[str]:
        """The keys of all read stories."""
        self.changed()
        return self._read

    def starred_keys(self) -> frozenset[str]:
        """The keys of all starred stories."""
        self.changed()
        return self._starred

    def mark(
        self,
        keys: Iterable[str],
        *,
        read: bool | None = None,
        starred: bool | None = None,
        headlines: Mapping[str, str] | None = None,
    ) -> Change:
        """Mark stories, as one undo step. None leaves a mark alone; a story that has the mark already is no change."""
        at = _stamp(self._now())
        with self._database.transaction():
            wanted = list(dict.fromkeys(keys))
            entries = [e for e in self._wanted(wanted, "read_at", read, at) if bool(e.old) != bool(e.new)]
            stars = [e for e in self._wanted(wanted, "starred_at", starred, at) if bool(e.old) != bool(e.new)]
            label = _label(len(entries), read, len(stars), starred)
            entries += stars
            if entries:
                self._database.run("UPDATE step SET state = 'dropped' WHERE state = 'undone'")
                step = self._database.run("INSERT INTO step (at, label, state) VALUES (?, ?, 'done')", (at, label))
                self._apply(entries, step, "change", at)
                names = [(headlines[e.key], e.key) for e in entries if headlines and e.key in headlines]
                self._database.run_many("UPDATE story SET headline = ? WHERE key = ?", names)
        return self._noted(label, entries)

    def undo(self) -> Change | None:
        """Take back the latest step that is not undone, also one from an earlier run; None where there is none."""
        return self._turn("undo", "SELECT id, label FROM step WHERE state = 'done' ORDER BY id DESC LIMIT 1")

    def redo(self) -> Change | None:
        """Do again what was undone last; None where nothing was, or something has been marked since."""
        return self._turn("redo", "SELECT id, label FROM step WHERE state = 'undone' ORDER BY id LIMIT 1")

    def remember(self, name: str, value: str) -> None:
        """Keep a small setting of the app; it is no undo step."""
        self._database.run("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (name, value))

    def recall(self, name: str) -> str | None:
        """The value kept under this name."""
        rows = self._database.rows("SELECT value FROM setting WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def _marks(self) -> tuple[frozenset[str], frozenset[str]]:
        rows = self._database.rows("SELECT key, read_at, starred_at FROM story")
        read = frozenset(key for key, read_at, _ in rows if read_at)
        return read, frozenset(key for key, _, starred_at in rows if starred_at)

    def _wanted(self, keys: list[str], field: _Field, mark: bool | None, at: str) -> list[_Entry]:
        if mark is None:
            return []
        return [_Entry(key, field, self._value(key, field), at if mark else None) for key in keys]

    def _value(self, key: str, field: _Field) -> str | None:
        rows = self._database.rows(f"SELECT {field} FROM story WHERE key = ?", (key,))
        return rows[0][0] if rows else None

    def _turn(self, kind: Literal["undo", "redo"], which: str) -> Change | None:
        with self._database.transaction():
            steps = self._database.rows(which)
            if not steps:
                return None
            step, label = steps[0]
            sql = "SELECT key, field, old, new FROM journal WHERE step = ? AND kind = 'change' ORDER BY id"
            entries = [_Entry(*row) for row in self._database.rows(sql, (step,))]
            if kind == "undo":
                entries = [_Entry(e.key, e.field, e.new, e.old) for e in entries]
            # A story that something else has changed meanwhile keeps that newer state.
            entries = [e for e in entries if self._value(e.key, e.field) == e.old]
            self._apply(entries, step, kind, _stamp(self._now()))
            state = "undone" if kind == "undo" else "done"
            self._database.run("UPDATE step SET state = ? WHERE id = ?", (state, step))
        lead = "Undone" if kind == "undo" else "Done again"
        return self._noted(f"{lead}: {label[0].lower()}{label[1:]}", entries)

    def _apply(self, entries: list[_Entry], step: int, kind: str, at: str) -> None:
        self._database.run_many("INSERT OR IGNORE INTO story (key) VALUES (?)", [(e.key,) for e in entries])
        for entry in entries:
            self._database.run(f"UPDATE story SET {entry.field} = ? WHERE key = ?", (entry.new, entry.key))
        sql = "INSERT INTO journal (at, step, kind, key, field, old, new) VALUES (?, ?, ?, ?, ?, ?, ?)"
        self._database.run_many(sql, [(at, step, kind, e.key, e.field, e.old, e.new) for e in entries])

    def _noted(self, label: str, entries: list[_Entry]) -> Change:
        """The change, after the sets in memory have followed the file."""
        read = {e.key: e.new for e in entries if e.field == "read_at"}
        starred = {e.key: e.new for e in entries if e.field == "starred_at"}
        self._read = (self._read - read.keys()) | {key for key, new in read.items() if new}
        self._starred = (self._starred - starred.keys()) | {key for key, new in starred.items() if new}
        return Change(label, tuple(dict.fromkeys(e.key for e in entries)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _label(reads: int, read: bool | None, stars: int, starred: bool | None) -> str:
    parts = []
    if reads:
        parts.append(f"marked {_stories(reads)} {'read' if read else 'unread'}")
    if stars:
        parts.append(f"starred {_stories(stars)}" if starred else f"took the star off {_stories(stars)}")
    line = " and ".join(parts) or "nothing to mark, it is so already"
    return line[0].upper() + line[1:]


def _stories(count: int) -> str:
    return "1 story" if count == 1 else f"{count:,} stories"
