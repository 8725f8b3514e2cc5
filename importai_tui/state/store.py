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

from importai_tui.errors import DatabaseTrouble
from importai_tui.state.fields import NOTE, PLACE, READ, STARRED, Edit, StoryName, checked
from importai_tui.state.journal import Labelled
from importai_tui.state.opening import identity, load, open_state
from importai_tui.wording import plural

if TYPE_CHECKING:
    from importai_tui.state.shared_folder import Shared

NOTHING = "Nothing to mark, it is so already"


def of_marks(edits: Sequence[Edit]) -> str:
    """Of a marking as read and starred, or of its opposite: all edits of one field say the same."""
    reads = [edit for edit in edits if edit.field == READ]
    stars = [edit for edit in edits if edit.field == STARRED]
    parts = []
    if reads:
        parts.append(f"marked {stories(len(reads))} {'read' if reads[0].value else 'unread'}")
    if stars:
        parts.append(f"{'starred' if stars[0].value else 'took the star off'} {stories(len(stars))}")
    line = " and ".join(parts) or NOTHING
    return line[0].upper() + line[1:]


def of_tag(name: str, edits: Sequence[Edit]) -> str:
    """Of tagging stories, or of taking their tag away."""
    if not edits:
        return NOTHING
    if edits[0].value:
        return f"Tagged {stories(len(edits))} #{name}"
    return f"Took the tag #{name} off {stories(len(edits))}"


def of_note(old: str | None, new: str | None) -> str:
    """Of writing a note, changing or removing it."""
    if old == new:
        return "Nothing to write, the note is so already"
    if old is None:
        return "Wrote a note"
    return "Changed a note" if new is not None else "Removed a note"


def undone(label: str) -> str:
    """Of taking back what was called so."""
    return f"Undone: {label[0].lower()}{label[1:]}"


def done_again(label: str) -> str:
    """Of doing again what was called so."""
    return f"Done again: {label[0].lower()}{label[1:]}"


def stories(count: int) -> str:
    """Return the number with its noun."""
    return plural(count, "story", "stories")


@dataclass(frozen=True, slots=True)
class Change:
    """What a marking, its undo or redo did."""

    label: str
    """A line for people: "Marked 3 stories read"."""
    keys: tuple[str, ...]
    """The stories whose state really changed; may be empty."""


class Marked:
    """One open reading state. A change is durable when its method returns; where it raises, nothing has changed."""

    def __init__(
        self, path: Path, now: Callable[[], datetime], shared: Path | None = None, *, daily: bool = True
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
        opened = open_state(path, now, daily=daily)
        self.warning: str | None = opened.warning
        """What a person must know of the file: it was damaged and restored, or does not agree with itself."""
        self._now = now
        self._database, self._journal = opened.database, opened.journal
        self._marks, self._seen = opened.marks, opened.seen
        self._others = self._database.version_of_others()
        self._changed = False
        self._file = identity(path)
        self._shared: Shared | None = None
        if shared:
            from importai_tui.state.shared_folder import Shared

            self._shared = Shared(shared, self._database, self._journal, now)
            if self._shared.exchange(at_start=True):
                self._follow()

    def close(self) -> None:
        """Tell the shared folder what is new, and close the file; a second call does nothing."""
        if self._shared:
            self._shared.exchange()
            self._shared = None
        self._database.close()

    def reconnect(self) -> None:
        """Open the file again: a connection that began where nothing may be written stays so. Never raises."""
        with suppress(DatabaseTrouble):
            self._is_there()
            self._database.reconnect()

    def set_patience(self, seconds: float) -> None:
        """Wait so long for another program's lock; see `Database.set_patience`."""
        self._database.set_patience(seconds)

    @property
    def path(self) -> Path:
        """The file."""
        return self._database.path

    @property
    def sharing_trouble(self) -> str | None:
        """Why the shared folder cannot be read or written just now; it is tried again all the time."""
        return self._shared.trouble if self._shared else None

    def changed(self) -> bool:
        """Whether another window or machine has changed something since this was last asked.

        If so it shows from now on. The shared folder is looked at, so this is for every second, not for every key.
        """
        if self._shared and self._shared.exchange():
            self._follow()
        self._look()
        changed, self._changed = self._changed, False
        return changed

    def warnings(self) -> tuple[str, ...]:
        """Return messages for the user: the state was damaged and restored, or the shared folder cannot be used now."""
        return tuple(line for line in (self.warning, self.sharing_trouble) if line)

    def is_read(self, key: str) -> bool:
        """Tell whether the story with this key is read."""
        return key in self.read_keys()

    def is_starred(self, key: str) -> bool:
        """Tell whether the story with this key is starred."""
        return key in self.starred_keys()

    def read_keys(self) -> Set[str]:
        """The keys of all read stories: a view that follows every change."""
        self._look()
        return self._marks.of(READ)

    def starred_keys(self) -> Set[str]:
        """The keys of all starred stories: a view that follows every change."""
        self._look()
        return self._marks.of(STARRED)

    def noted_keys(self) -> Set[str]:
        """The keys of all stories with a note: a view that follows every change."""
        self._look()
        return self._marks.of(NOTE)

    def mark(
        self,
        keys: Iterable[str],
        *,
        read: bool | None = None,
        starred: bool | None = None,
        headlines: Mapping[str, str] | None = None,
        names: Mapping[str, StoryName] | None = None,
    ) -> Change:
        """Mark stories, as one undo step. None leaves a mark alone; a story that has the mark already is no change.

        `names` (or `headlines` alone) is what the keys stand for, kept for the day when the archive is gone.
        """
        wanted = tuple(dict.fromkeys(keys))
        told = names or {key: StoryName(headline) for key, headline in (headlines or {}).items()}
        wishes = [(field, wish) for field, wish in ((READ, read), (STARRED, starred)) if wish is not None]
        edits = [Edit(key, field, self._since(wish)) for field, wish in wishes for key in wanted]
        return self.change(edits, of_marks, told)

    def change(
        self, edits: Sequence[Edit], label: str | Labelled, names: Mapping[str, StoryName] | None = None
    ) -> Change:
        """Make edits of any fields as one undo step, called `label` before people.

        Raises:
            Unfit: a value has not the form of its field; nothing is changed.
            DatabaseTrouble: it cannot be kept; nothing is changed.
        """
        fit = [checked(edit) for edit in edits]
        self._is_there()
        line, done = self._journal.step(fit, label if callable(label) else lambda _: label, names or {})
        return self._followed(line, done)

    def undo(self) -> Change | None:
        """Take back the latest step that is not undone, also one from an earlier run; None where there is none."""
        return self._turned("undo", undone)

    def redo(self) -> Change | None:
        """Do again what was undone last; None where nothing was, or something has been changed since."""
        return self._turned("redo", done_again)

    def remember(self, name: str, value: str) -> None:
        """Keep a small setting of the app; it is no undo step."""
        self._is_there()
        self._database.run("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (name, value))

    def recall(self, name: str) -> str | None:
        """The value kept under this name."""
        rows = self._database.rows("SELECT value FROM setting WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def _turned(self, kind: Literal["undo", "redo"], label: Callable[[str], str]) -> Change | None:
        self._is_there()
        turned = self._journal.turn(kind)
        return self._followed(label(turned[0]), turned[1]) if turned else None

    def _since(self, wish: bool) -> str | None:
        """The value of a mark: since when it is so."""
        return self._now().astimezone(UTC).isoformat(timespec="seconds") if wish else None

    def _followed(self, label: str, edits: Sequence[Edit]) -> Change:
        """The change, after the marks in memory have followed the file."""
        self._marks.follow(edits)
        return Change(label, tuple(dict.fromkeys(edit.key for edit in edits)))

    def _look(self) -> None:
        """Follow what other windows have written, if they have."""
        others = self._database.version_of_others()
        if others != self._others:
            self._others = others
            self._follow()

    def _follow(self) -> None:
        """Take over what the journal says since the last look: as much work as there is news."""
        last = self._journal.last()  # first: a line written meanwhile is then followed twice, and not never
        edits = self._journal.since(self._seen)
        self._seen = last
        self._marks.follow(edits)
        self._changed = self._changed or any(edit.field != PLACE for edit in edits)

    def _reload(self) -> None:
        turns = self._marks.turns
        self._marks, self._seen = load(self._database, self._journal)
        self._marks.turns = turns + 1  # and what turned is not known
        self._changed = True

    def _is_there(self) -> None:
        """A file that was deleted or replaced under us would take every change, and lose it when we close."""
        if identity(self._database.path) != self._file:
            raise DatabaseTrouble(
                f"The reading state {self._database.path} was removed or replaced while it was open, so nothing can be "
                "kept. Bring it back, or leave the reader and start it again."
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
