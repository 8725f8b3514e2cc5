"""Excerpts and protected posts: they are reported and never stored."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from importai_tui.parse.formats import Document
from importai_tui.sync.excerpts import sort_posts
from tests.http.server import Reply, Request
from tests.sync.fake_wordpress import build_wordpress_feed
from tests.sync.newsletter import FakeIssue
from tests.sync.user import (
    FEED,
    PAGES,
    POSTS,
    SyncUser,
    create_user,
    get_issues,
    get_numbers,
    get_only_report,
    reply_at,
)

URL = "https://example.org/import-ai-480/"
LONG = f"<p><strong>Robots count rivers:<br></strong><em>…Slow water…</em> {'Somebody counts. ' * 100}</p>"
FORM = '<form action="/wp-login.php?action=postpass" class="post-password-form" method="post"><p>This is protected.</p>'
XML = {"Content-Type": "application/rss+xml; charset=UTF-8"}


@pytest.fixture
def user(tmp_path: Path) -> Iterator[SyncUser]:
    with create_user(tmp_path, get_issues(4)) as user:
        yield user


def cut_like_wordpress(issue: FakeIssue) -> str:
    """Return the first 55 words of an issue, as WordPress cuts them."""
    words = html.unescape(re.sub(r"<[^>]*>", " ", issue.mirror_body)).split()
    return html.escape(" ".join(words[:55])) + " [&#8230;]"


def cut_like_hugo(issue: FakeIssue) -> str:
    """Return the first 70 words without a mark at the end, as Hugo writes them."""
    words = html.unescape(re.sub(r"<[^>]*>", " ", issue.mirror_body)).split()
    return html.escape(" ".join(words[:70]))


def build_feed(issues: Sequence[FakeIssue], body: Callable[[FakeIssue], str]) -> bytes:
    """Build WordPress's feed with descriptions only."""
    feed = build_wordpress_feed(issues).decode()
    for issue in issues:
        feed = re.sub(
            r"<description>(?!</description>|<!\[CDATA\[@).*?</content:encoded>",
            partial(lambda text, _: text, f"<description><![CDATA[@{body(issue)}]]></description>"),
            feed,
            count=1,
            flags=re.DOTALL,
        )
    return feed.replace("<![CDATA[@", "<![CDATA[").encode()


def close_rest(user: SyncUser, feed: bytes) -> Callable[[Request], Reply | None]:
    """Close REST; return an override that sends this feed."""
    user.newsletter.is_rest_open = False
    return reply_at(PAGES, lambda: Reply(feed, headers=XML))


# --- recognition ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "<p>Welcome to Import AI, where somebody counts [&#8230;]</p>",
        "Welcome to Import AI [&hellip;]",
        "Welcome to Import AI […]\n",
        "Welcome to Import AI [...]",
        f'<p>Import AI &hellip; <a href="{URL}">Continue reading <span>Import AI 480</span> <span>→</span></a></p>',
        f'<p>Import AI [&#8230;]</p>\n<p>The post <a href="{URL}">It</a> appeared first on <a href="/">X</a>.</p>',
        f'<p>Import AI</p><p><a href="{URL}#more-12" class="more-link">(more&#8230;)</a></p>',
        "Import AI counts the rivers of a small country, and somebody else had counted them before",
        f'{LONG}<p><a href="{URL}?utm_source=rss">Read more</a></p>',
        f'{LONG}<p><a class="more" href="{URL}">Read the rest of this entry &raquo;</a></p>',
        f"{LONG}<p>And then [&hellip;]</p>",
        "Import AI 480 … Continue reading",
        f"{LONG}<p>Und dann … Weiterlesen →</p>",
        f"{LONG}<p>Und dann (mehr&#8230;)</p>",
        f'{LONG}<p>… <a href="{URL}">Weiterlesen<span>„Import AI 480“</span></a></p>',
        f'{LONG}<p><a href="{URL}">Mehr lesen</a></p>',
        f'{LONG}<p><a href="{URL}">続きを読む</a></p>',
        f'{LONG}<p><a href="{URL}">Continua a leggere</a></p>',
        f'{LONG}<p><a class="more-link" href="{URL}">Import AI 480</a></p>',
        f'{LONG}<p><a class="wp-block-read-more" href="{URL}">→</a></p>',
        f'<p>A first sentence.</p><p><a href="{URL}">Tiếp tục</a></p>',
        f'{LONG} [&#8230;]<p>Der Beitrag <a href="{URL}">It</a> erschien zuerst auf <a href="https://example.org">X</a>.</p>',
    ],
)
def test_cut_off_text_is_excerpt(text: str) -> None:
    found = sort_posts([Document(text.encode(), url=URL)], is_substack=False)
    assert (len(found.excerpts), found.readable) == (1, [])


@pytest.mark.parametrize(
    "text",
    [
        LONG,
        f'{LONG}<p>The post <a href="{URL}">Import AI</a> appeared first on <a href="/">X</a>.</p>',
        f'{LONG}<p>Read more: <a href="https://arxiv.org/abs/2501.1">A paper</a></p>',
        f'{LONG}<p><a href="https://arxiv.org/abs/2501.1">Read more</a></p>',
        f"{LONG}<p>Thanks, and keep reading</p>",
        f'{LONG}<p><a href="{URL}">Read on the web</a></p>',
        f'{LONG}<p>Der Beitrag <a href="{URL}">It</a> erschien zuerst auf <a href="https://example.org">X</a>.</p>',
        f"{LONG}<p>“And […]” said the robot (to be continued…)</p>",
        f'{LONG}<p><a href="{URL}#respond">Leave a comment</a></p>',
        f"{LONG}<p><strong>Things that inspired this story:</strong> rain; tides; ...</p>",
        "<p><strong>A short note:</strong> Import AI is on holiday.</p>",
        "<p>The beans are up.</p>",
    ],
)
def test_whole_text_is_no_excerpt(text: str) -> None:
    assert sort_posts([Document(text.encode(), url=URL)], is_substack=False).excerpts == []


def test_short_post_among_whole_ones_is_no_excerpt() -> None:
    posts = [Document(LONG.encode(), url=URL), Document(b"Import AI is on holiday.", url="https://example.org/2")]
    assert sort_posts(posts, is_substack=False).excerpts == []


# --- feeds of excerpts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [cut_like_wordpress, cut_like_hugo])
@pytest.mark.parametrize("full", [False, True])
def test_feed_of_excerpts_is_reported_and_not_stored(
    user: SyncUser, body: Callable[[FakeIssue], str], full: bool
) -> None:
    user.newsletter.override = close_rest(user, build_feed(user.newsletter.issues, body))
    for _ in range(2):
        report = user.sync(user.mirror, full=full)
        (error,) = report.errors
        assert "has only excerpts, so nothing was stored" in error
        assert user.load_stored().issue_rows == ()


def test_feed_of_excerpts_changes_no_stored_issue(user: SyncUser) -> None:
    user.sync(user.mirror)
    user.mark_stories("480/1")
    before = user.load_stored()
    user.newsletter.override = close_rest(user, build_feed(user.newsletter.issues, cut_like_wordpress))
    user.sync(user.mirror, user.source_at(PAGES))
    assert user.load_stored() == before


def test_excerpt_among_whole_posts_is_reported(user: SyncUser) -> None:
    newest, *others = user.newsletter.issues
    excerpt = replace(
        newest, body=f'<p>{cut_like_wordpress(newest)}</p><p><a href="{newest.mirror_url}">Continue reading</a></p>'
    )
    user.newsletter.override = close_rest(user, build_wordpress_feed([excerpt, *others]))
    source = get_only_report(user.sync(user.mirror))
    assert (get_numbers(source.new), source.error) == ([479, 478, 477], None)
    assert source.remarks == ("127.0.0.1 gives only excerpts of 1 post, not stored.",)


def test_rest_is_used_if_wordpress_feed_has_excerpts(user: SyncUser) -> None:
    excerpts = build_feed(user.newsletter.issues, cut_like_wordpress)
    user.newsletter.override = reply_at(PAGES, lambda: Reply(excerpts, headers=XML))
    source = get_only_report(user.sync(user.source_at(PAGES)))
    assert (len(source.new), source.error) == (4, None)
    assert [request.path for request in user.requests] == [PAGES, POSTS]
    user.sync(user.source_at(PAGES))
    assert [request.path for request in user.requests] == [POSTS]


def test_substack_preview_is_stored(user: SyncUser) -> None:
    newest, *others = user.newsletter.issues
    tail = f'<p><a href="{newest.url}">Read more</a></p>'
    user.newsletter.issues = [replace(newest, body=newest.body.split("<p>***</p>")[0] + tail), *others]
    source = get_only_report(user.sync(user.feed))
    assert (get_numbers(source.new), source.remarks) == ([480, 479, 478, 477], ())
    assert user.requests[0].path == FEED


def test_feed_of_too_many_posts_is_read_partly(user: SyncUser) -> None:
    newest = user.newsletter.issues[0]
    entry = {"url": newest.url, "title": newest.title, "content_html": newest.body}
    again = {"url": newest.url, "content_text": "The same again."}  # an address is read once
    feed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [entry, *[again] * 5_000]}).encode()
    user.newsletter.override = lambda _: Reply(feed)
    source = get_only_report(user.sync(user.source_at("/feed.json")))
    assert len(source.new) == 1
    assert source.remarks == ("127.0.0.1 sent 5,000 posts or more at once; only the first 5,000 were read.",)


# --- posts behind a password -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", ["There is no excerpt because this is a protected post.", FORM])
def test_protected_post_of_feed_is_reported(user: SyncUser, body: str) -> None:
    newest, *others = user.newsletter.issues
    protected = replace(newest, title=f"Protected: {newest.title}", body=body)
    user.newsletter.override = close_rest(user, build_wordpress_feed([protected, *others]))
    source = get_only_report(user.sync(user.mirror))
    assert (get_numbers(source.new), source.skipped_posts) == ([479, 478, 477], 0)
    (remark,) = source.remarks
    assert remark.startswith("127.0.0.1 requires a password for 1 post, not stored: Protected: Import AI 480")


def test_protected_rest_post_is_reported(user: SyncUser) -> None:
    user.newsletter.protected_ids.add(user.newsletter.issues[1].post_id)
    source = get_only_report(user.sync(user.mirror))
    assert (get_numbers(source.new), source.error) == ([480, 478, 477], None)
    (remark,) = source.remarks
    assert "requires a password for 1 post, not stored: Import AI 479" in remark


def test_long_post_titled_protected_is_stored(user: SyncUser) -> None:
    newest, *others = user.newsletter.issues
    user.newsletter.issues = [replace(newest, title="Import AI 480: Protected: the rivers"), *others]
    user.newsletter.is_rest_open = False
    assert len(get_only_report(user.sync(user.mirror)).new) == 4
