"""What an answer is: its form, and whether it is one at all, or a refusal dressed up as a page. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from importai_tui.errors import Blocked, UnusableAnswer
from importai_tui.parse.clean import clean_line
from importai_tui.parse.feed_text import without_words_before
from importai_tui.web.waiting import Setback, Trouble, retry_after

REDIRECTS = frozenset({301, 302, 303, 307, 308})
READABLE = frozenset({200, 304, 400, 401, 403, 404, 410})
"""Answers whose body says something that a source can use: a page beyond the end is a 400, a closed door a 401."""
_GATEWAY_TIMEOUTS = frozenset({504, 524})
"""Statuses of a proxy whose site did not finish its answer in time (524 is Cloudflare's)."""
_OPENING = 4096
"""Bytes in which an answer's form shows: a prologue, a comment and the first element are shorter than that."""
_LONGEST_REASON = 60
"""Characters of a server's own words that are repeated in a message; the standard ones have at most 31."""

_SKIPPED = re.compile(r"(?s)\s*(?:<\?.*?\?>|<!--.*?-->)")
_DOCTYPE = re.compile(r"(?i)<!doctype\s+([\w:.-]*)")
_ELEMENT = re.compile(r"<([A-Za-z_][\w:.-]*)")
_FEED_ROOTS = {"rss", "feed", "rdf:rdf"}
_PAGE_ELEMENTS = {"html", "head", "body", "title", "meta", "link", "script", "style"} | {
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
    # The titles and the script of Cloudflare's and others' interstitial pages. Not "challenge-platform": that script
    # stands in ordinary pages too.
    r"(?i)<title>\s*(?:just a moment|attention required! \| cloudflare|ddos-guard|checking your browser)"
    r"|\b_cf_chl_opt\b|cf-browser-verification|enable javascript and cookies to continue"
)
_TOO_MANY = re.compile(rb"(?i)<pre[^>]*>\s*too many requests\s*</pre>")


class Form(StrEnum):
    """What the first bytes of an answer say that it is."""

    XML = "xml"
    JSON = "json"
    HTML = "html"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, unpacked.

    `headers` have names in lower case and values as they came; cookies are not among them. `url` is the address that
    answered. `moved_to` is where to ask from now on: set where every step that led there was a permanent redirect (301,
    308) and path and query stayed what they were. `reason` is the server's own word for the status, and untrusted.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    moved_to: str | None = None
    reason: str = field(default="", compare=False)

    @property
    def form(self) -> Form:
        """Told by the first bytes; the content type, which often lies, only speaks where they say nothing."""
        return form_of(self.body, self.headers.get("content-type", ""))


def form_of(body: bytes, content_type: str = "") -> Form:
    """The form of a document, whatever its encoding."""
    opening = body[:_OPENING]
    for mark in _BOMS:
        opening = opening.removeprefix(mark)
    # Without its zero bytes the ASCII part of UTF-16 reads like any other.
    text = opening.replace(b"\x00", b"").decode("latin-1").lstrip()
    if text.startswith(("{", "[")):
        return Form.JSON
    text = without_words_before(text)
    declared = text.startswith("<?xml")
    while skipped := _SKIPPED.match(text):
        text = text[skipped.end() :]
    text = text.lstrip()
    if doctype := _DOCTYPE.match(text):
        return Form.HTML if doctype[1].lower() == "html" else Form.XML
    element = _ELEMENT.match(text)
    name = element[1].lower() if element else ""
    if name in _FEED_ROOTS:
        return Form.XML
    if name in _PAGE_ELEMENTS:
        return Form.HTML
    if declared:
        return Form.XML
    return _by_type(content_type) if name else Form.OTHER


def _by_type(content_type: str) -> Form:
    kind = content_type.partition(";")[0].lower()
    if "html" in kind:
        return Form.HTML
    return Form.XML if "xml" in kind else Form.OTHER


def judged(answer: Answer, *, conditional: bool, now: datetime) -> Answer:
    """The answer, if it is one; 304 only where the question was conditional.

    Raises:
        Blocked: the source refuses this network, or puts a challenge before the answer.
        Setback: it may be asked again, after a while.
        UnusableAnswer: it answers with something else than an answer.
    """
    host, status = host_told(answer.url), answer.status
    if _is_challenge(answer):
        raise Blocked(
            f"{host} puts a challenge before its answer that only a browser can pass, as it does for networks that it "
            "does not know: try again later, or from another network.",
            f"{host} puts a challenge before its answer",
        )
    if status == 429 or (status == 200 and _is_too_many(answer)):
        raise Setback(f"{host} has had too many requests", host, Trouble.BUSY, _asked(answer, now), slow_down=True)
    if 500 <= status < 600:
        raise _server_error(answer, host, _asked(answer, now))
    if status == 403 and answer.form is not Form.JSON:
        raise Blocked(
            f"{host} refuses this network with status {words(answer)}, as sites do with the addresses of data "
            "centres and VPNs: try from another network.",
            f"{host} refuses this network with status {words(answer)}",
        )
    if status not in READABLE or (status == 304 and not conditional):
        raise UnusableAnswer(f"{host} answers {words(answer)}, which is no answer to the question: check the address.")
    return answer


def _server_error(answer: Answer, host: str, asked: float | None) -> Setback:
    """The setback that a status of 500 and above means."""
    trouble = Trouble.FAILING if asked is None else Trouble.BUSY
    if answer.status in _GATEWAY_TIMEOUTS:
        trouble = Trouble.BROKEN
    return Setback(f"{host} answers {words(answer)}", host, trouble, asked, slow_down=answer.status == 503)


def words(answer: Answer) -> str:
    """The status as it is told: "502 (Bad Gateway)"."""
    reason = clean_line(answer.reason)[:_LONGEST_REASON].strip()
    return f"{answer.status} ({reason})" if reason else str(answer.status)


def host_told(url: str) -> str:
    """The host of an address as it may stand in a sentence."""
    return clean_line(urlsplit(url).hostname or "") or "The source"


def _asked(answer: Answer, now: datetime) -> float | None:
    return retry_after(answer.headers.get("retry-after"), now)


def _is_challenge(answer: Answer) -> bool:
    if answer.headers.get("cf-mitigated", "").strip().lower() == "challenge":
        return True
    if answer.status not in (200, 403, 429, 503) or answer.form is not Form.HTML:
        return False
    return bool(_CHALLENGE.search(answer.body[: 16 * _OPENING].decode("latin-1")))


def _is_too_many(answer: Answer) -> bool:
    """Substack's page for 429 that comes as 200; it is nothing but this."""
    return answer.form is Form.HTML and bool(_TOO_MANY.search(answer.body[:_OPENING]))
