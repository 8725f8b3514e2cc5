"""The state of a reading screen, without the screen."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from importai_tui.library.library import Library
from importai_tui.library.position import ScrollPosition
from importai_tui.tui.reading.navigation import ReadingList
from importai_tui.tui.reading.session import CATCHING_UP, ReadingSession
from tests.tui.live_updates import make_issue, store_edited
from tests.tui.sample_app import ORIGIN, TODAY, sample_issues, store_issues


@pytest.fixture
def session(library: Library) -> ReadingSession:
    """Return a session on three issues: 12 with three stories, 11 with two, 10 with one."""
    session = ReadingSession(store_issues(library), now=lambda: TODAY)
    session.load_index()
    return session


def open_story(session: ReadingSession, ref: str, position: int, *, preview: bool = False) -> None:
    session.open(session.read_issue(ref), position, preview=preview)


def make_list(session: ReadingSession, *refs: str) -> ReadingList:
    return ReadingList("Mine", tuple(row for ref in refs for row in session.library.get_story_rows(ref)))


def test_a_preview_is_not_a_visit(session: ReadingSession) -> None:
    open_story(session, "12", 2)
    open_story(session, "11", 1, preview=True)
    assert (session.issue_and_position, session.preview) == (("11", 1), True)
    assert [visit.key for visit in session.history.visits] == ["canal"]
    session.end_preview()
    assert [visit.key for visit in session.history.visits] == ["lake", "canal"]
    assert not session.preview


def test_a_position_past_the_last_story_opens_the_last(session: ReadingSession) -> None:
    open_story(session, "11", 9)
    assert session.issue_and_position == ("11", 2)


def test_the_open_issue_is_reread_only_after_changes(session: ReadingSession, other: Library) -> None:
    open_story(session, "12", 1)
    assert session.read_issue("12") is session.issue
    issue = sample_issues()[2]
    edited = replace(issue, stories=(replace(issue.stories[0], tagline="Edited"), *issue.stories[1:]))
    other.store(edited, b"another page", "page.html", origin=ORIGIN)
    assert session.read_issue("12").stories[0].tagline == "Edited"


def test_going_back_returns_the_scroll_position(session: ReadingSession) -> None:
    open_story(session, "12", 1)
    session.save_scroll_position(ScrollPosition(3, 0.5))
    open_story(session, "11", 1)
    entry = session.go_back_or_forward(-1)
    assert entry
    assert (entry.key, entry.scroll_position) == ("rivers", ScrollPosition(3, 0.5))
    open_story(session, "12", 1)
    assert session.go_back_or_forward(-1) is None


def test_neighbours_cross_issues_and_end_at_the_last(session: ReadingSession) -> None:
    open_story(session, "12", 3)
    assert (session.get_neighbour_story(-1), session.get_neighbour_story(1)) == (("12", 2), ("11", 1))
    open_story(session, "10", 1)
    assert session.get_neighbour_story(1) is None
    session.set_catching_up(True)
    assert session.get_neighbour_story(1) == ("11", 1)


def test_the_next_unread_story_is_never_the_open_one(session: ReadingSession) -> None:
    open_story(session, "10", 1)
    assert session.find_next_unread() == ("12", 1)
    session.library.mark([row.key for ref in ("11", "12") for row in session.library.get_story_rows(ref)], read=True)
    assert session.find_next_unread() is None


def test_opening_another_story_ends_the_reading_list(session: ReadingSession) -> None:
    open_story(session, "12", 1)
    session.start_list(make_list(session, "11", "10"))
    open_story(session, "11", 2)
    assert [row.key for row in session.rows] == ["lake", "pond", "old"]
    assert session.get_neighbour_story(1) == ("10", 1)
    open_story(session, "12", 1)
    assert session.reading_list is None
    assert len(session.rows) == 3


def test_the_filter_selects_issues(session: ReadingSession) -> None:
    session.set_filter(" ponds ")
    assert [row.ref for row in session.filter_issues()] == ["11"]
    assert session.is_issue_list_filtered
    assert session.clear_filter()
    assert len(session.filter_issues()) == 3
    assert not session.clear_filter()


def test_the_filter_of_a_reading_list_ends_with_it(session: ReadingSession) -> None:
    session.start_list(make_list(session, "11", "10"))
    session.set_filter("pond")
    assert [row.key for row in session.rows] == ["pond"]
    assert (session.is_reading_list_filtered, session.is_issue_list_filtered) == (True, False)
    session.set_filter("")
    assert len(session.rows) == 3
    session.set_filter("lake")
    assert session.end_list()
    assert not session.end_list()
    assert (session.filter, len(session.filter_issues())) == ("", 3)


def test_ending_the_filter_updates_the_marks(session: ReadingSession) -> None:
    session.start_list(make_list(session, "11"))
    session.set_filter("pond")
    session.library.mark(["lake"], read=True)
    session.clear_filter()
    assert session.get_unread_keys() == ["pond"]


def test_marks_are_shown_in_index_and_rows(session: ReadingSession) -> None:
    open_story(session, "12", 1)
    session.library.mark(["canal"], read=True)
    assert [row.ref for row in session.update_marks({"12"})] == ["12"]
    assert [row.is_read for row in session.stories] == [False, True, False]
    assert session.index.unread_count == 5


def test_a_star_is_shown_in_a_reading_list(session: ReadingSession) -> None:
    open_story(session, "11", 1)
    session.start_list(make_list(session, "11"))
    session.library.mark(["pond"], starred=True)
    session.update_marks({"11"})
    assert [row.is_starred for row in session.rows] == [False, True]


def test_a_removed_story_stays_open(library: Library) -> None:
    session = ReadingSession(store_issues(library, [make_issue(5, "zebra", "mountain", "quilt")]), now=lambda: TODAY)
    session.load_index()
    open_story(session, "5", 3)
    store_edited(library, make_issue(5, "zebra", "mountain"))
    session.load_index()
    session.reload_story()
    assert library.find_story("quilt") is None
    assert session.story
    assert session.story.key == "quilt"


def test_loading_the_index_again_finds_no_change(session: ReadingSession) -> None:
    assert not session.load_index()


def test_a_reading_list_suspends_catching_up(session: ReadingSession) -> None:
    session.library.state.save_value(CATCHING_UP, "on")
    resumed = ReadingSession(session.library)
    assert resumed.is_catching_up
    resumed.load_index()
    resumed.start_list(make_list(session, "11"))
    assert not resumed.is_catching_up


def test_the_guide_has_its_own_history(library: Library) -> None:
    assert ReadingSession(library).history_setting != ReadingSession(library, guide=True).history_setting


def test_a_session_needs_no_textual() -> None:
    program = "import sys; from importai_tui.tui.reading.session import ReadingSession; print('textual' in sys.modules)"
    process = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert process.stdout.strip() == "False"
