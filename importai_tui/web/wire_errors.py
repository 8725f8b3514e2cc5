"""What went wrong on the wire, as a sentence: no network, no trust, or half an answer that may be whole next time."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2

from importai_tui.errors import Offline, SyncTrouble
from importai_tui.parse.clean import clean_line
from importai_tui.web.waiting import Setback, Trouble

_DEEPEST = 8
"""Causes that are looked at; a refused connection comes up through five."""
_ENDED = (ConnectionResetError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
"""How a connection that is taken away shows, in the open and under TLS."""


def what_went_wrong(error: Exception, host: str, proxy: str | None = None) -> SyncTrouble:
    """The trouble that an error of the network is.

    Offline where nobody was reached, Setback where a second try is worth while; `proxy` is the one that was used.
    """
    where = host if proxy is None else f"{host}, through the proxy {proxy_told(proxy)},"
    if isinstance(error, httpx2.ProxyError):
        return SyncTrouble(f"The proxy {proxy_told(proxy)} does not lead to {host}: check it, or set no_proxy.")
    if isinstance(error, httpx2.ConnectTimeout):
        return Offline(f"{where} cannot be reached: nothing answered in time. What is stored stays readable.")
    if isinstance(error, (httpx2.ConnectError, OSError)):
        return _unconnected(error, where, host)
    if isinstance(error, httpx2.TimeoutException):
        return Setback(f"{where} fell silent before its answer was whole", host, Trouble.BROKEN)
    if isinstance(error, (httpx2.NetworkError, httpx2.RemoteProtocolError)):
        return Setback(f"{where} did not give a whole answer", host, Trouble.BROKEN)
    return SyncTrouble(f"{where} cannot be asked like this ({type(error).__name__}): check the address.")


def proxy_told(proxy: str | None) -> str:
    """A proxy as it may stand in a sentence: without its user and password."""
    try:
        parts = urlsplit(proxy or "")
        port = f":{parts.port}" if parts.port else ""
        return clean_line(f"{parts.hostname or ''}{port}") or "of the environment"
    except ValueError:
        return "of the environment"


def causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what caused it, the outermost first."""
    seen: BaseException | None = error
    for _ in range(_DEEPEST):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__


def _unconnected(error: Exception, where: str, host: str) -> SyncTrouble:
    found = [cause for cause in causes(error) if isinstance(cause, OSError)]
    for cause in found:
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, _ENDED):
            reason = clean_line(getattr(cause, "verify_message", "") or getattr(cause, "reason", "") or "").rstrip(".")
            told = f" ({reason})" if reason else ""
            return SyncTrouble(
                f"{where} offers no secure connection that can be trusted{told}: "
                "check the date of this machine, or whether the network asks for a login first."
            )
    if not found or any(isinstance(cause, _ENDED) for cause in found):
        # The connection was there and was taken away, in the middle of its handshake.
        return Setback(f"{where} broke off the connection", host, Trouble.BROKEN)
    if any(isinstance(cause, socket.gaierror) for cause in found):
        return Offline(f"{where} cannot be reached: its name cannot be looked up. What is stored stays readable.")
    return Offline(f"{where} cannot be reached: no connection leads there. What is stored stays readable.")
