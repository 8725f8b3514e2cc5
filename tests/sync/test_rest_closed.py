"""A site that gives no REST posts, or gives them no longer: its paged feed has everything too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.http.server import Reply, Request
from tests.sync import failures
from tests.sync.fake_wordpress import rest_error
from tests.sync.syncing import (
    PAGES,
    POSTS,
    Play,
    Reader,
    made_issues,
    numbers,
    only,
    played_at,
    reading,
    undisturbed,
)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """Of a newsletter on three pages of the feed, the last a short one; its site gives no posts."""
    with reading(tmp_path / "disturbed", made_issues(24, stories=1)) as reader:
        reader.newsletter.rest_open = False
        yield reader


def test_everything_comes_from_the_paged_feed(reader: Reader) -> None:
    report = reader.sync(reader.mirror, full=True)
    assert numbers(only(report).new) == list(range(480, 456, -1))
    assert reader.pages_asked == [(POSTS, "1"), *[(PAGES, str(page)) for page in (1, 2, 3, 4)]]
    assert (report.missing, report.errors, report.more) == ((), (), False)


def test_what_comes_from_the_feed_is_what_would_have_come_from_the_posts(reader: Reader, tmp_path: Path) -> None:
    reader.sync(reader.mirror, full=True)
    other = undisturbed(tmp_path / "undisturbed", reader.newsletter)
    assert reader.kept().without_pages() == other.without_pages()


def refused(status: int, code: str = "rest_forbidden") -> Play:
    return lambda: rest_error(status, code, "Sorry, you are not allowed to do that.")


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_closed_posts_are_asked_for_again_at_every_sync(reader: Reader, status: int) -> None:
    reader.newsletter.before = played_at(POSTS, refused(status))
    assert len(only(reader.sync(reader.mirror, full=True)).new) == 24
    before = reader.kept()
    source = only(reader.sync(reader.mirror, full=True))
    assert reader.pages_asked == [(POSTS, "1"), (PAGES, "1")]
    assert (source.requests, source.new, source.updated) == (2, (), ())
    assert reader.kept() == before


def test_the_feed_is_asked_with_both_its_validators(reader: Reader) -> None:
    reader.sync(reader.mirror)
    reader.sync(reader.mirror)
    _, request = reader.requests
    assert request.headers["if-none-match"].startswith('"')
    assert request.headers["if-modified-since"].endswith(" GMT")


def test_a_new_issue_and_an_edit_come_from_day_to_day(reader: Reader) -> None:
    reader.sync(reader.mirror, full=True)
    reader.mark("478/1")
    reader.newsletter.publish(made_issues(1, newest=481, stories=1)[0])
    reader.newsletter.edit(478, "Why this matters - ", "Why this hardly matters - ")
    source = only(reader.sync(reader.mirror))
    assert (numbers(source.new), numbers(source.updated), source.requests) == ([481], [478], 2)
    assert reader.kept().stories["478"][0].read


def test_a_feed_whose_etag_a_proxy_changes_is_asked_by_its_date(reader: Reader) -> None:
    reader.newsletter.etag_weakened = True
    reader.sync(reader.mirror)
    before = reader.kept()
    source = only(reader.sync(reader.mirror))
    assert (source.new, source.updated, source.unchanged) == ((), (), 10)
    source = only(reader.sync(reader.mirror))
    assert "if-none-match" not in reader.requests[-1].headers
    assert "if-modified-since" in reader.requests[-1].headers
    assert (source.new, source.updated, source.unchanged) == ((), (), 0)
    assert reader.kept() == before
    reader.newsletter.edit(478, "Why this matters - ", "Why this hardly matters - ")
    assert numbers(only(reader.sync(reader.mirror)).updated) == [478]


def test_posts_that_are_closed_in_the_middle_of_everything_come_from_the_feed(tmp_path: Path) -> None:
    with reading(tmp_path / "disturbed", made_issues(60, stories=1)) as reader:
        reader.newsletter.before = played_at(POSTS, refused(401), page="2")
        source = only(reader.sync(reader.mirror, full=True))
        assert (len(source.new), source.updated, source.error) == (60, (), None)
        assert reader.pages_asked == [(POSTS, "1"), (POSTS, "2"), *[(PAGES, str(n)) for n in range(1, 8)]]
        other = undisturbed(tmp_path / "undisturbed", reader.newsletter)
        assert reader.kept().without_pages() == other.without_pages()


def test_posts_that_are_closed_later_do_not_end_what_comes_from_day_to_day(tmp_path: Path) -> None:
    with reading(tmp_path, made_issues(3)[1:]) as reader:
        reader.sync(reader.mirror)
        reader.newsletter.rest_open = False
        reader.newsletter.publish(made_issues(3)[0])
        source = only(reader.sync(reader.mirror))
        assert (numbers(source.new), source.updated, source.requests) == ([480], (), 2)


def test_site_that_refuses_every_page_size_is_asked_for_its_feed(tmp_path: Path) -> None:
    with reading(tmp_path, made_issues(3)) as reader:
        refusal = rest_error(400, "rest_invalid_param", "Invalid parameter(s): per_page")
        reader.newsletter.before = played_at(POSTS, lambda: refusal)
        source = only(reader.sync(reader.mirror, full=True))
        assert (len(source.new), source.error) == (3, None)


def test_posts_that_lead_to_a_host_out_of_reach_come_from_the_feed(tmp_path: Path) -> None:
    with reading(tmp_path, made_issues(3)) as reader:
        reader.trusted = frozenset({"127.0.0.1:1"})
        reader.newsletter.before = played_at(POSTS, lambda: failures.moved("http://127.0.0.1:1/"))
        source = only(reader.sync(reader.mirror))
        assert (len(source.new), source.error) == (3, None)


# --- walks through the pages of the feed -----------------------------------------------------------------------------


def test_a_walk_that_is_stopped_goes_on_with_the_page_that_did_not_come(reader: Reader, tmp_path: Path) -> None:
    sync = reader.to_sync(reader.mirror, full=True)

    def before(request: Request) -> Reply | None:
        if request.query.get("paged") != "3":
            return None
        sync.stop()
        return Reply(silent=True)

    reader.newsletter.before = before
    assert sync.run().stopped
    assert reader.kept().numbers == list(range(480, 460, -1))
    reader.newsletter.before = lambda _: None
    report = reader.sync(reader.mirror, full=True)
    assert reader.pages_asked[1:3] == [(PAGES, "3"), (PAGES, "4")]
    assert (report.missing, report.more) == ((), False)
    other = undisturbed(tmp_path / "undisturbed", reader.newsletter)
    assert reader.kept().without_pages() == other.without_pages()


def test_a_walk_that_goes_on_weeks_later_brings_what_has_come_meanwhile(reader: Reader) -> None:
    reader.newsletter.before = played_at(PAGES, failures.server_error, paged="2")
    reader.sync(reader.mirror, full=True)
    reader.newsletter.before = lambda _: None
    reader.newsletter.issues = [*made_issues(25, newest=505, stories=1), *reader.newsletter.issues]
    assert reader.sync(reader.mirror, full=True).missing == ()
    assert reader.kept().numbers == list(range(505, 456, -1))


def test_a_page_that_is_refused_is_not_taken_for_the_end(reader: Reader) -> None:
    reader.newsletter.before = played_at(PAGES, refused(401), paged="2")
    report = reader.sync(reader.mirror, full=True)
    assert report.errors == ("127.0.0.1 has no feed there (status 401). Check the address.",)
    assert report.more
    reader.newsletter.before = lambda _: None
    reader.sync(reader.mirror, full=True)
    assert reader.kept().numbers == list(range(480, 456, -1))


def test_a_page_without_posts_is_the_end_whatever_its_status(reader: Reader) -> None:
    empty = reader.newsletter._answer(Request("GET", PAGES, {"paged": "9"}, {}))
    assert empty.status == 404
    assert empty.body.startswith(b"<?xml")
    reader.newsletter.before = played_at(PAGES, lambda: Reply(empty.body, headers=empty.headers), paged="4")
    report = reader.sync(reader.mirror, full=True)
    assert (report.errors, report.new, report.more) == ((), 24, False)


def test_a_feed_that_does_not_know_pages_does_not_turn_in_circles(reader: Reader) -> None:
    first = Request("GET", PAGES, {}, {})
    reader.newsletter.before = lambda request: reader.newsletter._answer(first) if request.path == PAGES else None
    report = reader.sync(reader.mirror, full=True)
    assert (report.new, report.errors) == (10, ())
    assert reader.pages_asked[1:] == [(PAGES, "1"), (PAGES, "2")]


def test_a_site_without_posts_and_without_a_feed_is_told(reader: Reader) -> None:
    reader.newsletter.before = lambda _: Reply(b"<html><body>Not here</body></html>", status=404)
    report = reader.sync(reader.mirror, full=True)
    assert report.errors == ("127.0.0.1 has no feed there (status 404). Check the address.",)
    reader.newsletter.before = lambda _: None
    reader.newsletter.rest_open = True
    assert reader.sync(reader.mirror, full=True).new == 24
    assert {path for path, _ in reader.pages_asked} == {POSTS}, "what failed altogether is not remembered"
