"""Hostile text through every export. A real parser of each format reads it back: that text, and nothing else."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from bibtexparser.entrypoint import parse_string
from lxml import etree

from importai_tui.cli.works import WORK_FORMATS
from importai_tui.clock import utc_now
from importai_tui.config.user_commands import UserCommand
from importai_tui.library.library import Library
from importai_tui.links.urls import browser_url
from importai_tui.mcp_server import answers
from importai_tui.model import Issue, LinkKind, LinkRole, Paragraph, ParagraphRole, Span, Story, StoryKind
from importai_tui.parse.clean import clean_line, clean_text
from importai_tui.paths import Places
from importai_tui.state.reading_state import ReadingState
from importai_tui.user_commands.prepare import prepare
from importai_tui.works.work import to_one_line
from tests.cli.test_untrusted import is_harmless
from tests.conftest import RunProgram
from tests.examples import make_story
from tests.output.test_commonmark import get_targets, parse_tokens

PAYLOADS = (
    "\x1b]0;owned\x07 \x1b[31mred\x1b[0m \x9b2J \x1b]8;;https://evil.example\x1b\\here \x00\x08",
    '"double" \'single\' "" \'\' \\ back\\\\slash ,;\t| \\"',
    "one\ntwo\r\nER  - \nTY  - JOUR\nTI  - Other\n---\n# heading\n\n- item\u2028last\u2029",
    "$x^2$ \\input{/etc/passwd} \\write18{id} {\\bf x} 50% & # _ ~ }{ @misc{other, title={x}}",
    "=HYPERLINK(\"https://evil.example\"),+1+1,-2,@SUM(A1)|' /C calc'!A0",
    "+1",
    "- null: &a [*a, {b: !!python/object/apply:os.system [id]}] # no comment",
    "yes",
    "2026-11-30",
    "]]> <script>alert(1)</script> &amp; &lt; &nbsp; <!-- --> <?xml?> <![CDATA[x]]>",
    "[a](javascript:x) ![b](https://evil.example/c.png) `d` <b>e</b> *f* __g__ ~~h~~ | i |",
    "[[wiki]] ![[embed]] #tag %%hidden%% ==lit== ^block $$m$$",
    "\u202egnp.exe\u2066\u05e9\u05dc\u05d5\u05dd\u2069 \u0645\u0631\u062d\u0628\u0627 \u200b\ufeff\u00ad",
    "lone \ud800 surrogates \udfff\udc80 \ufffe\uffff",
    "CON/..\\aux:*?.",
    "a title of many words " * 4_500,
)
COMMON = "otters"
Show = Callable[[str], str]
TEX = {
    "textbackslash": "\\",
    "textasciitilde": "~",
    "textasciicircum": "^",
    "textbraceleft": "{",
    "textbraceright": "}",
}
LINES = [clean_line(payload) for payload in PAYLOADS]
TEXTS = [clean_text(payload).strip() for payload in PAYLOADS]
KEYS = [f"s{n}" for n in range(len(PAYLOADS))]


def make_hostile_story(n: int) -> Story:
    """A story with the payload in every field, as the parser cleans it."""
    story, line = make_story(KEYS[n], n + 1), LINES[n]
    url = f"https://example.org/{n}?q={line[:200]}"
    link = replace(story.links[0], text=line, url=url, role=LinkRole.READ_MORE, kind=LinkKind.PAPER, work=f"work-{n}")
    blocks = (
        Paragraph((Span(f"{COMMON} {TEXTS[n]}"),)),
        Paragraph((Span("Read more: "), Span(line, link=1)), (), ParagraphRole.READ_MORE),
    )
    kind = StoryKind.TECH_TALES if n % 2 else StoryKind.STORY
    return replace(story, kind=kind, headline=line, tagline=line, section=line, blocks=blocks, links=(link,))


def fill(library: Library) -> None:
    stories = tuple(map(make_hostile_story, range(len(PAYLOADS))))
    library.store(Issue(7, "seven", LINES[2], "2026-11-30", "https://example.org/7", stories), b"page", "page.html")
    for key, payload in zip(KEYS, PAYLOADS, strict=True):
        library.set_note(key, "My note.")
        library.add_highlight(key, payload, "My comment.", 3)
        library.add_forecast(key, payload, due_text=payload[:150])
        library.tag([key], payload[:150])
    for n, line in enumerate(LINES):
        library.state.star_work(f"work-{n}", True, line)


def fold(text: str) -> str:
    return " ".join(text.split())


def get_blocks(document: str, name: str) -> list[str]:
    """Return the text in each block of a kind: "heading", "blockquote"; front matter has none."""
    found: list[str] = []
    is_inside = False
    for token in parse_tokens(re.sub(r"\A---\n.*?\n---\n", "", document, flags=re.DOTALL)):
        if token.type == f"{name}_open":
            is_inside = True
            found.append("")
        elif token.type == f"{name}_close":
            is_inside = False
        elif is_inside and token.type in ("text", "code_inline", "softbreak", "hardbreak"):
            found[-1] += token.content or " "
    return list(map(fold, found))


def check_characters(text: str) -> None:
    assert is_harmless("".join(set(text)))  # a set is much faster for a text of 1e5 characters


@pytest.fixture
def show(run: RunProgram) -> Show:
    """Run a command and return what it prints, which is harmless to a terminal."""

    def run_command(line: str) -> str:
        ran = run(*line.split())
        assert ran.status == 0, line
        check_characters(ran.out)
        return ran.out

    return run_command


def check_markdown_notes(show: Show, folder: Path) -> None:
    document = show("export --notes")
    assert get_blocks(document, "heading") == ["Notes on Import AI", *LINES]
    assert get_blocks(document, "blockquote") == list(map(fold, TEXTS))
    assert set(get_targets(document)) == {"https://example.org/7", *get_urls()}
    show(f"export --notes --each {folder}")
    files = sorted(folder.iterdir(), key=lambda path: int(re.findall(r"\d+", path.name)[1]))
    assert len(files) == len(PAYLOADS)
    for n, path in enumerate(files):
        text = path.read_text()
        check_characters(text)
        _, front, body = text.split("---\n", 2)
        properties = yaml.safe_load(front)
        assert (properties["title"], properties["key"], properties["issue"]) == (LINES[n], KEYS[n], 7)
        assert properties.get("links", []) == get_urls(n)
        assert all(re.fullmatch(r"(?=.*[^\d])[\w/-]+", tag) for tag in properties.get("tags", ()))
        assert (get_blocks(body, "heading"), get_blocks(body, "blockquote")) == ([LINES[n]], [fold(TEXTS[n])])
        assert not re.search(r"(?<!\\)(?:\$|#\w|==|%%)", body.replace("# ", "", 1).split("\n\n")[1])
        assert len(path.name.encode()) < 120
        assert not re.search(r'[\[\]#^|\\/:*?"<>]|[. ]\.md$', path.name)


def get_urls(*numbers: int) -> list[str]:
    """Return the links that may be opened, of some stories or of all."""
    urls = (make_hostile_story(n).links[0].url for n in numbers or range(len(PAYLOADS)))
    return [address for url in urls if (address := browser_url(url))]


def load_ris(document: str) -> list[dict[str, Any]]:
    rispy = pytest.importorskip("rispy", reason="rispy is not installed")
    return list(rispy.loads(document))


def check_note_formats(show: Show) -> None:
    header, *rows = csv.reader(io.StringIO(show("export --notes --format readwise"), newline=""), strict=True)
    assert header == ["Highlight", "Title", "Author", "URL", "Note", "Location", "Date"]
    notes, quotes = rows[::2], rows[1::2]
    for n, (note, quote) in enumerate(zip(notes, quotes, strict=True)):
        assert (note[0], note[1], quote[0], quote[1]) == (LINES[n], LINES[n], TEXTS[n], LINES[n])
        assert note[4] == quote[4]
        assert re.fullmatch(r"(\.[\w-]+\n)?", note[4].removesuffix(TEXTS[n]))
        assert [note[2:4], note[5], quote[5]] == [["Jack Clark", "https://example.org/7"], "1", "4"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", quote[6])
    records = load_ris(show("export --notes --format ris"))
    assert [record["title"] for record in records] == list(map(to_one_line, LINES))
    for record, text in zip(records, map(to_one_line, TEXTS), strict=True):
        assert record["notes"] == [text, f"“{text}” — {text}"]
        assert (record["type_of_reference"], record["authors"], record["year"]) == ("BLOG", ["Clark, Jack"], "2026")
    stories = json.loads(show("export --notes --format json"))["stories"]
    lines = list(map(json.loads, show("export --stories").splitlines()))
    for found in (stories, lines):
        assert [(story["headline"], story["note"]) for story in found] == list(zip(LINES, TEXTS, strict=True))
        assert [[x["quote"] for x in story["highlights"]] for story in found] == [[text] for text in TEXTS]
    assert [story["links"][0]["text"] for story in stories] == LINES


def check_forecasts(show: Show) -> None:
    found = json.loads(show("export --forecasts --format json"))["forecasts"]
    assert {x["key"]: x["quote"] for x in found} == dict(zip(KEYS, TEXTS, strict=True))
    assert {x["key"]: x["headline"] for x in found} == dict(zip(KEYS, LINES, strict=True))
    rows = list(csv.DictReader(io.StringIO(show("export --forecasts --format csv"), newline=""), strict=True))
    assert {row["key"]: row["quote"] for row in rows} == dict(zip(KEYS, TEXTS, strict=True))
    document = show("export --forecasts")
    assert get_blocks(document, "heading") == ["Forecasts in Import AI", "Open"]
    assert sorted(get_blocks(document, "blockquote")) == sorted(map(fold, TEXTS))
    assert set(get_targets(document)) == {"https://example.org/7"}
    assert fold(TEXTS[1]) in fold(show("forecasts"))


def check_state(show: Show, path: Path) -> None:
    with ReadingState(path, utc_now) as other:
        result = other.merge(show("export --state").splitlines())
        assert (result.invalid, [other.get_note(key) for key in KEYS]) == (0, TEXTS)


def check_works(show: Show) -> None:
    documents = {form: show(f"export --works --format {form}") for form in WORK_FORMATS}
    works = json.loads(documents["json"])["works"]
    assert len(works) == len(PAYLOADS)
    titles = sorted(to_one_line(item["title"]) for item in json.loads(documents["csl"]))
    assert sorted(record["title"] for record in load_ris(documents["ris"])) == titles
    assert len(get_blocks(documents["markdown"], "list_item")) == len(works)
    assert {url[:20] for url in get_targets(documents["markdown"])} == {"https://example.org/"}
    for form in ("bibtex", "biblatex"):
        parsed = parse_string(documents[form])
        assert (parsed.failed_blocks, len(parsed.entries), len(parsed.blocks)) == ([], len(works), len(works))
        assert sorted(untex(entry["title"]) for entry in parsed.entries) == titles


def untex(value: str) -> str:
    """Return the text of a BibTeX value. An unescaped command or a lone brace fails the test."""
    text = re.sub(
        r"\\(?:(text\w+)\{\}|([&%$#_]))", lambda match: f"\0{ord(TEX[match[1]] if match[1] else match[2])};", value
    )
    text = text.removeprefix("{").removesuffix("}")
    assert not re.search(r"[\\~^&%$#_{}]", text)
    return re.sub("\0(\\d+);", lambda match: chr(int(match[1])), text)


def check_shown(show: Show) -> None:
    issue = json.loads(show("show 7 --json"))
    assert [story["headline"] for story in issue["stories"]] == LINES
    assert [story["text"] for story in issue["stories"]] == [
        f"{COMMON} {text}\n\nRead more: {line}" for text, line in zip(TEXTS, LINES, strict=True)
    ]
    document = show("show 7 --format markdown")
    assert get_blocks(document, "heading")[1:] == LINES
    assert set(get_targets(document)) == {"https://example.org/7", *get_urls()}
    for n in (0, 4, 10):
        assert fold(LINES[n]) in fold(show(f"show 7/{n + 1}"))
        assert get_blocks(show(f"show 7/{n + 1} --format markdown"), "heading") == [LINES[n]]
    assert [link["text"] for link in json.loads(show("links 7 --json"))["links"]] == LINES
    hits = json.loads(show(f"search {COMMON} --json"))["hits"]
    assert sorted(hit["headline"] for hit in hits) == sorted(LINES)
    assert fold(LINES[1]) in fold(show("export --tales"))
    assert get_blocks(show("export --tales --format markdown"), "heading")[1:] == LINES[1::2]


def check_books(show: Show, folder: Path) -> None:
    commands = {
        "show 7 --format epub": LINES,
        "show 7/4 --format epub": LINES[3:4],
        "export --tales --format epub": LINES[1::2],
        f"search {COMMON} --format epub": None,
    }
    for n, (command, lines) in enumerate(commands.items()):
        path = folder / f"{n}.epub"
        show(f"{command} --out {path}")
        with zipfile.ZipFile(path) as book:
            assert book.testzip() is None
            pages = [
                etree.fromstring(book.read(name)) for name in book.namelist() if name.endswith(("html", "opf", "xml"))
            ]
        heads = [
            fold("".join(head.itertext())) for page in pages for head in page.iter("{http://www.w3.org/1999/xhtml}h1")
        ]
        scripts = [x for page in pages for x in page.iter("{http://www.w3.org/1999/xhtml}script")]
        assert not scripts
        assert {line[:80] for line in lines or LINES} <= {head[:80] for head in heads}


def check_programs(library: Library) -> None:
    """Check what programs of the user and language models get."""

    def prepare_text(n: int, text_input: str, form: str) -> str:
        command = UserCommand("x", ("cat",), input=text_input, format=form)
        text = prepare(command, library, f"7/{n + 1}").stdin_text
        assert text
        check_characters(text)
        return text

    for n in (0, 2, 9, 10):
        assert json.loads(prepare_text(n, "story", "json"))["headline"] == LINES[n]
        assert json.loads(prepare_text(n, "highlights", "json"))["stories"][0]["note"] == TEXTS[n]
        assert len(json.loads(prepare_text(n, "works", "json"))["works"]) == 1
        assert get_blocks(prepare_text(n, "story", "markdown"), "heading") == [LINES[n]]
        assert get_blocks(prepare_text(n, "highlights", "markdown"), "heading")[0] == LINES[n]
        assert len(get_blocks(prepare_text(n, "works", "markdown"), "list_item")) == 1
        assert fold(TEXTS[n]) in fold(prepare_text(n, "story", "text"))
        assert fold(TEXTS[n]) in fold(prepare_text(n, "highlights", "text"))
        assert len(prepare_text(n, "works", "text").splitlines()) == 1
    found, offset = list[dict[str, object]](), 0
    while offset is not None:
        page = answers.list_annotations(library, "", None, None, 100, offset)
        found, offset = [*found, *page["stories"]], page["next_offset"]
    assert sorted(str(story["headline"]) for story in found) == sorted(LINES)
    assert get_blocks(answers.get_issue_text(library, "7"), "heading")[1:3] == LINES[:2]


def test_every_export_has_the_text_and_nothing_else(show: Show, places: Places, tmp_path: Path) -> None:
    with Library.open(places) as library:
        fill(library)
    check_markdown_notes(show, tmp_path / "notes")
    check_works(show)
    check_forecasts(show)
    check_shown(show)
    check_books(show, tmp_path)
    with Library.open(places) as library:  # the user's own notes may be Markdown, so that only data formats have these
        for key, payload in zip(KEYS, PAYLOADS, strict=True):
            library.set_note(key, payload)
            for highlight in library.state.get_highlights(key):
                library.state.set_remark(key, highlight.id, payload)
        check_programs(library)
    check_note_formats(show)
    check_state(show, tmp_path / "other.sqlite3")
