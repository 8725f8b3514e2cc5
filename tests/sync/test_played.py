"""The fake failures are what their names say."""

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


def test_only_challenge_has_challenge_header() -> None:
    challenge, refusal = failures.challenge_403(), failures.refused_403()
    assert challenge.status == refusal.status == 403
    assert (challenge.headers.get("cf-mitigated"), refusal.headers.get("cf-mitigated")) == ("challenge", None)


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
    "play",
    [
        failures.bare_ampersand_feed,
        failures.wrong_header_charset_feed,
        failures.wrong_declared_charset_feed,
        failures.paid_feed,
    ],
)
def test_malformed_feed_can_be_parsed(play: Callable[[], Reply]) -> None:
    assert [issue.number for issue in parse_reply(play())] == [480, 479, 478]


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


@pytest.mark.parametrize("play", [failures.doctype_feed, failures.truncated_feed])
def test_unreadable_feed_is_refused_by_parser(play: Callable[[], Reply]) -> None:
    with pytest.raises(UnreadableInputError):
        parse_reply(play())


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
