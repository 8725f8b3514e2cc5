"""The library: opens the archive and the reading state together, and stores what arrives in step with both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from importai_tui.archive import Archive
from importai_tui.clock import utc_now
from importai_tui.errors import DatabaseTrouble
from importai_tui.library.heads import StoredIssue, StoredPage, issue_head
from importai_tui.library.keeping import Keeping
from importai_tui.parse.version import PARSER_VERSION
from importai_tui.paths import Places

if TYPE_CHECKING:
    from importai_tui.archive.connections import Connections
    from importai_tui.archive.finder import Finder
    from importai_tui.archive.written import Arrival, WrittenIssue
    from importai_tui.following.state import StateFollowing
    from importai_tui.issue import Issue
    from importai_tui.reading import Change, ReadingState

SYNCED_AT = "synced-at"
"""The source note that holds the time of the last sync, ISO 8601 in UTC."""
INDEXED_AT_ONCE = 20
"""Issues in one transaction: a third less work than one by one, and another window waits 0.12 s at the most."""


class Library(Keeping):
    """The archive and the reading state, open together. Use it as a context manager, or `close` it."""

    def __init__(
        self,
        archive: Archive,
        reading: ReadingState | None,
        open_reading: Callable[[], ReadingState],
        on_close: Callable[[], None] | None = None,
    ) -> None:
        """Join two databases; `on_close` runs last of all, for one who has lent a folder to them."""
        super().__init__(archive, reading, open_reading)
        self._on_close = on_close
        self._following: StateFollowing | None = None
        self._unreadable: set[int] = set()

    @classmethod
    def open(
        cls,
        places: Places,
        *,
        now: Callable[[], datetime] = utc_now,
        shared: Path | None = None,
        daily: bool = True,
        marked: bool = True,
        on_close: Callable[[], None] | None = None,
    ) -> Library:
        """Open both databases, making them where they are missing; nothing else is created.

        Args:
            places: where they are.
            now: the clock.
            shared: the folder that carries the reading state between machines, if there is one.
            daily: copy the reading state first, if that was not done today.
            marked: what is marked will be asked for; else the reading state is opened only should it be, and a trouble
                with it is raised there.
            on_close: runs when the library is closed.

        Raises:
            DatabaseTrouble: one of them cannot be opened, or the reading state is damaged or newer than this program.
        """

        # The reading state first: where it must be refused, the archive is left alone too.
        def open_reading() -> ReadingState:
            # Imported here: who asks for no mark does not wait for what keeps them.
            from importai_tui.reading import ReadingState

            return ReadingState(places.reading, now, shared, daily=daily)

        reading = open_reading() if marked else None

        def look_first() -> None:
            if not reading:
                open_reading().close()

        try:
            archive = Archive(places.archive, now, before_set_aside=look_first)
            return cls(archive, reading, open_reading, on_close)
        except BaseException:
            if reading:
                reading.close()
            raise

    def close(self) -> None:
        """Close both databases; a second call does nothing."""
        self._archive.close()
        if self._opened:
            self._opened.close()
        if self._on_close:
            self._on_close()
            self._on_close = None

    def set_patience(self, seconds: float) -> None:
        """Wait so long for another program's lock on either database; a thread that draws waits little."""
        self._archive.set_patience(seconds)
        self._reading.set_patience(seconds)

    def store(self, issue: Issue, raw: bytes, name: str, *, told: bool = False, origin: str = "") -> StoredIssue:
        """Store an issue, or bring the stored copy of it up to date; whole or not at all.

        State on stories that the issue has no longer follows to those that they live on in.

        Args:
            issue: the parsed issue.
            raw: the document it was parsed from.
            name: what the document was called, for people.
            told: a person has told its number, title or date, so they win over what is stored.
            origin: the source that it was fetched from; empty for a file.
        """
        from importai_tui.archive.written import Arrival, packed, written

        return self.store_all((Arrival(written(issue), packed(raw), name, PARSER_VERSION, told, origin),))[0]

    def store_all(self, arrivals: Iterable[Arrival]) -> list[StoredIssue]:
        """Store issues that are worked out as they are written, in order: all of them or, where that fails, none."""
        stored = self._archive.store_all(arrivals)
        for done in stored:
            self._follow_text(done.entry.id)
        read = self._reading.read_keys()
        return [StoredIssue(done.outcome, issue_head(done.entry, read)) for done in stored]

    @property
    def archive_path(self) -> Path:
        """The archive's file, for one who searches it over a connection of its own."""
        return self._archive.path

    def finder(self) -> Finder:
        """Asks the archive's index over the library's own connection, for one who does nothing else meanwhile."""
        return self._archive.finder()

    def connections(self) -> Connections:
        """The same, asked how the stories hang together."""
        return self._archive.connections()

    def archive_version(self) -> int:
        """A number that changes when another window, or a sync, has stored issues; cheap to ask."""
        return self._archive.version()

    def warnings(self, *, state: bool = True) -> tuple[str, ...]:
        """What a person must know: a database was damaged, or the shared folder cannot be used now.

        `state`: also of the reading state, which is opened for that.
        """
        return tuple(line for line in (self._archive.warning, *(self.state_warnings() if state else ())) if line)

    def archive_damage(self, report: Callable[[int, int], object] = lambda *_: None) -> tuple[str, ...]:
        """Return the problems of the archive, a sentence each. `report`: see `Archive.damage`."""
        return self._archive.damage(report)

    def outdated(self, parser_version: int) -> list[int]:
        """The issues, by their ids in the archive, whose stored page an older parser has read."""
        return self._archive.outdated(parser_version)

    def stored_page(self, issue_id: int) -> StoredPage:
        """The page that an issue was parsed from, and what is known of it."""
        raw, name = self._archive.page(issue_id)
        entry = self._archive.entry(issue_id)
        title = None if self._archive.has_made_title(issue_id) else entry.title
        return StoredPage(raw, name, entry.number, title, entry.date, entry.url)

    def rebuild(self, issue_id: int, issue: Issue | None, parser_version: int) -> None:
        """Put in the stories that a better parser has found in one stored page: see `rebuild_all`."""
        from importai_tui.archive.written import written

        self.rebuild_all(((issue_id, written(issue) if issue else None),), parser_version)

    def rebuild_all(self, found: Sequence[tuple[int, WrittenIssue | None]], parser_version: int) -> None:
        """Put in the stories that a better parser has found in stored pages; state stays on its story.

        `found`: ids of issues, each with what is in its page; None where nothing is: then the stored stories stay.
        """
        self._archive.rebuild_all(found, parser_version)
        for issue_id, _ in found:
            self._follow_text(issue_id)

    def follow_texts(self) -> int:
        """Let state whose story is gone follow to its successor, in every issue of the archive; how much did."""
        self._following = None  # what it has seen of the state may be old
        return sum(self._follow_text(entry.id) for entry in self._archive.shelf())

    def follow_departed(self) -> None:
        """The same where a run was ended between storing an issue and letting the state follow."""
        for issue_id in self._archive.departed_from():
            self._follow_text(issue_id)

    def not_indexed(self) -> list[int]:
        """The issues, by their ids in the archive, whose stories cannot be searched yet."""
        return self._archive.not_indexed()

    def is_behind(self, parser_version: int) -> bool:
        """Whether there is anything to rebuild: pages to read again, state to follow, stories to store anew."""
        archive = self._archive
        return bool(archive.departed_from() or archive.outdated(parser_version) or archive.behind())

    def behind(self) -> int:
        """How many issues an older version has stored, and stored less of; see `index_some`."""
        return len(self._waiting())

    def index_some(self) -> int:
        """Store anew some issues of which an older version stored less: their words, their works; how many are left."""
        waiting = self._waiting()
        if waiting:
            self._unreadable |= self._archive.index(waiting[:INDEXED_AT_ONCE])
        return max(0, len(waiting) - INDEXED_AT_ONCE)

    @property
    def unreadable(self) -> int:
        """How many issues `index_some` has left as they are, for their stories cannot be read."""
        return len(self._unreadable)

    def _waiting(self) -> list[int]:
        return [issue_id for issue_id in self._archive.behind() if issue_id not in self._unreadable]

    def undo(self) -> Change | None:
        """Take back the latest change, also one from an earlier run; None where there is none."""
        return self._followed(super().undo())

    def redo(self) -> Change | None:
        """Do again what was undone last; None where there is none."""
        return self._followed(super().redo())

    def _followed(self, change: Change | None) -> Change | None:
        """The change, after it has reached the stories under the keys that they have by now."""
        gone = [key for key in change.keys if self._archive.place_of(key) is None] if change else []
        if not (change and gone):
            return change
        from importai_tui.reading import Change

        return Change(change.label, (*change.keys, *self._reading.hand_on(gone)))

    def _follow_text(self, issue_id: int) -> int:
        """Let state follow within an issue, also from stories that it has no longer; how many fields did."""
        from importai_tui.following.state import StateFollowing

        # Should it fail now, state and stories stay where they are, and it is tried again at the next start.
        with suppress(DatabaseTrouble):
            if self._following is None:
                self._following = StateFollowing(self._archive, self._reading)
            before = self._archive.departed(issue_id)
            followed = self._following.follow(issue_id, before)
            if before:
                self._archive.forget_departed(issue_id)
            return followed
        return 0

    def source_note(self, name: str) -> str | None:
        """What is remembered of a source under this name, as long as the archive lives."""
        return self._archive.source_note(name)

    def keep_source_note(self, name: str, value: str) -> None:
        """Remember something of a source; never before the issues that it speaks of are stored."""
        self._archive.keep_source_note(name, value)

    def synced_at(self) -> datetime | None:
        """When a sync last reached a source; None where none ever has."""
        written = self._archive.source_note(SYNCED_AT)
        return datetime.fromisoformat(written) if written else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
