"""The latest copy from an origin is its current one, and copies of two origins do not take turns."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from importai_tui.archive.archive import Archive
from importai_tui.archive.stories import IncomingIssue, compress_page, make_issue_record
from importai_tui.archive.writer import StoreOutcome
from importai_tui.library.library import Library
from importai_tui.model import Issue
from importai_tui.paths import Places
from tests.archive.conftest import now
from tests.examples import make_issue, make_story

A = make_issue("ada", "bob", number=7, title="Import AI 7: A title", date="2026-01-05", url="https://example.org/7")
B = replace(A, title="Import AI 7: A titel", stories=(make_story("ada", 1, words="A typo."), A.stories[1]))
C = replace(A, stories=(make_story("ada", 1, words="A third text."), A.stories[1]))
IMPORTED, UPDATED, UNCHANGED = StoreOutcome.IMPORTED, StoreOutcome.UPDATED, StoreOutcome.UNCHANGED


def run(path: Path, *issues: Issue, origin: str = "substack") -> list[StoreOutcome]:
    """One sync, or one import, that brings these copies."""
    with Archive(path, now) as archive:
        return [archive.store(i, b"page", "page.html", parser_version=1, origin=origin)[0] for i in issues]


def stored(path: Path) -> Issue:
    with Archive(path, now) as archive:
        (entry,) = archive.get_entries()
        return Issue(entry.number, entry.slug, entry.title, entry.date, entry.url, archive.get_stories(entry.id))


@pytest.mark.parametrize("origin", ["substack", ""])
def test_an_edit_that_is_taken_back_comes_back(path: Path, origin: str) -> None:
    done = [run(path, issue, origin=origin)[0] for issue in (A, B, A, B, A, A)]
    assert done == [IMPORTED, UPDATED, UPDATED, UPDATED, UPDATED, UNCHANGED]
    assert stored(path) == A


@pytest.mark.parametrize("origin", ["substack", ""])
def test_a_title_and_a_date_come_back_with_a_new_body(path: Path, origin: str) -> None:
    for issue in (A, replace(B, date="2026-01-19"), C):
        run(path, issue, origin=origin)
    assert stored(path) == C


@pytest.mark.parametrize("origin", ["substack", ""])
@pytest.mark.parametrize("added", [("new",), ("new", "two", "three", "four")])
def test_stories_added_by_mistake_go_again(path: Path, origin: str, added: tuple[str, ...]) -> None:
    longer = make_issue(*added, "ada", "bob", number=7, title=A.title, date=A.date, url=A.url)
    done = [run(path, issue, origin=origin)[0] for issue in (A, longer, A)]
    assert done == [IMPORTED, UPDATED, UPDATED]
    assert stored(path) == A


def test_a_link_added_by_mistake_goes_again(path: Path) -> None:
    linked = replace(A, stories=(make_story("ada", 1, links=2), A.stories[1]))
    assert [run(path, issue)[0] for issue in (A, linked, A)] == [IMPORTED, UPDATED, UPDATED]
    assert stored(path) == A


def test_two_forms_in_one_folder_do_not_take_turns(path: Path) -> None:
    assert run(path, A, B, origin="") == [IMPORTED, UPDATED]
    for _ in range(3):
        assert run(path, A, B, origin="") == [UNCHANGED, UNCHANGED]
    assert stored(path) == B


def test_an_edit_of_one_of_two_posts_is_one_update(path: Path) -> None:
    run(path, A, B)
    assert run(path, C, B) == [UPDATED, UNCHANGED]
    assert run(path, C, B) == [UNCHANGED, UNCHANGED]
    assert stored(path).stories == C.stories


def test_two_sources_with_different_texts_do_not_take_turns(path: Path) -> None:
    run(path, A)
    for _ in range(3):
        assert run(path, B, origin="mirror") == [UNCHANGED]
        assert run(path, A) == [UNCHANGED]
    assert stored(path) == A


def test_a_slow_source_brings_no_old_news(path: Path) -> None:
    run(path, A)
    run(path, A, origin="mirror")
    run(path, B)
    run(path, C)
    assert run(path, B, origin="mirror") == [UNCHANGED]
    assert stored(path).stories == C.stories


def test_an_edit_taken_back_comes_back_though_another_source_has_it_still(path: Path) -> None:
    for issue, origin in ((A, "mirror"), (A, "substack"), (B, "mirror"), (B, "substack")):
        run(path, issue, origin=origin)
    assert run(path, A) == [UPDATED]
    assert stored(path) == A
    assert run(path, B, origin="mirror") == [UNCHANGED]


def test_a_plain_text_copy_never_replaces_the_web_page(path: Path) -> None:
    text = make_issue("ada", "bob", number=7, links=0, title=A.title, date=A.date, url=A.url)
    run(path, text, origin="")
    for issue in (A, text, A, C, text):
        run(path, issue, origin="")
    assert stored(path) == C


def test_a_page_that_was_cut_short_twice_replaces_nothing(path: Path) -> None:
    whole = make_issue("ada", "bob", "cyd", "dot", number=7, title=A.title)
    cut = make_issue("ada", number=7, title=A.title)
    for issue in (whole, cut, replace(whole, date="2026-01-06"), cut):
        run(path, issue)
    assert stored(path).stories == whole.stories


def test_a_whole_copy_replaces_what_an_older_version_cut_short(path: Path) -> None:
    cut = replace(A, stories=A.stories[:1])
    run(path, cut)
    with closing(sqlite3.connect(path)) as database, database:  # it held all copies of an origin for current
        database.execute("INSERT INTO copy VALUES (1, 'substack', ?, ?)", make_issue_record(A).fingerprints)
        database.execute("PRAGMA user_version = 6")
    assert [run(path, A)[0] for _ in range(2)] == [UPDATED, UNCHANGED]
    assert stored(path) == A


def test_a_copy_that_could_not_be_stored_is_not_remembered(path: Path) -> None:
    def failing() -> Iterator[IncomingIssue]:
        yield IncomingIssue(make_issue_record(B), compress_page(b"page"), "page.html", 1, origin="substack")
        raise RuntimeError

    run(path, A)
    with Archive(path, now) as archive:
        with pytest.raises(RuntimeError):
            archive.store_all(failing())
        assert archive.store(B, b"page", "page.html", parser_version=1, origin="substack")[0] is UPDATED
    assert run(path, A) == [UPDATED]


def test_marks_follow_the_stories_there_and_back(places: Places) -> None:
    text = "Otters count the rivers of the north and forget none of them."
    first = replace(A, stories=(make_story("ada", 1, words=text), A.stories[1]))
    renamed = replace(A, stories=(make_story("new", 1, "A wholly different title", text), A.stories[1]))
    for issue in (first, renamed, first):
        with Library.open(places) as library:
            library.store(issue, b"page", "page.html", origin="substack")
            key = library.get_story_rows("7")[0].key
            if issue is renamed:
                assert library.state.is_starred(key)
                library.tag([key], "later")
            library.mark([key], starred=True)
    with Library.open(places) as library:
        (story, _) = library.get_story_rows("7")
        assert (story.headline, story.is_starred, library.state.get_tags(story.key)) == (
            "The headline of ada",
            True,
            ("later",),
        )
