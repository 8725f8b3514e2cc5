"""Writes issues down in an open archive: which stored one an arriving one is, what of it is new, and its rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from importai_tui.archive.copies import Copies, CopyNews
from importai_tui.archive.database import Database
from importai_tui.archive.database_errors import DamagedStory
from importai_tui.archive.fallback import has_better_copy, rank_feed_as_file
from importai_tui.archive.identity import free_slug, same_issue, with_kept_keys
from importai_tui.archive.outcome import Outcome, Storing
from importai_tui.archive.shelf import Entry, Shelf
from importai_tui.archive.story_rows import StoryRows
from importai_tui.archive.written import LOST_PAGE, Arrival, WrittenIssue, WrittenStory, written_story

_FULL_ISSUE = 200
"""Words. A real issue has thousands; that a shorter text has lost half of its words says nothing."""


class Writer:
    """Writes in an open archive. Every method runs inside one of its transactions."""

    def __init__(self, database: Database, shelf: Shelf, stories: StoryRows) -> None:
        self._database = database
        self._shelf = shelf
        self._stories = stories
        self._copies = Copies(database)

    def store(self, arrival: Arrival) -> Storing:
        """Store an issue, or enrich the stored one that it is another copy of: see `Archive.store_all`."""
        issue, origin = arrival.issue, arrival.origin
        entry = same_issue(issue, self._shelf.candidates(issue.number))
        if entry is None:
            issue_id = self._insert(issue, free_slug(issue.slug, self._shelf.slugs()), arrival)
            return Storing(Outcome.IMPORTED, self._written(issue_id))
        if arrival.yields:
            if has_better_copy(self._database, entry.id, origin):
                return Storing(Outcome.UNCHANGED, entry)
        elif origin:
            rank_feed_as_file(self._database, entry.id)
        news = self._copies.compare(entry.id, issue.digests, origin)
        if news.is_known and not arrival.told:
            self._copies.keep(entry.id, issue.digests, origin)
            return Storing(Outcome.UNCHANGED, entry)
        stories = () if news.known_stories else self._with_kept_keys(entry.id, issue)
        same = news.known_stories or self._stories.holds(entry.id, stories)
        take = not same and news.new_stories and self._takes_place(entry, stories, origin, news)
        if same or take or not news.edit:
            self._copies.replace(entry.id, issue.digests, origin)
        else:
            self._copies.add(entry.id, issue.digests, origin, refused=True)
        changed = self._enrich(entry, issue, over=arrival.told or (news.edit and news.new_head))
        if take:
            self._exchange(entry.id, stories)
        if take or (same and self._has_lost_page(entry.id)):
            self._keep_page(entry.id, arrival)
        return Storing(Outcome.UPDATED if changed or take else Outcome.UNCHANGED, self._written(entry.id))

    def _written(self, issue_id: int) -> Entry:
        """The issue as it stands in this transaction, which the next one that is stored must see too."""
        self._shelf.written()
        return self._shelf.entry(issue_id)

    def _insert(self, issue: WrittenIssue, slug: str, arrival: Arrival) -> int:
        sql = """INSERT INTO issue (number, slug, title, made_title, date, url, addresses, words)
                 VALUES (?, ?, ?, ?, ?, ?, 0, 0)"""
        values = (issue.number, slug, issue.title, issue.made_title, issue.date, issue.url)
        issue_id = self._database.run(sql, values)
        self._copies.add(issue_id, issue.digests, arrival.origin)
        self.replace_stories(issue_id, issue.stories)
        self._keep_page(issue_id, arrival)
        return issue_id

    def _takes_place(self, entry: Entry, stories: Sequence[WrittenStory], origin: str, news: CopyNews) -> bool:
        """Whether the stories of a new copy take the place of the stored ones."""
        more = _addresses(stories) - self._addresses(entry.id)
        stored_origin = self._origin(entry.id)
        is_edit = news.returning or (news.edit and origin)
        words, stored_words = sum(story.words for story in stories), self._words(entry.id)
        if not is_edit and words * 2 < stored_words and stored_words >= _FULL_ISSUE:
            return False  # another copy that has lost most of the words: a damaged mail, a page that was cut short
        if more > 0 or (more == 0 and (news.edit or not stored_origin)):
            return True
        if not news.edit or origin != stored_origin:
            return False
        if not origin:
            # Of files each can be another form. One that has lost stories, and no address of those that are left, is
            # the earlier text of the form that is stored.
            return news.returning and self._has_all_addresses(entry.id, stories)
        # A link less is an edit too, but a page that was cut short on its way has lost most of its stories.
        kept = {story.key for story in stories}.intersection(entry.keys)
        return news.returning or len(kept) * 2 > len(entry.keys)

    def _has_all_addresses(self, issue_id: int, stories: Sequence[WrittenStory]) -> bool:
        """Whether no story has fewer addresses than the stored one with its key."""
        stored = {s.key: sum(link.url is not None for link in s.links) for s in self._stories.of(issue_id)}
        return all(story.addresses >= stored.get(story.key, 0) for story in stories)

    def _words(self, issue_id: int) -> int:
        return int(self._database.rows("SELECT words FROM issue WHERE id = ?", (issue_id,))[0][0])

    def _origin(self, issue_id: int) -> str:
        rows = self._database.rows("SELECT origin FROM page WHERE issue_id = ?", (issue_id,))
        return str(rows[0][0]) if rows else ""

    def _has_lost_page(self, issue_id: int) -> bool:
        sql = "SELECT 1 FROM page WHERE issue_id = ? AND parser_version < ?"
        return not self._database.rows(sql, (issue_id, LOST_PAGE))

    def rebuild(self, issue_id: int, issue: WrittenIssue) -> None:
        """Put in the stories that a better parser has found, unless they are just those that are stored."""
        self._copies.add(issue_id, issue.digests, self._origin(issue_id))
        stories = self._with_kept_keys(issue_id, issue)
        if not self._stories.holds(issue_id, stories):
            self._exchange(issue_id, stories)

    def _has_made_title(self, issue_id: int) -> bool:
        return bool(self._database.rows("SELECT made_title FROM issue WHERE id = ?", (issue_id,))[0][0])

    def _exchange(self, issue_id: int, stories: Sequence[WrittenStory]) -> None:
        """Put the arriving stories in the place of the stored ones; these are kept where the key of any is gone now."""
        kept = {story.key for story in stories}
        if any(key not in kept for key, _ in self._stories.headlines(issue_id)):
            self._stories.keep_departed(issue_id, self._stories.readable(issue_id))
        self.replace_stories(issue_id, stories)

    def _with_kept_keys(self, issue_id: int, issue: WrittenIssue) -> tuple[WrittenStory, ...]:
        return with_kept_keys(issue.stories, self._stories.headlines(issue_id))

    def _enrich(self, entry: Entry, issue: WrittenIssue, *, over: bool) -> bool:
        """Take over what the arriving copy knows and the archive does not, or all that it knows; whether that changed.

        A made title only ever takes the place of a made one.
        """
        made_title, made_before = issue.made_title, self._has_made_title(entry.id)
        take_title = (made_before and over) if made_title else (made_before or over)
        title, made = (issue.title, made_title) if take_title else (entry.title, made_before)
        known, told = (entry.number, entry.date, entry.url), (issue.number, issue.date, issue.url)
        first, second = (told, known) if over else (known, told)
        number, date, url = (a if a is not None else b for a, b in zip(first, second, strict=True))
        head = (number, title, date, url)
        if head == (entry.number, entry.title, entry.date, entry.url) and made == made_before:
            return False
        sql = "UPDATE issue SET number = ?, title = ?, date = ?, url = ?, made_title = ? WHERE id = ?"
        self._database.run(sql, (*head, made, entry.id))
        # The day is part of the stories' numbers.
        self.write_again(entry.id)
        return True

    def _addresses(self, issue_id: int) -> int:
        return int(self._database.rows("SELECT addresses FROM issue WHERE id = ?", (issue_id,))[0][0])

    def write_again(self, issue_id: int) -> bool:
        """Put the stories of an issue in their own place; False where they cannot be read, and stay as they are."""
        try:
            stories = [written_story(story) for story in self._stories.of(issue_id)]
        except DamagedStory:
            return False
        self.replace_stories(issue_id, stories)
        return True

    def replace_stories(self, issue_id: int, stories: Sequence[WrittenStory]) -> None:
        """Put these stories in the place of an issue's, and count that as a change."""
        sql = "SELECT date, (SELECT max(change) + 1 FROM issue) FROM issue WHERE id = ?"
        day, change = self._database.rows(sql, (issue_id,))[0]
        change = self._stories.replace(issue_id, day, stories, change)
        sql = "UPDATE issue SET addresses = ?, words = ?, change = ? WHERE id = ?"
        self._database.run(sql, (_addresses(stories), sum(story.words for story in stories), change, issue_id))

    def _keep_page(self, issue_id: int, arrival: Arrival) -> None:
        sql = "INSERT OR REPLACE INTO page (issue_id, name, parser_version, origin, body) VALUES (?, ?, ?, ?, ?)"
        name = arrival.name.encode(errors="replace").decode()  # a file's name may be in no encoding
        values = (issue_id, name, arrival.parser_version, arrival.origin, arrival.page)
        self._database.run(sql, values)


def _addresses(stories: Iterable[WrittenStory]) -> int:
    """How many links of the stories have an address."""
    return sum(story.addresses for story in stories)
