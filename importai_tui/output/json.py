"""JSON for scripts. Fields may be added, but never renamed; the help topic `scripting` documents them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from importai_tui.library.library import Library
from importai_tui.library.rows import IssueRow
from importai_tui.links.urls import browser_host, browser_url

if TYPE_CHECKING:
    from importai_tui.archive.search import FoundStory
    from importai_tui.model import Link, Story
    from importai_tui.output.markdown import AnnotatedStory
    from importai_tui.search.excerpts import Excerpt
    from importai_tui.search.search import Period
    from importai_tui.sync.progress import SyncReport

    JsonObject = dict[str, Any]


def issue_row_json(head: IssueRow) -> JsonObject:
    """Return ISSUE-HEAD: one row of `list`."""
    return {
        "ref": head.ref,
        "number": head.number,
        "slug": head.slug,
        "title": head.title,
        "date": head.date,
        "url": head.url,
        "stories": head.story_count,
        "unread": head.unread_count,
        "words": head.word_count,
    }


def issue_json(library: Library, issue_ref: str) -> JsonObject:
    """Return ISSUE: the fields of ISSUE-HEAD, with the stories in place of their count."""
    head = library.get_issue_row(issue_ref)
    stories = [_story_json(library, head, story) for story in library.get_issue(issue_ref).stories]
    return issue_row_json(head) | {"stories": stories}


def story_json(library: Library, issue_ref: str, position: int) -> JsonObject:
    """Return STORY."""
    return _story_json(library, library.get_issue_row(issue_ref), library.get_story(issue_ref, position))


def link_json(link: Link, title: str) -> JsonObject:
    """Return LINK. `title` names the cited work, because the words of the link may be "here".

    `url` is the address that `open` gives to a browser; a refused address is not changed.
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


def sync_report_json(report: SyncReport, current_rows: Iterable[IssueRow]) -> JsonObject:
    """Return the result of `sync`: each source, and the numbers that the archive lacks.

    `current_rows` are the issues after the sync, because a source may change an issue of another.
    """
    now = {head.slug: head for head in current_rows}

    def heads(of: tuple[IssueRow, ...]) -> list[JsonObject]:
        return [issue_row_json(now[head.slug]) for head in of if head.slug in now]

    sources = [
        {
            "name": source.name,
            "requests": source.requests,
            "bytes": source.bytes,
            "new": heads(source.new),
            "updated": heads(source.updated),
            "unchanged": source.unchanged,
            "passed_over": source.skipped_posts,
            "failed": list(source.failed_posts),
            "remarks": list(source.remarks),
            "error": source.error,
        }
        for source in report.sources
    ]
    return {"sources": sources, "missing": list(report.missing_numbers), "stopped": report.is_stopped}


def links_json(links: Iterable[tuple[str, Link, str]]) -> list[JsonObject]:
    """Return LINK for each link of one or several stories, with the story's reference."""
    return [link_json(link, title) | {"ref": ref} for ref, link, title in links]


def hit_json(found: FoundStory, excerpt: Excerpt) -> JsonObject:
    """Return SEARCH HIT: a found story and its excerpt. Highlights are character offsets in the excerpt."""
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


def period_json(period: Period) -> JsonObject:
    """Return a year or a quarter of a trend; `end` is the first day after it, `all` counts every story in it."""
    return {
        "period": period.name,
        "first": period.start,
        "end": period.end,
        "stories": period.stories,
        "all": period.total,
    }


def annotated_story_json(library: Library, row: AnnotatedStory) -> JsonObject:
    """Return a story with all its reading state. `ref` is None if the archive lacks the story."""
    kept, head, story = row.state, row.issue, row.story
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
        "words": story.word_count if story else None,
        "read": "read" in kept.fields,
        "starred": "starred" in kept.fields,
        "tags": row.tags,
        "note": library.state.get_note(kept.key) if "note" in kept.fields else None,
        "highlights": [
            {"quote": x.quote, "remark": x.remark, "paragraph": x.paragraph}
            for x in (library.state.get_highlights(kept.key) if row.has_field("highlight:") else ())
        ],
    }


def _story_json(library: Library, head: IssueRow, story: Story) -> JsonObject:
    # Imported here, because a list of issues needs no titles of links.
    from importai_tui.works.titles import get_link_titles

    called = get_link_titles(story)
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
        "words": story.word_count,
        "minutes": story.reading_minutes,
        "read": library.state.is_read(story.key),
        "starred": library.state.is_starred(story.key),
        "text": story.text,
        "links": [link_json(link, called[link.n]) for link in story.links],
        "cross_references": _references_json(library, story),
        "why": story.why,
        "inspirations": list(story.inspirations),
    }


def _references_json(library: Library, story: Story) -> list[JsonObject]:
    """Return XREFs: `ref` is the story if it is certain which one is meant, else the issue."""
    issues = {x.number: library.find_issue_ref(x.number) for x in story.cross_references}
    certain: dict[int | None, str] = {}
    if any(issues.values()):
        # Imported here, because most stories have no references.
        from importai_tui.threads.mentions import find_definite_references as certain_stories

        certain = certain_stories(library.archive.create_relations(), story)
    return [
        {
            "number": x.number,
            "text": x.text,
            "in_archive": issues[x.number] is not None,
            "ref": certain.get(x.number) or issues[x.number],
        }
        for x in story.cross_references
    ]
