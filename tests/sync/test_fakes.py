"""The fakes behave like the real newsletter: sites, issues and failures."""

from __future__ import annotations

import gzip
import json
import re
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import feedparser
import pytest

from importai_tui.errors import UnreadableInputError
from importai_tui.model import Issue, LinkKind, StoryKind
from importai_tui.parse.pipeline import parse_issues
from importai_tui.parse.story_keys import normalise_text
from tests.http.server import Reply, Request, Server
from tests.sync import failures, words
from tests.sync.fake_sites import FakeNewsletter
from tests.sync.newsletter import FakeIssue, make_issues, make_other_post, remove_number
from tests.sync.user import PAGES, POSTS

LAYOUT_NUMBERS = [480, 449, 400, 345, 338, 50, 9]
"""Numbers of issues with every layout and kind of title."""


def get_reply(
    newsletter: FakeNewsletter, path: str, headers: Mapping[str, str] | None = None, /, **query: object
) -> Reply:
    """Return the reply of the newsletter to one GET request."""
    texts = {name: str(value) for name, value in query.items()}
    return newsletter(Request("GET", path, texts, dict(headers or {})))


def parse_entries(reply: Reply) -> list[Any]:
    """Parse the items of a valid feed with feedparser."""
    read = feedparser.parse(reply.body, sanitize_html=False)
    assert not read.bozo
    return list(read.entries)


def parse_reply(reply: Reply) -> list[Issue]:
    """Parse the issues of a reply."""
    posts = [page.report for page in parse_issues(reply.body)]
    return [understanding.issue for understanding in posts if understanding]


@pytest.fixture
def newsletter() -> FakeNewsletter:
    return FakeNewsletter(make_issues(25, stories=2))


def get_posts(newsletter: FakeNewsletter, **query: object) -> list[dict[str, Any]]:
    reply = get_reply(newsletter, POSTS, **query)
    assert reply.status == 200
    posts: list[dict[str, Any]] = json.loads(reply.body)
    return posts


def get_refusal(newsletter: FakeNewsletter, **query: object) -> tuple[int, str]:
    reply = get_reply(newsletter, POSTS, **query)
    return reply.status, json.loads(reply.body)["code"]


def get_ids(posts: list[dict[str, Any]]) -> list[int]:
    return [post["id"] for post in posts]


def parse_all_formats(expected: list[FakeIssue]) -> list[list[Issue]]:
    """Parse the issues from Substack's feed, from REST posts and from the mirror's feed."""
    newsletter = FakeNewsletter(expected)
    replies = (
        get_reply(newsletter, "/substack/feed"),
        get_reply(newsletter, POSTS, per_page=100),
        get_reply(newsletter, PAGES),
    )
    return [parse_reply(reply) for reply in replies]


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
    validators = {"if-none-match": get_reply(newsletter, "/substack/feed").headers["ETag"]}
    again = get_reply(newsletter, "/substack/feed", validators)
    assert (again.status, again.body) == (304, b"")
    newsletter.edit(478, "Tech Tales", "Tech tales")
    assert get_reply(newsletter, "/substack/feed", validators).status == 200


def test_feed_without_etag_is_always_sent(newsletter: FakeNewsletter) -> None:
    newsletter.sends_etag = False
    reply = get_reply(newsletter, "/substack/feed", {"if-none-match": "*"})
    assert (reply.status, "ETag" in reply.headers) == (200, False)


# --- REST ------------------------------------------------------------------------------------------------------------


def test_rest_pages_have_totals_and_links(newsletter: FakeNewsletter) -> None:
    reply = get_reply(newsletter, POSTS, {"host": "127.0.0.1:80"}, per_page=10, page=2)
    assert get_ids(json.loads(reply.body)) == [issue.post_id for issue in newsletter.issues[10:20]]
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
    assert len(get_posts(newsletter)) == 10


def test_rest_page_beyond_the_end_is_refused(
    newsletter: FakeNewsletter,
) -> None:
    assert get_refusal(newsletter, per_page=10, page=4) == (400, "rest_post_invalid_page_number")
    nothing = get_reply(newsletter, POSTS, modified_after="2030-01-01T00:00:00", page=4)
    assert (nothing.status, nothing.body, nothing.headers["X-WP-TotalPages"]) == (200, b"[]", "0")


@pytest.mark.parametrize(
    "query",
    [{"per_page": 101}, {"per_page": 0}, {"page": 0}, {"order": "up"}, {"orderby": "mood"}, {"after": "yesterday"}],
)
def test_invalid_rest_parameter_is_refused(newsletter: FakeNewsletter, query: dict[str, object]) -> None:
    assert get_refusal(newsletter, **query) == (400, "rest_invalid_param")


def test_unsupported_rest_parameter_raises(newsletter: FakeNewsletter) -> None:
    with pytest.raises(ValueError, match="does not support search"):
        get_reply(newsletter, POSTS, search="rivers")


def test_rest_posts_are_ordered_and_filtered(newsletter: FakeNewsletter) -> None:
    newsletter.edit(460, "Thanks for", "Thank you for")
    edited = newsletter.issues[20]
    assert get_posts(newsletter, orderby="modified")[0]["id"] == edited.post_id
    assert get_posts(newsletter, order="asc")[0]["id"] == newsletter.issues[-1].post_id
    assert get_ids(
        get_posts(newsletter, after=f"{newsletter.issues[2].mirror_published:%Y-%m-%dT%H:%M:%S}")
    ) == get_ids(get_posts(newsletter, per_page=2))
    assert (
        len(get_posts(newsletter, per_page=100, before=f"{newsletter.issues[2].mirror_published:%Y-%m-%dT%H:%M:%S}"))
        == 22
    )
    assert get_ids(get_posts(newsletter, modified_after=f"{newsletter.issues[0].modified:%Y-%m-%dT%H:%M:%S}")) == [
        edited.post_id
    ]


def test_only_requested_fields_are_sent(newsletter: FakeNewsletter) -> None:
    (post,) = get_posts(newsletter, per_page=1, _fields="id,title,content.rendered")
    assert {name: set(value) if isinstance(value, dict) else None for name, value in post.items()} == {
        "id": None,
        "title": {"rendered"},
        "content": {"rendered"},
    }


def test_rest_times_have_no_zone() -> None:
    expected = next(issue for issue in make_issues(40) if "&" in issue.title)
    (post,) = get_posts(FakeNewsletter([replace(expected, title=f"{expected.title} - it's raining")]))
    assert post["date_gmt"] == post["modified_gmt"] == expected.mirror_published.replace(tzinfo=None).isoformat()
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
    assert [post["content"]["protected"] for post in get_posts(newsletter, per_page=2)] == [True, False]
    assert get_posts(newsletter, per_page=1)[0]["content"]["rendered"] == ""


@pytest.mark.parametrize(("status", "code"), [(404, "rest_no_route"), (401, "rest_not_logged_in")])
def test_closed_rest_does_not_close_feed(newsletter: FakeNewsletter, status: int, code: str) -> None:
    newsletter.is_rest_open, newsletter.rest_status = False, status
    assert get_refusal(newsletter) == (status, code)
    assert get_reply(newsletter, "/mirror/wp-json/").status == status
    assert get_reply(newsletter, PAGES).status == 200


def test_every_mirror_page_names_rest_address(newsletter: FakeNewsletter) -> None:
    front = get_reply(newsletter, "/mirror/", {"host": "127.0.0.1:80"})
    assert front.headers["Content-Type"].startswith("text/html")
    assert front.headers["Link"] == '<http://127.0.0.1:80/mirror/wp-json/>; rel="https://api.w.org/"'
    assert "Link" not in get_reply(newsletter, "/substack/").headers


# --- the mirror's feed -----------------------------------------------------------------------------------------------


def test_paged_feed_ends_in_empty_404(newsletter: FakeNewsletter) -> None:
    posts = [parse_entries(get_reply(newsletter, PAGES, paged=page)) for page in (1, 2, 3, 4)]
    assert [len(page) for page in posts] == [10, 10, 5, 0]
    assert get_reply(newsletter, PAGES, paged=3).status == 200
    beyond = get_reply(newsletter, PAGES, paged=4)
    assert (beyond.status, beyond.body[:5]) == (404, b"<?xml")
    assert "no-store" in beyond.headers["Cache-Control"]


def test_paged_feed_guid_has_post_id(newsletter: FakeNewsletter) -> None:
    first, expected = parse_entries(get_reply(newsletter, PAGES))[0], newsletter.issues[0]
    assert (first.id, first.link) == (f"https://jack-clark.net/?p={expected.post_id}", expected.mirror_url)
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
    reply = get_reply(newsletter, PAGES)
    validators = {"if-none-match": reply.headers["ETag"], "if-modified-since": reply.headers["Last-Modified"]} | changed
    sent = {name: value for name, value in validators.items() if value}
    assert get_reply(newsletter, PAGES, sent).status == status
    assert get_reply(newsletter, PAGES, sent, paged=2).status == status, "the validators are the whole site's"


def test_weakened_etag_never_matches(newsletter: FakeNewsletter) -> None:
    newsletter.weakens_etag = True
    tag = get_reply(newsletter, PAGES).headers["ETag"]
    assert tag.startswith("W/")
    assert get_reply(newsletter, PAGES, {"if-none-match": tag}).status == 200


# --- what a test can do to it ----------------------------------------------------------------------------------------


def test_edit_changes_body_and_modified_time(newsletter: FakeNewsletter) -> None:
    before, expected = get_posts(newsletter, per_page=1)[0], newsletter.issues[0]
    newsletter.edit(480, "Thanks for reading", "Thanks for staying")
    after = get_posts(newsletter, per_page=1)[0]
    assert b"Thanks for staying" in get_reply(newsletter, "/substack/feed").body
    assert "Thanks for staying" in after["content"]["rendered"]
    assert after["date_gmt"] == before["date_gmt"]
    assert datetime.fromisoformat(after["modified_gmt"]).replace(tzinfo=UTC) == expected.modified + timedelta(hours=1)


def test_posts_can_be_published_and_deleted() -> None:
    newest, *older = make_issues(3)
    newsletter = FakeNewsletter(older)
    newsletter.publish(newest)
    newsletter.delete(479)
    assert get_ids(get_posts(newsletter)) == [newest.post_id, older[1].post_id]
    assert [entry.title for entry in parse_entries(get_reply(newsletter, "/substack/feed"))] == [
        newest.title,
        older[1].title,
    ]


def test_override_replaces_a_reply(newsletter: FakeNewsletter) -> None:
    newsletter.override = lambda request: failures.server_error(502) if request.path == "/substack/feed" else None
    assert get_reply(newsletter, "/substack/feed").status == 502
    assert get_reply(newsletter, PAGES).status == 200


def test_server_sends_newsletter(newsletter: FakeNewsletter) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback needs no proxy
    with Server(newsletter) as server:
        for path in ("/substack/feed", POSTS, "/mirror/feed"):  # the last is moved to where the feed is
            with opener.open(server.address + path) as answer:
                assert parse_reply(Reply(answer.read()))[0].number == 480
        assert [request.path for request in server.requests][-2:] == ["/mirror/feed", PAGES]


# --- generated issues -------------------------------------------------------------------------------------------------


def test_fake_issues_are_the_same_each_time() -> None:
    assert make_issues(3) == make_issues(3)


def test_fake_headlines_are_unique() -> None:
    headlines = [headline for issue in make_issues(480, stories=8) for headline in issue.headlines]
    assert len({normalise_text(headline) for headline in headlines}) == len(headlines) == 480 * 8


def test_fake_issues_are_weekly_and_newest_first() -> None:
    expected = make_issues(60)
    assert [issue.number for issue in expected] == list(range(480, 420, -1))
    for newer, older in pairwise(expected):
        assert newer.published - older.published == timedelta(weeks=1)
        assert newer.post_id > older.post_id


def test_fake_titles_and_slugs_vary_like_real_ones() -> None:
    recent, closed_up, early = (make_issues(1, newest=number)[0] for number in (443, 449, 6))
    assert (recent.title[:14], recent.slug[:14]) == ("Import AI 443:", "import-ai-443-")
    assert (closed_up.title[:13], closed_up.slug[:13]) == ("ImportAI 449:", "importai-449-")
    assert (early.title[:19], early.slug[:17]) == ("Import AI: Issue 6:", "import-ai-issue-6")


def test_fake_sites_differ_in_slug_and_time() -> None:
    for issue in make_issues(50):
        assert len(issue.slug) <= 40 < len(issue.mirror_slug)
        assert timedelta(0) < issue.mirror_published - issue.published < timedelta(minutes=10)


@pytest.mark.parametrize(
    ("number", "separator", "times"),
    [(478, "<p>***</p>", 4), (470, "<p>***</p>", 3), (400, "<br><br>***<br><br>", 3), (338, f"<p>{'#' * 52}</p>", 3)],
)
def test_fake_stories_have_the_separators_of_their_time(number: int, separator: str, times: int) -> None:
    (expected,) = make_issues(1, newest=number)
    assert expected.headlines[-1] == words.make_tale_title(number)
    assert expected.body.count(separator) == times, "stars precede the fiction, except in every tenth issue"


def test_long_fake_issues_are_as_long_as_real_ones() -> None:
    assert all(18_000 < len(issue.body) < 34_000 for issue in make_issues(100, is_long=True))


@pytest.mark.parametrize("stories", [1, 4, 8])
@pytest.mark.parametrize("number", LAYOUT_NUMBERS)
def test_parser_finds_every_story_in_every_format(number: int, stories: int) -> None:
    (expected,) = make_issues(1, stories=stories, newest=number)
    for (issue,) in parse_all_formats([expected]):
        assert (issue.number, issue.date) == (number, f"{expected.published:%Y-%m-%d}")
        assert normalise_text(issue.title) == normalise_text(expected.title)
        assert tuple(normalise_text(story.headline) for story in issue.stories) == tuple(
            map(normalise_text, expected.headlines)
        )
        assert len(issue.stories) == stories


@pytest.mark.parametrize("number", LAYOUT_NUMBERS)
def test_keys_and_text_are_equal_in_every_format(number: int) -> None:
    first, *others = parse_all_formats(make_issues(1, newest=number, is_long=True))
    for other in others:
        assert [s.key for s in other[0].stories] == [s.key for s in first[0].stories]
        assert [normalise_text(s.text) for s in other[0].stories] == [normalise_text(s.text) for s in first[0].stories]


def test_fake_stories_have_all_parts() -> None:
    issues = parse_reply(get_reply(FakeNewsletter(make_issues(20)), "/substack/feed"))
    stories = [story for issue in issues for story in issue.stories]
    assert {story.kind for story in stories} == {StoryKind.STORY, StoryKind.TECH_TALES}
    assert all(story.tagline for story in stories)
    assert all(story.why for story in stories if story.kind is StoryKind.STORY)
    kinds = {link.kind for story in stories for link in story.links}
    assert {LinkKind.PAPER, LinkKind.CODE, LinkKind.ISSUE} <= kinds


def test_post_without_number_is_issue_without_number() -> None:
    expected = remove_number(make_issues(1)[0])
    assert "480" not in expected.title + expected.slug + expected.mirror_url
    assert [[issue.number for issue in issues] for issues in parse_all_formats([expected])] == [[None]] * 3


def test_other_post_is_not_an_issue() -> None:
    assert parse_all_formats([make_other_post(make_issues(1)[0])]) == [[], [], []]


def test_word_lists_have_coprime_lengths() -> None:
    assert (len(words.SUBJECTS), len(words.VERBS), len(words.OBJECTS)) == (37, 41, 43)


# --- failures ---------------------------------------------------------------------------------------------------------


def test_only_challenge_has_challenge_header() -> None:
    challenge, get_refusal = failures.challenge_403(), failures.refused_403()
    assert challenge.status == get_refusal.status == 403
    assert (challenge.headers.get("cf-mitigated"), get_refusal.headers.get("cf-mitigated")) == ("challenge", None)


@pytest.mark.parametrize("parse_retry_after", [None, "30", "Mon, 09 Nov 2026 13:31:40 GMT"])
def test_too_many_requests_has_given_retry_after(parse_retry_after: str | None) -> None:
    reply = failures.too_many_requests(parse_retry_after)
    assert (reply.status, reply.headers.get("Retry-After")) == (429, parse_retry_after)


def test_too_many_requests_page_has_status_200() -> None:
    reply = failures.too_many_requests_page()
    assert (reply.status, reply.headers["Content-Type"][:9]) == (200, "text/html")
    assert b"<body><pre>Too Many Requests</pre>" in reply.body


def test_html_page_can_have_wrong_content_type() -> None:
    reply = failures.html_page("application/json")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/json")
    assert reply.body.lstrip().startswith(b"<!DOCTYPE html>")


def test_truncated_json_is_invalid() -> None:
    with pytest.raises(json.JSONDecodeError):
        json.loads(failures.truncated_json().body)


@pytest.mark.parametrize(
    "make_reply",
    [
        failures.bare_ampersand_feed,
        failures.wrong_header_charset_feed,
        failures.wrong_declared_charset_feed,
        failures.paid_feed,
    ],
)
def test_malformed_feed_can_be_parsed(make_reply: Callable[[], Reply]) -> None:
    assert [issue.number for issue in parse_reply(make_reply())] == [480, 479, 478]


def test_repeating_feeds_repeat_guids_and_items() -> None:
    guids = [entry.id for entry in parse_entries(failures.duplicate_guid_feed())]
    assert (len(guids), len(set(guids))) == (3, 1)
    assert [issue.number for issue in parse_reply(failures.repeated_item_feed())] == [480, 480, 479, 478]


def test_issues_with_invalid_dates_have_none() -> None:
    assert [issue.date for issue in parse_reply(failures.garbage_dates_feed())] == [None, None, None]


def test_wrong_charsets_are_wrong() -> None:
    assert "iso-8859-1" in failures.wrong_header_charset_feed().headers["Content-Type"]
    assert "“" in failures.wrong_header_charset_feed().body.decode()
    with pytest.raises(UnicodeDecodeError):
        failures.wrong_declared_charset_feed().body.decode()


def test_bare_ampersand_is_invalid_xml() -> None:
    assert feedparser.parse(failures.bare_ampersand_feed().body).bozo


def test_paid_post_ends_in_link_to_itself() -> None:
    body = parse_entries(failures.paid_feed())[0].content[0].value
    assert body.rstrip().endswith("Read more\n          </a>\n      </p>")


@pytest.mark.parametrize("make_reply", [failures.doctype_feed, failures.truncated_feed])
def test_unreadable_feed_is_refused_by_parser(make_reply: Callable[[], Reply]) -> None:
    with pytest.raises(UnreadableInputError):
        parse_reply(make_reply())


def test_empty_feed_is_valid() -> None:
    assert parse_entries(failures.empty_feed()) == []


def test_incomplete_reply_is_cut_before_its_end() -> None:
    reply = failures.incomplete_reply()
    assert reply.cut is not None
    assert 0 < reply.cut < len(reply.body)


def test_gzip_bomb_expands_many_times() -> None:
    bomb = failures.gzip_bomb()
    assert bomb.headers["Content-Encoding"] == "gzip"
    assert not bomb.gzipped, "it is packed already"
    assert len(gzip.decompress(bomb.body)) > 32_000_000 > 500 * len(bomb.body)
