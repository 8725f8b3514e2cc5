"""REST posts of a WordPress site: changes, a backfill page by page, or certain numbers.

https://developer.wordpress.org/rest-api/reference/posts/
"""

from __future__ import annotations

import math
import re
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from importai_tui.errors import (
    TRY_AGAIN,
    IncompleteResponseError,
    RedirectOfflineError,
    ResponseTooLargeError,
    SyncError,
    UnusableResponseError,
)
from importai_tui.http.responses import BodyFormat, Response
from importai_tui.parse.containers import convert_posts, read_json
from importai_tui.parse.feeds import strip_title_markup
from importai_tui.sync.excerpts import is_protected
from importai_tui.sync.fetcher import FetchedIssue, SourceSync, save_missing_behind
from importai_tui.sync.sources import load_given_up, load_wanted

PAGE_SIZE = 50
"""Posts per response: about 2 MB. Ten requests fetch ten years, and the first issues arrive soon."""
PAGE_SIZES_AFTER_REFUSAL, PAGE_SIZES_AFTER_FAILURE = (20, 10, 5, 1), (10, 1)
"""Smaller sizes to try after a refusal, and after a response that was too large or did not arrive.

Such a failure costs much time, so it has fewer steps."""
MAX_PAGES = 1_000
"""Pages that are fetched: a hundred times the newsletter, for a site that never reports its last page."""
FIRST_SYNC_POSTS = 20
"""Posts that a first sync fetches, as many as the feed has."""
_BY_DATE = {"orderby": "date", "order": "desc"}
_OVERLAP = timedelta(days=2)
"""Overlap of two syncs. `modified_after` is in the site's time zone, half a day off at most, and clocks differ."""
_FIELDS = "id,date,date_gmt,modified_gmt,link,title,content"
_CLOSED = frozenset({401, 403, 404, 410})
_MISSING = frozenset({404, 410})
_NEXT = re.compile(r'rel="?next\b', re.IGNORECASE)


class RestClosedError(Exception):
    """The site gives no REST posts at this address.

    `error` has a sentence for the user; None for a plain refusal, because many sites close REST. `response` is the
    refusal. `may_be_elsewhere`: WordPress did not answer there, so the posts may have another address.
    """

    def __init__(
        self, error: SyncError | None = None, response: Response | None = None, *, may_be_elsewhere: bool = False
    ) -> None:
        super().__init__(str(error or ""))
        self.error = error
        self.response = response
        self.may_be_elsewhere = may_be_elsewhere


class PageSizeError(Exception):
    """A page failed, and a smaller one may succeed. `is_refused`: the site refuses pages of this size."""

    def __init__(self, error: SyncError, *, is_refused: bool = False) -> None:
        super().__init__(str(error))
        self.error = error
        self.is_refused = is_refused


@dataclass(frozen=True, slots=True)
class PostsPage:
    """One page of posts.

    `page` counts from 1; `size` is the requested number of posts; `total` is the number that the site reports, None
    without one. `announces_more`: the site reports further pages. `received` counts the posts up to this page.
    """

    page: int
    size: int
    posts: list[Any]
    total: int | None
    announces_more: bool
    received: int = 0

    def with_received(self, received: int) -> PostsPage:
        """Return the page with the number of posts up to it."""
        return replace(self, received=received)

    @property
    def readable(self) -> list[Any]:
        """The posts that are not behind a password."""
        return [post for post in self.posts if not (isinstance(post, dict) and _is_protected(post))]

    @property
    def protected(self) -> list[tuple[str, str]]:
        """Addresses and titles of the posts behind a password."""
        return [_get_address_and_title(post) for post in self.posts if isinstance(post, dict) and _is_protected(post)]


async def sync_changes(sync: SourceSync, now: datetime) -> None:
    """Store the changes of the site since the last sync; at the first sync, the newest issues."""
    state, began = sync.state, _format_time(now)
    if state.since:
        await _store_changes(sync)
    else:
        fetched: list[FetchedIssue] = []
        posts = 0
        async for found in _iter_pages(sync, _BY_DATE, size=FIRST_SYNC_POSTS):
            fetched += await _parse_page(sync, found)
            posts += len(found.posts)
            if posts >= FIRST_SYNC_POSTS:
                break
        save_missing_behind(sync, fetched)
        await sync.store(fetched)
    state.since = began
    sync.save()


async def backfill(sync: SourceSync, now: datetime) -> None:
    """Store all issues, newest first; resumes where an earlier backfill stopped."""
    state = sync.state
    if not state.next_page:
        state.next_page, state.page_size, state.received = 1, 0, 0
        state.posts, state.began = 0, _format_time(now)
    page, size = state.next_page, state.page_size or PAGE_SIZE
    received = state.received or (page - 1) * size
    if size != PAGE_SIZE:
        page, received = _change_page_size(page, size, received, PAGE_SIZE)
    sync.continue_backfill(received)
    async for found in _iter_pages(sync, _BY_DATE, page, state.posts or None, received):
        sync.total = None if found.total is None else max(found.total, found.received)
        await sync.store(await _parse_page(sync, found))
        state.next_page, state.page_size, state.received = found.page + 1, found.size, found.received
        state.posts = state.posts if found.total is None else found.total
        sync.save()
    state.next_page, state.complete, state.since = 0, True, state.began
    sync.save()


async def fetch_numbers(sync: SourceSync, wanted: Collection[int]) -> None:
    """Store the issues with these numbers, and no others."""
    remaining = set(wanted)
    before, after = _find_date_range(sync, wanted)
    query = {**_BY_DATE, **({"before": before} if before else {})}
    sync.start_count(len(remaining))
    async for found in _iter_pages(sync, query):
        fetched = [item for item in await _parse_page(sync, found) if item.issue.number in remaining]
        await sync.store(fetched)
        remaining.difference_update(item.issue.number or 0 for item in fetched)
        if not remaining or _is_last_before(found.posts, "date_gmt", after):
            return


async def has_grown(sync: SourceSync) -> bool:
    """Return True if the site has posts that neither the backfill nor any later sync has seen, like backdated ones.

    Then the backfill counts as incomplete.
    """
    state = sync.state
    if not state.posts:
        return False
    try:
        found = await fetch_page(sync, 1, 1, {"_fields": "id"})
    except PageSizeError as error:
        raise error.error from error
    if found.total is None or found.total <= state.posts:
        state.posts = found.total or state.posts
        sync.save()
        return False
    state.complete = False
    return True


async def _store_changes(sync: SourceSync) -> None:
    """Store changed posts, latest change first, until the changes that the last sync has seen."""
    state = sync.state
    after = _format_time(datetime.fromisoformat(state.since) - _OVERLAP)
    is_wanted = _accept_all if state.complete else _build_filter(sync)
    query = {"orderby": "modified", "order": "desc", "modified_after": after}
    async for found in _iter_pages(sync, query):
        has_news = await sync.store([item for item in await _parse_page(sync, found) if is_wanted(item)])
        if state.posts:
            state.posts += sum(_get_time(post, "date_gmt") > state.since for post in found.posts)
        last_change = _get_time(found.posts[-1], "modified_gmt") if found.posts else ""
        if last_change < after and not (has_news and not last_change):
            return  # older changes are stored; if posts have no time, a page without news ends the search


async def _parse_page(sync: SourceSync, found: PostsPage) -> list[FetchedIssue]:
    """Parse the issues of a page of posts; add protected posts to the report."""
    for post in found.protected:
        sync.add_protected(*post)
    return await sync.parse_documents(convert_posts(found.readable))


def _accept_all(_: FetchedIssue) -> bool:
    return True


def _build_filter(sync: SourceSync) -> Callable[[FetchedIssue], bool]:
    """Return a filter for changed issues while the back catalogue is not stored.

    It accepts newer and stored issues and issues without a number, and numbers that were searched for before. It
    rejects other old issues, which appear only because they were edited.
    """
    stored = sync.library.get_issue_numbers()
    newest = max(stored, default=0)
    accepted = stored | load_wanted(sync.library) | load_given_up(sync.library)
    return lambda item: item.issue.number is None or item.issue.number > newest or item.issue.number in accepted


async def _iter_pages(
    sync: SourceSync,
    query: Mapping[str, str],
    page: int = 1,
    total: int | None = None,
    received: int = 0,
    *,
    size: int = PAGE_SIZE,
) -> AsyncIterator[PostsPage]:
    """Yield pages of posts from `page` to the last one.

    `total` is the number of posts that the site reported a page before. If it is smaller now, later posts have moved
    up, and the pages that they may have moved to are yielded again. `received` counts the posts of earlier pages.
    """
    previous: list[Any] | None = None
    repeated: set[int] = set()
    is_announced = True
    if sync.page_size and sync.page_size < size:
        page, received = _change_page_size(page, size, received, sync.page_size)
        size = sync.page_size
    for _ in range(MAX_PAGES):
        try:
            found = await fetch_page(sync, page, size, query)
        except PageSizeError as error:
            seen = received // (page - 1) if page > 1 else size  # fewer than requested, if the site caps its pages
            smaller = sync.page_size = _next_smaller_size(min(size, seen + 1), error, has_posts=sync.has_posts)
            page, received = _change_page_size(page, size, received, smaller)
            size, total, previous = smaller, None, None
            continue
        except (RestClosedError, UnusableResponseError):
            if is_announced:
                raise
            return  # the page before was the last one
        shift = min(_count_shifted_pages(found, total), page - 1)
        if shift and page not in repeated:
            repeated.add(page)
            page, total, previous = page - shift, found.total or total, None
            continue
        if found.posts and found.posts == previous:
            return  # a site without pages returns the same one for ever
        received += len(found.posts)
        yield found.with_received(received)
        is_announced = found.announces_more
        if not (is_announced or _may_have_next(found, received)):
            return
        page, total, previous = page + 1, found.total, found.posts
        if not is_announced and len(found.posts) < size:
            # The site caps its pages but counts them by the requested size, so it refuses the page after this one.
            capped = sync.page_size = len(found.posts)
            page, received = _change_page_size(page, size, received, capped)
            size = capped


def _change_page_size(page: int, size: int, received: int, new_size: int) -> tuple[int, int]:
    """Return the page of another size with the same or an earlier first post, and the number of posts before it."""
    page = min((page - 1) * size, received) // new_size + 1
    return page, (page - 1) * new_size


def _next_smaller_size(size: int, error: PageSizeError, *, has_posts: bool) -> int:
    """Return the next page size below this one.

    Without one, raise the error of the request, or RestClosedError if no posts have been received at all.
    """
    sizes = PAGE_SIZES_AFTER_REFUSAL if error.is_refused else PAGE_SIZES_AFTER_FAILURE
    smaller = next((number for number in sizes if number < size), None)
    if smaller is None:
        raise error.error if has_posts else RestClosedError(error.error)
    return smaller


def _may_have_next(found: PostsPage, received: int) -> bool:
    """Return True if there may be posts after a page that reports to be the last; one more request will show.

    That is so after a full page. It is also so if the total is not reached, because pages are counted for another size
    or all are capped to a smaller one. A page may also be short because some of its posts are hidden.
    """
    if not found.posts:
        return False
    if len(found.posts) >= found.size:
        return True
    if found.total is None or received >= found.total:
        return False
    return found.page * found.size < found.total or received == found.page * len(found.posts)


def _count_shifted_pages(found: PostsPage, total: int | None) -> int:
    """Return by how many pages posts have moved up since the site reported `total` posts."""
    if total is None:
        return 0
    if found.total is None:  # the page no longer exists
        return int(not found.posts and (found.page - 1) * found.size < total)
    return math.ceil(max(0, total - found.total) / found.size)


def _find_date_range(sync: SourceSync, wanted: Collection[int]) -> tuple[str | None, str | None]:
    """Return the dates around the wanted numbers, newest first, with some days to spare; None without a neighbour."""
    dates = {row.number: row.date for row in sync.library.get_issue_rows() if row.number and row.date}
    above = min((number for number in dates if number > max(wanted)), default=None)
    below = max((number for number in dates if number < min(wanted)), default=None)
    newest = _shift_date(dates[above], 3) if above else None
    return newest, _shift_date(dates[below], -10) if below else None


def _shift_date(date: str, days: int) -> str | None:
    try:
        return _format_time(datetime.fromisoformat(date) + timedelta(days=days))
    except (ValueError, OverflowError):
        return None


def _is_last_before(posts: list[Any], field: str, oldest: str | None) -> bool:
    """Return True if the last post of a page has an earlier time than `oldest`."""
    last = _get_time(posts[-1], field) if posts else ""
    return bool(oldest and last and last < oldest)


def _get_time(post: Any, field: str) -> str:
    """Return a time of a post as WordPress writes it; "" if there is none."""
    value = post.get(field) if isinstance(post, dict) else None
    return value if isinstance(value, str) else ""


def _format_time(time: datetime) -> str:
    """Format a time as WordPress writes it: ISO 8601, UTC, without a zone."""
    return time.strftime("%Y-%m-%dT%H:%M:%S")


async def fetch_page(sync: SourceSync, page: int, size: int, query: Mapping[str, str]) -> PostsPage:
    """Fetch one page of posts; beyond the last page it is empty.

    Raises:
        RestClosedError: the site gives no posts there.
        PageSizeError: a smaller page may succeed.
        SyncError: anything else.
    """
    address = build_page_address(sync.state.address, {"_fields": _FIELDS, "per_page": size, "page": page, **query})
    try:
        response = await sync.fetch(address)
    except (IncompleteResponseError, ResponseTooLargeError) as error:
        raise PageSizeError(error) from error
    except (UnusableResponseError, RedirectOfflineError) as error:
        if sync.has_posts:
            raise  # REST is not closed, because it gave posts before; the next run continues here
        raise RestClosedError(error) from error
    _check_status(sync, response)
    if response.status == 400:
        return PostsPage(page, size, [], None, announces_more=False)
    try:
        posts = decode_posts(response, sync)
    except UnusableResponseError as error:
        if sync.has_posts:
            raise
        raise RestClosedError(error, response) from error
    sync.has_posts = True
    if response.moved_to:
        sync.state.address = strip_page_parameters(response.moved_to)
    return PostsPage(page, size, posts, _get_count(response, "x-wp-total"), _announces_more(response, page, posts))


def build_page_address(address: str, query: Mapping[str, str | int]) -> str:
    """Build the address of a page of posts. With plain permalinks, the address of the posts already has a query."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query, safe=',:')}"


def strip_page_parameters(address: str) -> str:
    """Remove the parameters of a page from an address of posts; only the route of plain permalinks stays."""
    parts = urlsplit(address)
    route = dict(parse_qsl(parts.query)).get("rest_route", "")
    return parts._replace(query=urlencode({"rest_route": route}, safe="/") if route else "", fragment="").geturl()


def _check_status(sync: SourceSync, response: Response) -> None:
    """Raise an error unless the response may be a list of posts or says that the page is beyond the last."""
    status, is_json = response.status, response.format is BodyFormat.JSON
    if status in _CLOSED:
        raise RestClosedError(None, response, may_be_elsewhere=status in _MISSING and not is_json)
    if status == 400:
        if b"rest_post_invalid_page_number" in response.body[:1000]:
            return
        error = sync.response_error(f"refuses to list its posts (status {status}). {TRY_AGAIN} later", response)
        if b"per_page" in response.body[:1000]:
            raise PageSizeError(error, is_refused=True)
    elif not is_json:
        error = sync.format_error(response, "its posts")
    else:
        return
    if sync.has_posts:
        raise error
    raise RestClosedError(error, response, may_be_elsewhere=not is_json)


def decode_posts(response: Response, sync: SourceSync) -> list[Any]:
    """Return the list of posts in a response. Raises UnusableResponseError for anything else."""
    try:
        posts = read_json(response.body)
    except (ValueError, RecursionError) as error:
        raise sync.response_error(f"sent incomplete or damaged posts. {TRY_AGAIN} later", response) from error
    if not isinstance(posts, list):
        raise sync.response_error("sent something other than a list of posts. Check the URL", response)
    return posts


def _announces_more(response: Response, page: int, posts: list[Any]) -> bool:
    """Return True if the site reports a next page, or reports nothing and this page has posts."""
    pages = _get_count(response, "x-wp-totalpages")
    if _NEXT.search(response.headers.get("link", "")):
        return True
    return page < pages if pages is not None else bool(posts)


def _get_count(response: Response, header: str) -> int | None:
    value = response.headers.get(header, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 7 else None


def _is_protected(post: dict[str, Any]) -> bool:
    content = post.get("content")
    if not isinstance(content, dict):
        return False
    text = content.get("rendered")
    return content.get("protected") is True and (not isinstance(text, str) or not text or is_protected(None, text))


def _get_address_and_title(post: dict[str, Any]) -> tuple[str, str]:
    title = post.get("title")
    title = title.get("rendered") if isinstance(title, dict) else title
    address = str(post.get("link") or post.get("id") or "")
    return address, strip_title_markup(str(title or "")) or "untitled post"
