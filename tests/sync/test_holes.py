"""Numbers that are missing between what the feed holds and what is stored, as after a long time without the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from importai_tui.parse.story_keys import fold
from tests.http.server import Reply
from tests.sync import failures
from tests.sync.newsletter import no_issue
from tests.sync.syncing import (
    POSTS,
    Kept,
    Play,
    Reader,
    made_issues,
    numbers,
    only,
    played_at,
    played_on_the_site,
    reading,
)

HOLE = list(range(460, 454, -1))


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """Who has the issues 453 and 454, some of them read, and has been away until 480; there are older issues too."""
    with reading(tmp_path, made_issues(32)[26:28]) as reader:
        reader.sync()
        reader.mark("454/1", "453/2")
        reader.newsletter.issues = list(made_issues(32))
        yield reader


def test_more_than_a_year_is_brought_in_three_requests(tmp_path: Path) -> None:
    with reading(tmp_path, made_issues(90, stories=1)[80:82]) as reader:
        reader.sync()
        reader.newsletter.issues = list(made_issues(90, stories=1))
        report = reader.sync()
        assert (len(reader.requests), report.new, report.missing) == (3, 80, ())
        assert reader.kept().numbers == list(range(480, 398, -1))


def test_a_hole_that_lies_far_back_is_looked_for_where_it_lies(tmp_path: Path) -> None:
    with reading(tmp_path, made_issues(90, stories=1)[86:]) as reader:
        reader.sync()
        reader.newsletter.before = played_on_the_site(failures.server_error)
        for newest in (60, 40, 20, 0):
            reader.newsletter.issues = list(made_issues(90, stories=1)[newest:])
            assert reader.sync().missing == tuple(range(395, 401))
        reader.newsletter.before = lambda _: None
        report = reader.sync()
        assert (numbers(report.sources[1].new), report.sources[1].requests) == (list(range(400, 394, -1)), 1)


def test_a_number_that_is_wanted_is_brought_in_alone(reader: Reader) -> None:
    report = reader.sync(also={450})
    assert 450 in numbers(report.sources[1].new)
    assert 451 not in reader.kept().numbers


def test_a_hole_is_filled_from_the_mirror_in_one_request(reader: Reader) -> None:
    report = reader.sync()
    feed, mirror = report.sources
    assert numbers(feed.new) == list(range(480, 460, -1))
    assert numbers(mirror.new) == HOLE
    assert (feed.requests, mirror.requests) == (1, 1)
    assert (report.missing, report.errors) == ((), ())


def test_what_is_older_than_the_hole_is_not_brought_and_marks_stay(reader: Reader) -> None:
    marks = reader.kept().marks
    reader.sync()
    kept = reader.kept()
    assert kept.numbers == list(range(480, 452, -1))
    assert kept.marks[-len(marks) :] == marks


def test_a_hole_is_as_good_as_its_neighbours(reader: Reader) -> None:
    reader.sync()
    kept = reader.kept()
    for made in made_issues(32)[20:26]:
        assert [fold(story.headline) for story in kept.stories[str(made.number)]] == list(map(fold, made.headlines))


def test_once_it_is_filled_only_the_feed_is_asked(reader: Reader) -> None:
    reader.sync()
    assert only(reader.sync()).requests == 1
    assert len(reader.requests) == 1


def test_how_many_are_looked_for_is_told(reader: Reader) -> None:
    reader.newsletter.publish(no_issue(made_issues(32)[22]))
    reader.sync()
    steps = [step for step in reader.told if step.source == "mirror" and step.title]
    assert [(step.done, step.total) for step in steps] == [(n, 6) for n in range(1, 7)]


def test_who_asks_the_site_alone_has_its_holes_filled_from_it(reader: Reader) -> None:
    report = reader.sync(reader.mirror)
    assert numbers(only(report).new) == [*range(480, 460, -1), *HOLE]
    assert [(one.query["orderby"], one.query["per_page"]) for one in reader.requests] == [
        ("date", "20"),
        ("date", "50"),
    ]
    steps = [(step.done, step.total) for step in reader.told if step.title]
    assert steps == [*[(n, None) for n in range(1, 21)], *[(n, 6) for n in range(1, 7)]]


@pytest.mark.parametrize("play", [failures.server_error, failures.challenge_403, failures.html_instead])
def test_a_hole_that_was_not_filled_is_filled_by_the_next_sync(reader: Reader, play: Play) -> None:
    reader.newsletter.before = played_on_the_site(play)
    report = reader.sync()
    feed, mirror = report.sources
    assert (len(feed.new), feed.error) == (20, None)
    assert mirror.error
    assert report.missing == tuple(sorted(HOLE))
    reader.newsletter.before = lambda _: None
    feed, mirror = reader.sync().sources
    assert (feed.requests, feed.bytes) == (1, 0), "the feed has nothing new"
    assert numbers(mirror.new) == HOLE


def test_a_hole_that_is_filled_in_part_is_filled_by_the_next_sync(reader: Reader) -> None:
    def stop(_: object) -> None:
        if any("458" in title for title in reader.titles):
            sync.stop()

    reader.also, sync = stop, reader.to_sync()
    report = sync.run()
    assert report.stopped
    held = reader.kept().numbers
    assert (458 in held, 456 in held) == (True, False)
    reader.also = lambda _: None
    report = reader.sync()
    assert (report.missing, report.errors) == ((), ())
    assert reader.kept().numbers == list(range(480, 452, -1))


def test_a_number_that_is_nowhere_is_looked_for_once(reader: Reader) -> None:
    reader.newsletter.issues = list(made_issues(90))
    reader.newsletter.drop(457)
    report = reader.sync()
    assert report.missing == (457,)
    assert report.sources[1].requests == 1
    report = reader.sync()
    assert (only(report).requests, report.missing) == (1, (457,))
    reader.newsletter.etag = False
    assert only(reader.sync()).requests == 1, "it is not looked for because the feed is read again"


def test_a_number_that_was_nowhere_is_no_reason_to_pass_over_a_new_hole(reader: Reader) -> None:
    reader.newsletter.drop(457)
    reader.sync()
    reader.newsletter.issues = [*made_issues(25, newest=505), *reader.newsletter.issues]
    report = reader.sync()
    assert numbers(report.sources[1].new) == list(range(485, 480, -1))
    assert report.missing == (457,)


def test_a_new_hole_does_not_make_an_old_one_be_forgotten(reader: Reader) -> None:
    reader.newsletter.before = played_on_the_site(failures.server_error)
    reader.sync()
    reader.newsletter.before = lambda _: None
    reader.newsletter.issues = [*made_issues(25, newest=505), *reader.newsletter.issues]
    report = reader.sync()
    assert numbers(report.sources[1].new) == [*range(485, 480, -1), *HOLE]
    assert report.missing == ()


def test_numbers_that_the_feed_itself_leaves_out_are_looked_for(tmp_path: Path) -> None:
    with reading(tmp_path, made_issues(6)) as reader:
        reader.newsletter.drop(478)
        report = reader.sync()
        assert report.sources[1].requests == 1
        assert report.missing == (478,)
        reader.newsletter.etag = False
        assert only(reader.sync()).requests == 1, "once"


def test_a_new_archive_has_no_hole_below_the_feed(tmp_path: Path) -> None:
    with reading(tmp_path, made_issues(30)) as reader:
        report = reader.sync()
        assert only(report).requests == 1
        assert report.missing == ()


def test_a_hole_is_told_where_nobody_can_fill_it(reader: Reader) -> None:
    report = reader.sync(reader.feed)
    assert only(report).requests == 1
    assert report.missing == tuple(sorted(HOLE))


def test_a_hole_that_nobody_could_fill_is_filled_when_somebody_can(reader: Reader) -> None:
    reader.sync(reader.feed)
    assert numbers(reader.sync().sources[1].new) == HOLE


def test_a_hole_is_filled_from_the_paged_feed_where_there_are_no_posts(reader: Reader) -> None:
    reader.newsletter.rest_open = False
    report = reader.sync()
    assert numbers(report.sources[1].new) == HOLE
    assert reader.pages_asked[-3:] == [("/mirror/feed/", str(page)) for page in (1, 2, 3)]
    assert report.missing == ()
    assert reader.kept().numbers == list(range(480, 452, -1))


def test_a_hole_that_is_nowhere_in_the_paged_feed_is_looked_for_no_further_than_it_can_lie(reader: Reader) -> None:
    reader.newsletter.issues = list(made_issues(60))
    reader.newsletter.rest_open = False
    reader.newsletter.drop(457)
    assert reader.sync().missing == (457,)
    assert reader.pages_asked[-1] == ("/mirror/feed/", "4"), "whose issues are all older"
    assert only(reader.sync()).requests == 1


def test_a_plain_feed_fills_no_hole_and_is_not_asked_again_for_it(reader: Reader) -> None:
    other = reader.at("/substack/feed")
    report = reader.sync(reader.feed, other)
    assert report.missing == tuple(sorted(HOLE))
    before = reader.kept()
    report = reader.sync(reader.feed, other)
    assert [source.requests for source in report.sources] == [1, 1]
    assert reader.kept() == before


def test_a_hole_that_a_plain_feed_could_not_fill_is_not_given_up(reader: Reader) -> None:
    reader.sync(reader.feed, reader.at("/substack/feed"))
    assert numbers(reader.sync().sources[1].new) == HOLE


def test_an_issue_with_garbage_for_a_date_hides_no_hole(reader: Reader) -> None:
    newest = made_issues(32)[:20]
    reader.newsletter.before = played_at("/substack/feed", lambda: failures.garbage_dates_feed(newest))
    report = reader.sync()
    assert numbers(report.sources[1].new) == HOLE
    assert report.missing == ()


def test_the_site_that_wants_a_pause_gets_it_and_the_reader_is_told(reader: Reader) -> None:
    replies = [failures.too_many("30")]
    reader.newsletter.before = lambda asked: replies.pop() if asked.path == POSTS and replies else None
    report = reader.sync()
    assert reader.slept == [30.0]
    assert [(step.source, step.note) for step in reader.told if step.note] == [
        ("mirror", "127.0.0.1 asks to wait 30 s")
    ]
    assert (report.sources[1].requests, report.missing) == (2, ())


def test_the_hole_is_told_even_where_the_mirror_has_nothing_at_all(reader: Reader) -> None:
    reader.newsletter.before = lambda asked: Reply(status=404) if asked.path.startswith("/mirror") else None
    before = reader.kept()
    report = reader.sync()
    assert report.sources[1].error == "127.0.0.1 has no feed there (status 404). Check the address."
    assert report.missing == tuple(sorted(HOLE))
    assert _older(reader.kept()) == before.heads


def _older(kept: Kept) -> tuple[object, ...]:
    return tuple(head for head in kept.heads if head.number is not None and head.number <= 454)
