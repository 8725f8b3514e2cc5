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
from tests.sync.user import FEED, POSTS, SyncUser, create_user, get_issues, get_numbers, get_only_report

ISSUE_COUNT = 60
"""Number of issues: two pages of posts, the last one short."""


@pytest.fixture
def user(tmp_path: Path) -> Iterator[SyncUser]:
    with create_user(tmp_path, get_issues(ISSUE_COUNT, stories=1)) as user:
        yield user


def test_backfill_is_newest_first_in_few_requests(user: SyncUser) -> None:
    report = user.sync(user.mirror, full=True)
    source = get_only_report(report)
    in_order = [issue.number for issue in user.newsletter.issues]
    assert get_numbers(source.new) == user.load_stored().numbers == in_order
    assert user.requested_pages == [(POSTS, "1"), (POSTS, "2")]
    assert (source.requests, report.missing_numbers, report.is_stopped, report.needs_backfill) == (2, (), False, False)


def test_each_issue_reports_progress(user: SyncUser) -> None:
    user.sync(user.mirror, full=True)
    steps = [step for step in user.progress if step.title]
    assert [step.title for step in steps] == [head.title for head in user.load_stored().issue_rows]
    assert [(step.done, step.total, step.new_issues) for step in steps] == [
        (n, ISSUE_COUNT, n) for n in range(1, ISSUE_COUNT + 1)
    ]
    assert {step.source for step in steps} == {"mirror"}


def test_other_post_counts_as_done(user: SyncUser) -> None:
    user.newsletter.publish(make_other_post(user.newsletter.issues[30]))
    source = get_only_report(user.sync(user.mirror, full=True))
    assert (len(source.new), source.skipped_posts) == (ISSUE_COUNT, 1)
    assert (user.progress[-1].done, user.progress[-1].total) == (ISSUE_COUNT + 1, ISSUE_COUNT + 1)


def test_stored_issues_can_be_read_during_sync(user: SyncUser) -> None:
    seen: list[int] = []

    def read_library(_: object) -> None:
        if len(user.progress_titles) in (1, 25, 55):
            with user.open_library() as library:
                heads = library.get_issue_rows()
                assert all(len(library.get_issue(head.ref).stories) == 1 for head in heads)
                library.mark([library.get_story(heads[-1].ref, 1).key], read=True)
                seen.append(len(heads))

    user.on_progress = read_library
    user.sync(user.mirror, full=True)
    assert seen == [1, 25, 55]
    assert [head.number for head in user.load_stored().issue_rows if not head.unread_count] == [480, 456, 426]


def test_issue_of_both_sites_is_new_once(user: SyncUser) -> None:
    feed, mirror = user.sync(full=True).sources
    assert (get_numbers(feed.new), get_numbers(mirror.new)) == (list(range(480, 460, -1)), list(range(460, 420, -1)))
    assert (mirror.updated, mirror.unchanged) == ((), 20)


def test_second_full_sync_sends_few_requests(user: SyncUser) -> None:
    user.sync(full=True)
    before = user.load_stored()
    report = user.sync(full=True)
    assert [source.requests for source in report.sources] == [1, 2]
    assert (user.requests[-1].query["per_page"], user.requests[-1].query["_fields"]) == ("1", "id")
    assert not any(source.new or source.updated for source in report.sources)
    assert user.load_stored() == before


def test_second_full_sync_fetches_new_and_edited(user: SyncUser) -> None:
    newest, *user.newsletter.issues = user.newsletter.issues
    user.sync(user.mirror, full=True)
    user.mark_stories("430/1")
    user.newsletter.edit(430, "Why this matters - ", "Why this hardly matters - ")
    user.newsletter.publish(newest)
    source = get_only_report(user.sync(user.mirror, full=True))
    assert (source.requests, get_numbers(source.new), get_numbers(source.updated)) == (2, [480], [430])
    assert user.load_stored().stories["430"][0].is_read


def test_missing_number_does_not_repeat_backfill(user: SyncUser) -> None:
    user.newsletter.delete(444)
    assert user.sync(user.mirror, full=True).missing_numbers == (444,)
    report = user.sync(user.mirror, full=True)
    assert (get_only_report(report).requests, report.missing_numbers) == (2, (444,))


def test_number_missing_from_backfill_is_not_searched(user: SyncUser) -> None:
    user.newsletter.delete(475)
    assert user.sync(full=True).missing_numbers == (475,)
    assert get_only_report(user.sync()).requests == 1


@pytest.mark.parametrize("rest_open", [True, False])
def test_later_full_sync_fetches_only_new_issues(user: SyncUser, rest_open: bool) -> None:
    user.newsletter.is_rest_open = rest_open
    user.sync(full=True)
    user.newsletter.issues = [*get_issues(30, newest=510, stories=1), *user.newsletter.issues]
    report = user.sync(full=True)
    assert [source.requests for source in report.sources] == ([1, 2] if rest_open else [1, 4])
    assert report.missing_numbers == ()
    assert user.load_stored().numbers == list(range(510, 420, -1))


def test_later_gap_is_filled_by_full_sync(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(3)) as user:
        user.sync(user.mirror, full=True)
        user.newsletter.issues = [*get_issues(1, newest=483), *get_issues(3)]
        assert user.sync(user.mirror).missing_numbers == (481, 482)
        user.newsletter.issues = list(get_issues(6, newest=483))
        report = user.sync(user.mirror, full=True)
        assert (get_numbers(get_only_report(report).new), report.missing_numbers) == ([482, 481], ())


# --- unusual sites ----------------------------------------------------------------------------------------------------


def test_short_page_is_not_the_last(user: SyncUser) -> None:
    hidden = [user.newsletter.issues[n] for n in (3, 7, 55)]
    user.newsletter.hidden_ids = {issue.post_id for issue in hidden}
    report = user.sync(user.mirror, full=True)
    assert get_only_report(report).requests == 2
    assert report.missing_numbers == tuple(sorted(issue.number or 0 for issue in hidden))


@pytest.mark.parametrize(("allowed", "requests"), [({"X-WP-Total", "X-WP-TotalPages"}, 2), ({"Link"}, 3)])
def test_totals_or_next_link_are_enough(user: SyncUser, allowed: set[str], requests: int) -> None:
    user.newsletter.override = lambda request: _drop_counts(user, request, allowed=allowed)
    source = get_only_report(user.sync(user.mirror, full=True))
    assert (len(source.new), source.requests) == (ISSUE_COUNT, requests)


def test_empty_page_with_next_link_is_not_last(user: SyncUser) -> None:
    user.newsletter.hidden_ids = {issue.post_id for issue in user.newsletter.issues[:PAGE_SIZE]}
    user.newsletter.override = lambda request: _drop_counts(user, request, allowed={"Link"})
    assert get_numbers(get_only_report(user.sync(user.mirror, full=True)).new) == list(range(430, 420, -1))


def test_site_without_page_counts_is_read_completely(user: SyncUser) -> None:
    user.newsletter.override = lambda request: _drop_counts(user, request, allowed=set())
    source = get_only_report(user.sync(user.mirror, full=True))
    assert (len(source.new), source.error) == (ISSUE_COUNT, None)
    assert user.requested_pages[-1] == (POSTS, "3")
    assert {step.total for step in user.progress} == {None}


def test_empty_page_ends_backfill(user: SyncUser) -> None:
    def override(request: Request) -> Reply | None:
        reply = _drop_counts(user, request, allowed=set())
        return replace(reply, status=200, body=b"[]") if reply.status == 400 else reply

    user.newsletter.override = override
    assert len(get_only_report(user.sync(user.mirror, full=True)).new) == ISSUE_COUNT
    assert user.requested_pages[-1] == (POSTS, "3")


def test_announced_page_that_is_missing_ends_backfill(user: SyncUser) -> None:
    user.newsletter.issues = list(get_issues(3))

    def override(request: Request) -> Reply:
        reply = user.newsletter.build_reply(request)
        return replace(reply, headers={**reply.headers, "X-WP-Total": "150", "X-WP-TotalPages": "3"})

    user.newsletter.override = override
    report = user.sync(user.mirror, full=True)
    assert (report.new_count, report.updated_count, report.errors, report.needs_backfill) == (3, 0, (), False)
    assert [page for _, page in user.requested_pages] == ["1", "2", "1", "2"]


def test_site_without_pages_is_read_once(user: SyncUser) -> None:
    def override(request: Request) -> Reply | None:
        again = replace(request, query={**request.query, "page": "1"})
        return _drop_counts(user, again, allowed=set()) if request.path == POSTS else None

    user.newsletter.override = override
    source = get_only_report(user.sync(user.mirror, full=True))
    assert (len(source.new), source.error) == (PAGE_SIZE, None)
    assert len(user.requests) == 2


def test_posts_with_unknown_or_empty_fields_are_read(user: SyncUser) -> None:
    user.newsletter.issues = list(get_issues(3))
    odd_posts: list[object] = [
        None,
        7,
        "post",
        [],
        {},
        {"id": 1, "title": None, "content": None},
        {"content": {"rendered": 9}},
    ]

    def override(request: Request) -> Reply | None:
        reply = user.newsletter.build_reply(request)
        posts = [{**post, "mood": "new", "link": None, "date_gmt": "", "date": None} for post in json.loads(reply.body)]
        return replace(reply, body=json.dumps([*odd_posts, *posts]).encode())

    user.newsletter.override = override
    source = get_only_report(user.sync(user.mirror, full=True))
    assert (get_numbers(source.new), source.error) == ([480, 479, 478], None)
    assert {head.date for head in user.load_stored().issue_rows} == {None}


def test_pinned_old_post_does_not_stop_backfill(user: SyncUser) -> None:
    user.newsletter.issues = list(get_issues(60))
    old = user.newsletter.issues[55]

    def override(request: Request) -> Reply | None:
        reply = user.newsletter.build_reply(request)
        posts = json.loads(reply.body)
        pinned = {"link": old.mirror_url, "title": {"rendered": old.mirror_title}}
        pinned |= {"content": {"rendered": old.mirror_body}, "date_gmt": f"{old.mirror_published:%Y-%m-%dT%H:%M:%S}"}
        return replace(reply, body=json.dumps([pinned, *posts]).encode())

    user.newsletter.override = override
    source = get_only_report(user.sync(user.mirror, full=True))
    assert (len(source.new), source.updated, source.unchanged) == (60, (), 0)
    assert user.load_stored().numbers == list(range(480, 420, -1))


def test_full_sync_of_feed_needs_one_request(user: SyncUser) -> None:
    report = user.sync(user.feed, full=True)
    assert user.requested_pages == [(FEED, "1")]
    assert (report.new_count, report.needs_backfill) == (20, False)


def _drop_counts(user: SyncUser, request: Request, *, allowed: set[str]) -> Reply:
    """Return the reply without the headers that count pages, except `allowed`."""
    reply = user.newsletter.build_reply(request)
    count_headers = {"X-WP-Total", "X-WP-TotalPages", "Link"}
    return replace(reply, headers={name: v for name, v in reply.headers.items() if name not in count_headers - allowed})
