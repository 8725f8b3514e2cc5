"""Writes an EPUB 3.3 book: a title page, a table of contents, and a chapter for each story."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import groupby
from uuid import NAMESPACE_URL, uuid5
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from importai_tui.model import Story
from importai_tui.output.text import join_facts
from importai_tui.output.xhtml import escape_line, format_link, format_page, format_story, to_href
from importai_tui.parse.clean import clean_line, shorten
from importai_tui.wording import NEWSLETTER

_MAX_LABEL_LENGTH = 200
"""Characters of a title in a list, as in a library or a table of contents; the page itself has all of them."""
_FOLDER = "EPUB"
_TITLE_PAGE, _CONTENTS, _STYLE = "title.xhtml", "contents.xhtml", "style.css"

_CONTAINER = f"""<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles>
<rootfile full-path="{_FOLDER}/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"""

_CSS = """\
/* No colours, fonts or sizes of text: they are the reader's choice, by day and by night. */
body { margin: 0 4%; overflow-wrap: break-word; }
a { color: inherit; }
h1, h2, h3, h4, h5, h6 { line-height: 1.25; text-align: left; page-break-after: avoid; break-after: avoid; }
h1 { font-size: 1.5em; margin: 1em 0 0.5em; }
h2, h3, h4, h5, h6 { font-size: 1.1em; margin: 1.5em 0 0.5em; }
p { margin: 0 0 0.8em; }
ul, ol { margin: 0 0 0.8em; padding-left: 1.5em; }
li { margin: 0 0 0.3em; }
blockquote { margin: 0 0 0.8em 1.5em; font-style: italic; }
pre { white-space: pre-wrap; font-size: 0.85em; margin: 0 0 0.8em; }
hr { border: 0; border-top: 1px solid; width: 25%; margin: 1.5em auto; }
.section { font-size: 0.85em; font-variant: small-caps; margin: 1em 0 0; }
.section + h1 { margin-top: 0.2em; }
.tagline { font-style: italic; }
.facts, .read-more, .figure { font-size: 0.85em; }
.facts { margin-bottom: 1.5em; }
.why { border-left: 0.15em solid; padding-left: 0.8em; }
.why + .why { margin-top: -0.8em; padding-top: 0.8em; }
.title { margin-top: 20%; }
nav ol { list-style: none; padding-left: 0; }
nav ol ol { padding-left: 1.2em; }
nav a { text-decoration: none; }
nav li { margin: 0.5em 0; }
"""


@dataclass(frozen=True, slots=True)
class BookIssue:
    """An issue that stories of a book are from. `date` is a text for users."""

    name: str
    date: str = ""
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """A story of a book, without its text. `ref` is that of the command line."""

    ref: str
    headline: str
    issue: BookIssue


@dataclass(frozen=True, slots=True)
class Book:
    """A book without the text of its stories.

    `key` identifies the content: a book with the same key replaces an older copy in the library of an e-reader.
    """

    key: str
    title: str
    chapters: Sequence[Chapter]
    facts: Sequence[str] = ()
    """Lines of the title page."""
    subtitle: str = ""
    author: str | None = None
    date: str | None = None
    """The date of publication, YYYY-MM-DD, if it is known."""
    url: str | None = None
    """The page on the web that all of it is from."""
    series_number: int | None = None
    """The number in the series of issues, if the book is an issue."""
    names_issues: bool = True
    """Each story names its issue. False for a whole issue, which the title page names."""


def write_epub(book: Book, stories: Iterable[tuple[Story, Mapping[int, str]]], now: datetime) -> bytes:
    """Return the file. The same book with the same time gives the same bytes.

    Args:
        book: the title page and the headlines.
        stories: the stories in the order of the chapters, each with the references to the stories that it mentions,
            by the number of their issue. They are read one by one, so that they need not all be in memory.
        now: the time of this version, aware.
    """
    output = BytesIO()
    page_by_ref = {chapter.ref: _get_page_name(n) for n, chapter in enumerate(book.chapters)}
    with ZipFile(output, "w") as archive:

        def add(name: str, text: str, compression: int = ZIP_DEFLATED) -> None:
            info = ZipInfo(name)  # with a fixed time, so that the bytes depend on the contents alone
            info.compress_type = compression
            info.external_attr = 0o644 << 16
            archive.writestr(info, text.encode())

        add("mimetype", "application/epub+zip", ZIP_STORED)  # uncompressed and first, so that it can be recognised
        add("META-INF/container.xml", _CONTAINER)
        add(f"{_FOLDER}/package.opf", _format_package(book, now.astimezone(UTC)))
        add(f"{_FOLDER}/{_STYLE}", _CSS)
        add(f"{_FOLDER}/{_TITLE_PAGE}", format_page(_shorten(book.title), _format_title_page(book), "frontmatter"))
        add(f"{_FOLDER}/{_CONTENTS}", format_page(_shorten(book.title), _format_contents(book), "frontmatter"))
        for chapter, (story, references) in zip(book.chapters, stories, strict=True):
            internal = {number: page_by_ref[ref] for number, ref in references.items() if ref in page_by_ref}
            facts = _format_issue(chapter.issue, story) if book.names_issues else ""
            body = f'<section epub:type="chapter">\n{format_story(story, facts, internal)}\n</section>'
            page = format_page(_shorten(chapter.headline), body, "bodymatter")
            add(f"{_FOLDER}/{page_by_ref[chapter.ref]}", page)
    return output.getvalue()


def _get_page_name(index: int) -> str:
    return f"story-{index + 1:04}.xhtml"


def _shorten(title: str) -> str:
    return shorten(clean_line(title), _MAX_LABEL_LENGTH) or "…"


def _format_package(book: Book, moment: datetime) -> str:
    identifier = uuid5(NAMESPACE_URL, f"importai-tui:{clean_line(book.key)}")
    pages = [_TITLE_PAGE, _CONTENTS, *(_get_page_name(n) for n in range(len(book.chapters)))]
    items = [f'<item id="style" href="{_STYLE}" media-type="text/css"/>']
    for n, page in enumerate(pages):
        properties = ' properties="nav"' if page == _CONTENTS else ""
        items.append(f'<item id="page-{n}" href="{page}" media-type="application/xhtml+xml"{properties}/>')
    references = [f'<itemref idref="page-{n}"/>' for n in range(len(pages))]
    return "\n".join([
        '<?xml version="1.0" encoding="utf-8"?>',
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">',
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">',
        f'<dc:identifier id="id">urn:uuid:{identifier}</dc:identifier>',
        *_format_metadata(book),
        f'<meta property="dcterms:modified">{moment:%Y-%m-%dT%H:%M:%SZ}</meta>',
        "</metadata>",
        "<manifest>",
        *items,
        "</manifest>",
        "<spine>",
        *references,
        "</spine>",
        "</package>",
        "",
    ])  # fmt: skip


def _format_metadata(book: Book) -> Iterator[str]:
    yield f"<dc:title>{escape_line(_shorten(_get_full_title(book)))}</dc:title>"
    yield "<dc:language>en</dc:language>"
    if book.author:
        yield f"<dc:creator>{escape_line(book.author)}</dc:creator>"
    if book.date:
        yield f"<dc:date>{escape_line(book.date)}</dc:date>"
    if url := to_href(book.url):
        yield f"<dc:source>{escape_line(url)}</dc:source>"
    if book.series_number is not None:
        yield f'<meta property="belongs-to-collection" id="series">{NEWSLETTER}</meta>'
        yield '<meta refines="#series" property="collection-type">series</meta>'
        yield f'<meta refines="#series" property="group-position">{book.series_number}</meta>'
    # What readers with a screen reader look for (EPUB Accessibility 1.1, section 2).
    yield '<meta property="schema:accessMode">textual</meta>'
    yield '<meta property="schema:accessModeSufficient">textual</meta>'
    yield '<meta property="schema:accessibilityFeature">tableOfContents</meta>'
    yield '<meta property="schema:accessibilityFeature">structuralNavigation</meta>'
    yield '<meta property="schema:accessibilityHazard">none</meta>'


def _get_full_title(book: Book) -> str:
    return ": ".join(filter(None, (book.title, book.subtitle)))


def _format_title_page(book: Book) -> str:
    lines = [f'<h1 class="title">{escape_line(book.title)}</h1>']
    lines += [f'<p class="tagline">{escape_line(book.subtitle)}</p>'] if book.subtitle else []
    lines += [f"<p>{escape_line(line)}</p>" for line in (book.author or "", *book.facts) if line]
    if url := to_href(book.url):
        lines.append(f"<p>{format_link(escape_line(url), url)}</p>")
    return "\n".join(['<section epub:type="titlepage">', *lines, "</section>"])


def _format_contents(book: Book) -> str:
    """Return the table of contents: issues with their stories. An issue of which there is only one is not a level."""
    lines = []
    for issue, group in groupby(enumerate(book.chapters), key=lambda pair: pair[1].issue):
        chapters = list(group)
        name = join_facts((issue.name, issue.date))
        is_level = book.names_issues and len(chapters) > 1
        if is_level:
            # The line of an issue leads to its first story, because some readers can't show one without a target.
            lines += [f"<li>{format_link(escape_line(_shorten(name)), _get_page_name(chapters[0][0]))}", "<ol>"]
        for n, chapter in chapters:
            label = _shorten(chapter.headline)
            if book.names_issues and not is_level:
                label = join_facts((label, _shorten(name)))
            lines.append(f"<li>{format_link(escape_line(label), _get_page_name(n))}</li>")
        lines += ["</ol>", "</li>"] if is_level else []
    if not lines:  # a table of contents may not be empty
        lines.append(f"<li>{format_link(escape_line(_shorten(book.title)), _TITLE_PAGE)}</li>")
    return "\n".join(['<nav epub:type="toc">', "<h1>Contents</h1>", "<ol>", *lines, "</ol>", "</nav>"])


def _format_issue(issue: BookIssue, story: Story) -> str:
    """Return the line below a headline that names the issue, with a link to its page."""
    name = format_link(escape_line(_shorten(issue.name)), to_href(issue.url))
    return " · ".join(filter(None, (name, escape_line(issue.date), f"{story.reading_minutes} min")))
