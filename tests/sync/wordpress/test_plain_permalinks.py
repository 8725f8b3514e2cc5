"""A real WordPress with plain permalinks: its REST posts and feeds have addresses with a query."""

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

REST = ["", "?rest_route=/", "?rest_route=/wp/v2/posts", "index.php?rest_route=/", "index.php?rest_route=/wp/v2/posts"]


@pytest.fixture
def site(site: WordPress) -> WordPress:
    site.set(permalink_structure="")
    return site


@pytest.mark.parametrize("path", REST)
def test_every_issue_arrives(user: User, path: str) -> None:
    assert user.sync(path, full=True).changed == (SITE_NUMBERS, [], None)
    assert user.headlines(TWO_PAGE_NUMBER) == expected_headlines(TWO_PAGE_NUMBER)


@pytest.mark.parametrize("path", ["", "?rest_route=/wp/v2/posts"])
def test_edit_is_seen(user: User, blog: Blog, path: str) -> None:
    user.sync(path, full=True)
    blog.edit(440, "Why this matters - ", "Why this hardly matters - ")
    assert user.sync(path).changed == ([], [440], None)


def test_pages_of_the_feed_give_every_issue(user: User) -> None:
    assert user.sync("?feed=rss2", full=True).changed == (SITE_NUMBERS, [], None)


@pytest.mark.parametrize("closed", ["401", "home"])
def test_newest_issues_arrive_from_the_feed_where_rest_is_closed(user: User, site: WordPress, closed: str) -> None:
    site.set(rest_closed=closed)
    assert user.sync().changed == (FEED_NUMBERS, [], None)


def test_all_issues_arrive_from_the_feed_where_rest_is_closed(user: User, site: WordPress) -> None:
    site.set(rest_closed="401")
    assert user.sync(full=True).changed == (SITE_NUMBERS, [], None)
    assert user.headlines(NEWEST) == expected_headlines(NEWEST)


def test_newest_issues_arrive_where_no_header_names_rest(user: User, site: WordPress) -> None:
    site.set(rest_hidden=1)
    assert user.sync().new[: len(FEED_NUMBERS)] == FEED_NUMBERS


def test_edit_is_seen_after_permalinks_become_pretty(user: User, blog: Blog, site: WordPress) -> None:
    user.sync(full=True)
    site.set(permalink_structure="/%postname%/")
    blog.edit(440, "Why this matters - ", "Why this hardly matters - ")
    assert user.sync().updated == [440]


def test_pretty_site_is_read_by_its_plain_addresses(user: User, site: WordPress) -> None:
    site.set(permalink_structure="/%postname%/")
    assert user.sync("?rest_route=/wp/v2/posts", full=True).changed == (SITE_NUMBERS, [], None)
