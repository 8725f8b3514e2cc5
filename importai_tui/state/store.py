"""An open reading state with its marks: mark, change, undo, redo, and the app's stored values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

from importai_tui.errors import DatabaseError
from importai_tui.files import get_file_identity
from importai_tui.state.fields import (
    NOTE,
    READ,
    SCROLL_POSITION,
    STARRED,
    Edit,
    StoryName,
    validate_edit,
)
from importai_tui.state.journal import LabelFunction
from importai_tui.state.labels import ChangeLabel, format_redo_label, format_undo_label, label_marks
from importai_tui.state.opening import load_marks, open_state
from importai_tui.state.values import StateValueError

if TYPE_CHECKING:
    from importai_tui.state.shared_folder import SharedFolder


class ChangeResult(NamedTuple):
    """Result of a change, its undo or its redo."""

    label: str
    """A line for the user: "Marked 3 stories as read"."""
    keys: tuple[str, ...]
    """Keys of the stories whose state really changed; may be empty."""
    is_step: bool = True
    """False for an automatic change, which is no undo step."""


class MarkStore:
    """One open reading state. A change is durable when its method returns; if it raises, nothing has changed."""

    def __init__(
        self, path: Path, now: Callable[[], datetime], shared_folder: Path | None = None, *, copy_daily: bool = True
    ) -> None:
        """Open the file; it is created if there is none.

        Args:
            path: the database.
            now: the clock.
            shared_folder: the folder that carries state between machines, if there is one.
            copy_daily: make the daily copy first, if there is none yet; else a `Maintenance` thread makes it.

        Raises:
            DatabaseError: the file is damaged and has no good copy, is newer than this program, or belongs to another
                program. It is not changed in these cases.
        """
        opened = open_state(path, now, copy_daily=copy_daily)
        self.warning: str | None = opened.warning
        """A sentence for the user if the file was damaged and restored, or is inconsistent."""
        self._now = now
        self._database, self._journal = opened.database, opened.journal
        self._marks, self._last_line = opened.marks, opened.last_line
        self._data_version = self._database.get_data_version()
        self._has_changed = False
        self._file_identity = get_file_identity(path)
        self._shared_folder: SharedFolder | None = None
        if shared_folder:
            from importai_tui.state.shared_folder import SharedFolder

            self._shared_folder = SharedFolder(shared_folder, self._database, self._journal, now)
            if self._shared_folder.exchange(at_start=True):
                self._load_new_lines()

    def close(self) -> None:
        """Write new changes to the shared folder and close the file; a second call does nothing."""
        if self._shared_folder:
            self._shared_folder.exchange()
            self._shared_folder = None
        self._database.close()

    def reconnect(self) -> None:
        """Open the file again, because a connection that was opened read-only stays read-only. Never raises."""
        with suppress(DatabaseError):
            self._require_same_file()
            self._database.reconnect()

    def set_lock_timeout(self, seconds: float) -> None:
        """Set how long to wait for another program's lock; see `Database.set_lock_timeout`."""
        self._database.set_lock_timeout(seconds)

    @property
    def path(self) -> Path:
        """The path of the database."""
        return self._database.path

    @property
    def sharing_error(self) -> str | None:
        """Why the shared folder could not be used at the last exchange; None if it could. Every poll tries again."""
        return self._shared_folder.error if self._shared_folder else None

    def poll_changes(self) -> bool:
        """Load changes of other windows and machines; return True if there were any since the last call.

        Call it about once a second, not for every key, because it reads the shared folder.
        """
        if self._shared_folder and self._shared_folder.exchange():
            self._load_new_lines()
        self._refresh()
        changed, self._has_changed = self._has_changed, False
        return changed

    def warnings(self) -> tuple[str, ...]:
        """Return messages for the user about the file and the shared folder."""
        return tuple(line for line in (self.warning, self.sharing_error) if line)

    def is_read(self, key: str) -> bool:
        """Return True if the story with this key is read."""
        return key in self.get_read_keys()

    def is_starred(self, key: str) -> bool:
        """Return True if the story with this key is starred."""
        return key in self.get_starred_keys()

    def get_read_keys(self) -> Set[str]:
        """Return the keys of all read stories: a view that shows every later change."""
        self._refresh()
        return self._marks.get_keys(READ)

    def get_starred_keys(self) -> Set[str]:
        """Return the keys of all starred stories: a view that shows every later change."""
        self._refresh()
        return self._marks.get_keys(STARRED)

    def get_noted_keys(self) -> Set[str]:
        """Return the keys of all stories with a note: a view that shows every later change."""
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
        automatic: bool = False,
    ) -> ChangeResult:
        """Mark stories as one undo step; None leaves a mark as it is.

        The names (or only headlines) of the stories are stored too, in case the archive is lost. An automatic mark is
        no undo step, because undo reverts what the user did; `find_automatic_read` finds it.
        """
        unique_keys = tuple(dict.fromkeys(keys))
        names = names or {key: StoryName(headline) for key, headline in (headlines or {}).items()}
        marks = [(field, is_set) for field, is_set in ((READ, read), (STARRED, starred)) if is_set is not None]
        edits = [Edit(key, field, self._make_mark_value(is_set)) for field, is_set in marks for key in unique_keys]
        return self.change(edits, label_marks, names, automatic=automatic)

    def change(
        self,
        edits: Sequence[Edit],
        label: str | ChangeLabel | LabelFunction,
        names: Mapping[str, StoryName] | None = None,
        *,
        automatic: bool = False,
    ) -> ChangeResult:
        """Store edits of any fields as one undo step, or as an automatic change; the user sees its label.

        Raises:
            StateValueError: a value does not have the form of its field; nothing is changed.
            DatabaseError: the change cannot be stored; nothing is changed.
        """
        valid_edits = [self._validate_edit(edit) for edit in edits]
        self._require_same_file()
        words = ChangeLabel(label, label) if isinstance(label, str) else label
        label_edits: LabelFunction = words if callable(words) else lambda _: words
        done, changes = self._journal.add_change(valid_edits, label_edits, names or {}, is_step=not automatic)
        return self._apply_edits(done.done, changes)._replace(is_step=not automatic)

    def _validate_edit(self, edit: Edit) -> Edit:
        """Return the edit with its value cleaned, as `validate_edit`; a damaged one that is stored can be removed."""
        try:
            return validate_edit(edit)
        except StateValueError:
            if edit.value is None and self._journal.get_value(edit.key, edit.field) is not None:
                return edit
            raise

    def find_automatic_read(self) -> str | None:
        """Return the key of the story that was marked read automatically last, and is still; None if there is none."""
        return self._journal.find_automatic_mark(READ)

    def undo(self) -> ChangeResult | None:
        """Undo the latest step that still has an effect, also one from an earlier run; None if there is none."""
        return self._undo_or_redo("undo", format_undo_label)

    def redo(self) -> ChangeResult | None:
        """Redo the step that was undone last; None if there is none, or if there was a new change since."""
        return self._undo_or_redo("redo", format_redo_label)

    def save_value(self, name: str, value: str) -> None:
        """Store a small value of the app, like its theme, without an undo step."""
        self._require_same_file()
        self._database.execute("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (name, value))

    def load_value(self, name: str) -> str | None:
        """Return the stored value of this name; None if there is none."""
        rows = self._database.query("SELECT value FROM setting WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def _undo_or_redo(self, kind: Literal["undo", "redo"], label: Callable[[str], str]) -> ChangeResult | None:
        self._require_same_file()
        step = self._journal.undo_or_redo(kind)
        return self._apply_edits(label(step[0]), step[1]) if step else None

    def _make_mark_value(self, is_set: bool) -> str | None:
        """Return the value of a mark: the time of setting it, or None."""
        return self._now().astimezone(UTC).isoformat(timespec="seconds") if is_set else None

    def _apply_edits(self, label: str, edits: Sequence[Edit]) -> ChangeResult:
        """Apply stored edits to the marks in memory, and return the result of the change."""
        self._marks.apply_edits(edits)
        return ChangeResult(label, tuple(dict.fromkeys(edit.key for edit in edits)))

    def _refresh(self) -> None:
        """Load the changes of other windows, if there are any."""
        data_version = self._database.get_data_version()
        if data_version != self._data_version:
            self._data_version = data_version
            self._load_new_lines()

    def _load_new_lines(self) -> None:
        """Apply the journal lines since the last call to the marks in memory."""
        last_line = (
            self._journal.get_last_line_id()
        )  # read first, so that a concurrent line is applied twice, not never
        edits = self._journal.get_edits_since(self._last_line)
        self._last_line = last_line
        self._marks.apply_edits(edits)
        self._has_changed = self._has_changed or any(edit.field != SCROLL_POSITION for edit in edits)

    def _reload_marks(self) -> None:
        version = self._marks.version
        self._marks, self._last_line = load_marks(self._database, self._journal)
        self._marks.version = version + 1  # the index has no recent changes, so `changes_since` returns None
        self._has_changed = True

    def _require_same_file(self) -> None:
        """Raise DatabaseError if the file was deleted or replaced, because it would lose all changes on closing."""
        if get_file_identity(self._database.path) != self._file_identity:
            raise DatabaseError(
                f"The reading state {self._database.path} was removed or replaced while it was open, so nothing can be "
                "saved. Put it back, or quit the reader and start it again."
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
