"""The library joins the archive and the reading state: the one room that the command line and the app ask.

It draws nothing and reads no documents; a story's key is all that the two sides share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from importai_tui.archive import Archive, Entry, Outcome
from importai_tui.clock import utc_now
from importai_tui.errors import DatabaseTrouble, NotFound
from importai_tui.issue import Issue, Story, StoryKind
from importai_tui.paths import Places
from importai_tui.reading import Change, Edit, Highlight, KeptStory, Merged, ReadingState, StoryName

if TYPE_CHECKING:
    from importai_tui.following.state import StateFollowing

__all__ = ["Change", "IssueHead", "Library", "Outcome", "StoredIssue", "StoryHead"]


@dataclass(frozen=True, slots=True)
class IssueHead:
    """One row of the issue list. `date` is YYYY-MM-DD; `stories`, `unread` and `words` are counts."""

    ref: str
    number: int | None
    slug: str
    title: str
    date: str | None
    url: str | None
    stories: int
    unread: int
    words: int


@dataclass(frozen=True, slots=True)
class StoryHead:
    """One row under an open issue. `position` counts from 1."""

    ref: str
    key: str
    position: int
    kind: StoryKind
    headline: str
    words: int
    read: bool
    starred: bool


@dataclass(frozen=True, slots=True)
class StoredIssue:
    """What storing an issue did, and how the issue stands now."""

    outcome: Outcome
    head: IssueHead


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A stored page, and what is known of the issue in it. `title` is None where it was made of the headlines."""

    raw: bytes
    name: str
    number: int | None
    title: str | None
    date: str | None
    url: str | None


SYNCED_AT = "synced-at"
"""The source note that holds the time of the last sync, ISO 8601 in UTC."""


class Library:
    """The archive and the reading state, open together. Use it as a context manager, or `close` it."""

    def __init__(self, archive: Archive, reading: ReadingState, on_close: Callable[[], None] | None = None) -> None:
        """Join two open databases; `on_close` runs last of all, for one who has lent a folder to them."""
        self._archive = archive
        self._reading = reading
        self._on_close = on_close
        self._following: StateFollowing | None = None

    @classmethod
    def open(
        cls,
        places: Places,
        *,
        now: Callable[[], datetime] = utc_now,
        shared: Path | None = None,
        on_close: Callable[[], None] | None = None,
    ) -> Library:
        """Open both databases, making them where they are missing; nothing else is created.

        `shared` is the folder that carries the reading state between machines, if there is one.

        Raises:
            DatabaseTrouble: one of them cannot be opened, or the reading state is damaged or newer than this program.
        """
        # The reading state first: where it must be refused, the archive is left alone too.
        reading = ReadingState(places.reading, now, shared)
        try:
            return cls(Archive(places.archive, now), reading, on_close)
        except BaseException:
            reading.close()
            raise

    def close(self) -> None:
        """Close both databases; a second call does nothing."""
        self._archive.close()
        self._reading.close()
        if self._on_close:
            self._on_close()
            self._on_close = None

    def is_empty(self) -> bool:
        """Whether the archive holds no issue."""
        return not self._archive.shelf()

    def issue_heads(self, *, unread_only: bool = False) -> list[IssueHead]:
        """All issues, newest first: by date, then number; those with neither last, as they were imported."""
        read = self._reading.read_keys()
        heads = [_head(entry, read) for entry in self._archive.shelf()]
        return [head for head in heads if head.unread] if unread_only else heads

    def issue_head(self, issue_ref: str) -> IssueHead:
        """One row of the issue list."""
        return _head(self._entry(issue_ref), self._reading.read_keys())

    def story_heads(self, issue_ref: str) -> list[StoryHead]:
        """The stories of an issue, in order."""
        entry = self._entry(issue_ref)
        read, starred = self._reading.read_keys(), self._reading.starred_keys()
        return [
            StoryHead(
                f"{entry.ref}/{row.position}",
                row.key,
                row.position,
                row.kind,
                row.headline,
                row.words,
                row.key in read,
                row.key in starred,
            )
            for row in self._archive.story_rows(entry.id)
        ]

    def resolve(self, ref: str) -> tuple[str, int | None]:
        """The issue, and the position in it, that `402`, `402/3`, `latest`, a slug, `slug/3` or a story's key names.

        Raises:
            NotFound: it names nothing that the archive holds.
        """
        name = ref.strip()
        before, slash, after = name.rpartition("/")
        if slash and after.isdecimal() and (entry := self._find(before)):
            if not 1 <= int(after) <= len(entry.keys):
                raise NotFound(f"{entry.ref} has {len(entry.keys)} stories, so there is no {entry.ref}/{int(after)}.")
            return entry.ref, int(after)
        if entry := self._find(name):
            return entry.ref, None
        if place := self._archive.place_of(name):
            return next(e.ref for e in self._archive.shelf() if e.id == place[0]), place[1]
        raise NotFound(f'Nothing here is called "{name}". See what there is: importai-tui list')

    def place_in_archive(self, key: str) -> tuple[str, int] | None:
        """The issue and the position of the story with this key; None where the archive does not hold it."""
        place = self._archive.place_of(key)
        return (self._archive.entry(place[0]).ref, place[1]) if place else None

    def issue(self, issue_ref: str) -> Issue:
        """A whole issue."""
        entry = self._entry(issue_ref)
        stories = self._archive.stories(entry.id)
        return Issue(entry.number, entry.slug, entry.title, entry.date, entry.url, stories)

    def story(self, issue_ref: str, position: int) -> Story:
        """One story; `position` counts from 1."""
        story = self._archive.story(self._entry(issue_ref).id, position)
        if story is None:
            raise NotFound(f"There is no story {position} in {issue_ref}.")
        return story

    def ref_of(self, number: int) -> str | None:
        """The reference of the issue with this number, None where the archive does not hold it."""
        return next((entry.ref for entry in self._archive.shelf() if entry.number == number), None)

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
        # Imported here: who stores has parsed, all others never need the parser.
        from importai_tui.parse.issues import PARSER_VERSION

        done = self._archive.store(issue, raw, name, parser_version=PARSER_VERSION, told=told, origin=origin)
        self._follow_text(done.issue_id, done.before)
        return StoredIssue(done.outcome, _head(self._archive.entry(done.issue_id), self._reading.read_keys()))

    def archive_version(self) -> int:
        """A number that changes when another window, or a sync, has stored issues; cheap to ask."""
        return self._archive.version()

    def archive_damage(self) -> tuple[str, ...]:
        """What is wrong with the archive's file, a sentence each; nothing where all is well."""
        return self._archive.damage()

    def numbers(self) -> set[int]:
        """The numbers of all issues that have one."""
        return {entry.number for entry in self._archive.shelf() if entry.number is not None}

    def missing_numbers(self) -> tuple[int, ...]:
        """The numbers between the oldest and the newest issue that the archive does not hold, lowest first."""
        held = self.numbers()
        return tuple(n for n in range(min(held), max(held)) if n not in held) if held else ()

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
        """Put in the stories that a better parser has found in the stored page; state stays on its story.

        `issue` is None where it finds none: then the stored stories stay.
        """
        self._follow_text(issue_id, self._archive.rebuild(issue_id, issue, parser_version))

    def follow_texts(self) -> int:
        """Let state whose story is gone follow to its successor, in every issue of the archive; how much did."""
        self._following = None  # what it has seen of the state may be old
        return sum(self._follow_text(entry.id, ()) for entry in self._archive.shelf())

    def _follow_text(self, issue_id: int, before: Sequence[Story]) -> int:
        """Let state follow within an issue; how many fields did. `before`: its stories until now, where any is gone."""
        from importai_tui.following.state import StateFollowing

        # Should it fail now, the state is where it was, and follows when the issue is stored again.
        with suppress(DatabaseTrouble):
            if self._following is None:
                self._following = StateFollowing(self._archive, self._reading)
            return self._following.follow(issue_id, before)
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

    def is_read(self, key: str) -> bool:
        """Whether the story with this key is read."""
        return key in self._reading.read_keys()

    def is_starred(self, key: str) -> bool:
        """Whether the story with this key is starred."""
        return key in self._reading.starred_keys()

    def mark(self, keys: Iterable[str], *, read: bool | None = None, starred: bool | None = None) -> Change:
        """Mark stories read or unread, starred or not: one undo step, durable when this returns."""
        wanted = list(keys)
        return self._reading.mark(wanted, read=read, starred=starred, names=self._names(wanted))

    def undo(self) -> Change | None:
        """Take back the latest marking, also one from an earlier run; None where there is none."""
        return self._reading.undo()

    def redo(self) -> Change | None:
        """Do again the marking that was undone last; None where there is none."""
        return self._reading.redo()

    def changed_elsewhere(self) -> bool:
        """Whether another window has changed marks since this was last asked."""
        return self._reading.changed()

    def next_unread(self, after: tuple[str, int] | None, *, back: bool = False) -> tuple[str, int] | None:
        """The next unread story in the order of the list, wrapping round once; None where all are read.

        Args:
            after: the issue and position to start behind; None for the beginning.
            back: walk towards newer issues and lower positions.
        """
        shelf = self._archive.shelf()
        read = self._reading.read_keys()
        for at, position in _round(shelf, after, back=back):
            if shelf[at].keys[position - 1] not in read:
                return shelf[at].ref, position
        return None

    def remember(self, name: str, value: str) -> None:
        """Keep a small setting of the app: the last story, the theme, whether the guide was put away."""
        self._reading.remember(name, value)

    def recall(self, name: str) -> str | None:
        """The value kept under this name."""
        return self._reading.recall(name)

    def _find(self, name: str) -> Entry | None:
        shelf = self._archive.shelf()
        if name == "latest":
            return shelf[0] if shelf else None
        if name.isdecimal():
            number = int(name)
            if numbered := next((entry for entry in shelf if entry.number == number), None):
                return numbered
        return next((entry for entry in shelf if entry.slug == name), None)

    def _entry(self, issue_ref: str) -> Entry:
        entry = self._find(issue_ref)
        if entry is None:
            raise NotFound(f'Nothing here is called "{issue_ref}". See what there is: importai-tui list')
        return entry

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def change(self, edits: Sequence[Edit], label: str) -> Change:
        """Make edits of any fields of stories as one undo step, called `label` before people."""
        return self._reading.change(edits, label, self._names(edit.key for edit in edits))

    def tag(self, keys: Iterable[str], name: str, on: bool = True) -> Change:
        """Give stories a tag or take it away, as one undo step."""
        wanted = list(keys)
        return self._reading.tag(wanted, name, on, self._names(wanted))

    def tagged_keys(self, name: str) -> Set[str]:
        """The keys of all stories with this tag."""
        return self._reading.tagged_keys(name)

    def tags_of(self, key: str) -> tuple[str, ...]:
        """The names of a story's tags, in alphabetical order."""
        return self._reading.tags_of(key)

    def all_tags(self) -> tuple[tuple[str, int], ...]:
        """The names of all tags in use, each with its number of stories, in alphabetical order."""
        return self._reading.all_tags()

    def set_note(self, key: str, text: str | None) -> Change:
        """Write a story's note, or remove it with None or an empty text; one undo step."""
        return self._reading.set_note(key, text, self._names([key]))

    def note_of(self, key: str) -> str | None:
        """A story's note."""
        return self._reading.note_of(key)

    def noted_keys(self) -> Set[str]:
        """The keys of all stories with a note."""
        return self._reading.noted_keys()

    def add_highlight(self, key: str, quote: str, remark: str | None = None, paragraph: int = 0) -> str:
        """Keep a passage of a story, as one undo step; the highlight's id. `paragraph` counts from 0."""
        return self._reading.add_highlight(key, quote, remark, paragraph, self._names([key]))

    def remark(self, key: str, id: str, text: str | None) -> Change:
        """Write, change or remove the remark to a highlight; one undo step."""
        return self._reading.remark(key, id, text)

    def drop_highlight(self, key: str, id: str) -> Change:
        """Take a highlight away, as one undo step."""
        return self._reading.drop_highlight(key, id)

    def highlights_of(self, key: str) -> tuple[Highlight, ...]:
        """A story's highlights, in the order of its paragraphs."""
        return self._reading.highlights_of(key)

    def keep_place(self, key: str, place: str | None) -> None:
        """Keep the place inside a story, a small JSON text; no undo step."""
        self._reading.keep_place(key, place, self._names([key]))

    def place_of(self, key: str) -> str | None:
        """The place kept for a story."""
        return self._reading.place_of(key)

    def kept_stories(self) -> tuple[KeptStory, ...]:
        """Every story with state of any kind, whether the archive holds it or not."""
        return self._reading.kept_stories()

    def state_lines(self) -> Iterator[str]:
        """The whole reading state as lines of JSON, without line ends."""
        return self._reading.lines()

    def merge_state(self, lines: Iterable[str]) -> Merged:
        """Take over what is newer in the lines of another machine; no undo step."""
        return self._reading.merge(lines)

    def check_state(self) -> tuple[str, ...]:
        """What is wrong with the reading state, a sentence each; nothing where all is well."""
        return self._reading.check()

    def rebuild_state(self) -> int:
        """Make the reading state what its journal says; how many of its values were not so."""
        return self._reading.rebuild_from_journal()

    def state_warnings(self) -> tuple[str, ...]:
        """What a person must know: the state was damaged and restored, or the shared folder cannot be used now."""
        return tuple(line for line in (self._reading.warning, self._reading.sharing_trouble) if line)

    def _names(self, keys: Iterable[str]) -> Mapping[str, StoryName]:
        """What the archive calls the stories, so that the reading state can say it without the archive."""
        names = {}
        for key in dict.fromkeys(keys):
            if place := self._archive.place_of(key):
                issue = self._archive.entry(place[0]).ref
                names[key] = StoryName(self._archive.headline_of(key), issue, place[1])
        return names


def _round(shelf: Sequence[Entry], after: tuple[str, int] | None, *, back: bool) -> Iterator[tuple[int, int]]:
    """Places of the shelf (index of the issue, position) behind one, once round; only as far as they are asked for."""
    here = next((at for at, entry in enumerate(shelf) if after and entry.ref == after[0]), None)
    step = -1 if back else 1
    position = after[1] if after is not None and here is not None else 0
    start = here if here is not None else (len(shelf) - 1 if back else 0)
    for turn in range(len(shelf) + 1 if shelf else 0):
        at = (start + step * turn) % len(shelf)
        places = range(1, len(shelf[at].keys) + 1)
        if turn == 0 and here is not None:
            places = places[: position - 1] if back else places[position:]
        elif turn == len(shelf):
            # Round again: what lies before the start, and the start itself.
            places = (places[position - 1 :] if back else places[:position]) if here is not None else range(0)
        yield from ((at, place) for place in (reversed(places) if back else places))


def _head(entry: Entry, read: Set[str]) -> IssueHead:
    return IssueHead(
        ref=entry.ref,
        number=entry.number,
        slug=entry.slug,
        title=entry.title,
        date=entry.date,
        url=entry.url,
        stories=len(entry.keys),
        unread=sum(key not in read for key in entry.keys),
        words=entry.words,
    )
