"""The latest copy from an origin is its current one, and copies of two origins do not alternate."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from importai_tui.archive.archive import Archive
from importai_tui.archive.copies import make_feed_origin
from importai_tui.archive.stories import IncomingIssue, compress_page, make_issue_record
from importai_tui.archive.writer import StoreOutcome
from importai_tui.library.library import Library
from importai_tui.model import Issue
from importai_tui.paths import Places
from tests.archive.conftest import now
from tests.archive.version_1 import write_version
from tests.examples import make_issue, make_story

A = make_issue("ada", "bob", number=7, title="Import AI 7: A title", date="2026-01-05", url="https://example.org/7")
B = replace(A, title="Import AI 7: A titel", stories=(make_story("ada", 1, words="A typo."), A.stories[1]))
C = replace(A, stories=(make_story("ada", 1, words="A third text."), A.stories[1]))
IMPORTED, UPDATED, UNCHANGED = StoreOutcome.IMPORTED, StoreOutcome.UPDATED, StoreOutcome.UNCHANGED
FEED = make_feed_origin("mirror")


def run(path: Path, *issues: Issue, origin: str = "substack") -> list[StoreOutcome]:
    """Store the copies of one sync or one import."""
    with Archive(path, now) as archive:
        return [archive.store(i, b"page", "page.html", parser_version=1, origin=origin).outcome for i in issues]


def read(path: Path) -> Issue:
    with Archive(path, now) as archive:
        (entry,) = archive.get_entries()
        return Issue(entry.number, entry.slug, entry.title, entry.date, entry.url, archive.get_stories(entry.id))


@pytest.mark.parametrize("origin", ["substack", ""])
def test_an_edit_can_be_reverted(path: Path, origin: str) -> None:
    outcomes = [run(path, issue, origin=origin)[0] for issue in (A, B, A, B, A, A)]
    assert outcomes == [IMPORTED, UPDATED, UPDATED, UPDATED, UPDATED, UNCHANGED]
    assert read(path) == A


@pytest.mark.parametrize("origin", ["substack", ""])
def test_title_and_date_are_reverted_with_new_stories(path: Path, origin: str) -> None:
    for issue in (A, replace(B, date="2026-01-19"), C):
        run(path, issue, origin=origin)
    assert read(path) == C


@pytest.mark.parametrize("origin", ["substack", ""])
@pytest.mark.parametrize("added", [("new",), ("new", "two", "three", "four")])
def test_added_stories_are_removed_by_a_revert(path: Path, origin: str, added: tuple[str, ...]) -> None:
    longer = make_issue(*added, "ada", "bob", number=7, title=A.title, date=A.date, url=A.url)
    outcomes = [run(path, issue, origin=origin)[0] for issue in (A, longer, A)]
    assert outcomes == [IMPORTED, UPDATED, UPDATED]
    assert read(path) == A


def test_an_added_link_is_removed_by_a_revert(path: Path) -> None:
    linked = replace(A, stories=(make_story("ada", 1, links=2), A.stories[1]))
    assert [run(path, issue)[0] for issue in (A, linked, A)] == [IMPORTED, UPDATED, UPDATED]
    assert read(path) == A


def test_two_forms_in_one_folder_do_not_alternate(path: Path) -> None:
    assert run(path, A, B, origin="") == [IMPORTED, UPDATED]
    for _ in range(3):
        assert run(path, A, B, origin="") == [UNCHANGED, UNCHANGED]
    assert read(path) == B


def test_an_edit_of_one_of_two_posts_is_one_update(path: Path) -> None:
    run(path, A, B)
    assert run(path, C, B) == [UPDATED, UNCHANGED]
    assert run(path, C, B) == [UNCHANGED, UNCHANGED]
    assert read(path).stories == C.stories


def test_two_sources_with_different_texts_do_not_alternate(path: Path) -> None:
    run(path, A)
    for _ in range(3):
        assert run(path, B, origin="mirror") == [UNCHANGED]
        assert run(path, A) == [UNCHANGED]
    assert read(path) == A


def test_old_news_of_a_slow_source_is_ignored(path: Path) -> None:
    run(path, A)
    run(path, A, origin="mirror")
    run(path, B)
    run(path, C)
    assert run(path, B, origin="mirror") == [UNCHANGED]
    assert read(path).stories == C.stories


def test_a_revert_ignores_the_edit_in_another_source(path: Path) -> None:
    for issue, origin in ((A, "mirror"), (A, "substack"), (B, "mirror"), (B, "substack")):
        run(path, issue, origin=origin)
    assert run(path, A) == [UPDATED]
    assert read(path) == A
    assert run(path, B, origin="mirror") == [UNCHANGED]


def test_plain_text_never_replaces_the_web_page(path: Path) -> None:
    text = make_issue("ada", "bob", number=7, links=0, title=A.title, date=A.date, url=A.url)
    run(path, text, origin="")
    for issue in (A, text, A, C, text):
        run(path, issue, origin="")
    assert read(path) == C


def test_a_page_cut_off_twice_replaces_nothing(path: Path) -> None:
    whole = make_issue("ada", "bob", "cyd", "dot", number=7, title=A.title)
    cut = make_issue("ada", number=7, title=A.title)
    for issue in (whole, cut, replace(whole, date="2026-01-06"), cut):
        run(path, issue)
    assert read(path).stories == whole.stories


def test_a_whole_page_replaces_one_cut_by_version_6(path: Path) -> None:
    whole = make_issue("ada", "bob", number=7, title="Import AI 7: One", date="2025-03-03", slug="import-ai-7-one")
    cut = replace(whole, stories=whole.stories[:1])
    write_version(path, 6)
    with closing(sqlite3.connect(path)) as database, database:  # version 6 took all copies of an origin for current
        for issue in (whole, cut):
            fingerprints = make_issue_record(issue).fingerprints
            database.execute("INSERT INTO copy VALUES (1, 'substack', ?, ?)", fingerprints)
        database.execute("UPDATE page SET origin = 'substack'")
    assert [run(path, whole)[0] for _ in range(2)] == [UPDATED, UNCHANGED]
    assert read(path) == whole


def test_a_copy_of_a_failed_transaction_is_forgotten(path: Path) -> None:
    def fail_after_one() -> Iterator[IncomingIssue]:
        yield IncomingIssue(make_issue_record(B), compress_page(b"page"), "page.html", 1, origin="substack")
        raise RuntimeError

    run(path, A)
    with Archive(path, now) as archive:
        with pytest.raises(RuntimeError):
            archive.store_all(fail_after_one())
        assert archive.store(B, b"page", "page.html", parser_version=1, origin="substack").outcome is UPDATED
    assert run(path, A) == [UPDATED]


def test_marks_move_to_a_renamed_story_and_back(places: Places) -> None:
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
        assert story.headline == "The headline of ada"
        assert story.is_starred
        assert library.state.get_tags(story.key) == ("later",)


def store_names(archive: Archive, *names: str, origin: str, is_fallback: bool = False) -> StoreOutcome:
    """Store a copy of issue 7 with these stories."""
    record = make_issue_record(make_issue(*names, number=7))
    incoming = IncomingIssue(record, compress_page(b""), "", 1, origin=origin, is_fallback=is_fallback)
    (result,) = archive.store_all([incoming])
    return result.outcome


def read_headlines(archive: Archive) -> list[str]:
    return [story.headline for story in archive.get_story_entries(archive.get_entries()[0].id)]


@pytest.mark.parametrize("better", ["mirror", "substack"])
def test_a_feed_copy_never_replaces_a_source(archive: Archive, better: str) -> None:
    store_names(archive, "ada", origin=better)
    before = read_headlines(archive)
    assert store_names(archive, "bob", "cyd", origin=FEED, is_fallback=True) is UNCHANGED
    assert read_headlines(archive) == before


@pytest.mark.parametrize("other", ["", FEED, make_feed_origin("example")])
def test_a_feed_copy_can_replace_a_file_or_feed(archive: Archive, other: str) -> None:
    store_names(archive, "ada", origin=other, is_fallback=bool(other))
    assert store_names(archive, "ada", "bob", origin=FEED, is_fallback=True) is UPDATED


def test_any_source_replaces_a_feed_copy(archive: Archive) -> None:
    store_names(archive, "ada", origin=FEED, is_fallback=True)
    assert store_names(archive, "ada", "bob", origin="mirror") is UPDATED
    assert store_names(archive, "ada", origin=FEED, is_fallback=True) is UNCHANGED
    assert len(read_headlines(archive)) == 2
