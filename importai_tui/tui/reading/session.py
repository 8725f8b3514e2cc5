"""The state of one reading screen: the open story, the reading list, the filter, and the visit history.

It uses the library and no Textual. Other modules read its attributes, and change them only through its methods.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, datetime

from importai_tui.clock import utc_now
from importai_tui.errors import NotFoundError
from importai_tui.library.library import Library
from importai_tui.library.position import ScrollPosition, resolve_story
from importai_tui.library.rows import IssueRow, StoryRow, matches_filter
from importai_tui.model import Issue, Story, shorten_title
from importai_tui.tui.reading.navigation import History, HistoryEntry, IssueIndex, ReadingList, get_issue_ref

CATCHING_UP = "catching-up"
"""The setting that is "on" while the user is catching up, also over a restart."""


class ReadingSession:
    """The open story, and the rows of the list.

    Attributes:
        index: the rows of all issues, newest first.
        issue, story: the open ones; both are None in an empty archive.
        stories: the rows of the open issue's stories.
        preview: the story is open only because the cursor is on its row, so it is neither visited nor read.
        reading_list: a saved search whose stories replace the issues in the list; None if none is open.
        filter: the words that filter the list; empty without a filter.
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
        """The archive's version when the open issue was read; None if the issue must be read again."""
        self._origin_command = self._origin_key = ""
        """The command of the screen of marks or forecasts, and the key of the story that was opened from there."""
        self._whole_list: ReadingList | None = None
        """The reading list without the filter, while a filter is on it."""
        self._history: History | None = None

    @property
    def today(self) -> date:
        """The present day where the user is."""
        return self._now().astimezone().date()

    # The index of issues

    def load_index(self) -> bool:
        """Read the rows of all issues; return True if any has changed."""
        # The version is read first, so that the next call finds what is stored meanwhile.
        self.version = self.library.archive.get_data_version()
        rows = self.library.get_issue_rows()
        if rows == self.index.rows:
            return False
        self.index = IssueIndex(rows)
        return True

    def filter_issues(self) -> Sequence[IssueRow]:
        """Return the rows of the issues that match the filter."""
        if not self.is_issue_list_filtered:
            return self.index.rows
        return [row for row in self.index.rows if _matches(self.filter, row)]

    def update_marks(self, refs: Collection[str]) -> list[IssueRow]:
        """Read the marks of these issues and of the rows of the list; return the rows of the issues."""
        rows = [self.library.get_issue_row(ref) for ref in refs]
        for row in rows:
            self.index.replace(row)
        if self.issue and self.story and self.issue.ref in refs:
            self.stories = tuple(self.library.get_rows_of_issue(self.issue))
        self._update_list_marks()
        return rows

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
        """The rows of the reading list's stories, else of the open issue's."""
        return self.reading_list.rows if self.reading_list else self.stories

    def read_issue(self, ref: str) -> Issue:
        """Return an issue from the archive; the open one is read again only if the archive has changed."""
        version = self.library.archive.get_data_version()
        if self.issue and self.issue.ref == ref and version == self._issue_version:
            return self.issue
        issue = self.library.get_issue(ref)
        if issue.stories:  # an issue without stories is not opened
            self._issue_version = version
        return issue

    def open(self, issue: Issue, position: int, *, preview: bool = False) -> Story:
        """Open a story of an issue from `read_issue`; a position past the last story opens the last."""
        self.issue = issue
        self.stories = tuple(self.library.get_rows_of_issue(issue))
        self.story = story = issue.stories[min(position, len(issue.stories)) - 1]
        self.preview = preview
        if story.key != self._origin_key:
            self._origin_command = self._origin_key = ""
        if self.reading_list and not self.reading_list.get_row(story.key):
            self.end_list()
        self._record_visit()
        return story

    def note_origin(self, command: str, key: str) -> None:
        """Note that the story with this key, which is about to be opened, comes from the screen of that command."""
        self._origin_command, self._origin_key = command, key

    @property
    def origin_command(self) -> str:
        """The command of the screen that the open story was opened from, "marks" or "forecasts"; else empty."""
        return self._origin_command if self.story is not None and self.story.key == self._origin_key else ""

    def end_preview(self) -> None:
        """Make a previewed story the open story, because the user has begun to read it."""
        self.preview = False
        self._record_visit()

    def clear(self) -> None:
        """Open nothing, because the archive is empty."""
        self.issue = self.story = None
        self.stories = ()
        self.index = IssueIndex([])

    def reload_story(self) -> None:
        """Read the open story again; keep it open unchanged if the archive no longer has it."""
        if not (self.issue and self.story):
            return
        found = self._find_story(self.issue, self.story.key)
        # A removed story belongs to no version, so its issue is read again before another story is opened.
        self._issue_version = self.version if found else None
        self.issue, self.story = found or (self._find_renamed_issue(self.issue), self.story)
        self.stories = tuple(self.library.get_rows_of_issue(self.issue))
        self._update_list_marks()

    def get_issue_ref(self, key: str) -> str | None:
        """Return the reference of the issue that has this story now; None if there is none."""
        try:
            return self.library.resolve(key)[0]
        except NotFoundError:
            return None

    # The next and the previous story

    def find_position(self, row: StoryRow) -> tuple[str, int]:
        """Return the present issue and position of a row's story."""
        return self.library.find_story(row.key) or (get_issue_ref(row), row.position)

    def find_next_unread(self, *, back: bool = False) -> tuple[str, int] | None:
        """Return issue and position of the next unread story, in the reading list if there is one; None if none is."""
        if self.reading_list and self.story:
            row = self.reading_list.find_next_unread(self.story.key, back=back)
            return (get_issue_ref(row), row.position) if row else None
        found = self.library.find_next_unread(self.issue_and_position, back=back, oldest_first=self.oldest_first)
        return found if found != self.issue_and_position else None

    def get_neighbour_story(self, step: int) -> tuple[str, int] | None:
        """Return the story after (1) or before (-1) the open one, also in the next issue; None past the ends."""
        if not (self.issue and self.story):
            return None
        if self.reading_list:
            row = self.reading_list.get_neighbour(self.story.key, step)
            return self.find_position(row) if row else None
        position = self.story.position + step
        if 1 <= position <= len(self.stories):
            return self.issue.ref, position
        neighbour = self.index.get_neighbour(self.issue.ref, -step if self.oldest_first else step)
        return (neighbour.ref, 1 if step > 0 else neighbour.story_count) if neighbour else None

    def get_unread_keys(self) -> list[str]:
        """Return the keys of the unread stories of the reading list, else of the issues in the list."""
        if self.reading_list:
            return [row.key for row in self.reading_list.rows if not row.is_read]
        refs = [row.ref for row in self.filter_issues() if row.unread_count]
        return [story.key for ref in refs for story in self.library.get_story_rows(ref) if not story.is_read]

    # Reading lists, filter, catching up

    def start_list(self, reading_list: ReadingList) -> None:
        """Show these stories, with their present marks, instead of the issues. This ends the filter."""
        self.filter, self._whole_list = "", None
        self.reading_list = reading_list
        self._update_list_marks()

    def end_list(self) -> bool:
        """Return to the issues; return False if there is no reading list."""
        if self._whole_list:
            self.filter, self._whole_list = "", None
        had_list, self.reading_list = self.reading_list is not None, None
        return had_list

    @property
    def is_in_results(self) -> bool:
        """True if the reading list has the results of the search screen."""
        return self.reading_list is not None and self.reading_list.query is not None

    @property
    def is_issue_list_filtered(self) -> bool:
        """True if a filter is on the list of issues."""
        return bool(self.filter) and self._whole_list is None

    @property
    def is_reading_list_filtered(self) -> bool:
        """True if a filter is on the reading list."""
        return bool(self.filter) and self._whole_list is not None

    def set_filter(self, words: str) -> None:
        """Show only rows that contain these words: of the reading list if there is one, else of the issues."""
        self.filter = words.strip()
        if whole := self._whole_list or self.reading_list:
            self._whole_list = whole
            rows = tuple(row for row in whole.rows if matches_filter((row.ref, row.headline), self.filter))
            self.reading_list = whole._replace(rows=rows)

    def clear_filter(self) -> bool:
        """End the filter; return False if there is none."""
        had_filter = bool(self.filter)
        self.filter = ""
        if self._whole_list:
            self.reading_list, self._whole_list = self._whole_list, None
            self._update_list_marks()
        return had_filter

    @property
    def is_catching_up(self) -> bool:
        """True if catching up decides the next story; a reading list suspends it."""
        return self.oldest_first and self.reading_list is None

    def set_catching_up(self, on: bool) -> None:
        """Make the oldest unread story the next one, or the newest again."""
        self.oldest_first = on

    # The visit history

    @property
    def history(self) -> History:
        """The visits of this run and of earlier ones, read from the settings at the first use."""
        if self._history is None:
            self._history = History.from_json(self.library.state.load_value(self.history_setting))
        return self._history

    @property
    def history_setting(self) -> str:
        """The setting that stores the history; the guide has its own."""
        return "guide-history" if self.guide else "history"

    def save_scroll_position(self, scroll_position: ScrollPosition) -> None:
        """Record in the history where the user leaves the open story."""
        if self.story:
            self.history.leave(self.story.key, scroll_position)

    def go_back_or_forward(self, step: int) -> HistoryEntry | None:
        """Move back (-1) or forward (1) in the history; return None if the archive has no story in that direction."""
        open_key = self.story.key if self.story else ""
        return self.history.move(
            step, open_key, lambda entry: resolve_story(self.library, entry.key, entry.ref) is not None
        )

    def rename_visit(self, key: str, new: str) -> None:
        """Replace the key of a visited story whose key has changed."""
        self.history.rename(key, new)

    def _record_visit(self) -> None:
        if self.issue and self.story and not self.preview:
            current = self.history.current
            if current is None or current.key != self.story.key:
                self.history.push(self.story.key, f"{self.issue.ref}/{self.story.position}", self._now())

    def _update_list_marks(self) -> None:
        if self.reading_list:
            self.reading_list = self.reading_list.with_marks(
                self.library.state.get_read_keys(), self.library.state.get_starred_keys()
            )

    def _find_story(self, issue: Issue, key: str) -> tuple[Issue, Story] | None:
        """Return the open story from the archive: in its issue, else in the issue that has its key now."""
        # A stored issue is never removed, and its slug stays valid after its number becomes known.
        for ref in (issue.ref, self.get_issue_ref(key)):
            holder = self.library.get_issue(ref) if ref else None
            if holder and (story := next((story for story in holder.stories if story.key == key), None)):
                return holder, story
        return None

    def _find_renamed_issue(self, issue: Issue) -> Issue:
        """Return the open issue with its present number, title, date and address, and unchanged stories."""
        row = self.library.get_issue_row(issue.ref)
        return replace(
            issue,
            number=row.number,
            title=row.title,
            date=row.date,
            url=row.url,
            is_date_estimated=row.is_date_estimated,
        )


def _matches(words: str, row: IssueRow) -> bool:
    # Of the date only the year, because the list shows no more of it.
    return matches_filter((str(row.number or ""), shorten_title(row.title), (row.date or "")[:4]), words)
