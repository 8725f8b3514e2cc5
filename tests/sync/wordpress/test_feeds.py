"""The feeds of a real WordPress."""

from __future__ import annotations

import time

import pytest

from tests.sync.wordpress.blog import (
    FEED_NUMBERS,
    NEWEST,
    PROTECTED_NUMBER,
    SITE_NUMBERS,
    TWO_PAGE_NUMBER,
    Blog,
    User,
    expected_headlines,
)
from tests.sync.wordpress.site import Request, WordPress


@pytest.mark.parametrize("path", ["feed/", "feed", "feed/atom/", "feed/rdf/", "?feed=rss2"])
def test_feed_gives_the_newest_issues(user: User, path: str) -> None:
    assert user.sync(path).changed == (FEED_NUMBERS, [], None)


def test_pages_of_the_feed_give_every_issue(user: User) -> None:
    assert user.sync("feed/", full=True).changed == (SITE_NUMBERS, [], None)


def test_protected_post_of_the_feed_is_named_and_not_stored(user: User) -> None:
    synced = user.sync("feed/")
    assert PROTECTED_NUMBER not in user.issues()
    assert "password" in synced.messages


@pytest.mark.parametrize("path", ["feed/", "feed/atom/", "feed/rdf/"])
def test_excerpts_are_named_and_not_stored(user: User, site: WordPress, path: str) -> None:
    site.set(rss_use_excerpt=1, rest_closed="401")
    synced = user.sync(path)
    assert (synced.new, synced.updated, user.issues()) == ([], [], [])
    assert "only excerpts" in synced.messages


@pytest.mark.parametrize("closed", ["401", "home"])
def test_excerpts_are_named_where_rest_is_closed(user: User, site: WordPress, closed: str) -> None:
    site.set(rss_use_excerpt=1, rest_closed=closed)
    synced = user.sync(full=True)
    assert user.issues() == []
    assert "only excerpts" in synced.messages


def test_excerpts_replace_no_issue(complete_user: User, blog: Blog, site: WordPress) -> None:
    site.set(rss_use_excerpt=1, rest_closed="401")
    blog.edit(NEWEST, "Why this matters - ", "Why this hardly matters - ")
    assert complete_user.sync().updated == []
    assert complete_user.headlines(NEWEST) == expected_headlines(NEWEST)


def test_rest_gives_whole_issues_instead_of_excerpts(user: User, site: WordPress) -> None:
    site.set(rss_use_excerpt=1)
    assert user.sync("feed/", full=True).changed == (SITE_NUMBERS, [], None)
    assert user.headlines(TWO_PAGE_NUMBER) == expected_headlines(TWO_PAGE_NUMBER)


def test_issues_arrive_after_excerpts(user: User, site: WordPress) -> None:
    site.set(rss_use_excerpt=1, rest_closed="401")
    user.sync("feed/")
    site.set(rss_use_excerpt=0)
    assert user.sync("feed/").new == FEED_NUMBERS


def test_unchanged_feed_is_not_sent_again(user: User, site: WordPress) -> None:
    """nginx compresses the feed and weakens its ETag, which WordPress then does not recognise."""
    user.sync("feed/")
    user.sync("feed/")
    user.sync("feed/")
    assert site.requests == [Request("GET", "/feed/", 304)]


def test_changed_feed_is_sent_again(user: User, blog: Blog) -> None:
    for _ in range(3):
        user.sync("feed/")
    blog.publish(NEWEST + 1)
    assert user.sync("feed/").new == [NEWEST + 1]


@pytest.mark.parametrize("second", ["counts", "matters"], ids=["another", "taken back"])
def test_second_edit_is_seen_in_the_feed(user: User, blog: Blog, site: WordPress, second: str) -> None:
    site.set(rest_closed="401")
    user.sync()
    for old, new in (("matters", "hardly matters"), ("hardly matters", second)):
        time.sleep(1)  # WordPress dates its feed to the second.
        blog.edit(NEWEST, f"Why this {old}", f"Why this {new}")
        assert user.sync().updated == [NEWEST]
