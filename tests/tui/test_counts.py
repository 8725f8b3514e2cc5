from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from importai_tui.library.library import Library
from importai_tui.model import Issue
from importai_tui.search.saved import Count, Counts, SavedSearch, Task
from importai_tui.state.journal import MOST_TURNS
from tests.tui.made import fill, made_issues

LINES = (
    *("is:unread", "is:starred", "in:tales", "rivers", '"slow water" OR "the count"', "rivers OR is:starred"),
    *("NOT rivers", "tag:water", "is:tagged", "is:noted is:unread", "NOT is:read river*", "issue:11 NOT tag:water", ""),
)
SEARCHES = tuple(SavedSearch(line, line) for line in LINES)


def step(counts: Counts, library: Library) -> Task | None:
    if task := counts.task(library, SEARCHES):
        counts.take(task.run(library.archive.path))
    return task


def whole(library: Library) -> dict[str, Count]:
    counts = Counts()
    assert step(counts, library)
    return counts.known


@pytest.fixture
def counts(library: Library) -> Counts:
    known = Counts(share=1)
    step(known, fill(library))
    return known


def turned(task: Task | None) -> set[str] | None:
    return {story.key for story in task.turned} if task and task.turned is not None else None


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
    counts: Counts, library: Library, other: Library
) -> None:
    assert counts.known["is:unread"] == Count(6, 6)
    looked_at = []
    for change in CHANGES.values():
        change(library, other)
        looked_at.append(turned(step(counts, library)))
        assert counts.known == whole(library)
    assert looked_at == [{"rivers", "old"}, {"lake"}, {"canal"}, {"pond"}, {"delta", "pond"}, {"lake"}, {"gone"}]
    for _ in range(2):
        library.undo()
        step(counts, library)
        assert counts.known == whole(library)


def test_what_has_turned_and_turned_back_is_not_counted(counts: Counts, library: Library) -> None:
    library.mark(["rivers"], read=True)
    library.undo()
    assert step(counts, library) is None


@pytest.mark.parametrize("name", ["Water", "water"])
def test_a_tag_counts_in_whatever_capitals_it_is_in_use(
    counts: Counts, library: Library, other: Library, name: str
) -> None:
    library.tag(["rivers"], name)
    step(counts, library)
    assert counts.known["tag:water"] == Count(1, 1)
    other.mark(["rivers"], read=True)
    assert turned(step(counts, library)) == {"rivers"}
    assert counts.known["tag:water"] == Count(0, 1)
    library.tag(["rivers"], name, on=False)
    step(counts, library)
    assert counts.known == whole(library)


def test_a_mark_that_comes_while_all_is_counted_is_counted_once(library: Library) -> None:
    counts = Counts()
    task = counts.task(fill(library), SEARCHES)
    library.mark(["rivers"], read=True)
    assert task
    assert counts.task(library, SEARCHES) is None
    counts.take(task.run(library.archive.path))
    assert counts.known["is:unread"] == Count(6, 6)
    assert turned(step(counts, library)) == {"rivers"}
    assert counts.known == whole(library)


def test_all_is_counted_anew_when_issues_or_very_many_marks_have_come(counts: Counts, library: Library) -> None:
    library.mark([f"none-{n}" for n in range(MOST_TURNS + 1)], starred=True)
    assert turned(step(counts, library)) is None
    assert counts.known == whole(library)


def test_what_a_sync_stores_is_counted(counts: Counts, library: Library, other: Library) -> None:
    issue = made_issues()[0]
    fill(other, [Issue(13, "i13", "Import AI 13", "2025-01-20", None, (replace(issue.stories[0], key="new"),))])
    step(counts, library)
    assert counts.known["is:unread"] == Count(7, 7)
    assert counts.known == whole(library)
