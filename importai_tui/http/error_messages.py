"""Translates errors of the HTTP library into errors with a sentence for the user."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2

from importai_tui.errors import OFFLINE_QUESTION, TRY_AGAIN, OfflineError, SyncError
from importai_tui.http.retry import FailureKind, RetryableError
from importai_tui.parse.clean import clean_line

_MAX_CHAIN = 8
"""Causes that are looked at; a refused connection has five."""
_DISCONNECTS = (ConnectionResetError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
"""Errors of a connection that the other side closed, without and with TLS."""


def translate_error(error: Exception, host: str, proxy: str | None = None) -> SyncError:
    """Return the error to raise instead: Offline if nothing was reached, RetryableError if a retry may help.

    `proxy` is the proxy that the request went through.
    """
    where = host if proxy is None else f"{host} through the proxy {format_proxy(proxy)}"
    if isinstance(error, httpx2.ProxyError):
        return SyncError(f"The proxy {format_proxy(proxy)} can't connect to {host}. Check the proxy, or set no_proxy.")
    if isinstance(error, httpx2.ConnectTimeout):
        return OfflineError(f"Can't reach {where} (no response in time). {OFFLINE_QUESTION}")
    if isinstance(error, (httpx2.ConnectError, OSError)):
        return _translate_connect_error(error, where, host)
    if isinstance(error, httpx2.TimeoutException):
        return RetryableError(f"{where} stopped responding", host, FailureKind.BROKEN)
    if isinstance(error, (httpx2.NetworkError, httpx2.RemoteProtocolError)):
        return RetryableError(f"{where} sent an incomplete response", host, FailureKind.BROKEN)
    return SyncError(f"{where} can't be contacted ({type(error).__name__}). Check the URL.")


def format_proxy(proxy: str | None) -> str:
    """Format a proxy for messages: host and port, without user and password."""
    try:
        parts = urlsplit(proxy or "")
        port = f":{parts.port}" if parts.port else ""
        return clean_line(f"{parts.hostname or ''}{port}") or "of the environment"
    except ValueError:
        return "of the environment"


def iter_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and its causes, the outermost first."""
    cause: BaseException | None = error
    for _ in range(_MAX_CHAIN):
        if cause is None:
            return
        yield cause
        cause = cause.__cause__ or cause.__context__


def _translate_connect_error(error: Exception, where: str, host: str) -> SyncError:
    causes = [cause for cause in iter_causes(error) if isinstance(cause, OSError)]
    for cause in causes:
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, _DISCONNECTS):
            reason = clean_line(getattr(cause, "verify_message", "") or getattr(cause, "reason", "") or "").rstrip(".")
            detail = f" ({reason})" if reason else ""
            return SyncError(
                f"The connection to {where} isn't secure{detail}. "
                "Check this computer's clock, and whether the network wants you to log in first."
            )
    if not causes or any(isinstance(cause, _DISCONNECTS) for cause in causes):
        # The connection was made and then closed during the handshake.
        return RetryableError(f"{where} closed the connection", host, FailureKind.BROKEN)
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return OfflineError(f"Can't reach {where} (DNS lookup failed). {OFFLINE_QUESTION}")
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return OfflineError(f"Can't reach {where} (connection refused). {TRY_AGAIN} later.")
    return OfflineError(f"Can't reach {where} (no connection). {OFFLINE_QUESTION}")
