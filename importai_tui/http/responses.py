"""Responses and the format of their bodies; errors for refusals and challenges. Pure: no network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from importai_tui.errors import TRY_AGAIN, BlockedError, UnusableResponseError
from importai_tui.http.retry import FailureKind, RetryableError, get_retry_after
from importai_tui.parse.clean import clean_line
from importai_tui.parse.feeds import strip_leading_text

REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
USABLE_STATUSES = frozenset({200, 304, 400, 401, 403, 404, 410})
"""Statuses whose body may be used. WordPress answers 400 beyond the last page, and 401 where REST is closed."""
_GATEWAY_TIMEOUTS = frozenset({504, 524})
"""Statuses of a proxy whose site was too slow (524 is Cloudflare's)."""
_PREFIX_SIZE = 4096
"""Bytes in which the format shows: prologue, comment and first element are shorter."""
_MAX_REASON_LENGTH = 60
"""Characters of the server's reason phrase in a message; the standard ones have at most 31."""

_PROLOGUE = re.compile(r"(?s)\s*(?:<\?.*?\?>|<!--.*?-->)")
_DOCTYPE = re.compile(r"(?i)<!doctype\s+([\w:.-]*)")
_ELEMENT = re.compile(r"<([A-Za-z_][\w:.-]*)")
_FEED_ROOTS = {"rss", "feed", "rdf:rdf"}
_HTML_ELEMENTS = {"html", "head", "body", "title", "meta", "link", "script", "style"} | {
    "div",
    "p",
    "pre",
    "h1",
    "br",
    "b",
    "center",
}
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

_CHALLENGE = re.compile(
    # Titles and script of the interstitial pages of Cloudflare and others. "challenge-platform" is not among them,
    # because that script also appears in ordinary pages.
    r"(?i)<title>\s*(?:just a moment|attention required! \| cloudflare|ddos-guard|checking your browser)"
    r"|\b_cf_chl_opt\b|cf-browser-verification|enable javascript and cookies to continue"
)
_TOO_MANY_REQUESTS = re.compile(rb"(?i)<pre[^>]*>\s*too many requests\s*</pre>")


class BodyFormat(StrEnum):
    """Format of a body, judged by its first bytes."""

    XML = "xml"
    JSON = "json"
    HTML = "html"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Response:
    """A response with its decoded body.

    `headers` have names in lower case and values as received, without cookies. `url` is the address that answered.
    `moved_to` is the address to use from now on, set only if all redirects were permanent (301, 308) and path and query
    stayed the same. `reason` is the server's reason phrase, untrusted.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    moved_to: str | None = None
    reason: str = field(default="", compare=False)

    @property
    def format(self) -> BodyFormat:
        """Format of the body. The content type is often wrong, so it counts only if the first bytes say nothing."""
        return detect_body_format(self.body, self.headers.get("content-type", ""))


def detect_body_format(body: bytes, content_type: str = "") -> BodyFormat:
    """Detect the format of a body in any encoding."""
    prefix = body[:_PREFIX_SIZE]
    for bom in _BOMS:
        prefix = prefix.removeprefix(bom)
    # Without its zero bytes, the ASCII part of UTF-16 reads like any other encoding.
    text = prefix.replace(b"\x00", b"").decode("latin-1").lstrip()
    if text.startswith(("{", "[")):
        return BodyFormat.JSON
    text = strip_leading_text(text)
    declared = text.startswith("<?xml")
    while prologue := _PROLOGUE.match(text):
        text = text[prologue.end() :]
    text = text.lstrip()
    if doctype := _DOCTYPE.match(text):
        return BodyFormat.HTML if doctype[1].lower() == "html" else BodyFormat.XML
    element = _ELEMENT.match(text)
    name = element[1].lower() if element else ""
    if name in _FEED_ROOTS:
        return BodyFormat.XML
    if name in _HTML_ELEMENTS:
        return BodyFormat.HTML
    if declared:
        return BodyFormat.XML
    return _format_from_content_type(content_type) if name else BodyFormat.OTHER


def _format_from_content_type(content_type: str) -> BodyFormat:
    media_type = content_type.partition(";")[0].lower()
    if "html" in media_type:
        return BodyFormat.HTML
    return BodyFormat.XML if "xml" in media_type else BodyFormat.OTHER


def check_response(response: Response, *, conditional: bool, now: datetime) -> Response:
    """Return the response if it is usable; 304 is usable only for a conditional request.

    Raises:
        BlockedError: the source refuses this network, or sends a challenge page.
        RetryableError: a later try may succeed.
        UnusableResponseError: any other status.
    """
    host, status = format_host(response.url), response.status
    if _is_challenge(response):
        raise BlockedError(
            f"{host} asks for a browser check, as it does on unfamiliar networks. "
            f"{TRY_AGAIN} later, or from another network.",
            f"{host} asks for a browser check",
        )
    retry_after = get_retry_after(response.headers, now)
    if (
        status == 429
        or (status == 200 and _is_too_many_requests(response))
        or (status == 403 and retry_after is not None)
    ):
        raise RetryableError(f"{host} received too many requests", host, FailureKind.BUSY, retry_after, slow_down=True)
    if 500 <= status < 600:
        raise _server_error(response, host, retry_after)
    if status == 403 and response.format is not BodyFormat.JSON:
        raise BlockedError(
            f"{host} blocks this network (status {format_status(response)}), as sites do with VPNs and data centres. "
            f"{TRY_AGAIN} from another network.",
            f"{host} blocks this network (status {format_status(response)})",
        )
    if status not in USABLE_STATUSES or (status == 304 and not conditional):
        raise UnusableResponseError(
            f"{host} gave an unexpected response (status {format_status(response)}). Check the URL."
        )
    return response


def _server_error(response: Response, host: str, retry_after: float | None) -> RetryableError:
    kind = FailureKind.FAILING if retry_after is None else FailureKind.BUSY
    if response.status in _GATEWAY_TIMEOUTS:
        kind = FailureKind.BROKEN
    summary = f"{host} reports an error (status {format_status(response)})"
    return RetryableError(summary, host, kind, retry_after, slow_down=response.status == 503)


def format_status(response: Response) -> str:
    """Format the status for messages: "502 Bad Gateway"."""
    reason = clean_line(response.reason)[:_MAX_REASON_LENGTH].strip()
    return f"{response.status} {reason}" if reason else str(response.status)


def format_host(url: str) -> str:
    """Format the host of an address for messages."""
    return clean_line(urlsplit(url).hostname or "") or "The source"


def _is_challenge(response: Response) -> bool:
    if response.headers.get("cf-mitigated", "").strip().lower() == "challenge":
        return True
    if response.status not in (200, 403, 429, 503) or response.format is not BodyFormat.HTML:
        return False
    return bool(_CHALLENGE.search(response.body[: 16 * _PREFIX_SIZE].decode("latin-1")))


def _is_too_many_requests(response: Response) -> bool:
    """Return True for the page that Substack sends with status 200 in place of 429."""
    return response.format is BodyFormat.HTML and bool(_TOO_MANY_REQUESTS.search(response.body[:_PREFIX_SIZE]))
