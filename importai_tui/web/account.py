"""A redacted account of what was asked and answered, for a bug report: no body, no cookie, nobody's own address."""

from __future__ import annotations

import errno
import re
import ssl
import sys
import sysconfig
from collections.abc import Collection, Iterable, Iterator
from urllib.parse import parse_qsl, urljoin, urlsplit

from importai_tui import __version__
from importai_tui.parse.clean import clean_line
from importai_tui.web.addresses import host_in, is_loopback
from importai_tui.web.waiting import told
from importai_tui.web.wire_errors import causes

_OURS = {"importai.substack.com", "jack-clark.net"}
"""Hosts that are told by name: the newsletter's own say nothing of who reads it."""
_QUERY = {"per_page", "page", "paged", "orderby", "order", "_fields", "before", "after", "modified_after"}
_HEADERS = frozenset(
    {"content-type", "content-length", "content-encoding", "etag", "last-modified", "cache-control", "age", "date"}
    | {"vary", "server", "retry-after", "cf-cache-status", "cf-mitigated", "x-wp-total", "x-wp-totalpages"}
    | {"x-served-by", "x-cluster"}
)
"""Headers told with their value; of every other only that it was there."""
_HIDDEN = "…"
_PLAIN_VALUE = re.compile(r"[\w.,:+-]{0,80}", re.ASCII)
"""What the value of a parameter that is told looks like: a number, a date, a list of names."""
_LINK = re.compile(r'<([^<>]*)>(?:[^<>]*?;\s*rel="?([\w-]{1,20}(?![\w:-])|https://api\.w\.org/)"?)?')
_LONGEST_VALUE = 200
"""Characters of a header that are told: the longest of those above, in the answers known to us, have under 100."""


class Account:
    """Notes each request and what became of it, in order. What is private is left out when it is noted."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._asked = 0
        self._aliases: dict[str, str] = {}

    def asked(self, url: str, validators: Collection[str] = ()) -> None:
        """A request goes out; `validators` names the headers that make it a conditional one."""
        self._asked += 1
        condition = f" ({', '.join(sorted(name.lower() for name in validators))})" if validators else ""
        self._lines.append(f"{self._asked}. GET {self._address(url)}{condition}")

    def answered(self, url: str, status: int, headers: Iterable[tuple[str, str]], seconds: float) -> None:
        """Status and headers are there, that many seconds after the request."""
        self._lines.append(f"   {status} after {seconds * 1000:.0f} ms")
        self._lines.extend(f"   {self._header(name, value, url)}" for name, value in headers)

    def ended(self, seconds: float, wire: int, unpacked: int) -> None:
        """The body is there: seconds since the request, bytes on the wire and unpacked."""
        self._lines.append(f"   ended after {seconds * 1000:.0f} ms: {wire} bytes on the wire, {unpacked} unpacked")

    def failed(self, error: BaseException, seconds: float) -> None:
        """It went wrong. Of the error its kind is told and not its text, which may name hosts."""
        self._lines.append(f"   failed after {seconds * 1000:.0f} ms: {' < '.join(_kinds(error))}")

    def waited(self, url: str, seconds: float, why: str) -> None:
        """A wait before the next try; `why` is in this program's own words."""
        self._lines.append(f"   then waited {told(seconds)} for {self._host(url)}: {why}")

    def written(self) -> str:
        """The account as plain text."""
        system = f"Python {sys.version.partition(' ')[0]}, {sysconfig.get_platform()}, {ssl.OPENSSL_VERSION}"
        head = [
            f"importai-tui {__version__}, {system}",
            "Left out: the names of other hosts, every text, cookies, and what else could tell who you are.",
        ]
        return "\n".join(_clean(line) for line in [*head, "", *self._lines]) + "\n"

    def _host(self, url: str) -> str:
        host = host_in(url)
        if host in _OURS or is_loopback(host):
            return host
        return self._aliases.setdefault(host, f"source-{len(self._aliases) + 1}.invalid")

    def _address(self, url: str) -> str:
        """An address without what tells whose it is; of a host that is not the newsletter's nothing but its alias."""
        try:
            parts = urlsplit(url)
            host = self._host(url)
            port = f":{parts.port}" if parts.port is not None else ""
        except ValueError:
            return _HIDDEN
        known = not host.endswith(".invalid")
        path = parts.path if known or parts.path in ("", "/") else f"/{_HIDDEN}"
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        query = "&".join(_parameter(name, value) for name, value in pairs)
        where = f"[{host}]" if ":" in host else host
        return f"{parts.scheme}://{where}{port}{path}{'?' if parts.query else ''}{query}"

    def _header(self, name: str, value: str, url: str) -> str:
        name = name.lower()
        if name == "location":
            shown = self._joined(url, value)
        elif name == "link":
            links = (
                f"<{self._joined(url, m[1])}>" + (f'; rel="{m[2]}"' if m[2] else "") for m in _LINK.finditer(value)
            )
            shown = ", ".join(links)
        else:
            shown = value if name in _HEADERS else _HIDDEN
        return f"{name[:_LONGEST_VALUE]}: {shown[:_LONGEST_VALUE]}"

    def _joined(self, url: str, target: str) -> str:
        try:
            return self._address(urljoin(url, target))
        except ValueError:
            return _HIDDEN


def _parameter(name: str, value: str) -> str:
    return f"{name}={value}" if name in _QUERY and _PLAIN_VALUE.fullmatch(value) else _HIDDEN


def _kinds(error: BaseException) -> Iterator[str]:
    """The kinds of an error and of what caused it."""
    for cause in causes(error):
        detail = ""
        if isinstance(cause, ssl.SSLError):
            detail = f" {reason}" if (reason := getattr(cause, "reason", None)) else ""
        elif isinstance(cause, OSError) and cause.errno is not None:
            detail = f" {errno.errorcode.get(cause.errno, cause.errno)}"
        yield f"{type(cause).__name__}{detail}"


def _clean(line: str) -> str:
    """A line without control characters, its indent kept."""
    return " " * (len(line) - len(line.lstrip(" "))) + clean_line(line)
