"""The REST posts of a real WordPress."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.sync.wordpress.blog import (
    NEWEST,
    OLDEST,
    PROTECTED_NUMBER,
    SITE_NUMBERS,
    TWO_PAGE_NUMBER,
    Blog,
    User,
    expected_headlines,
)
from tests.sync.wordpress.site import WordPress


def test_every_issue_arrives(user: User) -> None:
    assert user.sync(full=True).changed == (SITE_NUMBERS, [], None)
    assert user.headlines(NEWEST) == expected_headlines(NEWEST)
    assert user.headlines(TWO_PAGE_NUMBER) == expected_headlines(TWO_PAGE_NUMBER)
    assert user.headlines(OLDEST) == expected_headlines(OLDEST)


def test_protected_post_is_named_and_not_stored(user: User) -> None:
    synced = user.sync(full=True)
    assert PROTECTED_NUMBER not in user.issues()
    assert "password" in synced.messages


@pytest.mark.parametrize("closed", ["", "401"])
def test_issue_stays_when_its_post_becomes_protected(
    complete_user: User, blog: Blog, site: WordPress, closed: str
) -> None:
    site.set(rest_closed=closed)
    blog.protect(NEWEST)
    synced = complete_user.sync()
    assert synced.changed == ([], [], None)
    assert "password" in synced.messages
    assert complete_user.headlines(NEWEST) == expected_headlines(NEWEST)


def test_post_that_is_no_issue_is_reported(user: User) -> None:
    synced = user.sync(full=True)
    assert "not an issue" in synced.messages
    assert synced.source["passed_over"] >= 1


def test_second_sync_changes_nothing(complete_user: User) -> None:
    assert complete_user.sync().changed == ([], [], None)
    assert complete_user.sync(full=True).changed == ([], [], None)


def test_edit_is_seen_and_marks_stay(complete_user: User, blog: Blog) -> None:
    complete_user.mark("440/1")
    blog.edit(440, "Thanks for reading!", "Thanks for reading on!")
    blog.edit(440, "Why this matters - ", "Why this hardly matters - ")
    assert complete_user.sync().changed == ([], [440], None)
    story = complete_user.issue(440)["stories"][0]
    assert (story["read"], story["starred"]) == (True, True)
    assert "Why this hardly matters" in story["text"]


def test_edit_that_is_taken_back_is_seen(complete_user: User, blog: Blog) -> None:
    for old, new in (("Why this matters", "Why this hardly matters"), ("Why this hardly matters", "Why this matters")):
        blog.edit(440, old, new)
        assert complete_user.sync().changed == ([], [440], None)
        assert new in complete_user.issue(440)["stories"][0]["text"]


def test_new_issue_arrives_after_many_touched_posts(complete_user: User, blog: Blog) -> None:
    blog.publish(NEWEST + 1, published=datetime.now(UTC) - timedelta(hours=1))
    blog.touch(SITE_NUMBERS)
    assert complete_user.sync().changed == ([NEWEST + 1], [], None)


def test_backdated_posts_arrive_with_full(complete_user: User, blog: Blog) -> None:
    for number, years in ((300, 5), (301, 4)):
        blog.publish(number, published=datetime.now(UTC) - timedelta(days=365 * years))
    assert sorted(complete_user.sync(full=True).new) == [300, 301]


def test_backdated_newest_issue_arrives_with_full(complete_user: User, blog: Blog) -> None:
    blog.publish(NEWEST + 1, published=datetime.now(UTC) - timedelta(days=9))
    assert complete_user.sync(full=True).new == [NEWEST + 1]


def test_full_sync_of_a_complete_home_asks_little(complete_user: User, site: WordPress) -> None:
    for _ in range(2):
        complete_user.sync(full=True)
    assert len(site.requests) <= 3


def test_full_sync_asks_little_after_a_post_was_deleted(complete_user: User, blog: Blog, site: WordPress) -> None:
    blog.delete(450)
    for _ in range(2):
        complete_user.sync(full=True)
    assert len(site.requests) <= 3
    assert 450 in complete_user.issues()


def test_page_size_that_is_refused_is_made_smaller(user: User, site: WordPress) -> None:
    site.set(rest_most_per_page=20)
    assert user.sync(full=True).changed == (SITE_NUMBERS, [], None)
    refused = [request for request in site.requests if request.status == 400]
    assert len(refused) <= 3


@pytest.mark.parametrize("cap", ["rest_cap", "rest_silent_cap"])
def test_pages_that_are_shorter_than_asked_are_all_read(user: User, site: WordPress, cap: str) -> None:
    site.set(**{cap: 10})
    assert user.sync(full=True).changed == (SITE_NUMBERS, [], None)


def test_tags_in_a_title_are_not_shown(user: User, blog: Blog) -> None:
    blog.publish(NEWEST + 1, title=f"Import AI {NEWEST + 1}: The <em>whole</em> story")
    user.sync()
    assert user.issue(NEWEST + 1)["title"] == f"Import AI {NEWEST + 1}: The whole story"


def test_edit_is_seen_after_permalinks_become_plain(complete_user: User, blog: Blog, site: WordPress) -> None:
    site.set(permalink_structure="")
    blog.edit(440, "Why this matters - ", "Why this hardly matters - ")
    assert complete_user.sync().changed == ([], [440], None)


def test_edit_is_seen_after_an_upgrade_of_the_site(complete_user: User, blog: Blog, site: WordPress) -> None:
    blog.edit(440, "Why this matters - ", "Why this hardly matters - ")
    site.maintain(True)
    upgrading = complete_user.sync()
    assert upgrading.completed.status == 1
    assert "127.0.0.1" in upgrading.messages
    site.maintain(False)
    assert complete_user.sync().changed == ([], [440], None)


def test_site_with_a_limit_refuses_few_requests(user: User, site: WordPress) -> None:
    site.set(rest_most_per_page=20)
    site.limit(True)
    assert user.sync(full=True).changed == (SITE_NUMBERS, [], None)
    refused = [request for request in site.requests if request.status == 429]
    assert 1 <= len(refused) <= 2
