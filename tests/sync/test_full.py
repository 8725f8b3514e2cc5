"""Backfill of the whole catalogue by REST: requests, progress, and stored issues while it runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from importai_tui.sync.wordpress import PAGE_SIZE
from tests.http.server import Reply, Request
from tests.sync.newsletter import make_other_post
from tests.sync.syncing import FEED, POSTS, SyncUser, create_user, get_issues, get_numbers, get_only_report

ALL = 60
"""Number of issues: two pages of posts, the last one short."""


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[SyncUser]:
    with create_user(tmp_path, get_issues(ALL, stories=1)) as reader:
        yield reader


def test_backfill_is_newest_first_in_few_requests(reader: SyncUser) -> None:
    report = reader.sync(reader.mirror, full=True)
    source = get_only_report(report)
    in_order = [issue.number for issue in reader.newsletter.issues]
    assert get_numbers(source.new) == reader.load_stored().numbers == in_order
    assert reader.requested_pages == [(POSTS, "1"), (POSTS, "2")]
    assert (source.requests, report.missing_numbers, report.is_stopped, report.needs_backfill) == (2, (), False, False)


def test_each_issue_reports_progress(reader: SyncUser) -> None:
    reader.sync(reader.mirror, full=True)
    steps = [step for step in reader.progress if step.title]
    assert [step.title for step in steps] == [head.title for head in reader.load_stored().issue_rows]
    assert [(step.done, step.total, step.new_issues) for step in steps] == [(n, ALL, n) for n in range(1, ALL + 1)]
    assert {step.source for step in steps} == {"mirror"}


def test_other_post_counts_as_done(reader: SyncUser) -> None:
    reader.newsletter.publish(make_other_post(reader.newsletter.issues[30]))
    source = get_only_report(reader.sync(reader.mirror, full=True))
    assert (len(source.new), source.skipped_posts) == (ALL, 1)
    assert (reader.progress[-1].done, reader.progress[-1].total) == (ALL + 1, ALL + 1)


def test_stored_issues_can_be_read_during_sync(reader: SyncUser) -> None:
    seen: list[int] = []

    def look(_: object) -> None:
        if len(reader.progress_titles) in (1, 25, 55):
            with reader.open_library() as library:
                heads = library.get_issue_rows()
                assert all(len(library.get_issue(head.ref).stories) == 1 for head in heads)
                library.mark([library.get_story(heads[-1].ref, 1).key], read=True)
                seen.append(len(heads))

    reader.on_progress = look
    reader.sync(reader.mirror, full=True)
    assert seen == [1, 25, 55]
    assert [head.number for head in reader.load_stored().issue_rows if not head.unread_count] == [480, 456, 426]


def test_issue_of_both_sites_is_new_once(reader: SyncUser) -> None:
    feed, mirror = reader.sync(full=True).sources
    assert (get_numbers(feed.new), get_numbers(mirror.new)) == (list(range(480, 460, -1)), list(range(460, 420, -1)))
    assert (mirror.updated, mirror.unchanged) == ((), 20)


def test_second_full_sync_sends_few_requests(reader: SyncUser) -> None:
    reader.sync(full=True)
    before = reader.load_stored()
    report = reader.sync(full=True)
    assert [source.requests for source in report.sources] == [1, 2]
    assert (reader.requests[-1].query["per_page"], reader.requests[-1].query["_fields"]) == ("1", "id")
    assert not any(source.new or source.updated for source in report.sources)
    assert reader.load_stored() == before


def test_second_full_sync_fetches_new_and_edited(reader: SyncUser) -> None:
    newest, *reader.newsletter.issues = reader.newsletter.issues
    reader.sync(reader.mirror, full=True)
    reader.mark_stories("430/1")
    reader.newsletter.edit(430, "Why this matters - ", "Why this hardly matters - ")
    reader.newsletter.publish(newest)
    source = get_only_report(reader.sync(reader.mirror, full=True))
    assert (source.requests, get_numbers(source.new), get_numbers(source.updated)) == (2, [480], [430])
    assert reader.load_stored().stories["430"][0].is_read


def test_missing_number_does_not_repeat_backfill(reader: SyncUser) -> None:
    reader.newsletter.delete(444)
    assert reader.sync(reader.mirror, full=True).missing_numbers == (444,)
    report = reader.sync(reader.mirror, full=True)
    assert (get_only_report(report).requests, report.missing_numbers) == (2, (444,))


def test_number_missing_from_backfill_is_not_searched(reader: SyncUser) -> None:
    reader.newsletter.delete(475)
    assert reader.sync(full=True).missing_numbers == (475,)
    assert get_only_report(reader.sync()).requests == 1


@pytest.mark.parametrize("rest_open", [True, False])
def test_later_full_sync_fetches_only_new_issues(reader: SyncUser, rest_open: bool) -> None:
    reader.newsletter.is_rest_open = rest_open
    reader.sync(full=True)
    reader.newsletter.issues = [*get_issues(30, newest=510, stories=1), *reader.newsletter.issues]
    report = reader.sync(full=True)
    assert [source.requests for source in report.sources] == ([1, 2] if rest_open else [1, 4])
    assert report.missing_numbers == ()
    assert reader.load_stored().numbers == list(range(510, 420, -1))


def test_later_gap_is_filled_by_full_sync(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(3)) as reader:
        reader.sync(reader.mirror, full=True)
        reader.newsletter.issues = [*get_issues(1, newest=483), *get_issues(3)]
        assert reader.sync(reader.mirror).missing_numbers == (481, 482)
        reader.newsletter.issues = list(get_issues(6, newest=483))
        report = reader.sync(reader.mirror, full=True)
        assert (get_numbers(get_only_report(report).new), report.missing_numbers) == ([482, 481], ())


# --- unusual sites ----------------------------------------------------------------------------------------------------


def test_short_page_is_not_the_last(reader: SyncUser) -> None:
    hidden = [reader.newsletter.issues[n] for n in (3, 7, 55)]
    reader.newsletter.hidden_ids = {issue.post_id for issue in hidden}
    report = reader.sync(reader.mirror, full=True)
    assert get_only_report(report).requests == 2
    assert report.missing_numbers == tuple(sorted(issue.number or 0 for issue in hidden))


@pytest.mark.parametrize(("left", "requests"), [({"X-WP-Total", "X-WP-TotalPages"}, 2), ({"Link"}, 3)])
def test_totals_or_next_link_are_enough(reader: SyncUser, left: set[str], requests: int) -> None:
    reader.newsletter.override = lambda request: _changed(reader, request, keep=left)
    source = get_only_report(reader.sync(reader.mirror, full=True))
    assert (len(source.new), source.requests) == (ALL, requests)


def test_empty_page_with_next_link_is_not_last(reader: SyncUser) -> None:
    reader.newsletter.hidden_ids = {issue.post_id for issue in reader.newsletter.issues[:PAGE_SIZE]}
    reader.newsletter.override = lambda request: _changed(reader, request, keep={"Link"})
    assert get_numbers(get_only_report(reader.sync(reader.mirror, full=True)).new) == list(range(430, 420, -1))


def test_site_without_page_counts_is_read_completely(reader: SyncUser) -> None:
    reader.newsletter.override = lambda request: _changed(reader, request, keep=set())
    source = get_only_report(reader.sync(reader.mirror, full=True))
    assert (len(source.new), source.error) == (ALL, None)
    assert reader.requested_pages[-1] == (POSTS, "3")
    assert {step.total for step in reader.progress} == {None}


def test_empty_page_ends_backfill(reader: SyncUser) -> None:
    def before(request: Request) -> Reply | None:
        reply = _changed(reader, request, keep=set())
        return replace(reply, status=200, body=b"[]") if reply.status == 400 else reply

    reader.newsletter.override = before
    assert len(get_only_report(reader.sync(reader.mirror, full=True)).new) == ALL
    assert reader.requested_pages[-1] == (POSTS, "3")


def test_announced_page_that_is_missing_ends_backfill(reader: SyncUser) -> None:
    reader.newsletter.issues = list(get_issues(3))

    def before(request: Request) -> Reply:
        reply = reader.newsletter._reply(request)
        return replace(reply, headers={**reply.headers, "X-WP-Total": "150", "X-WP-TotalPages": "3"})

    reader.newsletter.override = before
    report = reader.sync(reader.mirror, full=True)
    assert (report.new_count, report.updated_count, report.errors, report.needs_backfill) == (3, 0, (), False)
    assert [page for _, page in reader.requested_pages] == ["1", "2", "1", "2"]


def test_site_without_pages_is_read_once(reader: SyncUser) -> None:
    def before(request: Request) -> Reply | None:
        again = replace(request, query={**request.query, "page": "1"})
        return _changed(reader, again, keep=set()) if request.path == POSTS else None

    reader.newsletter.override = before
    source = get_only_report(reader.sync(reader.mirror, full=True))
    assert (len(source.new), source.error) == (PAGE_SIZE, None)
    assert len(reader.requests) == 2


def test_posts_with_unknown_or_empty_fields_are_read(reader: SyncUser) -> None:
    reader.newsletter.issues = list(get_issues(3))
    oddities: list[object] = [
        None,
        7,
        "post",
        [],
        {},
        {"id": 1, "title": None, "content": None},
        {"content": {"rendered": 9}},
    ]

    def before(request: Request) -> Reply | None:
        reply = reader.newsletter._reply(request)
        posts = [{**post, "mood": "new", "link": None, "date_gmt": "", "date": None} for post in json.loads(reply.body)]
        return replace(reply, body=json.dumps([*oddities, *posts]).encode())

    reader.newsletter.override = before
    source = get_only_report(reader.sync(reader.mirror, full=True))
    assert (get_numbers(source.new), source.error) == ([480, 479, 478], None)
    assert {head.date for head in reader.load_stored().issue_rows} == {None}


def test_pinned_old_post_does_not_stop_backfill(reader: SyncUser) -> None:
    reader.newsletter.issues = list(get_issues(60))
    old = reader.newsletter.issues[55]

    def before(request: Request) -> Reply | None:
        reply = reader.newsletter._reply(request)
        posts = json.loads(reply.body)
        pinned = {"link": old.mirror_url, "title": {"rendered": old.mirror_title}}
        pinned |= {"content": {"rendered": old.mirror_body}, "date_gmt": f"{old.mirror_published:%Y-%m-%dT%H:%M:%S}"}
        return replace(reply, body=json.dumps([pinned, *posts]).encode())

    reader.newsletter.override = before
    source = get_only_report(reader.sync(reader.mirror, full=True))
    assert (len(source.new), source.updated, source.unchanged) == (60, (), 0)
    assert reader.load_stored().numbers == list(range(480, 420, -1))


def test_full_sync_of_feed_needs_one_request(reader: SyncUser) -> None:
    report = reader.sync(reader.feed, full=True)
    assert reader.requested_pages == [(FEED, "1")]
    assert (report.new_count, report.needs_backfill) == (20, False)


def _changed(reader: SyncUser, request: Request, *, keep: set[str]) -> Reply:
    """Return the reply without the headers that count pages, except those in `keep`."""
    reply = reader.newsletter._reply(request)
    said = {"X-WP-Total", "X-WP-TotalPages", "Link"}
    return replace(reply, headers={name: v for name, v in reply.headers.items() if name not in said - keep})
