"""JSON for scripts. Fields may be added, but never renamed; the help topic `scripting` documents them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from importai_tui.links.urls import browser_host, browser_url, to_ascii_host
from importai_tui.model import LinkKind, StoryKind, get_reading_minutes

if TYPE_CHECKING:
    from importai_tui.archive.search import FoundStory
    from importai_tui.library.library import Library
    from importai_tui.library.rows import IssueRow
    from importai_tui.library.stats import LibraryStats, YearStats
    from importai_tui.model import CrossReference, Link, Story
    from importai_tui.output.annotated_stories import AnnotatedStory
    from importai_tui.search.excerpts import Excerpt
    from importai_tui.search.search import Period
    from importai_tui.sync.progress import SyncReport
    from importai_tui.threads.threads import Reference
    from importai_tui.works.card import Card
    from importai_tui.works.query import WorkMarks
    from importai_tui.works.work import Work

    JsonObject = dict[str, Any]


def issue_row_json(issue: IssueRow) -> JsonObject:
    """Return ISSUE-HEAD: one row of `list`."""
    return {
        "ref": issue.ref,
        "number": issue.number,
        "slug": issue.slug,
        "title": issue.title,
        "date": issue.date,
        "date_estimated": issue.is_date_estimated,
        "url": issue.url,
        "stories": issue.story_count,
        "unread": issue.unread_count,
        "words": issue.word_count,
    }


def issue_json(library: Library, issue_ref: str) -> JsonObject:
    """Return ISSUE: the fields of ISSUE-HEAD, with the stories in place of their count."""
    row = library.get_issue_row(issue_ref)
    stories = [_story_json(library, row, story) for story in library.get_issue(issue_ref).stories]
    return issue_row_json(row) | {"stories": stories}


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
    current = {row.slug: row for row in current_rows}

    def to_json(rows: tuple[IssueRow, ...]) -> list[JsonObject]:
        return [issue_row_json(current[row.slug]) for row in rows if row.slug in current]

    sources = [
        {
            "name": source.name,
            "requests": source.requests,
            "bytes": source.bytes,
            "new": to_json(source.new),
            "updated": to_json(source.updated),
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


def hit_json(hit: FoundStory, excerpt: Excerpt) -> JsonObject:
    """Return SEARCH HIT: a found story and its excerpt. Highlights are character offsets in the excerpt."""
    return {
        "ref": hit.ref,
        "key": hit.key,
        "headline": hit.headline,
        "issue": hit.number,
        "position": hit.position,
        "date": hit.day,
        "date_estimated": hit.is_day_estimated,
        "kind": hit.kind,
        "excerpt": excerpt.text,
        "highlights": [list(highlight) for highlight in excerpt.highlights],
        "score": hit.score,
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


def annotated_story_json(annotated: AnnotatedStory) -> JsonObject:
    """Return KEPT: a story with all its reading state. `ref` is None if the archive lacks the story."""
    state, issue, story = annotated.state, annotated.issue, annotated.story
    name = state.name.issue or ""
    number = issue.number if issue else (int(name) if name.isdecimal() else None)
    return {
        "ref": story.ref if story else None,
        "key": state.key,
        "issue": number,
        "position": story.position if story else state.name.position,
        "kind": story.kind if story else None,
        "headline": annotated.headline,
        "date": issue.date if issue else None,
        "date_estimated": issue.is_date_estimated if issue else False,
        "words": story.word_count if story else None,
        "read": "read" in state.fields,
        "starred": "starred" in state.fields,
        "tags": annotated.tags,
        "note": annotated.note.value if annotated.note else None,
        "note_at": _known_time(annotated.note.at) if annotated.note else None,
        "highlights": [
            {"quote": x.quote, "remark": x.remark, "paragraph": x.paragraph, "at": at} for x, at in annotated.highlights
        ],
    }


def noted_story_json(library: Library, annotated: AnnotatedStory) -> JsonObject:
    """Return NOTED: a KEPT with its issue's title and address, and its links."""
    from importai_tui.works.titles import get_link_titles

    issue, story = annotated.issue, annotated.load_story(library)
    titles = get_link_titles(story) if story else {}
    return annotated_story_json(annotated) | {
        "title": issue.title if issue else None,
        "url": browser_url(issue.url) if issue else None,
        "links": [link_json(link, titles[link.n]) for link in library.get_links(story)] if story else [],
    }


def work_json(work: Work, marks: WorkMarks) -> JsonObject:
    """Return WORK.

    `year` and `doi` come from the card or the id, else they are null; `read` is true if its link was opened. `cited_as`
    has the newsletter's words for a work with another title, or without one.
    """
    from importai_tui.works.work import get_metadata

    metadata = get_metadata(work)
    return {
        "work": work.id,
        "kind": work.kind,
        "title": work.title,
        "title_from": work.title_from,
        "cited_as": work.cited_as,
        "authors": list(work.authors),
        "publisher": work.publisher or None,
        "url": work.url,
        "host": to_ascii_host(work.host) if work.host else None,
        "year": metadata.year,
        "venue": work.venue or None,
        "doi": metadata.doi,
        "times": work.citation_count,
        "cited_by": list(work.cited_by),
        "issues": list(work.issues),
        "first_cited": work.first_cited,
        "first_cited_estimated": work.is_first_estimated,
        "last_cited": work.last_cited,
        "last_cited_estimated": work.is_last_estimated,
        "read": work.id in marks.opened,
        "starred": work.id in marks.starred,
    }


def card_json(card: Card, cited_by: Sequence[str]) -> JsonObject:
    """Return CARD. `published` is null unless the whole date is known; `cited_by` are references of stories."""
    return {
        "work": card.work,
        "kind": card.kind,
        "title": card.title,
        "authors": list(card.authors),
        "published": card.published if card.published and len(card.published) == len("2026-11-30") else None,
        "year": card.year,
        "venue": card.venue,
        "doi": card.doi,
        "facts": list(card.facts),
        "text": card.text,
        "url": card.url,
        "pdf_url": card.pdf_url,
        "license": card.license,
        "links": [link_json(link, link.text) for link in card.links],
        "cited_by": list(cited_by),
        "source": card.source,
        "fetched_at": card.fetched_at,
    }


def stats_json(stats: LibraryStats) -> JsonObject:
    """Return the JSON of `stats`. Sizes are bytes, times ISO 8601 in UTC; a year is null if no date is known."""
    archive = stats.archive_stats
    files = zip(("archive", "reading", "cards"), stats.file_sizes, strict=True)
    return {
        "issues": stats.issue_count,
        "missing": stats.missing_count,
        "first": _issue_ref_json(stats.oldest),
        "newest": _issue_ref_json(stats.newest),
        "stories": stats.story_count,
        "kinds": {kind: archive.stories.get(kind, 0) for kind in StoryKind},
        "words": stats.word_count,
        "minutes": get_reading_minutes(stats.word_count) if stats.word_count else 0,
        "read": stats.read_count,
        "unread": stats.story_count - stats.read_count,
        "starred": stats.starred_count,
        "tagged": stats.tagged_count,
        "noted": stats.noted_count,
        "highlighted": stats.highlighted_count,
        "highlights": stats.highlight_count,
        "links": sum(archive.links.values()),
        "link_kinds": {kind: archive.links.get(kind, 0) for kind in LinkKind},
        "works": archive.works,
        "works_cited_again": archive.works_cited_again,
        "works_starred": stats.starred_work_count,
        "works_opened": stats.opened_work_count,
        "years": [_year_json(year) for year in stats.years],
        "cards": stats.card_count,
        "files": {name: {"path": str(path), "bytes": size} for name, (path, size) in files},
        "synced": stats.last_sync_time.isoformat() if stats.last_sync_time else None,
    }


def _known_time(at: str) -> str | None:
    """Return a time of the reading state; None if it is not known."""
    from importai_tui.state.fields import UNKNOWN_TIME

    return None if at == UNKNOWN_TIME else at


def _story_json(library: Library, issue: IssueRow, story: Story) -> JsonObject:
    # Imported here, because a list of issues needs no titles of links.
    from importai_tui.works.titles import get_link_titles

    titles = get_link_titles(story)
    return {
        "ref": f"{issue.ref}/{story.position}",
        "key": story.key,
        "issue": issue.number,
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
        "links": [link_json(link, titles[link.n]) for link in library.get_links(story)],
        "cross_references": _references_json(library, story),
        "why": story.why,
        "inspirations": list(story.inspirations),
    }


def _references_json(library: Library, story: Story) -> list[JsonObject]:
    """Return XREFs: `ref` is the story that is meant, as the thread view shows it; the issue if no story is known."""
    issues = {x.number: library.find_issue_ref(x.number) for x in story.cross_references}
    found: dict[int | None, Reference] = {}
    if any(issues.values()):
        # Imported here, because most stories have no references.
        from importai_tui.threads.threads import Threads

        with Threads(library.archive.path) as threads:
            if origin := threads.get_story(story.key):
                found = {x.number: x for x in threads.get_references_from(origin) if x.story}
    return [_reference_json(x, issues[x.number], found.get(x.number)) for x in story.cross_references]


def _reference_json(mention: CrossReference, issue_ref: str | None, found: Reference | None) -> JsonObject:
    return {
        "number": mention.number,
        "text": mention.text,
        "in_archive": issue_ref is not None,
        "ref": found.story.ref if found and found.story else issue_ref,
        "certainty": found.certainty.name.lower() if found else None,
    }


def _issue_ref_json(row: IssueRow | None) -> JsonObject | None:
    if row is None:
        return None
    return {"ref": row.ref, "date": row.date, "date_estimated": row.is_date_estimated, "title": row.title}


def _year_json(year: YearStats) -> JsonObject:
    return {
        "year": year.year,
        "issues": year.issue_count,
        "stories": year.story_count,
        "read": year.read_count,
        "unread": year.story_count - year.read_count,
        "words": year.word_count,
    }
