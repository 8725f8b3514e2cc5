"""Gaps between the issues of the feed and the stored issues, as after a long pause."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from importai_tui.parse.story_keys import normalise_text
from tests.http.server import Reply
from tests.sync import failures
from tests.sync.newsletter import make_other_post
from tests.sync.syncing import (
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

HOLE = list(range(460, 454, -1))


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[SyncUser]:
    """A user with issues 453 and 454, some marked, while the newsletter is at 480 and has older issues."""
    with create_user(tmp_path, get_issues(32)[26:28]) as reader:
        reader.sync()
        reader.mark_stories("454/1", "453/2")
        reader.newsletter.issues = list(get_issues(32))
        yield reader


def test_gap_of_a_year_needs_three_requests(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(90, stories=1)[80:82]) as reader:
        reader.sync()
        reader.newsletter.issues = list(get_issues(90, stories=1))
        report = reader.sync()
        assert (len(reader.requests), report.new_count, report.missing_numbers) == (3, 80, ())
        assert reader.load_stored().numbers == list(range(480, 398, -1))


def test_old_gap_is_searched_by_date(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(90, stories=1)[86:]) as reader:
        reader.sync()
        reader.newsletter.override = reply_on_mirror(failures.server_error)
        for newest in (60, 40, 20, 0):
            reader.newsletter.issues = list(get_issues(90, stories=1)[newest:])
            assert reader.sync().missing_numbers == tuple(range(395, 401))
        reader.newsletter.override = lambda _: None
        report = reader.sync()
        assert (get_numbers(report.sources[1].new), report.sources[1].requests) == (list(range(400, 394, -1)), 1)


def test_only_wanted_number_is_fetched(reader: SyncUser) -> None:
    report = reader.sync(extra_numbers={450})
    assert 450 in get_numbers(report.sources[1].new)
    assert 451 not in reader.load_stored().numbers


def test_gap_is_filled_from_mirror_in_one_request(reader: SyncUser) -> None:
    report = reader.sync()
    feed, mirror = report.sources
    assert get_numbers(feed.new) == list(range(480, 460, -1))
    assert get_numbers(mirror.new) == HOLE
    assert (feed.requests, mirror.requests) == (1, 1)
    assert (report.missing_numbers, report.errors) == ((), ())


def test_older_issues_and_marks_are_untouched(reader: SyncUser) -> None:
    marks = reader.load_stored().marks
    reader.sync()
    kept = reader.load_stored()
    assert kept.numbers == list(range(480, 452, -1))
    assert kept.marks[-len(marks) :] == marks


def test_gap_issues_are_parsed_like_others(reader: SyncUser) -> None:
    reader.sync()
    kept = reader.load_stored()
    for made in get_issues(32)[20:26]:
        assert [normalise_text(story.headline) for story in kept.stories[str(made.number)]] == list(
            map(normalise_text, made.headlines)
        )


def test_only_feed_is_asked_once_gap_is_filled(reader: SyncUser) -> None:
    reader.sync()
    assert get_only_report(reader.sync()).requests == 1
    assert len(reader.requests) == 1


def test_progress_counts_missing_numbers(reader: SyncUser) -> None:
    reader.newsletter.publish(make_other_post(get_issues(32)[22]))
    reader.sync()
    steps = [step for step in reader.progress if step.source == "mirror" and step.title]
    assert [(step.done, step.total) for step in steps] == [(n, 6) for n in range(1, 7)]


def test_gap_is_filled_from_site_named_alone(reader: SyncUser) -> None:
    report = reader.sync(reader.mirror)
    assert get_numbers(get_only_report(report).new) == [*range(480, 460, -1), *HOLE]
    assert [(one.query["orderby"], one.query["per_page"]) for one in reader.requests] == [
        ("date", "20"),
        ("date", "50"),
    ]
    steps = [(step.done, step.total) for step in reader.progress if step.title]
    assert steps == [*[(n, None) for n in range(1, 21)], *[(n, 6) for n in range(1, 7)]]


@pytest.mark.parametrize("play", [failures.server_error, failures.challenge_403, failures.html_page])
def test_unfilled_gap_is_filled_by_next_sync(reader: SyncUser, play: MakeReply) -> None:
    reader.newsletter.override = reply_on_mirror(play)
    report = reader.sync()
    feed, mirror = report.sources
    assert (len(feed.new), feed.error) == (20, None)
    assert mirror.error
    assert report.missing_numbers == tuple(sorted(HOLE))
    reader.newsletter.override = lambda _: None
    feed, mirror = reader.sync().sources
    assert (feed.requests, feed.bytes) == (1, 0), "the feed has nothing new"
    assert get_numbers(mirror.new) == HOLE


def test_partly_filled_gap_is_filled_by_next_sync(reader: SyncUser) -> None:
    def stop(_: object) -> None:
        if any("458" in title for title in reader.progress_titles):
            sync.stop()

    reader.on_progress, sync = stop, reader.create_sync()
    report = sync.run()
    assert report.is_stopped
    held = reader.load_stored().numbers
    assert (458 in held, 456 in held) == (True, False)
    reader.on_progress = lambda _: None
    report = reader.sync()
    assert (report.missing_numbers, report.errors) == ((), ())
    assert reader.load_stored().numbers == list(range(480, 452, -1))


def test_number_found_nowhere_is_searched_once(reader: SyncUser) -> None:
    reader.newsletter.issues = list(get_issues(90))
    reader.newsletter.delete(457)
    report = reader.sync()
    assert report.missing_numbers == (457,)
    assert report.sources[1].requests == 1
    report = reader.sync()
    assert (get_only_report(report).requests, report.missing_numbers) == (1, (457,))
    reader.newsletter.sends_etag = False
    assert get_only_report(reader.sync()).requests == 1, "it is not looked for because the feed is read again"


def test_given_up_number_does_not_hide_new_gap(reader: SyncUser) -> None:
    reader.newsletter.delete(457)
    reader.sync()
    reader.newsletter.issues = [*get_issues(25, newest=505), *reader.newsletter.issues]
    report = reader.sync()
    assert get_numbers(report.sources[1].new) == list(range(485, 480, -1))
    assert report.missing_numbers == (457,)


def test_new_gap_does_not_replace_old_one(reader: SyncUser) -> None:
    reader.newsletter.override = reply_on_mirror(failures.server_error)
    reader.sync()
    reader.newsletter.override = lambda _: None
    reader.newsletter.issues = [*get_issues(25, newest=505), *reader.newsletter.issues]
    report = reader.sync()
    assert get_numbers(report.sources[1].new) == [*range(485, 480, -1), *HOLE]
    assert report.missing_numbers == ()


def test_numbers_missing_within_feed_are_searched_once(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(6)) as reader:
        reader.newsletter.delete(478)
        report = reader.sync()
        assert report.sources[1].requests == 1
        assert report.missing_numbers == (478,)
        reader.newsletter.sends_etag = False
        assert get_only_report(reader.sync()).requests == 1, "once"


def test_new_archive_has_no_gap(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(30)) as reader:
        report = reader.sync()
        assert get_only_report(report).requests == 1
        assert report.missing_numbers == ()


def test_gap_is_reported_without_backfill_source(reader: SyncUser) -> None:
    report = reader.sync(reader.feed)
    assert get_only_report(report).requests == 1
    assert report.missing_numbers == tuple(sorted(HOLE))


def test_gap_is_filled_once_mirror_is_asked(reader: SyncUser) -> None:
    reader.sync(reader.feed)
    assert get_numbers(reader.sync().sources[1].new) == HOLE


def test_gap_is_filled_from_paged_feed(reader: SyncUser) -> None:
    reader.newsletter.is_rest_open = False
    report = reader.sync()
    assert get_numbers(report.sources[1].new) == HOLE
    assert reader.requested_pages[-3:] == [("/mirror/feed/", str(page)) for page in (1, 2, 3)]
    assert report.missing_numbers == ()
    assert reader.load_stored().numbers == list(range(480, 452, -1))


def test_paged_feed_is_searched_until_issues_are_older(reader: SyncUser) -> None:
    reader.newsletter.issues = list(get_issues(60))
    reader.newsletter.is_rest_open = False
    reader.newsletter.delete(457)
    assert reader.sync().missing_numbers == (457,)
    assert reader.requested_pages[-1] == ("/mirror/feed/", "4"), "whose issues are all older"
    assert get_only_report(reader.sync()).requests == 1


def test_plain_feed_is_not_searched_for_gap(reader: SyncUser) -> None:
    other = reader.source_at("/substack/feed")
    report = reader.sync(reader.feed, other)
    assert report.missing_numbers == tuple(sorted(HOLE))
    before = reader.load_stored()
    report = reader.sync(reader.feed, other)
    assert [source.requests for source in report.sources] == [1, 1]
    assert reader.load_stored() == before


def test_plain_feed_does_not_give_up_gap(reader: SyncUser) -> None:
    reader.sync(reader.feed, reader.source_at("/substack/feed"))
    assert get_numbers(reader.sync().sources[1].new) == HOLE


def test_invalid_dates_do_not_hide_gap(reader: SyncUser) -> None:
    newest = get_issues(32)[:20]
    reader.newsletter.override = reply_at("/substack/feed", lambda: failures.garbage_dates_feed(newest))
    report = reader.sync()
    assert get_numbers(report.sources[1].new) == HOLE
    assert report.missing_numbers == ()


def test_retry_after_is_obeyed_and_shown(reader: SyncUser) -> None:
    replies = [failures.too_many_requests("30")]
    reader.newsletter.override = lambda asked: replies.pop() if asked.path == POSTS and replies else None
    report = reader.sync()
    assert reader.sleeps == [30.0]
    assert [(step.source, step.note) for step in reader.progress if step.note] == [
        ("mirror", "127.0.0.1 asks to wait 30 s")
    ]
    assert (report.sources[1].requests, report.missing_numbers) == (2, ())


def test_gap_is_reported_if_mirror_is_empty(reader: SyncUser) -> None:
    reader.newsletter.override = lambda asked: Reply(status=404) if asked.path.startswith("/mirror") else None
    before = reader.load_stored()
    report = reader.sync()
    assert report.sources[1].error == "127.0.0.1 has no feed there (status 404). Check the address."
    assert report.missing_numbers == tuple(sorted(HOLE))
    assert _older(reader.load_stored()) == before.issue_rows


def _older(kept: StoredData) -> tuple[object, ...]:
    return tuple(head for head in kept.issue_rows if head.number is not None and head.number <= 454)
