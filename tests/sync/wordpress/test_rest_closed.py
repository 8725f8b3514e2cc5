"""A real WordPress with closed REST posts: its feed is read, which truncates some issues."""

from __future__ import annotations

import pytest

from tests.sync.wordpress.blog import (
    FEED_NUMBERS,
    NEWEST,
    SITE_NUMBERS,
    TWO_PAGE_NUMBER,
    Blog,
    User,
    expected_headlines,
)
from tests.sync.wordpress.site import WordPress

TALE = 1
"""Index of the Tech Tale among the stories of TWO_PAGE_NUMBER."""


def test_all_issues_arrive_from_the_feed(user: User, site: WordPress) -> None:
    site.set(rest_closed="401")
    assert user.sync(full=True).changed == (SITE_NUMBERS, [], None)
    assert user.headlines(NEWEST) == expected_headlines(NEWEST)


@pytest.mark.parametrize("closed", ["401", "404", "home", "elsewhere", "page"])
def test_newest_issues_arrive_from_the_feed(user: User, site: WordPress, closed: str) -> None:
    site.set(rest_closed=closed)
    assert user.sync().changed == (FEED_NUMBERS, [], None)


@pytest.mark.parametrize("closed", ["401", "page"])
def test_feed_does_not_replace_whole_issues(complete_user: User, site: WordPress, closed: str) -> None:
    site.set(rest_closed=closed)
    assert complete_user.sync().changed == ([], [], None)
    assert complete_user.headlines(TWO_PAGE_NUMBER) == expected_headlines(TWO_PAGE_NUMBER)


def test_feed_does_not_replace_whole_issues_with_full(complete_user: User, site: WordPress) -> None:
    complete_user.mark(f"{TWO_PAGE_NUMBER}/2")
    site.set(rest_closed="403")
    assert complete_user.sync(full=True).changed == ([], [], None)
    assert complete_user.headlines(TWO_PAGE_NUMBER) == expected_headlines(TWO_PAGE_NUMBER)
    assert complete_user.issue(TWO_PAGE_NUMBER)["stories"][TALE]["starred"]


def test_feed_does_not_replace_issues_of_the_same_sync(user: User, site: WordPress) -> None:
    site.set(rest_closed="401", rest_closed_from=2)
    assert user.sync(full=True).changed == (SITE_NUMBERS, [], None)
    assert user.headlines(TWO_PAGE_NUMBER) == expected_headlines(TWO_PAGE_NUMBER)


def test_new_issue_arrives_from_the_feed(complete_user: User, blog: Blog, site: WordPress) -> None:
    site.set(rest_closed="401")
    blog.publish(NEWEST + 1)
    assert complete_user.sync().changed == ([NEWEST + 1], [], None)


@pytest.mark.parametrize("closed", ["401", "404", "500", "page"])
def test_edit_is_seen_once_rest_is_open_again(complete_user: User, blog: Blog, site: WordPress, closed: str) -> None:
    site.set(rest_closed=closed)
    complete_user.sync()
    site.set(rest_closed="")
    blog.edit(440, "Why this matters - ", "Why this hardly matters - ")
    assert complete_user.sync().changed == ([], [440], None)


def test_edit_is_seen_with_full_once_rest_is_open_again(complete_user: User, blog: Blog, site: WordPress) -> None:
    site.set(rest_closed="404")
    complete_user.sync(full=True)
    site.set(rest_closed="")
    blog.edit(440, "Why this matters - ", "Why this hardly matters - ")
    assert complete_user.sync(full=True).changed == ([], [440], None)


def test_edit_while_rest_is_closed_cuts_nothing_off(complete_user: User, blog: Blog, site: WordPress) -> None:
    site.set(rest_closed="401")
    blog.edit(TWO_PAGE_NUMBER, "Why this matters - ", "Why this hardly matters - ")
    complete_user.sync()
    assert complete_user.headlines(TWO_PAGE_NUMBER) == expected_headlines(TWO_PAGE_NUMBER)
    site.set(rest_closed="")
    complete_user.sync()
    issue = complete_user.issue(TWO_PAGE_NUMBER)
    assert "Why this hardly matters" in issue["stories"][0]["text"]
    assert [story["headline"] for story in issue["stories"]] == expected_headlines(TWO_PAGE_NUMBER)


def test_whole_issue_replaces_the_feed_copy_with_full(user: User, site: WordPress) -> None:
    site.set(rest_closed="401")
    user.sync(full=True)
    assert user.headlines(TWO_PAGE_NUMBER) == expected_headlines(TWO_PAGE_NUMBER)[:TALE]
    user.mark(f"{TWO_PAGE_NUMBER}/1")
    site.set(rest_closed="")
    user.sync(full=True)
    assert user.headlines(TWO_PAGE_NUMBER) == expected_headlines(TWO_PAGE_NUMBER)
    assert user.issue(TWO_PAGE_NUMBER)["stories"][0]["starred"]


def test_whole_issue_replaces_the_feed_copy_of_the_newest(user: User, site: WordPress) -> None:
    site.set(rest_closed="401")
    user.sync()
    site.set(rest_closed="")
    user.sync()
    assert user.headlines(TWO_PAGE_NUMBER) == expected_headlines(TWO_PAGE_NUMBER)
