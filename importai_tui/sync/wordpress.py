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

from importai_tui.errors import IncompleteAnswer, RedirectOffline, SyncError, TooLarge, UnusableAnswer
from importai_tui.http.responses import BodyFormat, Response
from importai_tui.parse.containers import documents_of_posts, read_json
from importai_tui.parse.feeds import plain_title
from importai_tui.sync.fetcher import Arrived, SourceSync, is_protected, note_missing
from importai_tui.sync.sources import given_up_numbers, wanted_numbers

_FIELDS = "id,date,date_gmt,modified_gmt,link,title,content"
_CLOSED = frozenset({401, 403, 404, 410})
_MISSING = frozenset({404, 410})
_NEXT = re.compile(r'rel="?next\b', re.IGNORECASE)


class RestClosed(Exception):
    """The site gives no REST posts at this address.

    `error` says so in a sentence; None if that is usual: many sites close them. `is_elsewhere`: nothing of WordPress
    answered there, so the posts may have another address. `answer` is what came.
    """

    def __init__(
        self, error: SyncError | None = None, answer: Response | None = None, *, is_elsewhere: bool = False
    ) -> None:
        super().__init__(str(error or ""))
        self.error = error
        self.answer = answer
        self.is_elsewhere = is_elsewhere


class TooMuch(Exception):
    """A smaller page may come: the answer was too large or did not arrive, or the site refuses so many posts.

    The latter is said by `is_refused`.
    """

    def __init__(self, error: SyncError, *, is_refused: bool = False) -> None:
        super().__init__(str(error))
        self.error = error
        self.is_refused = is_refused


@dataclass(frozen=True, slots=True)
class Posts:
    """One page of posts: which one, how many posts a page was asked for, and how many the site says to have.

    `announces_more`: the site says that there are further pages. `received` counts the posts up to this page.
    """

    page: int
    size: int
    posts: list[Any]
    total: int | None
    announces_more: bool
    received: int = 0

    def after(self, received: int) -> Posts:
        """The same page, with the number of posts up to it."""
        return replace(self, received=received)

    @property
    def readable(self) -> list[Any]:
        """The posts that are not behind a password."""
        return [post for post in self.posts if not (isinstance(post, dict) and _is_protected(post))]

    @property
    def protected(self) -> list[tuple[str, str]]:
        """Address and title of the posts behind a password."""
        return [_named(post) for post in self.posts if isinstance(post, dict) and _is_protected(post)]


async def fetch_posts(visit: SourceSync, page: int, size: int, query: Mapping[str, str]) -> Posts:
    """One page of posts; an empty one behind the last.

    Raises:
        RestClosed: the site gives no posts there.
        TooMuch: a smaller page may come.
        SyncError: anything else.
    """
    address = posts_address(visit.memory.address, {"_fields": _FIELDS, "per_page": size, "page": page, **query})
    try:
        answer = await visit.ask(address)
    except (IncompleteAnswer, TooLarge) as error:
        raise TooMuch(error) from error
    except (UnusableAnswer, RedirectOffline) as error:
        if visit.has_posts:
            raise  # the site gave posts before: it is out of order, and the next run goes on here
        raise RestClosed(error) from error
    _check(visit, answer)
    if answer.status == 400:
        return Posts(page, size, [], None, announces_more=False)
    try:
        posts = decode_posts(answer, visit)
    except UnusableAnswer as error:
        if visit.has_posts:
            raise
        raise RestClosed(error, answer) from error
    visit.has_posts = True
    if answer.moved_to:
        visit.memory.address = route_address(answer.moved_to)
    return Posts(page, size, posts, _count(answer, "x-wp-total"), _announces_more(answer, page, posts))


def posts_address(address: str, query: Mapping[str, str | int]) -> str:
    """The address of a page of posts. With plain permalinks the address of all posts has a query of its own."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query, safe=',:')}"


def route_address(address: str) -> str:
    """An address of posts without the parameters of a page: of its query only the route of plain permalinks is left."""
    parts = urlsplit(address)
    route = dict(parse_qsl(parts.query)).get("rest_route", "")
    return parts._replace(query=urlencode({"rest_route": route}, safe="/") if route else "", fragment="").geturl()


def _check(visit: SourceSync, answer: Response) -> None:
    """Raise what is wrong with an answer that is neither a list of posts nor the end of the pages."""
    status, is_json = answer.status, answer.format is BodyFormat.JSON
    if status in _CLOSED:
        raise RestClosed(None, answer, is_elsewhere=status in _MISSING and not is_json)
    if status == 400:
        if b"rest_post_invalid_page_number" in answer.body[:1000]:
            return
        error = visit.trouble(f"does not give its posts (status {status}). Try again later", answer)
        if b"per_page" in answer.body[:1000]:
            raise TooMuch(error, is_refused=True)
    elif not is_json:
        error = visit.unexpected(answer, "its posts")
    else:
        return
    if visit.has_posts:
        raise error
    raise RestClosed(error, answer, is_elsewhere=not is_json)


def decode_posts(answer: Response, visit: SourceSync) -> list[Any]:
    """The list of posts that an answer holds. Raises UnusableAnswer for anything else."""
    try:
        posts = read_json(answer.body)
    except (ValueError, RecursionError) as error:
        raise visit.trouble("sends posts that break off or are damaged. Try again later", answer) from error
    if not isinstance(posts, list):
        raise visit.trouble("sends something else than a list of posts. Check the address", answer)
    return posts


def _announces_more(answer: Response, page: int, posts: list[Any]) -> bool:
    """True if the site says that there is a next page, or says nothing and this one has posts."""
    pages = _count(answer, "x-wp-totalpages")
    if _NEXT.search(answer.headers.get("link", "")):
        return True
    return page < pages if pages is not None else bool(posts)


def _count(answer: Response, header: str) -> int | None:
    value = answer.headers.get(header, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 7 else None


def _is_protected(post: dict[str, Any]) -> bool:
    content = post.get("content")
    if not isinstance(content, dict):
        return False
    text = content.get("rendered")
    return content.get("protected") is True and (not isinstance(text, str) or not text or is_protected(None, text))


def _named(post: dict[str, Any]) -> tuple[str, str]:
    title = post.get("title")
    title = title.get("rendered") if isinstance(title, dict) else title
    return str(post.get("link") or post.get("id") or ""), plain_title(str(title or "")) or "a post without a title"


A_PAGE = 50
"""Posts in one answer: some 2 MB, so that ten requests bring ten years and the first issues are soon there to read."""
SIZES_AFTER_REFUSAL, SIZES_AFTER_FAILURE = (20, 10, 5, 1), (10, 1)
"""Posts in one answer after the site refused a larger number, and after a larger answer was above the limit or did not
arrive: that costs much time, so there are fewer steps."""
MOST_PAGES = 1_000
"""Pages that are asked for: a hundred times what the newsletter fills, for a site that never says it is at its end."""
NEWEST = 20
"""Posts that a first sync brings, as many as the feed has."""
_BY_DATE = {"orderby": "date", "order": "desc"}
_OVERLAP = timedelta(days=2)
"""`modified_after` is compared in the site's own time zone, which may be half a day off, and clocks differ."""


async def sync_changes(visit: SourceSync, now: datetime) -> None:
    """Bring in what the site has changed since the last time; the first time, the newest issues."""
    memory, began = visit.memory, _stamp(now)
    if memory.since:
        await _keep_changes(visit)
    else:
        arrived: list[Arrived] = []
        posts = 0
        async for found in _pages(visit, _BY_DATE, size=NEWEST):
            arrived += await _read(visit, found)
            posts += len(found.posts)
            if posts >= NEWEST:
                break
        note_missing(visit, arrived)
        await visit.keep(arrived)
    memory.since = began
    visit.remember()


async def backfill(visit: SourceSync, now: datetime) -> None:
    """Bring in everything, newest first, from where an earlier walk has stopped."""
    memory = visit.memory
    if not memory.next_page:
        memory.next_page, memory.page_size, memory.received = 1, 0, 0
        memory.posts, memory.began = 0, _stamp(now)
    page, size = memory.next_page, memory.page_size or A_PAGE
    received = memory.received or (page - 1) * size
    if size != A_PAGE:
        page, received = _resized(page, size, received, A_PAGE)
    visit.continue_backfill(received)
    async for found in _pages(visit, _BY_DATE, page, memory.posts or None, received):
        visit.total = None if found.total is None else max(found.total, found.received)
        await visit.keep(await _read(visit, found))
        memory.next_page, memory.page_size, memory.received = found.page + 1, found.size, found.received
        memory.posts = memory.posts if found.total is None else found.total
        visit.remember()
    memory.next_page, memory.complete, memory.since = 0, True, memory.began
    visit.remember()


async def fetch_numbers(visit: SourceSync, wanted: Collection[int]) -> None:
    """Bring in the issues with these numbers, and no others."""
    left = set(wanted)
    before, after = _dates_around(visit, wanted)
    query = {**_BY_DATE, **({"before": before} if before else {})}
    visit.look_for(len(left))
    async for found in _pages(visit, query):
        arrived = [one for one in await _read(visit, found) if one.issue.number in left]
        await visit.keep(arrived)
        left.difference_update(one.issue.number or 0 for one in arrived)
        if not left or _is_behind(found.posts, "date_gmt", after):
            return


async def has_grown(visit: SourceSync) -> bool:
    """True if the site has posts that neither the walk nor any sync since has met, as backdated ones are.

    The walk is not complete then.
    """
    memory = visit.memory
    if not memory.posts:
        return False
    try:
        found = await fetch_posts(visit, 1, 1, {"_fields": "id"})
    except TooMuch as too_much:
        raise too_much.error from too_much
    if found.total is None or found.total <= memory.posts:
        memory.posts = found.total or memory.posts
        visit.remember()
        return False
    memory.complete = False
    return True


async def _keep_changes(visit: SourceSync) -> None:
    """Store changed posts, the latest change first, up to those that the last sync has seen."""
    memory = visit.memory
    after = _stamp(datetime.fromisoformat(memory.since) - _OVERLAP)
    wanted = _everything if memory.complete else _newer_or_stored(visit)
    query = {"orderby": "modified", "order": "desc", "modified_after": after}
    async for found in _pages(visit, query):
        has_news = await visit.keep([one for one in await _read(visit, found) if wanted(one)])
        if memory.posts:
            memory.posts += sum(_time(post, "date_gmt") > memory.since for post in found.posts)
        last_change = _time(found.posts[-1], "modified_gmt") if found.posts else ""
        if last_change < after and not (has_news and not last_change):
            return  # all that follows was there at the last sync; where posts have no time, what brings nothing new


async def _read(visit: SourceSync, found: Posts) -> list[Arrived]:
    """The issues of a page of posts; those behind a password are noted."""
    for post in found.protected:
        visit.note_protected(*post)
    return await visit.read(documents_of_posts(found.readable))


def _everything(_: Arrived) -> bool:
    return True


def _newer_or_stored(visit: SourceSync) -> Callable[[Arrived], bool]:
    """A test for issues that a user wants who has not asked for the back catalogue.

    An old issue does not come because its author corrected it. A number that was looked for in vain is welcome whenever
    it turns up.
    """
    held = visit.library.numbers()
    newest = max(held, default=0)
    welcome = held | wanted_numbers(visit.library) | given_up_numbers(visit.library)
    return lambda one: one.issue.number is None or one.issue.number > newest or one.issue.number in welcome


async def _pages(
    visit: SourceSync,
    query: Mapping[str, str],
    page: int = 1,
    total: int | None = None,
    received: int = 0,
    *,
    size: int = A_PAGE,
) -> AsyncIterator[Posts]:
    """Pages of posts from one on, until there are no more.

    `total` is how many posts there were a page before: if there are fewer now, those behind have moved up, and the
    pages that they may have moved to are given again. `received` is how many posts came on the pages before.
    """
    before: list[Any] | None = None
    gone_back: set[int] = set()
    is_announced = True
    if visit.page_size and visit.page_size < size:
        page, received = _resized(page, size, received, visit.page_size)
        size = visit.page_size
    for _ in range(MOST_PAGES):
        try:
            found = await fetch_posts(visit, page, size, query)
        except TooMuch as too_much:
            seen = received // (page - 1) if page > 1 else size  # fewer than asked for, if the site cuts its pages
            smaller = visit.page_size = _smaller(min(size, seen + 1), too_much, has_posts=visit.has_posts)
            page, received = _resized(page, size, received, smaller)
            size, total, before = smaller, None, None
            continue
        except (RestClosed, UnusableAnswer):
            if is_announced:
                raise
            return  # the site knows no page behind the last one
        up = min(_moved_up(found, total), page - 1)
        if up and page not in gone_back:
            gone_back.add(page)
            page, total, before = page - up, found.total or total, None
            continue
        if found.posts and found.posts == before:
            return  # a site that does not know pages gives the same one for ever
        received += len(found.posts)
        yield found.after(received)
        is_announced = found.announces_more
        if not (is_announced or _may_go_on(found, received)):
            return
        page, total, before = page + 1, found.total, found.posts
        if not is_announced and len(found.posts) < size:
            # The site cuts its pages and counts them as if it did not, so it knows no page behind this one.
            cut = visit.page_size = len(found.posts)
            page, received = _resized(page, size, received, cut)
            size = cut


def _resized(page: int, size: int, received: int, new_size: int) -> tuple[int, int]:
    """The page of another size that holds the same first post, or an earlier one, and the number of posts before it."""
    page = min((page - 1) * size, received) // new_size + 1
    return page, (page - 1) * new_size


def _smaller(size: int, too_much: TooMuch, *, has_posts: bool) -> int:
    """The next page size below this one.

    If there is none it raises the error of the request, or RestClosed where no posts have come at all.
    """
    sizes = SIZES_AFTER_REFUSAL if too_much.is_refused else SIZES_AFTER_FAILURE
    smaller = next((number for number in sizes if number < size), None)
    if smaller is None:
        raise too_much.error if has_posts else RestClosed(too_much.error)
    return smaller


def _may_go_on(found: Posts, received: int) -> bool:
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


def _moved_up(found: Posts, total: int | None) -> int:
    """By how many pages posts have moved up since there were `total`."""
    if total is None:
        return 0
    if found.total is None:  # there is no such page any more
        return int(not found.posts and (found.page - 1) * found.size < total)
    return math.ceil(max(0, total - found.total) / found.size)


def _dates_around(visit: SourceSync, wanted: Collection[int]) -> tuple[str | None, str | None]:
    """The dates between which the wanted numbers lie, with some days to spare; None where neighbours have none."""
    dates = {head.number: head.date for head in visit.library.issue_heads() if head.number and head.date}
    above = min((number for number in dates if number > max(wanted)), default=None)
    below = max((number for number in dates if number < min(wanted)), default=None)
    newest = _days_off(dates[above], 3) if above else None
    return newest, _days_off(dates[below], -10) if below else None


def _days_off(date: str, days: int) -> str | None:
    try:
        return _stamp(datetime.fromisoformat(date) + timedelta(days=days))
    except (ValueError, OverflowError):
        return None


def _is_behind(posts: list[Any], field: str, oldest: str | None) -> bool:
    """True if the last post of a page has an earlier time than this one."""
    last = _time(posts[-1], field) if posts else ""
    return bool(oldest and last and last < oldest)


def _time(post: Any, field: str) -> str:
    """A time of a post as WordPress writes it; "" if there is none."""
    value = post.get(field) if isinstance(post, dict) else None
    return value if isinstance(value, str) else ""


def _stamp(time: datetime) -> str:
    """A time as WordPress writes it: ISO 8601, UTC, without a zone."""
    return time.strftime("%Y-%m-%dT%H:%M:%S")
