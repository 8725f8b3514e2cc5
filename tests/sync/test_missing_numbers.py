"""Gaps between the issues of the feed and the stored issues, as after a long pause."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from importai_tui.parse.story_keys import normalise_text
from importai_tui.sync.fetcher import find_missing_behind
from tests.http.server import Reply
from tests.sync import failures
from tests.sync.newsletter import make_other_post
from tests.sync.user import (
    POSTS,
    MakeReply,
    StoredData,
    SyncUser,
    create_user,
    get_issues,
    get_numbers,
    get_only_report,
    reply_at,
    reply_on_mirror,
)

GAP = list(range(460, 454, -1))


@pytest.fixture
def user(tmp_path: Path) -> Iterator[SyncUser]:
    """A user with issues 453 and 454, some marked, while the newsletter is at 480 and has older issues."""
    with create_user(tmp_path, get_issues(32)[26:28]) as user:
        user.sync()
        user.mark_stories("454/1", "453/2")
        user.newsletter.issues = list(get_issues(32))
        yield user


@pytest.mark.parametrize(
    ("fetched", "stored", "missing"),
    [
        ({461, 462, 463}, {449, 450}, set(range(451, 461))),
        ({461, 463}, set(), {462}),
        ({461, 463}, {462}, set()),
        ({461, 462}, {460, 402}, set()),
        ({461, 462}, {2, 480}, set(range(3, 461))),
        (set(), {402}, set()),
    ],
)
def test_missing_numbers_lie_between_stored_and_newest(fetched: set[int], stored: set[int], missing: set[int]) -> None:
    assert find_missing_behind(fetched, stored) == missing


def test_gap_of_a_year_needs_three_requests(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(90, stories=1)[80:82]) as user:
        user.sync()
        user.newsletter.issues = list(get_issues(90, stories=1))
        report = user.sync()
        assert (len(user.requests), report.new_count, report.missing_numbers) == (3, 80, ())
        assert user.load_stored().numbers == list(range(480, 398, -1))


def test_old_gap_is_searched_by_date(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(90, stories=1)[86:]) as user:
        user.sync()
        user.newsletter.override = reply_on_mirror(failures.server_error)
        for newest in (60, 40, 20, 0):
            user.newsletter.issues = list(get_issues(90, stories=1)[newest:])
            assert user.sync().missing_numbers == tuple(range(395, 401))
        user.newsletter.override = lambda _: None
        report = user.sync()
        assert (get_numbers(report.sources[1].new), report.sources[1].requests) == (list(range(400, 394, -1)), 1)


def test_only_wanted_number_is_fetched(user: SyncUser) -> None:
    report = user.sync(extra_numbers={450})
    assert 450 in get_numbers(report.sources[1].new)
    assert 451 not in user.load_stored().numbers


def test_gap_is_filled_from_mirror_in_one_request(user: SyncUser) -> None:
    report = user.sync()
    feed, mirror = report.sources
    assert get_numbers(feed.new) == list(range(480, 460, -1))
    assert get_numbers(mirror.new) == GAP
    assert (feed.requests, mirror.requests) == (1, 1)
    assert (report.missing_numbers, report.errors) == ((), ())


def test_older_issues_and_marks_are_untouched(user: SyncUser) -> None:
    marks = user.load_stored().marks
    user.sync()
    stored = user.load_stored()
    assert stored.numbers == list(range(480, 452, -1))
    assert stored.marks[-len(marks) :] == marks


def test_gap_issues_are_parsed_like_others(user: SyncUser) -> None:
    user.sync()
    stored = user.load_stored()
    for expected in get_issues(32)[20:26]:
        assert [normalise_text(story.headline) for story in stored.stories[str(expected.number)]] == list(
            map(normalise_text, expected.headlines)
        )


def test_only_feed_is_asked_once_gap_is_filled(user: SyncUser) -> None:
    user.sync()
    assert get_only_report(user.sync()).requests == 1
    assert len(user.requests) == 1


def test_progress_counts_missing_numbers(user: SyncUser) -> None:
    user.newsletter.publish(make_other_post(get_issues(32)[22]))
    user.sync()
    steps = [step for step in user.progress if step.source == "mirror" and step.title]
    assert [(step.done, step.total) for step in steps] == [(n, 6) for n in range(1, 7)]


def test_gap_is_filled_from_site_named_alone(user: SyncUser) -> None:
    report = user.sync(user.mirror)
    assert get_numbers(get_only_report(report).new) == [*range(480, 460, -1), *GAP]
    assert [(request.query["orderby"], request.query["per_page"]) for request in user.requests] == [
        ("date", "20"),
        ("date", "50"),
    ]
    steps = [(step.done, step.total) for step in user.progress if step.title]
    assert steps == [*[(n, None) for n in range(1, 21)], *[(n, 6) for n in range(1, 7)]]


@pytest.mark.parametrize("make_reply", [failures.server_error, failures.challenge_403, failures.html_page])
def test_unfilled_gap_is_filled_by_next_sync(user: SyncUser, make_reply: MakeReply) -> None:
    user.newsletter.override = reply_on_mirror(make_reply)
    report = user.sync()
    feed, mirror = report.sources
    assert (len(feed.new), feed.error) == (20, None)
    assert mirror.error
    assert report.missing_numbers == tuple(sorted(GAP))
    user.newsletter.override = lambda _: None
    feed, mirror = user.sync().sources
    assert (feed.requests, feed.bytes) == (1, 0), "the feed has nothing new"
    assert get_numbers(mirror.new) == GAP


def test_partly_filled_gap_is_filled_by_next_sync(user: SyncUser) -> None:
    def stop(_: object) -> None:
        if any("458" in title for title in user.progress_titles):
            sync.stop()

    user.on_progress, sync = stop, user.create_sync()
    report = sync.run()
    assert report.is_stopped
    numbers = user.load_stored().numbers
    assert (458 in numbers, 456 in numbers) == (True, False)
    user.on_progress = lambda _: None
    report = user.sync()
    assert (report.missing_numbers, report.errors) == ((), ())
    assert user.load_stored().numbers == list(range(480, 452, -1))


def test_number_found_nowhere_is_searched_once(user: SyncUser) -> None:
    user.newsletter.issues = list(get_issues(90))
    user.newsletter.delete(457)
    report = user.sync()
    assert report.missing_numbers == (457,)
    assert report.sources[1].requests == 1
    report = user.sync()
    assert (get_only_report(report).requests, report.missing_numbers) == (1, (457,))
    user.newsletter.sends_etag = False
    assert get_only_report(user.sync()).requests == 1, "it is not looked for because the feed is read again"


def test_given_up_number_does_not_hide_new_gap(user: SyncUser) -> None:
    user.newsletter.delete(457)
    user.sync()
    user.newsletter.issues = [*get_issues(25, newest=505), *user.newsletter.issues]
    report = user.sync()
    assert get_numbers(report.sources[1].new) == list(range(485, 480, -1))
    assert report.missing_numbers == (457,)


def test_new_gap_does_not_replace_old_one(user: SyncUser) -> None:
    user.newsletter.override = reply_on_mirror(failures.server_error)
    user.sync()
    user.newsletter.override = lambda _: None
    user.newsletter.issues = [*get_issues(25, newest=505), *user.newsletter.issues]
    report = user.sync()
    assert get_numbers(report.sources[1].new) == [*range(485, 480, -1), *GAP]
    assert report.missing_numbers == ()


def test_numbers_missing_within_feed_are_searched_once(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(6)) as user:
        user.newsletter.delete(478)
        report = user.sync()
        assert report.sources[1].requests == 1
        assert report.missing_numbers == (478,)
        user.newsletter.sends_etag = False
        assert get_only_report(user.sync()).requests == 1, "once"


def test_new_archive_has_no_gap(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(30)) as user:
        report = user.sync()
        assert get_only_report(report).requests == 1
        assert report.missing_numbers == ()


def test_gap_is_reported_without_backfill_source(user: SyncUser) -> None:
    report = user.sync(user.feed)
    assert get_only_report(report).requests == 1
    assert report.missing_numbers == tuple(sorted(GAP))


def test_gap_is_filled_once_mirror_is_asked(user: SyncUser) -> None:
    user.sync(user.feed)
    assert get_numbers(user.sync().sources[1].new) == GAP


def test_gap_is_filled_from_paged_feed(user: SyncUser) -> None:
    user.newsletter.is_rest_open = False
    report = user.sync()
    assert get_numbers(report.sources[1].new) == GAP
    assert user.requested_pages[-3:] == [("/mirror/feed/", str(page)) for page in (1, 2, 3)]
    assert report.missing_numbers == ()
    assert user.load_stored().numbers == list(range(480, 452, -1))


def test_paged_feed_is_searched_until_issues_are_older(user: SyncUser) -> None:
    user.newsletter.issues = list(get_issues(60))
    user.newsletter.is_rest_open = False
    user.newsletter.delete(457)
    assert user.sync().missing_numbers == (457,)
    assert user.requested_pages[-1] == ("/mirror/feed/", "4"), "whose issues are all older"
    assert get_only_report(user.sync()).requests == 1


def test_plain_feed_is_not_searched_for_gap(user: SyncUser) -> None:
    other = user.source_at("/substack/feed")
    report = user.sync(user.feed, other)
    assert report.missing_numbers == tuple(sorted(GAP))
    before = user.load_stored()
    report = user.sync(user.feed, other)
    assert [source.requests for source in report.sources] == [1, 1]
    assert user.load_stored() == before


def test_plain_feed_does_not_give_up_gap(user: SyncUser) -> None:
    user.sync(user.feed, user.source_at("/substack/feed"))
    assert get_numbers(user.sync().sources[1].new) == GAP


def test_invalid_dates_do_not_hide_gap(user: SyncUser) -> None:
    newest = get_issues(32)[:20]
    user.newsletter.override = reply_at("/substack/feed", lambda: failures.garbage_dates_feed(newest))
    report = user.sync()
    assert get_numbers(report.sources[1].new) == GAP
    assert report.missing_numbers == ()


def test_retry_after_is_obeyed_and_shown(user: SyncUser) -> None:
    replies = [failures.too_many_requests("30")]
    user.newsletter.override = lambda request: replies.pop() if request.path == POSTS and replies else None
    report = user.sync()
    assert user.sleeps == [30.0]
    assert [(step.source, step.note) for step in user.progress if step.note] == [
        ("mirror", "127.0.0.1 asks to wait 30 s")
    ]
    assert (report.sources[1].requests, report.missing_numbers) == (2, ())


def test_gap_is_reported_if_mirror_is_empty(user: SyncUser) -> None:
    user.newsletter.override = lambda request: Reply(status=404) if request.path.startswith("/mirror") else None
    before = user.load_stored()
    report = user.sync()
    assert report.sources[1].error == "127.0.0.1 has no feed at that URL (status 404). Check the URL."
    assert report.missing_numbers == tuple(sorted(GAP))
    assert _get_older_rows(user.load_stored()) == before.issue_rows


def _get_older_rows(stored: StoredData) -> tuple[object, ...]:
    return tuple(head for head in stored.issue_rows if head.number is not None and head.number <= 454)
