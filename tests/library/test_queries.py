"""References, rows and the next unread story."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from importai_tui.errors import NotFoundError
from importai_tui.library.library import Library
from importai_tui.model import Issue
from importai_tui.paths import Places
from tests.examples import make_issue


def store_all(library: Library, issues: Sequence[Issue]) -> None:
    for issue in issues:
        library.store(issue, b"page", "page.html")


@pytest.fixture
def filled(library: Library) -> Library:
    store_all(
        library,
        [
            make_issue("a1", "a2", number=401, date="2025-02-24"),
            make_issue("b1", "b2", "b3", number=402, date="2025-03-03"),
            make_issue("x1", slug="a-slug"),
        ],
    )
    return library


def test_issue_rows_count_unread_stories(filled: Library) -> None:
    filled.mark(["b1", "a1", "a2"], read=True)
    counts = [(row.ref, row.unread_count, row.story_count) for row in filled.get_issue_rows()]
    assert counts == [("402", 2, 3), ("401", 0, 2), ("a-slug", 1, 1)]
    assert [row.ref for row in filled.get_issue_rows(unread_only=True)] == ["402", "a-slug"]


def test_story_rows_have_marks(filled: Library) -> None:
    filled.mark(["b2"], read=True, starred=True)
    rows = filled.get_story_rows("402")
    assert [row.ref for row in rows] == ["402/1", "402/2", "402/3"]
    assert [(row.is_read, row.is_starred) for row in rows] == [(False, False), (True, True), (False, False)]


@pytest.mark.parametrize(
    ("ref", "story"),
    [
        ("402", ("402", None)),
        ("402/3", ("402", 3)),
        ("latest", ("402", None)),
        ("latest/1", ("402", 1)),
        ("a-slug", ("a-slug", None)),
        ("a-slug/1", ("a-slug", 1)),
        ("a2", ("401", 2)),
    ],
)
def test_references_are_resolved(filled: Library, ref: str, story: tuple[str, int | None]) -> None:
    assert filled.resolve(ref) == story


@pytest.mark.parametrize(
    "ref",
    [
        *("403", "402/4", "402/0", "nothing", "", "/", "402/", "/3", "a2/1", "²", "402/²"),
        *("9" * 5000, "402/" + "9" * 5000, "x" * 5000),  # Python refuses to convert such numbers
    ],
)
def test_an_unknown_reference_has_a_short_message(filled: Library, ref: str) -> None:
    with pytest.raises(NotFoundError) as error:
        filled.resolve(ref)
    assert len(str(error.value)) < 200


def test_an_empty_archive_has_no_latest_issue(library: Library) -> None:
    assert library.is_empty()
    with pytest.raises(NotFoundError):
        library.resolve("latest")


def test_issues_and_stories_are_returned_whole(filled: Library) -> None:
    issue = make_issue("b1", "b2", "b3", number=402, date="2025-03-03")
    assert filled.get_issue("402") == issue
    assert filled.get_story("402", 3) == issue.stories[2]
    with pytest.raises(NotFoundError):
        filled.get_story("402", 4)


def test_an_issue_is_found_by_number(filled: Library) -> None:
    assert filled.find_issue_ref(402) == "402"
    assert filled.find_issue_ref(1) is None


def test_next_unread_crosses_issues_and_wraps(filled: Library) -> None:
    filled.mark(["b1", "b3", "a1"], read=True)
    assert filled.find_next_unread(None) == ("402", 2)
    assert filled.find_next_unread(("402", 2)) == ("401", 2)
    assert filled.find_next_unread(("401", 2)) == ("a-slug", 1)
    assert filled.find_next_unread(("a-slug", 1)) == ("402", 2)


def test_previous_unread_goes_back(filled: Library) -> None:
    filled.mark(["b1", "b3", "a1"], read=True)
    assert filled.find_next_unread(("402", 2), back=True) == ("a-slug", 1)
    assert filled.find_next_unread(("401", 2), back=True) == ("402", 2)
    assert filled.find_next_unread(None, back=True) == ("a-slug", 1)


def test_oldest_first_reverses_issues_but_not_stories(filled: Library) -> None:
    filled.mark(["b1", "b3", "a1"], read=True)
    assert filled.find_next_unread(None, oldest_first=True) == ("a-slug", 1)
    assert filled.find_next_unread(("a-slug", 1), oldest_first=True) == ("401", 2)
    assert filled.find_next_unread(("401", 2), oldest_first=True) == ("402", 2)
    assert filled.find_next_unread(("402", 2), oldest_first=True) == ("a-slug", 1)
    assert filled.find_next_unread(("402", 2), back=True, oldest_first=True) == ("401", 2)


def test_there_is_no_next_unread_if_all_are_read(filled: Library) -> None:
    filled.mark(["a1", "a2", "b1", "b2", "b3", "x1"], read=True)
    assert filled.find_next_unread(("402", 1)) is None


@pytest.mark.parametrize("back", [False, True])
def test_next_unread_reaches_every_story(filled: Library, back: bool) -> None:
    order = [(row.ref, position) for row in filled.get_issue_rows() for position in range(1, row.story_count + 1)]
    filled.mark([story.key for ref, _ in order for story in filled.get_story_rows(ref)], read=True)
    for start in order:
        for unread in order:
            key = filled.get_story(*unread).key
            filled.mark([key], read=False)
            assert filled.find_next_unread(start, back=back) == unread
            filled.mark([key], read=True)


def test_all_issues_of_the_newsletter_are_counted(places: Places) -> None:
    with Library.open(places) as library:
        for number in range(1, 431):
            store_all(library, [make_issue(*(f"s{number}-{n}" for n in range(8)), number=number)])
        library.mark([f"s{number}-1" for number in range(1, 431)], read=True)
        assert sum(row.unread_count for row in library.get_issue_rows()) == 430 * 7
        assert library.find_next_unread(("1", 8)) == ("430", 1)
