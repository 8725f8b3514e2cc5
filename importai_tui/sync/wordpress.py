"""The REST posts of a WordPress site: what has changed, everything page by page, or certain numbers.

https://developer.wordpress.org/rest-api/reference/posts/

One REST answer of a WordPress site: its address, its posts, and what the site says of further pages.
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
    IncompleteResponseError,
    RedirectOfflineError,
    ResponseTooLargeError,
    SyncError,
    UnusableResponseError,
)
from importai_tui.http.responses import BodyFormat, Response
from importai_tui.parse.containers import convert_posts, read_json
from importai_tui.parse.feeds import strip_title_markup
from importai_tui.sync.fetcher import FetchedIssue, SourceSync, is_protected, save_missing_behind
from importai_tui.sync.sources import load_given_up, load_wanted

_FIELDS = "id,date,date_gmt,modified_gmt,link,title,content"
_CLOSED = frozenset({401, 403, 404, 410})
_MISSING = frozenset({404, 410})
_NEXT = re.compile(r'rel="?next\b', re.IGNORECASE)


class RestClosedError(Exception):
    """The site gives no REST posts at this address.

    `error` says so in a sentence; None if that is usual: many sites close them. `is_elsewhere`: nothing of WordPress
    answered there, so the posts may have another address. `answer` is what came.
    """

    def __init__(
        self, error: SyncError | None = None, response: Response | None = None, *, may_be_elsewhere: bool = False
    ) -> None:
        super().__init__(str(error or ""))
        self.error = error
        self.response = response
        self.may_be_elsewhere = may_be_elsewhere


class PageSizeError(Exception):
    """A smaller page may come: the answer was too large or did not arrive, or the site refuses so many posts.

    The latter is said by `is_refused`.
    """

    def __init__(self, error: SyncError, *, is_refused: bool = False) -> None:
        super().__init__(str(error))
        self.error = error
        self.is_refused = is_refused


@dataclass(frozen=True, slots=True)
class PostsPage:
    """One page of posts: which one, how many posts a page was asked for, and how many the site says to have.

    `announces_more`: the site says that there are further pages. `received` counts the posts up to this page.
    """

    page: int
    size: int
    posts: list[Any]
    total: int | None
    announces_more: bool
    received: int = 0

    def with_received(self, received: int) -> PostsPage:
        """The same page, with the number of posts up to it."""
        return replace(self, received=received)

    @property
    def readable(self) -> list[Any]:
        """The posts that are not behind a password."""
        return [post for post in self.posts if not (isinstance(post, dict) and _is_protected(post))]

    @property
    def protected(self) -> list[tuple[str, str]]:
        """Address and title of the posts behind a password."""
        return [_address_and_title(post) for post in self.posts if isinstance(post, dict) and _is_protected(post)]


async def fetch_page(visit: SourceSync, page: int, size: int, query: Mapping[str, str]) -> PostsPage:
    """One page of posts; an empty one behind the last.

    Raises:
        RestClosed: the site gives no posts there.
        TooMuch: a smaller page may come.
        SyncError: anything else.
    """
    address = build_page_address(visit.state.address, {"_fields": _FIELDS, "per_page": size, "page": page, **query})
    try:
        answer = await visit.fetch(address)
    except (IncompleteResponseError, ResponseTooLargeError) as error:
        raise PageSizeError(error) from error
    except (UnusableResponseError, RedirectOfflineError) as error:
        if visit.has_posts:
            raise  # the site gave posts before: it is out of order, and the next run goes on here
        raise RestClosedError(error) from error
    _check_status(visit, answer)
    if answer.status == 400:
        return PostsPage(page, size, [], None, announces_more=False)
    try:
        posts = decode_posts(answer, visit)
    except UnusableResponseError as error:
        if visit.has_posts:
            raise
        raise RestClosedError(error, answer) from error
    visit.has_posts = True
    if answer.moved_to:
        visit.state.address = strip_page_parameters(answer.moved_to)
    return PostsPage(page, size, posts, _count_from_header(answer, "x-wp-total"), _announces_more(answer, page, posts))


def build_page_address(address: str, query: Mapping[str, str | int]) -> str:
    """The address of a page of posts. With plain permalinks the address of all posts has a query of its own."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query, safe=',:')}"


def strip_page_parameters(address: str) -> str:
    """An address of posts without the parameters of a page: of its query only the route of plain permalinks is left."""
    parts = urlsplit(address)
    route = dict(parse_qsl(parts.query)).get("rest_route", "")
    return parts._replace(query=urlencode({"rest_route": route}, safe="/") if route else "", fragment="").geturl()


def _check_status(visit: SourceSync, answer: Response) -> None:
    """Raise what is wrong with an answer that is neither a list of posts nor the end of the pages."""
    status, is_json = answer.status, answer.format is BodyFormat.JSON
    if status in _CLOSED:
        raise RestClosedError(None, answer, may_be_elsewhere=status in _MISSING and not is_json)
    if status == 400:
        if b"rest_post_invalid_page_number" in answer.body[:1000]:
            return
        error = visit.response_error(f"does not give its posts (status {status}). Try again later", answer)
        if b"per_page" in answer.body[:1000]:
            raise PageSizeError(error, is_refused=True)
    elif not is_json:
        error = visit.format_error(answer, "its posts")
    else:
        return
    if visit.has_posts:
        raise error
    raise RestClosedError(error, answer, may_be_elsewhere=not is_json)


def decode_posts(answer: Response, visit: SourceSync) -> list[Any]:
    """The list of posts that an answer holds. Raises UnusableAnswer for anything else."""
    try:
        posts = read_json(answer.body)
    except (ValueError, RecursionError) as error:
        raise visit.response_error("sends posts that break off or are damaged. Try again later", answer) from error
    if not isinstance(posts, list):
        raise visit.response_error("sends something else than a list of posts. Check the address", answer)
    return posts


def _announces_more(answer: Response, page: int, posts: list[Any]) -> bool:
    """True if the site says that there is a next page, or says nothing and this one has posts."""
    pages = _count_from_header(answer, "x-wp-totalpages")
    if _NEXT.search(answer.headers.get("link", "")):
        return True
    return page < pages if pages is not None else bool(posts)


def _count_from_header(answer: Response, header: str) -> int | None:
    value = answer.headers.get(header, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 7 else None


def _is_protected(post: dict[str, Any]) -> bool:
    content = post.get("content")
    if not isinstance(content, dict):
        return False
    text = content.get("rendered")
    return content.get("protected") is True and (not isinstance(text, str) or not text or is_protected(None, text))


def _address_and_title(post: dict[str, Any]) -> tuple[str, str]:
    title = post.get("title")
    title = title.get("rendered") if isinstance(title, dict) else title
    return str(post.get("link") or post.get("id") or ""), strip_title_markup(
        str(title or "")
    ) or "a post without a title"


PAGE_SIZE = 50
"""Posts in one answer: some 2 MB, so that ten requests bring ten years and the first issues are soon there to read."""
PAGE_SIZES_AFTER_REFUSAL, PAGE_SIZES_AFTER_FAILURE = (20, 10, 5, 1), (10, 1)
"""Posts in one answer after the site refused a larger number, and after a larger answer was above the limit or did not
arrive: that costs much time, so there are fewer steps."""
MAX_PAGES = 1_000
"""Pages that are asked for: a hundred times what the newsletter fills, for a site that never says it is at its end."""
FIRST_SYNC_POSTS = 20
"""Posts that a first sync brings, as many as the feed has."""
_BY_DATE = {"orderby": "date", "order": "desc"}
_OVERLAP = timedelta(days=2)
"""`modified_after` is compared in the site's own time zone, which may be half a day off, and clocks differ."""


async def sync_changes(visit: SourceSync, now: datetime) -> None:
    """Bring in what the site has changed since the last time; the first time, the newest issues."""
    memory, began = visit.state, _format_time(now)
    if memory.since:
        await _store_changes(visit)
    else:
        arrived: list[FetchedIssue] = []
        posts = 0
        async for found in _iter_pages(visit, _BY_DATE, size=FIRST_SYNC_POSTS):
            arrived += await _parse_page(visit, found)
            posts += len(found.posts)
            if posts >= FIRST_SYNC_POSTS:
                break
        save_missing_behind(visit, arrived)
        await visit.store(arrived)
    memory.since = began
    visit.save()


async def backfill(visit: SourceSync, now: datetime) -> None:
    """Bring in everything, newest first, from where an earlier walk has stopped."""
    memory = visit.state
    if not memory.next_page:
        memory.next_page, memory.page_size, memory.received = 1, 0, 0
        memory.posts, memory.began = 0, _format_time(now)
    page, size = memory.next_page, memory.page_size or PAGE_SIZE
    received = memory.received or (page - 1) * size
    if size != PAGE_SIZE:
        page, received = _change_page_size(page, size, received, PAGE_SIZE)
    visit.continue_backfill(received)
    async for found in _iter_pages(visit, _BY_DATE, page, memory.posts or None, received):
        visit.total = None if found.total is None else max(found.total, found.received)
        await visit.store(await _parse_page(visit, found))
        memory.next_page, memory.page_size, memory.received = found.page + 1, found.size, found.received
        memory.posts = memory.posts if found.total is None else found.total
        visit.save()
    memory.next_page, memory.complete, memory.since = 0, True, memory.began
    visit.save()


async def fetch_numbers(visit: SourceSync, wanted: Collection[int]) -> None:
    """Bring in the issues with these numbers, and no others."""
    left = set(wanted)
    before, after = _find_date_range(visit, wanted)
    query = {**_BY_DATE, **({"before": before} if before else {})}
    visit.start_count(len(left))
    async for found in _iter_pages(visit, query):
        arrived = [one for one in await _parse_page(visit, found) if one.issue.number in left]
        await visit.store(arrived)
        left.difference_update(one.issue.number or 0 for one in arrived)
        if not left or _is_last_before(found.posts, "date_gmt", after):
            return


async def has_grown(visit: SourceSync) -> bool:
    """True if the site has posts that neither the walk nor any sync since has met, as backdated ones are.

    The walk is not complete then.
    """
    memory = visit.state
    if not memory.posts:
        return False
    try:
        found = await fetch_page(visit, 1, 1, {"_fields": "id"})
    except PageSizeError as too_much:
        raise too_much.error from too_much
    if found.total is None or found.total <= memory.posts:
        memory.posts = found.total or memory.posts
        visit.save()
        return False
    memory.complete = False
    return True


async def _store_changes(visit: SourceSync) -> None:
    """Store changed posts, the latest change first, up to those that the last sync has seen."""
    memory = visit.state
    after = _format_time(datetime.fromisoformat(memory.since) - _OVERLAP)
    wanted = _is_any if memory.complete else _build_filter(visit)
    query = {"orderby": "modified", "order": "desc", "modified_after": after}
    async for found in _iter_pages(visit, query):
        has_news = await visit.store([one for one in await _parse_page(visit, found) if wanted(one)])
        if memory.posts:
            memory.posts += sum(_get_time(post, "date_gmt") > memory.since for post in found.posts)
        last_change = _get_time(found.posts[-1], "modified_gmt") if found.posts else ""
        if last_change < after and not (has_news and not last_change):
            return  # all that follows was there at the last sync; where posts have no time, what brings nothing new


async def _parse_page(visit: SourceSync, found: PostsPage) -> list[FetchedIssue]:
    """The issues of a page of posts; those behind a password are noted."""
    for post in found.protected:
        visit.add_protected(*post)
    return await visit.parse_documents(convert_posts(found.readable))


def _is_any(_: FetchedIssue) -> bool:
    return True


def _build_filter(visit: SourceSync) -> Callable[[FetchedIssue], bool]:
    """A test for issues that a user wants who has not asked for the back catalogue.

    An old issue does not come because its author corrected it. A number that was looked for in vain is welcome whenever
    it turns up.
    """
    held = visit.library.get_issue_numbers()
    newest = max(held, default=0)
    welcome = held | load_wanted(visit.library) | load_given_up(visit.library)
    return lambda one: one.issue.number is None or one.issue.number > newest or one.issue.number in welcome


async def _iter_pages(
    visit: SourceSync,
    query: Mapping[str, str],
    page: int = 1,
    total: int | None = None,
    received: int = 0,
    *,
    size: int = PAGE_SIZE,
) -> AsyncIterator[PostsPage]:
    """Pages of posts from one on, until there are no more.

    `total` is how many posts there were a page before: if there are fewer now, those behind have moved up, and the
    pages that they may have moved to are given again. `received` is how many posts came on the pages before.
    """
    before: list[Any] | None = None
    gone_back: set[int] = set()
    is_announced = True
    if visit.page_size and visit.page_size < size:
        page, received = _change_page_size(page, size, received, visit.page_size)
        size = visit.page_size
    for _ in range(MAX_PAGES):
        try:
            found = await fetch_page(visit, page, size, query)
        except PageSizeError as too_much:
            seen = received // (page - 1) if page > 1 else size  # fewer than asked for, if the site cuts its pages
            smaller = visit.page_size = _next_smaller_size(min(size, seen + 1), too_much, has_posts=visit.has_posts)
            page, received = _change_page_size(page, size, received, smaller)
            size, total, before = smaller, None, None
            continue
        except (RestClosedError, UnusableResponseError):
            if is_announced:
                raise
            return  # the site knows no page behind the last one
        up = min(_count_shifted_pages(found, total), page - 1)
        if up and page not in gone_back:
            gone_back.add(page)
            page, total, before = page - up, found.total or total, None
            continue
        if found.posts and found.posts == before:
            return  # a site that does not know pages gives the same one for ever
        received += len(found.posts)
        yield found.with_received(received)
        is_announced = found.announces_more
        if not (is_announced or _may_have_next(found, received)):
            return
        page, total, before = page + 1, found.total, found.posts
        if not is_announced and len(found.posts) < size:
            # The site cuts its pages and counts them as if it did not, so it knows no page behind this one.
            cut = visit.page_size = len(found.posts)
            page, received = _change_page_size(page, size, received, cut)
            size = cut


def _change_page_size(page: int, size: int, received: int, new_size: int) -> tuple[int, int]:
    """The page of another size that holds the same first post, or an earlier one, and the number of posts before it."""
    page = min((page - 1) * size, received) // new_size + 1
    return page, (page - 1) * new_size


def _next_smaller_size(size: int, too_much: PageSizeError, *, has_posts: bool) -> int:
    """The next page size below this one.

    If there is none it raises the error of the request, or RestClosed where no posts have come at all.
    """
    sizes = PAGE_SIZES_AFTER_REFUSAL if too_much.is_refused else PAGE_SIZES_AFTER_FAILURE
    smaller = next((number for number in sizes if number < size), None)
    if smaller is None:
        raise too_much.error if has_posts else RestClosedError(too_much.error)
    return smaller


def _may_have_next(found: PostsPage, received: int) -> bool:
    """True if there may be posts behind a page that says it is the last: one more request tells.

    So it is behind a full page, and if there should be more posts than came, because the pages were counted for another
    size or all of them were cut to the same smaller one. (A page may be short because posts on it are hidden.)
    """
    if not found.posts:
        return False
    if len(found.posts) >= found.size:
        return True
    if found.total is None or received >= found.total:
        return False
    return found.page * found.size < found.total or received == found.page * len(found.posts)


def _count_shifted_pages(found: PostsPage, total: int | None) -> int:
    """By how many pages posts have moved up since there were `total`."""
    if total is None:
        return 0
    if found.total is None:  # there is no such page any more
        return int(not found.posts and (found.page - 1) * found.size < total)
    return math.ceil(max(0, total - found.total) / found.size)


def _find_date_range(visit: SourceSync, wanted: Collection[int]) -> tuple[str | None, str | None]:
    """The dates between which the wanted numbers lie, with some days to spare; None where neighbours have none."""
    dates = {head.number: head.date for head in visit.library.get_issue_rows() if head.number and head.date}
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
    """True if the last post of a page has an earlier time than this one."""
    last = _get_time(posts[-1], field) if posts else ""
    return bool(oldest and last and last < oldest)


def _get_time(post: Any, field: str) -> str:
    """A time of a post as WordPress writes it; "" if there is none."""
    value = post.get(field) if isinstance(post, dict) else None
    return value if isinstance(value, str) else ""


def _format_time(time: datetime) -> str:
    """A time as WordPress writes it: ISO 8601, UTC, without a zone."""
    return time.strftime("%Y-%m-%dT%H:%M:%S")
