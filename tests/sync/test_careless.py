"""Malformed but readable feeds, and what is stored of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.http.server import Reply
from tests.sync import failures
from tests.sync.newsletter import FakeIssue
from tests.sync.syncing import (
    FEED,
    StoredData,
    SyncUser,
    create_user,
    get_issues,
    get_numbers,
    get_only_report,
    reply_at,
)

PlayFeed = Callable[[Sequence[FakeIssue]], Reply]


def accented(issue: FakeIssue) -> FakeIssue:
    """Return the issue with characters that differ between encodings."""
    title = f"Import AI {issue.number}: Überläufer – “naïve” café robots… and €5"
    return replace(
        issue, title=title, body=issue.body.replace("Why this matters - ", "Why this matters – très “much”: ")
    )


ISSUES = [accented(issue) for issue in get_issues(3, stories=3)]


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[SyncUser]:
    with create_user(tmp_path / "home", ISSUES) as reader:
        yield reader


@pytest.fixture
def in_order(tmp_path: Path) -> StoredData:
    """Return the data stored from the valid feed."""
    with create_user(tmp_path / "in order", ISSUES) as other:
        other.sync(other.feed)
        return other.load_stored()


def with_marks(reader: SyncUser) -> StoredData:
    """Sync the valid feed and mark some stories; return the stored data."""
    reader.sync(reader.feed)
    reader.mark_stories("480/1", "479/2", "478/3")
    return reader.load_stored()


def declared_otherwise(issues: Sequence[FakeIssue]) -> Reply:
    """Return a feed in UTF-8 that declares KOI8-R, in which every byte is a letter."""
    reply = failures.wrong_header_charset_feed(issues)
    return replace(reply, body=reply.body.replace(b'encoding="UTF-8"', b'encoding="KOI8-R"', 1))


SAME: list[PlayFeed] = [
    declared_otherwise,
    failures.wrong_header_charset_feed,
    failures.wrong_declared_charset_feed,
    failures.duplicate_guid_feed,
    failures.repeated_item_feed,
]


@pytest.mark.parametrize("play", SAME)
def test_readable_feed_is_stored_like_valid_feed(reader: SyncUser, in_order: StoredData, play: PlayFeed) -> None:
    reader.newsletter.override = reply_at(FEED, lambda: play(ISSUES))
    source = get_only_report(reader.sync(reader.feed))
    assert (get_numbers(source.new), source.updated, source.error) == ([480, 479, 478], (), None)
    assert reader.load_stored() == in_order
    assert "très “much”" in in_order.issues["480"].stories[0].text
    assert in_order.issue_rows[0].title == ISSUES[0].title


@pytest.mark.parametrize("play", SAME)
def test_malformed_feed_does_not_change_stored_issues(reader: SyncUser, play: PlayFeed) -> None:
    before = with_marks(reader)
    reader.newsletter.override = reply_at(FEED, lambda: play(ISSUES))
    source = get_only_report(reader.sync(reader.feed))
    assert (source.new, source.updated, source.unchanged, source.error) == ((), (), 3, None)
    assert reader.load_stored() == before


def test_first_of_two_items_with_same_address_wins(reader: SyncUser, in_order: StoredData) -> None:
    older = replace(ISSUES[0], body=ISSUES[0].body.replace("très “much”", "a little"))
    reader.newsletter.override = reply_at(
        FEED, lambda: failures.wrong_header_charset_feed([ISSUES[0], older, *ISSUES[1:]])
    )
    source = get_only_report(reader.sync(reader.feed))
    assert (get_numbers(source.new), source.updated) == ([480, 479, 478], ())
    assert reader.load_stored() == in_order


# --- bare ampersands -------------------------------------------------------------------------------------------------


def test_bare_ampersand_is_read_as_text(reader: SyncUser, in_order: StoredData) -> None:
    reader.newsletter.override = reply_at(FEED, lambda: failures.bare_ampersand_feed(ISSUES))
    source = get_only_report(reader.sync(reader.feed))
    assert (get_numbers(source.new), source.error) == ([480, 479, 478], None)
    kept = reader.load_stored()
    assert [head.title for head in kept.issue_rows] == [f"{issue.title} & more" for issue in ISSUES]
    assert [(head.date, head.url) for head in kept.issue_rows] == [
        (head.date, head.url) for head in in_order.issue_rows
    ]
    assert kept.stories == in_order.stories
    assert [issue.stories for issue in kept.issues.values()] == [issue.stories for issue in in_order.issues.values()]


def test_bare_ampersand_edits_only_the_title(reader: SyncUser) -> None:
    before = with_marks(reader)
    reader.newsletter.override = reply_at(FEED, lambda: failures.bare_ampersand_feed(ISSUES))
    source = get_only_report(reader.sync(reader.feed))
    assert (source.new, len(source.updated)) == ((), 3)
    after = reader.load_stored()
    assert after.stories == before.stories
    assert [head.title for head in after.issue_rows] == [f"{issue.title} & more" for issue in ISSUES]


# --- dates -----------------------------------------------------------------------------------------------------------


def test_invalid_date_is_stored_as_none(reader: SyncUser, in_order: StoredData) -> None:
    reader.newsletter.override = reply_at(FEED, lambda: failures.garbage_dates_feed(ISSUES))
    source = get_only_report(reader.sync(reader.feed))
    assert (get_numbers(source.new), source.error) == ([480, 479, 478], None)
    kept = reader.load_stored()
    assert kept.issue_rows == tuple(head._replace(date=None) for head in in_order.issue_rows)
    assert kept.stories == in_order.stories


def test_invalid_date_does_not_erase_date(reader: SyncUser) -> None:
    before = with_marks(reader)
    reader.newsletter.override = reply_at(FEED, lambda: failures.garbage_dates_feed(ISSUES))
    source = get_only_report(reader.sync(reader.feed))
    assert (source.new, source.updated, source.unchanged) == ((), (), 3)
    assert reader.load_stored() == before


def test_missing_date_is_added_later(reader: SyncUser, in_order: StoredData) -> None:
    reader.newsletter.override = reply_at(FEED, lambda: failures.garbage_dates_feed(ISSUES))
    reader.sync(reader.feed)
    reader.newsletter.override = lambda _: None
    source = get_only_report(reader.sync(reader.feed))
    assert (source.new, len(source.updated)) == ((), 3)
    assert reader.load_stored() == in_order


# --- previews --------------------------------------------------------------------------------------------------------


def longer_preview() -> Reply:
    """Return `paid_feed` with two of the three stories of the newest issue."""
    newest, *older = ISSUES
    first, *rest = newest.body.split("<p>***</p>")
    hashes = f"<p>{'#' * 52}</p>"
    return failures.paid_feed(
        [replace(newest, body="<p>***</p>".join([f"{first}{hashes}{rest[0]}", *rest[1:]])), *older]
    )


PREVIEWS: list[Callable[[], Reply]] = [lambda: failures.paid_feed(ISSUES), longer_preview]


def test_preview_is_stored(reader: SyncUser, in_order: StoredData) -> None:
    reader.newsletter.override = reply_at(FEED, PREVIEWS[0])
    source = get_only_report(reader.sync(reader.feed))
    assert (get_numbers(source.new), source.error) == ([480, 479, 478], None)
    kept = reader.load_stored()
    assert [story.headline for story in kept.stories["480"]] == [in_order.stories["480"][0].headline]
    assert kept.issues["480"].stories[0] == in_order.issues["480"].stories[0]
    assert kept.issue_rows[1:] == in_order.issue_rows[1:]


def test_read_more_link_elsewhere_is_no_preview(reader: SyncUser) -> None:
    end = '<p><a href="https://example.org/rivers"> Read more </a></p>'
    newest = ISSUES[0]
    reader.newsletter.issues[0] = replace(newest, body=newest.body.replace("<p><em>Thanks for reading!</em></p>", end))
    reader.sync(reader.feed)
    links = reader.load_stored().issues["480"].stories[-1].links
    assert "https://example.org/rivers" in [link.url for link in links]


@pytest.mark.parametrize("play", PREVIEWS, ids=["one story", "two stories"])
def test_preview_never_replaces_whole_issue(reader: SyncUser, play: Callable[[], Reply]) -> None:
    before = with_marks(reader)
    reader.newsletter.override = reply_at(FEED, play)
    source = get_only_report(reader.sync(reader.feed))
    assert (source.new, source.error) == ((), None)
    assert reader.load_stored() == before


@pytest.mark.parametrize("play", PREVIEWS, ids=["one story", "two stories"])
@pytest.mark.parametrize("name", ["feed", "mirror"])
def test_whole_issue_replaces_preview(
    reader: SyncUser, in_order: StoredData, play: Callable[[], Reply], name: str
) -> None:
    reader.newsletter.override = reply_at(FEED, play)
    reader.sync(reader.feed)
    reader.mark_stories("480/1")
    reader.newsletter.override = lambda _: None
    assert get_numbers(get_only_report(reader.sync(getattr(reader, name))).updated) == [480]
    after = reader.load_stored()
    assert [story.key for story in after.stories["480"]] == [story.key for story in in_order.stories["480"]]
    assert [story.is_read for story in after.stories["480"]] == [True, False, False]
