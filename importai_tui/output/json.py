"""The JSON shapes that people script against. Fields are added over time, never renamed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from importai_tui.library.library import Library
from importai_tui.library.rows import IssueHead
from importai_tui.links.browser_url import browser_host, browser_url

if TYPE_CHECKING:
    from importai_tui.archive.search import Found
    from importai_tui.model import Link, Story
    from importai_tui.output.markdown import KeptRow
    from importai_tui.search.excerpts import Excerpt
    from importai_tui.search.search import Period
    from importai_tui.sync.progress import Report

    Shape = dict[str, Any]


def issue_head_shape(head: IssueHead) -> Shape:
    """ISSUE-HEAD: one row of `list`."""
    return {
        "ref": head.ref,
        "number": head.number,
        "slug": head.slug,
        "title": head.title,
        "date": head.date,
        "url": head.url,
        "stories": head.stories,
        "unread": head.unread,
        "words": head.words,
    }


def issue_shape(library: Library, issue_ref: str) -> Shape:
    """ISSUE: its head, with the stories themselves in place of their count."""
    head = library.issue_head(issue_ref)
    stories = [_story_shape(library, head, story) for story in library.issue(issue_ref).stories]
    return issue_head_shape(head) | {"stories": stories}


def story_shape(library: Library, issue_ref: str, position: int) -> Shape:
    """STORY."""
    return _story_shape(library, library.issue_head(issue_ref), library.story(issue_ref, position))


def link_shape(link: Link, title: str) -> Shape:
    """Return LINK. `title` names the cited work, because the underlined words may be "here".

    `url` is the address that `open` gives to a browser; one that it refuses is printed unchanged.
    """
    return {
        "n": link.n,
        "text": link.text,
        "title": title,
        "url": browser_url(link.url) or link.url,
        "kind": link.kind,
        "host": browser_host(link.url) or link.host,
        "role": link.role,
        "work": link.work,
    }


def report_shape(report: Report, heads_now: Iterable[IssueHead]) -> Shape:
    """Shows what `sync` did: each source, and the numbers that the archive lacks.

    `heads_now`: the issues as they are at the end, because one source may have changed the title of another's issue.
    """
    now = {head.slug: head for head in heads_now}

    def heads(of: tuple[IssueHead, ...]) -> list[Shape]:
        return [issue_head_shape(now[head.slug]) for head in of if head.slug in now]

    sources = [
        {
            "name": source.name,
            "requests": source.requests,
            "bytes": source.bytes,
            "new": heads(source.new),
            "updated": heads(source.updated),
            "unchanged": source.unchanged,
            "passed_over": source.passed_over,
            "failed": list(source.failed),
            "remarks": list(source.remarks),
            "error": source.error,
        }
        for source in report.sources
    ]
    return {"sources": sources, "missing": list(report.missing), "stopped": report.stopped}


def link_shapes(links: Iterable[tuple[str, Link, str]]) -> list[Shape]:
    """Links of one or several stories, each with the story's reference beside the fields of LINK."""
    return [link_shape(link, title) | {"ref": ref} for ref, link, title in links]


def hit_shape(found: Found, excerpt: Excerpt) -> Shape:
    """SEARCH HIT: a story that was found, and why. Highlights count the characters of the excerpt."""
    return {
        "ref": found.ref,
        "key": found.key,
        "headline": found.headline,
        "issue": found.number,
        "position": found.position,
        "date": found.day,
        "kind": found.kind,
        "excerpt": excerpt.text,
        "highlights": [list(highlight) for highlight in excerpt.highlights],
        "score": found.score,
    }


def period_shape(period: Period) -> Shape:
    """A year or a quarter of a trend; `end` is the first day after it, `all` counts every story of that time."""
    return {
        "period": period.name,
        "first": period.first,
        "end": period.end,
        "stories": period.stories,
        "all": period.of,
    }


def kept_shape(library: Library, row: KeptRow) -> Shape:
    """A story with reading state: its head, and all that is kept of it. `ref` is None where the archive lacks it."""
    kept, head, story = row.kept, row.issue, row.story
    told = kept.name.issue or ""
    number = head.number if head else (int(told) if told.isdecimal() else None)
    return {
        "ref": story.ref if story else None,
        "key": kept.key,
        "issue": number,
        "position": story.position if story else kept.name.position,
        "kind": story.kind if story else None,
        "headline": row.headline,
        "date": head.date if head else None,
        "words": story.words if story else None,
        "read": "read" in kept.fields,
        "starred": "starred" in kept.fields,
        "tags": row.tags,
        "note": library.state.note_of(kept.key) if "note" in kept.fields else None,
        "highlights": [
            {"quote": x.quote, "remark": x.remark, "paragraph": x.paragraph}
            for x in (library.state.highlights_of(kept.key) if row.has("highlight:") else ())
        ],
    }


def _story_shape(library: Library, head: IssueHead, story: Story) -> Shape:
    # Imported here: what a link is called is asked of stories alone, and not of a list of issues.
    from importai_tui.works.titles import titles

    called = titles(story)
    return {
        "ref": f"{head.ref}/{story.position}",
        "key": story.key,
        "issue": head.number,
        "position": story.position,
        "kind": story.kind,
        "headline": story.headline,
        "tagline": story.tagline,
        "section": story.section,
        "series": story.series,
        "words": story.words,
        "minutes": story.minutes,
        "read": library.state.is_read(story.key),
        "starred": library.state.is_starred(story.key),
        "text": story.text,
        "links": [link_shape(link, called[link.n]) for link in story.links],
        "cross_references": _reference_shapes(library, story),
        "why": story.why,
        "inspirations": list(story.inspirations),
    }


def _reference_shapes(library: Library, story: Story) -> list[Shape]:
    """XREF: `ref` is the story that is meant where that is certain, else the issue."""
    issues = {x.number: library.ref_of(x.number) for x in story.cross_references}
    certain: dict[int | None, str] = {}
    if any(issues.values()):
        # Imported here: most stories refer to nothing.
        from importai_tui.threads.mentions import certain as certain_stories

        certain = certain_stories(library.archive.connections(), story)
    return [
        {
            "number": x.number,
            "text": x.text,
            "in_archive": issues[x.number] is not None,
            "ref": certain.get(x.number) or issues[x.number],
        }
        for x in story.cross_references
    ]
