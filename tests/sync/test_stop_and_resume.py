"""A backfill that is stopped, or during which the site changes, ends like an uninterrupted one."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from importai_tui.http.client import HttpClient
from importai_tui.library.library import Library
from importai_tui.paths import Places
from importai_tui.sync.progress import SyncReport
from importai_tui.sync.run import Sync
from importai_tui.sync.sources import Source, SourceKind, SyncPlan
from tests.http.server import Reply, Request
from tests.sync import failures
from tests.sync.newsletter import remove_number
from tests.sync.user import (
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
def user(tmp_path: Path) -> Iterator[SyncUser]:
    """A user of a newsletter with two pages of posts."""
    with create_user(tmp_path / "interrupted", get_issues(60, stories=1)) as user:
        yield user


def stop_at_page(sync: Sync, page: str) -> Callable[[Request], Reply | None]:
    """Return an override that stops the sync when it requests this page, and never replies."""

    def override(request: Request) -> Reply | None:
        if request.path != POSTS or request.query["page"] != page:
            return None
        sync.stop()
        return Reply(silent=True)

    return override


def test_stop_during_request_keeps_stored_issues(user: SyncUser) -> None:
    sync = user.create_sync(user.mirror, full=True)
    user.newsletter.override = stop_at_page(sync, "2")
    report = sync.run()
    assert (report.is_stopped, report.errors, report.new_count, report.needs_backfill) == (True, (), 50, True)
    assert user.load_stored().numbers == list(range(480, 430, -1))


def test_next_run_continues_with_missing_page(user: SyncUser, tmp_path: Path) -> None:
    sync = user.create_sync(user.mirror, full=True)
    user.newsletter.override = stop_at_page(sync, "2")
    sync.run()
    user.newsletter.override = lambda _: None
    source = get_only_report(user.sync(user.mirror, full=True))
    assert user.requested_pages[0] == (POSTS, "2")
    assert len(source.new) == 10
    assert user.load_stored() == sync_uninterrupted(tmp_path / "uninterrupted", user.newsletter)


def test_progress_continues_after_stop(user: SyncUser) -> None:
    sync = user.create_sync(user.mirror, full=True)
    user.newsletter.override = stop_at_page(sync, "2")
    sync.run()
    user.newsletter.override = lambda _: None
    user.sync(user.mirror, full=True)
    steps = [(step.done, step.total) for step in user.progress if step.title]
    assert steps[:10] == [(n, 60) for n in range(51, 61)]
    assert max(steps) == (60, 60)


def test_stop_within_page_repeats_that_page(user: SyncUser, tmp_path: Path) -> None:
    sync = user.create_sync(user.mirror, full=True)
    user.on_progress = lambda step: sync.stop() if step.done == 55 else None
    assert sync.run().is_stopped
    assert user.load_stored().numbers == list(range(480, 425, -1))
    user.on_progress = lambda _: None
    source = get_only_report(user.sync(user.mirror, full=True))
    assert user.requested_pages[0] == (POSTS, "2")
    assert (len(source.new), source.updated) == (5, ())
    assert user.load_stored() == sync_uninterrupted(tmp_path / "uninterrupted", user.newsletter)


def test_stop_before_start_sends_nothing(user: SyncUser) -> None:
    sync = user.create_sync(full=True)
    sync.stop()
    assert sync.run().is_stopped
    assert user.requests == []


def test_stop_after_the_end_has_no_effect(user: SyncUser) -> None:
    user.newsletter.issues = list(get_issues(1))
    sync = user.create_sync()
    sync.run()
    sync.stop()
    assert not user.sync().is_stopped


def test_stop_during_retry_wait_ends_sync(user: SyncUser) -> None:
    sync = user.create_sync(full=True)
    user.newsletter.override = reply_at(FEED, lambda: failures.too_many_requests("30"))
    user.on_progress = lambda step: sync.stop() if step.note else None
    report = sync.run()
    assert (report.is_stopped, len(user.requests)) == (True, 1)


@pytest.mark.parametrize("make_reply", [failures.server_error, failures.challenge_403, failures.html_page])
def test_failed_backfill_is_reported_and_continued(user: SyncUser, make_reply: MakeReply, tmp_path: Path) -> None:
    user.newsletter.override = reply_at(POSTS, make_reply, page="2")
    source = get_only_report(user.sync(user.mirror, full=True))
    assert source.error
    assert len(source.new) == 50
    user.newsletter.override = lambda _: None
    user.sync(user.mirror, full=True)
    assert user.requested_pages[0] == (POSTS, "2")
    assert user.load_stored() == sync_uninterrupted(tmp_path / "uninterrupted", user.newsletter)


def test_everyday_sync_keeps_position_of_backfill(user: SyncUser) -> None:
    user.newsletter.override = reply_at(POSTS, failures.server_error, page="2")
    user.sync(user.mirror, full=True)
    user.newsletter.override = lambda _: None
    user.newsletter.publish(get_issues(1, newest=481, stories=1)[0])
    assert get_numbers(get_only_report(user.sync(user.mirror)).new) == [481]
    user.sync(user.mirror, full=True)
    assert user.requested_pages[0] == (POSTS, "2")
    assert user.load_stored().numbers == list(range(481, 420, -1))


# --- changes during a backfill ----------------------------------------------------------------------------------------


def run_during_backfill(action: Callable[[], None], page: str = "2") -> Callable[[Request], Reply | None]:
    """Return an override that runs an action once, before this page is sent."""
    actions = [action]

    def override(request: Request) -> None:
        if request.path == POSTS and request.query["page"] == page and actions:
            actions.pop()()

    return override


def test_post_published_during_backfill_comes_next_time(
    user: SyncUser,
) -> None:
    new = get_issues(1, newest=481, stories=1)[0]
    user.newsletter.override = run_during_backfill(lambda: user.newsletter.publish(new))
    source = get_only_report(user.sync(user.mirror, full=True))
    assert (get_numbers(source.new), source.updated) == (list(range(480, 420, -1)), ())
    assert get_numbers(get_only_report(user.sync(user.mirror)).new) == [481]


@pytest.mark.parametrize("page", ["2", "3"])
def test_post_deleted_during_backfill_hides_no_other(user: SyncUser, page: str) -> None:
    user.newsletter.issues = list(get_issues(110, stories=1))
    user.newsletter.override = run_during_backfill(lambda: user.newsletter.delete(475), page)
    report = user.sync(user.mirror, full=True)
    assert user.load_stored().numbers == list(range(480, 370, -1))
    assert report.missing_numbers == ()


def test_deleted_post_hides_no_post_without_number(user: SyncUser) -> None:
    at_seam = user.newsletter.issues[50]
    user.newsletter.issues[50] = remove_number(at_seam)
    user.newsletter.override = run_during_backfill(lambda: user.newsletter.delete(475))
    user.sync(user.mirror, full=True)
    assert len(user.load_stored().issue_rows) == 60


def test_backfill_ends_if_remaining_posts_are_deleted(user: SyncUser) -> None:
    user.newsletter.override = reply_at(POSTS, failures.server_error, page="2")
    user.sync(user.mirror, full=True)
    user.newsletter.override = lambda _: None
    user.newsletter.issues = user.newsletter.issues[:40]
    report = user.sync(user.mirror, full=True)
    assert user.requested_pages[0] == (POSTS, "2")
    assert (report.errors, report.needs_backfill) == ((), False)
    assert user.load_stored().numbers == list(range(480, 430, -1)), "deleted posts stay stored"


def test_last_post_is_found_after_its_page_vanished(user: SyncUser) -> None:
    user.newsletter.issues = user.newsletter.issues[:51]
    user.newsletter.override = reply_at(POSTS, failures.server_error, page="2")
    user.sync(user.mirror, full=True)
    user.newsletter.override = lambda _: None
    user.newsletter.delete(475)
    user.sync(user.mirror, full=True)
    assert user.load_stored().numbers == list(range(480, 429, -1))


def test_backfill_continued_weeks_later_fetches_new_issues(user: SyncUser) -> None:
    user.newsletter.override = reply_at(POSTS, failures.server_error, page="2")
    user.sync(user.mirror, full=True)
    user.newsletter.override = lambda _: None
    user.newsletter.issues = [*get_issues(30, newest=510, stories=1), *user.newsletter.issues]
    report = user.sync(user.mirror, full=True)
    assert report.missing_numbers == ()
    assert user.load_stored().numbers == list(range(510, 420, -1))


def test_continued_backfill_does_not_search_missing_numbers(user: SyncUser) -> None:
    user.newsletter.delete(450)
    user.newsletter.delete(425)
    user.newsletter.override = reply_at(POSTS, failures.server_error, page="2")
    user.sync(user.mirror, full=True)
    user.newsletter.override = lambda _: None
    assert user.sync(user.mirror, full=True).missing_numbers == (425, 450)
    assert [request.query["orderby"] for request in user.requests] == ["date", "modified"]


def test_backfill_continued_weeks_later_leaves_no_gap(user: SyncUser) -> None:
    user.newsletter.override = reply_at(POSTS, failures.server_error, page="2")
    user.sync(full=True)
    user.newsletter.override = lambda _: None
    user.newsletter.issues = [*get_issues(30, newest=510, stories=1), *user.newsletter.issues]
    assert user.sync(full=True).missing_numbers == ()
    assert user.load_stored().numbers == list(range(510, 420, -1))


@pytest.mark.parametrize("is_synced_between", [False, True])
def test_edit_between_two_backfill_runs_is_stored(user: SyncUser, is_synced_between: bool) -> None:
    user.newsletter.override = reply_at(POSTS, failures.server_error, page="2")
    user.sync(user.mirror, full=True)
    user.newsletter.override = lambda _: None
    user.newsletter.edit(440, "Why this matters - ", "Why this hardly matters - ")
    if is_synced_between:
        user.newsletter.publish(get_issues(1, newest=481, stories=1)[0])
        user.sync(user.mirror)
    source = get_only_report(user.sync(user.mirror, full=True))
    assert get_numbers(source.updated) == [440]
    assert "Why this hardly matters" in user.load_stored().issues["440"].stories[0].text


def test_stop_does_not_wait_for_name_lookup(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    lookup_started, lookup_released, reports = Event(), Event(), list[SyncReport]()

    def resolve_host(*_: object, **__: object) -> list[object]:
        lookup_started.set()
        lookup_released.wait(60)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", resolve_host)
    plan = SyncPlan((Source("far", "https://far.example/feed", SourceKind.FEED),), None)
    lock = places.cache_folder / "sync.lock"
    run = Sync(
        plan, lambda: Library.open(places), lock, lambda on_wait: HttpClient(on_wait=on_wait, proxy=lambda _: None)
    )
    thread = Thread(target=lambda: reports.append(run.run()))
    thread.start()
    assert lookup_started.wait(20)
    run.stop()
    thread.join(20)
    assert not lookup_released.is_set()
    lookup_released.set()
    assert [report.is_stopped for report in reports] == [True]


def test_run_stopped_before_start_sends_nothing(places: Places) -> None:
    plan = SyncPlan((Source("far", "https://far.invalid/feed", SourceKind.FEED),), None)
    run = Sync(plan, lambda: Library.open(places), places.cache_folder / "sync.lock", lambda _: HttpClient())
    run.stop()
    run.stop()
    report = run.run()
    assert report.is_stopped
    assert not report.sources
