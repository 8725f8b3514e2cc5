from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from importai_tui.library.library import Library
from importai_tui.library.position import ScrollPosition
from importai_tui.tui.reading.navigation import ReadingList
from importai_tui.tui.reading.session import CATCHING_UP, ReadingSession
from tests.tui.sample_app import ORIGIN, TODAY, long_story, sample_issues, store_issues


@pytest.fixture
def session(library: Library) -> ReadingSession:
    """A session on three issues: 12 with three stories, 11 with two, 10 with one."""
    made = ReadingSession(store_issues(library), now=lambda: TODAY)
    made.load_index()
    return made


def show(session: ReadingSession, ref: str, position: int, *, preview: bool = False) -> None:
    session.open(session.read_issue(ref), position, preview=preview)


def list_of(session: ReadingSession, *refs: str) -> ReadingList:
    return ReadingList("Mine", tuple(head for ref in refs for head in session.library.get_story_rows(ref)))


def test_opening_a_story_visits_it_and_a_preview_does_not(session: ReadingSession) -> None:
    show(session, "12", 2)
    show(session, "11", 1, preview=True)
    assert (session.issue_and_position, session.preview) == (("11", 1), True)
    assert [visit.key for visit in session.history.visits] == ["canal"]
    session.end_preview()
    assert [visit.key for visit in session.history.visits] == ["lake", "canal"]
    assert not session.preview


def test_a_position_past_the_last_story_opens_the_last(session: ReadingSession) -> None:
    show(session, "11", 9)
    assert session.issue_and_position == ("11", 2)


def test_the_open_issue_is_read_again_only_after_a_change(session: ReadingSession, other: Library) -> None:
    show(session, "12", 1)
    assert session.read_issue("12") is session.issue
    issue = sample_issues()[2]
    edited = replace(issue, stories=(replace(issue.stories[0], tagline="Edited"), *issue.stories[1:]))
    other.store(edited, b"another page", "page.html", origin=ORIGIN)
    assert session.read_issue("12").stories[0].tagline == "Edited"


def test_going_back_returns_to_the_spot_that_was_left(session: ReadingSession) -> None:
    show(session, "12", 1)
    session.save_scroll_position(ScrollPosition(3, 0.5))
    show(session, "11", 1)
    stop = session.go_back_or_forward(-1)
    assert stop
    assert (stop.key, stop.scroll_position) == ("rivers", ScrollPosition(3, 0.5))
    show(session, "12", 1)
    assert session.go_back_or_forward(-1) is None


def test_neighbours_cross_issues_and_end_at_the_last(session: ReadingSession) -> None:
    show(session, "12", 3)
    assert (session.get_neighbour_story(-1), session.get_neighbour_story(1)) == (("12", 2), ("11", 1))
    show(session, "10", 1)
    assert session.get_neighbour_story(1) is None
    session.set_catching_up(True)
    assert session.get_neighbour_story(1) == ("11", 1)


def test_the_next_unread_story_is_never_the_open_one(session: ReadingSession) -> None:
    show(session, "10", 1)
    assert session.find_next_unread() == ("12", 1)
    session.library.mark([head.key for ref in ("11", "12") for head in session.library.get_story_rows(ref)], read=True)
    assert session.find_next_unread() is None


def test_a_reading_list_replaces_the_issues_until_another_story_opens(session: ReadingSession) -> None:
    show(session, "12", 1)
    session.start_list(list_of(session, "11", "10"))
    show(session, "11", 2)
    assert [head.key for head in session.rows] == ["lake", "pond", "old"]
    assert session.get_neighbour_story(1) == ("10", 1)
    show(session, "12", 1)
    assert session.reading_list is None
    assert len(session.rows) == 3


def test_the_filter_narrows_the_issues(session: ReadingSession) -> None:
    session.set_filter(" ponds ")
    assert [head.ref for head in session.filter_issues()] == ["11"]
    assert session.is_issue_list_filtered
    assert session.clear_filter()
    assert len(session.filter_issues()) == 3
    assert not session.clear_filter()


def test_the_filter_narrows_a_reading_list_and_ends_with_it(session: ReadingSession) -> None:
    session.start_list(list_of(session, "11", "10"))
    session.set_filter("pond")
    assert [head.key for head in session.rows] == ["pond"]
    assert (session.is_reading_list_filtered, session.is_issue_list_filtered) == (True, False)
    session.set_filter("")
    assert len(session.rows) == 3
    session.set_filter("lake")
    assert session.end_list()
    assert not session.end_list()
    assert (session.filter, len(session.filter_issues())) == ("", 3)


def test_a_widened_reading_list_has_the_marks_of_now(session: ReadingSession) -> None:
    session.start_list(list_of(session, "11"))
    session.set_filter("pond")
    session.library.mark(["lake"], read=True)
    session.clear_filter()
    assert session.get_unread_keys() == ["pond"]


def test_marks_show_in_the_index_and_in_the_rows(session: ReadingSession) -> None:
    show(session, "12", 1)
    session.library.mark(["canal"], read=True)
    assert [head.ref for head in session.update_marks({"12"})] == ["12"]
    assert [head.is_read for head in session.stories] == [False, True, False]
    assert session.index.unread_count == 5


def test_a_star_shows_in_the_rows_of_a_reading_list(session: ReadingSession) -> None:
    show(session, "11", 1)
    session.start_list(list_of(session, "11"))
    session.library.mark(["pond"], starred=True)
    session.update_marks({"11"})
    assert [head.is_starred for head in session.rows] == [False, True]


def test_a_removed_story_stays_open(session: ReadingSession) -> None:
    show(session, "11", 2)
    edited = replace(sample_issues()[1], title="Import AI 11: Lakes", stories=(long_story("lake", 1),))
    session.library.store(edited, b"page", "page.html", origin=ORIGIN)
    session.load_index()
    there = session.reload_story()
    assert session.story
    assert (there, session.story.key) == (session.library.find_story("pond") is not None, "pond")


def test_loading_the_index_again_finds_no_change(session: ReadingSession) -> None:
    assert not session.load_index()


def test_catching_up_is_remembered_and_suspended_by_a_reading_list(session: ReadingSession) -> None:
    session.library.state.save_value(CATCHING_UP, "on")
    resumed = ReadingSession(session.library)
    assert resumed.is_catching_up
    resumed.load_index()
    resumed.start_list(list_of(session, "11"))
    assert not resumed.is_catching_up


def test_the_guide_has_a_history_of_its_own(library: Library) -> None:
    assert ReadingSession(library).history_setting != ReadingSession(library, guide=True).history_setting


def test_a_session_needs_no_textual() -> None:
    program = "import sys; from importai_tui.tui.reading.session import ReadingSession; print('textual' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "False"
