"""What the reader did and wrote, story by story, and the way of it to another machine and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING

from importai_tui.library.contents import Contents

if TYPE_CHECKING:
    from importai_tui.reading import Change, Edit, Highlight, KeptStory, Merged, StoryName
    from importai_tui.reading.marks import Turned
    from importai_tui.reading.state import Stand


class Keeping(Contents):
    """Marks, tags, notes, highlights, places and settings; each change is durable when its method returns."""

    def is_read(self, key: str) -> bool:
        """Whether the story with this key is read."""
        return key in self._reading.read_keys()

    def is_starred(self, key: str) -> bool:
        """Whether the story with this key is starred."""
        return key in self._reading.starred_keys()

    def read_keys(self) -> Set[str]:
        """The keys of all read stories: a view that follows every change."""
        return self._reading.read_keys()

    def starred_keys(self) -> Set[str]:
        """The keys of all starred stories: a view that follows every change."""
        return self._reading.starred_keys()

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

    def marks(self, fields: Iterable[str]) -> Mapping[str, Set[str]]:
        """For each field ("read", "tag:robots"), the keys of the stories where it is so; "tag:" is any tag.

        They follow every change, but for any tag, and may be read by another thread.
        """
        return {field: self._reading.keys_with(field) for field in fields}

    def stand(self, fields: Iterable[str]) -> Stand:
        """How the marks of these fields stand now, for one who will ask what has turned since."""
        return self._reading.stand(fields)

    def marks_at(self, stand: Stand) -> Mapping[str, Set[str]]:
        """The same as `marks`, of a stand that was just taken; they follow no change."""
        return self._reading.marks_at(stand)

    def turned_since(self, stand: Stand) -> tuple[Turned, ...] | None:
        """The stories of which something has turned between it and the one that was just taken; None: too many."""
        return self._reading.turned_since(stand)

    def star_work(self, work: str, on: bool, title: str) -> Change:
        """Put a cited work on the reading list or take it off, as one undo step."""
        return self._reading.star_work(work, on, title)

    def keep_opened(self, work: str, title: str) -> None:
        """Keep that a cited work was opened; no undo step."""
        self._reading.keep_opened(work, title)

    def is_work_starred(self, work: str) -> bool:
        """Whether a cited work is on the reading list."""
        return self._reading.is_work_starred(work)

    def is_work_opened(self, work: str) -> bool:
        """Whether a cited work was opened."""
        return self._reading.is_work_opened(work)

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

    def count_highlights(self) -> tuple[int, int]:
        """How many highlights there are, and in how many stories."""
        return self._reading.count_highlights()

    @property
    def reading_path(self) -> Path:
        """The reading state's file."""
        return self._reading.path

    def keep_place(self, key: str, place: str | None) -> None:
        """Keep the place inside a story, a small JSON text; no undo step."""
        self._reading.keep_place(key, place, self._names([key]))

    def place_of(self, key: str) -> str | None:
        """The place kept for a story."""
        return self._reading.place_of(key)

    def remember(self, name: str, value: str) -> None:
        """Keep a small setting of the app: the last story, the theme, whether the guide was put away."""
        self._reading.remember(name, value)

    def recall(self, name: str) -> str | None:
        """The value kept under this name."""
        return self._reading.recall(name)

    def kept_stories(self) -> tuple[KeptStory, ...]:
        """Every story with state of any kind, whether the archive holds it or not."""
        return self._reading.kept_stories()

    def state_lines(self) -> Iterator[str]:
        """The whole reading state as lines of JSON, without line ends."""
        return self._reading.lines()

    def merge_state(self, lines: Iterable[str]) -> Merged:
        """Take over what is newer in the lines of another machine; no undo step."""
        return self._reading.merge(lines)

    def reconnect(self) -> None:
        """Open the reading state's file again, where it could only be read until now. Never raises."""
        self._reading.reconnect()

    def check_state(self) -> tuple[str, ...]:
        """What is wrong with the reading state, a sentence each; nothing where all is well."""
        return self._reading.check()

    def copy_trouble(self) -> str | None:
        """Say why the reading state cannot be copied today; None where it can, or is."""
        return self._reading.copy_trouble()

    def rebuild_state(self) -> int:
        """Make the reading state what its journal says; how many of its values were not so."""
        return self._reading.rebuild_from_journal()

    def state_warnings(self) -> tuple[str, ...]:
        """What a person must know: the state was damaged and restored, or the shared folder cannot be used now."""
        return tuple(line for line in (self._reading.warning, self._reading.sharing_trouble) if line)

    def _names(self, keys: Iterable[str]) -> Mapping[str, StoryName]:
        """What the archive calls the stories, so that the reading state can say it without the archive."""
        from importai_tui.reading import StoryName

        names = {}
        for key in dict.fromkeys(keys):
            if place := self._archive.place_of(key):
                issue = self._archive.entry(place[0]).ref
                names[key] = StoryName(self._archive.headline_of(key), issue, place[1])
        return names
