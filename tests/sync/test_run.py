"""Everyday syncs with the feed and the site."""

from __future__ import annotations

import html
import multiprocessing
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from importai_tui.errors import SyncError
from importai_tui.http.addresses import get_endpoint
from importai_tui.sync.run import single_instance
from tests.http.server import Reply, Request, Server
from tests.sync import failures
from tests.sync.newsletter import make_other_post, remove_number
from tests.sync.user import FEED, POSTS, SyncUser, create_user, get_issues, get_numbers, get_only_report, reply_at


@pytest.fixture
def user(tmp_path: Path) -> Iterator[SyncUser]:
    """A user with three published issues; a fourth is not published yet."""
    with create_user(tmp_path, get_issues(4)[1:]) as user:
        yield user


def test_first_sync_stores_issues_of_feed(user: SyncUser) -> None:
    source = get_only_report(user.sync())
    assert get_numbers(source.new) == user.load_stored().numbers == [479, 478, 477]
    assert (source.name, source.requests, source.updated, source.unchanged) == ("substack", 1, (), 0)


def test_every_story_is_stored(user: SyncUser) -> None:
    user.sync()
    stored = user.load_stored()
    for issue in user.newsletter.issues:
        assert tuple(story.headline for story in stored.stories[str(issue.number)]) == issue.headlines


def test_second_sync_sends_validators(user: SyncUser) -> None:
    user.sync()
    before = user.load_stored()
    source = get_only_report(user.sync())
    (request,) = user.requests
    tag = request.headers["if-none-match"]
    assert tag.startswith('W/"'), "the validator goes back as it came"
    assert "if-modified-since" not in request.headers
    assert (source.requests, source.bytes, source.new, source.updated, source.unchanged) == (1, 0, (), (), 0)
    assert user.load_stored() == before


def test_feed_without_validators_is_read_again(user: SyncUser) -> None:
    user.newsletter.sends_etag = False
    user.sync()
    before = user.load_stored()
    source = get_only_report(user.sync())
    assert "if-none-match" not in user.requests[0].headers
    assert (source.requests, source.new, source.updated, source.unchanged) == (1, (), (), 3)
    assert user.load_stored() == before


def test_only_new_issue_is_reported_as_new(user: SyncUser) -> None:
    user.sync()
    before = user.load_stored()
    user.newsletter.publish(get_issues(4)[0])
    source = get_only_report(user.sync())
    assert (get_numbers(source.new), source.updated, source.unchanged) == ([480], (), 3)
    assert user.load_stored().issue_rows[1:] == before.issue_rows


def test_older_copy_of_feed_reverts_nothing(user: SyncUser) -> None:
    older = user.newsletter.issues[:]
    user.sync()
    user.newsletter.edit(478, "Thanks for reading", "Thank you for reading")
    user.newsletter.edit(478, "<p>***</p>", "<p>***</p><p>One remark more.</p>")
    user.newsletter.publish(get_issues(4)[0])
    user.sync()
    newest, user.newsletter.issues = user.load_stored(), older
    source = get_only_report(user.sync())
    assert (source.new, source.updated) == ((), ())
    assert user.load_stored() == newest


@pytest.mark.parametrize("name", ["feed", "mirror"])
def test_edited_story_is_stored_and_keeps_marks(user: SyncUser, name: str) -> None:
    user.sync(getattr(user, name))
    user.mark_stories("478/1", "477/2")
    before = user.load_stored()
    user.newsletter.edit(478, "Why this matters - ", "Why this hardly matters - ")
    source = get_only_report(user.sync(getattr(user, name)))
    after = user.load_stored()
    assert (source.new, get_numbers(source.updated)) == ((), [478])
    assert "Why this hardly matters" in after.issues["478"].stories[0].text
    assert after.marks == before.marks
    assert sum(read and starred for _, read, starred in after.marks) == 2


def test_story_with_edited_headline_keeps_key_and_marks(user: SyncUser) -> None:
    user.sync()
    user.mark_stories("478/1")
    before = user.load_stored()
    headline = html.escape(user.newsletter.issues[1].headlines[0], quote=False)
    user.newsletter.edit(478, headline, f"{headline} twice")
    source = get_only_report(user.sync())
    after = user.load_stored()
    assert get_numbers(source.updated) == [478]
    assert after.stories["478"][0].headline == f"{before.stories['478'][0].headline} twice"
    assert after.marks == before.marks


def test_edited_title_is_stored(user: SyncUser) -> None:
    user.sync()
    expected = user.newsletter.issues[1]
    user.newsletter.issues[1] = replace(expected, title="Import AI 478: Corrected")
    assert get_numbers(get_only_report(user.sync()).updated) == [478]
    after = user.load_stored()
    assert after.issue_rows[1].title == "Import AI 478: Corrected"
    assert after.numbers == [479, 478, 477]


def test_issue_on_both_sites_is_stored_once(user: SyncUser) -> None:
    user.sync(user.feed)
    before = user.load_stored()
    source = get_only_report(user.sync(user.mirror))
    assert (source.new, source.updated, source.unchanged) == ((), (), 3)
    assert user.load_stored() == before


def test_issue_without_number_on_both_sites_is_stored_once(user: SyncUser) -> None:
    user.newsletter.issues = [remove_number(issue) for issue in user.newsletter.issues]
    user.sync(user.feed)
    before = user.load_stored()
    source = get_only_report(user.sync(user.mirror))
    assert len(before.issue_rows) == 3
    assert (source.new, source.updated, source.unchanged) == ((), (), 3)
    assert user.load_stored() == before


def test_edit_is_taken_from_either_site(user: SyncUser) -> None:
    user.sync(user.feed, user.mirror)
    user.mark_stories("478/1")
    before = user.load_stored()
    user.newsletter.edit(478, "Why this matters - ", "Why this hardly matters - ")
    user.newsletter.override = reply_at(FEED, lambda: Reply(status=304))  # the CDN still has the old copy
    feed, mirror = user.sync(user.feed, user.mirror).sources
    assert (feed.updated, get_numbers(mirror.updated)) == ((), [478])
    after = user.load_stored()
    assert "Why this hardly matters" in after.issues["478"].stories[0].text
    assert after.marks == before.marks


def test_unchanged_sites_never_overwrite_each_other(user: SyncUser) -> None:
    both = user.feed, user.mirror
    user.sync(*both)
    user.newsletter.edit(478, "Why this matters - ", "Why this hardly matters - ")
    user.newsletter.sends_etag = False
    user.sync(*both)
    before = user.load_stored()
    for _ in range(2):
        assert not any(source.new or source.updated for source in user.sync(*both).sources)
    assert user.load_stored() == before


def test_post_that_is_no_issue_is_skipped(user: SyncUser) -> None:
    user.newsletter.publish(make_other_post(user.newsletter.issues[0]))
    for source in (user.feed, user.mirror):
        report = get_only_report(user.sync(source))
        assert (report.skipped_posts, report.error) == (1, None)
    assert user.load_stored().numbers == [479, 478, 477]


def test_protected_post_is_stored_once_it_is_public(user: SyncUser) -> None:
    user.newsletter.protected_ids.add(user.newsletter.issues[1].post_id)
    assert get_numbers(get_only_report(user.sync(user.mirror)).new) == [479, 477]
    user.newsletter.protected_ids.clear()
    user.newsletter.edit(478, "Thanks for reading", "Thank you for reading")  # removing the password is an edit
    assert get_numbers(get_only_report(user.sync(user.mirror)).new) == [478]


# --- changes of the site ----------------------------------------------------------------------------------------------


def test_site_is_asked_for_changes_since_last_sync(user: SyncUser) -> None:
    user.sync(user.mirror)
    (first,) = user.requests
    assert (first.path, first.query["per_page"], first.query["orderby"]) == (POSTS, "20", "date")
    user.newsletter.publish(get_issues(4)[0])
    source = get_only_report(user.sync(user.mirror))
    (second,) = user.requests
    assert (second.query["orderby"], second.query["order"]) == ("modified", "desc")
    assert "modified_after" in second.query
    assert get_numbers(source.new) == [480]


def test_edit_of_old_issue_arrives_from_site(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(30)) as user:
        user.sync(user.mirror, full=True)
        user.mark_stories("452/1")
        user.newsletter.edit(452, "Why this matters - ", "Why this hardly matters - ")
        source = get_only_report(user.sync(user.mirror))
        assert (source.requests, source.new, get_numbers(source.updated)) == (1, (), [452])
        assert user.load_stored().stories["452"][0].is_read


def test_edited_old_issue_is_not_fetched_without_backfill(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(30)) as user:
        user.sync(user.mirror)
        user.newsletter.edit(452, "Why this matters - ", "Why this hardly matters - ")
        user.newsletter.edit(470, "Why this matters - ", "Why this hardly matters - ")
        source = get_only_report(user.sync(user.mirror))
        assert (source.new, get_numbers(source.updated)) == ((), [470])
        assert user.load_stored().numbers == list(range(480, 460, -1))


def test_late_old_issue_is_fetched_after_backfill(user: SyncUser) -> None:
    user.sync(user.mirror, full=True)
    user.newsletter.publish(get_issues(1, newest=400)[0])
    user.newsletter.edit(400, "Why this matters - ", "Why this hardly matters - ")
    assert get_numbers(get_only_report(user.sync(user.mirror)).new) == [400]


# --- moved addresses --------------------------------------------------------------------------------------------------


def test_permanent_move_of_feed_is_stored(user: SyncUser) -> None:
    user.sync()
    with Server(user.newsletter) as other:
        user.trusted_endpoints = frozenset({get_endpoint(other.address)})
        user.newsletter.publish(get_issues(4)[0])
        target = other.address + FEED
        old = user.server.address.removeprefix("http://")
        user.newsletter.override = lambda request: (
            failures.redirect(target, 301) if request.headers["host"] == old else None
        )
        assert get_numbers(get_only_report(user.sync()).new) == [480]
        request_count = len(other.requests)
        source = get_only_report(user.sync())
        assert (source.requests, source.error) == (1, None)
        assert (user.requests, len(other.requests) - request_count) == ([], 1)


def test_permanent_move_of_site_is_stored(user: SyncUser) -> None:
    with Server(user.newsletter) as other:
        user.trusted_endpoints = frozenset({get_endpoint(other.address)})
        old = user.server.address.removeprefix("http://")

        def override(request: Request) -> Reply | None:
            query = urlencode(request.query, safe=",:")
            return (
                failures.redirect(f"{other.address}{request.path}?{query}", 301)
                if request.headers["host"] == old
                else None
            )

        user.newsletter.override = override
        assert len(get_only_report(user.sync(user.mirror)).new) == 3
        request_count = len(other.requests)
        assert get_only_report(user.sync(user.mirror)).error is None
        assert (user.requests, len(other.requests) - request_count) == ([], 1)


@pytest.mark.parametrize(("path", "status"), [("/substack/feed", 302), ("/old/feed", 301), ("/old/feed", 308)])
def test_temporary_or_path_move_is_not_stored(user: SyncUser, path: str, status: int) -> None:
    with Server(user.newsletter) as other:
        user.trusted_endpoints = frozenset({get_endpoint(other.address)})
        old = user.server.address.removeprefix("http://")
        target = other.address + FEED
        user.newsletter.override = lambda request: (
            failures.redirect(target, status) if request.headers["host"] == old else None
        )
        source = replace(user.feed, address=user.server.address + path)
        assert len(get_only_report(user.sync(source)).new) == 3
        assert get_only_report(user.sync(source)).error is None
        assert len(user.requests) == 1


def test_sync_time_is_set_only_on_success(user: SyncUser) -> None:
    user.sync()
    with user.open_library() as library:
        before = library.get_last_sync_time()
    user.newsletter.publish(get_issues(4)[0])  # a week later
    user.newsletter.override = lambda _: Reply(status=410)
    user.sync()
    with user.open_library() as library:
        assert library.get_last_sync_time() == before is not None
    user.newsletter.override = lambda _: None
    user.sync()
    with user.open_library() as library:
        assert library.get_last_sync_time() == user.now()


def test_same_title_a_year_later_is_another_issue(user: SyncUser) -> None:
    first = remove_number(user.newsletter.issues[0])
    other = remove_number(get_issues(4)[0])
    later = replace(other, title=first.title, slug=f"{first.slug}-2", published=first.published + timedelta(days=364))
    user.newsletter.issues = [first, later]
    assert len(get_only_report(user.sync(user.feed)).new) == 2
    assert get_only_report(user.sync(user.mirror)).unchanged == 2


# --- two syncs at once ------------------------------------------------------------------------------------------------


def _hold_lock(path: Path, locked: object, done: object) -> None:
    with single_instance(path):
        locked.set()  # type: ignore[attr-defined]
        done.wait(20)  # type: ignore[attr-defined]


def test_second_sync_is_refused_until_first_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "sync.lock"
    context = multiprocessing.get_context("spawn")
    locked, done = context.Event(), context.Event()
    other = context.Process(target=_hold_lock, args=(path, locked, done))
    other.start()
    assert locked.wait(20)
    with pytest.raises(SyncError, match="Another sync is already running"), single_instance(path):
        pass
    other.kill()
    other.join()
    with single_instance(path):
        pass
    other.close()
