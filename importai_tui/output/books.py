"""Makes books of an issue, a story, or a list of stories, such as the results of a search or all tales.

All books can be EPUB files; a list of stories can also be Markdown or plain text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from importai_tui.library.library import Library
from importai_tui.model import Story, StoryKind, get_reading_minutes, shorten_title
from importai_tui.output.epub import Book, BookIssue, Chapter, write_epub
from importai_tui.output.lines import to_texts
from importai_tui.output.markdown import escape_markdown_line, format_heading, format_link, story_to_markdown
from importai_tui.output.text import format_story_lines, join_facts
from importai_tui.threads.threads import Threads
from importai_tui.wording import AUTHOR, NEWSLETTER, plural


class StoryList(NamedTuple):
    """Stories for a book, in this order.

    `title` is the name of the list, which identifies the book. `order` is the order for users: "oldest first".
    """

    title: str
    keys: Sequence[str]
    order: str = ""


def find_tales(library: Library) -> StoryList:
    """Return all tales, oldest first: in the reverse order of the list of issues."""
    archive = library.archive
    stories = (story for entry in reversed(archive.get_entries()) for story in archive.get_story_entries(entry.id))
    keys = [story.key for story in stories if story.kind is StoryKind.TECH_TALES]
    return StoryList("Tech Tales", keys, "oldest first")


def make_book(library: Library, source: str | StoryList, now: datetime, author: str | None = AUTHOR) -> bytes:
    """Return an EPUB file.

    Args:
        library: has the stories.
        source: a REF of an issue or a story, or a list of stories; those missing from the archive are left out.
        now: the date of the file.
        author: the author of the stories; None if unknown.

    Raises:
        NotFoundError: there is no such issue or story.
    """
    if isinstance(source, StoryList):
        return _make_list_book(library, source, now, author)
    ref, position = library.resolve(source)
    if position is None:
        return _make_issue_book(library, ref, now, author)
    return _make_story_book(library, ref, position, now, author)


def list_to_markdown(library: Library, stories: StoryList) -> str:
    """Return a list of stories as a Markdown document."""
    parts = [format_heading(escape_markdown_line(stories.title), 1)]
    for ref, story in _load_list(library, stories):
        issue = _get_issue(library, ref)
        origin = join_facts((format_link(escape_markdown_line(issue.name), issue.url), issue.date))
        parts += [story_to_markdown(story, level=2), f"From {origin}"]
    return "\n\n".join(parts) + "\n"


def list_to_text(library: Library, stories: StoryList, columns: int | None) -> str:
    """Return a list of stories as plain text for a terminal of this width."""
    parts = []
    for ref, story in _load_list(library, stories):
        date = library.get_issue_row(ref).date_text
        parts.append(format_story_lines(story, ref, date, columns, for_reading=False))
    return "\n\n\n".join("\n".join(to_texts(lines)) for lines in parts) + "\n"


def _make_issue_book(library: Library, ref: str, now: datetime, author: str | None) -> bytes:
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
    return write_epub(book, _load_chapters(library, book.chapters), now)


def _make_story_book(library: Library, ref: str, position: int, now: datetime, author: str | None) -> bytes:
    story, row, issue = library.get_story(ref, position), library.get_issue_row(ref), _get_issue(library, ref)
    book = Book(
        key=f"story:{story.key}",
        title=story.headline,
        chapters=[Chapter(f"{ref}/{position}", story.headline, issue)],
        facts=(join_facts((issue.name, issue.date)),),
        author=author,
        date=None if row.is_date_estimated else row.date,
        url=row.url,
    )
    return write_epub(book, [(story, {})], now)


def _make_list_book(library: Library, stories: StoryList, now: datetime, author: str | None) -> bytes:
    chapters: list[Chapter] = []
    issues: dict[str, BookIssue] = {}
    for key in stories.keys:
        if found := library.find_story(key):
            ref, position = found
            issue = issues.get(ref) or issues.setdefault(ref, _get_issue(library, ref))
            chapters.append(Chapter(f"{ref}/{position}", library.archive.get_headline(key) or "", issue))
    size = plural(len(chapters), "story", "stories")
    book = Book(
        key=f"list:{stories.title}",
        title=f"{NEWSLETTER}: {stories.title}",
        chapters=chapters,
        facts=(", ".join(filter(None, (size, stories.order))), f"{now:%Y-%m-%d}"),
        author=author,
    )
    return write_epub(book, _load_chapters(library, chapters), now)


def _get_issue(library: Library, ref: str) -> BookIssue:
    row = library.get_issue_row(ref)
    name = f"{NEWSLETTER} {row.number}" if row.number is not None else row.title
    return BookIssue(name, row.date_text, row.url)


def _load_list(library: Library, stories: StoryList) -> Iterator[tuple[str, Story]]:
    """Yield the stories one by one, each with the reference of its issue."""
    for key in stories.keys:
        if found := library.find_story(key):
            yield found[0], library.get_story(*found)


def _load_chapters(library: Library, chapters: Sequence[Chapter]) -> Iterator[tuple[Story, Mapping[int, str]]]:
    """Yield the stories one by one, each with the stories of these issues that it refers to, by issue number."""
    issue_refs = {chapter.ref.rpartition("/")[0] for chapter in chapters}
    with Threads(library.archive.path) as threads:
        for chapter in chapters:
            ref, _, position = chapter.ref.rpartition("/")
            story = library.get_story(ref, int(position))
            mentioned = {library.find_issue_ref(mention.number) for mention in story.cross_references}
            yield story, _find_references(threads, story) if mentioned & (issue_refs - {ref}) else {}


def _find_references(threads: Threads, story: Story) -> dict[int, str]:
    origin = threads.get_story(story.key)
    references = threads.get_references_from(origin) if origin else ()
    return {x.number: x.story.ref for x in references if x.story and x.number is not None}
