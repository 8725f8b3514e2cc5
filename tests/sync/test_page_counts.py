"""Sites with wrong page counts, with capped pages, or with a need for smaller pages."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.http.server import Reply, Request
from tests.sync import failures
from tests.sync.fake_wordpress import build_rest_error
from tests.sync.syncing import POSTS, MakeReply, SyncUser, create_user, get_issues, get_numbers, get_only_report

ALL = 120


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[SyncUser]:
    with create_user(tmp_path, get_issues(ALL, stories=1)) as reader:
        yield reader


def counting(
    reader: SyncUser, *, cap: int = 50, strict: bool = False, **headers: int
) -> Callable[[Request], Reply | None]:
    """Return an override for a site with at most `cap` posts per page and these counts in its headers.

    With `is_strict` it refuses pages beyond the last one that its headers count.
    """

    def before(request: Request) -> Reply | None:
        if request.path != POSTS:
            return None
        size = min(cap, int(request.query["per_page"]))
        if strict and int(request.query["page"]) > math.ceil(ALL / int(request.query["per_page"])):
            return build_rest_error(400, "rest_post_invalid_page_number", "There is no such page.")
        reply = reader.newsletter._reply(replace(request, query={**request.query, "per_page": str(size)}))
        said = {"X-WP-Total": str(ALL), "X-WP-TotalPages": str(math.ceil(ALL / int(request.query["per_page"])))}
        said |= {f"X-WP-{name}": str(value) for name, value in headers.items()}
        kept = {name: value for name, value in reply.headers.items() if name not in ("Link", *said)}
        return replace(reply, headers={**kept, **said}) if reply.status == 200 else reply

    return before


@pytest.mark.parametrize(
    ("cap", "headers"),
    [
        (50, {"TotalPages": 1}),
        (50, {"TotalPages": 0}),
        (50, {"TotalPages": 1, "Total": 50}),
        (50, {"TotalPages": 0, "Total": 0}),
        (10, {}),
        (10, {"TotalPages": 1}),
        (30, {}),
        (49, {}),
    ],
)
def test_wrong_page_counts_hide_no_post(reader: SyncUser, cap: int, headers: dict[str, int]) -> None:
    reader.newsletter.override = counting(reader, cap=cap, **headers)
    report = reader.sync(reader.mirror, full=True)
    assert (report.new_count, report.errors, report.needs_backfill) == (ALL, (), False)


@pytest.mark.parametrize("cap", [7, 10, 30, 49])
def test_site_with_short_pages_is_read_completely(reader: SyncUser, cap: int) -> None:
    reader.newsletter.override = counting(reader, cap=cap, strict=True)
    report = reader.sync(reader.mirror, full=True)
    assert (report.new_count, report.errors, report.needs_backfill) == (ALL, (), False)


@pytest.mark.parametrize(
    "end", [failures.server_error, lambda: Reply(b"<html></html>", status=404), failures.empty_reply]
)
def test_unannounced_page_may_fail(reader: SyncUser, end: MakeReply) -> None:
    reader.newsletter.issues = reader.newsletter.issues[:100]
    reader.newsletter.override = lambda request: end() if request.query.get("page") == "3" else None
    report = reader.sync(reader.mirror, full=True)
    assert (report.new_count, report.errors, report.needs_backfill) == (100, (), False)


# --- smaller pages ---------------------------------------------------------------------------------------------------


def at_most(number: int, play: MakeReply) -> Callable[[Request], Reply | None]:
    """Return an override that replies to requests for more posts per page."""
    return lambda request: play() if int(request.query.get("per_page", 0)) > number else None


def refused() -> Reply:
    return build_rest_error(400, "rest_invalid_param", "Invalid parameter(s): per_page")


def gateway_timeout() -> Reply:
    return failures.server_error(504)


def too_large() -> Reply:
    return failures.gzip_bomb()


@pytest.mark.parametrize(
    ("play", "most"),
    [(refused, 20), (refused, 7), (gateway_timeout, 10), (too_large, 10), (failures.incomplete_reply, 20)],
)
def test_smaller_pages_are_requested_after_failure(reader: SyncUser, play: MakeReply, most: int) -> None:
    reader.newsletter.override = at_most(most, play)
    report = reader.sync(reader.mirror, full=True)
    assert (report.new_count, report.errors, report.needs_backfill) == (ALL, (), False)
    sizes = [int(request.query["per_page"]) for request in reader.requests]
    assert sizes == sorted(sizes, reverse=True), "the smaller size stays for the rest of the run"


def test_slow_connection_uses_small_pages(reader: SyncUser) -> None:
    reader.newsletter.issues = reader.newsletter.issues[:12]
    reader.timeouts = replace(reader.timeouts, total=0.3)
    reader.newsletter.override = at_most(10, lambda: failures.slow_reply(0.05))
    report = reader.sync(reader.mirror, full=True)
    assert (report.new_count, report.errors) == (12, ())


def test_backfill_in_small_pages_is_continued(reader: SyncUser) -> None:
    small = at_most(20, refused)

    def before(request: Request) -> Reply | None:
        if request.query.get("per_page") == "20" and request.query["page"] == "4":
            return failures.server_error()
        return small(request)

    reader.newsletter.override = before
    report = reader.sync(reader.mirror, full=True)
    assert (report.new_count, len(report.errors)) == (60, 1)
    reader.newsletter.override = small
    report = reader.sync(reader.mirror, full=True)
    assert (report.new_count, report.errors, report.needs_backfill) == (60, (), False)
    assert reader.load_stored().numbers == [issue.number for issue in reader.newsletter.issues]


def test_page_size_refused_later_loses_no_post(reader: SyncUser) -> None:
    cut = counting(reader, cap=10)

    def before(request: Request) -> Reply | None:
        is_late = int(request.query.get("page", 0)) == 5 and request.query["per_page"] == "50"
        return refused() if is_late else cut(request)

    reader.newsletter.override = before
    assert reader.sync(reader.mirror, full=True).new_count == ALL


# --- changed and backdated posts --------------------------------------------------------------------------------------


def test_new_issue_is_found_behind_many_changed_posts(reader: SyncUser) -> None:
    newest, *reader.newsletter.issues = reader.newsletter.issues
    reader.sync(reader.mirror, full=True)
    later = max(issue.modified for issue in reader.newsletter.issues)
    touched = [replace(issue, modified=later.replace(year=later.year + 1)) for issue in reader.newsletter.issues[:70]]
    reader.newsletter.issues = [*touched, *reader.newsletter.issues[70:], newest]
    assert get_numbers(get_only_report(reader.sync(reader.mirror)).new) == [480]


def test_site_that_ignores_modified_after_needs_one_request(reader: SyncUser) -> None:
    reader.sync(reader.mirror, full=True)

    def before(request: Request) -> Reply | None:
        query = {name: value for name, value in request.query.items() if name != "modified_after"}
        return reader.newsletter._reply(replace(request, query=query))

    reader.newsletter.override = before
    assert get_only_report(reader.sync(reader.mirror)).requests == 1


def test_full_sync_finds_backdated_posts(reader: SyncUser) -> None:
    backdated = reader.newsletter.issues[30:34]
    reader.newsletter.issues = [issue for issue in reader.newsletter.issues if issue not in backdated]
    backdated = [replace(issue, number=None, title=f"A remark, {issue.post_id}") for issue in backdated]
    reader.sync(reader.mirror, full=True)
    reader.newsletter.issues += backdated
    assert get_only_report(reader.sync(reader.mirror)).new == ()
    assert len(get_only_report(reader.sync(reader.mirror, full=True)).new) == 4
    assert get_only_report(reader.sync(reader.mirror, full=True)).requests == 2, "they are known now"


def test_synced_issues_do_not_count_as_backdated(reader: SyncUser) -> None:
    newest, *reader.newsletter.issues = reader.newsletter.issues
    reader.sync(reader.mirror, full=True)
    reader.newsletter.publish(newest)
    reader.sync(reader.mirror)
    assert get_only_report(reader.sync(reader.mirror, full=True)).requests == 2


def test_search_for_backdated_posts_is_continued(reader: SyncUser) -> None:
    missing = reader.newsletter.issues[110]
    reader.newsletter.issues.remove(missing)
    reader.sync(reader.mirror, full=True)
    reader.newsletter.issues.append(missing)
    reader.newsletter.override = lambda request: failures.server_error() if request.query.get("page") == "3" else None
    assert reader.sync(reader.mirror, full=True).errors
    reader.newsletter.override = lambda _: None
    report = reader.sync(reader.mirror, full=True)
    assert (get_numbers(get_only_report(report).new), report.needs_backfill) == ([missing.number], False)


def test_local_date_replaces_missing_utc_date(reader: SyncUser) -> None:
    reader.newsletter.issues = reader.newsletter.issues[:2]

    def before(request: Request) -> Reply | None:
        reply = reader.newsletter._reply(request)
        if reply.status != 200:
            return reply
        posts = [{**post, "date_gmt": None} for post in json.loads(reply.body)]
        return replace(reply, body=json.dumps(posts).encode())

    reader.newsletter.override = before
    reader.sync(reader.mirror)
    assert [head.date for head in reader.load_stored().issue_rows] == ["2026-11-09", "2026-11-02"]
