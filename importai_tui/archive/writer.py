"""Writes issues down in an open archive: which stored one an arriving one is, what of it is new, and its rows.

Finds the most similar of many headlines. Pure.

Difflib's ratio decides, but it takes 0.2 ms a pair, so an issue with 400 changed headlines would take minutes. Upper
bounds of the ratio, which cost a thousandth of that, exclude nearly all pairs first.

Which stored issue an arriving one is, and which story keeps its key. Pure: values in, values out.

What storing an issue did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from importai_tui.archive.catalog import Catalog, CatalogEntry
from importai_tui.archive.copies import CopyComparison, CopyHistory, has_better_copy, rank_feed_as_file
from importai_tui.archive.stories import (
    LOST_PAGE_VERSION,
    IncomingIssue,
    IssueRecord,
    StoryRecord,
    StoryTable,
    make_story_record,
)
from importai_tui.sqlite import Database
from importai_tui.sqlite_errors import DamagedStory


class StoreOutcome(StrEnum):
    """What storing an issue did."""

    IMPORTED = "imported"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class StoreResult(NamedTuple):
    """What storing an issue did, and how it stands in the archive by then."""

    outcome: StoreOutcome
    entry: CatalogEntry


MIN_EDIT_RATIO = 0.8
"""From this ratio on (difflib's, 0 to 1) a changed headline is an edit of the old one: "robot" to "robots", a corrected
name. Two different stories of one issue stay far below it."""
_MAX_EXACT_COMPARISONS = 40
"""Headlines, twice as many as an issue has: all that pass the bounds are compared exactly."""
_CLOSEST_COMPARED = 2
"""Of more headlines than that, only these many, by their shared pairs of letters, are compared exactly."""


class SimilarHeadlines:
    """A set of headlines by key that can be asked for the one most similar to another headline."""

    def __init__(self, headlines: Mapping[str, str]) -> None:
        self._bits: dict[object, int] = {}
        self._shapes = {key: self._shape(headline.casefold()) for key, headline in headlines.items()}

    def remove(self, key: str) -> None:
        """Leave out a headline from now on."""
        del self._shapes[key]

    def find_closest(self, headline: str, among: Collection[str] | None = None) -> str | None:
        """The key of the most similar headline, None where none is an edit of this one.

        Args:
            headline: the headline to compare with.
            among: the keys to look at; all where it is None.
        """
        wanted = self._shape(headline.casefold())
        shapes = self._shapes if among is None else {key: self._shapes[key] for key in among}
        possible = [key for key, shape in shapes.items() if _may_be_edit(wanted, shape)]
        if not possible:
            return None
        if len(possible) > _MAX_EXACT_COMPARISONS:
            possible.sort(key=lambda key: (wanted.pairs & shapes[key].pairs).bit_count(), reverse=True)
            del possible[_CLOSEST_COMPARED:]
        # Imported here: only an edited issue needs it, every command would pay for it.
        from difflib import SequenceMatcher

        matcher = SequenceMatcher(b=wanted.text, autojunk=False)
        ratios: dict[str, float] = {}
        for key in possible:
            matcher.set_seq1(shapes[key].text)
            ratios[key] = matcher.ratio()
        best = max(ratios, key=ratios.__getitem__)
        return best if ratios[best] >= MIN_EDIT_RATIO else None

    def _shape(self, text: str) -> _Shape:
        return _Shape(text, len(text), self._bits_of(text), self._bits_of(pairwise(text)))

    def _bits_of(self, parts: Iterable[object]) -> int:
        # The second "a" of a text is another bit than the first one, so that each counts as often as both have it.
        counted: Counter[object] = Counter()
        found = 0
        for part in parts:
            counted[part] += 1
            found |= 1 << self._bits.setdefault((part, counted[part]), len(self._bits))
        return found


class _Shape(NamedTuple):
    """A text with its letters and its pairs of neighbouring letters, each as bits that two texts have in common."""

    text: str
    length: int
    letters: int
    pairs: int


def _may_be_edit(one: _Shape, other: _Shape) -> bool:
    """Whether an upper bound of the ratio of two texts is high enough.

    No more letters can match than both have. And M matching letters of T stand in at most T - 2M + 1 runs; within a
    run the pairs match too, so 3M is at most the shared pairs + T + 1.
    """
    total = one.length + other.length
    least = MIN_EDIT_RATIO * total / 2 - 1e-6  # so that rounding excludes none
    return (one.letters & other.letters).bit_count() >= least and (
        one.pairs & other.pairs
    ).bit_count() + total + 1 >= 3 * least


def find_same_issue(issue: IssueRecord, entries: Collection[CatalogEntry]) -> CatalogEntry | None:
    """The stored issue that `issue` is another copy of.

    The number decides; without one on either side, the slug, then half of the stories: so a file imported without
    a number and again with it is one issue.
    """
    if issue.number is not None:
        for entry in entries:
            if entry.number == issue.number:
                return entry
    keys = {story.key for story in issue.stories}
    candidates = [entry for entry in entries if _may_be_same(issue, entry)]
    for entry in candidates:
        if entry.slug == issue.slug and (not _dates_differ(issue, entry) or keys.intersection(entry.story_keys)):
            return entry
    likest = max(candidates, key=lambda entry: len(keys.intersection(entry.story_keys)), default=None)
    if likest is None or not keys or len(keys.intersection(likest.story_keys)) * 2 < len(keys):
        return None
    return likest


def make_unique_slug(slug: str, taken: Collection[str]) -> str:
    """The slug, with "-2", "-3"… where another issue has it."""
    free, n = slug, 1
    while free in taken:
        n += 1
        free = f"{slug}-{n}"
    return free


def reuse_stored_keys(stories: Sequence[StoryRecord], stored: Iterable[tuple[str, str]]) -> tuple[StoryRecord, ...]:
    """The stories, each that is an edit of a stored one under the stored one's key.

    Args:
        stories: the issue's stories as they arrive.
        stored: key and headline of the issue's stories as they are stored.
    """
    arriving = {story.key for story in stories}
    known = dict(stored)
    gone = SimilarHeadlines({key: headline for key, headline in known.items() if key not in arriving})
    kept = []
    for story in stories:
        old = None if story.key in known else gone.find_closest(story.headline)
        if old is not None:
            gone.remove(old)
            story = story._replace(key=old)
        kept.append(story)
    return tuple(kept)


def _may_be_same(issue: IssueRecord, entry: CatalogEntry) -> bool:
    return issue.number is None or entry.number is None or issue.number == entry.number


def _dates_differ(issue: IssueRecord, entry: CatalogEntry) -> bool:
    return issue.date is not None and entry.date is not None and issue.date != entry.date


_MIN_FULL_ISSUE_WORDS = 200
"""Words. A real issue has thousands; that a shorter text has lost half of its words says nothing."""


class Writer:
    """Writes in an open archive. Every method runs inside one of its transactions."""

    def __init__(self, database: Database, catalog: Catalog, story_table: StoryTable) -> None:
        self._database = database
        self._catalog = catalog
        self._story_table = story_table
        self._copies = CopyHistory(database)

    def store(self, arrival: IncomingIssue) -> StoreResult:
        """Store an issue, or enrich the stored one that it is another copy of: see `Archive.store_all`."""
        issue, origin = arrival.issue, arrival.origin
        entry = find_same_issue(issue, self._catalog.find_candidates(issue.number))
        if entry is None:
            issue_id = self._insert(issue, make_unique_slug(issue.slug, self._catalog.get_slugs()), arrival)
            return StoreResult(StoreOutcome.IMPORTED, self._get_current_entry(issue_id))
        if arrival.is_fallback:
            if has_better_copy(self._database, entry.id, origin):
                return StoreResult(StoreOutcome.UNCHANGED, entry)
        elif origin:
            rank_feed_as_file(self._database, entry.id)
        news = self._copies.compare(entry.id, issue.fingerprints, origin)
        if news.is_known and not arrival.has_given_facts:
            self._copies.restore_current(entry.id, issue.fingerprints, origin)
            return StoreResult(StoreOutcome.UNCHANGED, entry)
        stories = () if news.has_known_stories else self._reuse_stored_keys(entry.id, issue)
        same = news.has_known_stories or self._story_table.has_exactly(entry.id, stories)
        take = not same and news.has_new_stories and self._should_replace(entry, stories, origin, news)
        if same or take or not news.is_edit:
            self._copies.set_current(entry.id, issue.fingerprints, origin)
        else:
            self._copies.add(entry.id, issue.fingerprints, origin, is_rejected=True)
        changed = self._merge_metadata(
            entry, issue, is_overriding=arrival.has_given_facts or (news.is_edit and news.has_new_metadata)
        )
        if take:
            self._swap_stories(entry.id, stories)
        if take or (same and self._has_lost_page(entry.id)):
            self._save_page(entry.id, arrival)
        return StoreResult(
            StoreOutcome.UPDATED if changed or take else StoreOutcome.UNCHANGED, self._get_current_entry(entry.id)
        )

    def _get_current_entry(self, issue_id: int) -> CatalogEntry:
        """The issue as it stands in this transaction, which the next one that is stored must see too."""
        self._catalog.mark_stale()
        return self._catalog.get_entry(issue_id)

    def _insert(self, issue: IssueRecord, slug: str, arrival: IncomingIssue) -> int:
        sql = """INSERT INTO issue (number, slug, title, made_title, date, url, addresses, words)
                 VALUES (?, ?, ?, ?, ?, ?, 0, 0)"""
        values = (issue.number, slug, issue.title, issue.has_generated_title, issue.date, issue.url)
        issue_id = self._database.execute(sql, values)
        self._copies.add(issue_id, issue.fingerprints, arrival.origin)
        self.replace_stories(issue_id, issue.stories)
        self._save_page(issue_id, arrival)
        return issue_id

    def _should_replace(
        self, entry: CatalogEntry, stories: Sequence[StoryRecord], origin: str, news: CopyComparison
    ) -> bool:
        """Whether the stories of a new copy take the place of the stored ones."""
        more = _count_urls(stories) - self._get_url_count(entry.id)
        stored_origin = self._get_origin(entry.id)
        is_edit = news.is_revert or (news.is_edit and origin)
        words, stored_words = sum(story.word_count for story in stories), self._get_word_count(entry.id)
        if not is_edit and words * 2 < stored_words and stored_words >= _MIN_FULL_ISSUE_WORDS:
            return False  # another copy that has lost most of the words: a damaged mail, a page that was cut short
        if more > 0 or (more == 0 and (news.is_edit or not stored_origin)):
            return True
        if not news.is_edit or origin != stored_origin:
            return False
        if not origin:
            # Of files each can be another form. One that has lost stories, and no address of those that are left, is
            # the earlier text of the form that is stored.
            return news.is_revert and self._has_all_urls(entry.id, stories)
        # A link less is an edit too, but a page that was cut short on its way has lost most of its stories.
        kept = {story.key for story in stories}.intersection(entry.story_keys)
        return news.is_revert or len(kept) * 2 > len(entry.story_keys)

    def _has_all_urls(self, issue_id: int, stories: Sequence[StoryRecord]) -> bool:
        """Whether no story has fewer addresses than the stored one with its key."""
        stored = {s.key: sum(link.url is not None for link in s.links) for s in self._story_table.get_stories(issue_id)}
        return all(story.url_count >= stored.get(story.key, 0) for story in stories)

    def _get_word_count(self, issue_id: int) -> int:
        return int(self._database.query("SELECT words FROM issue WHERE id = ?", (issue_id,))[0][0])

    def _get_origin(self, issue_id: int) -> str:
        rows = self._database.query("SELECT origin FROM page WHERE issue_id = ?", (issue_id,))
        return str(rows[0][0]) if rows else ""

    def _has_lost_page(self, issue_id: int) -> bool:
        sql = "SELECT 1 FROM page WHERE issue_id = ? AND parser_version < ?"
        return not self._database.query(sql, (issue_id, LOST_PAGE_VERSION))

    def rebuild(self, issue_id: int, issue: IssueRecord) -> None:
        """Put in the stories that a better parser has found, unless they are just those that are stored."""
        self._copies.add(issue_id, issue.fingerprints, self._get_origin(issue_id))
        stories = self._reuse_stored_keys(issue_id, issue)
        if not self._story_table.has_exactly(issue_id, stories):
            self._swap_stories(issue_id, stories)

    def _has_generated_title(self, issue_id: int) -> bool:
        return bool(self._database.query("SELECT made_title FROM issue WHERE id = ?", (issue_id,))[0][0])

    def _swap_stories(self, issue_id: int, stories: Sequence[StoryRecord]) -> None:
        """Put the arriving stories in the place of the stored ones; these are kept where the key of any is gone now."""
        kept = {story.key for story in stories}
        if any(key not in kept for key, _ in self._story_table.get_headlines(issue_id)):
            self._story_table.save_removed(issue_id, self._story_table.get_readable_stories(issue_id))
        self.replace_stories(issue_id, stories)

    def _reuse_stored_keys(self, issue_id: int, issue: IssueRecord) -> tuple[StoryRecord, ...]:
        return reuse_stored_keys(issue.stories, self._story_table.get_headlines(issue_id))

    def _merge_metadata(self, entry: CatalogEntry, issue: IssueRecord, *, is_overriding: bool) -> bool:
        """Take over what the arriving copy knows and the archive does not, or all that it knows; whether that changed.

        A made title only ever takes the place of a made one.
        """
        made_title, made_before = issue.has_generated_title, self._has_generated_title(entry.id)
        take_title = (made_before and is_overriding) if made_title else (made_before or is_overriding)
        title, made = (issue.title, made_title) if take_title else (entry.title, made_before)
        known, told = (entry.number, entry.date, entry.url), (issue.number, issue.date, issue.url)
        first, second = (told, known) if is_overriding else (known, told)
        number, date, url = (a if a is not None else b for a, b in zip(first, second, strict=True))
        head = (number, title, date, url)
        if head == (entry.number, entry.title, entry.date, entry.url) and made == made_before:
            return False
        sql = "UPDATE issue SET number = ?, title = ?, date = ?, url = ?, made_title = ? WHERE id = ?"
        self._database.execute(sql, (*head, made, entry.id))
        # The day is part of the stories' numbers.
        self.rewrite(entry.id)
        return True

    def _get_url_count(self, issue_id: int) -> int:
        return int(self._database.query("SELECT addresses FROM issue WHERE id = ?", (issue_id,))[0][0])

    def rewrite(self, issue_id: int) -> bool:
        """Put the stories of an issue in their own place; False where they cannot be read, and stay as they are."""
        try:
            stories = [make_story_record(story) for story in self._story_table.get_stories(issue_id)]
        except DamagedStory:
            return False
        self.replace_stories(issue_id, stories)
        return True

    def replace_stories(self, issue_id: int, stories: Sequence[StoryRecord]) -> None:
        """Put these stories in the place of an issue's, and count that as a change."""
        sql = "SELECT date, (SELECT max(change) + 1 FROM issue) FROM issue WHERE id = ?"
        day, change = self._database.query(sql, (issue_id,))[0]
        change = self._story_table.replace(issue_id, day, stories, change)
        sql = "UPDATE issue SET addresses = ?, words = ?, change = ? WHERE id = ?"
        self._database.execute(
            sql, (_count_urls(stories), sum(story.word_count for story in stories), change, issue_id)
        )

    def _save_page(self, issue_id: int, arrival: IncomingIssue) -> None:
        sql = "INSERT OR REPLACE INTO page (issue_id, name, parser_version, origin, body) VALUES (?, ?, ?, ?, ?)"
        name = arrival.name.encode(errors="replace").decode()  # a file's name may be in no encoding
        values = (issue_id, name, arrival.parser_version, arrival.origin, arrival.page)
        self._database.execute(sql, values)


def _count_urls(stories: Iterable[StoryRecord]) -> int:
    """How many links of the stories have an address."""
    return sum(story.url_count for story in stories)
