from __future__ import annotations

import socket
import ssl

import httpx2
import pytest

from importai_tui.errors import OfflineError, SyncError
from importai_tui.http.error_messages import format_proxy, iter_causes, translate_error
from importai_tui.http.retry import FailureKind, RetryableError

HOST = "news.example"


def raised(error: Exception, *because: Exception) -> Exception:
    """The error as it comes up from what caused it."""
    last = error
    for cause in because:
        last.__cause__ = cause
        last = cause
    return error


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (raised(httpx2.ConnectError(""), socket.gaierror(-2, "unknown")), "DNS lookup failed"),
        (socket.gaierror(-2, "unknown"), "DNS lookup failed"),
        (raised(httpx2.ConnectError(""), ConnectionRefusedError(111, "refused")), "connection refused"),
        (raised(httpx2.ConnectError(""), OSError(101, "unreachable")), "no connection"),
        (raised(httpx2.ConnectTimeout(""), TimeoutError()), "no response in time"),
    ],
)
def test_connect_errors_mean_offline(cause: Exception, words: str) -> None:
    error = translate_error(cause, HOST)
    assert type(error) is OfflineError
    advice = "Try again later." if words == "connection refused" else "Are you offline?"
    assert str(error) == f"Can't reach news.example ({words}). {advice}"


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (httpx2.ReadError(""), "sent an incomplete response"),
        (httpx2.RemoteProtocolError("x"), "sent an incomplete response"),
        (httpx2.ReadTimeout(""), "stopped responding"),
        (httpx2.WriteTimeout(""), "stopped responding"),
        (httpx2.ConnectError(""), "closed the connection"),
        (raised(httpx2.ConnectError(""), ssl.SSLEOFError(8, "eof")), "closed the connection"),
        (raised(httpx2.ConnectError(""), ConnectionResetError(104, "reset")), "closed the connection"),
    ],
)
def test_broken_connections_are_retryable(cause: Exception, words: str) -> None:
    error = translate_error(cause, HOST)
    assert isinstance(error, RetryableError)
    assert (error.kind, error.host) == (FailureKind.BROKEN, HOST)
    assert words in error.summary


def test_untrusted_certificate_is_reported_with_its_reason() -> None:
    refused = ssl.SSLCertVerificationError(1, "failed")
    refused.verify_message = "certificate has \x1b[2Jexpired."
    error = translate_error(raised(httpx2.ConnectError(""), refused), HOST)
    assert type(error) is SyncError
    assert str(error).startswith("The connection to news.example isn't secure (certificate has expired). ")


def test_invalid_request_is_reported_by_its_error_class() -> None:
    error = translate_error(httpx2.LocalProtocolError("x"), HOST)
    assert str(error) == "news.example can't be contacted (LocalProtocolError). Check the URL."


def test_proxy_is_named_in_the_message() -> None:
    cause = raised(httpx2.ConnectError(""), ConnectionRefusedError(111, "refused"))
    error = translate_error(cause, HOST, "http://user:secret@proxy.example:3128")
    assert str(error).startswith("Can't reach news.example through the proxy proxy.example:3128")


@pytest.mark.parametrize(
    ("proxy", "words"),
    [
        ("http://user:secret@proxy.example:3128", "proxy.example:3128"),
        ("http://proxy.example", "proxy.example"),
        ("http://[secret", "of the environment"),
        ("secret", "of the environment"),
        (None, "of the environment"),
    ],
)
def test_proxy_is_shown_without_password(proxy: str | None, words: str) -> None:
    assert format_proxy(proxy) == words


def test_error_chain_ends_despite_a_cycle() -> None:
    one, two = ValueError("one"), ValueError("two")
    one.__cause__, two.__cause__ = two, one
    assert len(list(iter_causes(one))) == 8
