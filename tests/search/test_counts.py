from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from importai_tui.library.library import Library
from importai_tui.model import Issue
from importai_tui.paths import Places
from importai_tui.search.counts import CountJob, SearchCount, SearchCounts
from importai_tui.search.saved import SavedSearch
from importai_tui.state.journal import MAX_RECENT_CHANGES
from tests.tui.sample_app import sample_issues, store_issues

LINES = (
    *("is:unread", "is:starred", "in:tales", "rivers", '"slow water" OR "the count"', "rivers OR is:starred"),
    *("NOT rivers", "tag:water", "is:tagged", "is:noted is:unread", "NOT is:read river*", "issue:11 NOT tag:water", ""),
)
SEARCHES = tuple(SavedSearch(line, line) for line in LINES)


def run_next_job(counts: SearchCounts, library: Library) -> CountJob | None:
    if job := counts.next_job(library, SEARCHES):
        counts.store(job.run(library.archive.path))
    return job


def count_all(library: Library) -> dict[str, SearchCount]:
    counts = SearchCounts()
    assert run_next_job(counts, library)
    return counts.by_name


@pytest.fixture
def other(places: Places) -> Iterator[Library]:
    with Library.open(places) as opened:
        yield opened


@pytest.fixture
def counts(library: Library) -> SearchCounts:
    opened = SearchCounts(interval_factor=1)
    run_next_job(opened, store_issues(library))
    return opened


def changed_keys(job: CountJob | None) -> set[str] | None:
    return {story.key for story in job.changes} if job and job.changes is not None else None


CHANGES: dict[str, Callable[[Library, Library], object]] = {
    "read": lambda here, _: here.mark(["rivers", "old"], read=True),
    "starred": lambda here, _: here.mark(["lake"], starred=True),
    "tagged": lambda here, _: here.tag(["canal"], "water"),
    "noted": lambda here, _: here.set_note("pond", "Deep."),
    "read in another window": lambda _, other: other.mark(["delta", "pond"], read=True),
    "undone": lambda here, _: (here.mark(["canal"], read=True), here.undo(), here.mark(["lake"], read=True)),
    "a story that is not stored": lambda here, _: here.mark(["gone"], starred=True),
}


def test_each_change_updates_counts_and_reads_only_changed_stories(
    counts: SearchCounts, library: Library, other: Library
) -> None:
    assert counts.by_name["is:unread"] == SearchCount(6, 6)
    read_keys = []
    for change in CHANGES.values():
        change(library, other)
        read_keys.append(changed_keys(run_next_job(counts, library)))
        assert counts.by_name == count_all(library)
    assert read_keys == [{"rivers", "old"}, {"lake"}, {"canal"}, {"pond"}, {"delta", "pond"}, {"lake"}, {"gone"}]
    for _ in range(2):
        library.undo()
        run_next_job(counts, library)
        assert counts.by_name == count_all(library)


def test_an_undone_change_needs_no_count(counts: SearchCounts, library: Library) -> None:
    library.mark(["rivers"], read=True)
    library.undo()
    assert run_next_job(counts, library) is None


@pytest.mark.parametrize("name", ["Water", "water"])
def test_tags_are_counted_case_insensitively(counts: SearchCounts, library: Library, other: Library, name: str) -> None:
    library.tag(["rivers"], name)
    run_next_job(counts, library)
    assert counts.by_name["tag:water"] == SearchCount(1, 1)
    other.mark(["rivers"], read=True)
    assert changed_keys(run_next_job(counts, library)) == {"rivers"}
    assert counts.by_name["tag:water"] == SearchCount(0, 1)
    library.tag(["rivers"], name, on=False)
    run_next_job(counts, library)
    assert counts.by_name == count_all(library)


def test_a_change_during_a_full_count_is_counted_once(library: Library) -> None:
    counts = SearchCounts()
    job = counts.next_job(store_issues(library), SEARCHES)
    library.mark(["rivers"], read=True)
    assert job
    assert counts.next_job(library, SEARCHES) is None
    counts.store(job.run(library.archive.path))
    assert counts.by_name["is:unread"] == SearchCount(6, 6)
    assert changed_keys(run_next_job(counts, library)) == {"rivers"}
    assert counts.by_name == count_all(library)


def test_very_many_changes_cause_a_full_count(counts: SearchCounts, library: Library) -> None:
    library.mark([f"none-{n}" for n in range(MAX_RECENT_CHANGES + 1)], starred=True)
    assert changed_keys(run_next_job(counts, library)) is None
    assert counts.by_name == count_all(library)


def test_issues_from_a_sync_are_counted(counts: SearchCounts, library: Library, other: Library) -> None:
    issue = sample_issues()[0]
    store_issues(other, [Issue(13, "i13", "Import AI 13", "2025-01-20", None, (replace(issue.stories[0], key="new"),))])
    run_next_job(counts, library)
    assert counts.by_name["is:unread"] == SearchCount(7, 7)
    assert counts.by_name == count_all(library)
