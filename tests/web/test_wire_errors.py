from __future__ import annotations

import socket
import ssl

import httpx2
import pytest

from importai_tui.errors import Offline, SyncTrouble
from importai_tui.web.waiting import Setback, Trouble
from importai_tui.web.wire_errors import causes, proxy_told, what_went_wrong

HOST = "news.example"


def raised(error: Exception, *because: Exception) -> Exception:
    """The error as it comes up from what caused it."""
    last = error
    for cause in because:
        last.__cause__ = cause
        last = cause
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (raised(httpx2.ConnectError(""), socket.gaierror(-2, "unknown")), "its name cannot be looked up"),
        (socket.gaierror(-2, "unknown"), "its name cannot be looked up"),
        (raised(httpx2.ConnectError(""), ConnectionRefusedError(111, "refused")), "no connection leads there"),
        (raised(httpx2.ConnectError(""), OSError(101, "unreachable")), "no connection leads there"),
        (raised(httpx2.ConnectTimeout(""), TimeoutError()), "nothing answered in time"),
    ],
)
def test_where_nobody_is_reached_one_is_offline(error: Exception, words: str) -> None:
    told = what_went_wrong(error, HOST)
    assert type(told) is Offline
    assert str(told) == f"news.example cannot be reached: {words}. What is stored stays readable."


@pytest.mark.parametrize(
    ("error", "words"),
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
def test_what_broke_off_is_worth_a_second_try(error: Exception, words: str) -> None:
    told = what_went_wrong(error, HOST)
    assert isinstance(told, Setback)
    assert (told.trouble, told.host) == (Trouble.BROKEN, HOST)
    assert words in told.said


def test_a_certificate_that_is_not_trusted_is_told_with_its_reason() -> None:
    refused = ssl.SSLCertVerificationError(1, "failed")
    refused.verify_message = "certificate has \x1b[2Jexpired."
    told = what_went_wrong(raised(httpx2.ConnectError(""), refused), HOST)
    assert type(told) is SyncTrouble
    assert str(told).startswith(
        "news.example offers no secure connection that can be trusted (certificate has expired): "
    )


def test_a_question_that_cannot_be_put_is_told_by_its_kind() -> None:
    told = what_went_wrong(httpx2.LocalProtocolError("x"), HOST)
    assert str(told) == "news.example cannot be asked like this (LocalProtocolError): check the address."


def test_a_proxy_on_the_way_is_named() -> None:
    error = raised(httpx2.ConnectError(""), ConnectionRefusedError(111, "refused"))
    told = what_went_wrong(error, HOST, "http://user:secret@proxy.example:3128")
    assert str(told).startswith("news.example, through the proxy proxy.example:3128, cannot be reached")


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
def test_a_proxy_is_told_without_its_password(proxy: str | None, words: str) -> None:
    assert proxy_told(proxy) == words


def test_causes_end_even_where_they_go_round() -> None:
    one, two = ValueError("one"), ValueError("two")
    one.__cause__, two.__cause__ = two, one
    assert len(list(causes(one))) == 8
