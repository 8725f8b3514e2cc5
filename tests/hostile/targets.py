"""What bytes from outside are put into, and what must hold whatever they are: the same for every way of making them.

A target takes any bytes. Errors of our own tree are its answer; any other exception, and any text that a terminal would
obey, is a finding.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from importai_tui.archive.stories import decode_story, encode_body
from importai_tui.config.checker import Checker
from importai_tui.config.render import settings_table
from importai_tui.config.schema import ConfigError, ConfigWithOrigins
from importai_tui.errors import NotFound, ReaderError, SyncError, UnreadableInput
from importai_tui.http.client import HttpClient
from importai_tui.http.responses import Response, check_response
from importai_tui.keymap import effective_keys
from importai_tui.keymap.command_line import InvalidCommand, Names, complete, parse_command_line
from importai_tui.keymap.key_names import UnknownKey, parse_key
from importai_tui.library.library import Library
from importai_tui.links.classify import kind_of
from importai_tui.links.urls import host_of, is_issue, tidy, untracked, unwrapped, vetted
from importai_tui.links.work_ids import work_id
from importai_tui.model import Issue
from importai_tui.parse.clean import clean_line, clean_text
from importai_tui.parse.containers import documents_of_json_feed, documents_of_posts
from importai_tui.parse.feeds import documents_of_feed
from importai_tui.parse.pipeline import parse_issues
from importai_tui.paths import Places
from importai_tui.query.completion import Sources
from importai_tui.query.completion import complete as completed
from importai_tui.query.parser import read_query
from importai_tui.search.search import Search
from importai_tui.state.reading_state import ReadingState
from importai_tui.sync.fetcher import SourceSync, sort_posts
from importai_tui.sync.rss import posts_of
from importai_tui.sync.sources import SUBSTACK
from importai_tui.sync.wordpress import decode_posts
from tests.examples import make_page
from tests.hostile.harmless import assert_harmless
from tests.parse_pool.in_process import InProcessParser

NOON = datetime(2030, 6, 1, 12, tzinfo=UTC)


class Target(NamedTuple):
    """A way in. `check` raises for whatever must not be; `sort` says what its examples are made of."""

    name: str
    sort: str
    check: Callable[[bytes], None]


def said(data: bytes) -> str:
    """The bytes as an argument of a command holds them: what is no UTF-8 becomes half characters."""
    return data.decode("utf-8", "surrogateescape")


def check_issue(issue: Issue) -> None:
    """An issue as every screen and command trusts it to be."""
    assert_harmless(issue)
    assert_harmless([issue.title, issue.slug, issue.date or "", issue.url or ""], lines=False)
    assert issue.stories
    assert len({story.key for story in issue.stories}) == len(issue.stories), "two stories with one key"
    for position, story in enumerate(issue.stories, 1):
        assert_harmless([story.key, story.headline, story.tagline or "", story.section or ""], lines=False)
        assert_harmless([(link.text, link.url, link.host, link.work) for link in story.links], lines=False)
        assert story.headline
        assert story.position == position
        assert [link.n for link in story.links] == list(range(1, len(story.links) + 1))
        assert all(link.url is None or link.url.lower().startswith(("http://", "https://")) for link in story.links)
        row = (story.key, story.position, story.kind, story.headline, story.tagline, story.section)
        assert decode_story(*row, encode_body(story)) == story, "not the same out of the archive"
        story.text.encode()


def _document(data: bytes) -> None:
    try:
        for page in parse_issues(data):
            if page.understanding:
                check_issue(page.understanding.issue)
            assert_harmless(clean_line(page.document.place))
    except UnreadableInput as refusal:
        assert_harmless(clean_line(str(refusal)))


def _feed(data: bytes) -> None:
    """A feed: its entries, none of which may make the reader fail."""
    try:
        entries = list(documents_of_feed(data))
    except UnreadableInput as refusal:
        assert_harmless(clean_line(str(refusal)))
        return
    for entry in entries:
        assert "cannot be understood" not in entry.problem, entry.problem
        entry.data.decode()
        assert_harmless(clean_line(f"{entry.title} {entry.url} {entry.place} {entry.problem}"))
        assert entry.date is None or datetime.fromisoformat(entry.date)


def _answer(data: bytes) -> None:
    """An answer of a source: a line of JSON with status and headers, and the body behind it; else all is body."""
    first, _, rest = data.partition(b"\n")
    status, headers = 200, {"content-type": "text/xml"}
    with suppress(ValueError, RecursionError):
        told = json.loads(first)
        if isinstance(told, dict) and isinstance(told.get("status"), int):
            status, data = told["status"], rest
            headers = {str(name).lower(): str(value) for name, value in told.items()}
    answer = Response(status, headers, data, "https://importai.substack.com/feed")
    visit = SourceSync(SUBSTACK, empty_library(), HttpClient(), InProcessParser(), lambda _: None, lambda: 0.0)
    try:
        check_response(answer, conditional=False, now=NOON)
        asyncio.run(_read_posts(visit, answer))
        failed = visit.report().failed
        assert not any("cannot be understood" in reason for reason in failed), failed
        assert_harmless(failed, lines=False)
    except SyncError as trouble:
        assert_harmless(clean_line(str(trouble)))


async def _read_posts(visit: SourceSync, answer: Response) -> None:
    is_rest = answer.format != "xml" and not documents_of_json_feed(answer.body)
    documents = list(documents_of_posts(decode_posts(answer, visit))) if is_rest else await posts_of(answer, visit)
    sort_posts(documents, substack=False)
    for arrived in await visit.read(documents):
        for story in arrived.issue.stories:
            kind, headline, tagline, section = story.head[1:]
            decoded = decode_story(story.key, story.head[0], kind, headline, tagline, section, story.body)
            assert_harmless(decoded)


def _query(data: bytes) -> None:
    line = clean_line(said(data))
    for typing in (False, True):
        query = read_query(line, typing=typing)
        assert_harmless(query, lines=False)
        with Search(known_library().archive.path) as search:
            answer = search.answer(query, known_library().state.marks(query.fields()), limit=3)
            assert_harmless(search.excerpts(answer))
            assert_harmless(search.suggestion(query) or "", lines=False)
            search.days(query, {})
    with Search(known_library().archive.path) as search:
        search.answer(read_query(said(data)), {}, limit=3)
    completed(line, len(line), Sources((), (2031,), (7,), _hosts))


def _hosts(beginning: str) -> list[str]:
    """The hosts of the known library that begin so."""
    with Search(known_library().archive.path) as search:
        return search.hosts(beginning)


def _config(data: bytes) -> None:
    with suppress(UnicodeDecodeError):
        _settings(data.decode("utf-8-sig"), {})
    words = said(data).replace("\0", "")[:_LONGEST_WORDS]
    for name in ("IMPORTAI_TUI_READING_MEASURE", "IMPORTAI_TUI_SYNC_SOURCES", "IMPORTAI_TUI_STATE_SHARED_FOLDER"):
        _settings("", {name: words})
    _settings("", {f"IMPORTAI_TUI_READING_{clean_line(words)}": words})


_LONGEST_WORDS = 4_000
"""Characters of a variable: the environment is one's own, and the standard library splits a long one slowly."""


def _settings(text: str, environ: Mapping[str, str]) -> None:
    checker = Checker(Path("config.toml"), text, environ)
    try:
        config = checker.check()
    except ConfigError as error:
        for line in error.errors:
            assert len(clean_line(line)) < 2_000
        return
    effective_keys(config.preset, config.keys)
    json.dumps(list(settings_table(ConfigWithOrigins(config, checker.origins()))))


def _keys(data: bytes) -> None:
    with suppress(UnknownKey):
        assert_harmless(parse_key(said(data)), lines=False)
    known = Names({"402": 3, "latest": 3, "otters": 2}, ("terminal", "paper"), ("keys", "search"))
    meant = parse_command_line(said(data), known)
    if isinstance(meant, InvalidCommand):
        assert len(meant.sentence) < 1_000
    complete(said(data), known)


def _ref(data: bytes) -> None:
    with suppress(NotFound):
        known_library().resolve(said(data))


def _address(data: bytes) -> None:
    """What the parser does with an address, and what stands before the browser."""
    url = clean_line(said(data)).replace(" ", "%20")
    inner = unwrapped(said(data))
    assert inner is None or isinstance(inner, str)
    untracked(url)
    tidy(url)
    kind_of(url, "words", "Read more")
    is_issue(url)
    assert_harmless([host_of(url) or "", work_id(url) or ""], lines=False)
    with suppress(ReaderError):
        vetted(said(data))


def _state(data: bytes) -> None:
    """Lines of another machine: merged, given out again and merged again, nothing is left to merge."""
    with tempfile.TemporaryDirectory() as folder:
        clock = lambda: NOON  # noqa: E731
        with ReadingState(Path(folder) / "one.sqlite3", clock, daily=False) as one:
            merged = one.merge(data.decode("utf-8", "replace").split("\n"))
            assert_harmless(merged.faults, lines=False)
            given = list(one.lines())
            for line in given:
                assert_harmless(line, lines=False)
                assert_harmless(json.loads(line))
            assert one.check() == ()
            assert one.merge(given).applied == 0
            assert_harmless([one.all_tags(), [story.name for story in one.kept_stories()]])
            assert one.rebuild_from_journal() == 0 or list(one.lines()) == given


def _shared(data: bytes) -> None:
    """A file in the shared folder."""
    with tempfile.TemporaryDirectory() as folder:
        carried = Path(folder) / "carried"
        carried.mkdir()
        (carried / "importai-tui-other.jsonl").write_bytes(data)
        with ReadingState(Path(folder) / "one.sqlite3", lambda: NOON, carried, daily=False) as state:
            state.mark(["ada"], read=True)
            state.changed()
            assert "ada" in state.read_keys() or b'"ada"' in data
            assert state.check() == ()
            for line in state.lines():
                assert_harmless(json.loads(line))


def _clean(data: bytes) -> None:
    """The door itself: what has passed is harmless, and passes again as it is."""
    for text in (
        said(data),
        data.decode("utf-16", "surrogatepass") if len(data) % 2 == 0 else "",
        data.decode("latin-1"),
    ):
        for door, lines in ((clean_text, True), (clean_line, False)):
            passed = door(text)
            assert_harmless(passed, lines=lines)
            assert door(passed) == passed, "not the same the second time"


@cache
def _folder() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="importai-tui-hostile-")
    _KEPT.append(folder)
    return Path(folder.name)


_KEPT: list[tempfile.TemporaryDirectory[str]] = []
"""Folders that are there until the process ends."""


@cache
def known_library() -> Library:
    """A library with two issues, the same for a whole run."""
    library = Library.open(Places.under(_folder() / "known"), daily=False)
    for number, subject in enumerate(("otters", "badgers"), 7):
        page = make_page(subject)
        for one in parse_issues(page):
            assert one.understanding
            library.store(one.understanding.issue, page, f"{number}.html")
    while library.index_some():
        pass
    return library


@cache
def empty_library() -> Library:
    """A library with nothing in it."""
    return Library.open(Places.under(_folder() / "empty"), daily=False)


TARGETS = (
    Target("page", "page", _document),
    Target("container", "container", _document),
    Target("feed", "feed", _feed),
    Target("answer", "answer", _answer),
    Target("query", "query", _query),
    Target("config", "config", _config),
    Target("line", "line", _keys),
    Target("ref", "line", _ref),
    Target("address", "address", _address),
    Target("state", "state", _state),
    Target("shared-folder", "state", _shared),
    Target("clean", "text", _clean),
)
