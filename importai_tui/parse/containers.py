"""Reads files that contain pages: mails, mailboxes, feeds, REST responses and Substack exports.

Each page becomes a `Document` with the title, date and URL that the file states for it. Nothing else in the file is
opened. Callers skip pages that are no issue.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard

from importai_tui.clock import utc_now
from importai_tui.errors import UnreadableInputError
from importai_tui.parse.feeds import is_xml_feed, read_entries, strip_title_markup
from importai_tui.parse.formats import MAX_DOCUMENTS, MAX_PAGE_BYTES, Document
from importai_tui.parse.mail import is_mailbox, read_mail, read_mailbox, strip_preface

_JSON_START = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*[{\[]")
"""The start of JSON in UTF-8 or UTF-16."""
_JSON_OBJECT_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{\s*\"")
"""A start that JSON has and prose does not."""


def read_documents(data: bytes) -> Iterator[Document]:
    """Yield the pages of a file; the file itself if it is one page.

    Raises:
        UnreadableInputError: the file is a broken container.
    """
    if data.startswith(b"PK\x03\x04"):
        return _read_export(data)
    if is_mailbox(data):
        return read_mailbox(data)
    if (mail := strip_preface(data)) is not None:
        return iter((read_mail(mail),))
    if is_xml_feed(data):
        return read_entries(data)
    if _JSON_START.match(data):
        return _read_json_documents(data)
    return iter((Document(data),))


_MAX_TITLE_LENGTH = 2_000
_MANY_BRACKETS, _BYTES_PER_BRACKET = 20_000, 25
"""JSON with more objects and lists than the first number needs an average of this many bytes for each. Each takes up
to 230 bytes of memory. A page of posts has some hundred, with 40,000 bytes for each post."""
_UNPUBLISHED_STATUSES = ("draft", "auto-draft", "pending", "future", "trash")
"""Values of a WordPress post's `status`."""


def read_json(data: bytes) -> Any:
    """Parse JSON from outside.

    Raises:
        ValueError: the bytes are no JSON, or have too many brackets for their size.
        RecursionError: the JSON is nested too deeply.
    """
    brackets = data.count(b"{") + data.count(b"[")
    if brackets > _MANY_BRACKETS and brackets * _BYTES_PER_BRACKET > len(data):
        raise ValueError("there are more objects than text")
    return json.loads(data)


def read_json_feed(data: bytes) -> list[Document] | None:
    """Return the items of a JSON Feed that have a body; None if the bytes are no JSON Feed.

    Formats: https://www.jsonfeed.org/version/1.1/ and 1.0, which has the same fields.
    """
    if b"jsonfeed.org" not in data:
        return None
    try:
        feed = read_json(data)
    except (ValueError, RecursionError):
        return None
    return list(_convert_json_feed(feed)) if _is_json_feed(feed) else None


def _is_json_feed(value: object) -> TypeGuard[dict[str, Any]]:
    """Return True if decoded JSON is a JSON Feed."""
    if not isinstance(value, dict) or not isinstance(value.get("items"), list):
        return False
    return "jsonfeed.org/version" in str(value.get("version", ""))


def _convert_json_feed(feed: dict[str, Any]) -> Iterator[Document]:
    """Yield the items of a decoded JSON Feed that have a body."""
    for number, item in enumerate(feed["items"][:MAX_DOCUMENTS], 1):
        if isinstance(item, dict) and (page := _convert_item(item, number)):
            yield page


def convert_posts(posts: Sequence[object]) -> Iterator[Document]:
    """Yield the posts of a decoded REST response that have a body."""
    for number, post in enumerate(posts[:MAX_DOCUMENTS], 1):
        if isinstance(post, dict) and (page := _convert_post(post, number)):
            yield page


def _read_json_documents(data: bytes) -> Iterator[Document]:
    """Yield the posts of a JSON Feed or of a saved REST response of WordPress or Substack.

    A REST response is a list, one post, or an object with the list `posts`.
    """
    if data.startswith(b'{"importai-tui":"reading-state"'):
        raise UnreadableInputError("a reading state; merge it with importai-tui import-state")
    try:
        value = read_json(data)
    except (ValueError, RecursionError) as error:
        if _JSON_OBJECT_START.match(data):
            raise UnreadableInputError("incomplete or damaged JSON; save it again") from error
        yield Document(data)  # prose that starts with a bracket
        return
    if _is_json_feed(value):
        yield from _convert_json_feed(value)
        return
    if isinstance(value, dict):
        value = value.get("posts", [value])
    pages = list(convert_posts(value)) if isinstance(value, list) else []
    if not pages:
        raise UnreadableInputError("JSON without posts (expected a WordPress or Substack API response)")
    yield from pages


def _convert_item(item: dict[str, Any], number: int) -> Document | None:
    body = _get_first_text(item, "content_html", "content_text", "summary")
    if not body:
        return None
    urls = (item.get(name) for name in ("url", "external_url", "id"))
    return Document(
        body.encode("utf-8", "replace"),
        f"item {number}",
        title=" ".join(_get_first_text(item, "title")[:_MAX_TITLE_LENGTH].split()) or None,
        date=_parse_utc_day(_get_first_text(item, "date_published", "date_modified")),
        url=next((url for url in urls if isinstance(url, str) and url.startswith(("http://", "https://"))), None),
    )


def _convert_post(post: dict[str, Any], number: int) -> Document | None:
    body = _get_html(post.get("content")) or _get_html(post.get("body_html"))
    if not body:
        return None
    date = post.get("date_gmt") or post.get("date") or post.get("post_date")
    date = date[:10] if isinstance(date, str) else ""
    url = post.get("link") or post.get("canonical_url") or post.get("URL")
    return Document(
        body.encode("utf-8", "replace"),
        f"post {number}",
        title=strip_title_markup(_get_html(post.get("title")) or "") or None,
        date=date if _is_date(date) else None,
        url=url if isinstance(url, str) else None,
        unpublished_reason=_get_unpublished_reason(
            post.get("is_published", post.get("status") not in _UNPUBLISHED_STATUSES)
        ),
    )


def _get_first_text(item: dict[str, Any], *names: str) -> str:
    """Return the first of these fields that has a text, else an empty text."""
    values = (item.get(name) for name in names)
    return next((value for value in values if isinstance(value, str) and value.strip()), "")


def _get_html(value: object) -> str | None:
    """Return the HTML of a field. WordPress wraps it in an object with the field `rendered`."""
    if isinstance(value, dict):
        value = value.get("rendered")
    return value if isinstance(value, str) else None


def _parse_utc_day(time: str) -> str | None:
    """Return the UTC day of a time in the format of RFC 3339; None if it is invalid."""
    try:
        found = datetime.fromisoformat(time.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC).date().isoformat()
    except (ValueError, OverflowError):
        return None


def _is_date(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return False
    return True


MAX_UNPACKED_BYTES = 200_000_000
"""Unpacked size of all pages of one file."""
MAX_COMPRESSION_RATIO = 200
"""Unpacked to packed size. An issue has 2.5 to 1, a zip bomb 1000 to 1."""
_POST_FILE = re.compile(r"^(?:[^/\\]+/)?posts/(\d+)(?:\.[\w-]+)?\.html$")
_POSTS_CSV = re.compile(r"^(?:[^/\\]+/)?posts\.csv$")
_ZIP_ERRORS = (
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
"""Errors that the standard library raises on damaged members. It documents only the first."""


class _DamagedMember(Exception):
    """A file in a zip file cannot be read; the text follows its name."""


def _read_export(data: bytes) -> Iterator[Document]:
    """Yield the posts of a Substack export: `posts.csv` and `posts/*.html`.

    Subscriber lists and statistics are never opened.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except _ZIP_ERRORS as error:
        raise UnreadableInputError("an incomplete or damaged zip file; download it again") from error
    posts = [member for member in members if _POST_FILE.match(member.filename)]
    if not posts:
        raise UnreadableInputError("a zip file without posts/*.html (expected a Substack export)")
    if len(posts) > MAX_DOCUMENTS or len({member.filename for member in posts}) < len(posts):
        raise UnreadableInputError(f"a zip file with more than {MAX_DOCUMENTS:,} posts, or with two of the same name")
    with archive:
        table = next((member for member in members if _POSTS_CSV.match(member.filename)), None)
        rows = _read_posts_csv(archive, table) if table else {}
        total = 0
        for member in posts:
            try:
                page = _read_member(archive, member)
            except _DamagedMember as error:
                if len(posts) == 1:
                    raise UnreadableInputError(f"a zip file with a bad {member.filename[:60]}: {error}") from error
                # one post must not hide the others
                yield Document(b"", member.filename.rpartition("/")[2], problem=str(error))
                continue
            total += len(page)
            if total > MAX_UNPACKED_BYTES:
                raise UnreadableInputError(f"too large when unpacked (more than {MAX_UNPACKED_BYTES // 1_000_000} MB)")
            yield _convert_export_page(member.filename, page, rows)


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Read one member with a size limit, because its declared size may be false.

    Raises:
        UnreadableInputError: the file is encrypted.
        _DamagedMember: this member cannot be read, or is made to fill the memory.
    """
    if member.flag_bits & 1:
        raise UnreadableInputError("an encrypted zip file")
    if member.file_size > MAX_COMPRESSION_RATIO * max(member.compress_size, 100):
        raise _DamagedMember(f"too large when unpacked ({member.file_size:,} bytes)")
    try:
        with archive.open(member) as stream:
            page = stream.read(MAX_PAGE_BYTES + 1)
    except _ZIP_ERRORS as error:
        raise _DamagedMember("damaged; download the zip file again") from error
    if len(page) > MAX_PAGE_BYTES:
        raise _DamagedMember("too large for an issue")
    return page


def _read_posts_csv(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> dict[str, dict[str, str]]:
    """Return the rows of `posts.csv`; see `_parse_posts_csv`."""
    try:
        return _parse_posts_csv(_read_member(archive, member))
    except _DamagedMember as error:
        raise UnreadableInputError(f"a zip file with a bad {member.filename[:60]}: {error}") from error


def _parse_posts_csv(table: bytes) -> dict[str, dict[str, str]]:
    """Return the rows of `posts.csv` by the number at the start of their `post_id`.

    Columns are found by name, because their order has changed.
    """
    text = io.StringIO(table.decode("utf-8-sig", "replace"), newline="")
    rows: dict[str, dict[str, str]] = {}
    try:
        for row in csv.DictReader(text):
            number = (row.get("post_id") or "").partition(".")[0]
            rows[number] = {name: value for name, value in row.items() if name and isinstance(value, str)}
    except csv.Error:
        return rows
    return rows


def _convert_export_page(name: str, page: bytes, rows: dict[str, dict[str, str]]) -> Document:
    match = _POST_FILE.match(name)
    row = rows.get(match[1] if match else "", {})
    date = row.get("post_date", "")[:10]
    title = html.unescape(row.get("title", "")).strip()
    known_date = date if _is_date(date) else None
    unpublished = _get_unpublished_reason(row.get("is_published"), known_date)
    return Document(page, name.rpartition("/")[2], title=title or None, date=known_date, unpublished_reason=unpublished)


def _get_unpublished_reason(is_published: object, date: str | None = None) -> str:
    """Return why a post is not an issue yet; empty for a published one."""
    if str(is_published).strip().lower() in ("false", "0", "no", "f"):
        return "a draft, not a published post"
    # One day of tolerance, because the author may be ahead of UTC.
    if date and date > (utc_now() + timedelta(days=1)).date().isoformat():
        return f"scheduled for {date}, not published yet"
    return ""
