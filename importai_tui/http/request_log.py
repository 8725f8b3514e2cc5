"""Redacted log of requests and responses for bug reports. It holds no bodies, no cookies and no private host names."""

from __future__ import annotations

import errno
import re
import ssl
import sys
import sysconfig
from collections.abc import Collection, Iterable, Iterator
from urllib.parse import parse_qsl, urljoin, urlsplit

from importai_tui import __version__
from importai_tui.http.addresses import get_host, is_loopback
from importai_tui.http.error_messages import iter_causes
from importai_tui.http.retry import format_duration
from importai_tui.parse.clean import clean_line

_SHOWN_HOSTS = {"importai.substack.com", "jack-clark.net"}
"""Hosts that are shown by name, because the newsletter's own hosts identify no user."""
_SHOWN_PARAMETERS = {"per_page", "page", "paged", "orderby", "order", "_fields", "before", "after", "modified_after"}
_SHOWN_HEADERS = frozenset(
    {"content-type", "content-length", "content-encoding", "etag", "last-modified", "cache-control", "age", "date"}
    | {"vary", "server", "retry-after", "cf-cache-status", "cf-mitigated", "x-wp-total", "x-wp-totalpages"}
    | {"x-served-by", "x-cluster"}
)
"""Headers that are shown with their value; of every other header only the name is shown."""
_REDACTED = "…"
_SAFE_VALUE = re.compile(r"[\w.,:+-]{0,80}", re.ASCII)
"""Values of query parameters that are shown: numbers, dates, lists of names."""
_LINK = re.compile(r'<([^<>]*)>(?:[^<>]*?;\s*rel="?([\w-]{1,20}(?![\w:-])|https://api\.w\.org/)"?)?')
_MAX_HEADER_LENGTH = 200
"""Characters of a header that are shown; the known values of the headers above have under 100."""


class RequestLog:
    """Records requests, responses, failures and waits in order. Private values are redacted when they are recorded."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._requests = 0
        self._aliases: dict[str, str] = {}

    def add_request(self, url: str, validators: Collection[str] = ()) -> None:
        """Record a request; `validators` are the names of the headers that make it conditional."""
        self._requests += 1
        condition = f" ({', '.join(sorted(name.lower() for name in validators))})" if validators else ""
        self._lines.append(f"{self._requests}. GET {self._redact_url(url)}{condition}")

    def add_response(self, url: str, status: int, headers: Iterable[tuple[str, str]], seconds: float) -> None:
        """Record status and headers; `seconds` is the time since the request."""
        self._lines.append(f"   {status} after {seconds * 1000:.0f} ms")
        self._lines.extend(f"   {self._format_header(name, value, url)}" for name, value in headers)

    def add_body(self, seconds: float, wire_bytes: int, decoded_bytes: int) -> None:
        """Record the end of a body; `seconds` is the time since the request."""
        self._lines.append(
            f"   ended after {seconds * 1000:.0f} ms: {wire_bytes} bytes on the wire, {decoded_bytes} unpacked"
        )

    def add_failure(self, error: BaseException, seconds: float) -> None:
        """Record the classes of an error and its causes. Their texts may name hosts, so they are left out."""
        self._lines.append(f"   failed after {seconds * 1000:.0f} ms: {' < '.join(_error_names(error))}")

    def add_wait(self, url: str, seconds: float, reason: str) -> None:
        """Record a wait before the next try; `reason` must be a text of this program."""
        self._lines.append(f"   then waited {format_duration(seconds)} for {self._alias(url)}: {reason}")

    def to_text(self) -> str:
        """Return the log as plain text, with a head about program and system."""
        system = f"Python {sys.version.partition(' ')[0]}, {sysconfig.get_platform()}, {ssl.OPENSSL_VERSION}"
        head = [
            f"importai-tui {__version__}, {system}",
            "Left out: the names of other hosts, all text, cookies, and anything else that could identify you.",
        ]
        return "\n".join(_clean_line(line) for line in [*head, "", *self._lines]) + "\n"

    def _alias(self, url: str) -> str:
        """Return the host if it may be shown, else an alias that is the same throughout the log."""
        host = get_host(url)
        if host in _SHOWN_HOSTS or is_loopback(host):
            return host
        return self._aliases.setdefault(host, f"source-{len(self._aliases) + 1}.invalid")

    def _redact_url(self, url: str) -> str:
        """Return the address with private parts redacted; of a host with an alias only scheme and port remain."""
        try:
            parts = urlsplit(url)
            host = self._alias(url)
            port = f":{parts.port}" if parts.port is not None else ""
        except ValueError:
            return _REDACTED
        shown = not host.endswith(".invalid")
        path = parts.path if shown or parts.path in ("", "/") else f"/{_REDACTED}"
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        query = "&".join(_redact_parameter(name, value) for name, value in pairs)
        netloc = f"[{host}]" if ":" in host else host
        return f"{parts.scheme}://{netloc}{port}{path}{'?' if parts.query else ''}{query}"

    def _format_header(self, name: str, value: str, url: str) -> str:
        name = name.lower()
        if name == "location":
            shown = self._redact_relative(url, value)
        elif name == "link":
            links = (
                f"<{self._redact_relative(url, m[1])}>" + (f'; rel="{m[2]}"' if m[2] else "")
                for m in _LINK.finditer(value)
            )
            shown = ", ".join(links)
        else:
            shown = value if name in _SHOWN_HEADERS else _REDACTED
        return f"{name[:_MAX_HEADER_LENGTH]}: {shown[:_MAX_HEADER_LENGTH]}"

    def _redact_relative(self, url: str, target: str) -> str:
        try:
            return self._redact_url(urljoin(url, target))
        except ValueError:
            return _REDACTED


def _redact_parameter(name: str, value: str) -> str:
    return f"{name}={value}" if name in _SHOWN_PARAMETERS and _SAFE_VALUE.fullmatch(value) else _REDACTED


def _error_names(error: BaseException) -> Iterator[str]:
    """Yield the class name, with the reason or errno if any, of an error and each of its causes."""
    for cause in iter_causes(error):
        detail = ""
        if isinstance(cause, ssl.SSLError):
            detail = f" {reason}" if (reason := getattr(cause, "reason", None)) else ""
        elif isinstance(cause, OSError) and cause.errno is not None:
            detail = f" {errno.errorcode.get(cause.errno, cause.errno)}"
        yield f"{type(cause).__name__}{detail}"


def _clean_line(line: str) -> str:
    """Remove control characters but keep the indent."""
    return " " * (len(line) - len(line.lstrip(" "))) + clean_line(line)
