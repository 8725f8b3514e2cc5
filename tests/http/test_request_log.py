from __future__ import annotations

import socket
import ssl

from importai_tui.errors import SyncError
from importai_tui.http.request_log import RequestLog

FEED = "https://importai.substack.com/feed"
POSTS = "https://jack-clark.net/wp-json/wp/v2/posts"


def log_text(url: str, *headers: tuple[str, str], validators: tuple[str, ...] = ()) -> str:
    log = RequestLog()
    log.add_request(url, validators)
    log.add_response(url, 200, headers, 0.25)
    log.add_body(0.5, 1234, 5678)
    return log.to_text()


def test_log_names_program_and_system() -> None:
    head = RequestLog().to_text().splitlines()[0]
    assert head.startswith("importai-tui ")
    assert "Python 3." in head
    assert socket.gethostname() not in head


def test_log_lists_requests_and_responses_in_order() -> None:
    log = RequestLog()
    log.add_request(FEED, {"If-None-Match": '"a"'})
    log.add_response(FEED, 304, [("ETag", 'W/"a"')], 0.25)
    log.add_body(0.5, 0, 0)
    log.add_request(POSTS)
    log.add_failure(TimeoutError("jack-clark.net"), 20.0)
    log.add_wait(POSTS, 30.0, "broken")
    assert log.to_text().split("\n\n")[1].splitlines() == [
        "1. GET https://importai.substack.com/feed (if-none-match)",
        "   304 after 250 ms",
        '   etag: W/"a"',
        "   ended after 500 ms: 0 bytes on the wire, 0 unpacked",
        "2. GET https://jack-clark.net/wp-json/wp/v2/posts",
        "   failed after 20000 ms: TimeoutError",
        "   then waited 30 s for jack-clark.net: broken",
    ]


def test_other_hosts_get_an_alias_without_path() -> None:
    log = RequestLog()
    for url in ("https://private.example/secret/feed", "https://10.0.0.7:8443/wiki", "https://private.example"):
        log.add_request(url)
        log.add_wait(url, 2, "busy")
    written = log.to_text()
    assert "GET https://source-1.invalid/…\n" in written
    assert "GET https://source-2.invalid:8443/…\n" in written
    assert "GET https://source-1.invalid\n" in written
    assert "waited 2 s for source-1.invalid" in written
    assert not [word for word in ("private", "secret", "10.0.0.7", "wiki") if word in written]


def test_loopback_is_named() -> None:
    assert "GET http://127.0.0.1:8000/feed\n" in log_text("http://127.0.0.1:8000/feed")
    assert "GET http://[::1]:8000/feed\n" in log_text("http://[::1]:8000/feed")


def test_only_known_query_parameters_are_shown() -> None:
    written = log_text(POSTS + "?per_page=50&page=2&orderby=date&token=secret&secret=&page=se/cret&_fields=id,title")
    assert "posts?per_page=50&page=2&orderby=date&…&…&…&_fields=id,title\n" in written
    assert "secret" not in written


def test_known_headers_are_shown_with_value() -> None:
    written = log_text(FEED, ("CF-Cache-Status", "HIT"), ("X-WP-Total", "480"), ("Retry-After", "30"))
    assert "   cf-cache-status: HIT\n   x-wp-total: 480\n   retry-after: 30\n" in written


def test_other_headers_are_shown_without_value() -> None:
    written = log_text(FEED, ("Set-Cookie", "id=secret"), ("X-Sub", "secret"), ("Authorization", "secret"))
    assert "   set-cookie: …\n   x-sub: …\n   authorization: …\n" in written
    assert "secret" not in written


def test_addresses_in_headers_are_redacted() -> None:
    written = log_text(
        POSTS,
        ("Location", "/feed?token=secret"),
        ("Location", "https://private.example/secret"),
        ("Location", "https://[secret"),
        (
            "Link",
            f'<{POSTS}?page=2&key=secret>; rel="next", <https://private.example/secret>; rel=prev; title="secret", '
            '<https://jack-clark.net/wp-json/>; rel="https://api.w.org/"',
        ),
    )
    assert "   location: https://jack-clark.net/feed?…\n" in written
    assert "   location: https://source-1.invalid/…\n   location: …\n" in written
    assert f'   link: <{POSTS}?page=2&…>; rel="next", <https://source-1.invalid/…>; rel="prev", ' in written
    assert '<https://jack-clark.net/wp-json/>; rel="https://api.w.org/"\n' in written
    assert "secret" not in written


def test_failure_is_shown_by_class_names() -> None:
    log = RequestLog()
    log.add_request(FEED)
    refused = SyncError("secret.example refuses")
    refused.__cause__ = ConnectionRefusedError(111, "secret.example")
    refused.__cause__.__cause__ = ssl.SSLCertVerificationError(1, "secret.example is not on the certificate")
    log.add_failure(refused, 0.1)
    written = log.to_text()
    assert "failed after 100 ms: SyncError < ConnectionRefusedError ECONNREFUSED < SSLCertVerificationError" in written
    assert "secret" not in written


def test_log_contains_no_control_characters() -> None:
    written = log_text(
        "https://jack-clark.net/\x1b]0;x\x07?page=\x1b[31m",
        ("Server", "a\x1b[2Jb\u202ec\n   9. GET /"),
        ("\x9b31mx", "y"),
    )
    assert "   server: abc 9. GET /\n" in written
    assert not [c for c in written if c != "\n" and (ord(c) < 0x20 or 0x7F <= ord(c) <= 0x9F or c == "\u202e")]


def test_long_header_is_cut() -> None:
    assert len(log_text(FEED, ("Server", "x" * 100_000), ("x" * 100_000, "y"))) < 1500
