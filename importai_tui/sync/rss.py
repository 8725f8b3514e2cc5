"""Syncs RSS, Atom and JSON feeds: one conditional request for the newest issues, or all pages of a WordPress feed.

Pages are used for a site whose REST posts are closed; each has about ten issues. All pages have the validators of the
newest post, so only the first page is requested conditionally.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

from importai_tui.errors import (
    TRY_AGAIN,
    BlockedError,
    BusyError,
    SyncError,
    UnreadableInputError,
    UnusableResponseError,
)
from importai_tui.http.responses import BodyFormat, Response
from importai_tui.parse.containers import read_json_feed
from importai_tui.parse.feeds import strip_title_markup
from importai_tui.parse.formats import MAX_DOCUMENTS, Document
from importai_tui.parse_pool import parse_feed
from importai_tui.sync.excerpts import sort_posts
from importai_tui.sync.fetcher import FetchedIssue, SourceSync, save_missing_behind

_MAX_PAGES = 5_000
"""Pages that are fetched: a hundred times the newsletter, for a site that never reports its last page."""
_HEAD_LENGTH = 5_000
"""Bytes in which a feed names its generator."""
_WORDPRESS = re.compile(rb"<generator>\s*https?://wordpress\.(?:org|com)\b", re.IGNORECASE)
_SUBSTACK = re.compile(rb"<generator>\s*(?:<!\[CDATA\[)?\s*Substack\b", re.IGNORECASE)


class OnlyExcerptsError(UnusableResponseError):
    """The feed has excerpts only."""


async def sync_feed(sync: SourceSync) -> None:
    """Store the issues of the feed, and save the numbers that are missing behind it."""
    response, posts = await fetch_feed(sync, conditional=True)
    if response.status == 304:
        return
    fetched = await parse_posts(sync, response, posts)
    save_missing_behind(sync, fetched)
    newest = max((item.issue.number or 0 for item in fetched), default=0)
    if newest >= sync.state.newest:
        await sync.store(fetched)
        update_validators(sync, response)
        sync.state.newest = newest
    else:
        # A cache sent an old copy of the feed, which must not undo edits.
        stored = sync.library.get_issue_numbers()
        await sync.store(item for item in fetched if item.issue.number not in stored)
    sync.save()


async def fetch_feed(sync: SourceSync, *, conditional: bool = False) -> tuple[Response, list[Document]]:
    """Return the first page of the feed and its posts. `conditional`: if nothing has changed, 304 and no posts.

    A stored address that fails is dropped and the default one used. For a site without a feed there, the address of
    plain permalinks is tried last.
    """
    if sync.first_page:
        return sync.first_page, await read_feed(sync.first_page, sync)
    state, default_address = sync.state, sync.feed_address
    addresses = list(dict.fromkeys((state.address or default_address, default_address)))
    for address in addresses:
        try:
            return await _fetch_address(sync, address, conditional=conditional and address == addresses[0])
        except BusyError:
            raise
        except SyncError as error:
            failure = error
            state.address = state.etag = state.last_modified = ""
    if (
        default_address != sync.source.address
        and isinstance(failure, UnusableResponseError)
        and not isinstance(failure, BlockedError)
    ):
        plain_address = urljoin(default_address, "..") + "?feed=rss2"
        try:
            found = await _fetch_address(sync, plain_address)
        except UnusableResponseError:
            raise failure from None
        state.address = plain_address
        return found
    raise failure


async def read_feed(response: Response, sync: SourceSync) -> list[Document]:
    """Return the posts of a feed. Raises SyncError with a sentence about the source if there are none."""
    if response.status == 401 and "www-authenticate" in response.headers:
        raise sync.response_error(
            "requires a password (status 401), which importai-tui can't give. Use a public URL",
            response,
        )
    if response.status != 200:
        raise sync.response_error(f"has no feed at that URL (status {response.status}). Check the URL", response)
    posts = read_json_feed(response.body) if response.format is BodyFormat.JSON else None
    if posts is None:
        if response.format is not BodyFormat.XML:
            raise sync.format_error(response, "a feed")
        posts = await _read_xml(response, sync)
    if not posts:
        raise sync.response_error(f"sent a feed without posts. {TRY_AGAIN} later", response)
    if len(posts) >= MAX_DOCUMENTS:
        sync.add_remark(
            f"{sync.source.host} sent {MAX_DOCUMENTS:,} posts or more at once; "
            f"only the first {MAX_DOCUMENTS:,} were read."
        )
    return posts


async def parse_posts(sync: SourceSync, response: Response, posts: list[Document]) -> list[FetchedIssue]:
    """Parse the posts of a feed to issues. Excerpts are counted but not parsed.

    Raises OnlyExcerptsError if there is nothing else.
    """
    found = sort_posts(posts, is_substack=bool(_SUBSTACK.search(response.body[:_HEAD_LENGTH])))
    fetched = await sync.parse_documents(found.readable)
    if found.excerpts and not fetched:
        raise OnlyExcerptsError(
            f"The feed of {sync.source.host} has only excerpts, so nothing was stored. "
            "Use the URL of a feed with full posts, or of the site itself."
        )
    sync.add_excerpts(found.excerpts)
    for post in found.protected:
        sync.add_protected(post.url or "", strip_title_markup(post.title or "") or "untitled post")
    return fetched


def update_validators(sync: SourceSync, response: Response) -> None:
    """Store validators and a new address for the next request."""
    state, headers = sync.state, response.headers
    etag, modified = headers.get("etag", ""), headers.get("last-modified", "")
    is_unchanged = bool(modified) and modified == state.last_modified
    if is_unchanged and sync.is_conditional and (etag == state.etag or etag.startswith("W/")):
        state.by_date = True  # both were sent and did not match, because a proxy changed the ETag
    state.by_date = state.by_date and bool(modified)
    state.etag, state.last_modified = etag, modified
    if response.moved_to:
        state.address = response.moved_to


def is_wordpress_feed(response: Response) -> bool:
    """Return True for a feed of WordPress; no other generator has pages."""
    return bool(_WORDPRESS.search(response.body[:_HEAD_LENGTH]))


async def backfill(sync: SourceSync) -> None:
    """Store all issues, newest first; resumes where an earlier backfill stopped."""
    state = sync.state
    state.next_page = state.next_page or 1
    async for page, fetched in _iter_pages(sync, state.next_page):
        await sync.store(fetched)
        state.next_page = page + 1
        sync.save()
    state.next_page, state.complete = 0, True
    sync.save()


async def fetch_numbers(sync: SourceSync, wanted: Collection[int]) -> None:
    """Store the issues with these numbers, and no others."""
    remaining = set(wanted)
    sync.start_count(len(remaining))
    async for _, fetched in _iter_pages(sync, 1):
        await sync.store(item for item in fetched if item.issue.number in remaining)
        remaining.difference_update(item.issue.number or 0 for item in fetched)
        numbers = [item.issue.number for item in fetched if item.issue.number]
        if not remaining or (numbers and max(numbers) < min(remaining)):
            return


async def _fetch_address(
    sync: SourceSync, address: str, *, conditional: bool = False
) -> tuple[Response, list[Document]]:
    response = await sync.fetch(address, conditional=conditional)
    if response.status == 304:
        return response, []
    posts = await read_feed(response, sync)
    sync.first_page = response
    return response, posts


async def _read_xml(response: Response, sync: SourceSync) -> list[Document]:
    try:
        return await sync.run_in_parser(parse_feed, response.body)
    except UnreadableInputError as error:
        message = f"sent an unusable feed ({error}); nothing was stored. {TRY_AGAIN} later, or check the URL"
        raise sync.response_error(message, response) from error


async def _iter_pages(sync: SourceSync, first: int) -> AsyncIterator[tuple[int, list[FetchedIssue]]]:
    """Yield each page number and the issues of that page."""
    previous: set[str | None] = set()
    for page in range(first, _MAX_PAGES):
        if page == 1:
            response, posts = await fetch_feed(sync)
        else:
            response = await sync.fetch(_build_page_address(sync.state.address or sync.feed_address, page))
            if _is_beyond_last_page(response):
                return
            posts = await read_feed(response, sync)
        addresses = {post.url for post in posts}
        if addresses == previous:
            return  # a feed without pages returns the same one for ever
        yield page, await _read_page(sync, response, posts, page)
        if page == 1:
            update_validators(sync, response)
        previous = addresses


async def _read_page(sync: SourceSync, response: Response, posts: list[Document], page: int) -> list[FetchedIssue]:
    try:
        return await parse_posts(sync, response, posts)
    except OnlyExcerptsError:
        if page == 1:
            raise
        sync.add_excerpts(posts)
        return []


def _is_beyond_last_page(response: Response) -> bool:
    """Return True for the response of WordPress beyond the last page: 404, or a feed without posts."""
    return response.status == 404 or (
        response.status == 200 and response.format is BodyFormat.XML and b"<item" not in response.body
    )


def _build_page_address(feed: str, page: int) -> str:
    parts = urlsplit(feed)
    query = "&".join(part for part in (parts.query, urlencode({"paged": page}) if page > 1 else "") if part)
    return urlunsplit(parts._replace(query=query))
