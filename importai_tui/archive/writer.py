"""Writes issues into an open archive: finds the stored issue of a copy, decides what of it is new, and stores that."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from importai_tui.archive.catalog import Catalog, CatalogEntry
from importai_tui.archive.copies import CopyComparison, CopyHistory, has_better_copy, rank_feed_as_file
from importai_tui.archive.copy_quality import CopyQuality, is_damaged, is_poorer, measure_quality
from importai_tui.archive.full_text import INDEX_VERSION
from importai_tui.archive.stories import (
    LOST_PAGE_VERSION,
    IncomingIssue,
    IssueRecord,
    StoryRecord,
    StoryTable,
    make_story_record,
)
from importai_tui.forecasts import FORECASTS_VERSION
from importai_tui.sqlite import Database
from importai_tui.sqlite_errors import DamagedStory

_MIN_FULL_ISSUE_WORDS = 200
"""Real issues have thousands of words. A shorter text may lose half of its words in an edit."""


class StoreOutcome(StrEnum):
    """The outcome of storing an issue."""

    IMPORTED = "imported"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class StoreResult(NamedTuple):
    """The outcome of storing an issue, and the issue as it was stored then."""

    outcome: StoreOutcome
    entry: CatalogEntry


class Writer:
    """Writes issues in an open archive. Every method runs inside one of its transactions."""

    def __init__(self, database: Database, catalog: Catalog, story_table: StoryTable) -> None:
        self._database = database
        self._catalog = catalog
        self._story_table = story_table
        self._copies = CopyHistory(database)

    def store(self, incoming: IncomingIssue, today: str) -> StoreResult:
        """Store an issue, or update the stored issue that it is another copy of: see `Archive.store_all`.

        `today` is YYYY-MM-DD, the day on which a new issue is received.
        """
        issue, origin = incoming.issue, incoming.origin
        entry = find_same_issue(issue, self._catalog.find_candidates(issue.number))
        if entry is None:
            slug = make_unique_slug(issue.slug, self._catalog.get_slugs())
            issue_id = self._insert(issue, slug, incoming, today)
            return StoreResult(StoreOutcome.IMPORTED, self._get_current_entry(issue_id))
        if incoming.is_fallback:
            if has_better_copy(self._database, entry.id, origin):
                return StoreResult(StoreOutcome.UNCHANGED, entry)
        elif origin:
            rank_feed_as_file(self._database, entry.id)
        news = self._copies.compare(entry.id, issue.fingerprints, origin)
        if news.is_known and not (incoming.has_given_facts or incoming.is_forced):
            self._copies.restore_current(entry.id, issue.fingerprints, origin)
            return StoreResult(StoreOutcome.UNCHANGED, entry)
        has_known_stories = news.has_known_stories and not incoming.is_forced
        stories = () if has_known_stories else self._reuse_stored_keys(entry.id, issue)
        is_same = has_known_stories or self._story_table.has_exactly(entry.id, stories)
        is_better = not is_same and (
            incoming.is_forced or (news.has_new_stories and self._should_replace(entry, stories, origin, news))
        )
        if is_same or is_better or not news.is_edit:
            self._copies.set_current(entry.id, issue.fingerprints, origin)
        else:
            self._copies.add(entry.id, issue.fingerprints, origin, is_rejected=True)
        is_overriding = incoming.has_given_facts or incoming.is_forced or (news.is_edit and news.has_new_metadata)
        has_changed = self._merge_metadata(entry, issue, is_overriding=is_overriding)
        if is_better:
            self._swap_stories(entry.id, stories)
        if is_better or (is_same and self._has_lost_page(entry.id)):
            self._save_page(entry.id, incoming)
        outcome = StoreOutcome.UPDATED if has_changed or is_better else StoreOutcome.UNCHANGED
        return StoreResult(outcome, self._get_current_entry(entry.id))

    def rebuild(self, issue_id: int, issue: IssueRecord) -> None:
        """Replace the stories of an issue by those that a newer parser has found, if they differ."""
        self._copies.add(issue_id, issue.fingerprints, self._get_origin(issue_id))
        stories = self._reuse_stored_keys(issue_id, issue)
        if not self._story_table.has_exactly(issue_id, stories):
            self._swap_stories(issue_id, stories)

    def rewrite(self, issue_id: int) -> bool:
        """Write the stored stories of an issue again; return False if they cannot be read, and stay unchanged."""
        try:
            records = [make_story_record(story) for story in self._story_table.get_stories(issue_id)]
        except DamagedStory:
            return False
        self.replace_stories(issue_id, records)
        return True

    def rewrite_forecasts(self, issue_id: int) -> bool:
        """Find the forecasts of an issue again; return False if its stories cannot be read, and stay unchanged.

        It takes a tenth of the time of `rewrite`. No list shows forecasts, so the issue does not count as changed.
        """
        try:
            self._story_table.replace_forecasts(issue_id)
        except DamagedStory:
            return False
        self._database.execute("UPDATE issue SET forecasts_version = ? WHERE id = ?", (FORECASTS_VERSION, issue_id))
        return True

    def replace_stories(self, issue_id: int, records: Sequence[StoryRecord]) -> None:
        """Replace the stories of an issue, and count that as a change of the archive."""
        sql = "SELECT date, number, (SELECT max(change) + 1 FROM issue) FROM issue WHERE id = ?"
        day, number, change = self._database.query(sql, (issue_id,))[0]
        change = self._story_table.replace(issue_id, day, number, records, change)
        sql = """UPDATE issue SET addresses = ?, words = ?, change = ?, index_version = ?, forecasts_version = ?
            WHERE id = ?"""
        words = sum(record.word_count for record in records)
        values = (_count_urls(records), words, change, INDEX_VERSION, FORECASTS_VERSION, issue_id)
        self._database.execute(sql, values)

    def _get_current_entry(self, issue_id: int) -> CatalogEntry:
        """Return the issue as it is in this transaction; the next issue of a batch must find it too."""
        self._catalog.mark_stale()
        return self._catalog.get_entry(issue_id)

    def _insert(self, issue: IssueRecord, slug: str, incoming: IncomingIssue, today: str) -> int:
        sql = """INSERT INTO issue (number, slug, title, made_title, date, url, received, addresses, words)
                 VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0)"""
        values = (issue.number, slug, issue.title, issue.has_generated_title, issue.date, issue.url, today)
        issue_id = self._database.execute(sql, values)
        self._copies.add(issue_id, issue.fingerprints, incoming.origin)
        self.replace_stories(issue_id, issue.stories)
        self._save_page(issue_id, incoming)
        return issue_id

    def _should_replace(
        self, entry: CatalogEntry, stories: Sequence[StoryRecord], origin: str, news: CopyComparison
    ) -> bool:
        """Return True if the stories of a new copy replace the stored ones."""
        stored_words, stored_urls = self._get_counts(entry.id)
        more_urls = _count_urls(stories) - stored_urls
        stored_origin = self._get_origin(entry.id)
        is_edit = news.is_revert or (news.is_edit and origin)
        words = sum(story.word_count for story in stories)
        if not is_edit and words * 2 < stored_words and stored_words >= _MIN_FULL_ISSUE_WORDS:
            return False  # another copy that has lost most of its words: a damaged mail, or an incomplete page
        copy, stored = measure_quality(story.row for story in stories), self._measure_stored(entry.id)
        if is_damaged(copy, stored) or (not is_edit and is_poorer(copy, stored)):
            return False
        if more_urls > 0 or (more_urls == 0 and (news.is_edit or not stored_origin)):
            return True
        if not news.is_edit or origin != stored_origin:
            return False
        if not origin:
            # Files may be different forms of the issue. A former file that has fewer stories, but all URLs of the
            # remaining ones, is the earlier text of the stored form.
            return news.is_revert and self._has_all_urls(entry.id, stories)
        # An edit may remove a link. A page that was cut off in transfer has lost most of its stories.
        remaining = {story.key for story in stories}.intersection(entry.story_keys)
        return news.is_revert or len(remaining) * 2 > len(entry.story_keys)

    def _measure_stored(self, issue_id: int) -> CopyQuality:
        """Measure the stored stories; an unreadable copy is the poorest."""
        try:
            return measure_quality(self._story_table.get_rows(issue_id))
        except DamagedStory:
            return CopyQuality(sys.maxsize, 0, 0)

    def _has_all_urls(self, issue_id: int, stories: Sequence[StoryRecord]) -> bool:
        """Return True if no story has fewer URLs than the stored story with its key."""
        stored = {
            story.key: sum(link.url is not None for link in story.links)
            for story in self._story_table.get_stories(issue_id)
        }
        return all(story.url_count >= stored.get(story.key, 0) for story in stories)

    def _get_counts(self, issue_id: int) -> tuple[int, int]:
        """Return the words and the URLs of a stored issue."""
        ((words, urls),) = self._database.query("SELECT words, addresses FROM issue WHERE id = ?", (issue_id,))
        return int(words), int(urls)

    def _get_origin(self, issue_id: int) -> str:
        rows = self._database.query("SELECT origin FROM page WHERE issue_id = ?", (issue_id,))
        return str(rows[0][0]) if rows else ""

    def _has_lost_page(self, issue_id: int) -> bool:
        sql = "SELECT 1 FROM page WHERE issue_id = ? AND parser_version < ?"
        return not self._database.query(sql, (issue_id, LOST_PAGE_VERSION))

    def _has_generated_title(self, issue_id: int) -> bool:
        return bool(self._database.query("SELECT made_title FROM issue WHERE id = ?", (issue_id,))[0][0])

    def _swap_stories(self, issue_id: int, stories: Sequence[StoryRecord]) -> None:
        """Replace the stored stories, and save them as removed ones if a key is gone now."""
        keys = {story.key for story in stories}
        if any(key not in keys for key, _ in self._story_table.get_headlines(issue_id)):
            self._story_table.save_removed(issue_id, self._story_table.get_readable_stories(issue_id))
        self.replace_stories(issue_id, stories)

    def _reuse_stored_keys(self, issue_id: int, issue: IssueRecord) -> tuple[StoryRecord, ...]:
        return reuse_stored_keys(issue.stories, self._story_table.get_headlines(issue_id))

    def _merge_metadata(self, entry: CatalogEntry, issue: IssueRecord, *, is_overriding: bool) -> bool:
        """Fill in number, title, date and URL that the archive lacks, or override them; return True if any changed.

        A generated title never replaces a real one.
        """
        was_generated = self._has_generated_title(entry.id)
        takes_title = is_overriding if issue.has_generated_title == was_generated else was_generated
        title, is_generated = (issue.title, issue.has_generated_title) if takes_title else (entry.title, was_generated)
        stored, incoming = (entry.number, entry.date, entry.url), (issue.number, issue.date, issue.url)
        first, second = (incoming, stored) if is_overriding else (stored, incoming)
        number, date, url = (a if a is not None else b for a, b in zip(first, second, strict=True))
        metadata = (number, title, date, url)
        if metadata == (entry.number, entry.title, entry.date, entry.url) and is_generated == was_generated:
            return False
        sql = "UPDATE issue SET number = ?, title = ?, date = ?, url = ?, made_title = ? WHERE id = ?"
        self._database.execute(sql, (*metadata, is_generated, entry.id))
        self.rewrite(entry.id)  # the ids of the stories contain the day or the number
        return True

    def _save_page(self, issue_id: int, incoming: IncomingIssue) -> None:
        sql = "INSERT OR REPLACE INTO page (issue_id, name, parser_version, origin, body) VALUES (?, ?, ?, ?, ?)"
        name = incoming.name.encode(errors="replace").decode()  # a file name may have no valid encoding
        self._database.execute(sql, (issue_id, name, incoming.parser_version, incoming.origin, incoming.page))


def find_same_issue(issue: IssueRecord, entries: Collection[CatalogEntry]) -> CatalogEntry | None:
    """Return the stored issue that `issue` is another copy of.

    The number decides. If one of the two has no number, the slug decides, then half of the stories: so a file that is
    imported without a number and again with it is one issue.
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
    best = max(candidates, key=lambda entry: len(keys.intersection(entry.story_keys)), default=None)
    if best is None or not keys or len(keys.intersection(best.story_keys)) * 2 < len(keys):
        return None
    return best


def make_unique_slug(slug: str, taken: Collection[str]) -> str:
    """Return the slug, with "-2", "-3"… if another issue has it."""
    unique, n = slug, 1
    while unique in taken:
        n += 1
        unique = f"{slug}-{n}"
    return unique


def reuse_stored_keys(stories: Sequence[StoryRecord], stored: Iterable[tuple[str, str]]) -> tuple[StoryRecord, ...]:
    """Give each story with an edited headline the key of the stored story.

    Args:
        stories: the stories of the incoming issue.
        stored: key and headline of the stored stories of the issue.
    """
    incoming_keys = {story.key for story in stories}
    headlines = dict(stored)
    removed = SimilarHeadlines({key: headline for key, headline in headlines.items() if key not in incoming_keys})
    result = []
    for story in stories:
        old_key = None if story.key in headlines else removed.find_closest(story.headline)
        if old_key is not None:
            removed.remove(old_key)
            story = story._replace(row=story.row._replace(key=old_key))
        result.append(story)
    return tuple(result)


def _may_be_same(issue: IssueRecord, entry: CatalogEntry) -> bool:
    return issue.number is None or entry.number is None or issue.number == entry.number


def _dates_differ(issue: IssueRecord, entry: CatalogEntry) -> bool:
    return issue.date is not None and entry.date is not None and issue.date != entry.date


def _count_urls(stories: Iterable[StoryRecord]) -> int:
    return sum(story.url_count for story in stories)


MIN_EDIT_RATIO = 0.8
"""From this ratio on (difflib's, 0 to 1) a changed headline is an edit: "robot" to "robots", or a corrected name.
Two different stories of one issue have a much lower ratio."""
_MAX_EXACT_COMPARISONS = 40
"""Headlines that are compared exactly if they pass the bounds: twice as many as an issue has."""
_CLOSEST_COMPARED = 2
"""Maximum headlines that are compared exactly: those with most pairs of letters in common."""


class SimilarHeadlines:
    """Finds the most similar of many headlines.

    Difflib's ratio decides. It takes 0.2 ms a pair, so an issue with 400 changed headlines would take minutes. Upper
    bounds of the ratio, a thousand times as fast, exclude nearly all pairs first.
    """

    def __init__(self, headlines: Mapping[str, str]) -> None:
        """Prepare headlines by key."""
        self._bits: dict[object, int] = {}
        self._shapes = {key: self._make_shape(headline.casefold()) for key, headline in headlines.items()}

    def remove(self, key: str) -> None:
        """Remove a headline."""
        del self._shapes[key]

    def find_closest(self, headline: str, among: Collection[str] | None = None) -> str | None:
        """Return the key of the most similar headline; None if none has the minimum ratio.

        Args:
            headline: the headline to compare with.
            among: the keys to compare; None for all.
        """
        wanted = self._make_shape(headline.casefold())
        shapes = self._shapes if among is None else {key: self._shapes[key] for key in among}
        possible = [key for key, shape in shapes.items() if _may_be_edit(wanted, shape)]
        if not possible:
            return None
        if len(possible) > _MAX_EXACT_COMPARISONS:
            possible.sort(key=lambda key: (wanted.pairs & shapes[key].pairs).bit_count(), reverse=True)
            del possible[_CLOSEST_COMPARED:]
        # Imported here, because only an edited issue needs it.
        from difflib import SequenceMatcher

        matcher = SequenceMatcher(b=wanted.text, autojunk=False)
        ratios: dict[str, float] = {}
        for key in possible:
            matcher.set_seq1(shapes[key].text)
            ratios[key] = matcher.ratio()
        best = max(ratios, key=ratios.__getitem__)
        return best if ratios[best] >= MIN_EDIT_RATIO else None

    def _make_shape(self, text: str) -> _Shape:
        return _Shape(text, len(text), self._to_bits(text), self._to_bits(pairwise(text)))

    def _to_bits(self, parts: Iterable[object]) -> int:
        # The second "a" of a text has another bit than the first, so repeated letters count.
        counts: Counter[object] = Counter()
        bits = 0
        for part in parts:
            counts[part] += 1
            bits |= 1 << self._bits.setdefault((part, counts[part]), len(self._bits))
        return bits


class _Shape(NamedTuple):
    """A text with its letters and its pairs of neighbouring letters as bits."""

    text: str
    length: int
    letters: int
    pairs: int


def _may_be_edit(one: _Shape, other: _Shape) -> bool:
    """Return True if the upper bounds of the ratio of two texts reach the minimum.

    No more letters can match than both have. And M matching letters of T are in at most T - 2M + 1 runs. Within a
    run the pairs match too, so 3M is at most the shared pairs + T + 1.
    """
    total = one.length + other.length
    min_matches = MIN_EDIT_RATIO * total / 2 - 1e-6  # so that rounding excludes no pair
    shared_letters = (one.letters & other.letters).bit_count()
    shared_pairs = (one.pairs & other.pairs).bit_count()
    return shared_letters >= min_matches and shared_pairs + total + 1 >= 3 * min_matches
