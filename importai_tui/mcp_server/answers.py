"""Makes the answers of the MCP server: JSON values of bounded size, with the shapes of the command line.

They need an open library and no MCP.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from importai_tui.archive.cards import CardStore
from importai_tui.cli.card import find_linked_work, find_work
from importai_tui.cli.context import resolve_ref
from importai_tui.cli.forecasts import get_today
from importai_tui.cli.show import get_titled_links
from importai_tui.cli.works import search_works
from importai_tui.errors import NotFoundError, ReaderError
from importai_tui.library.forecasts import filter_forecasts
from importai_tui.library.library import Library
from importai_tui.library.rows import matches_filter
from importai_tui.output.annotated_stories import get_noted_stories
from importai_tui.output.console import format_json
from importai_tui.output.forecasts import forecast_json
from importai_tui.output.json import (
    annotated_story_json,
    card_json,
    hit_json,
    issue_json,
    issue_row_json,
    links_json,
    story_json,
    work_json,
)
from importai_tui.output.markdown import issue_to_markdown
from importai_tui.parse.clean import clean_line
from importai_tui.paths import get_cards_file
from importai_tui.query.parser import parse_query
from importai_tui.search.search import Search
from importai_tui.state.fields import fold_tag
from importai_tui.threads.threads import Threads

if TYPE_CHECKING:
    from importai_tui.archive.relations import StoryRef
    from importai_tui.threads.threads import Reference

    JsonObject = dict[str, Any]

MAX_LIMIT = 100
"""Entries of one answer."""
MAX_TEXT = 40_000
"""Characters of text in one answer: longer than every known story, about ten thousand tokens."""
_OPEN_STORY_FIELDS = ("text", "links", "cross_references", "why", "inspirations")
"""The fields of a story that an issue leaves out, because `show_story` has them."""


def search(library: Library, query: str, limit: int) -> JsonObject:
    """Return the stories that a query finds."""
    parsed = parse_query(clean_line(query))
    if parsed.is_empty:
        raise ReaderError("The query is empty. Give some words, or a filter such as is:starred.")
    fields = parsed.mark_fields()
    marks = library.state.get_marks(fields) if fields else {}
    with Search(library.archive.create_search()) as opened:
        result = opened.find(parsed, marks, limit=limit)
        excerpts = opened.make_excerpts(result, 0, limit)
        hits = [hit_json(hit, excerpt) for hit, excerpt in zip(result.hits, excerpts, strict=True)]
        total = sum(opened.count_by_day(result.expanded_query, marks).values())
        remarks = list(opened.get_remarks(result))
    correction = result.correction
    return {
        "query": parsed.text,
        "total": total,
        "match": "most" if result.has_most else "all",
        "remarks": remarks,
        "suggestion": correction.line if correction else None,
        "ranked": result.is_ranked,
        "hits": hits,
    }


def list_issues(library: Library, limit: int, offset: int, *, unread_only: bool) -> JsonObject:
    """Return issues, newest first."""
    rows = library.get_issue_rows(unread_only=unread_only)
    return _page("issues", [issue_row_json(row) for row in rows[offset : offset + limit]], len(rows), offset)


def show_issue(library: Library, ref: str) -> JsonObject:
    """Return an issue with its stories, without their text."""
    issue_ref, _ = resolve_ref(library, ref)
    issue = issue_json(library, issue_ref)
    stories = issue["stories"]
    for story in stories:
        for name in _OPEN_STORY_FIELDS:
            del story[name]
    return issue | {"total": len(stories), "stories": stories[:MAX_LIMIT]}


def show_story(library: Library, ref: str, start: int) -> JsonObject:
    """Return a story with the user's marks, and its text from the character `start` on."""
    issue_ref, position = resolve_ref(library, ref)
    if position is None:
        raise NotFoundError(f"{ref} is an issue. Add the number of a story: {issue_ref}/1, or use show_issue.")
    story = story_json(library, issue_ref, position)
    key, links = story["key"], story["links"]
    return (
        story
        | _cut_text(story["text"], start)
        | {"links": links[:MAX_LIMIT], "links_total": len(links)}
        | {
            "why": story["why"] and story["why"][:MAX_TEXT],
            "tags": list(library.state.get_tags(key)),
        }
        | _cut_marks(
            {
                "note": library.state.get_note(key),
                "highlights": [
                    {"quote": highlight.quote, "remark": highlight.remark, "paragraph": highlight.paragraph}
                    for highlight in library.state.get_highlights(key)
                ],
            }
        )
    )


def list_links(library: Library, ref: str, limit: int, offset: int) -> JsonObject:
    """Return the links of a story or an issue."""
    resolve_ref(library, ref)  # its messages say more
    full_ref, numbered = get_titled_links(library, ref, with_words=False)
    links = links_json(numbered[offset : offset + limit])
    return {"ref": full_ref} | _page("links", links, len(numbered), offset)


def list_works(library: Library, query: str, sort: str, limit: int, offset: int) -> JsonObject:
    """Return cited works."""
    result, marks = search_works(library, clean_line(query), sort=sort)
    works = [work_json(work, marks) for work in result.works[offset : offset + limit]]
    for work in works:
        work["cited_by"], work["issues"] = work["cited_by"][:MAX_LIMIT], work["issues"][:MAX_LIMIT]
    return {"remarks": list(result.remarks)} | _page("works", works, len(result.works), offset)


def get_card(library: Library, work: str, link: int | None) -> JsonObject:
    """Return the stored card of a work, or of a link of a story."""
    wanted = find_work(library, clean_line(work)) if link is None else find_linked_work(library, work, link)
    with CardStore(get_cards_file(library.archive.path)) as store:
        card = store.get(wanted.target.work)
    if card is None:
        url = f" Its URL: {wanted.target.url}" if wanted.target.url else ""
        raise NotFoundError(f"No card of {wanted.target.work} is stored, and this server fetches nothing.{url}")
    found = card_json(card, wanted.cited_by[:MAX_LIMIT])
    return found | _cut_text(found["text"], 0) | {"links": found["links"][:MAX_LIMIT]}


def list_annotations(
    library: Library, words: str, tag: str | None, since: str | None, limit: int, offset: int
) -> JsonObject:
    """Return the stories with tags, notes or highlights, the last marked first."""
    first = _parse_day(since)
    noted = [story for story in get_noted_stories(library) if story.annotated_at >= first]
    if tag:
        name = fold_tag(tag.removeprefix("#"))
        noted = [story for story in noted if name in map(fold_tag, story.tags)]
    noted.sort(key=lambda story: story.annotated_at, reverse=True)
    stories = list(map(annotated_story_json, noted))
    stories = [story for story in stories if matches_filter(_get_own_words(story), words)]
    page = list(_take_some([story | _cut_marks(story) for story in stories[offset : offset + limit]]))
    return _page("stories", page, len(stories), offset)


def list_forecasts(
    library: Library, words: str, limit: int, offset: int, *, due_only: bool, with_others: bool
) -> JsonObject:
    """Return sentences that look like a forecast, with the user's verdicts, due ones first."""
    today = get_today()
    every = library.get_forecasts(today, with_others=with_others)
    found = [x for x in filter_forecasts(every, words, today) if x.is_due(today) or not due_only]
    entries = (
        forecast_json(x._replace(quote=x.quote[:MAX_TEXT], note=x.note and x.note[:MAX_TEXT]))
        | {"is_due": x.is_due(today)}
        for x in found[offset : offset + limit]
    )
    return _page("forecasts", list(_take_some(entries)), len(found), offset)


def get_thread(library: Library, ref: str) -> JsonObject:
    """Return what a story refers to, what mentions it later, and related stories."""
    issue_ref, position = resolve_ref(library, ref)
    if position is None:
        raise NotFoundError(f"{ref} is an issue. Add the number of a story: {issue_ref}/1")
    with Threads(library.archive.path) as threads:
        origin = threads.get_story(library.get_story(issue_ref, position).key)
        if origin is None:  # another process has just removed it
            raise NotFoundError(f"Story {ref} is gone.")
        references = threads.get_references(origin.key)
        related = threads.get_related(origin, exclude=references.stories)
    return {
        "ref": origin.ref,
        "headline": origin.headline,
        "refers_to": [_reference_json(one, one.story) for one in references.refers_to[:MAX_LIMIT]],
        "mentioned_in": [_reference_json(one, one.origin) for one in references.mentioned_in[:MAX_LIMIT]],
        "related": [_story_ref_json(one.story) | {"reason": one.reason} for one in related],
    }


def get_issue_text(library: Library, ref: str) -> str:
    """Return a whole issue as Markdown; a very long one is cut."""
    issue_ref, _ = resolve_ref(library, ref)
    text = issue_to_markdown(library.get_issue(issue_ref))
    limit = 5 * MAX_TEXT
    return text if len(text) <= limit else f"{text[:limit]}\n\n[Cut after {limit:,} of {len(text):,} characters]\n"


def _page(name: str, entries: Sequence[object], total: int, offset: int) -> JsonObject:
    """Return some of `total` entries; `next_offset` is null if these are the last."""
    end = offset + len(entries)
    return {name: entries, "total": total, "next_offset": end if entries and end < total else None}


def _cut_text(text: str, start: int) -> JsonObject:
    """Return a part of a text; `next_start` is null if it is the last."""
    end = start + MAX_TEXT
    return {"text": text[start:end], "text_length": len(text), "next_start": end if end < len(text) else None}


def _cut_marks(story: JsonObject) -> JsonObject:
    """Return the note and the highlights of a story, not longer than an answer may be."""
    note, highlights = story["note"], story["highlights"]
    return {"note": note and note[:MAX_TEXT], "highlights": highlights[:MAX_LIMIT]}


def _take_some(entries: Iterable[JsonObject]) -> Iterator[JsonObject]:
    """Yield the first entry, and those after it that fit into one answer."""
    size = 0
    for n, entry in enumerate(entries):
        size += len(format_json(entry))
        if n and size > MAX_TEXT:
            return
        yield entry


def _parse_day(text: str | None) -> str:
    if not text:
        return ""
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise ReaderError(f"since must be a date like 2026-11-30, not “{clean_line(text)[:40]}”.") from None


def _get_own_words(story: JsonObject) -> Iterable[str]:
    yield from (story["headline"], story["note"] or "", *story["tags"])
    for highlight in story["highlights"]:
        yield from (highlight["quote"], highlight["remark"] or "")


def _reference_json(reference: Reference, other: StoryRef | None) -> JsonObject:
    """Return a mention, with the story at its other end, if that is known."""
    known = _story_ref_json(other) if other else {"ref": None, "headline": None, "date": None, "date_estimated": False}
    return known | {
        "number": reference.number,
        "text": reference.text,
        "certainty": reference.certainty.name.lower(),
        "in_archive": reference.issue is not None,
    }


def _story_ref_json(story: StoryRef) -> JsonObject:
    return {
        "ref": story.ref,
        "headline": story.headline,
        "date": story.day,
        "date_estimated": story.is_day_estimated,
    }
