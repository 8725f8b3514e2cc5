from __future__ import annotations

from datetime import UTC, datetime

import pytest

from importai_tui.errors import Blocked, SyncTrouble
from importai_tui.web.answers import Answer, Form, form_of, judged, words
from importai_tui.web.waiting import Setback, Trouble

NOW = datetime(2026, 10, 8, 12, 0, 0, tzinfo=UTC)
URL = "https://news.example/feed?token=secret"
FEED = b"<?xml version='1.0'?><rss><channel/></rss>"
PAGE = b"<!DOCTYPE html><html><head><title>News</title></head><body><p>Otters.</p></body></html>"
TOO_MANY = b"<html><head></head><body><pre>Too Many Requests</pre></body></html>"
CHALLENGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (FEED, Form.XML),
        (b"\xef\xbb\xbf\n " + FEED, Form.XML),
        (b"<rss version='2.0'>", Form.XML),
        (b"<br />\n<b>Notice</b>: x<br />\n" + FEED, Form.XML),
        (b"<html><body><pre>" + FEED, Form.HTML),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'>", Form.XML),
        (b"<rdf:RDF>", Form.XML),
        (b"<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'b'>]><rss/>", Form.XML),
        (b"<?xml version='1.0'?>\n<?xml-stylesheet href='a'?>\n<!-- made -->\n<rss/>", Form.XML),
        (b"<?xml version='1.0'?><opml/>", Form.XML),
        ('<?xml version="1.0" encoding="utf-16"?><rss/>'.encode("utf-16"), Form.XML),
        (b"<!-- cached --><rss/>", Form.XML),
        (b'[{"id": 1}]', Form.JSON),
        (b'\xef\xbb\xbf\n{"code": "rest_no_route"}', Form.JSON),
        (PAGE, Form.HTML),
        (b"\n<HTML lang='en'>", Form.HTML),
        (b"<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html/>", Form.HTML),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", Form.HTML),
        (b"<!-- saved --> <!-- twice --><html>", Form.HTML),
        (b"<br />\n<b>Warning</b>: [", Form.HTML),
        (b"Not authorized", Form.OTHER),
        (b"", Form.OTHER),
        (b"<", Form.OTHER),
        (b"\x00\x01\x02", Form.OTHER),
    ],
)
@pytest.mark.parametrize("content_type", ["", "text/plain", "application/octet-stream"])
def test_the_form_is_told_by_the_first_bytes(body: bytes, form: Form, content_type: str) -> None:
    assert form_of(body, content_type) is form


@pytest.mark.parametrize(("body", "content_type"), [(PAGE, "application/xml"), (PAGE, "application/json")])
def test_a_page_that_calls_itself_something_else_is_a_page(body: bytes, content_type: str) -> None:
    assert form_of(body, content_type) is Form.HTML


@pytest.mark.parametrize(
    ("content_type", "form"),
    [("text/xml", Form.XML), ("application/xhtml+xml", Form.HTML), ("text/html; charset=xml", Form.HTML)],
)
def test_where_the_bytes_say_nothing_the_content_type_decides(content_type: str, form: Form) -> None:
    assert form_of(b"<otters>", content_type) is form


def test_an_answer_knows_its_form() -> None:
    assert Answer(200, {"content-type": "text/html"}, FEED, URL).form is Form.XML


def judge(answer: Answer, *, conditional: bool = False) -> Answer:
    return judged(answer, conditional=conditional, now=NOW)


@pytest.mark.parametrize("status", [200, 400, 401, 404, 410])
def test_an_answer_that_says_something_is_one(status: int) -> None:
    answer = Answer(status, {}, PAGE, URL)
    assert judge(answer) is answer


def test_a_403_in_json_is_an_answer() -> None:
    answer = Answer(403, {}, b'{"code":"rest_forbidden"}', URL)
    assert judge(answer) is answer


def test_nothing_new_is_an_answer_to_a_conditional_question_only() -> None:
    answer = Answer(304, {}, b"", URL)
    assert judge(answer, conditional=True) is answer
    with pytest.raises(SyncTrouble, match="304"):
        judge(answer)


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (403, {}, PAGE),
        (403, {}, b""),
        (403, {"cf-mitigated": "challenge"}, b'{"code": "x"}'),
        (403, {"cf-mitigated": "Challenge "}, b'{"code": "x"}'),
        (200, {"cf-mitigated": "challenge"}, FEED),
        (200, {}, CHALLENGE),
        (503, {"retry-after": "5"}, CHALLENGE),
        (429, {}, CHALLENGE),
        (200, {}, b"<html><head><title>Attention Required! | Cloudflare</title></head></html>"),
        (200, {}, b"<html><body><noscript>Enable JavaScript and cookies to continue</noscript></body></html>"),
        (200, {}, b"<html><script>window._cf_chl_opt={}</script></html>"),
    ],
)
def test_a_refusal_of_this_network_is_told_as_one(status: int, headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(Blocked, match=r"^news\.example .*another network\.$"):
        judge(Answer(status, headers, body, URL))


@pytest.mark.parametrize(
    "body",
    [
        b"<rss><title>Just a moment...</title></rss>",
        b'[{"title": "<title>Just a moment...</title>"}]',
        PAGE.replace(
            b"Otters", b"<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>Just a moment"
        ),
    ],
)
def test_words_of_a_challenge_in_something_else_are_no_challenge(body: bytes) -> None:
    assert judge(Answer(200, {}, body, URL)).body == body


@pytest.mark.parametrize(
    ("status", "headers", "body", "trouble", "asked"),
    [
        (429, {}, b"", Trouble.BUSY, None),
        (429, {"retry-after": "30"}, b"", Trouble.BUSY, 30.0),
        (429, {"retry-after": "Thu, 08 Oct 2026 12:00:45 GMT"}, b"", Trouble.BUSY, 45.0),
        (429, {"retry-after": "later"}, b"", Trouble.BUSY, None),
        (200, {}, TOO_MANY, Trouble.BUSY, None),
        (200, {"retry-after": "3"}, TOO_MANY, Trouble.BUSY, 3.0),
        (503, {"retry-after": "30"}, PAGE, Trouble.BUSY, 30.0),
        (503, {}, PAGE, Trouble.FAILING, None),
        (500, {}, b"", Trouble.FAILING, None),
        (522, {}, b"", Trouble.FAILING, None),
    ],
)
def test_what_may_pass_is_worth_another_try(
    status: int, headers: dict[str, str], body: bytes, trouble: Trouble, asked: float | None
) -> None:
    with pytest.raises(Setback) as setback:
        judge(Answer(status, headers, body, URL))
    assert (setback.value.trouble, setback.value.asked) == (trouble, asked)
    assert setback.value.said.startswith("news.example ")


def test_a_feed_that_speaks_of_too_many_requests_is_a_feed() -> None:
    feed = b"<rss><description><pre>Too Many Requests</pre></description></rss>"
    assert judge(Answer(200, {}, feed, URL)).body == feed


@pytest.mark.parametrize("status", [204, 206, 300, 305, 402, 451, 999])
def test_any_other_status_is_told_by_its_number_and_words(status: int) -> None:
    with pytest.raises(SyncTrouble, match=rf"^news\.example answers {status} \(So it is\), .*check the address\.$"):
        judge(Answer(status, {}, b"", URL, reason="So it is"))


def test_no_message_repeats_the_query_or_an_escape_sequence() -> None:
    with pytest.raises(SyncTrouble) as told:
        judge(Answer(418, {}, b"", URL, reason="A \x1b]0;x\x07 tea\x1b[31mpot\n"))
    assert "A teapot" in str(told.value)
    assert "secret" not in str(told.value)


def test_a_server_that_talks_is_cut_short() -> None:
    assert len(words(Answer(500, {}, b"", URL, reason="x" * 5000))) < 80
    assert words(Answer(500, {}, b"", URL)) == "500"
