from __future__ import annotations

import socket
import ssl

from importai_tui.errors import SyncTrouble
from importai_tui.web.account import Account

FEED = "https://importai.substack.com/feed"
POSTS = "https://jack-clark.net/wp-json/wp/v2/posts"


def account_of(url: str, *headers: tuple[str, str], validators: tuple[str, ...] = ()) -> str:
    account = Account()
    account.asked(url, validators)
    account.answered(url, 200, headers, 0.25)
    account.ended(0.5, 1234, 5678)
    return account.written()


def test_an_account_tells_the_program_and_the_system_it_runs_on() -> None:
    head = Account().written().splitlines()[0]
    assert head.startswith("importai-tui ")
    assert "Python 3." in head
    assert socket.gethostname() not in head


def test_an_account_tells_requests_and_answers_in_order() -> None:
    account = Account()
    account.asked(FEED, {"If-None-Match": '"a"'})
    account.answered(FEED, 304, [("ETag", 'W/"a"')], 0.25)
    account.ended(0.5, 0, 0)
    account.asked(POSTS)
    account.failed(TimeoutError("jack-clark.net"), 20.0)
    account.waited(POSTS, 30.0, "broken")
    assert account.written().split("\n\n")[1].splitlines() == [
        "1. GET https://importai.substack.com/feed (if-none-match)",
        "   304 after 250 ms",
        '   etag: W/"a"',
        "   ended after 500 ms: 0 bytes on the wire, 0 unpacked",
        "2. GET https://jack-clark.net/wp-json/wp/v2/posts",
        "   failed after 20000 ms: TimeoutError",
        "   then waited 30 s for jack-clark.net: broken",
    ]


def test_every_other_host_has_an_alias_and_no_path() -> None:
    account = Account()
    for url in ("https://private.example/secret/feed", "https://10.0.0.7:8443/wiki", "https://private.example"):
        account.asked(url)
        account.waited(url, 2, "busy")
    written = account.written()
    assert "GET https://source-1.invalid/…\n" in written
    assert "GET https://source-2.invalid:8443/…\n" in written
    assert "GET https://source-1.invalid\n" in written
    assert "waited 2 s for source-1.invalid" in written
    assert not [word for word in ("private", "secret", "10.0.0.7", "wiki") if word in written]


def test_this_machine_is_told_by_name() -> None:
    assert "GET http://127.0.0.1:8000/feed\n" in account_of("http://127.0.0.1:8000/feed")
    assert "GET http://[::1]:8000/feed\n" in account_of("http://[::1]:8000/feed")


def test_of_a_query_only_what_pages_and_sorts_is_told() -> None:
    written = account_of(POSTS + "?per_page=50&page=2&orderby=date&token=secret&secret=&page=se/cret&_fields=id,title")
    assert "posts?per_page=50&page=2&orderby=date&…&…&…&_fields=id,title\n" in written
    assert "secret" not in written


def test_headers_that_say_how_an_answer_came_are_told_with_their_value() -> None:
    written = account_of(FEED, ("CF-Cache-Status", "HIT"), ("X-WP-Total", "480"), ("Retry-After", "30"))
    assert "   cf-cache-status: HIT\n   x-wp-total: 480\n   retry-after: 30\n" in written


def test_of_cookies_and_unknown_headers_only_the_name_is_told() -> None:
    written = account_of(FEED, ("Set-Cookie", "id=secret"), ("X-Sub", "secret"), ("Authorization", "secret"))
    assert "   set-cookie: …\n   x-sub: …\n   authorization: …\n" in written
    assert "secret" not in written


def test_addresses_in_headers_are_redacted_like_all_others() -> None:
    written = account_of(
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


def test_of_a_failure_its_kinds_are_told_and_not_its_words() -> None:
    account = Account()
    account.asked(FEED)
    refused = SyncTrouble("secret.example refuses")
    refused.__cause__ = ConnectionRefusedError(111, "secret.example")
    refused.__cause__.__cause__ = ssl.SSLCertVerificationError(1, "secret.example is not on the certificate")
    account.failed(refused, 0.1)
    written = account.written()
    assert (
        "failed after 100 ms: SyncTrouble < ConnectionRefusedError ECONNREFUSED < SSLCertVerificationError" in written
    )
    assert "secret" not in written


def test_nothing_that_a_server_sends_reaches_the_terminal_as_a_command() -> None:
    written = account_of(
        "https://jack-clark.net/\x1b]0;x\x07?page=\x1b[31m",
        ("Server", "a\x1b[2Jb\u202ec\n   9. GET /"),
        ("\x9b31mx", "y"),
    )
    assert "   server: abc 9. GET /\n" in written
    assert not [c for c in written if c != "\n" and (ord(c) < 0x20 or 0x7F <= ord(c) <= 0x9F or c == "\u202e")]


def test_a_header_without_end_is_cut() -> None:
    assert len(account_of(FEED, ("Server", "x" * 100_000), ("x" * 100_000, "y"))) < 1500
