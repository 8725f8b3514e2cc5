"""Reads mails and mailboxes: each message becomes a document."""

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

from importai_tui.errors import UnreadableInput
from importai_tui.parse.document import MOST_PAGES, Document
from importai_tui.parse.forms import charset

_MAIL_TROUBLE = (email.errors.MessageError, AttributeError, TypeError, AssertionError, RecursionError)
"""What the standard library raises on damaged mails besides the errors of values: it promises none of them."""
_MOST_PARTS = 1_000
"""Lines that may divide a mail, as two parts and some styles do; a part takes a quarter of a millisecond."""
_LONGEST_HEADER = 2_000
"""Characters of a header that are read: a line of a mail has at most 998 (RFC 5322), and to take a header apart takes
time that grows with the square of its length."""
_LONGEST_HEAD = 500_000
"""Bytes of all headers of a mail. Mail servers take 10 to 100 kB; a line of them costs memory that is many times its
length."""
_HEAD_END = re.compile(rb"\n\r?\n")
_SEEN_ON_WEB = re.compile(r"(?i)view this (?:post|email) (?:on the web|in your browser) at\s+(https?://\S+)")


def documents_of_mailbox(data: bytes) -> Iterator[Document]:
    """mboxrd: messages begin at a `From ` line behind an empty one; `>From ` in a body is unquoted."""
    for number, message in enumerate(re.split(rb"(?:\A|\n\r?\n)From [^\n]*\n", data)[1:], 1):
        if number > MOST_PAGES:
            raise UnreadableInput(f"holds more than {MOST_PAGES} messages; split the mailbox")
        place = f"message {number}"
        try:
            yield document_of_mail(re.sub(rb"(?m)^>(>*From )", rb"\1", message), place)
        except UnreadableInput as error:  # one message must not lose the others
            yield Document(b"", place, problem=str(error))


def document_of_mail(data: bytes, place: str = "") -> Document:
    """The HTML part of a message, else its plain text."""
    if data.count(b"\n--") > _MOST_PARTS:
        raise UnreadableInput(f"is a mail with more than {_MOST_PARTS} parts; no issue has so many")
    if len(_HEAD_END.split(data, 1)[0]) > _LONGEST_HEAD:
        raise UnreadableInput("is a mail with longer headers than any mail has")
    try:
        message = email.message_from_bytes(data, policy=_Bounded())
        assert isinstance(message, EmailMessage)
        plain, rich = _part(message, "plain"), _part(message, "html")
    except (*_MAIL_TROUBLE, ValueError, LookupError) as error:
        raise UnreadableInput("is a mail whose parts cannot be told from one another; save it again") from error
    page = rich or plain
    url = _SEEN_ON_WEB.search(plain or "")
    return Document(
        (page or "").encode("utf-8", "replace"),
        place,
        title=_header(message, "subject"),
        date=_mail_date(_header(message, "date")),
        url=url[1] if url else None,
    )


class _Bounded(EmailPolicy):
    """Reads no header beyond measure, and one that cannot be taken apart as an empty one."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        """The header as the standard library understands it."""
        try:
            return super().header_fetch_parse(name, value[:_LONGEST_HEADER])
        except (*_MAIL_TROUBLE, ValueError, LookupError):
            return super().header_fetch_parse(name, "")


def _part(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body((kind,))
    if part is None:
        return None
    try:
        if charset(declared := part.get_content_charset("utf-8")) != declared:
            raise LookupError(declared)  # Python would take hours for some codecs that are no character sets
        content = part.get_content()
    except (LookupError, ValueError):
        # An unknown character set or broken transfer encoding: the bytes as they are.
        payload = part.get_payload(decode=True)
        content = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return content if isinstance(content, str) and content.strip() else None


def _header(message: EmailMessage, name: str) -> str | None:
    value = message[name]
    return None if value is None else str(value)


def _mail_date(text: str | None) -> str | None:
    try:
        return parsedate_to_datetime(text or "").astimezone(UTC).date().isoformat()
    except (ValueError, OverflowError):
        return None
