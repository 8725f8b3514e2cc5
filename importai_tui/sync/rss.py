"""RSS, Atom and JSON feeds: one conditional request for the newest issues; the pages of a WordPress feed.

The pages are for a site whose REST posts are closed; each has about ten issues. All pages have the validators of the
newest post, so only the first page is requested conditionally.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

from importai_tui.errors import BlockedError, BusyError, SyncError, UnreadableInputError, UnusableResponseError
from importai_tui.http.responses import BodyFormat, Response
from importai_tui.parse.containers import read_json_feed
from importai_tui.parse.feeds import strip_title_markup
from importai_tui.parse.formats import MAX_DOCUMENTS, Document
from importai_tui.parse_pool import parse_feed
from importai_tui.sync.fetcher import FetchedIssue, SourceSync, save_missing_behind, sort_posts

_MAX_PAGES = 5_000
"""Pages that are fetched: a hundred times the newsletter, for a site that never reports its last page."""
_HEAD_LENGTH = 5_000
"""Bytes in which a feed names its generator."""
_WORDPRESS = re.compile(rb"<generator>\s*https?://wordpress\.(?:org|com)\b", re.IGNORECASE)
_SUBSTACK = re.compile(rb"<generator>\s*(?:<!\[CDATA\[)?\s*Substack\b", re.IGNORECASE)


class OnlyExcerptsError(UnusableResponseError):
    """The feed has excerpts only."""


async def sync_feed(visit: SourceSync) -> None:
    """Store the issues of the feed, and note the numbers that are missing behind it."""
    answer, posts = await fetch_feed(visit, conditional=True)
    if answer.status == 304:
        return
    arrived = await parse_posts(visit, answer, posts)
    save_missing_behind(visit, arrived)
    newest = max((one.issue.number or 0 for one in arrived), default=0)
    if newest >= visit.state.newest:
        await visit.store(arrived)
        update_validators(visit, answer)
        visit.state.newest = newest
    else:
        # A cache sent an old copy of the feed, which must not undo edits.
        stored = visit.library.get_issue_numbers()
        await visit.store(one for one in arrived if one.issue.number not in stored)
    visit.save()


async def fetch_feed(visit: SourceSync, *, conditional: bool = False) -> tuple[Response, list[Document]]:
    """Return the first page of the feed and its posts. `conditional`: if nothing has changed, 304 and no posts.

    A stored address that fails is dropped and the default one used. For a site without a feed there, the address of
    plain permalinks is tried last.
    """
    if visit.first_page:
        return visit.first_page, await read_feed(visit.first_page, visit)
    memory, own = visit.state, visit.feed_address
    addresses = list(dict.fromkeys((memory.address or own, own)))
    for address in addresses:
        try:
            return await _fetch_address(visit, address, conditional=conditional and address == addresses[0])
        except BusyError:
            raise
        except SyncError as error:
            failure = error
            memory.address = memory.etag = memory.last_modified = ""
    if (
        own != visit.source.address
        and isinstance(failure, UnusableResponseError)
        and not isinstance(failure, BlockedError)
    ):
        plain = urljoin(own, "..") + "?feed=rss2"
        try:
            found = await _fetch_address(visit, plain)
        except UnusableResponseError:
            raise failure from None
        memory.address = plain
        return found
    raise failure


async def _fetch_address(
    visit: SourceSync, address: str, *, conditional: bool = False
) -> tuple[Response, list[Document]]:
    answer = await visit.fetch(address, conditional=conditional)
    if answer.status == 304:
        return answer, []
    posts = await read_feed(answer, visit)
    visit.first_page = answer
    return answer, posts


async def read_feed(answer: Response, visit: SourceSync) -> list[Document]:
    """Return the posts of a feed. Raises SyncError with a sentence about the source if there are none."""
    if answer.status == 401 and "www-authenticate" in answer.headers:
        raise visit.response_error(
            "asks for a name and a password (status 401), and importai-tui can give none. "
            "Use an address that is open to everybody",
            answer,
        )
    if answer.status != 200:
        raise visit.response_error(f"has no feed there (status {answer.status}). Check the address", answer)
    posts = read_json_feed(answer.body) if answer.format is BodyFormat.JSON else None
    if posts is None:
        if answer.format is not BodyFormat.XML:
            raise visit.format_error(answer, "a feed")
        posts = await _read_xml(answer, visit)
    if not posts:
        raise visit.response_error("sends a feed without posts. Try again later", answer)
    if len(posts) >= MAX_DOCUMENTS:
        visit.add_remark(
            f"{visit.source.host} sends {MAX_DOCUMENTS:,} posts or more in one answer: "
            f"only the first {MAX_DOCUMENTS:,} were read."
        )
    return posts


async def _read_xml(answer: Response, visit: SourceSync) -> list[Document]:
    try:
        return await visit.run_in_parser(parse_feed, answer.body)
    except UnreadableInputError as error:
        reason, _, advice = str(error).partition("; ")
        next_step = "Check the address" if advice == "check the address" else "Try again later"
        what = reason.removeprefix("is ") if reason.startswith("is a ") else f"a feed that {reason}"
        raise visit.response_error(f"sends {what}; nothing of it was stored. {next_step}", answer) from error


async def parse_posts(visit: SourceSync, answer: Response, posts: list[Document]) -> list[FetchedIssue]:
    """Parse the issues of a feed. Excerpts are counted but not parsed.

    Raises OnlyExcerpts if there is nothing else.
    """
    found = sort_posts(posts, is_substack=bool(_SUBSTACK.search(answer.body[:_HEAD_LENGTH])))
    arrived = await visit.parse_documents(found.readable)
    if found.excerpts and not arrived:
        raise OnlyExcerptsError(
            f"{visit.source.host} gives only the beginnings of its posts in this feed, so none was stored. "
            "Give the address of a feed with whole posts, or of the site itself."
        )
    visit.add_excerpts(found.excerpts)
    for post in found.protected:
        visit.add_protected(post.url or "", strip_title_markup(post.title or "") or "a post without a title")
    return arrived


def update_validators(visit: SourceSync, answer: Response) -> None:
    """Store validators and a new address for the next request."""
    memory, headers = visit.state, answer.headers
    etag, modified = headers.get("etag", ""), headers.get("last-modified", "")
    is_unchanged = bool(modified) and modified == memory.last_modified
    if is_unchanged and visit.is_conditional and (etag == memory.etag or etag.startswith("W/")):
        memory.by_date = True  # both were sent and did not match, because a proxy changed the ETag
    memory.by_date = memory.by_date and bool(modified)
    memory.etag, memory.last_modified = etag, modified
    if answer.moved_to:
        memory.address = answer.moved_to


def is_wordpress_feed(answer: Response) -> bool:
    """Return True for a feed of WordPress; no other generator has pages."""
    return bool(_WORDPRESS.search(answer.body[:_HEAD_LENGTH]))


async def backfill(visit: SourceSync) -> None:
    """Store all issues, newest first; resumes where an earlier backfill stopped."""
    memory = visit.state
    memory.next_page = memory.next_page or 1
    async for page, arrived in _iter_pages(visit, memory.next_page):
        await visit.store(arrived)
        memory.next_page = page + 1
        visit.save()
    memory.next_page, memory.complete = 0, True
    visit.save()


async def fetch_numbers(visit: SourceSync, wanted: Collection[int]) -> None:
    """Store the issues with these numbers, and no others."""
    left = set(wanted)
    visit.start_count(len(left))
    async for _, arrived in _iter_pages(visit, 1):
        await visit.store(one for one in arrived if one.issue.number in left)
        left.difference_update(one.issue.number or 0 for one in arrived)
        numbers = [one.issue.number for one in arrived if one.issue.number]
        if not left or (numbers and max(numbers) < min(left)):
            return


async def _iter_pages(visit: SourceSync, first: int) -> AsyncIterator[tuple[int, list[FetchedIssue]]]:
    """Yield each page number and the issues of that page."""
    before: set[str | None] = set()
    for page in range(first, _MAX_PAGES):
        if page == 1:
            answer, posts = await fetch_feed(visit)
        else:
            answer = await visit.fetch(_page_address(visit.state.address or visit.feed_address, page))
            if _is_beyond_last_page(answer):
                return
            posts = await read_feed(answer, visit)
        addresses = {post.url for post in posts}
        if addresses == before:
            return  # a feed without pages returns the same one for ever
        yield page, await _read_page(visit, answer, posts, page)
        if page == 1:
            update_validators(visit, answer)
        before = addresses


async def _read_page(visit: SourceSync, answer: Response, posts: list[Document], page: int) -> list[FetchedIssue]:
    try:
        return await parse_posts(visit, answer, posts)
    except OnlyExcerptsError:
        if page == 1:
            raise
        visit.add_excerpts(posts)
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
