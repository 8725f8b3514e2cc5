"""Writes every change of the reading state: one that cannot be saved is reported, and stops nobody from reading.

Where another program holds a lock on the file, the change waits in a queue, and the keys go on working.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar, runtime_checkable

from textual.timer import Timer

from importai_tui.archive.database import BusyDatabase
from importai_tui.errors import DatabaseTrouble, ReaderError
from importai_tui.library import Library
from importai_tui.reading import Change
from importai_tui.tui.page.panes import Panes
from importai_tui.tui.page.pending import PendingWrites
from importai_tui.wording import plural

Clock = Callable[[], float]
"""Seconds that never go back."""
Done = TypeVar("Done")

_ROOM_TO_SAY_WHY = 68
"""Columns of a window in which the footer has room for a whole sentence."""
NOT_KEPT = "marks are not being kept"
_AGAIN = 10.0
"""Seconds between two tries after a failure."""
PATIENCE = 0.15
"""Seconds that a key may wait for another window's write, which takes milliseconds."""
_RETRY_PATIENCE = 0.02
"""The same while writes wait, so that keys stay quick between two tries."""
_RETRY = 0.3
"""Seconds between two tries while writes wait."""
_LONG_WAIT = 30.0
"""Seconds after which the user is told that nothing has been saved yet."""
_LAST_PATIENCE = 2.0
"""Seconds that the end of the program waits, where the system ends it and nobody can be asked."""


@runtime_checkable
class Warned(Protocol):
    """A screen over the page on which marks are made too."""

    def tell_trouble(self, words: str) -> None:
        """Warns, or no more."""


@runtime_checkable
class ShowsMarks(Protocol):
    """A screen over the page that shows marks."""

    def redraw_marks(self) -> None:
        """Show the marks as they are now."""


class Writing(Panes):
    """Writes, and says for as long as writing fails that it does."""

    def __init__(self, library: Library, clock: Clock) -> None:
        super().__init__()
        self.library = library
        self.library.set_patience(PATIENCE)
        self.clock = clock
        self.trouble = ""
        """Stands in the footer while nothing can be kept."""
        self.waiting = PendingWrites()
        """Writes that wait for another program."""
        self._waiting_notice = ""
        self._retrying: Timer | None = None
        self._waiting_since = 0.0
        self._is_long_wait = False
        self.steps = 0
        """Changes that the reader has made since the start, less those that were undone: what `u` undoes first."""
        self._tried = 0.0

    def tell_footer(self) -> None:
        """For the subclass that knows the footer."""

    def saved_late(self) -> None:
        """Show the changes that had to wait, on the screen over the page too."""
        if isinstance(over := self.app.screen, ShowsMarks):
            over.redraw_marks()

    def attempt(self, act: Callable[[], Done], *, asked: bool = True, name: str = "") -> Done | None:
        """Do what writes; None where it failed or has to wait, and then nothing on the screen may say otherwise.

        Args:
            act: the change.
            asked: the user has asked for it, so each failure is reported; else only the first of a row.
            name: of a write that has to wait, an older one with this name is left out.
        """
        if self.waiting:  # in order
            self._wait(act, asked=asked, name=name)
            return None
        try:
            done = act()
        except BusyDatabase as busy:
            self._wait(act, asked=asked, name=name)
            self.tell_waiting(busy)
            return None
        except ReaderError as error:
            self._tell_failure(error, asked=asked)
            return None
        self._count(done, asked=asked)
        return done

    def tell_waiting(self, busy: BusyDatabase) -> None:
        """Say in the footer which file another program uses."""
        path = self.library.archive.path if str(self.library.archive.path) in str(busy) else self.library.state.path
        is_wide = self.app.size.width >= _ROOM_TO_SAY_WHY
        sentence = f"Waiting for another program that uses {path.name}…"
        self._waiting_notice = sentence if is_wide else f"{path.name} is in use…"
        self._tell_trouble(self._waiting_notice)

    def stop_waiting(self) -> None:
        """Say no longer that something waits, if nothing does."""
        if not self.waiting and self.trouble == self._waiting_notice:
            self._tell_trouble("")

    def finish_writing(self) -> int:
        """Try for the last time to save what waits; return how many changes are lost."""
        if not self.waiting:
            return 0
        self.library.set_patience(_LAST_PATIENCE)
        return self.waiting.flush()

    def _wait(self, act: Callable[[], object], *, asked: bool, name: str) -> None:
        if not self.waiting:
            self._waiting_since, self._is_long_wait = self.clock(), False
        self.waiting.add(act, asked=asked, name=name)
        if self._retrying is None:
            self._retrying = self.set_interval(_RETRY, self.retry)

    def retry(self) -> None:
        """Do the writes that wait, if the other program is done."""
        self.library.set_patience(_RETRY_PATIENCE)
        try:
            late = self._do_pending()
        finally:
            self.library.set_patience(PATIENCE)
        if not self.waiting and self._retrying:
            self._retrying.stop()
            self._retrying = None
            self.stop_waiting()
        if late:
            self.saved_late()

    def _do_pending(self) -> bool:
        """Do as many as can be done; whether there was a change that the user has asked for."""
        late = False
        while self.waiting:
            pending = self.waiting.next()
            try:
                done = pending.act()
            except BusyDatabase as busy:
                self.tell_waiting(busy)
                self._tell_long_wait(busy)
                break
            except ReaderError as error:
                self._tell_failure(error, asked=pending.asked)
            except Exception:
                self.waiting.drop_next()  # it would fail again each time
                raise
            else:
                self._count(done, asked=pending.asked)
                late = late or pending.asked
                if pending.asked and isinstance(done, Change):
                    self.say(f"{done.label}.")
            self.waiting.drop_next()
        return late

    def _tell_long_wait(self, busy: BusyDatabase) -> None:
        if not self._is_long_wait and self.clock() - self._waiting_since >= _LONG_WAIT and self.waiting.changes:
            self._is_long_wait = True
            count = self.waiting.changes
            changes = plural(count, "change is", "changes are")
            self.say(f"{changes} not saved yet. {busy}", seconds=12)

    def _tell_failure(self, error: ReaderError, *, asked: bool) -> None:
        if asked or not self.trouble:
            self.say(str(error), seconds=8)
        if isinstance(error, DatabaseTrouble):
            self._tried = self.clock()
            self._tell_trouble(NOT_KEPT)

    def _count(self, done: object, *, asked: bool) -> None:
        changed = bool(done.keys) if isinstance(done, Change) else done is not None
        # To find that there is nothing to do takes no writing.
        if changed or not (asked or isinstance(done, Change)):
            self._tell_trouble("")
        if changed and asked:
            self.steps += 1

    @property
    def is_try_due(self) -> bool:
        """Whether it is time to see if writing works again."""
        return self.trouble == NOT_KEPT and self.clock() - self._tried >= _AGAIN

    def remember(self, name: str, value: str) -> None:
        """Keeps a setting."""
        self.attempt(lambda: self.library.state.remember(name, value), asked=False, name=f"setting:{name}")

    def _tell_trouble(self, words: str) -> None:
        if words != self.trouble:
            self.trouble = words
            self.tell_footer()
            if isinstance(over := self.app.screen, Warned):
                over.tell_trouble(words)
