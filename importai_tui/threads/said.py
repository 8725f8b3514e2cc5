"""Where a story mentions another issue, and which story is meant for certain: no word is looked up for that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from importai_tui.archive.connections import Connections, IssuePlace, StoryPlace
from importai_tui.issue import LinkKind, Story
from importai_tui.threads.resolving import FEW, Candidate, Rarity, choose

MOST_MENTIONS = 40
"""Of one story; the known ones have three at most. One that names a thousand issues is not followed to them all."""


@dataclass(frozen=True, slots=True)
class Said:
    """One mention of another issue: by its number, by the address of its page, or both.

    `text` is how the story says it; `link` numbers the hyperlink that carries it, 0 for plain words.
    """

    number: int | None
    text: str
    url: str | None
    link: int


@dataclass(frozen=True, slots=True)
class Cited:
    """What each of some stories cites, and of that what the mentioning one does, with the number of stories that do."""

    works: dict[int, set[str]]
    shared: dict[str, int]


def said_in(story: Story) -> tuple[Said, ...]:
    """All mentions of other issues, those with a number first."""
    return tuple(islice(_said_in(story), MOST_MENTIONS))


def certain(archive: Connections, story: Story) -> dict[int | None, str]:
    """The stories that this one refers to for certain, by the number of their issue.

    It may be asked of a whole archive, story by story.
    """
    place = archive.with_key(story.key)
    found: dict[int | None, str] = {}
    for said in said_in(story) if place else ():
        issue = issue_meant(archive, said.number, said.url)
        stories = archive.in_issue(issue.id) if issue else []
        if place and issue and stories:
            cited = cited_by(archive, place, stories)
            candidates = [Candidate(one.headline, cited.works[one.id], {}) for one in stories]
            choice = choose((), Rarity(0, {}), candidates, anchor=anchor_of(said.url), cited=cited.shared)
            if choice.at is not None:
                found[issue.number] = stories[choice.at].ref
    return found


def issue_meant(archive: Connections, number: int | None, url: str | None) -> IssuePlace | None:
    """The issue with this number, else the one whose page has this address."""
    if number is not None:
        return archive.issue_numbered(number)
    # Imported here, and below: nearly every mention has a number, and to read an address takes all the rules for them.
    from importai_tui.threads.addresses import page_of

    page = page_of(url or "")
    return (
        archive.issue_at(page.spellings)
        or (archive.issue_with_slug(page.slug) if page.slug else None)
        or (archive.issue_of_day(page.day) if page.day else None)
    )


def anchor_of(url: str | None) -> str:
    """The words of an address behind its "#", which name a place on the page."""
    if not url or "#" not in url:
        return ""
    from importai_tui.threads.addresses import page_of

    return page_of(url).anchor


def cited_by(archive: Connections, origin: StoryPlace, stories: Sequence[StoryPlace]) -> Cited:
    """What these stories cite, and what of it the origin of a mention does."""
    works = archive.works([origin.id, *(story.id for story in stories)])
    shared = works[origin.id] & set().union(*(works[story.id] for story in stories))
    return Cited(works, {work: len(archive.citing(work, FEW + 1)) for work in shared})


def _said_in(story: Story) -> Iterator[Said]:
    urls = {link.n: link.url for link in story.links}
    for reference in story.cross_references:
        yield Said(reference.number, reference.text, urls.get(reference.link), reference.link)
    carried = {reference.link for reference in story.cross_references}
    for link in story.links:
        if link.kind is LinkKind.ISSUE and link.n not in carried:
            yield Said(None, link.text, link.url, link.n)
