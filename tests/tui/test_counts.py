from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from importai_tui.library.library import Library
from importai_tui.model import Issue
from importai_tui.search.counts import CountJob, SearchCount, SearchCounts
from importai_tui.search.saved import SavedSearch
from importai_tui.state.journal import MAX_RECENT_CHANGES
from tests.tui.sample_app import sample_issues, store_issues

LINES = (
    *("is:unread", "is:starred", "in:tales", "rivers", '"slow water" OR "the count"', "rivers OR is:starred"),
    *("NOT rivers", "tag:water", "is:tagged", "is:noted is:unread", "NOT is:read river*", "issue:11 NOT tag:water", ""),
)
SEARCHES = tuple(SavedSearch(line, line) for line in LINES)


def step(counts: SearchCounts, library: Library) -> CountJob | None:
    if task := counts.next_job(library, SEARCHES):
        counts.store(task.run(library.archive.path))
    return task


def whole(library: Library) -> dict[str, SearchCount]:
    counts = SearchCounts()
    assert step(counts, library)
    return counts.by_name


@pytest.fixture
def counts(library: Library) -> SearchCounts:
    known = SearchCounts(interval_factor=1)
    step(known, store_issues(library))
    return known


def turned(task: CountJob | None) -> set[str] | None:
    return {story.key for story in task.changes} if task and task.changes is not None else None


CHANGES: dict[str, Callable[[Library, Library], object]] = {
    "read": lambda here, _: here.mark(["rivers", "old"], read=True),
    "starred": lambda here, _: here.mark(["lake"], starred=True),
    "tagged": lambda here, _: here.tag(["canal"], "water"),
    "noted": lambda here, _: here.set_note("pond", "Deep."),
    "read elsewhere": lambda _, other: other.mark(["delta", "pond"], read=True),
    "undone": lambda here, _: (here.mark(["canal"], read=True), here.undo(), here.mark(["lake"], read=True)),
    "a story that is not here": lambda here, _: here.mark(["gone"], starred=True),
}


def test_the_counts_follow_each_change_and_only_what_has_turned_is_looked_at(
    counts: SearchCounts, library: Library, other: Library
) -> None:
    assert counts.by_name["is:unread"] == SearchCount(6, 6)
    looked_at = []
    for change in CHANGES.values():
        change(library, other)
        looked_at.append(turned(step(counts, library)))
        assert counts.by_name == whole(library)
    assert looked_at == [{"rivers", "old"}, {"lake"}, {"canal"}, {"pond"}, {"delta", "pond"}, {"lake"}, {"gone"}]
    for _ in range(2):
        library.undo()
        step(counts, library)
        assert counts.by_name == whole(library)


def test_what_has_turned_and_turned_back_is_not_counted(counts: SearchCounts, library: Library) -> None:
    library.mark(["rivers"], read=True)
    library.undo()
    assert step(counts, library) is None


@pytest.mark.parametrize("name", ["Water", "water"])
def test_a_tag_counts_in_whatever_capitals_it_is_in_use(
    counts: SearchCounts, library: Library, other: Library, name: str
) -> None:
    library.tag(["rivers"], name)
    step(counts, library)
    assert counts.by_name["tag:water"] == SearchCount(1, 1)
    other.mark(["rivers"], read=True)
    assert turned(step(counts, library)) == {"rivers"}
    assert counts.by_name["tag:water"] == SearchCount(0, 1)
    library.tag(["rivers"], name, on=False)
    step(counts, library)
    assert counts.by_name == whole(library)


def test_a_mark_that_comes_while_all_is_counted_is_counted_once(library: Library) -> None:
    counts = SearchCounts()
    task = counts.next_job(store_issues(library), SEARCHES)
    library.mark(["rivers"], read=True)
    assert task
    assert counts.next_job(library, SEARCHES) is None
    counts.store(task.run(library.archive.path))
    assert counts.by_name["is:unread"] == SearchCount(6, 6)
    assert turned(step(counts, library)) == {"rivers"}
    assert counts.by_name == whole(library)


def test_all_is_counted_anew_when_issues_or_very_many_marks_have_come(counts: SearchCounts, library: Library) -> None:
    library.mark([f"none-{n}" for n in range(MAX_RECENT_CHANGES + 1)], starred=True)
    assert turned(step(counts, library)) is None
    assert counts.by_name == whole(library)


def test_what_a_sync_stores_is_counted(counts: SearchCounts, library: Library, other: Library) -> None:
    issue = sample_issues()[0]
    store_issues(other, [Issue(13, "i13", "Import AI 13", "2025-01-20", None, (replace(issue.stories[0], key="new"),))])
    step(counts, library)
    assert counts.by_name["is:unread"] == SearchCount(7, 7)
    assert counts.by_name == whole(library)
