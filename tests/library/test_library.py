from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace

import pytest

from importai_tui.errors import NotFoundError
from importai_tui.library.library import Library
from importai_tui.model import Issue
from importai_tui.paths import Places
from tests.examples import make_issue


def fill(library: Library, issues: Sequence[Issue]) -> None:
    for issue in issues:
        library.store(issue, b"page", "page.html")


@pytest.fixture
def filled(library: Library) -> Library:
    fill(
        library,
        [
            make_issue("a1", "a2", number=401, date="2025-02-24"),
            make_issue("b1", "b2", "b3", number=402, date="2025-03-03"),
            make_issue("x1", slug="a-slug"),
        ],
    )
    return library


def test_opening_makes_the_two_databases_and_nothing_else(places: Places) -> None:
    Library.open(places).close()
    made = {path.name for path in places.cache_folder.parent.rglob("*") if path.is_file()}
    assert made == {"archive.sqlite3", "reading.sqlite3"}


def test_the_list_counts_what_is_unread(filled: Library) -> None:
    filled.mark(["b1", "a1", "a2"], read=True)
    assert [(head.ref, head.unread_count, head.story_count) for head in filled.get_issue_rows()] == [
        ("402", 2, 3),
        ("401", 0, 2),
        ("a-slug", 1, 1),
    ]
    assert [head.ref for head in filled.get_issue_rows(unread_only=True)] == ["402", "a-slug"]


def test_a_story_row_knows_its_marks(filled: Library) -> None:
    filled.mark(["b2"], read=True, starred=True)
    rows = filled.get_story_rows("402")
    assert [row.ref for row in rows] == ["402/1", "402/2", "402/3"]
    assert [(row.is_read, row.is_starred) for row in rows] == [(False, False), (True, True), (False, False)]


@pytest.mark.parametrize(
    ("ref", "place"),
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
def test_a_reference_names_its_place(filled: Library, ref: str, place: tuple[str, int | None]) -> None:
    assert filled.resolve(ref) == place


@pytest.mark.parametrize(
    "ref",
    [
        *("403", "402/4", "402/0", "nothing", "", "/", "402/", "/3", "a2/1", "²", "402/²"),
        *("9" * 5000, "402/" + "9" * 5000, "x" * 5000),  # Python refuses to read such numbers
    ],
)
def test_a_reference_to_nothing_is_not_found_and_the_sentence_is_short(filled: Library, ref: str) -> None:
    with pytest.raises(NotFoundError) as missing:
        filled.resolve(ref)
    assert len(str(missing.value)) < 200


def test_latest_of_an_empty_archive_is_not_found(library: Library) -> None:
    assert library.is_empty()
    with pytest.raises(NotFoundError):
        library.resolve("latest")


def test_an_issue_and_a_story_come_back_whole(filled: Library) -> None:
    issue = make_issue("b1", "b2", "b3", number=402, date="2025-03-03")
    assert filled.get_issue("402") == issue
    assert filled.get_story("402", 3) == issue.stories[2]
    with pytest.raises(NotFoundError):
        filled.get_story("402", 4)


def test_numbers_lead_to_references(filled: Library) -> None:
    assert filled.find_issue_ref(402) == "402"
    assert filled.find_issue_ref(1) is None


def test_the_next_unread_story_is_found_across_issues_and_round_the_end(filled: Library) -> None:
    filled.mark(["b1", "b3", "a1"], read=True)
    assert filled.find_next_unread(None) == ("402", 2)
    assert filled.find_next_unread(("402", 2)) == ("401", 2)
    assert filled.find_next_unread(("401", 2)) == ("a-slug", 1)
    assert filled.find_next_unread(("a-slug", 1)) == ("402", 2)


def test_the_previous_unread_story_is_found_the_other_way(filled: Library) -> None:
    filled.mark(["b1", "b3", "a1"], read=True)
    assert filled.find_next_unread(("402", 2), back=True) == ("a-slug", 1)
    assert filled.find_next_unread(("401", 2), back=True) == ("402", 2)
    assert filled.find_next_unread(None, back=True) == ("a-slug", 1)


def test_who_catches_up_goes_from_the_oldest_issue_to_the_newest_and_down_through_each(filled: Library) -> None:
    filled.mark(["b1", "b3", "a1"], read=True)
    assert filled.find_next_unread(None, oldest_first=True) == ("a-slug", 1)
    assert filled.find_next_unread(("a-slug", 1), oldest_first=True) == ("401", 2)
    assert filled.find_next_unread(("401", 2), oldest_first=True) == ("402", 2)
    assert filled.find_next_unread(("402", 2), oldest_first=True) == ("a-slug", 1)
    assert filled.find_next_unread(("402", 2), back=True, oldest_first=True) == ("401", 2)


def test_where_all_is_read_there_is_no_next_unread(filled: Library) -> None:
    filled.mark(["a1", "a2", "b1", "b2", "b3", "x1"], read=True)
    assert filled.find_next_unread(("402", 1)) is None


def test_undo_takes_a_mark_back(filled: Library) -> None:
    filled.mark(["b1"], read=True)
    assert filled.state.is_read("b1")
    assert (change := filled.undo())
    assert change.keys == ("b1",)
    assert not filled.state.is_read("b1")
    assert filled.redo()
    assert filled.state.is_read("b1")


def test_deleting_the_cache_loses_no_mark(places: Places) -> None:
    issue = make_issue("ada", "bob", number=7)
    with Library.open(places) as library:
        fill(library, [issue])
        library.mark(["bob"], read=True, starred=True)
        library.state.save_value("theme", "paper")
    shutil.rmtree(places.cache_folder)
    with Library.open(places) as library:
        assert library.is_empty()
        # Back from another source: without its number, and with other words.
        fill(library, [replace(issue, number=None, stories=make_issue("ada", "bob", links=3).stories)])
        assert [(row.is_read, row.is_starred) for row in library.get_story_rows("latest")] == [
            (False, False),
            (True, True),
        ]
        assert library.state.load_value("theme") == "paper"


def test_whoever_lent_a_folder_gets_it_back_at_the_end(places: Places) -> None:
    calls: list[str] = []
    library = Library.open(places, on_close=lambda: calls.append("closed"))
    library.close()
    library.close()
    assert calls == ["closed"]


def test_a_whole_back_catalogue_is_counted(places: Places) -> None:
    with Library.open(places) as library:
        for number in range(1, 431):
            fill(library, [make_issue(*(f"s{number}-{n}" for n in range(8)), number=number)])
        library.mark([f"s{number}-1" for number in range(1, 431)], read=True)
        assert sum(head.unread_count for head in library.get_issue_rows()) == 430 * 7
        assert library.find_next_unread(("1", 8)) == ("430", 1)


@pytest.mark.parametrize("back", [False, True])
def test_the_walk_to_the_next_unread_meets_every_story_once_and_its_own_last(filled: Library, back: bool) -> None:
    order = [(head.ref, position) for head in filled.get_issue_rows() for position in range(1, head.story_count + 1)]
    filled.mark([story.key for ref, _ in order for story in filled.get_story_rows(ref)], read=True)
    for start in order:
        for wanted in order:
            key = filled.get_story(*wanted).key
            filled.mark([key], read=False)
            assert filled.find_next_unread(start, back=back) == wanted
            filled.mark([key], read=True)
