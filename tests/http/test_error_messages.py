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
        (raised(httpx2.ConnectError(""), socket.gaierror(-2, "unknown")), "its name cannot be looked up"),
        (socket.gaierror(-2, "unknown"), "its name cannot be looked up"),
        (raised(httpx2.ConnectError(""), ConnectionRefusedError(111, "refused")), "no connection leads there"),
        (raised(httpx2.ConnectError(""), OSError(101, "unreachable")), "no connection leads there"),
        (raised(httpx2.ConnectTimeout(""), TimeoutError()), "nothing answered in time"),
    ],
)
def test_connect_errors_mean_offline(cause: Exception, words: str) -> None:
    error = translate_error(cause, HOST)
    assert type(error) is OfflineError
    assert str(error) == f"news.example cannot be reached: {words}. What is stored stays readable."


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (httpx2.ReadError(""), "did not give a whole answer"),
        (httpx2.RemoteProtocolError("x"), "did not give a whole answer"),
        (httpx2.ReadTimeout(""), "fell silent"),
        (httpx2.WriteTimeout(""), "fell silent"),
        (httpx2.ConnectError(""), "broke off the connection"),
        (raised(httpx2.ConnectError(""), ssl.SSLEOFError(8, "eof")), "broke off the connection"),
        (raised(httpx2.ConnectError(""), ConnectionResetError(104, "reset")), "broke off the connection"),
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
    assert str(error).startswith(
        "news.example offers no secure connection that can be trusted (certificate has expired): "
    )


def test_invalid_request_is_reported_by_its_error_class() -> None:
    error = translate_error(httpx2.LocalProtocolError("x"), HOST)
    assert str(error) == "news.example cannot be asked like this (LocalProtocolError): check the address."


def test_proxy_is_named_in_the_message() -> None:
    cause = raised(httpx2.ConnectError(""), ConnectionRefusedError(111, "refused"))
    error = translate_error(cause, HOST, "http://user:secret@proxy.example:3128")
    assert str(error).startswith("news.example, through the proxy proxy.example:3128, cannot be reached")


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
