"""RSS, Atom and JSON feeds: one conditional request for the newest issues; the pages of a WordPress feed.

The pages are for a site whose REST posts are closed; each has about ten issues. All pages have the validators of the
newest post, so only the first page is requested conditionally.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

from importai_tui.errors import Blocked, Busy, SyncError, UnreadableInput, UnusableAnswer
from importai_tui.http.responses import BodyFormat, Response
from importai_tui.parse.containers import documents_of_json_feed
from importai_tui.parse.feeds import plain_title
from importai_tui.parse.formats import MOST_PAGES, Document
from importai_tui.parse_pool import parse_feed
from importai_tui.sync.fetcher import Arrived, SourceSync, note_missing, sort_posts

_MOST_PAGES = 5_000
"""Pages that are fetched: a hundred times the newsletter, for a site that never reports its last page."""
_HEAD_LENGTH = 5_000
"""Bytes in which a feed names its generator."""
_WORDPRESS = re.compile(rb"<generator>\s*https?://wordpress\.(?:org|com)\b", re.IGNORECASE)
_SUBSTACK = re.compile(rb"<generator>\s*(?:<!\[CDATA\[)?\s*Substack\b", re.IGNORECASE)


class OnlyExcerpts(UnusableAnswer):
    """The feed has excerpts only."""


async def sync_feed(visit: SourceSync) -> None:
    """Store the issues of the feed, and note the numbers that are missing behind it."""
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
        # A cache sent an old copy of the feed, which must not undo edits.
        stored = visit.library.numbers()
        await visit.keep(one for one in arrived if one.issue.number not in stored)
    visit.remember()


async def ask_feed(visit: SourceSync, *, conditional: bool = False) -> tuple[Response, list[Document]]:
    """Return the first page of the feed and its posts. `conditional`: if nothing has changed, 304 and no posts.

    A stored address that fails is dropped and the default one used. For a site without a feed there, the address of
    plain permalinks is tried last.
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
        except SyncError as error:
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


async def _ask(visit: SourceSync, address: str, *, conditional: bool = False) -> tuple[Response, list[Document]]:
    answer = await visit.ask(address, conditional=conditional)
    if answer.status == 304:
        return answer, []
    posts = await posts_of(answer, visit)
    visit.first_page = answer
    return answer, posts


async def posts_of(answer: Response, visit: SourceSync) -> list[Document]:
    """Return the posts of a feed. Raises SyncError with a sentence about the source if there are none."""
    if answer.status == 401 and "www-authenticate" in answer.headers:
        raise visit.trouble(
            "asks for a name and a password (status 401), and importai-tui can give none. "
            "Use an address that is open to everybody",
            answer,
        )
    if answer.status != 200:
        raise visit.trouble(f"has no feed there (status {answer.status}). Check the address", answer)
    posts = documents_of_json_feed(answer.body) if answer.format is BodyFormat.JSON else None
    if posts is None:
        if answer.format is not BodyFormat.XML:
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


async def _posts_of_xml(answer: Response, visit: SourceSync) -> list[Document]:
    try:
        return await visit.parse(parse_feed, answer.body)
    except UnreadableInput as error:
        reason, _, advice = str(error).partition("; ")
        next_step = "Check the address" if advice == "check the address" else "Try again later"
        what = reason.removeprefix("is ") if reason.startswith("is a ") else f"a feed that {reason}"
        raise visit.trouble(f"sends {what}; nothing of it was stored. {next_step}", answer) from error


async def read_posts(visit: SourceSync, answer: Response, posts: list[Document]) -> list[Arrived]:
    """Parse the issues of a feed. Excerpts are counted but not parsed.

    Raises OnlyExcerpts if there is nothing else.
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


def note_answer(visit: SourceSync, answer: Response) -> None:
    """Store validators and a new address for the next request."""
    memory, headers = visit.memory, answer.headers
    etag, modified = headers.get("etag", ""), headers.get("last-modified", "")
    is_unchanged = bool(modified) and modified == memory.last_modified
    if is_unchanged and visit.is_conditional and (etag == memory.etag or etag.startswith("W/")):
        memory.by_date = True  # both were sent and did not match, because a proxy changed the ETag
    memory.by_date = memory.by_date and bool(modified)
    memory.etag, memory.last_modified = etag, modified
    if answer.moved_to:
        memory.address = answer.moved_to


def is_wordpress(answer: Response) -> bool:
    """Return True for a feed of WordPress; no other generator has pages."""
    return bool(_WORDPRESS.search(answer.body[:_HEAD_LENGTH]))


async def backfill(visit: SourceSync) -> None:
    """Store all issues, newest first; resumes where an earlier backfill stopped."""
    memory = visit.memory
    memory.next_page = memory.next_page or 1
    async for page, arrived in _pages(visit, memory.next_page):
        await visit.keep(arrived)
        memory.next_page = page + 1
        visit.remember()
    memory.next_page, memory.complete = 0, True
    visit.remember()


async def fetch_numbers(visit: SourceSync, wanted: Collection[int]) -> None:
    """Store the issues with these numbers, and no others."""
    left = set(wanted)
    visit.look_for(len(left))
    async for _, arrived in _pages(visit, 1):
        await visit.keep(one for one in arrived if one.issue.number in left)
        left.difference_update(one.issue.number or 0 for one in arrived)
        numbers = [one.issue.number for one in arrived if one.issue.number]
        if not left or (numbers and max(numbers) < min(left)):
            return


async def _pages(visit: SourceSync, first: int) -> AsyncIterator[tuple[int, list[Arrived]]]:
    """Yield each page number and the issues of that page."""
    before: set[str | None] = set()
    for page in range(first, _MOST_PAGES):
        if page == 1:
            answer, posts = await ask_feed(visit)
        else:
            answer = await visit.ask(_page_address(visit.memory.address or visit.feed_address, page))
            if _is_beyond_last_page(answer):
                return
            posts = await posts_of(answer, visit)
        addresses = {post.url for post in posts}
        if addresses == before:
            return  # a feed without pages returns the same one for ever
        yield page, await _read_page(visit, answer, posts, page)
        if page == 1:
            note_answer(visit, answer)
        before = addresses


async def _read_page(visit: SourceSync, answer: Response, posts: list[Document], page: int) -> list[Arrived]:
    try:
        return await read_posts(visit, answer, posts)
    except OnlyExcerpts:
        if page == 1:
            raise
        visit.note_excerpts(posts)
        return []


def _is_beyond_last_page(answer: Response) -> bool:
    """Return True for the response of WordPress beyond the last page: 404, or a feed without posts."""
    return answer.status == 404 or (
        answer.status == 200 and answer.format is BodyFormat.XML and b"<item" not in answer.body
    )


def _page_address(feed: str, page: int) -> str:
    parts = urlsplit(feed)
    query = "&".join(part for part in (parts.query, urlencode({"paged": page}) if page > 1 else "") if part)
    return urlunsplit(parts._replace(query=query))
