"""A backfill that is stopped, or during which the site changes, ends like an uninterrupted one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from importai_tui.sync.run import Sync
from tests.http.server import Reply, Request
from tests.sync import failures
from tests.sync.newsletter import remove_number
from tests.sync.syncing import (
    FEED,
    POSTS,
    MakeReply,
    SyncUser,
    create_user,
    get_issues,
    get_numbers,
    get_only_report,
    reply_at,
    sync_uninterrupted,
)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[SyncUser]:
    """A user of a newsletter with two pages of posts."""
    with create_user(tmp_path / "disturbed", get_issues(60, stories=1)) as reader:
        yield reader


def stop_at(sync: Sync, page: str) -> Callable[[Request], Reply | None]:
    """Return an override that stops the sync when it requests this page, and never replies."""

    def before(request: Request) -> Reply | None:
        if request.path != POSTS or request.query["page"] != page:
            return None
        sync.stop()
        return Reply(silent=True)

    return before


def test_stop_during_request_keeps_stored_issues(reader: SyncUser) -> None:
    sync = reader.create_sync(reader.mirror, full=True)
    reader.newsletter.override = stop_at(sync, "2")
    report = sync.run()
    assert (report.is_stopped, report.errors, report.new_count, report.needs_backfill) == (True, (), 50, True)
    assert reader.load_stored().numbers == list(range(480, 430, -1))


def test_next_run_continues_with_missing_page(reader: SyncUser, tmp_path: Path) -> None:
    sync = reader.create_sync(reader.mirror, full=True)
    reader.newsletter.override = stop_at(sync, "2")
    sync.run()
    reader.newsletter.override = lambda _: None
    source = get_only_report(reader.sync(reader.mirror, full=True))
    assert reader.requested_pages[0] == (POSTS, "2")
    assert len(source.new) == 10
    assert reader.load_stored() == sync_uninterrupted(tmp_path / "undisturbed", reader.newsletter)


def test_progress_continues_after_stop(reader: SyncUser) -> None:
    sync = reader.create_sync(reader.mirror, full=True)
    reader.newsletter.override = stop_at(sync, "2")
    sync.run()
    reader.newsletter.override = lambda _: None
    reader.sync(reader.mirror, full=True)
    steps = [(step.done, step.total) for step in reader.progress if step.title]
    assert steps[:10] == [(n, 60) for n in range(51, 61)]
    assert max(steps) == (60, 60)


def test_stop_within_page_repeats_that_page(reader: SyncUser, tmp_path: Path) -> None:
    sync = reader.create_sync(reader.mirror, full=True)
    reader.on_progress = lambda step: sync.stop() if step.done == 55 else None
    assert sync.run().is_stopped
    assert reader.load_stored().numbers == list(range(480, 425, -1))
    reader.on_progress = lambda _: None
    source = get_only_report(reader.sync(reader.mirror, full=True))
    assert reader.requested_pages[0] == (POSTS, "2")
    assert (len(source.new), source.updated) == (5, ())
    assert reader.load_stored() == sync_uninterrupted(tmp_path / "undisturbed", reader.newsletter)


def test_stop_before_start_sends_nothing(reader: SyncUser) -> None:
    sync = reader.create_sync(full=True)
    sync.stop()
    assert sync.run().is_stopped
    assert reader.requests == []


def test_stop_after_the_end_has_no_effect(reader: SyncUser) -> None:
    reader.newsletter.issues = list(get_issues(1))
    sync = reader.create_sync()
    sync.run()
    sync.stop()
    assert not reader.sync().is_stopped


def test_stop_during_retry_wait_ends_sync(reader: SyncUser) -> None:
    sync = reader.create_sync(full=True)
    reader.newsletter.override = reply_at(FEED, lambda: failures.too_many_requests("30"))
    reader.on_progress = lambda step: sync.stop() if step.note else None
    report = sync.run()
    assert (report.is_stopped, len(reader.requests)) == (True, 1)


@pytest.mark.parametrize("play", [failures.server_error, failures.challenge_403, failures.html_page])
def test_failed_backfill_is_reported_and_continued(reader: SyncUser, play: MakeReply, tmp_path: Path) -> None:
    reader.newsletter.override = reply_at(POSTS, play, page="2")
    source = get_only_report(reader.sync(reader.mirror, full=True))
    assert source.error
    assert len(source.new) == 50
    reader.newsletter.override = lambda _: None
    reader.sync(reader.mirror, full=True)
    assert reader.requested_pages[0] == (POSTS, "2")
    assert reader.load_stored() == sync_uninterrupted(tmp_path / "undisturbed", reader.newsletter)


def test_everyday_sync_keeps_position_of_backfill(reader: SyncUser) -> None:
    reader.newsletter.override = reply_at(POSTS, failures.server_error, page="2")
    reader.sync(reader.mirror, full=True)
    reader.newsletter.override = lambda _: None
    reader.newsletter.publish(get_issues(1, newest=481, stories=1)[0])
    assert get_numbers(get_only_report(reader.sync(reader.mirror)).new) == [481]
    reader.sync(reader.mirror, full=True)
    assert reader.requested_pages[0] == (POSTS, "2")
    assert reader.load_stored().numbers == list(range(481, 420, -1))


# --- changes during a backfill ----------------------------------------------------------------------------------------


def meanwhile(act: Callable[[], None], page: str = "2") -> Callable[[Request], Reply | None]:
    """Return an override that runs an action once, before this page is sent."""
    left = [act]

    def before(request: Request) -> None:
        if request.path == POSTS and request.query["page"] == page and left:
            left.pop()()

    return before


def test_post_published_during_backfill_comes_next_time(
    reader: SyncUser,
) -> None:
    new = get_issues(1, newest=481, stories=1)[0]
    reader.newsletter.override = meanwhile(lambda: reader.newsletter.publish(new))
    source = get_only_report(reader.sync(reader.mirror, full=True))
    assert (get_numbers(source.new), source.updated) == (list(range(480, 420, -1)), ())
    assert get_numbers(get_only_report(reader.sync(reader.mirror)).new) == [481]


@pytest.mark.parametrize("page", ["2", "3"])
def test_post_deleted_during_backfill_hides_no_other(reader: SyncUser, page: str) -> None:
    reader.newsletter.issues = list(get_issues(110, stories=1))
    reader.newsletter.override = meanwhile(lambda: reader.newsletter.delete(475), page)
    report = reader.sync(reader.mirror, full=True)
    assert reader.load_stored().numbers == list(range(480, 370, -1))
    assert report.missing_numbers == ()


def test_deleted_post_hides_no_post_without_number(reader: SyncUser) -> None:
    at_seam = reader.newsletter.issues[50]
    reader.newsletter.issues[50] = remove_number(at_seam)
    reader.newsletter.override = meanwhile(lambda: reader.newsletter.delete(475))
    reader.sync(reader.mirror, full=True)
    assert len(reader.load_stored().issue_rows) == 60


def test_backfill_ends_if_remaining_posts_are_deleted(reader: SyncUser) -> None:
    reader.newsletter.override = reply_at(POSTS, failures.server_error, page="2")
    reader.sync(reader.mirror, full=True)
    reader.newsletter.override = lambda _: None
    reader.newsletter.issues = reader.newsletter.issues[:40]
    report = reader.sync(reader.mirror, full=True)
    assert reader.requested_pages[0] == (POSTS, "2")
    assert (report.errors, report.needs_backfill) == ((), False)
    assert reader.load_stored().numbers == list(range(480, 430, -1)), "what is gone there stays here"


def test_last_post_is_found_after_its_page_vanished(reader: SyncUser) -> None:
    reader.newsletter.issues = reader.newsletter.issues[:51]
    reader.newsletter.override = reply_at(POSTS, failures.server_error, page="2")
    reader.sync(reader.mirror, full=True)
    reader.newsletter.override = lambda _: None
    reader.newsletter.delete(475)
    reader.sync(reader.mirror, full=True)
    assert reader.load_stored().numbers == list(range(480, 429, -1))


def test_backfill_continued_weeks_later_fetches_new_issues(reader: SyncUser) -> None:
    reader.newsletter.override = reply_at(POSTS, failures.server_error, page="2")
    reader.sync(reader.mirror, full=True)
    reader.newsletter.override = lambda _: None
    reader.newsletter.issues = [*get_issues(30, newest=510, stories=1), *reader.newsletter.issues]
    report = reader.sync(reader.mirror, full=True)
    assert report.missing_numbers == ()
    assert reader.load_stored().numbers == list(range(510, 420, -1))


def test_continued_backfill_does_not_search_missing_numbers(reader: SyncUser) -> None:
    reader.newsletter.delete(450)
    reader.newsletter.delete(425)
    reader.newsletter.override = reply_at(POSTS, failures.server_error, page="2")
    reader.sync(reader.mirror, full=True)
    reader.newsletter.override = lambda _: None
    assert reader.sync(reader.mirror, full=True).missing_numbers == (425, 450)
    assert [request.query["orderby"] for request in reader.requests] == ["date", "modified"]


def test_backfill_continued_weeks_later_leaves_no_gap(reader: SyncUser) -> None:
    reader.newsletter.override = reply_at(POSTS, failures.server_error, page="2")
    reader.sync(full=True)
    reader.newsletter.override = lambda _: None
    reader.newsletter.issues = [*get_issues(30, newest=510, stories=1), *reader.newsletter.issues]
    assert reader.sync(full=True).missing_numbers == ()
    assert reader.load_stored().numbers == list(range(510, 420, -1))


@pytest.mark.parametrize("meanwhile_synced", [False, True])
def test_edit_between_two_backfill_runs_is_stored(reader: SyncUser, meanwhile_synced: bool) -> None:
    reader.newsletter.override = reply_at(POSTS, failures.server_error, page="2")
    reader.sync(reader.mirror, full=True)
    reader.newsletter.override = lambda _: None
    reader.newsletter.edit(440, "Why this matters - ", "Why this hardly matters - ")
    if meanwhile_synced:
        reader.newsletter.publish(get_issues(1, newest=481, stories=1)[0])
        reader.sync(reader.mirror)
    source = get_only_report(reader.sync(reader.mirror, full=True))
    assert get_numbers(source.updated) == [440]
    assert "Why this hardly matters" in reader.load_stored().issues["440"].stories[0].text
