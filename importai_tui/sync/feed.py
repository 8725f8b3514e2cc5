"""A feed: one conditional request for the newest issues."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from importai_tui.errors import Blocked, Busy, SyncTrouble, UnreadableInput, UnusableAnswer
from importai_tui.parse.document import MOST_PAGES, Document
from importai_tui.parse.feeds import plain_title
from importai_tui.parse.json_feeds import documents_of_json_feed
from importai_tui.parse_pool import parse_feed
from importai_tui.sync.holes import note_missing
from importai_tui.sync.previews import sort_posts
from importai_tui.sync.visit import Arrived, Visit
from importai_tui.web.client import Answer, Form

_HEAD_LENGTH = 5_000
"""Bytes in which a feed names the program that made it."""
_WORDPRESS = re.compile(rb"<generator>\s*https?://wordpress\.(?:org|com)\b", re.IGNORECASE)
_SUBSTACK = re.compile(rb"<generator>\s*(?:<!\[CDATA\[)?\s*Substack\b", re.IGNORECASE)


class OnlyExcerpts(UnusableAnswer):
    """A feed gives no post whole."""


async def sync_feed(visit: Visit) -> None:
    """Bring in what the feed holds, and note which numbers are missing behind it."""
    answer, posts = await ask_feed(visit, conditional=True)
    if answer.status == 304:
        return
    arrived = await read_posts(visit, answer, posts)
    note_missing(visit, arrived)
    newest = max((one.issue.number or 0 for one in arrived), default=0)
    if newest >= visit.memory.newest:
        await visit.keep(arrived)
        note_answer(visit, answer)
        visit.memory.newest = newest
    else:
        # A cache on the way sends an old copy of the feed, which must take no edit back.
        stored = visit.library.numbers()
        await visit.keep(one for one in arrived if one.issue.number not in stored)
    visit.remember()


async def ask_feed(visit: Visit, *, conditional: bool = False) -> tuple[Answer, list[Document]]:
    """The first page of the feed and its posts. `conditional`: only if it has changed, else 304 and no posts.

    A remembered address that fails is forgotten, and the feed's own one asked. Of a site whose feed is not there the
    address of plain permalinks is tried last.
    """
    if visit.first_page:
        return visit.first_page, await posts_of(visit.first_page, visit)
    memory, own = visit.memory, visit.feed_address
    addresses = list(dict.fromkeys((memory.address or own, own)))
    for address in addresses:
        try:
            return await _ask(visit, address, conditional=conditional and address == addresses[0])
        except Busy:
            raise
        except SyncTrouble as error:
            failure = error
            memory.address = memory.etag = memory.last_modified = ""
    if own != visit.source.address and isinstance(failure, UnusableAnswer) and not isinstance(failure, Blocked):
        plain = urljoin(own, "..") + "?feed=rss2"
        try:
            found = await _ask(visit, plain)
        except UnusableAnswer:
            raise failure from None
        memory.address = plain
        return found
    raise failure


async def _ask(visit: Visit, address: str, *, conditional: bool = False) -> tuple[Answer, list[Document]]:
    answer = await visit.ask(address, conditional=conditional)
    if answer.status == 304:
        return answer, []
    posts = await posts_of(answer, visit)
    visit.first_page = answer
    return answer, posts


async def posts_of(answer: Answer, visit: Visit) -> list[Document]:
    """The posts of a feed's answer. Raises SyncTrouble, with a sentence about the source, where it gives none."""
    if answer.status == 401 and "www-authenticate" in answer.headers:
        raise visit.trouble(
            "asks for a name and a password (status 401), and importai-tui can give none. "
            "Use an address that is open to everybody",
            answer,
        )
    if answer.status != 200:
        raise visit.trouble(f"has no feed there (status {answer.status}). Check the address", answer)
    posts = documents_of_json_feed(answer.body) if answer.form is Form.JSON else None
    if posts is None:
        if answer.form is not Form.XML:
            raise visit.unexpected(answer, "a feed")
        posts = await _posts_of_xml(answer, visit)
    if not posts:
        raise visit.trouble("sends a feed without posts. Try again later", answer)
    if len(posts) >= MOST_PAGES:
        visit.remark(
            f"{visit.source.host} sends {MOST_PAGES:,} posts or more in one answer: "
            f"only the first {MOST_PAGES:,} were read."
        )
    return posts


async def _posts_of_xml(answer: Answer, visit: Visit) -> list[Document]:
    try:
        return await visit.parse(parse_feed, answer.body)
    except UnreadableInput as error:
        reason, _, advice = str(error).partition("; ")
        next_step = "Check the address" if advice == "check the address" else "Try again later"
        what = reason.removeprefix("is ") if reason.startswith("is a ") else f"a feed that {reason}"
        raise visit.trouble(f"sends {what}; nothing of it was stored. {next_step}", answer) from error


async def read_posts(visit: Visit, answer: Answer, posts: list[Document]) -> list[Arrived]:
    """The issues of a feed's answer. Posts that are not whole are counted, and not read.

    Raises OnlyExcerpts where there is nothing else.
    """
    found = sort_posts(posts, substack=bool(_SUBSTACK.search(answer.body[:_HEAD_LENGTH])))
    arrived = await visit.read(found.readable)
    if found.excerpts and not arrived:
        raise OnlyExcerpts(
            f"{visit.source.host} gives only the beginnings of its posts in this feed, so none was stored. "
            "Give the address of a feed with whole posts, or of the site itself."
        )
    visit.note_excerpts(found.excerpts)
    for post in found.protected:
        visit.note_protected(post.url or "", plain_title(post.title or "") or "a post without a title")
    return arrived


def note_answer(visit: Visit, answer: Answer) -> None:
    """Remember from an answer how to ask next time."""
    memory, headers = visit.memory, answer.headers
    etag, modified = headers.get("etag", ""), headers.get("last-modified", "")
    is_unchanged = bool(modified) and modified == memory.last_modified
    if is_unchanged and visit.is_conditional and (etag == memory.etag or etag.startswith("W/")):
        memory.by_date = True  # both were sent and did not match: a proxy has changed the ETag
    memory.by_date = memory.by_date and bool(modified)
    memory.etag, memory.last_modified = etag, modified
    if answer.moved_to:
        memory.address = answer.moved_to


def is_wordpress(answer: Answer) -> bool:
    """Whether the feed is one of WordPress, which alone gives it in pages."""
    return bool(_WORDPRESS.search(answer.body[:_HEAD_LENGTH]))
