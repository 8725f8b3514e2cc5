"""Files that hold pages and say something of them: mails, mailboxes, feeds, REST answers, exports.

Each becomes documents: one page, with the title, date and address that the file states for it. What in a file is no
issue is passed over by whoever reads the pages; nothing outside the pages is opened.

Reads mails and mailboxes: each message becomes a document.

Reads JSON Feeds: each item becomes a document.

https://www.jsonfeed.org/version/1.1/, and 1.0, which has the same fields.
"""

from __future__ import annotations

import csv
import email
import email.errors
import html
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parsedate_to_datetime
from typing import Any, TypeGuard

from importai_tui.clock import utc_now
from importai_tui.errors import UnreadableInput
from importai_tui.parse.feeds import documents_of_feed, is_feed, plain_title
from importai_tui.parse.formats import LARGEST_PAGE, MOST_PAGES, Document, charset

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


_LONGEST_TITLE = 2_000
_MANY_BRACKETS, _BYTES_PER_BRACKET = 20_000, 25
"""JSON with more objects and lists than this must have this many bytes for each on average, because each takes up to
230 bytes of memory. A page of posts has some hundred, with 40,000 bytes for each post."""


def read_json(data: bytes) -> Any:
    """Read JSON from outside.

    Raises:
        ValueError: the bytes are no JSON, or hold little but brackets.
        RecursionError: the JSON is nested too deeply.
    """
    brackets = data.count(b"{") + data.count(b"[")
    if brackets > _MANY_BRACKETS and brackets * _BYTES_PER_BRACKET > len(data):
        raise ValueError("there are more objects than text")
    return json.loads(data)


def documents_of_json_feed(data: bytes) -> list[Document] | None:
    """The items of a JSON Feed that have a body; None if the bytes are no JSON Feed."""
    if b"jsonfeed.org" not in data:
        return None
    try:
        feed = read_json(data)
    except (ValueError, RecursionError):
        return None
    return list(documents_of_items(feed)) if is_feed_object(feed) else None


def is_feed_object(read: object) -> TypeGuard[dict[str, Any]]:
    """True if decoded JSON is a JSON Feed."""
    if not isinstance(read, dict) or not isinstance(read.get("items"), list):
        return False
    return "jsonfeed.org/version" in str(read.get("version", ""))


def documents_of_items(feed: dict[str, Any]) -> Iterator[Document]:
    """The items of a decoded JSON Feed that have a body."""
    for number, item in enumerate(feed["items"][:MOST_PAGES], 1):
        if isinstance(item, dict) and (page := _of_item(item, number)):
            yield page


def _of_item(item: dict[str, Any], number: int) -> Document | None:
    body = _first(item, "content_html", "content_text", "summary")
    if not body:
        return None
    addresses = (item.get(name) for name in ("url", "external_url", "id"))
    return Document(
        body.encode("utf-8", "replace"),
        f"item {number}",
        title=" ".join(_first(item, "title")[:_LONGEST_TITLE].split()) or None,
        date=_utc_day(_first(item, "date_published", "date_modified")),
        url=next((url for url in addresses if isinstance(url, str) and url.startswith(("http://", "https://"))), None),
    )


def _first(item: dict[str, Any], *names: str) -> str:
    """The first of these fields that has a text."""
    values = (item.get(name) for name in names)
    return next((value for value in values if isinstance(value, str) and value.strip()), "")


def _utc_day(time: str) -> str | None:
    """The day in UTC of a time as RFC 3339 writes it."""
    try:
        found = datetime.fromisoformat(time.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC).date().isoformat()
    except (ValueError, OverflowError):
        return None


MOST_BYTES = 200_000_000
"""Bytes that all pages of one file may have together when unpacked."""
HIGHEST_RATIO = 200
"""Unpacked to packed; an issue packs 2.5 to 1, a bomb 1000 to 1."""

_POST = re.compile(r"^(?:[^/\\]+/)?posts/(\d+)(?:\.[\w-]+)?\.html$")
_TABLE = re.compile(r"^(?:[^/\\]+/)?posts\.csv$")
_UNPUBLISHED = ("draft", "auto-draft", "pending", "future", "trash")
"""Values of a WordPress post's `status`."""
_JSON = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*[{\[]")
"""How JSON begins, in UTF-8 or UTF-16."""
_OBJECT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{\s*\"")
"""How JSON begins and no prose does."""
_MAILBOX = re.compile(rb"\AFrom [^\n]*\r?\n[\w-]+:", re.MULTILINE)
_MAIL = re.compile(rb"\A(?:[A-Za-z][\w-]*:[^\n]*\n(?:[ \t][^\n]*\n)*){3,}\r?\n")
_ZIP_TROUBLE = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    OSError,
    NotImplementedError,
    EOFError,
    OverflowError,
    IndexError,
    struct.error,
)
"""What the standard library raises on damaged members: it promises only the first."""


class _DamagedMember(Exception):
    """A file in a zip file cannot be read; the text follows its name."""


def documents(data: bytes) -> Iterator[Document]:
    """The pages of a file; the file itself where it is one. Raises UnreadableInput for a broken container."""
    if data.startswith(b"PK\x03\x04"):
        return _of_zip(data)
    if _MAILBOX.match(data):
        return documents_of_mailbox(data)
    if _MAIL.match(data[:100_000]):
        return iter((document_of_mail(data),))
    if is_feed(data):
        return documents_of_feed(data)
    if _JSON.match(data):
        return _of_json(data)
    return iter((Document(data),))


# --- REST answers ---------------------------------------------------------------------------------------------------


def _of_json(data: bytes) -> Iterator[Document]:
    """The posts of a JSON Feed or of a saved REST answer of WordPress or Substack.

    A REST answer is a list, one post, or a list named `posts`.
    """
    try:
        read = read_json(data)
    except (ValueError, RecursionError) as error:
        if _OBJECT.match(data):
            raise UnreadableInput("is JSON that breaks off or is damaged; save it again") from error
        yield Document(data)  # prose that begins with a bracket
        return
    if is_feed_object(read):
        yield from documents_of_items(read)
        return
    if isinstance(read, dict):
        read = read.get("posts", [read])
    pages = list(documents_of_posts(read)) if isinstance(read, list) else []
    if not pages:
        raise UnreadableInput("is JSON without posts; a WordPress or Substack answer has them")
    yield from pages


def documents_of_posts(posts: Sequence[object]) -> Iterator[Document]:
    """The posts of a REST answer that has been decoded, those with a body."""
    for number, post in enumerate(posts[:MOST_PAGES], 1):
        if isinstance(post, dict) and (page := _of_post(post, number)):
            yield page


def _of_post(post: dict[str, Any], number: int) -> Document | None:
    body = _rendered(post.get("content")) or _rendered(post.get("body_html"))
    if not body:
        return None
    date = post.get("date_gmt") or post.get("date") or post.get("post_date")
    date = date[:10] if isinstance(date, str) else ""
    url = post.get("link") or post.get("canonical_url") or post.get("URL")
    return Document(
        body.encode("utf-8", "replace"),
        f"post {number}",
        title=plain_title(_rendered(post.get("title")) or "") or None,
        date=date if _is_date(date) else None,
        url=url if isinstance(url, str) else None,
        unpublished=_unpublished(post.get("is_published", post.get("status") not in _UNPUBLISHED)),
    )


def _rendered(value: object) -> str | None:
    """WordPress wraps HTML in an object with one field."""
    if isinstance(value, dict):
        value = value.get("rendered")
    return value if isinstance(value, str) else None


def _is_date(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return False
    return True


# --- exports ---------------------------------------------------------------------------------------------------------


def _of_zip(data: bytes) -> Iterator[Document]:
    """The posts of a Substack export: `posts.csv` and `posts/*.html`. Subscriber lists and statistics stay shut."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except _ZIP_TROUBLE as error:
        raise UnreadableInput("is a zip file that breaks off or is damaged; download it again") from error
    posts = [member for member in members if _POST.match(member.filename)]
    if not posts:
        raise UnreadableInput("is a zip file without posts/*.html, as a Substack export has them")
    if len(posts) > MOST_PAGES or len({member.filename for member in posts}) < len(posts):
        raise UnreadableInput(f"is a zip file with more than {MOST_PAGES} posts, or with two of one name")
    with archive:
        table = next((member for member in members if _TABLE.match(member.filename)), None)
        rows = _table(archive, table) if table else {}
        total = 0
        for member in posts:
            try:
                page = _member(archive, member)
            except _DamagedMember as error:
                if len(posts) == 1:
                    raise UnreadableInput(f"is a zip file whose {member.filename[:60]} {error}") from error
                # one post must not lose the others
                yield Document(b"", member.filename.rpartition("/")[2], problem=str(error))
                continue
            total += len(page)
            if total > MOST_BYTES:
                raise UnreadableInput(f"unpacks to more than {MOST_BYTES // 1_000_000} MB")
            yield _exported(member.filename, page, rows)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """One member, read under caps; its declared sizes are not believed.

    Raises:
        UnreadableInput: the file is encrypted.
        _DamagedMember: this member cannot be read, or is made to fill the memory.
    """
    if member.flag_bits & 1:
        raise UnreadableInput("is an encrypted zip file")
    if member.file_size > HIGHEST_RATIO * max(member.compress_size, 100):
        raise _DamagedMember(f"unpacks to {member.file_size:,} bytes; no issue does")
    try:
        with archive.open(member) as stream:
            page = stream.read(LARGEST_PAGE + 1)
    except _ZIP_TROUBLE as error:
        raise _DamagedMember("is damaged; download the zip file again") from error
    if len(page) > LARGEST_PAGE:
        raise _DamagedMember("is larger than any issue")
    return page


def _table(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> dict[str, dict[str, str]]:
    """The rows of `posts.csv`."""
    try:
        return _rows(_member(archive, member))
    except _DamagedMember as error:
        raise UnreadableInput(f"is a zip file whose {member.filename[:60]} {error}") from error


def _rows(table: bytes) -> dict[str, dict[str, str]]:
    """`posts.csv` by the number that begins each `post_id`; columns are found by name, for they have changed."""
    text = io.StringIO(table.decode("utf-8-sig", "replace"), newline="")
    rows: dict[str, dict[str, str]] = {}
    try:
        for row in csv.DictReader(text):
            number = (row.get("post_id") or "").partition(".")[0]
            rows[number] = {name: value for name, value in row.items() if name and isinstance(value, str)}
    except csv.Error:
        return rows
    return rows


def _exported(name: str, page: bytes, rows: dict[str, dict[str, str]]) -> Document:
    match = _POST.match(name)
    row = rows.get(match[1] if match else "", {})
    date = row.get("post_date", "")[:10]
    title = html.unescape(row.get("title", "")).strip()
    known_date = date if _is_date(date) else None
    unpublished = _unpublished(row.get("is_published"), known_date)
    return Document(page, name.rpartition("/")[2], title=title or None, date=known_date, unpublished=unpublished)


def _unpublished(is_published: object, date: str | None = None) -> str:
    """Return why a post is not an issue yet; empty for a published one."""
    if str(is_published).strip().lower() in ("false", "0", "no", "f"):
        return "is a draft, not a published post"
    # A day more than today, because the author may be ahead of UTC.
    if date and date > (utc_now() + timedelta(days=1)).date().isoformat():
        return f"is scheduled for {date}, not published yet"
    return ""
