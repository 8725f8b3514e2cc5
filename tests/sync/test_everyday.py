"""Everyday syncs with the feed and the site."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from importai_tui.http.addresses import get_endpoint
from tests.http.server import Reply, Request, Server
from tests.sync.newsletter import make_other_post, remove_number
from tests.sync.syncing import FEED, POSTS, SyncUser, create_user, get_issues, get_numbers, get_only_report, reply_at


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[SyncUser]:
    """A user with three published issues; a fourth is not published yet."""
    with create_user(tmp_path, get_issues(4)[1:]) as reader:
        yield reader


def test_first_sync_stores_issues_of_feed(reader: SyncUser) -> None:
    source = get_only_report(reader.sync())
    assert get_numbers(source.new) == reader.load_stored().numbers == [479, 478, 477]
    assert (source.name, source.requests, source.updated, source.unchanged) == ("substack", 1, (), 0)


def test_every_story_is_stored(reader: SyncUser) -> None:
    reader.sync()
    kept = reader.load_stored()
    for issue in reader.newsletter.issues:
        assert tuple(story.headline for story in kept.stories[str(issue.number)]) == issue.headlines


def test_second_sync_sends_validators(reader: SyncUser) -> None:
    reader.sync()
    before = reader.load_stored()
    source = get_only_report(reader.sync())
    (request,) = reader.requests
    tag = request.headers["if-none-match"]
    assert tag.startswith('W/"'), "the validator goes back as it came"
    assert "if-modified-since" not in request.headers
    assert (source.requests, source.bytes, source.new, source.updated, source.unchanged) == (1, 0, (), (), 0)
    assert reader.load_stored() == before


def test_feed_without_validators_is_read_again(reader: SyncUser) -> None:
    reader.newsletter.sends_etag = False
    reader.sync()
    before = reader.load_stored()
    source = get_only_report(reader.sync())
    assert "if-none-match" not in reader.requests[0].headers
    assert (source.requests, source.new, source.updated, source.unchanged) == (1, (), (), 3)
    assert reader.load_stored() == before


def test_only_new_issue_is_reported_as_new(reader: SyncUser) -> None:
    reader.sync()
    before = reader.load_stored()
    reader.newsletter.publish(get_issues(4)[0])
    source = get_only_report(reader.sync())
    assert (get_numbers(source.new), source.updated, source.unchanged) == ([480], (), 3)
    assert reader.load_stored().issue_rows[1:] == before.issue_rows


def test_older_copy_of_feed_reverts_nothing(reader: SyncUser) -> None:
    older = reader.newsletter.issues[:]
    reader.sync()
    reader.newsletter.edit(478, "Thanks for reading", "Thank you for reading")
    reader.newsletter.edit(478, "<p>***</p>", "<p>***</p><p>One remark more.</p>")
    reader.newsletter.publish(get_issues(4)[0])
    reader.sync()
    newest, reader.newsletter.issues = reader.load_stored(), older
    source = get_only_report(reader.sync())
    assert (source.new, source.updated) == ((), ())
    assert reader.load_stored() == newest


@pytest.mark.parametrize("name", ["feed", "mirror"])
def test_edited_story_is_stored_and_keeps_marks(reader: SyncUser, name: str) -> None:
    reader.sync(getattr(reader, name))
    reader.mark_stories("478/1", "477/2")
    before = reader.load_stored()
    reader.newsletter.edit(478, "Why this matters - ", "Why this hardly matters - ")
    source = get_only_report(reader.sync(getattr(reader, name)))
    after = reader.load_stored()
    assert (source.new, get_numbers(source.updated)) == ((), [478])
    assert "Why this hardly matters" in after.issues["478"].stories[0].text
    assert after.marks == before.marks
    assert sum(read and starred for _, read, starred in after.marks) == 2


def test_story_with_edited_headline_keeps_key_and_marks(reader: SyncUser) -> None:
    reader.sync()
    reader.mark_stories("478/1")
    before = reader.load_stored()
    headline = html.escape(reader.newsletter.issues[1].headlines[0], quote=False)
    reader.newsletter.edit(478, headline, f"{headline} twice")
    source = get_only_report(reader.sync())
    after = reader.load_stored()
    assert get_numbers(source.updated) == [478]
    assert after.stories["478"][0].headline == f"{before.stories['478'][0].headline} twice"
    assert after.marks == before.marks


def test_edited_title_is_stored(reader: SyncUser) -> None:
    reader.sync()
    made = reader.newsletter.issues[1]
    reader.newsletter.issues[1] = replace(made, title="Import AI 478: Corrected")
    assert get_numbers(get_only_report(reader.sync()).updated) == [478]
    after = reader.load_stored()
    assert after.issue_rows[1].title == "Import AI 478: Corrected"
    assert after.numbers == [479, 478, 477]


def test_issue_on_both_sites_is_stored_once(reader: SyncUser) -> None:
    reader.sync(reader.feed)
    before = reader.load_stored()
    source = get_only_report(reader.sync(reader.mirror))
    assert (source.new, source.updated, source.unchanged) == ((), (), 3)
    assert reader.load_stored() == before


def test_issue_without_number_on_both_sites_is_stored_once(reader: SyncUser) -> None:
    reader.newsletter.issues = [remove_number(issue) for issue in reader.newsletter.issues]
    reader.sync(reader.feed)
    before = reader.load_stored()
    source = get_only_report(reader.sync(reader.mirror))
    assert len(before.issue_rows) == 3
    assert (source.new, source.updated, source.unchanged) == ((), (), 3)
    assert reader.load_stored() == before


def test_edit_is_taken_from_either_site(reader: SyncUser) -> None:
    reader.sync(reader.feed, reader.mirror)
    reader.mark_stories("478/1")
    before = reader.load_stored()
    reader.newsletter.edit(478, "Why this matters - ", "Why this hardly matters - ")
    reader.newsletter.override = reply_at(FEED, lambda: Reply(status=304))  # the CDN still has the old copy
    feed, mirror = reader.sync(reader.feed, reader.mirror).sources
    assert (feed.updated, get_numbers(mirror.updated)) == ((), [478])
    after = reader.load_stored()
    assert "Why this hardly matters" in after.issues["478"].stories[0].text
    assert after.marks == before.marks


def test_unchanged_sites_never_overwrite_each_other(reader: SyncUser) -> None:
    both = reader.feed, reader.mirror
    reader.sync(*both)
    reader.newsletter.edit(478, "Why this matters - ", "Why this hardly matters - ")
    reader.newsletter.sends_etag = False
    reader.sync(*both)
    before = reader.load_stored()
    for _ in range(2):
        assert not any(source.new or source.updated for source in reader.sync(*both).sources)
    assert reader.load_stored() == before


def test_post_that_is_no_issue_is_skipped(reader: SyncUser) -> None:
    reader.newsletter.publish(make_other_post(reader.newsletter.issues[0]))
    for source in (reader.feed, reader.mirror):
        report = get_only_report(reader.sync(source))
        assert (report.skipped_posts, report.error) == (1, None)
    assert reader.load_stored().numbers == [479, 478, 477]


def test_protected_post_is_stored_once_it_is_public(reader: SyncUser) -> None:
    reader.newsletter.protected_ids.add(reader.newsletter.issues[1].post_id)
    assert get_numbers(get_only_report(reader.sync(reader.mirror)).new) == [479, 477]
    reader.newsletter.protected_ids.clear()
    reader.newsletter.edit(478, "Thanks for reading", "Thank you for reading")  # removing the password is an edit
    assert get_numbers(get_only_report(reader.sync(reader.mirror)).new) == [478]


# --- changes of the site ----------------------------------------------------------------------------------------------


def test_site_is_asked_for_changes_since_last_sync(reader: SyncUser) -> None:
    reader.sync(reader.mirror)
    (first,) = reader.requests
    assert (first.path, first.query["per_page"], first.query["orderby"]) == (POSTS, "20", "date")
    reader.newsletter.publish(get_issues(4)[0])
    source = get_only_report(reader.sync(reader.mirror))
    (second,) = reader.requests
    assert (second.query["orderby"], second.query["order"]) == ("modified", "desc")
    assert "modified_after" in second.query
    assert get_numbers(source.new) == [480]


def test_edit_of_old_issue_arrives_from_site(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(30)) as reader:
        reader.sync(reader.mirror, full=True)
        reader.mark_stories("452/1")
        reader.newsletter.edit(452, "Why this matters - ", "Why this hardly matters - ")
        source = get_only_report(reader.sync(reader.mirror))
        assert (source.requests, source.new, get_numbers(source.updated)) == (1, (), [452])
        assert reader.load_stored().stories["452"][0].is_read


def test_edited_old_issue_is_not_fetched_without_backfill(tmp_path: Path) -> None:
    with create_user(tmp_path, get_issues(30)) as reader:
        reader.sync(reader.mirror)
        reader.newsletter.edit(452, "Why this matters - ", "Why this hardly matters - ")
        reader.newsletter.edit(470, "Why this matters - ", "Why this hardly matters - ")
        source = get_only_report(reader.sync(reader.mirror))
        assert (source.new, get_numbers(source.updated)) == ((), [470])
        assert reader.load_stored().numbers == list(range(480, 460, -1))


def test_late_old_issue_is_fetched_after_backfill(reader: SyncUser) -> None:
    reader.sync(reader.mirror, full=True)
    reader.newsletter.publish(get_issues(1, newest=400)[0])
    reader.newsletter.edit(400, "Why this matters - ", "Why this hardly matters - ")
    assert get_numbers(get_only_report(reader.sync(reader.mirror)).new) == [400]


# --- moved addresses --------------------------------------------------------------------------------------------------


def test_permanent_move_of_feed_is_stored(reader: SyncUser) -> None:
    reader.sync()
    with Server(reader.newsletter) as other:
        reader.trusted_endpoints = frozenset({get_endpoint(other.address)})
        reader.newsletter.publish(get_issues(4)[0])
        to = other.address + FEED
        old = reader.server.address.removeprefix("http://")
        reader.newsletter.override = lambda request: _moved(to, 301) if request.headers["host"] == old else None
        assert get_numbers(get_only_report(reader.sync()).new) == [480]
        asked = len(other.requests)
        source = get_only_report(reader.sync())
        assert (source.requests, source.error) == (1, None)
        assert (reader.requests, len(other.requests) - asked) == ([], 1)


def test_permanent_move_of_site_is_stored(reader: SyncUser) -> None:
    with Server(reader.newsletter) as other:
        reader.trusted_endpoints = frozenset({get_endpoint(other.address)})
        old = reader.server.address.removeprefix("http://")

        def before(request: Request) -> Reply | None:
            query = urlencode(request.query, safe=",:")
            return _moved(f"{other.address}{request.path}?{query}", 301) if request.headers["host"] == old else None

        reader.newsletter.override = before
        assert len(get_only_report(reader.sync(reader.mirror)).new) == 3
        asked = len(other.requests)
        assert get_only_report(reader.sync(reader.mirror)).error is None
        assert (reader.requests, len(other.requests) - asked) == ([], 1)


@pytest.mark.parametrize(("path", "status"), [("/substack/feed", 302), ("/old/feed", 301), ("/old/feed", 308)])
def test_temporary_or_path_move_is_not_stored(reader: SyncUser, path: str, status: int) -> None:
    with Server(reader.newsletter) as other:
        reader.trusted_endpoints = frozenset({get_endpoint(other.address)})
        old = reader.server.address.removeprefix("http://")
        to = other.address + FEED
        reader.newsletter.override = lambda request: _moved(to, status) if request.headers["host"] == old else None
        source = replace(reader.feed, address=reader.server.address + path)
        assert len(get_only_report(reader.sync(source)).new) == 3
        assert get_only_report(reader.sync(source)).error is None
        assert len(reader.requests) == 1


def _moved(to: str, status: int) -> Reply:
    return Reply(status=status, headers={"Location": to})


def test_sync_time_is_set_only_on_success(reader: SyncUser) -> None:
    reader.sync()
    with reader.open_library() as library:
        before = library.get_last_sync_time()
    reader.newsletter.publish(get_issues(4)[0])  # a week later
    reader.newsletter.override = lambda _: Reply(status=410)
    reader.sync()
    with reader.open_library() as library:
        assert library.get_last_sync_time() == before is not None
    reader.newsletter.override = lambda _: None
    reader.sync()
    with reader.open_library() as library:
        assert library.get_last_sync_time() == reader.now()


def test_same_title_a_year_later_is_another_issue(reader: SyncUser) -> None:
    first = remove_number(reader.newsletter.issues[0])
    other = remove_number(get_issues(4)[0])
    later = replace(other, title=first.title, slug=f"{first.slug}-2", published=first.published + timedelta(days=364))
    reader.newsletter.issues = [first, later]
    assert len(get_only_report(reader.sync(reader.feed)).new) == 2
    assert get_only_report(reader.sync(reader.mirror)).unchanged == 2
