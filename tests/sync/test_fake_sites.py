"""The fake sites behave like the real ones: statuses, headers, fields."""

from __future__ import annotations

import json
import re
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.http.server import Reply, Server
from tests.sync import failures
from tests.sync.answered import FEED, POSTS, get_reply, parse_entries, parse_reply
from tests.sync.fake_sites import FakeNewsletter
from tests.sync.newsletter import make_issues


@pytest.fixture
def newsletter() -> FakeNewsletter:
    return FakeNewsletter(make_issues(25, stories=2))


def posts(newsletter: FakeNewsletter, **query: object) -> list[dict[str, Any]]:
    reply = get_reply(newsletter, POSTS, **query)
    assert reply.status == 200
    found: list[dict[str, Any]] = json.loads(reply.body)
    return found


def refusal(newsletter: FakeNewsletter, **query: object) -> tuple[int, str]:
    reply = get_reply(newsletter, POSTS, **query)
    return reply.status, json.loads(reply.body)["code"]


def ids(found: list[dict[str, Any]]) -> list[int]:
    return [post["id"] for post in found]


# --- substack --------------------------------------------------------------------------------------------------------


def test_substack_feed_has_twenty_newest_without_whitespace(newsletter: FakeNewsletter) -> None:
    reply = get_reply(newsletter, "/substack/feed")
    assert [entry.title for entry in parse_entries(reply)] == [issue.title for issue in newsletter.issues[:20]]
    assert b"\n" not in reply.body
    assert re.search(rb">\s+<", re.sub(rb"<!\[CDATA\[.*?\]\]>", b"", reply.body)) is None


def test_substack_item_has_real_fields(newsletter: FakeNewsletter) -> None:
    for item in re.findall(rb"<item>(.*?)</item>", get_reply(newsletter, "/substack/feed").body):
        fields = re.findall(rb"<([\w:]+)[ >]", re.sub(rb"<!\[CDATA\[.*?\]\]>", b"", item))
        assert [name.decode() for name in fields if name != b"enclosure"] == [
            *("title", "description", "link", "guid", "dc:creator", "pubDate", "content:encoded")
        ]


def test_substack_guid_is_the_link(newsletter: FakeNewsletter) -> None:
    first = parse_entries(get_reply(newsletter, "/substack/feed"))[0]
    assert first.id == first.link == newsletter.issues[0].url
    assert first.published == "Mon, 09 Nov 2026 13:31:40 GMT"


def test_substack_feed_has_real_headers(newsletter: FakeNewsletter) -> None:
    reply = get_reply(newsletter, "/substack/feed")
    assert reply.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert reply.headers["ETag"].startswith('W/"')
    assert "Last-Modified" not in reply.headers
    assert reply.gzipped


def test_unchanged_substack_feed_is_answered_with_304(newsletter: FakeNewsletter) -> None:
    known = {"if-none-match": get_reply(newsletter, "/substack/feed").headers["ETag"]}
    again = get_reply(newsletter, "/substack/feed", known)
    assert (again.status, again.body) == (304, b"")
    newsletter.edit(478, "Tech Tales", "Tech tales")
    assert get_reply(newsletter, "/substack/feed", known).status == 200


def test_feed_without_etag_is_always_sent(newsletter: FakeNewsletter) -> None:
    newsletter.sends_etag = False
    reply = get_reply(newsletter, "/substack/feed", {"if-none-match": "*"})
    assert (reply.status, "ETag" in reply.headers) == (200, False)


# --- REST ------------------------------------------------------------------------------------------------------------


def test_rest_pages_have_totals_and_links(newsletter: FakeNewsletter) -> None:
    reply = get_reply(newsletter, POSTS, {"host": "127.0.0.1:80"}, per_page=10, page=2)
    assert ids(json.loads(reply.body)) == [issue.post_id for issue in newsletter.issues[10:20]]
    assert (reply.headers["X-WP-Total"], reply.headers["X-WP-TotalPages"]) == ("25", "3")
    links = dict(re.findall(r'<([^>]+)>; rel="([^"]+)"', reply.headers["Link"]))
    assert links == {
        "http://127.0.0.1:80/mirror/wp-json/": "https://api.w.org/",
        f"http://127.0.0.1:80{POSTS}?per_page=10&page=1": "prev",
        f"http://127.0.0.1:80{POSTS}?per_page=10&page=3": "next",
    }


def test_last_rest_page_has_no_next_link(newsletter: FakeNewsletter) -> None:
    reply = get_reply(newsletter, POSTS, per_page=10, page=3)
    assert len(json.loads(reply.body)) == 5
    assert 'rel="next"' not in reply.headers["Link"]


def test_default_rest_page_size_is_ten(newsletter: FakeNewsletter) -> None:
    assert len(posts(newsletter)) == 10


def test_rest_page_beyond_the_end_is_refused(
    newsletter: FakeNewsletter,
) -> None:
    assert refusal(newsletter, per_page=10, page=4) == (400, "rest_post_invalid_page_number")
    nothing = get_reply(newsletter, POSTS, modified_after="2030-01-01T00:00:00", page=4)
    assert (nothing.status, nothing.body, nothing.headers["X-WP-TotalPages"]) == (200, b"[]", "0")


@pytest.mark.parametrize(
    "query",
    [{"per_page": 101}, {"per_page": 0}, {"page": 0}, {"order": "up"}, {"orderby": "mood"}, {"after": "yesterday"}],
)
def test_invalid_rest_parameter_is_refused(newsletter: FakeNewsletter, query: dict[str, object]) -> None:
    assert refusal(newsletter, **query) == (400, "rest_invalid_param")


def test_unsupported_rest_parameter_raises(newsletter: FakeNewsletter) -> None:
    with pytest.raises(ValueError, match="does not support search"):
        get_reply(newsletter, POSTS, search="rivers")


def test_rest_posts_are_ordered_and_filtered(newsletter: FakeNewsletter) -> None:
    newsletter.edit(460, "Thanks for", "Thank you for")
    edited = newsletter.issues[20]
    assert posts(newsletter, orderby="modified")[0]["id"] == edited.post_id
    assert posts(newsletter, order="asc")[0]["id"] == newsletter.issues[-1].post_id
    assert ids(posts(newsletter, after=f"{newsletter.issues[2].mirror_published:%Y-%m-%dT%H:%M:%S}")) == ids(
        posts(newsletter, per_page=2)
    )
    assert (
        len(posts(newsletter, per_page=100, before=f"{newsletter.issues[2].mirror_published:%Y-%m-%dT%H:%M:%S}")) == 22
    )
    assert ids(posts(newsletter, modified_after=f"{newsletter.issues[0].modified:%Y-%m-%dT%H:%M:%S}")) == [
        edited.post_id
    ]


def test_only_requested_fields_are_sent(newsletter: FakeNewsletter) -> None:
    (post,) = posts(newsletter, per_page=1, _fields="id,title,content.rendered")
    assert {name: set(value) if isinstance(value, dict) else None for name, value in post.items()} == {
        "id": None,
        "title": {"rendered"},
        "content": {"rendered"},
    }


def test_rest_times_have_no_zone() -> None:
    made = next(issue for issue in make_issues(40) if "&" in issue.title)
    (post,) = posts(FakeNewsletter([replace(made, title=f"{made.title} - it's raining")]))
    assert post["date_gmt"] == post["modified_gmt"] == made.mirror_published.replace(tzinfo=None).isoformat()
    assert "&#038;" in post["title"]["rendered"]
    assert post["title"]["rendered"].endswith(" &#8211; it&#8217;s raining")


def test_rest_bodies_are_texturized() -> None:
    body = make_issues(1)[0].mirror_body
    assert "Why this matters &#8211; " in body
    assert 'data-attrs=\'{"url":' in body
    assert "<br>" not in body
    assert "</p>\n<p>" in body


def test_hidden_posts_make_rest_page_short(newsletter: FakeNewsletter) -> None:
    newsletter.hidden_ids.add(newsletter.issues[3].post_id)
    reply = get_reply(newsletter, POSTS, per_page=10)
    assert len(json.loads(reply.body)) == 9
    assert reply.headers["X-WP-Total"] == "25"
    assert 'rel="next"' in reply.headers["Link"]


def test_protected_post_has_no_body(newsletter: FakeNewsletter) -> None:
    newsletter.protected_ids.add(newsletter.issues[0].post_id)
    assert [post["content"]["protected"] for post in posts(newsletter, per_page=2)] == [True, False]
    assert posts(newsletter, per_page=1)[0]["content"]["rendered"] == ""


@pytest.mark.parametrize(("status", "code"), [(404, "rest_no_route"), (401, "rest_not_logged_in")])
def test_closed_rest_does_not_close_feed(newsletter: FakeNewsletter, status: int, code: str) -> None:
    newsletter.is_rest_open, newsletter.rest_status = False, status
    assert refusal(newsletter) == (status, code)
    assert get_reply(newsletter, "/mirror/wp-json/").status == status
    assert get_reply(newsletter, FEED).status == 200


def test_every_mirror_page_names_rest_address(newsletter: FakeNewsletter) -> None:
    front = get_reply(newsletter, "/mirror/", {"host": "127.0.0.1:80"})
    assert front.headers["Content-Type"].startswith("text/html")
    assert front.headers["Link"] == '<http://127.0.0.1:80/mirror/wp-json/>; rel="https://api.w.org/"'
    assert "Link" not in get_reply(newsletter, "/substack/").headers


# --- the mirror's feed -----------------------------------------------------------------------------------------------


def test_paged_feed_ends_in_empty_404(newsletter: FakeNewsletter) -> None:
    found = [parse_entries(get_reply(newsletter, FEED, paged=page)) for page in (1, 2, 3, 4)]
    assert [len(page) for page in found] == [10, 10, 5, 0]
    assert get_reply(newsletter, FEED, paged=3).status == 200
    beyond = get_reply(newsletter, FEED, paged=4)
    assert (beyond.status, beyond.body[:5]) == (404, b"<?xml")
    assert "no-store" in beyond.headers["Cache-Control"]


def test_paged_feed_guid_has_post_id(newsletter: FakeNewsletter) -> None:
    first, made = parse_entries(get_reply(newsletter, FEED))[0], newsletter.issues[0]
    assert (first.id, first.link) == (f"https://jack-clark.net/?p={made.post_id}", made.mirror_url)
    assert first.published.endswith(" +0000")


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, 304),
        ({"if-none-match": None}, 304),
        ({"if-modified-since": None}, 304),
        ({"if-none-match": '"another"'}, 200),
        ({"if-modified-since": "Mon, 02 Nov 2026 00:00:00 GMT"}, 200),
    ],
)
def test_all_sent_validators_must_match(
    newsletter: FakeNewsletter, changed: dict[str, str | None], status: int
) -> None:
    reply = get_reply(newsletter, FEED)
    known = {"if-none-match": reply.headers["ETag"], "if-modified-since": reply.headers["Last-Modified"]} | changed
    sent = {name: value for name, value in known.items() if value}
    assert get_reply(newsletter, FEED, sent).status == status
    assert get_reply(newsletter, FEED, sent, paged=2).status == status, "the validators are the whole site's"


def test_weakened_etag_never_matches(newsletter: FakeNewsletter) -> None:
    newsletter.weakens_etag = True
    tag = get_reply(newsletter, FEED).headers["ETag"]
    assert tag.startswith("W/")
    assert get_reply(newsletter, FEED, {"if-none-match": tag}).status == 200


# --- what a test can do to it ----------------------------------------------------------------------------------------


def test_edit_changes_body_and_modified_time(newsletter: FakeNewsletter) -> None:
    before, made = posts(newsletter, per_page=1)[0], newsletter.issues[0]
    newsletter.edit(480, "Thanks for reading", "Thanks for staying")
    after = posts(newsletter, per_page=1)[0]
    assert b"Thanks for staying" in get_reply(newsletter, "/substack/feed").body
    assert "Thanks for staying" in after["content"]["rendered"]
    assert after["date_gmt"] == before["date_gmt"]
    assert datetime.fromisoformat(after["modified_gmt"]).replace(tzinfo=UTC) == made.modified + timedelta(hours=1)


def test_posts_can_be_published_and_deleted() -> None:
    newest, *older = make_issues(3)
    newsletter = FakeNewsletter(older)
    newsletter.publish(newest)
    newsletter.delete(479)
    assert ids(posts(newsletter)) == [newest.post_id, older[1].post_id]
    assert [entry.title for entry in parse_entries(get_reply(newsletter, "/substack/feed"))] == [
        newest.title,
        older[1].title,
    ]


def test_override_replaces_a_reply(newsletter: FakeNewsletter) -> None:
    newsletter.override = lambda asked: failures.server_error(502) if asked.path == "/substack/feed" else None
    assert get_reply(newsletter, "/substack/feed").status == 502
    assert get_reply(newsletter, FEED).status == 200


def test_server_sends_newsletter(newsletter: FakeNewsletter) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback needs no proxy
    with Server(newsletter) as server:
        for path in ("/substack/feed", POSTS, "/mirror/feed"):  # the last is moved to where the feed is
            with opener.open(server.address + path) as answer:
                assert parse_reply(Reply(answer.read()))[0].number == 480
        assert [asked.path for asked in server.requests][-2:] == ["/mirror/feed", FEED]
