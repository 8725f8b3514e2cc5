from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from importai_tui.errors import DatabaseError
from importai_tui.library.library import Library
from importai_tui.paths import Places
from importai_tui.query.conditions import Query
from importai_tui.query.parser import parse_query
from importai_tui.search.search import Search
from importai_tui.sqlite import QueryCancelled
from importai_tui.tui.search.worker import PartialResults, SearchRequest, SearchWorker, apply_corrections
from tests.tui.sample_app import sample_issues, store_issues


@pytest.fixture
def archive(library: Library, places: Places) -> Path:
    store_issues(library, [*sample_issues()])
    return places.archive


@pytest.fixture
def updates() -> queue.Queue[object]:
    return queue.Queue()


@pytest.fixture
def worker(archive: Path, updates: queue.Queue[object]) -> Iterator[SearchWorker]:
    opened = SearchWorker(archive, updates.put, PartialResults())
    yield opened
    opened.close()


def make_request(number: int, line: str, *, trend: bool = False) -> SearchRequest:
    return SearchRequest(number, parse_query(line, is_typing=True), with_trend=trend)


def test_stories_come_first_then_total_then_trend(worker: SearchWorker, updates: queue.Queue[object]) -> None:
    worker.start(make_request(1, "riv", trend=True))
    first, second, third = (updates.get(timeout=5) for _ in range(3))
    assert isinstance(first, PartialResults)
    assert isinstance(second, PartialResults)
    assert isinstance(third, PartialResults)
    assert first.story_count == len(first.excerpts) == 6
    assert (first.total, second.total) == (None, 6)
    assert [period.stories for period in third.periods] == [1, 5]


def test_a_new_request_cancels_older_ones(
    worker: SearchWorker, updates: queue.Queue[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    has_started, may_continue, find = threading.Event(), threading.Event(), Search.find

    def slow(self: Search, query: Query, *rest: object, **others: object) -> object:
        if query.text == "first":
            has_started.set()
            may_continue.wait(5)
        return find(self, query, *rest, **others)  # type: ignore[arg-type]

    monkeypatch.setattr(Search, "find", slow)
    worker.start(make_request(1, "first"))
    assert has_started.wait(5)
    worker.start(make_request(2, "second"))
    worker.start(make_request(3, "rivers"))
    may_continue.set()
    results = updates.get(timeout=5)
    assert isinstance(results, PartialResults)
    assert results.request_number == 3


def test_a_job_restarts_after_a_late_interrupt(
    worker: SearchWorker, updates: queue.Queue[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    find, errors = Search.find, [QueryCancelled("It was interrupted."), DatabaseError("The disk is gone.")]

    def failing(self: Search, *rest: object, **others: object) -> object:
        if errors:
            raise errors.pop(0)
        return find(self, *rest, **others)  # type: ignore[arg-type]

    monkeypatch.setattr(Search, "find", failing)
    worker.start(make_request(1, "rivers"))
    assert str(updates.get(timeout=5)) == "The disk is gone."
    worker.start(make_request(2, "rivers"))
    assert isinstance(updates.get(timeout=5), PartialResults)


def test_more_stories_are_loaded_on_request(
    worker: SearchWorker, updates: queue.Queue[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    find = Search.find
    monkeypatch.setattr(
        Search,
        "find",
        lambda self, query, marks, offset=0: find(self, query, marks, limit=2, offset=offset),
    )
    request = make_request(1, "rivers")
    worker.start(request)
    updates.get(timeout=5)
    worker.load_more(request)
    while not isinstance(results := updates.get(timeout=5), PartialResults) or results.story_count < 4:
        pass
    assert results.total == 6
    assert results.result
    assert len({hit.ref for hit in results.result.hits}) == 4


@pytest.mark.parametrize(
    ("line", "corrected"),
    [
        ("is:unred robot", "is:unread robot"),
        ("robot -is:unred sort:nww", "robot -is:unread sort:new"),
        ('tittle:"robot hand" is:read', 'title:"robot hand" is:read'),
        ("robot wat:ever", "robot wat:ever"),
        ("robot is:unread", "robot is:unread"),
    ],
)
def test_corrections_replace_invalid_parts(line: str, corrected: str) -> None:
    assert apply_corrections(line, parse_query(line).remarks) == corrected
