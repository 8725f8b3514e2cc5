"""Writes every change of the reading state: one that cannot be saved is reported, and stops nobody from reading.

Where another program holds a lock on the file, the change waits in a queue, and the keys go on working.

Writes that wait for another program to release the reading state. They are done in the order they were asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, runtime_checkable

from textual.screen import Screen
from textual.timer import Timer

from importai_tui.errors import DatabaseError, ReaderError
from importai_tui.library.library import Library
from importai_tui.sqlite import BusyDatabase
from importai_tui.state.store import ChangeResult
from importai_tui.tui.services import Clock
from importai_tui.wording import plural


@dataclass(frozen=True, slots=True)
class PendingWrite:
    """A write that waits."""

    write: Callable[[], object]
    is_user_change: bool
    """Whether the user has asked for it; else it is a position or a setting."""


class PendingWrites:
    """A queue of writes. It knows no screen and no clock."""

    def __init__(self) -> None:
        self._queue: dict[object, PendingWrite] = {}

    def add(self, write: Callable[[], object], *, is_user_change: bool, name: str) -> None:
        """Add a write at the end; one with a name takes the place of an older one with that name."""
        self._queue.pop(name, None)
        self._queue[name or object()] = PendingWrite(write, is_user_change)

    def __bool__(self) -> bool:
        return bool(self._queue)

    @property
    def change_count(self) -> int:
        """How many changes wait that the user has asked for."""
        return sum(pending.is_user_change for pending in self._queue.values())

    def next(self) -> PendingWrite:
        """Return the write that is due first."""
        return next(iter(self._queue.values()))

    def drop_next(self) -> None:
        """Remove it, because it is done or cannot be done."""
        del self._queue[next(iter(self._queue))]

    def flush(self) -> int:
        """Do what can be done, without a screen; return how many changes are lost."""
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
"""Columns of a window in which the footer has room for a whole sentence."""
NOT_SAVED = "marks are not being kept"
_RETRY_AFTER_ERROR = 10.0
"""Seconds between two tries after a failure."""
LOCK_TIMEOUT = 0.15
"""Seconds that a key may wait for another window's write, which takes milliseconds."""
_RETRY_LOCK_TIMEOUT = 0.02
"""The same while writes wait, so that keys stay quick between two tries."""
_RETRY_INTERVAL = 0.3
"""Seconds between two tries while writes wait."""
_LONG_WAIT = 30.0
"""Seconds after which the user is told that nothing has been saved yet."""
_EXIT_LOCK_TIMEOUT = 2.0
"""Seconds that the end of the program waits, where the system ends it and nobody can be asked."""


@runtime_checkable
class ShowsWriteErrors(Protocol):
    """A screen over the page on which marks are made too."""

    def show_warning(self, warning: str) -> None:
        """Warns, or no more."""


@runtime_checkable
class ShowsMarks(Protocol):
    """A screen over the page that shows marks."""

    def redraw_marks(self) -> None:
        """Show the marks as they are now."""


class StateWriter:
    """Writes the reading state for one screen, and shows for as long as writing fails that it does."""

    def __init__(
        self,
        screen: Screen[Any],
        library: Library,
        clock: Clock,
        *,
        say: Callable[..., None],
        on_trouble: Callable[[], object],
        on_late: Callable[[], object],
    ) -> None:
        """Write to the library.

        Args:
            screen: its timer retries the writes that wait.
            library: what is written to.
            clock: a monotonic clock, in seconds.
            say: shows a line to the user.
            on_trouble: called after `trouble` has changed.
            on_late: called after changes were saved that had to wait for another program.
        """
        self._screen = screen
        self._library = library
        self._clock = clock
        self._say = say
        self._on_trouble = on_trouble
        self._on_late = on_late
        library.set_lock_timeout(LOCK_TIMEOUT)
        self.problem = ""
        """The warning for the footer while nothing can be saved."""
        self.waiting = PendingWrites()
        """Writes that wait for another program."""
        self.changes = 0
        """Changes that the user has made since the start and not undone: `u` undoes the latest."""
        self._waiting_notice = ""
        self._retrying: Timer | None = None
        self._waiting_since = 0.0
        self._is_long_wait = False
        self._tried_at = 0.0

    def try_write(self, write: Callable[[], Result], *, is_user_change: bool = True, name: str = "") -> Result | None:
        """Do what writes; None where it failed or has to wait, and then nothing on the screen may say otherwise.

        Args:
            act: the change.
            asked: the user has asked for it, so each failure is reported; else only the first of a row.
            name: of a write that has to wait, an older one with this name is left out.
        """
        if self.waiting:  # in order
            self._queue_write(write, is_user_change=is_user_change, name=name)
            return None
        try:
            done = write()
        except BusyDatabase as busy:
            self._queue_write(write, is_user_change=is_user_change, name=name)
            self.show_waiting(busy)
            return None
        except ReaderError as error:
            self._notify_failure(error, is_user_change=is_user_change)
            return None
        self._count(done, is_user_change=is_user_change)
        return done

    def show_waiting(self, busy: BusyDatabase) -> None:
        """Say in the footer which file another program uses."""
        path = self._library.archive.path if str(self._library.archive.path) in str(busy) else self._library.state.path
        is_wide = self._screen.app.size.width >= _WIDE_ENOUGH_FOR_REASON
        sentence = f"Waiting for another program that uses {path.name}…"
        self._waiting_notice = sentence if is_wide else f"{path.name} is in use…"
        self._set_problem(self._waiting_notice)

    def hide_waiting(self) -> None:
        """Say no longer that something waits, if nothing does."""
        if not self.waiting and self.problem == self._waiting_notice:
            self._set_problem("")

    def finish_writing(self) -> int:
        """Try for the last time to save what waits; return how many changes are lost."""
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
        """Do the writes that wait, if the other program is done."""
        self._library.set_lock_timeout(_RETRY_LOCK_TIMEOUT)
        try:
            late = self._do_pending()
        finally:
            self._library.set_lock_timeout(LOCK_TIMEOUT)
        if not self.waiting and self._retrying:
            self._retrying.stop()
            self._retrying = None
            self.hide_waiting()
        if late:
            self._show_late_changes()

    def _do_pending(self) -> bool:
        """Do as many as can be done; whether there was a change that the user has asked for."""
        late = False
        while self.waiting:
            pending = self.waiting.next()
            try:
                done = pending.write()
            except BusyDatabase as busy:
                self.show_waiting(busy)
                self._notify_long_wait(busy)
                break
            except ReaderError as error:
                self._notify_failure(error, is_user_change=pending.is_user_change)
            except Exception:
                self.waiting.drop_next()  # it would fail again each time
                raise
            else:
                self._count(done, is_user_change=pending.is_user_change)
                late = late or pending.is_user_change
                if pending.is_user_change and isinstance(done, ChangeResult):
                    self._say(f"{done.label}.")
            self.waiting.drop_next()
        return late

    def _notify_long_wait(self, busy: BusyDatabase) -> None:
        if not self._is_long_wait and self._clock() - self._waiting_since >= _LONG_WAIT and self.waiting.change_count:
            self._is_long_wait = True
            count = self.waiting.change_count
            changes = plural(count, "change is", "changes are")
            self._say(f"{changes} not saved yet. {busy}", seconds=12)

    def _notify_failure(self, error: ReaderError, *, is_user_change: bool) -> None:
        if is_user_change or not self.problem:
            self._say(str(error), seconds=8)
        if isinstance(error, DatabaseError):
            self._tried_at = self._clock()
            self._set_problem(NOT_SAVED)

    def _count(self, done: object, *, is_user_change: bool) -> None:
        changed = bool(done.keys) if isinstance(done, ChangeResult) else done is not None
        # To find that there is nothing to do takes no writing.
        if changed or not (is_user_change or isinstance(done, ChangeResult)):
            self._set_problem("")
        if changed and is_user_change:
            self.changes += 1

    @property
    def is_retry_due(self) -> bool:
        """Whether it is time to see if writing works again."""
        return self.problem == NOT_SAVED and self._clock() - self._tried_at >= _RETRY_AFTER_ERROR

    def save_setting(self, name: str, value: str) -> None:
        """Keeps a setting."""
        self.try_write(
            lambda: self._library.state.save_value(name, value), is_user_change=False, name=f"setting:{name}"
        )

    def count_undo(self) -> None:
        """Count the latest change no more, because it was undone; to undo is itself counted as a change."""
        self.changes -= 2

    def _set_problem(self, words: str) -> None:
        if words != self.problem:
            self.problem = words
            self._on_trouble()
            if isinstance(over := self._screen.app.screen, ShowsWriteErrors):
                over.show_warning(words)

    def _show_late_changes(self) -> None:
        self._on_late()
        if isinstance(over := self._screen.app.screen, ShowsMarks):
            over.redraw_marks()
