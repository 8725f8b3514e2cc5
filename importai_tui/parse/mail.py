"""Reads mails and mailboxes, as mail programs and services save them.

A mail may have lines before its headers (Apple Mail's byte count, a byte order mark, a banner), be forwarded inline or
as an attachment, or be a web page that a browser saved as one file (MHTML).
"""

from __future__ import annotations

import email
import email.errors
import re
from collections.abc import Iterator
from datetime import UTC
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parsedate_to_datetime
from typing import Any

from importai_tui.errors import UnreadableInputError
from importai_tui.parse.dates import parse_day
from importai_tui.parse.formats import MAX_DOCUMENTS, Document, is_known_charset, resolve_charset

_MAILBOX_START = re.compile(rb"\AFrom [^\n]*\r?\n[\w-]+:", re.MULTILINE)
_MAIL_START = re.compile(rb"(?:[A-Za-z][\w-]*:[^\n]*\n(?:[ \t][^\n]*\n)*){3,}\r?\n")
_MAIL_HEADER = re.compile(rb"(?im)^(?:from|received|return-path|subject|mime-version|message-id|date|delivered-to):")
_MIN_MAIL_HEADERS = 2
"""Headers of mails that must be among the fields, where other lines precede them."""
_MAX_PREFACE_LINES = 3
"""Lines before the headers: a byte order mark, a byte count, empty lines, a banner."""
_MAX_PREFACE_LENGTH = 100
"""Characters of such a line."""
_MAX_SEARCHED = 100_000
"""Bytes in which the end of the headers must be."""
_MAIL_ERRORS = (email.errors.MessageError, AttributeError, TypeError, AssertionError, RecursionError)
"""Errors that the standard library raises on damaged mails besides ValueError and LookupError. It documents none."""
_MAX_MAIL_PARTS = 1_000
"""Lines that may separate parts. A mail has two parts and some styles; parsing a part takes 0.25 ms."""
_MAX_HEADER_LENGTH = 2_000
"""Characters read of a header. A line of a mail has at most 998 (RFC 5322). Parsing a header takes time that grows
with the square of its length."""
_MAX_HEADERS_BYTES = 500_000
"""Bytes of all headers of a mail. Mail servers accept 10 to 100 kB. Each header line takes many times its length of
memory."""
_MAX_GARBAGE = 0.05
"""Share of undecodable characters. A text with a wrong charset has 0.02."""
_HEADERS_END = re.compile(rb"\n\r?\n")
_WEB_VERSION_URL = re.compile(r"(?i)view this (?:post|email) (?:on the web|in your browser) at\s+(https?://\S+)")
_TITLE_PREFIX = re.compile(r"(?i)^\s*(?:(?:fwd?|fw|wg|re|aw|tr|rv|vs|enc)\s*:\s*|\[(?!\s*import)[^\]\[]{1,40}\]\s*)+")
"""Prefixes that mail programs and lists add to a subject: "Fwd:", "WG:", "[list]"."""
_FORWARDED = re.compile(r"(?i)^\s*(?:\[[^\]\[]{1,40}\]\s*)?(?:fwd?|fw|wg|tr|rv|vs|enc)\s*:")
_FORWARDED_DATE = re.compile(r"(?im)^[>\s*]*(?:date|sent|datum|gesendet|envoyé|fecha)\s*:\s*\**\s*([^\n<]{6,80})")
"""The day of the original in the lines above a mail that is forwarded inline."""
_TIME_OF_DAY = re.compile(r"(?i)\s+(?:at|um|,)?\s*\d{1,2}:\d{2}.*$")
_NEWSLETTER = re.compile(r"(?i)\bimport\s*-?ai\b")
_LINE_TAG = re.compile(r"(?i)<br\s*/?>|</(?:div|p|tr)>")
_TAG = re.compile(r"<[^<>]*>")
_MAX_FORWARD_HEAD = 5_000
"""Characters of a mail in which the lines above a forwarded mail must be."""


def is_mailbox(data: bytes) -> bool:
    """Return True if the bytes start like a mailbox in the mboxrd format."""
    return _MAILBOX_START.match(data) is not None


def looks_like_mail(head: bytes) -> bool:
    """Return True if the first bytes of a file are those of a mail or mailbox."""
    return is_mailbox(head) or _has_mail_headers(head)


def strip_preface(data: bytes) -> bytes | None:
    """Return a mail without the lines before its headers; None if the bytes are no mail."""
    head = data[:_MAX_SEARCHED]
    if _MAIL_START.match(head):
        return data
    at = 3 if head.startswith(b"\xef\xbb\xbf") else 0
    for number in range(_MAX_PREFACE_LINES + 1):
        if match := _MAIL_START.match(head, at):
            if not _has_mail_headers(match[0]):
                return None
            count = head[:at].strip()
            # Apple Mail writes the length of the mail before it, and its own data after it.
            return data[at : at + int(count)] if number == 1 and count.isdigit() and len(count) < 10 else data[at:]
        end = head.find(b"\n", at) + 1
        if not end or end - at > _MAX_PREFACE_LENGTH:
            return None
        at = end
    return None


def _has_mail_headers(fields: bytes) -> bool:
    return len(set(map(bytes.lower, _MAIL_HEADER.findall(fields)))) >= _MIN_MAIL_HEADERS


def read_mailbox(data: bytes) -> Iterator[Document]:
    """Yield the messages of a mailbox in the mboxrd format.

    A message starts at a `From ` line after an empty line; `>From ` in a body is unquoted.
    """
    for number, message in enumerate(re.split(rb"(?:\A|\n\r?\n)From [^\n]*\n", data)[1:], 1):
        if number > MAX_DOCUMENTS:
            raise UnreadableInputError(f"more than {MAX_DOCUMENTS:,} messages; split the mailbox")
        name = f"message {number}"
        try:
            yield read_mail(re.sub(rb"(?m)^>(>*From )", rb"\1", message), name)
        except UnreadableInputError as error:  # one message must not hide the others
            yield Document(b"", name, problem=str(error))


def read_mail(data: bytes, name_in_container: str = "") -> Document:
    """Read a mail: its HTML part, else its plain text; of a forwarded mail the original.

    Raises:
        UnreadableInputError: the mail is damaged or exceeds a limit.
    """
    if data.count(b"\n--") > _MAX_MAIL_PARTS:
        raise UnreadableInputError(f"an email with too many parts (more than {_MAX_MAIL_PARTS:,})")
    if len(_HEADERS_END.split(data, 1)[0]) > _MAX_HEADERS_BYTES:
        raise UnreadableInputError("an email with oversized headers")
    try:
        message = email.message_from_bytes(data, policy=_CappedEmailPolicy())
        assert isinstance(message, EmailMessage)
        message = _find_attached_issue(message) or message
        plain, rich = _get_body(message, "plain"), _get_body(message, "html")
        subject = _get_header(message, "subject") or ""
        date = _parse_mail_date(_get_header(message, "date"))
        saved_from = _get_header(message, "snapshot-content-location")
        is_saved_page = saved_from is not None or (_get_header(message, "from") or "").startswith("<Saved by")
    except (*_MAIL_ERRORS, ValueError, LookupError) as error:
        raise UnreadableInputError("a damaged email; save it again") from error
    page = rich or plain
    if is_saved_page:
        date = None  # the day of saving
    elif _FORWARDED.match(subject):
        date = _find_forwarded_date(page or "")
    url = _WEB_VERSION_URL.search(plain or "")
    return Document(
        (page or "").encode("utf-8", "replace"),
        name_in_container,
        title=_TITLE_PREFIX.sub("", subject) or None,
        date=date,
        url=url[1] if url else saved_from,
    )


def _find_attached_issue(message: EmailMessage) -> EmailMessage | None:
    """Return a mail of the newsletter that is attached to another mail."""
    for part in message.walk():
        if part.get_content_type() != "message/rfc822":
            continue
        inner = part.get_payload(0)
        if isinstance(inner, EmailMessage) and _NEWSLETTER.search(_get_header(inner, "subject") or ""):
            return inner
    return None


def _find_forwarded_date(page: str) -> str | None:
    """Return the day that the lines above a forwarded mail state. The mail's own date is that of forwarding."""
    text = _TAG.sub("", _LINE_TAG.sub("\n", page[:_MAX_FORWARD_HEAD]))
    for match in _FORWARDED_DATE.finditer(text):
        words = match[1].strip(" *")
        if day := _parse_mail_date(words) or parse_day(_TIME_OF_DAY.sub("", words)):
            return day
    return None


class _CappedEmailPolicy(EmailPolicy):
    """Cuts long headers, and reads a header that cannot be parsed as an empty one."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        """Return the header as the standard library parses it."""
        try:
            return super().header_fetch_parse(name, value[:_MAX_HEADER_LENGTH])
        except (*_MAIL_ERRORS, ValueError, LookupError):
            return super().header_fetch_parse(name, "")


def _get_body(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body((kind,))
    if part is None:
        return None
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return None
    declared = part.get_content_charset("utf-8")
    charset = resolve_charset(declared) if is_known_charset(declared) else "utf-8"
    try:
        content = payload.decode(charset, "replace")
    except (LookupError, ValueError):
        content = payload.decode("utf-8", "replace")
    if kind == "plain" and str(part.get_param("format", "")).lower() == "flowed":
        content = unflow(content, delete_space=str(part.get_param("delsp", "")).lower() == "yes")
    # With broken base64 the standard library returns bytes at random.
    is_garbage = content.count("\ufffd") > _MAX_GARBAGE * len(content)
    return content if content.strip() and not is_garbage else None


def unflow(text: str, *, delete_space: bool = False) -> str:
    """Join the lines of `format=flowed`: a line that ends with a blank continues in the next (RFC 3676)."""
    lines: list[list[str]] = []
    is_open = False
    for line in text.replace("\r\n", "\n").split("\n"):
        row = line.removeprefix(" ")  # a blank that protects the start of the line
        if is_open:
            lines[-1].append(row)
        else:
            lines.append([row])
        is_open = row.endswith(" ") and row != "-- "
    end = -1 if delete_space else None
    return "\n".join("".join((*(row[:end] for row in rows[:-1]), rows[-1])) for rows in lines)


def _get_header(message: EmailMessage, name: str) -> str | None:
    value = message[name]
    return None if value is None else str(value)


def _parse_mail_date(text: str | None) -> str | None:
    try:
        sent = parsedate_to_datetime(text or "")
        # It has no zone if the mail says "-0000", which means UTC from somewhere.
        return (sent.astimezone(UTC) if sent.tzinfo else sent).date().isoformat()
    except (ValueError, OverflowError):
        return None
