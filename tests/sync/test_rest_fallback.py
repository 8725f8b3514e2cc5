"""REST posts that are refused for a time: the feed replaces them for one run, and never overwrites better copies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from importai_tui.sync.sources import SourceState, save_state
from tests.http.server import Reply, Request
from tests.sync import failures
from tests.sync.fake_wordpress import build_rest_error
from tests.sync.user import (
    PAGES,
    POSTS,
    MakeReply,
    SyncUser,
    create_user,
    get_issues,
    get_numbers,
    get_only_report,
    reply_at,
)

REFUSALS: dict[str, MakeReply] = {
    **{
        str(status): lambda status=status: build_rest_error(status, "rest_forbidden", "Sorry.")  # type: ignore[misc]
        for status in (401, 403, 404, 410)
    },
    "403 as a page": failures.refused_403,
    "a challenge": failures.challenge_403,
    "500": failures.server_error,
    "418": lambda: Reply(status=418),
    "a web page": failures.html_page,
    "nothing": failures.empty_reply,
    "a redirect to a page": lambda: failures.redirect("/mirror/"),
    "a redirect to a forbidden place": lambda: failures.redirect("https://10.0.0.1/"),
    "a redirect in a circle": lambda: failures.redirect(POSTS),
    "broken JSON": failures.truncated_json,
}


@pytest.fixture
def user(tmp_path: Path) -> Iterator[SyncUser]:
    with create_user(tmp_path, get_issues(3)) as user:
        yield user


def shorten_feed(user: SyncUser) -> Callable[[Request], Reply | None]:
    """Return an override with closed REST and a feed of first stories only, like posts with a page break."""
    issues = [replace(issue, body=issue.body.split("<p>***</p>")[0]) for issue in user.newsletter.issues]
    short_newsletter = type(user.newsletter)(issues)

    def override(request: Request) -> Reply | None:
        if request.path == POSTS:
            return build_rest_error(401, "rest_not_logged_in", "Sorry.")
        return short_newsletter(request) if request.path == PAGES else None

    return override


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize("full", [False, True])
def test_feed_replaces_rest_for_one_run(user: SyncUser, refusal: str, full: bool) -> None:
    user.newsletter.override = reply_at(POSTS, REFUSALS[refusal])
    source = get_only_report(user.sync(user.mirror, full=full))
    assert (get_numbers(source.new), source.error) == ([480, 479, 478], None)
    assert user.requests[-1].path == PAGES
    user.newsletter.override = lambda _: None
    user.newsletter.edit(478, "Why this matters - ", "Why this hardly matters - ")
    source = get_only_report(user.sync(user.mirror, full=full))
    assert {request.path for request in user.requests} == {POSTS}
    assert get_numbers(source.updated) == [478]


@pytest.mark.parametrize("full", [False, True])
def test_feed_copy_never_replaces_rest_copy(user: SyncUser, full: bool) -> None:
    user.sync(user.mirror, full=True)
    user.mark_stories("480/1", "479/2")
    before = user.load_stored()
    user.newsletter.override = shorten_feed(user)
    for _ in range(2):
        source = get_only_report(user.sync(user.mirror, full=full))
        assert (source.new, source.updated, source.error) == ((), (), None)
    assert user.load_stored() == before


def test_feed_copy_with_more_links_does_not_replace_rest(user: SyncUser) -> None:
    user.sync(user.mirror)
    before = user.load_stored()
    user.newsletter.is_rest_open = False
    user.newsletter.edit(478, "Thanks for", 'Thanks <a href="https://example.org/pixel">for</a>')
    assert get_only_report(user.sync(user.mirror)).updated == ()
    assert user.load_stored() == before


def test_rest_copy_replaces_feed_copy(user: SyncUser) -> None:
    user.newsletter.override = shorten_feed(user)
    user.sync(user.mirror)
    assert [len(stories) for stories in user.load_stored().stories.values()] == [1, 1, 1]
    user.mark_stories("479/1")
    user.newsletter.override = lambda _: None
    assert get_numbers(get_only_report(user.sync(user.mirror)).updated) == [480, 479, 478]
    after = user.load_stored()
    assert [len(stories) for stories in after.stories.values()] == [len(i.headlines) for i in user.newsletter.issues]
    assert after.stories["479"][0].is_read


def test_edit_arrives_from_feed_while_rest_is_closed(user: SyncUser) -> None:
    user.newsletter.is_rest_open = False
    user.sync(user.mirror)
    user.newsletter.edit(478, "Why this matters - ", "Why this hardly matters - ")
    assert get_numbers(get_only_report(user.sync(user.mirror)).updated) == [478]


def test_rest_is_retried_after_state_of_older_version(user: SyncUser) -> None:
    user.newsletter.override = shorten_feed(user)
    user.sync(user.mirror, full=True)
    with user.open_library() as library:  # the state that the older version stored
        feed = f"{user.server.address}{PAGES}"
        save_state(library, user.mirror.address, SourceState(kind="paged", address=feed, complete=True))
    user.newsletter.override = lambda _: None
    assert get_numbers(get_only_report(user.sync(user.mirror)).updated) == [480, 479, 478]
    assert user.sync(user.mirror, full=True).errors == ()
    assert [request.query.get("orderby") for request in user.requests] == ["date"], "the backfill is repeated"


def test_feed_validators_of_older_version_are_used(user: SyncUser) -> None:
    user.newsletter.is_rest_open = False
    user.sync(user.mirror)
    with user.open_library() as library:
        feed = f"{user.server.address}{PAGES}"
        note = library.archive.get_source_note(f"source {feed}")
        assert note
        library.archive.save_source_note(
            f"source {user.mirror.address}", note.replace('"address": ""', f'"address": "{feed}"')
        )
        library.archive.save_source_note(f"source {feed}", "")
    source = get_only_report(user.sync(user.mirror))
    assert "if-modified-since" in user.requests[-1].headers
    assert (source.new, source.updated, source.unchanged) == ((), (), 0)


def test_rest_error_is_reported_if_feed_fails_too(user: SyncUser) -> None:
    user.newsletter.override = lambda request: (
        failures.server_error() if request.path == POSTS else Reply(b"<html></html>", status=404)
    )
    (error,) = user.sync(user.mirror).errors
    assert error.startswith("127.0.0.1 reports an error (status 500 Internal Server Error)")


def test_feed_is_not_requested_from_rate_limited_site(user: SyncUser) -> None:
    user.newsletter.override = reply_at(POSTS, failures.too_many_requests)
    assert "too many requests" in (get_only_report(user.sync(user.mirror)).error or "")
    assert {request.path for request in user.requests} == {POSTS}
