"""Writes every change of the reading state. A failed write is reported, and the user can read on.

While another program locks the file, writes wait in a queue in their order, and a timer retries them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, TypeVar, runtime_checkable

from textual.screen import Screen
from textual.timer import Timer

from importai_tui.errors import DatabaseError, ReaderError
from importai_tui.library.library import Library
from importai_tui.sqlite import BusyDatabase
from importai_tui.state.store import ChangeResult
from importai_tui.tui.services import Clock
from importai_tui.wording import plural


class PendingWrite(NamedTuple):
    """A write that waits in the queue."""

    write: Callable[[], object]
    is_user_change: bool
    """True for a change that the user has made; False for a position or a setting."""


class PendingWrites:
    """A queue of writes. It uses no screen and no clock."""

    def __init__(self) -> None:
        self._queue: dict[object, PendingWrite] = {}

    def add(self, write: Callable[[], object], *, is_user_change: bool, name: str) -> None:
        """Add a write at the end; it replaces an older write with the same name."""
        self._queue.pop(name, None)
        self._queue[name or object()] = PendingWrite(write, is_user_change)

    def __bool__(self) -> bool:
        return bool(self._queue)

    @property
    def change_count(self) -> int:
        """The number of changes by the user that wait."""
        return sum(pending.is_user_change for pending in self._queue.values())

    def next(self) -> PendingWrite:
        """Return the first write of the queue."""
        return next(iter(self._queue.values()))

    def drop_next(self) -> None:
        """Remove the first write, because it is done or has failed."""
        del self._queue[next(iter(self._queue))]

    def flush(self) -> int:
        """Do all writes until one fails, without a screen; return the number of lost changes."""
        while self:
            try:
                self.next().write()
            except BusyDatabase:
                break
            except Exception:
                if self.next().is_user_change:
                    break
            self.drop_next()
        return self.change_count


Result = TypeVar("Result")

_WIDE_ENOUGH_FOR_REASON = 68
"""Columns of a window in which a whole sentence fits into the footer."""
NOT_SAVED = "changes are NOT being saved"
"""The warning in the footer after a failed write."""
_RETRY_AFTER_ERROR = 10.0
"""Seconds from a failed write to the next try."""
LOCK_TIMEOUT = 0.15
"""Seconds for which a key press waits for another window's write, which takes milliseconds."""
_RETRY_LOCK_TIMEOUT = 0.02
"""Seconds for which a retry waits, so that key presses stay fast between two retries."""
_RETRY_INTERVAL = 0.3
"""Seconds between two retries while writes wait."""
_LONG_WAIT = 30.0
"""Seconds after which a message says that changes are not saved yet."""
_EXIT_LOCK_TIMEOUT = 2.0
"""Seconds for which the last try waits when the program ends, because no dialog can ask the user then."""


@runtime_checkable
class ShowsWriteErrors(Protocol):
    """A screen over the reading screen that writes marks too."""

    def show_warning(self, warning: str) -> None:
        """Show a warning; an empty text removes it."""


@runtime_checkable
class ShowsMarks(Protocol):
    """A screen over the reading screen that shows marks."""

    def redraw_marks(self) -> None:
        """Show the present marks."""


class StateWriter:
    """Writes the reading state for one screen, and shows a warning while writes fail."""

    def __init__(
        self,
        screen: Screen[Any],
        library: Library,
        clock: Clock,
        *,
        notify: Callable[..., None],
        on_problem: Callable[[], object],
        on_late_write: Callable[[], object],
    ) -> None:
        """Write to the library.

        Args:
            screen: its timer retries waiting writes.
            library: the library whose state is written.
            clock: a monotonic clock, in seconds.
            notify: shows a line to the user.
            on_problem: called after `problem` has changed.
            on_late_write: called after waiting changes by the user were saved.
        """
        self._screen = screen
        self._library = library
        self._clock = clock
        self._notify = notify
        self._on_problem = on_problem
        self._on_late_write = on_late_write
        library.set_lock_timeout(LOCK_TIMEOUT)
        self.problem = ""
        """The warning for the footer while writes fail or wait; else empty."""
        self.waiting = PendingWrites()
        """The writes that wait for another program."""
        self.changes = 0
        """The number of undo steps since the start that are not undone."""
        self.new_changes = 0
        """The number of changes since the start that are no undo and no redo."""
        self._waiting_notice = ""
        self._retrying: Timer | None = None
        self._waiting_since = 0.0
        self._is_long_wait = False
        self._tried_at = 0.0

    def try_write(self, write: Callable[[], Result], *, is_user_change: bool = True, name: str = "") -> Result | None:
        """Call `write` and return its result; return None if it has failed or waits, so callers show no success.

        Args:
            write: writes to the library.
            is_user_change: report each failure, because the user has made the change; else only the first.
            name: if the write has to wait, it replaces a waiting write with this name.
        """
        if self.waiting:  # to keep the order
            self._queue_write(write, is_user_change=is_user_change, name=name)
            return None
        try:
            result = write()
        except BusyDatabase as busy:
            self._queue_write(write, is_user_change=is_user_change, name=name)
            self.show_waiting(busy)
            return None
        except ReaderError as error:
            self._notify_failure(error, is_user_change=is_user_change)
            return None
        self._count(result, is_user_change=is_user_change)
        return result

    def show_waiting(self, busy: BusyDatabase) -> None:
        """Show in the footer which file another program has locked."""
        path = self._library.archive.path if str(self._library.archive.path) in str(busy) else self._library.state.path
        is_wide = self._screen.app.size.width >= _WIDE_ENOUGH_FOR_REASON
        sentence = f"Waiting for another program that uses {path.name}…"
        self._waiting_notice = sentence if is_wide else f"{path.name} is in use…"
        self._set_problem(self._waiting_notice)

    def hide_waiting(self) -> None:
        """Remove the warning of `show_waiting`, if no write waits."""
        if not self.waiting and self.problem == self._waiting_notice:
            self._set_problem("")

    def finish_writing(self) -> int:
        """Try for the last time to do the waiting writes; return the number of lost changes."""
        if not self.waiting:
            return 0
        self._library.set_lock_timeout(_EXIT_LOCK_TIMEOUT)
        return self.waiting.flush()

    def _queue_write(self, write: Callable[[], object], *, is_user_change: bool, name: str) -> None:
        if not self.waiting:
            self._waiting_since, self._is_long_wait = self._clock(), False
        self.waiting.add(write, is_user_change=is_user_change, name=name)
        if self._retrying is None:
            self._retrying = self._screen.set_interval(_RETRY_INTERVAL, self.retry)

    def retry(self) -> None:
        """Do the waiting writes, if the other program has released the lock."""
        self._library.set_lock_timeout(_RETRY_LOCK_TIMEOUT)
        try:
            has_late_change = self._do_pending()
        finally:
            self._library.set_lock_timeout(LOCK_TIMEOUT)
        if not self.waiting and self._retrying:
            self._retrying.stop()
            self._retrying = None
            self.hide_waiting()
        if has_late_change:
            self._show_late_changes()

    def _do_pending(self) -> bool:
        """Do waiting writes until one has to wait again; return True if one was a change by the user."""
        has_user_change = False
        while self.waiting:
            pending = self.waiting.next()
            try:
                result = pending.write()
            except BusyDatabase as busy:
                self.show_waiting(busy)
                self._notify_long_wait(busy)
                break
            except ReaderError as error:
                self._notify_failure(error, is_user_change=pending.is_user_change)
            except Exception:
                self.waiting.drop_next()  # because it would fail at each retry
                raise
            else:
                self._count(result, is_user_change=pending.is_user_change)
                has_user_change = has_user_change or pending.is_user_change
                if pending.is_user_change and isinstance(result, ChangeResult):
                    self._notify(result.label)
            self.waiting.drop_next()
        return has_user_change

    def _notify_long_wait(self, busy: BusyDatabase) -> None:
        if not self._is_long_wait and self._clock() - self._waiting_since >= _LONG_WAIT and self.waiting.change_count:
            self._is_long_wait = True
            count = self.waiting.change_count
            changes = plural(count, "change is", "changes are")
            self._notify(f"{changes} not saved yet. {busy}", seconds=12)

    def _notify_failure(self, error: ReaderError, *, is_user_change: bool) -> None:
        if is_user_change or not self.problem:
            self._notify(str(error), seconds=8)
        if isinstance(error, DatabaseError):
            self._tried_at = self._clock()
            self._set_problem(NOT_SAVED)

    def _count(self, result: object, *, is_user_change: bool) -> None:
        changed = bool(result.keys) if isinstance(result, ChangeResult) else result is not None
        # A change without an effect does not prove that writes work again.
        if changed or not (is_user_change or isinstance(result, ChangeResult)):
            self._set_problem("")
        is_step = not isinstance(result, ChangeResult) or result.is_step
        if changed and is_user_change and is_step:
            self.changes += 1
            self.new_changes += 1

    @property
    def is_retry_due(self) -> bool:
        """True if a write has failed and it is time to try again."""
        return self.problem == NOT_SAVED and self._clock() - self._tried_at >= _RETRY_AFTER_ERROR

    def save_setting(self, name: str, value: str) -> None:
        """Save a setting of the reading state."""
        self.try_write(
            lambda: self._library.state.save_value(name, value), is_user_change=False, name=f"setting:{name}"
        )

    def count_undo(self) -> None:
        """Subtract the undone change, and the undo, which was counted as a change too."""
        self.changes -= 2
        self.new_changes -= 1

    def count_redo(self) -> None:
        """Subtract the redo from the new changes."""
        self.new_changes -= 1

    def _set_problem(self, words: str) -> None:
        if words != self.problem:
            self.problem = words
            self._on_problem()
            if isinstance(top := self._screen.app.screen, ShowsWriteErrors):
                top.show_warning(words)

    def _show_late_changes(self) -> None:
        self._on_late_write()
        if isinstance(top := self._screen.app.screen, ShowsMarks):
            top.redraw_marks()
