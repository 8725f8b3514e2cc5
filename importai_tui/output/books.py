"""Makes books of an issue, a story, or a list of stories, such as the results of a search or all tales.

All books can be EPUB files; a list of stories can also be Markdown or plain text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from importai_tui.library.library import Library
from importai_tui.model import Story, StoryKind, get_reading_minutes, shorten_title
from importai_tui.output.epub import Book, BookIssue, Chapter, write_epub
from importai_tui.output.markdown import escape_markdown_line, format_heading, format_link, story_to_markdown
from importai_tui.output.text import format_story_lines, join_facts
from importai_tui.threads.threads import Threads
from importai_tui.wording import AUTHOR, NEWSLETTER, plural

TALES_TITLE = "Tech Tales"

StoryPlace = tuple[str, int]
"""The reference of an issue, and the position of a story in it, from 1."""


def find_tales(library: Library) -> list[StoryPlace]:
    """Return all tales, oldest first: in the reverse order of the list of issues."""
    archive = library.archive
    return [
        (entry.ref, story.position)
        for entry in reversed(archive.get_entries())
        for story in archive.get_story_entries(entry.id)
        if story.kind is StoryKind.TECH_TALES
    ]


def make_issue_book(library: Library, ref: str, now: datetime, author: str | None = AUTHOR) -> bytes:
    """Return a whole issue as an EPUB file; `now` is the date of the file. Raises NotFoundError."""
    row, stories = library.get_issue_row(ref), library.get_story_rows(ref)
    issue = _get_issue(library, ref)
    size = join_facts((plural(len(stories), "story", "stories"), f"{get_reading_minutes(row.word_count)} min"))
    book = Book(
        key=f"issue:{ref}",
        title=issue.name,
        subtitle=shorten_title(row.title) if row.number is not None else "",
        chapters=[Chapter(story.ref, story.headline, issue) for story in stories],
        facts=(issue.date, size),
        author=author,
        date=None if row.is_date_estimated else row.date,
        url=row.url,
        series_number=row.number,
        names_issues=False,
    )
    return write_epub(book, _load_stories(library, [(ref, story.position) for story in stories]), now)


def make_story_book(library: Library, place: StoryPlace, now: datetime, author: str | None = AUTHOR) -> bytes:
    """Return one story as an EPUB file; `now` is the date of the file. Raises NotFoundError."""
    story, row = library.get_story(*place), library.get_issue_row(place[0])
    issue = _get_issue(library, place[0])
    book = Book(
        key=f"story:{story.key}",
        title=story.headline,
        chapters=[Chapter(_format_place(place), story.headline, issue)],
        facts=(join_facts((issue.name, issue.date)),),
        author=author,
        date=None if row.is_date_estimated else row.date,
        url=row.url,
    )
    return write_epub(book, [(story, {})], now)


def make_list_book(
    library: Library,
    title: str,
    places: Sequence[StoryPlace],
    now: datetime,
    author: str | None = AUTHOR,
    *,
    order: str = "",
) -> bytes:
    """Return a list of stories, in this order, as an EPUB file.

    Args:
        library: has the stories.
        title: the name of the list, which identifies the book.
        places: the stories.
        now: the date of the file, and of the list.
        author: the author of the stories; None if unknown.
        order: the order for users: "oldest first".

    Raises:
        NotFoundError: a story is missing.
    """
    headlines: dict[str, list[str]] = {}
    issues: dict[str, BookIssue] = {}
    for ref, _ in places:
        if ref not in issues:
            issues[ref] = _get_issue(library, ref)
            headlines[ref] = [story.headline for story in library.get_story_rows(ref)]
    book = Book(
        key=f"list:{title}",
        title=f"{NEWSLETTER}: {title}",
        chapters=[
            Chapter(_format_place((ref, position)), headlines[ref][position - 1], issues[ref])
            for ref, position in places
        ],
        facts=(", ".join(filter(None, (plural(len(places), "story", "stories"), order))), f"{now:%Y-%m-%d}"),
        author=author,
    )
    return write_epub(book, _load_stories(library, places), now)


def list_to_markdown(library: Library, title: str, places: Sequence[StoryPlace]) -> str:
    """Return a list of stories as a Markdown document. Raises NotFoundError."""
    parts = [format_heading(escape_markdown_line(title), 1)]
    for place in places:
        issue = _get_issue(library, place[0])
        origin = join_facts((format_link(escape_markdown_line(issue.name), issue.url), issue.date))
        parts += [story_to_markdown(library.get_story(*place), level=2), f"From {origin}"]
    return "\n\n".join(parts) + "\n"


def list_to_text(library: Library, places: Sequence[StoryPlace], columns: int | None) -> str:
    """Return a list of stories as plain text, for a terminal with so many columns. Raises NotFoundError."""
    stories = []
    for ref, position in places:
        date = library.get_issue_row(ref).date_text
        stories.append(format_story_lines(library.get_story(ref, position), ref, date, columns, for_reading=False))
    return "\n\n\n".join("\n".join(lines) for lines in stories) + "\n"


def _get_issue(library: Library, ref: str) -> BookIssue:
    row = library.get_issue_row(ref)
    name = f"{NEWSLETTER} {row.number}" if row.number is not None else row.title
    return BookIssue(name, row.date_text, row.url)


def _format_place(place: StoryPlace) -> str:
    return f"{place[0]}/{place[1]}"


def _load_stories(library: Library, places: Sequence[StoryPlace]) -> Iterator[tuple[Story, Mapping[int, str]]]:
    """Yield the stories one by one, each with the stories of these issues that it refers to, by issue number."""
    refs = {ref for ref, _ in places}
    with Threads(library.archive.path) as threads:
        for place in places:
            story = library.get_story(*place)
            mentioned = {library.find_issue_ref(mention.number) for mention in story.cross_references}
            yield story, _find_references(threads, story) if mentioned & refs - {place[0]} else {}


def _find_references(threads: Threads, story: Story) -> dict[int, str]:
    origin = threads.get_story(story.key)
    references = threads.get_references_from(origin) if origin else ()
    return {x.number: x.story.ref for x in references if x.story and x.number is not None}
