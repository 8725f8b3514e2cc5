"""The failures that are played are the failures that they are called."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable

import feedparser
import pytest

from importai_tui.errors import UnreadableInputError
from tests.http.server import Reply
from tests.sync import failures
from tests.sync.answered import parse_entries, parse_reply


def test_a_challenge_says_what_it_is_and_a_refusal_does_not() -> None:
    challenge, refusal = failures.challenge_403(), failures.refused_403()
    assert challenge.status == refusal.status == 403
    assert (challenge.headers.get("cf-mitigated"), refusal.headers.get("cf-mitigated")) == ("challenge", None)


@pytest.mark.parametrize("parse_retry_after", [None, "30", "Mon, 09 Nov 2026 13:31:40 GMT"])
def test_too_many_says_when_to_come_back_only_where_it_is_told_to(parse_retry_after: str | None) -> None:
    reply = failures.too_many_requests(parse_retry_after)
    assert (reply.status, reply.headers.get("Retry-After")) == (429, parse_retry_after)


def test_too_many_can_be_a_page_of_success() -> None:
    reply = failures.too_many_requests_page()
    assert (reply.status, reply.headers["Content-Type"][:9]) == (200, "text/html")
    assert b"<body><pre>Too Many Requests</pre>" in reply.body


def test_a_page_instead_of_an_answer_can_lie_about_its_type() -> None:
    reply = failures.html_page("application/json")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/json")
    assert reply.body.lstrip().startswith(b"<!DOCTYPE html>")


def test_broken_json_is_broken() -> None:
    with pytest.raises(json.JSONDecodeError):
        json.loads(failures.truncated_json().body)


@pytest.mark.parametrize(
    "play",
    [
        failures.bare_ampersand_feed,
        failures.wrong_header_charset_feed,
        failures.wrong_declared_charset_feed,
        failures.paid_feed,
    ],
)
def test_a_feed_that_is_only_careless_can_still_be_read(play: Callable[[], Reply]) -> None:
    assert [issue.number for issue in parse_reply(play())] == [480, 479, 478]


def test_feeds_that_repeat_themselves_have_the_issues_that_they_repeat() -> None:
    guids = [entry.id for entry in parse_entries(failures.duplicate_guid_feed())]
    assert (len(guids), len(set(guids))) == (3, 1)
    assert [issue.number for issue in parse_reply(failures.repeated_item_feed())] == [480, 480, 479, 478]


def test_a_feed_with_garbage_for_dates_has_issues_without_one() -> None:
    assert [issue.date for issue in parse_reply(failures.garbage_dates_feed())] == [None, None, None]


def test_a_wrong_charset_is_wrong() -> None:
    assert "iso-8859-1" in failures.wrong_header_charset_feed().headers["Content-Type"]
    assert "“" in failures.wrong_header_charset_feed().body.decode()
    with pytest.raises(UnicodeDecodeError):
        failures.wrong_declared_charset_feed().body.decode()


def test_an_ampersand_is_bare() -> None:
    assert feedparser.parse(failures.bare_ampersand_feed().body).bozo


def test_a_paid_post_ends_in_a_link_to_itself() -> None:
    body = parse_entries(failures.paid_feed())[0].content[0].value
    assert body.rstrip().endswith("Read more\n          </a>\n      </p>")


@pytest.mark.parametrize("play", [failures.doctype_feed, failures.truncated_feed])
def test_a_feed_that_is_refused_is_refused(play: Callable[[], Reply]) -> None:
    with pytest.raises(UnreadableInputError):
        parse_reply(play())


def test_an_empty_feed_is_a_feed() -> None:
    assert parse_entries(failures.empty_feed()) == []


def test_a_truncated_answer_ends_before_its_end() -> None:
    reply = failures.incomplete_reply()
    assert reply.cut is not None
    assert 0 < reply.cut < len(reply.body)


def test_a_bomb_is_hundreds_of_times_its_size() -> None:
    bomb = failures.gzip_bomb()
    assert bomb.headers["Content-Encoding"] == "gzip"
    assert not bomb.gzipped, "it is packed already"
    assert len(gzip.decompress(bomb.body)) > 32_000_000 > 500 * len(bomb.body)
