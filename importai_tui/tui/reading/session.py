"""The state of one reading screen, without the screen: the open story, the list beside it, and the visit history.

It uses the library and no Textual. Its attributes are for reading: the methods are the only way to change them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from importai_tui.clock import utc_now
from importai_tui.errors import NotFoundError
from importai_tui.library.library import Library
from importai_tui.library.position import ScrollPosition, resolve_story
from importai_tui.library.rows import IssueRow, StoryRow, matches_filter
from importai_tui.model import Issue, Story, shorten_title
from importai_tui.tui.reading.navigation import History, HistoryEntry, IssueIndex, ReadingList, get_issue_ref

CATCHING_UP = "catching-up"
"""The setting that says, over a restart, that the user is catching up."""


class ReadingSession:
    """What is open and what the list shows.

    Attributes:
        index: the rows of all issues, newest first.
        issue, story: what is open; both are None in an empty archive.
        stories: the rows of the open issue's stories.
        preview: the list's cursor only passes over the open story, so it is neither visited nor read.
        reading_list: a saved search whose stories take the place of the issues; None if none is open.
        filter: the words that narrow the list; empty if it is whole.
        oldest_first: the user is catching up, so the next unread story is the oldest one.
        version: the archive's version when `index` was read.
    """

    def __init__(self, library: Library, *, guide: bool = False, now: Callable[[], datetime] = utc_now) -> None:
        self.library = library
        self.guide = guide
        self.index = IssueIndex([])
        self.issue: Issue | None = None
        self.story: Story | None = None
        self.stories: tuple[StoryRow, ...] = ()
        self.preview = False
        self.reading_list: ReadingList | None = None
        self.filter = ""
        self.oldest_first = library.state.load_value(CATCHING_UP) == "on"
        self.version = 0
        self._now = now
        self._issue_version: int | None = None
        """The archive's version when the open issue was read; None: read it again before use."""
        self._whole_list: ReadingList | None = None
        """The reading list without the filter, while the filter narrows it."""
        self._history: History | None = None

    # The index of issues

    def load_index(self) -> bool:
        """Read the rows of all issues; return whether any has changed."""
        # Asked first: what is stored meanwhile is found at the next look.
        self.version = self.library.archive.get_data_version()
        heads = self.library.get_issue_rows()
        if heads == self.index.rows:
            return False
        self.index = IssueIndex(heads)
        return True

    def filter_issues(self) -> Sequence[IssueRow]:
        """Return the issues that the filter leaves in the list."""
        if not self.is_issue_list_filtered:
            return self.index.rows
        return [head for head in self.index.rows if _matches(self.filter, head)]

    def update_marks(self, refs: Collection[str]) -> list[IssueRow]:
        """Read the marks of these issues, and of all rows beside the open story; return the issues' rows."""
        heads = [self.library.get_issue_row(ref) for ref in refs]
        for head in heads:
            self.index.replace(head)
        if self.issue and self.story and self.issue.ref in refs:
            self.stories = tuple(self.library.get_rows_of_issue(self.issue))
        self._update_list_marks()
        return heads

    # The open story

    @property
    def issue_row(self) -> IssueRow | None:
        """The row of the open issue."""
        return self.index.get_row(self.issue.ref) if self.issue else None

    @property
    def story_row(self) -> StoryRow | None:
        """The row of the open story."""
        return self.stories[self.story.position - 1] if self.story else None

    @property
    def issue_and_position(self) -> tuple[str, int] | None:
        """The open issue's reference and the position of the story in it."""
        return (self.issue.ref, self.story.position) if self.issue and self.story else None

    @property
    def rows(self) -> tuple[StoryRow, ...]:
        """The stories beneath what is open in the list: those of the reading list, else of the issue."""
        return self.reading_list.rows if self.reading_list else self.stories

    def read_issue(self, ref: str) -> Issue:
        """Return the issue as the archive has it now; the open one is read again only if the archive has changed."""
        version = self.library.archive.get_data_version()
        if self.issue and self.issue.ref == ref and version == self._issue_version:
            return self.issue
        issue = self.library.get_issue(ref)
        if issue.stories:  # one without stories is not opened
            self._issue_version = version
        return issue

    def open(self, issue: Issue, position: int, *, preview: bool = False) -> Story:
        """Open a story of an issue that `read_issue` gave; a position past the last story opens the last."""
        self.issue = issue
        self.stories = tuple(self.library.get_rows_of_issue(issue))
        self.story = story = issue.stories[min(position, len(issue.stories)) - 1]
        self.preview = preview
        if self.reading_list and not self.reading_list.get_row(story.key):
            self.end_list()
        self._record_visit()
        return story

    def end_preview(self) -> None:
        """Note that the user has turned to the open story, which is no preview from now on."""
        self.preview = False
        self._record_visit()

    def clear(self) -> None:
        """Open nothing, because the archive is empty."""
        self.issue = self.story = None
        self.stories = ()
        self.index = IssueIndex([])

    def reload_story(self) -> bool:
        """Read the open story again; return False if it is no longer in the archive, and stays open as it was."""
        if not (self.issue and self.story):
            return False
        found = self._find_story(self.issue, self.story.key)
        # A story that is gone belongs to no version, so its issue is read again before anything else is opened.
        self._issue_version = self.version if found else None
        self.issue, self.story = found or (self._find_renamed_issue(self.issue), self.story)
        self.stories = tuple(self.library.get_rows_of_issue(self.issue))
        self._update_list_marks()
        return found is not None

    def get_issue_ref(self, key: str) -> str | None:
        """Return the reference of the issue that has this story now; None if there is none."""
        try:
            return self.library.resolve(key)[0]
        except NotFoundError:
            return None

    # The way from story to story

    def find_position(self, head: StoryRow) -> tuple[str, int]:
        """Return where the story of a row is by now."""
        return self.library.find_story(head.key) or (get_issue_ref(head), head.position)

    def find_next_unread(self, *, back: bool = False) -> tuple[str, int] | None:
        """Return the next unread story but the open one, within the reading list if there is one."""
        if self.reading_list and self.story:
            head = self.reading_list.find_next_unread(self.story.key, back=back)
            return (get_issue_ref(head), head.position) if head else None
        found = self.library.find_next_unread(self.issue_and_position, back=back, oldest_first=self.oldest_first)
        return found if found != self.issue_and_position else None

    def get_neighbour_story(self, step: int) -> tuple[str, int] | None:
        """Return the story after (1) or before (-1) the open one, over the ends of its issue; None at the last."""
        if not (self.issue and self.story):
            return None
        if self.reading_list:
            head = self.reading_list.get_neighbour(self.story.key, step)
            return self.find_position(head) if head else None
        position = self.story.position + step
        if 1 <= position <= len(self.stories):
            return self.issue.ref, position
        beside = self.index.get_neighbour(self.issue.ref, -step if self.oldest_first else step)
        return (beside.ref, 1 if step > 0 else beside.story_count) if beside else None

    def get_unread_keys(self) -> list[str]:
        """Return the keys of the unread stories of the reading list, else of the issues in the list."""
        if self.reading_list:
            return [head.key for head in self.reading_list.rows if not head.is_read]
        refs = [head.ref for head in self.filter_issues() if head.unread_count]
        return [story.key for ref in refs for story in self.library.get_story_rows(ref) if not story.is_read]

    # Reading lists, filter, catching up

    def start_list(self, reading_list: ReadingList) -> None:
        """Read through these stories, with the marks that they have now, instead of the issues. Ends the filter."""
        self.filter, self._whole_list = "", None
        self.reading_list = reading_list
        self._update_list_marks()

    def end_list(self) -> bool:
        """Return to the issues; False if there is no reading list."""
        if self._whole_list:
            self.filter, self._whole_list = "", None
        ended, self.reading_list = self.reading_list is not None, None
        return ended

    @property
    def is_issue_list_filtered(self) -> bool:
        """Whether the filter narrows the list of issues."""
        return bool(self.filter) and self._whole_list is None

    @property
    def is_reading_list_filtered(self) -> bool:
        """Whether the filter narrows the reading list."""
        return bool(self.filter) and self._whole_list is not None

    def set_filter(self, words: str) -> None:
        """Leave in the list what holds these words: the reading list if there is one, else the issues."""
        self.filter = words.strip()
        if whole := self._whole_list or self.reading_list:
            self._whole_list = whole
            heads = tuple(head for head in whole.rows if matches_filter((head.ref, head.headline), self.filter))
            self.reading_list = replace(whole, rows=heads)

    def clear_filter(self) -> bool:
        """End the filter; False if there is none."""
        narrowed = bool(self.filter)
        self.filter = ""
        if self._whole_list:
            self.reading_list, self._whole_list = self._whole_list, None
            self._update_list_marks()
        return narrowed

    @property
    def is_catching_up(self) -> bool:
        """Whether catching up decides what comes next; a reading list suspends it."""
        return self.oldest_first and self.reading_list is None

    def set_catching_up(self, on: bool) -> None:
        """Begin with the oldest unread story from now on, or with the newest again."""
        self.oldest_first = on

    # The visit history

    @property
    def history(self) -> History:
        """The visits of this run and of former ones; it is read from the settings at its first use."""
        if self._history is None:
            self._history = History.from_json(self.library.state.load_value(self.history_setting))
        return self._history

    @property
    def history_setting(self) -> str:
        """The setting that keeps the history; the guide has its own."""
        return "guide-history" if self.guide else "history"

    def save_scroll_position(self, scroll_position: ScrollPosition) -> None:
        """Note the spot at which the user leaves the open story."""
        if self.story:
            self.history.leave(self.story.key, scroll_position)

    def go_back_or_forward(self, step: int) -> HistoryEntry | None:
        """Move through the history by -1 or 1; None if no story of it in that direction is in the archive."""
        here = self.story.key if self.story else ""
        return self.history.move(step, here, lambda stop: resolve_story(self.library, stop.key, stop.ref) is not None)

    def rename_visit(self, key: str, new: str) -> None:
        """Note that a visited story has another key by now."""
        self.history.rename(key, new)

    def _record_visit(self) -> None:
        if self.issue and self.story and not self.preview:
            present = self.history.current
            if present is None or present.key != self.story.key:
                self.history.push(self.story.key, f"{self.issue.ref}/{self.story.position}", self._now())

    def _update_list_marks(self) -> None:
        if self.reading_list:
            self.reading_list = self.reading_list.with_marks(
                self.library.state.get_read_keys(), self.library.state.get_starred_keys()
            )

    def _find_story(self, issue: Issue, key: str) -> tuple[Issue, Story] | None:
        """Return the open story as the archive has it: in its issue, else in the issue that has its key now."""
        # A stored issue is never removed, and answers to its slug also after its number became known.
        for ref in (issue.ref, self.get_issue_ref(key)):
            holder = self.library.get_issue(ref) if ref else None
            if holder and (story := next((story for story in holder.stories if story.key == key), None)):
                return holder, story
        return None

    def _find_renamed_issue(self, issue: Issue) -> Issue:
        """Return the issue with the stories that are open, under the title that it has by now."""
        head = self.library.get_issue_row(issue.ref)
        return replace(issue, number=head.number, title=head.title, date=head.date, url=head.url)


def _matches(words: str, head: IssueRow) -> bool:
    return matches_filter((str(head.number or ""), shorten_title(head.title), head.date or ""), words)
