"""Malformed but readable feeds, and what is stored of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.http.server import Reply
from tests.sync import failures
from tests.sync.newsletter import FakeIssue
from tests.sync.user import (
    FEED,
    StoredData,
    SyncUser,
    create_user,
    get_issues,
    get_numbers,
    get_only_report,
    reply_at,
)

MakeFeed = Callable[[Sequence[FakeIssue]], Reply]


def add_special_characters(issue: FakeIssue) -> FakeIssue:
    """Return the issue with characters that differ between encodings."""
    title = f"Import AI {issue.number}: Überläufer – “naïve” café robots… and €5"
    return replace(
        issue, title=title, body=issue.body.replace("Why this matters - ", "Why this matters – très “much”: ")
    )


ISSUES = [add_special_characters(issue) for issue in get_issues(3, stories=3)]


@pytest.fixture
def user(tmp_path: Path) -> Iterator[SyncUser]:
    with create_user(tmp_path / "home", ISSUES) as user:
        yield user


@pytest.fixture
def valid_data(tmp_path: Path) -> StoredData:
    """Return the data stored from the valid feed."""
    with create_user(tmp_path / "in order", ISSUES) as other:
        other.sync(other.feed)
        return other.load_stored()


def sync_with_marks(user: SyncUser) -> StoredData:
    """Sync the valid feed and mark some stories; return the stored data."""
    user.sync(user.feed)
    user.mark_stories("480/1", "479/2", "478/3")
    return user.load_stored()


def wrong_declaration_feed(issues: Sequence[FakeIssue]) -> Reply:
    """Return a feed in UTF-8 that declares KOI8-R, in which every byte is a letter."""
    reply = failures.wrong_header_charset_feed(issues)
    return replace(reply, body=reply.body.replace(b'encoding="UTF-8"', b'encoding="KOI8-R"', 1))


READABLE_FEEDS: list[MakeFeed] = [
    wrong_declaration_feed,
    failures.wrong_header_charset_feed,
    failures.wrong_declared_charset_feed,
    failures.duplicate_guid_feed,
    failures.repeated_item_feed,
]


@pytest.mark.parametrize("make_reply", READABLE_FEEDS)
def test_readable_feed_is_stored_like_valid_feed(user: SyncUser, valid_data: StoredData, make_reply: MakeFeed) -> None:
    user.newsletter.override = reply_at(FEED, lambda: make_reply(ISSUES))
    source = get_only_report(user.sync(user.feed))
    assert (get_numbers(source.new), source.updated, source.error) == ([480, 479, 478], (), None)
    assert user.load_stored() == valid_data
    assert "très “much”" in valid_data.issues["480"].stories[0].text
    assert valid_data.issue_rows[0].title == ISSUES[0].title


@pytest.mark.parametrize("make_reply", READABLE_FEEDS)
def test_malformed_feed_does_not_change_stored_issues(user: SyncUser, make_reply: MakeFeed) -> None:
    before = sync_with_marks(user)
    user.newsletter.override = reply_at(FEED, lambda: make_reply(ISSUES))
    source = get_only_report(user.sync(user.feed))
    assert (source.new, source.updated, source.unchanged, source.error) == ((), (), 3, None)
    assert user.load_stored() == before


def test_first_of_two_items_with_same_address_wins(user: SyncUser, valid_data: StoredData) -> None:
    older = replace(ISSUES[0], body=ISSUES[0].body.replace("très “much”", "a little"))
    user.newsletter.override = reply_at(
        FEED, lambda: failures.wrong_header_charset_feed([ISSUES[0], older, *ISSUES[1:]])
    )
    source = get_only_report(user.sync(user.feed))
    assert (get_numbers(source.new), source.updated) == ([480, 479, 478], ())
    assert user.load_stored() == valid_data


# --- bare ampersands -------------------------------------------------------------------------------------------------


def test_bare_ampersand_is_read_as_text(user: SyncUser, valid_data: StoredData) -> None:
    user.newsletter.override = reply_at(FEED, lambda: failures.bare_ampersand_feed(ISSUES))
    source = get_only_report(user.sync(user.feed))
    assert (get_numbers(source.new), source.error) == ([480, 479, 478], None)
    stored = user.load_stored()
    assert [head.title for head in stored.issue_rows] == [f"{issue.title} & more" for issue in ISSUES]
    assert [(head.date, head.url) for head in stored.issue_rows] == [
        (head.date, head.url) for head in valid_data.issue_rows
    ]
    assert stored.stories == valid_data.stories
    assert [issue.stories for issue in stored.issues.values()] == [
        issue.stories for issue in valid_data.issues.values()
    ]


def test_bare_ampersand_edits_only_the_title(user: SyncUser) -> None:
    before = sync_with_marks(user)
    user.newsletter.override = reply_at(FEED, lambda: failures.bare_ampersand_feed(ISSUES))
    source = get_only_report(user.sync(user.feed))
    assert (source.new, len(source.updated)) == ((), 3)
    after = user.load_stored()
    assert after.stories == before.stories
    assert [head.title for head in after.issue_rows] == [f"{issue.title} & more" for issue in ISSUES]


# --- dates -----------------------------------------------------------------------------------------------------------


def test_invalid_date_is_stored_as_none(user: SyncUser, valid_data: StoredData) -> None:
    user.newsletter.override = reply_at(FEED, lambda: failures.garbage_dates_feed(ISSUES))
    source = get_only_report(user.sync(user.feed))
    assert (get_numbers(source.new), source.error) == ([480, 479, 478], None)
    stored = user.load_stored()
    assert stored.issue_rows == tuple(head._replace(date=None) for head in valid_data.issue_rows)
    assert stored.stories == valid_data.stories


def test_invalid_date_does_not_erase_date(user: SyncUser) -> None:
    before = sync_with_marks(user)
    user.newsletter.override = reply_at(FEED, lambda: failures.garbage_dates_feed(ISSUES))
    source = get_only_report(user.sync(user.feed))
    assert (source.new, source.updated, source.unchanged) == ((), (), 3)
    assert user.load_stored() == before


def test_missing_date_is_added_later(user: SyncUser, valid_data: StoredData) -> None:
    user.newsletter.override = reply_at(FEED, lambda: failures.garbage_dates_feed(ISSUES))
    user.sync(user.feed)
    user.newsletter.override = lambda _: None
    source = get_only_report(user.sync(user.feed))
    assert (source.new, len(source.updated)) == ((), 3)
    assert user.load_stored() == valid_data


# --- previews --------------------------------------------------------------------------------------------------------


def two_story_preview() -> Reply:
    """Return `paid_feed` with two of the three stories of the newest issue."""
    newest, *older = ISSUES
    first, *rest = newest.body.split("<p>***</p>")
    hashes = f"<p>{'#' * 52}</p>"
    return failures.paid_feed(
        [replace(newest, body="<p>***</p>".join([f"{first}{hashes}{rest[0]}", *rest[1:]])), *older]
    )


PREVIEWS: list[Callable[[], Reply]] = [lambda: failures.paid_feed(ISSUES), two_story_preview]


def test_preview_is_stored(user: SyncUser, valid_data: StoredData) -> None:
    user.newsletter.override = reply_at(FEED, PREVIEWS[0])
    source = get_only_report(user.sync(user.feed))
    assert (get_numbers(source.new), source.error) == ([480, 479, 478], None)
    stored = user.load_stored()
    assert [story.headline for story in stored.stories["480"]] == [valid_data.stories["480"][0].headline]
    assert stored.issues["480"].stories[0] == valid_data.issues["480"].stories[0]
    assert stored.issue_rows[1:] == valid_data.issue_rows[1:]


def test_read_more_link_elsewhere_is_no_preview(user: SyncUser) -> None:
    end = '<p><a href="https://example.org/rivers"> Read more </a></p>'
    newest = ISSUES[0]
    user.newsletter.issues[0] = replace(newest, body=newest.body.replace("<p><em>Thanks for reading!</em></p>", end))
    user.sync(user.feed)
    links = user.load_stored().issues["480"].stories[-1].links
    assert "https://example.org/rivers" in [link.url for link in links]


@pytest.mark.parametrize("make_reply", PREVIEWS, ids=["one story", "two stories"])
def test_preview_never_replaces_whole_issue(user: SyncUser, make_reply: Callable[[], Reply]) -> None:
    before = sync_with_marks(user)
    user.newsletter.override = reply_at(FEED, make_reply)
    source = get_only_report(user.sync(user.feed))
    assert (source.new, source.error) == ((), None)
    assert user.load_stored() == before


@pytest.mark.parametrize("make_reply", PREVIEWS, ids=["one story", "two stories"])
@pytest.mark.parametrize("name", ["feed", "mirror"])
def test_whole_issue_replaces_preview(
    user: SyncUser, valid_data: StoredData, make_reply: Callable[[], Reply], name: str
) -> None:
    user.newsletter.override = reply_at(FEED, make_reply)
    user.sync(user.feed)
    user.mark_stories("480/1")
    user.newsletter.override = lambda _: None
    assert get_numbers(get_only_report(user.sync(getattr(user, name))).updated) == [480]
    after = user.load_stored()
    assert [story.key for story in after.stories["480"]] == [story.key for story in valid_data.stories["480"]]
    assert [story.is_read for story in after.stories["480"]] == [True, False, False]
