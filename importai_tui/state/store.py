"""One open reading state and its marks: what is read and starred, every change undoable, and the app's settings.

What a change of the reading state is called before people: "Marked 3 stories read".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from importai_tui.errors import DatabaseError
from importai_tui.state.fields import NOTE, READ, SCROLL_POSITION, STARRED, Edit, StoryName, validate_edit
from importai_tui.state.journal import LabelFunction
from importai_tui.state.opening import get_file_identity, load_marks, open_state
from importai_tui.wording import plural

if TYPE_CHECKING:
    from importai_tui.state.shared_folder import SharedFolder

NOTHING_TO_MARK = "Nothing to mark, it is so already"


def format_marks_label(edits: Sequence[Edit]) -> str:
    """Of a marking as read and starred, or of its opposite: all edits of one field say the same."""
    reads = [edit for edit in edits if edit.field == READ]
    stars = [edit for edit in edits if edit.field == STARRED]
    parts = []
    if reads:
        parts.append(f"marked {format_story_count(len(reads))} {'read' if reads[0].value else 'unread'}")
    if stars:
        parts.append(f"{'starred' if stars[0].value else 'took the star off'} {format_story_count(len(stars))}")
    line = " and ".join(parts) or NOTHING_TO_MARK
    return line[0].upper() + line[1:]


def format_tag_label(name: str, edits: Sequence[Edit]) -> str:
    """Of tagging stories, or of taking their tag away."""
    if not edits:
        return NOTHING_TO_MARK
    if edits[0].value:
        return f"Tagged {format_story_count(len(edits))} #{name}"
    return f"Took the tag #{name} off {format_story_count(len(edits))}"


def format_note_label(old: str | None, new: str | None) -> str:
    """Of writing a note, changing or removing it."""
    if old == new:
        return "Nothing to write, the note is so already"
    if old is None:
        return "Wrote a note"
    return "Changed a note" if new is not None else "Removed a note"


def format_undo_label(label: str) -> str:
    """Of taking back what was called so."""
    return f"Undone: {label[0].lower()}{label[1:]}"


def format_redo_label(label: str) -> str:
    """Of doing again what was called so."""
    return f"Done again: {label[0].lower()}{label[1:]}"


def format_story_count(count: int) -> str:
    """Return the number with its noun."""
    return plural(count, "story", "stories")


@dataclass(frozen=True, slots=True)
class ChangeResult:
    """What a marking, its undo or redo did."""

    label: str
    """A line for people: "Marked 3 stories read"."""
    keys: tuple[str, ...]
    """The stories whose state really changed; may be empty."""


class MarkStore:
    """One open reading state. A change is durable when its method returns; where it raises, nothing has changed."""

    def __init__(
        self, path: Path, now: Callable[[], datetime], shared_folder: Path | None = None, *, copy_daily: bool = True
    ) -> None:
        """Open the file, beginning a new one where there is none.

        Args:
            path: the database.
            now: the clock.
            shared: the folder that carries state between machines, if there is one.
            daily: copy the state first, if that was not done today; else someone does it behind the reader's back.

        Raises:
            DatabaseTrouble: the file is damaged and has no good copy, is newer than this program or not ours. It is
                never touched then.
        """
        opened = open_state(path, now, copy_daily=copy_daily)
        self.warning: str | None = opened.warning
        """What a person must know of the file: it was damaged and restored, or does not agree with itself."""
        self._now = now
        self._database, self._journal = opened.database, opened.journal
        self._marks, self._last_line = opened.marks, opened.last_line
        self._version_of_others = self._database.get_data_version()
        self._has_changed = False
        self._file_identity = get_file_identity(path)
        self._shared_folder: SharedFolder | None = None
        if shared_folder:
            from importai_tui.state.shared_folder import SharedFolder

            self._shared_folder = SharedFolder(shared_folder, self._database, self._journal, now)
            if self._shared_folder.exchange(at_start=True):
                self._load_new_lines()

    def close(self) -> None:
        """Tell the shared folder what is new, and close the file; a second call does nothing."""
        if self._shared_folder:
            self._shared_folder.exchange()
            self._shared_folder = None
        self._database.close()

    def reconnect(self) -> None:
        """Open the file again: a connection that began where nothing may be written stays so. Never raises."""
        with suppress(DatabaseError):
            self._require_same_file()
            self._database.reconnect()

    def set_lock_timeout(self, seconds: float) -> None:
        """Wait so long for another program's lock; see `Database.set_patience`."""
        self._database.set_lock_timeout(seconds)

    @property
    def path(self) -> Path:
        """The file."""
        return self._database.path

    @property
    def sharing_error(self) -> str | None:
        """Why the shared folder cannot be read or written just now; it is tried again all the time."""
        return self._shared_folder.error if self._shared_folder else None

    def poll_changes(self) -> bool:
        """Whether another window or machine has changed something since this was last asked.

        If so it shows from now on. The shared folder is looked at, so this is for every second, not for every key.
        """
        if self._shared_folder and self._shared_folder.exchange():
            self._load_new_lines()
        self._refresh()
        changed, self._has_changed = self._has_changed, False
        return changed

    def warnings(self) -> tuple[str, ...]:
        """Return messages for the user: the state was damaged and restored, or the shared folder cannot be used now."""
        return tuple(line for line in (self.warning, self.sharing_error) if line)

    def is_read(self, key: str) -> bool:
        """Tell whether the story with this key is read."""
        return key in self.get_read_keys()

    def is_starred(self, key: str) -> bool:
        """Tell whether the story with this key is starred."""
        return key in self.get_starred_keys()

    def get_read_keys(self) -> Set[str]:
        """The keys of all read stories: a view that follows every change."""
        self._refresh()
        return self._marks.get_keys(READ)

    def get_starred_keys(self) -> Set[str]:
        """The keys of all starred stories: a view that follows every change."""
        self._refresh()
        return self._marks.get_keys(STARRED)

    def get_noted_keys(self) -> Set[str]:
        """The keys of all stories with a note: a view that follows every change."""
        self._refresh()
        return self._marks.get_keys(NOTE)

    def mark(
        self,
        keys: Iterable[str],
        *,
        read: bool | None = None,
        starred: bool | None = None,
        headlines: Mapping[str, str] | None = None,
        names: Mapping[str, StoryName] | None = None,
    ) -> ChangeResult:
        """Mark stories, as one undo step. None leaves a mark alone; a story that has the mark already is no change.

        `names` (or `headlines` alone) is what the keys stand for, kept for the day when the archive is gone.
        """
        wanted = tuple(dict.fromkeys(keys))
        told = names or {key: StoryName(headline) for key, headline in (headlines or {}).items()}
        wishes = [(field, wish) for field, wish in ((READ, read), (STARRED, starred)) if wish is not None]
        edits = [Edit(key, field, self._make_mark_value(wish)) for field, wish in wishes for key in wanted]
        return self.change(edits, format_marks_label, told)

    def change(
        self, edits: Sequence[Edit], label: str | LabelFunction, names: Mapping[str, StoryName] | None = None
    ) -> ChangeResult:
        """Make edits of any fields as one undo step, called `label` before people.

        Raises:
            Unfit: a value has not the form of its field; nothing is changed.
            DatabaseTrouble: it cannot be kept; nothing is changed.
        """
        fit = [validate_edit(edit) for edit in edits]
        self._require_same_file()
        line, done = self._journal.add_step(fit, label if callable(label) else lambda _: label, names or {})
        return self._apply_edits(line, done)

    def undo(self) -> ChangeResult | None:
        """Take back the latest step that is not undone, also one from an earlier run; None where there is none."""
        return self._undo_or_redo("undo", format_undo_label)

    def redo(self) -> ChangeResult | None:
        """Do again what was undone last; None where nothing was, or something has been changed since."""
        return self._undo_or_redo("redo", format_redo_label)

    def save_value(self, name: str, value: str) -> None:
        """Keep a small setting of the app; it is no undo step."""
        self._require_same_file()
        self._database.execute("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (name, value))

    def load_value(self, name: str) -> str | None:
        """The value kept under this name."""
        rows = self._database.query("SELECT value FROM setting WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def _undo_or_redo(self, kind: Literal["undo", "redo"], label: Callable[[str], str]) -> ChangeResult | None:
        self._require_same_file()
        turned = self._journal.undo_or_redo(kind)
        return self._apply_edits(label(turned[0]), turned[1]) if turned else None

    def _make_mark_value(self, is_set: bool) -> str | None:
        """The value of a mark: since when it is so."""
        return self._now().astimezone(UTC).isoformat(timespec="seconds") if is_set else None

    def _apply_edits(self, label: str, edits: Sequence[Edit]) -> ChangeResult:
        """The change, after the marks in memory have followed the file."""
        self._marks.apply_edits(edits)
        return ChangeResult(label, tuple(dict.fromkeys(edit.key for edit in edits)))

    def _refresh(self) -> None:
        """Follow what other windows have written, if they have."""
        others = self._database.get_data_version()
        if others != self._version_of_others:
            self._version_of_others = others
            self._load_new_lines()

    def _load_new_lines(self) -> None:
        """Take over what the journal says since the last look: as much work as there is news."""
        last = self._journal.get_last_line_id()  # first: a line written meanwhile is then followed twice, and not never
        edits = self._journal.get_edits_since(self._last_line)
        self._last_line = last
        self._marks.apply_edits(edits)
        self._has_changed = self._has_changed or any(edit.field != SCROLL_POSITION for edit in edits)

    def _reload_marks(self) -> None:
        turns = self._marks.version
        self._marks, self._last_line = load_marks(self._database, self._journal)
        self._marks.version = turns + 1  # and what turned is not known
        self._has_changed = True

    def _require_same_file(self) -> None:
        """A file that was deleted or replaced under us would take every change, and lose it when we close."""
        if get_file_identity(self._database.path) != self._file_identity:
            raise DatabaseError(
                f"The reading state {self._database.path} was removed or replaced while it was open, so nothing can be "
                "kept. Bring it back, or leave the reader and start it again."
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
