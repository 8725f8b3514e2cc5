"""A site without REST posts: its paged feed gives all issues."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.http.server import Reply, Request
from tests.sync import failures
from tests.sync.fake_wordpress import build_rest_error
from tests.sync.syncing import (
    PAGES,
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
    """A user of a site without REST posts and with three pages of the feed, the last one short."""
    with create_user(tmp_path / "disturbed", get_issues(24, stories=1)) as reader:
        reader.newsletter.is_rest_open = False
        yield reader


def test_paged_feed_gives_all_issues(reader: SyncUser) -> None:
    report = reader.sync(reader.mirror, full=True)
    assert get_numbers(get_only_report(report).new) == list(range(480, 456, -1))
    assert reader.requested_pages == [(POSTS, "1"), *[(PAGES, str(page)) for page in (1, 2, 3, 4)]]
    assert (report.missing_numbers, report.errors, report.needs_backfill) == ((), (), False)


def test_paged_feed_gives_same_issues_as_rest(reader: SyncUser, tmp_path: Path) -> None:
    reader.sync(reader.mirror, full=True)
    other = sync_uninterrupted(tmp_path / "undisturbed", reader.newsletter)
    assert reader.load_stored().without_pages() == other.without_pages()


def refused(status: int, code: str = "rest_forbidden") -> MakeReply:
    return lambda: build_rest_error(status, code, "Sorry, you are not allowed to do that.")


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_closed_rest_is_retried_at_every_sync(reader: SyncUser, status: int) -> None:
    reader.newsletter.override = reply_at(POSTS, refused(status))
    assert len(get_only_report(reader.sync(reader.mirror, full=True)).new) == 24
    before = reader.load_stored()
    source = get_only_report(reader.sync(reader.mirror, full=True))
    assert reader.requested_pages == [(POSTS, "1"), (PAGES, "1")]
    assert (source.requests, source.new, source.updated) == (2, (), ())
    assert reader.load_stored() == before


def test_both_validators_of_feed_are_sent(reader: SyncUser) -> None:
    reader.sync(reader.mirror)
    reader.sync(reader.mirror)
    _, request = reader.requests
    assert request.headers["if-none-match"].startswith('"')
    assert request.headers["if-modified-since"].endswith(" GMT")


def test_feed_gives_new_issues_and_edits(reader: SyncUser) -> None:
    reader.sync(reader.mirror, full=True)
    reader.mark_stories("478/1")
    reader.newsletter.publish(get_issues(1, newest=481, stories=1)[0])
    reader.newsletter.edit(478, "Why this matters - ", "Why this hardly matters - ")
    source = get_only_report(reader.sync(reader.mirror))
    assert (get_numbers(source.new), get_numbers(source.updated), source.requests) == ([481], [478], 2)
    assert reader.load_stored().stories["478"][0].is_read


def test_only_date_is_sent_if_etag_changes(reader: SyncUser) -> None:
    reader.newsletter.weakens_etag = True
    reader.sync(reader.mirror)
    before = reader.load_stored()
    source = get_only_report(reader.sync(reader.mirror))
    assert (source.new, source.updated, source.unchanged) == ((), (), 10)
    source = get_only_report(reader.sync(reader.mirror))
    assert "if-none-match" not in reader.requests[-1].headers
    assert "if-modified-since" in reader.requests[-1].headers
    assert (source.new, source.updated, source.unchanged) == ((), (), 0)
    assert reader.load_stored() == before
    reader.newsletter.edit(478, "Why this matters - ", "Why this hardly matters - ")
    assert get_numbers(get_only_report(reader.sync(reader.mirror)).updated) == [478]


def test_feed_is_used_if_rest_closes_during_backfill(tmp_path: Path) -> None:
    with create_user(tmp_path / "disturbed", get_issues(60, stories=1)) as reader:
        reader.newsletter.override = reply_at(POSTS, refused(401), page="2")
        source = get_only_report(reader.sync(reader.mirror, full=True))
        assert (len(source.new), source.updated, source.error) == (60, (), None)
        assert reader.requested_pages == [(POSTS, "1"), (POSTS, "2"), *[(PAGES, str(n)) for n in range(1, 8)]]
        other = sync_uninterrupted(tmp_path / "undisturbed", reader.newsletter)
        assert reader.load_stored().without_pages() == other.without_pages()


def test_feed_is_used_if_rest_closes_later(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(3)[1:]) as reader:
        reader.sync(reader.mirror)
        reader.newsletter.is_rest_open = False
        reader.newsletter.publish(get_issues(3)[0])
        source = get_only_report(reader.sync(reader.mirror))
        assert (get_numbers(source.new), source.updated, source.requests) == ([480], (), 2)


def test_feed_is_used_if_every_page_size_fails(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(3)) as reader:
        refusal = build_rest_error(400, "rest_invalid_param", "Invalid parameter(s): per_page")
        reader.newsletter.override = reply_at(POSTS, lambda: refusal)
        source = get_only_report(reader.sync(reader.mirror, full=True))
        assert (len(source.new), source.error) == (3, None)


def test_feed_is_used_if_rest_redirect_is_unreachable(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(3)) as reader:
        reader.trusted_endpoints = frozenset({"127.0.0.1:1"})
        reader.newsletter.override = reply_at(POSTS, lambda: failures.redirect("http://127.0.0.1:1/"))
        source = get_only_report(reader.sync(reader.mirror))
        assert (len(source.new), source.error) == (3, None)


# --- backfills by the feed --------------------------------------------------------------------------------------------


def test_stopped_feed_backfill_continues_with_missing_page(reader: SyncUser, tmp_path: Path) -> None:
    sync = reader.create_sync(reader.mirror, full=True)

    def before(request: Request) -> Reply | None:
        if request.query.get("paged") != "3":
            return None
        sync.stop()
        return Reply(silent=True)

    reader.newsletter.override = before
    assert sync.run().is_stopped
    assert reader.load_stored().numbers == list(range(480, 460, -1))
    reader.newsletter.override = lambda _: None
    report = reader.sync(reader.mirror, full=True)
    assert reader.requested_pages[1:3] == [(PAGES, "3"), (PAGES, "4")]
    assert (report.missing_numbers, report.needs_backfill) == ((), False)
    other = sync_uninterrupted(tmp_path / "undisturbed", reader.newsletter)
    assert reader.load_stored().without_pages() == other.without_pages()


def test_backfill_continued_weeks_later_fetches_new_issues(reader: SyncUser) -> None:
    reader.newsletter.override = reply_at(PAGES, failures.server_error, paged="2")
    reader.sync(reader.mirror, full=True)
    reader.newsletter.override = lambda _: None
    reader.newsletter.issues = [*get_issues(25, newest=505, stories=1), *reader.newsletter.issues]
    assert reader.sync(reader.mirror, full=True).missing_numbers == ()
    assert reader.load_stored().numbers == list(range(505, 456, -1))


def test_failed_feed_page_is_not_the_end(reader: SyncUser) -> None:
    reader.newsletter.override = reply_at(PAGES, refused(401), paged="2")
    report = reader.sync(reader.mirror, full=True)
    assert report.errors == ("127.0.0.1 has no feed there (status 401). Check the address.",)
    assert report.needs_backfill
    reader.newsletter.override = lambda _: None
    reader.sync(reader.mirror, full=True)
    assert reader.load_stored().numbers == list(range(480, 456, -1))


def test_empty_feed_page_is_the_end(reader: SyncUser) -> None:
    empty = reader.newsletter._reply(Request("GET", PAGES, {"paged": "9"}, {}))
    assert empty.status == 404
    assert empty.body.startswith(b"<?xml")
    reader.newsletter.override = reply_at(PAGES, lambda: Reply(empty.body, headers=empty.headers), paged="4")
    report = reader.sync(reader.mirror, full=True)
    assert (report.errors, report.new_count, report.needs_backfill) == ((), 24, False)


def test_feed_without_pages_is_read_once(reader: SyncUser) -> None:
    first = Request("GET", PAGES, {}, {})
    reader.newsletter.override = lambda request: reader.newsletter._reply(first) if request.path == PAGES else None
    report = reader.sync(reader.mirror, full=True)
    assert (report.new_count, report.errors) == (10, ())
    assert reader.requested_pages[1:] == [(PAGES, "1"), (PAGES, "2")]


def test_site_without_rest_and_feed_is_reported(reader: SyncUser) -> None:
    reader.newsletter.override = lambda _: Reply(b"<html><body>Not here</body></html>", status=404)
    report = reader.sync(reader.mirror, full=True)
    assert report.errors == ("127.0.0.1 has no feed there (status 404). Check the address.",)
    reader.newsletter.override = lambda _: None
    reader.newsletter.is_rest_open = True
    assert reader.sync(reader.mirror, full=True).new_count == 24
    assert {path for path, _ in reader.requested_pages} == {POSTS}, "what failed altogether is not remembered"
