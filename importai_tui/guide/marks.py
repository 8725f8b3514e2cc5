"""The reading state of the guide: a file of its own for marks and notes, and the settings of the user."""

from __future__ import annotations

from pathlib import Path

from importai_tui.clock import utc_now
from importai_tui.errors import DatabaseError
from importai_tui.paths import Places
from importai_tui.state.reading_state import ReadingState

_FILE_NAME = "guide.sqlite3"
_OWN_SETTINGS = frozenset({"catching-up", "draft"})
"""Settings that are about stories of the guide: whether the user catches up, and the note that is being written."""


class GuideMarks(ReadingState):
    """An open reading state whose settings are those of another one."""

    def __init__(self, path: Path, user: ReadingState) -> None:
        """Open the file; `user` has the settings, and is closed with this one."""
        super().__init__(path, utc_now, copy_daily=False)
        self._user = user

    def close(self) -> None:
        """Close both files."""
        super().close()
        self._user.close()

    def reconnect(self) -> None:
        """Open both files again."""
        super().reconnect()
        self._user.reconnect()

    def set_lock_timeout(self, seconds: float) -> None:
        """Set how long to wait for another program's lock on either file."""
        super().set_lock_timeout(seconds)
        self._user.set_lock_timeout(seconds)

    def warnings(self) -> tuple[str, ...]:
        """Return the messages about both files."""
        return (*super().warnings(), *self._user.warnings())

    def save_value(self, name: str, value: str) -> None:
        """Store a setting of the user, or one of the guide."""
        super().save_value(name, value) if name in _OWN_SETTINGS else self._user.save_value(name, value)

    def load_value(self, name: str) -> str | None:
        """Return a setting of the user, or one of the guide."""
        return super().load_value(name) if name in _OWN_SETTINGS else self._user.load_value(name)


def open_marks(places: Places, temporary: Path) -> ReadingState:
    """Open the guide's marks in the cache folder, or at `temporary` if they cannot be stored there.

    Raises:
        DatabaseError: the user's reading state cannot be opened.
    """
    user = ReadingState(places.reading, utc_now, copy_daily=False)
    try:
        return GuideMarks(places.cache_folder / _FILE_NAME, user)
    except DatabaseError:  # no mark of the guide is worth a guide that cannot be read
        return GuideMarks(temporary, user)
