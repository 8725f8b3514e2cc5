from __future__ import annotations

from datetime import UTC, datetime

import pytest

from importai_tui.errors import BlockedError, SyncError
from importai_tui.http.responses import BodyFormat, Response, check_response, detect_body_format, format_status
from importai_tui.http.retry import FailureKind, RetryableError

NOW = datetime(2026, 10, 8, 12, 0, 0, tzinfo=UTC)
URL = "https://news.example/feed?token=secret"
FEED = b"<?xml version='1.0'?><rss><channel/></rss>"
PAGE = b"<!DOCTYPE html><html><head><title>News</title></head><body><p>Otters.</p></body></html>"
TOO_MANY = b"<html><head></head><body><pre>Too Many Requests</pre></body></html>"
CHALLENGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (FEED, BodyFormat.XML),
        (b"\xef\xbb\xbf\n " + FEED, BodyFormat.XML),
        (b"<rss version='2.0'>", BodyFormat.XML),
        (b"<br />\n<b>Notice</b>: x<br />\n" + FEED, BodyFormat.XML),
        (b"<html><body><pre>" + FEED, BodyFormat.HTML),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'>", BodyFormat.XML),
        (b"<rdf:RDF>", BodyFormat.XML),
        (b"<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a 'b'>]><rss/>", BodyFormat.XML),
        (b"<?xml version='1.0'?>\n<?xml-stylesheet href='a'?>\n<!-- made -->\n<rss/>", BodyFormat.XML),
        (b"<?xml version='1.0'?><opml/>", BodyFormat.XML),
        ('<?xml version="1.0" encoding="utf-16"?><rss/>'.encode("utf-16"), BodyFormat.XML),
        (b"<!-- cached --><rss/>", BodyFormat.XML),
        (b'[{"id": 1}]', BodyFormat.JSON),
        (b'\xef\xbb\xbf\n{"code": "rest_no_route"}', BodyFormat.JSON),
        (PAGE, BodyFormat.HTML),
        (b"\n<HTML lang='en'>", BodyFormat.HTML),
        (b"<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html/>", BodyFormat.HTML),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", BodyFormat.HTML),
        (b"<!-- saved --> <!-- twice --><html>", BodyFormat.HTML),
        (b"<br />\n<b>Warning</b>: [", BodyFormat.HTML),
        (b"Not authorized", BodyFormat.OTHER),
        (b"", BodyFormat.OTHER),
        (b"<", BodyFormat.OTHER),
        (b"\x00\x01\x02", BodyFormat.OTHER),
    ],
)
@pytest.mark.parametrize("content_type", ["", "text/plain", "application/octet-stream"])
def test_format_is_detected_by_the_first_bytes(body: bytes, expected: BodyFormat, content_type: str) -> None:
    assert detect_body_format(body, content_type) is expected


@pytest.mark.parametrize(("body", "content_type"), [(PAGE, "application/xml"), (PAGE, "application/json")])
def test_html_page_with_wrong_content_type_is_html(body: bytes, content_type: str) -> None:
    assert detect_body_format(body, content_type) is BodyFormat.HTML


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/xml", BodyFormat.XML),
        ("application/xhtml+xml", BodyFormat.HTML),
        ("text/html; charset=xml", BodyFormat.HTML),
    ],
)
def test_content_type_decides_if_the_bytes_do_not(content_type: str, expected: BodyFormat) -> None:
    assert detect_body_format(b"<otters>", content_type) is expected


def test_response_has_a_format() -> None:
    assert Response(200, {"content-type": "text/html"}, FEED, URL).format is BodyFormat.XML


def judge(response: Response, *, conditional: bool = False) -> Response:
    return check_response(response, conditional=conditional, now=NOW)


@pytest.mark.parametrize("status", [200, 400, 401, 404, 410])
def test_usable_status_is_accepted(status: int) -> None:
    response = Response(status, {}, PAGE, URL)
    assert judge(response) is response


def test_403_in_json_is_accepted() -> None:
    response = Response(403, {}, b'{"code":"rest_forbidden"}', URL)
    assert judge(response) is response


def test_304_is_accepted_for_a_conditional_request_only() -> None:
    response = Response(304, {}, b"", URL)
    assert judge(response, conditional=True) is response
    with pytest.raises(SyncError, match="304"):
        judge(response)


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
def test_blocked_network_is_recognised(status: int, headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(BlockedError, match=r"^news\.example .*another network\.$"):
        judge(Response(status, headers, body, URL))


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
def test_challenge_words_in_other_content_are_accepted(body: bytes) -> None:
    assert judge(Response(200, {}, body, URL)).body == body


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind", "retry_after"),
    [
        (429, {}, b"", FailureKind.BUSY, None),
        (429, {"retry-after": "30"}, b"", FailureKind.BUSY, 30.0),
        (429, {"retry-after": "Thu, 08 Oct 2026 12:00:45 GMT"}, b"", FailureKind.BUSY, 45.0),
        (429, {"retry-after": "later"}, b"", FailureKind.BUSY, None),
        (200, {}, TOO_MANY, FailureKind.BUSY, None),
        (200, {"retry-after": "3"}, TOO_MANY, FailureKind.BUSY, 3.0),
        (503, {"retry-after": "30"}, PAGE, FailureKind.BUSY, 30.0),
        (503, {}, PAGE, FailureKind.FAILING, None),
        (500, {}, b"", FailureKind.FAILING, None),
        (522, {}, b"", FailureKind.FAILING, None),
    ],
)
def test_temporary_failures_are_retryable(
    status: int, headers: dict[str, str], body: bytes, kind: FailureKind, retry_after: float | None
) -> None:
    with pytest.raises(RetryableError) as caught:
        judge(Response(status, headers, body, URL))
    assert (caught.value.kind, caught.value.retry_after) == (kind, retry_after)
    assert caught.value.summary.startswith("news.example ")


def test_feed_about_too_many_requests_is_accepted() -> None:
    feed = b"<rss><description><pre>Too Many Requests</pre></description></rss>"
    assert judge(Response(200, {}, feed, URL)).body == feed


@pytest.mark.parametrize("status", [204, 206, 300, 305, 402, 451, 999])
def test_other_status_is_reported_with_its_reason(status: int) -> None:
    with pytest.raises(
        SyncError, match=rf"^news\.example gave an unexpected response \(status {status} So it is\)\. Check"
    ):
        judge(Response(status, {}, b"", URL, reason="So it is"))


def test_message_omits_query_and_escape_sequences() -> None:
    with pytest.raises(SyncError) as caught:
        judge(Response(418, {}, b"", URL, reason="A \x1b]0;x\x07 tea\x1b[31mpot\n"))
    assert "A teapot" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_long_reason_phrase_is_cut() -> None:
    assert len(format_status(Response(500, {}, b"", URL, reason="x" * 5000))) < 80
    assert format_status(Response(500, {}, b"", URL)) == "500"
