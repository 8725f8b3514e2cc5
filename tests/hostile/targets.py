"""The targets of fuzzing: functions that take any bytes, and check what must always hold.

An error of the program's own tree is a valid answer. Any other exception is a finding, and so is any text that a
terminal would execute.
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

from importai_tui.archive.stories import encode_story
from importai_tui.config.checker import Checker
from importai_tui.config.render import get_settings_rows
from importai_tui.errors import NotFoundError, ReaderError, SyncError, UnreadableInputError
from importai_tui.http.client import HttpClient
from importai_tui.http.responses import Response, check_response
from importai_tui.keymap import effective_keys
from importai_tui.keymap.command_line import InvalidCommand, KnownNames, complete_command_line, parse_command_line
from importai_tui.keymap.key_names import UnknownKeyError, parse_key
from importai_tui.library.library import Library
from importai_tui.links.classify import classify_link
from importai_tui.links.redirects import unwrap_url
from importai_tui.links.urls import get_host, is_issue_url, normalise_url, strip_tracking, validate_url
from importai_tui.links.work_ids import get_work_id
from importai_tui.model import Issue
from importai_tui.parse.clean import clean_line, clean_text
from importai_tui.parse.containers import convert_posts, read_json_feed
from importai_tui.parse.feeds import read_entries
from importai_tui.parse.pipeline import parse_issues
from importai_tui.paths import Places
from importai_tui.query.completion import CompletionSources
from importai_tui.query.completion import complete_query as completed
from importai_tui.query.parser import parse_query
from importai_tui.search.search import Search
from importai_tui.state.reading_state import ReadingState
from importai_tui.sync.excerpts import sort_posts
from importai_tui.sync.fetcher import SourceSync
from importai_tui.sync.rss import read_feed
from importai_tui.sync.sources import SUBSTACK
from importai_tui.sync.wordpress import decode_posts
from tests.examples import make_page
from tests.hostile.safe_text import assert_harmless
from tests.parse_pool.in_process import InProcessParser

NOON = datetime(2030, 6, 1, 12, tzinfo=UTC)


class Target(NamedTuple):
    """An entry point of the program. `check` raises on a finding; `kind` names its examples."""

    name: str
    kind: str
    check: Callable[[bytes], None]


def decode_argument(data: bytes) -> str:
    """Decode bytes like a command-line argument: invalid UTF-8 becomes surrogates."""
    return data.decode("utf-8", "surrogateescape")


def assert_valid_issue(issue: Issue) -> None:
    """Check the properties of an issue on which every screen and command relies."""
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
        assert encode_story(story).load() == story, "the archive changes the story"
        story.text.encode()


def _check_document(data: bytes) -> None:
    try:
        for page in parse_issues(data):
            if page.report:
                assert_valid_issue(page.report.issue)
            assert_harmless(clean_line(page.document.name_in_container))
    except UnreadableInputError as refusal:
        assert_harmless(clean_line(str(refusal)))


def _check_feed(data: bytes) -> None:
    """Check a feed: no entry may make the parser fail."""
    try:
        entries = list(read_entries(data))
    except UnreadableInputError as refusal:
        assert_harmless(clean_line(str(refusal)))
        return
    for entry in entries:
        assert "can't be parsed" not in entry.problem, entry.problem
        entry.data.decode()
        assert_harmless(clean_line(f"{entry.title} {entry.url} {entry.name_in_container} {entry.problem}"))
        assert entry.date is None or datetime.fromisoformat(entry.date)


def _check_response(data: bytes) -> None:
    """Check a response: a line of JSON with status and headers, and the body; without that line all is body."""
    first, _, rest = data.partition(b"\n")
    status, headers = 200, {"content-type": "text/xml"}
    with suppress(ValueError, RecursionError):
        head = json.loads(first)
        if isinstance(head, dict) and isinstance(head.get("status"), int):
            status, data = head["status"], rest
            headers = {str(name).lower(): str(value) for name, value in head.items()}
    answer = Response(status, headers, data, "https://importai.substack.com/feed")
    visit = SourceSync(SUBSTACK, open_empty_library(), HttpClient(), InProcessParser(), lambda _: None, lambda: 0.0)
    try:
        check_response(answer, conditional=False, now=NOON)
        asyncio.run(_read_posts(visit, answer))
        failed = visit.build_report().failed_posts
        assert not any("can't be parsed" in reason for reason in failed), failed
        assert_harmless(failed, lines=False)
    except SyncError as error:
        assert_harmless(clean_line(str(error)))


async def _read_posts(visit: SourceSync, answer: Response) -> None:
    is_rest = answer.format != "xml" and not read_json_feed(answer.body)
    documents = list(convert_posts(decode_posts(answer, visit))) if is_rest else await read_feed(answer, visit)
    sort_posts(documents, is_substack=False)
    for arrived in await visit.parse_documents(documents):
        for story in arrived.issue.stories:
            assert_harmless(story.row.load())


def _check_query(data: bytes) -> None:
    line = clean_line(decode_argument(data))
    for typing in (False, True):
        query = parse_query(line, is_typing=typing)
        assert_harmless(query, lines=False)
        with Search(open_filled_library().archive.path) as search:
            answer = search.find(query, open_filled_library().state.get_marks(query.mark_fields()), limit=3)
            assert_harmless(search.make_excerpts(answer))
            assert_harmless(search.get_remarks(answer), lines=False)
            search.count_by_day(query, {})
    with Search(open_filled_library().archive.path) as search:
        search.find(parse_query(decode_argument(data)), {}, limit=3)
    completed(line, len(line), CompletionSources((), (2031,), (7,), _find_hosts))


def _find_hosts(beginning: str) -> list[str]:
    """Return the hosts of the filled library that start like this."""
    with Search(open_filled_library().archive.path) as search:
        return search.find_hosts(beginning)


def _check_config(data: bytes) -> None:
    with suppress(UnicodeDecodeError):
        _check_settings(data.decode("utf-8-sig"), {})
    words = decode_argument(data).replace("\0", "")[:_MAX_VARIABLE_LENGTH]
    for name in ("IMPORTAI_TUI_READING_MEASURE", "IMPORTAI_TUI_SYNC_SOURCES", "IMPORTAI_TUI_LINKS_OPENERS"):
        _check_settings("", {name: words})
    _check_settings("", {f"IMPORTAI_TUI_READING_{clean_line(words)}": words})


_MAX_VARIABLE_LENGTH = 4_000
"""Characters of a variable. The user controls the environment, and the standard library splits a long one slowly."""


def _check_settings(text: str, environ: Mapping[str, str]) -> None:
    loaded = Checker(Path("config.toml"), text, environ).check()
    for problem in loaded.problems:
        assert len(clean_line(problem)) < 2_000
    effective_keys(loaded.config.preset, loaded.config.keys)
    json.dumps(list(get_settings_rows(loaded)))


def _check_command_line(data: bytes) -> None:
    with suppress(UnknownKeyError):
        assert_harmless(parse_key(decode_argument(data)), lines=False)
    known = KnownNames({"402": 3, "latest": 3, "otters": 2}, ("terminal", "paper"), ("keys", "search"))
    command = parse_command_line(decode_argument(data), known)
    if isinstance(command, InvalidCommand):
        assert len(command.message) < 1_000
    complete_command_line(decode_argument(data), known)


def _check_ref(data: bytes) -> None:
    with suppress(NotFoundError):
        open_filled_library().resolve(decode_argument(data))


def _check_url(data: bytes) -> None:
    """Check the parser's handling of a URL, and the check before the browser."""
    url = clean_line(decode_argument(data)).replace(" ", "%20")
    inner = unwrap_url(decode_argument(data))
    assert inner is None or isinstance(inner, str)
    strip_tracking(url)
    normalise_url(url)
    classify_link(url, "words", "Read more")
    is_issue_url(url)
    assert_harmless([get_host(url) or "", get_work_id(url) or ""], lines=False)
    with suppress(ReaderError):
        validate_url(decode_argument(data))


def _check_state(data: bytes) -> None:
    """Check lines of another machine: merging the own export again changes nothing."""
    with tempfile.TemporaryDirectory() as folder:
        clock = lambda: NOON  # noqa: E731
        with ReadingState(Path(folder) / "one.sqlite3", clock, copy_daily=False) as state:
            merged = state.merge(data.decode("utf-8", "replace").split("\n"))
            assert_harmless(merged.errors, lines=False)
            lines = list(state.export_lines())
            for line in lines:
                assert_harmless(line, lines=False)
                assert_harmless(json.loads(line))
            assert state.find_problems() == ()
            assert state.merge(lines).applied == 0
            assert_harmless([state.count_tags(), [story.name for story in state.get_story_states()]])
            assert state.rebuild_from_journal() == 0 or list(state.export_lines()) == lines


def _check_shared_folder(data: bytes) -> None:
    """Check a file in the shared folder."""
    with tempfile.TemporaryDirectory() as folder:
        shared = Path(folder) / "shared"
        shared.mkdir()
        (shared / "importai-tui-other.jsonl").write_bytes(data)
        with ReadingState(Path(folder) / "one.sqlite3", lambda: NOON, shared, copy_daily=False) as state:
            state.mark(["ada"], read=True)
            state.poll_changes()
            assert "ada" in state.get_read_keys() or b'"ada"' in data
            assert state.find_problems() == ()
            for line in state.export_lines():
                assert_harmless(json.loads(line))


def _check_cleaning(data: bytes) -> None:
    """Check that cleaned text is harmless, and unchanged by a second cleaning."""
    for text in (
        decode_argument(data),
        data.decode("utf-16", "surrogatepass") if len(data) % 2 == 0 else "",
        data.decode("latin-1"),
    ):
        for clean, allow_lines in ((clean_text, True), (clean_line, False)):
            cleaned = clean(text)
            assert_harmless(cleaned, lines=allow_lines)
            assert clean(cleaned) == cleaned, "changed by a second cleaning"


@cache
def _make_folder() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="importai-tui-hostile-")
    _FOLDERS.append(folder)
    return Path(folder.name)


_FOLDERS: list[tempfile.TemporaryDirectory[str]] = []
"""Folders that exist until the process ends."""


@cache
def open_filled_library() -> Library:
    """Return a library with two issues, the same for a whole run."""
    library = Library.open(Places.under(_make_folder() / "known"), copy_daily=False)
    for number, subject in enumerate(("otters", "badgers"), 7):
        page = make_page(subject)
        for result in parse_issues(page):
            assert result.report
            library.store(result.report.issue, page, f"{number}.html")
    while library.reindex_batch():
        pass
    return library


@cache
def open_empty_library() -> Library:
    """Return a library without issues."""
    return Library.open(Places.under(_make_folder() / "empty"), copy_daily=False)


TARGETS = (
    Target("page", "page", _check_document),
    Target("container", "container", _check_document),
    Target("feed", "feed", _check_feed),
    Target("answer", "answer", _check_response),
    Target("query", "query", _check_query),
    Target("config", "config", _check_config),
    Target("line", "line", _check_command_line),
    Target("ref", "line", _check_ref),
    Target("address", "address", _check_url),
    Target("state", "state", _check_state),
    Target("shared-folder", "state", _check_shared_folder),
    Target("clean", "text", _check_cleaning),
)
