"""Books: valid for any text, with links between their stories, and the same for the same contents."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from importai_tui.library.library import Library
from importai_tui.model import (
    Block,
    Code,
    CrossReference,
    Figure,
    Heading,
    Issue,
    Link,
    LinkKind,
    LinkRole,
    ListBlock,
    ListItem,
    Paragraph,
    ParagraphRole,
    Quote,
    Rule,
    Span,
    Story,
    StoryKind,
)
from importai_tui.output.books import StoryList, find_tales, make_book
from importai_tui.output.epub import Book, BookIssue, Chapter, write_epub
from importai_tui.output.xhtml import format_story, to_href
from tests.examples import make_story

NOW = datetime(2026, 11, 30, 12, 0, 4, tzinfo=UTC)
XHTML = "{http://www.w3.org/1999/xhtml}"
DC = "{http://purl.org/dc/elements/1.1/}"
HOSTILE = (
    "\x00\x01\x08\x0b\x1b]0;title\x07\x1b[31m\x7f\x85\x9b0m]]><![CDATA[<script>alert(1)</script>&amp;&nope;&#0;"
    "<!-- -- ?>\ud800\udfff\ufffe\uffff\U0001ffff\u2028\"'`\t"
    "\u202e\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627"
)
ODD_URLS = (
    "https://example.org/a[b]?x=[1]&y=%zz#a#b",
    "https://example.org/?q=a|b{c}",
    "https://exa_mple.org/_",
    "http://[::1]:8080/x",
    "https://例え.jp/道?ü=ö",
    "javascript:alert(1)",
    "https://example.org/%",
    "https://example.org/\"'<>&",
    "https://user:secret@example.org/",
    "https://example.org./a//b;c=1?&&=#!/x",
    "//example.org/",
    "",
)


def link(n: int, url: str | None, role: LinkRole = LinkRole.INLINE) -> Link:
    return Link(n, f"Link {n}", url, LinkKind.OTHER, None, role, None)


def make_hostile_story(text: str, position: int = 1) -> Story:
    """A story with the text in every place, and with blocks of every kind."""
    spans = (Span(text), Span(text, bold=True, italic=True, code=True), Span("\n"), Span(text, link=1))
    items = tuple(ListItem(spans, depth, number) for depth, number in [(9, None), (0, 3), (2, -1), (1, None), (1, 7)])
    return Story(
        key=f"hostile-{position}",
        position=position,
        kind=StoryKind.TECH_TALES,
        headline=text,
        tagline=text,
        section=text,
        series=text,
        blocks=(
            Paragraph(spans, run_in=(Span(text),)),
            Paragraph(spans, role=ParagraphRole.WHY),
            Paragraph((), role=ParagraphRole.READ_MORE),
            ListBlock(items),
            ListBlock(()),
            Quote(spans),
            Quote(()),
            Heading(spans, 99),
            Heading(spans, -1),
            Code(text),
            Figure(text, 2),
            Figure("", 99),
            Rule(),
            Paragraph((Span(text),), role=ParagraphRole.INSPIRATIONS),
        ),
        links=tuple(link(n, url) for n, url in enumerate((*ODD_URLS, text), 1)),
        cross_references=(CrossReference(401, text), CrossReference(402, "")),
        inspirations=(text, ""),
    )


def read_book(data: bytes) -> dict[str, etree._Element]:
    """Return the XML files of a book; each is parsed, and its links within the book are followed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type, archive.read(first)) == (
            "mimetype",
            zipfile.ZIP_STORED,
            b"application/epub+zip",
        )
        names = archive.namelist()
        pages = {name.rpartition("/")[2]: etree.fromstring(archive.read(name)) for name in names if "ml" in name[-5:]}
        pages["package.opf"] = etree.fromstring(archive.read("EPUB/package.opf"))
    hrefs = {href for page in pages.values() for href in page.xpath("//@href") if ":" not in href}
    assert {f"EPUB/{href}" for href in hrefs} == {n for n in names if n.startswith("EPUB/")} - {"EPUB/package.opf"}
    return pages


def get_text(page: etree._Element) -> str:
    return "".join(page.find(f"{XHTML}body").itertext())


def get_hrefs(page: etree._Element) -> list[str]:
    return [element.get("href") for element in page.iter(f"{XHTML}a")]


def make_hostile_book() -> bytes:
    """A book that has every kind of page, link and metadata, with hostile texts in all of them."""
    texts = (HOSTILE, "\ud800")
    chapters = [
        Chapter(f"{n}/1", text * 200, BookIssue(text, text, url))
        for n, (text, url) in enumerate(zip(texts, ODD_URLS, strict=False))
    ]
    book = Book(HOSTILE, HOSTILE * 200, chapters, (HOSTILE, ""), HOSTILE, HOSTILE, "2026-11-30", ODD_URLS[0], 401)
    stories = ((make_hostile_story(text), {401: "0/1", 402: "1/1", 1: "missing"}) for text in texts)
    return write_epub(book, stories, NOW)


def test_any_text_makes_well_formed_pages() -> None:
    pages = read_book(make_hostile_book())
    body = get_text(pages["story-0001.xhtml"])
    assert "]]><![CDATA[<script>alert(1)</script>&amp;&nope;&#0;<!-- -- ?>" in body
    assert "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627" in body
    assert not pages["story-0001.xhtml"].findall(f".//{XHTML}script")
    assert len(etree.tostring(pages["contents.xhtml"])) < 5_000  # long titles are shortened


def test_a_book_without_stories_is_valid() -> None:
    pages = read_book(write_epub(Book("k", "Nothing yet", ()), (), NOW))
    assert get_hrefs(pages["contents.xhtml"]) == ["title.xhtml"]


def test_epubcheck_finds_no_fault(tmp_path: Path) -> None:
    command = find_epubcheck()
    (tmp_path / "book.epub").write_bytes(make_hostile_book())
    ran = subprocess.run([*command, tmp_path / "book.epub"], capture_output=True, text=True, check=False)
    assert "No errors or warnings detected." in ran.stdout, ran.stderr


def find_epubcheck() -> list[str]:
    """The command; Debian installs a JAR as the program, which not every system can execute."""
    program = shutil.which("epubcheck")
    if not program or not shutil.which("java"):
        pytest.skip("epubcheck is not installed")
    with Path(program).open("rb") as file:
        is_jar = file.read(2) == b"PK"
    fast = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar"]
    return ["java", *fast, os.path.realpath(program)] if is_jar else [program]


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("https://example.org/a[b]?x=[1]&y=%zz#a#b", "https://example.org/a%5Bb%5D?x=%5B1%5D&y=%25zz#a%23b"),
        ("https://example.org/a%20b?c=d;e#f", "https://example.org/a%20b?c=d;e#f"),
        ("javascript:alert(1)", None),
        (None, None),
    ],
)
def test_links_have_only_characters_of_addresses(url: str | None, href: str | None) -> None:
    assert to_href(url) == href


def paragraph(*spans: Span, role: ParagraphRole = ParagraphRole.BODY, run_in: tuple[Span, ...] = ()) -> Paragraph:
    return Paragraph(spans, run_in, role)


def items(*depths_and_numbers: tuple[int, int | None]) -> ListBlock:
    return ListBlock(tuple(ListItem((Span("x"),), depth, number) for depth, number in depths_and_numbers))


BLOCKS: dict[str, Block] = {
    "<p>one<br/>two</p>": paragraph(Span(" one\ntwo ")),
    "<p><strong>What it is</strong> Otters</p>": paragraph(Span("Otters"), run_in=(Span("What it is"),)),
    '<p class="why"><strong>Why:</strong> rivers</p>': paragraph(
        Span("rivers"), run_in=(Span("Why: "),), role=ParagraphRole.WHY
    ),
    '<p>See <a href="https://example.org/a">the <strong><em>paper</em></strong></a>, and this</p>': paragraph(
        Span("See "), Span("the ", link=1), Span("paper", italic=True, bold=True, link=1), Span(", and this", link=2)
    ),
    '<p class="read-more">Read more: <a href="https://example.org/a">Rivers</a></p>': paragraph(
        Span("Read more: "), Span("Rivers", link=1), role=ParagraphRole.READ_MORE
    ),
    "<h3>A &lt;head&gt;</h3>": Heading((Span("A <head>"),), 3),
    "<pre><code>if a &lt; b:pass</code></pre>": Code("if a < b:\n\n    pass"),
    '<p class="figure"><a href="https://example.org/a">An otter</a></p>': Figure("An otter", 1),
    "<hr/>": Rule(),
    "<ul><li>x</li><li>x<ul><li>x</li></ul></li><li>x</li></ul>": items((0, None), (0, None), (5, None), (0, None)),
    '<ol><li value="3">x</li><li value="4">x</li></ol><ul><li>x</li></ul>': items((2, 3), (0, 4), (0, None)),
    '<ul><li>x<ol><li value="1">x</li></ol><ul><li>x</li></ul></li></ul>': items((0, None), (1, 1), (1, None)),
}


def test_each_block_has_its_element() -> None:
    links = (link(1, "https://example.org/a"), link(2, "ftp://example.org/b"))
    for expected, block in BLOCKS.items():
        story = Story("k", 1, StoryKind.STORY, "H", blocks=(block,), links=links)
        lines = format_story(story, "", {}).split("\n")
        assert "".join(line.strip() for line in lines[1:]).startswith(expected)
    quotes = Story("k", 1, StoryKind.STORY, "H", blocks=(Quote((Span("one"),)), Quote((Span("two"),))))
    assert format_story(quotes, "", {}).endswith("<blockquote>\n<p>one</p>\n<p>two</p>\n</blockquote>")


def test_a_link_of_no_block_is_at_the_end() -> None:
    story = replace(make_story("a1", links=2), headline="Otters")
    assert format_story(story, "", {}).endswith(
        '<p class="read-more">Links: <a href="https://example.org/a1/1">Link 1</a>, '
        '<a href="https://example.org/a1/2">Link 2</a></p>'
    )


def test_read_more_lines_and_inspirations_are_last() -> None:
    blocks = (
        paragraph(Span("Read more: there"), role=ParagraphRole.READ_MORE),
        paragraph(Span("Things that inspired this story: rain"), role=ParagraphRole.INSPIRATIONS),
        paragraph(Span("The end")),
    )
    story = Story("k", 1, StoryKind.TECH_TALES, "H", "[2041]", "Tech Tales", None, blocks, inspirations=("rain", "mud"))
    assert "".join(etree.fromstring(f"<p>{format_story(story, 'Today', {})}</p>").itertext()).split("\n") == [
        *("Tech Tales", "H", "[2041]", "Today", "The end", "Read more: there"),
        *("Things that inspired this story", "", "rain", "mud", ""),
    ]


@pytest.fixture
def filled(library: Library) -> Library:
    """Issue 401 with an otter story and a tale, and 402 that refers to the otters in words and in a link."""
    otters = make_story("otters", headline="Otters count the rivers of Yorkshire", words="Otters count rivers.")
    tale = replace(make_story("tale", 2, "The River"), kind=StoryKind.TECH_TALES)
    library.store(
        Issue(401, "s401", "Import AI 401: Otters", "2025-02-24", "https://example.org/401", (otters, tale)), b"1", "1"
    )
    words = (
        Span("Otters count rivers in Yorkshire again (Import AI 401), and (see "),
        Span("before", link=1),
        Span(")."),
    )
    url = "https://example.org/401"
    later = Story(
        *("later", 1, StoryKind.STORY, "Otters of Yorkshire count again"),
        blocks=(Paragraph(words),),
        links=(Link(1, "before", url, LinkKind.ISSUE, "example.org", LinkRole.CROSS_REFERENCE, None),),
        cross_references=(CrossReference(401, "Import AI 401"), CrossReference(401, "before", 1)),
    )
    library.store(Issue(402, "s402", "Import AI 402: Herons", "2025-03-03", None, (later,)), b"2", "2")
    return library


def test_a_reference_within_the_book_is_internal(filled: Library) -> None:
    pages = read_book(make_book(filled, StoryList("otters", ["later", "gone", "otters"]), NOW))
    assert get_hrefs(pages["story-0001.xhtml"]) == ["story-0002.xhtml", "story-0002.xhtml"]
    alone = read_book(make_book(filled, "402/1", NOW))
    assert get_hrefs(alone["story-0001.xhtml"]) == ["https://example.org/401"]


def test_the_contents_list_issues_and_stories(filled: Library) -> None:
    pages = read_book(make_book(filled, StoryList("rivers", ["otters", "tale", "later"], "oldest first"), NOW))
    assert get_text(pages["contents.xhtml"]).split("\n") == [
        *("", "", "Contents", "", "Import AI 401 · 2025-02-24", ""),
        *("Otters count the rivers of Yorkshire", "The River", "", ""),
        *("Otters of Yorkshire count again · Import AI 402 · 2025-03-03", "", "", ""),
    ]
    assert get_text(pages["title.xhtml"]).split("\n")[2:-2] == [
        *("Import AI: rivers", "Jack Clark", "3 stories, oldest first", "2026-11-30")
    ]
    assert "Import AI 401 · 2025-02-24 · 1 min" in get_text(pages["story-0002.xhtml"])


def test_an_issue_has_the_metadata_of_the_newsletter(filled: Library) -> None:
    pages = read_book(make_book(filled, "401", NOW))
    metadata = [element.text for element in pages["package.opf"][0]]
    assert metadata[0].startswith("urn:uuid:")
    assert metadata[1:9] == [
        *("Import AI 401: Otters", "en", "Jack Clark", "2025-02-24", "https://example.org/401"),
        *("Import AI", "series", "401"),
    ]
    assert metadata[-1] == "2026-11-30T12:00:04Z"
    assert "Import AI 401" not in get_text(pages["story-0001.xhtml"])  # the title page names it


def test_the_same_contents_make_the_same_book(filled: Library) -> None:
    tales = find_tales(filled)
    later = datetime(2027, 1, 1, tzinfo=UTC)
    first, second = (make_book(filled, tales, now) for now in (NOW, later))
    assert first == make_book(filled, tales, NOW) != second
    ids = {read_book(data)["package.opf"].findtext(f".//{DC}identifier") for data in (first, second)}
    assert len(ids) == 1
    assert ids != {read_book(make_book(filled, "401", NOW))["package.opf"].findtext(f".//{DC}identifier")}
