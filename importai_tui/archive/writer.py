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

from importai_tui.archive.catalog import Entry, Shelf
from importai_tui.archive.copies import Copies, CopyNews, has_better_copy, rank_feed_as_file
from importai_tui.archive.stories import LOST_PAGE, Arrival, StoryRows, WrittenIssue, WrittenStory, written_story
from importai_tui.sqlite import Database
from importai_tui.sqlite_errors import DamagedStory


class Outcome(StrEnum):
    """What storing an issue did."""

    IMPORTED = "imported"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class Storing(NamedTuple):
    """What storing an issue did, and how it stands in the archive by then."""

    outcome: Outcome
    entry: Entry


SAME_HEADLINE = 0.8
"""From this ratio on (difflib's, 0 to 1) a changed headline is an edit of the old one: "robot" to "robots", a corrected
name. Two different stories of one issue stay far below it."""
_FEW = 40
"""Headlines, twice as many as an issue has: all that pass the bounds are compared exactly."""
_CLOSEST = 2
"""Of more headlines than that, only these many, by their shared pairs of letters, are compared exactly."""


class SimilarHeadlines:
    """A set of headlines by key that can be asked for the one most similar to another headline."""

    def __init__(self, headlines: Mapping[str, str]) -> None:
        self._bits: dict[object, int] = {}
        self._shapes = {key: self._shape(headline.casefold()) for key, headline in headlines.items()}

    def remove(self, key: str) -> None:
        """Leave out a headline from now on."""
        del self._shapes[key]

    def closest(self, headline: str, among: Collection[str] | None = None) -> str | None:
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
        if len(possible) > _FEW:
            possible.sort(key=lambda key: (wanted.pairs & shapes[key].pairs).bit_count(), reverse=True)
            del possible[_CLOSEST:]
        # Imported here: only an edited issue needs it, every command would pay for it.
        from difflib import SequenceMatcher

        matcher = SequenceMatcher(b=wanted.text, autojunk=False)
        ratios: dict[str, float] = {}
        for key in possible:
            matcher.set_seq1(shapes[key].text)
            ratios[key] = matcher.ratio()
        best = max(ratios, key=ratios.__getitem__)
        return best if ratios[best] >= SAME_HEADLINE else None

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
    least = SAME_HEADLINE * total / 2 - 1e-6  # so that rounding excludes none
    return (one.letters & other.letters).bit_count() >= least and (
        one.pairs & other.pairs
    ).bit_count() + total + 1 >= 3 * least


def same_issue(issue: WrittenIssue, entries: Collection[Entry]) -> Entry | None:
    """The stored issue that `issue` is another copy of.

    The number decides; without one on either side, the slug, then half of the stories: so a file imported without
    a number and again with it is one issue.
    """
    if issue.number is not None:
        for entry in entries:
            if entry.number == issue.number:
                return entry
    keys = {story.key for story in issue.stories}
    candidates = [entry for entry in entries if _may_be(issue, entry)]
    for entry in candidates:
        if entry.slug == issue.slug and (not _dates_differ(issue, entry) or keys.intersection(entry.keys)):
            return entry
    likest = max(candidates, key=lambda entry: len(keys.intersection(entry.keys)), default=None)
    if likest is None or not keys or len(keys.intersection(likest.keys)) * 2 < len(keys):
        return None
    return likest


def free_slug(slug: str, taken: Collection[str]) -> str:
    """The slug, with "-2", "-3"… where another issue has it."""
    free, n = slug, 1
    while free in taken:
        n += 1
        free = f"{slug}-{n}"
    return free


def with_kept_keys(stories: Sequence[WrittenStory], stored: Iterable[tuple[str, str]]) -> tuple[WrittenStory, ...]:
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
        old = None if story.key in known else gone.closest(story.headline)
        if old is not None:
            gone.remove(old)
            story = story._replace(key=old)
        kept.append(story)
    return tuple(kept)


def _may_be(issue: WrittenIssue, entry: Entry) -> bool:
    return issue.number is None or entry.number is None or issue.number == entry.number


def _dates_differ(issue: WrittenIssue, entry: Entry) -> bool:
    return issue.date is not None and entry.date is not None and issue.date != entry.date


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
