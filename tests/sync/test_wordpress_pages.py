"""Sites with wrong page counts, with capped pages, or with a need for smaller pages."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.http.server import Reply, Request
from tests.sync import failures
from tests.sync.fake_wordpress import build_rest_error
from tests.sync.user import POSTS, MakeReply, SyncUser, create_user, get_issues, get_numbers, get_only_report

ISSUE_COUNT = 120


@pytest.fixture
def user(tmp_path: Path) -> Iterator[SyncUser]:
    with create_user(tmp_path, get_issues(ISSUE_COUNT, stories=1)) as user:
        yield user


def count_pages(
    user: SyncUser, *, cap: int = 50, is_strict: bool = False, **headers: int
) -> Callable[[Request], Reply | None]:
    """Return an override for a site with at most `cap` posts per page and these counts in its headers.

    With `is_strict` it refuses pages beyond the last one that its headers count.
    """

    def override(request: Request) -> Reply | None:
        if request.path != POSTS:
            return None
        size = min(cap, int(request.query["per_page"]))
        if is_strict and int(request.query["page"]) > math.ceil(ISSUE_COUNT / int(request.query["per_page"])):
            return build_rest_error(400, "rest_post_invalid_page_number", "There is no such page.")
        reply = user.newsletter.build_reply(replace(request, query={**request.query, "per_page": str(size)}))
        counts = {
            "X-WP-Total": str(ISSUE_COUNT),
            "X-WP-TotalPages": str(math.ceil(ISSUE_COUNT / int(request.query["per_page"]))),
        }
        counts |= {f"X-WP-{name}": str(value) for name, value in headers.items()}
        others = {name: value for name, value in reply.headers.items() if name not in ("Link", *counts)}
        return replace(reply, headers={**others, **counts}) if reply.status == 200 else reply

    return override


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
def test_wrong_page_counts_hide_no_post(user: SyncUser, cap: int, headers: dict[str, Any]) -> None:
    user.newsletter.override = count_pages(user, cap=cap, **headers)
    report = user.sync(user.mirror, full=True)
    assert (report.new_count, report.errors, report.needs_backfill) == (ISSUE_COUNT, (), False)


@pytest.mark.parametrize("cap", [7, 10, 30, 49])
def test_site_with_short_pages_is_read_completely(user: SyncUser, cap: int) -> None:
    user.newsletter.override = count_pages(user, cap=cap, is_strict=True)
    report = user.sync(user.mirror, full=True)
    assert (report.new_count, report.errors, report.needs_backfill) == (ISSUE_COUNT, (), False)


@pytest.mark.parametrize(
    "end", [failures.server_error, lambda: Reply(b"<html></html>", status=404), failures.empty_reply]
)
def test_unannounced_page_may_fail(user: SyncUser, end: MakeReply) -> None:
    user.newsletter.issues = user.newsletter.issues[:100]
    user.newsletter.override = lambda request: end() if request.query.get("page") == "3" else None
    report = user.sync(user.mirror, full=True)
    assert (report.new_count, report.errors, report.needs_backfill) == (100, (), False)


# --- smaller pages ---------------------------------------------------------------------------------------------------


def limit_page_size(number: int, make_reply: MakeReply) -> Callable[[Request], Reply | None]:
    """Return an override that replies to requests for more posts per page."""
    return lambda request: make_reply() if int(request.query.get("per_page", 0)) > number else None


def refuse_page_size() -> Reply:
    return build_rest_error(400, "rest_invalid_param", "Invalid parameter(s): per_page")


def gateway_timeout() -> Reply:
    return failures.server_error(504)


def too_large() -> Reply:
    return failures.gzip_bomb()


@pytest.mark.parametrize(
    ("make_reply", "max_size"),
    [
        (refuse_page_size, 20),
        (refuse_page_size, 7),
        (gateway_timeout, 10),
        (too_large, 10),
        (failures.incomplete_reply, 20),
    ],
)
def test_smaller_pages_are_requested_after_failure(user: SyncUser, make_reply: MakeReply, max_size: int) -> None:
    user.newsletter.override = limit_page_size(max_size, make_reply)
    report = user.sync(user.mirror, full=True)
    assert (report.new_count, report.errors, report.needs_backfill) == (ISSUE_COUNT, (), False)
    sizes = [int(request.query["per_page"]) for request in user.requests]
    assert sizes == sorted(sizes, reverse=True), "the smaller size stays for the rest of the run"


def test_slow_connection_uses_small_pages(user: SyncUser) -> None:
    user.newsletter.issues = user.newsletter.issues[:12]
    user.timeouts = replace(user.timeouts, total=0.3)
    user.newsletter.override = limit_page_size(10, lambda: failures.slow_reply(0.05))
    report = user.sync(user.mirror, full=True)
    assert (report.new_count, report.errors) == (12, ())


def test_backfill_in_small_pages_is_continued(user: SyncUser) -> None:
    small = limit_page_size(20, refuse_page_size)

    def override(request: Request) -> Reply | None:
        if request.query.get("per_page") == "20" and request.query["page"] == "4":
            return failures.server_error()
        return small(request)

    user.newsletter.override = override
    report = user.sync(user.mirror, full=True)
    assert (report.new_count, len(report.errors)) == (60, 1)
    user.newsletter.override = small
    report = user.sync(user.mirror, full=True)
    assert (report.new_count, report.errors, report.needs_backfill) == (60, (), False)
    assert user.load_stored().numbers == [issue.number for issue in user.newsletter.issues]


def test_page_size_refused_later_loses_no_post(user: SyncUser) -> None:
    capped = count_pages(user, cap=10)

    def override(request: Request) -> Reply | None:
        is_late = int(request.query.get("page", 0)) == 5 and request.query["per_page"] == "50"
        return refuse_page_size() if is_late else capped(request)

    user.newsletter.override = override
    assert user.sync(user.mirror, full=True).new_count == ISSUE_COUNT


# --- changed and backdated posts --------------------------------------------------------------------------------------


def test_new_issue_is_found_behind_many_changed_posts(user: SyncUser) -> None:
    newest, *user.newsletter.issues = user.newsletter.issues
    user.sync(user.mirror, full=True)
    later = max(issue.modified for issue in user.newsletter.issues)
    touched = [replace(issue, modified=later.replace(year=later.year + 1)) for issue in user.newsletter.issues[:70]]
    user.newsletter.issues = [*touched, *user.newsletter.issues[70:], newest]
    assert get_numbers(get_only_report(user.sync(user.mirror)).new) == [480]


def test_site_that_ignores_modified_after_needs_one_request(user: SyncUser) -> None:
    user.sync(user.mirror, full=True)

    def override(request: Request) -> Reply | None:
        query = {name: value for name, value in request.query.items() if name != "modified_after"}
        return user.newsletter.build_reply(replace(request, query=query))

    user.newsletter.override = override
    assert get_only_report(user.sync(user.mirror)).requests == 1


def test_full_sync_finds_backdated_posts(user: SyncUser) -> None:
    backdated = user.newsletter.issues[30:34]
    user.newsletter.issues = [issue for issue in user.newsletter.issues if issue not in backdated]
    backdated = [replace(issue, number=None, title=f"A remark, {issue.post_id}") for issue in backdated]
    user.sync(user.mirror, full=True)
    user.newsletter.issues += backdated
    assert get_only_report(user.sync(user.mirror)).new == ()
    assert len(get_only_report(user.sync(user.mirror, full=True)).new) == 4
    assert get_only_report(user.sync(user.mirror, full=True)).requests == 2, "they are known now"


def test_synced_issues_do_not_count_as_backdated(user: SyncUser) -> None:
    newest, *user.newsletter.issues = user.newsletter.issues
    user.sync(user.mirror, full=True)
    user.newsletter.publish(newest)
    user.sync(user.mirror)
    assert get_only_report(user.sync(user.mirror, full=True)).requests == 2


def test_search_for_backdated_posts_is_continued(user: SyncUser) -> None:
    missing = user.newsletter.issues[110]
    user.newsletter.issues.remove(missing)
    user.sync(user.mirror, full=True)
    user.newsletter.issues.append(missing)
    user.newsletter.override = lambda request: failures.server_error() if request.query.get("page") == "3" else None
    assert user.sync(user.mirror, full=True).errors
    user.newsletter.override = lambda _: None
    report = user.sync(user.mirror, full=True)
    assert (get_numbers(get_only_report(report).new), report.needs_backfill) == ([missing.number], False)


def test_local_date_replaces_missing_utc_date(user: SyncUser) -> None:
    user.newsletter.issues = user.newsletter.issues[:2]

    def override(request: Request) -> Reply | None:
        reply = user.newsletter.build_reply(request)
        if reply.status != 200:
            return reply
        posts = [{**post, "date_gmt": None} for post in json.loads(reply.body)]
        return replace(reply, body=json.dumps(posts).encode())

    user.newsletter.override = override
    user.sync(user.mirror)
    assert [head.date for head in user.load_stored().issue_rows] == ["2026-11-09", "2026-11-02"]
