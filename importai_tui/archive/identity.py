"""Which stored issue an arriving one is, and which story keeps its key. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from importai_tui.archive.shelf import Entry
from importai_tui.archive.similarity import SimilarHeadlines
from importai_tui.archive.written import WrittenIssue, WrittenStory


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
