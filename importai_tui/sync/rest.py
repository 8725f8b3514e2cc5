"""The REST posts of a WordPress site: what has changed, everything page by page, or certain numbers.

https://developer.wordpress.org/rest-api/reference/posts/
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from importai_tui.parse.containers import documents_of_posts
from importai_tui.sync.holes import note_missing
from importai_tui.sync.memory import sought_numbers, wanted_numbers
from importai_tui.sync.visit import Arrived, Visit
from importai_tui.web.client import Answer, Form

A_PAGE = 50
"""Posts in one answer: some 2 MB, so that ten requests bring ten years and the first issues are soon there to read."""
MOST_PAGES = 1_000
"""Pages that are asked for: a hundred times what the newsletter fills, for a site that never says it is at its end."""
NEWEST = 20
"""Posts that a first sync brings, as many as the feed has."""
_FIELDS = "id,date_gmt,modified_gmt,link,title,content"
_OVERLAP = timedelta(days=2)
"""`modified_after` is compared in the site's own time zone, which may be half a day off, and clocks differ."""
_CLOSED = frozenset({401, 403, 404, 410})
_NEXT = re.compile(r'rel="?next\b', re.IGNORECASE)


class RestClosed(Exception):
    """The site gives no REST posts."""


@dataclass(frozen=True, slots=True)
class _Posts:
    page: int
    posts: list[Any]
    total: int | None
    more: bool


async def sync_changes(visit: Visit, now: datetime) -> None:
    """Bring in what the site has changed since the last time; the first time, the newest issues."""
    memory, began = visit.memory, _stamp(now)
    if memory.since:
        await _keep_changes(visit)
    else:
        found = await _ask(visit, 1, per_page=NEWEST, orderby="date", order="desc")
        arrived = await visit.read(documents_of_posts(found.posts))
        note_missing(visit, arrived)
        await visit.keep(arrived)
    memory.since = began
    visit.remember()


async def walk(visit: Visit, now: datetime) -> None:
    """Bring in everything, newest first, from where an earlier walk has stopped."""
    memory = visit.memory
    if not memory.next_page:
        memory.next_page, memory.posts, memory.began = 1, 0, _stamp(now)
    visit.go_on_behind((memory.next_page - 1) * A_PAGE)
    async for found in _pages(visit, memory.next_page, memory.posts or None, orderby="date", order="desc"):
        visit.total = found.total
        await visit.keep(await visit.read(documents_of_posts(found.posts)))
        memory.next_page, memory.posts = found.page + 1, found.total or 0
        visit.remember()
    memory.next_page, memory.complete, memory.since = 0, True, memory.began
    visit.remember()


async def fill(visit: Visit, wanted: Collection[int]) -> None:
    """Bring in the issues with these numbers, and no others."""
    left = set(wanted)
    before, after = _dates_around(visit, wanted)
    query = {"before": before} if before else {}
    visit.look_for(len(left))
    async for found in _pages(visit, orderby="date", order="desc", **query):
        arrived = [one for one in await visit.read(documents_of_posts(found.posts)) if one.issue.number in left]
        await visit.keep(arrived)
        left.difference_update(one.issue.number or 0 for one in arrived)
        if not left or _is_behind(found.posts, after):
            return


async def _keep_changes(visit: Visit) -> None:
    """Changed posts, the latest change first, until a page brings nothing that was not there."""
    after = _stamp(datetime.fromisoformat(visit.memory.since) - _OVERLAP)
    wanted = _everything if visit.memory.complete else _newer_or_stored(visit)
    async for found in _pages(visit, orderby="modified", order="desc", modified_after=after):
        arrived = [one for one in await visit.read(documents_of_posts(found.posts)) if wanted(one)]
        if not await visit.keep(arrived):
            return


def _everything(_: Arrived) -> bool:
    return True


def _newer_or_stored(visit: Visit) -> Callable[[Arrived], bool]:
    """One who has not asked for the back catalogue does not get an old issue because its author corrected it.

    A number that was looked for in vain is welcome whenever it turns up.
    """
    held = visit.library.numbers()
    newest = max(held, default=0)
    welcome = held | wanted_numbers(visit.library) | sought_numbers(visit.library)
    return lambda one: one.issue.number is None or one.issue.number > newest or one.issue.number in welcome


async def _pages(visit: Visit, page: int = 1, total: int | None = None, /, **query: str | int) -> AsyncIterator[_Posts]:
    """Pages of posts from one on, until there are no more; `total` is how many posts there were a page before.

    Where there are fewer now, those behind have moved up, and the pages that they may have moved to are given again.
    """
    before: list[Any] | None = None
    gone_back: set[int] = set()
    for _ in range(MOST_PAGES):
        found = await _ask(visit, page, per_page=A_PAGE, **query)
        up = min(_moved_up(found, total), page - 1)
        if up and page not in gone_back:
            gone_back.add(page)
            page, total, before = page - up, found.total or total, None
            continue
        if found.posts and found.posts == before:
            return  # a site that does not know pages gives the same one for ever
        yield found
        if not found.more:
            return
        page, total, before = page + 1, found.total, found.posts


def _moved_up(found: _Posts, total: int | None) -> int:
    """By how many pages posts have moved up since there were `total`."""
    if total is None:
        return 0
    if found.total is None:  # there is no such page any more
        return int(not found.posts and (found.page - 1) * A_PAGE < total)
    return math.ceil(max(0, total - found.total) / A_PAGE)


async def _ask(visit: Visit, page: int, **query: str | int) -> _Posts:
    """One page of posts; an empty one behind the last."""
    address = f"{visit.memory.address}?{urlencode({**query, 'page': page, '_fields': _FIELDS}, safe=',:')}"
    answer = await visit.ask(address)
    if answer.status in _CLOSED:
        raise RestClosed
    if answer.status == 400 and b"rest_post_invalid_page_number" in answer.body[:1000]:
        return _Posts(page, [], None, more=False)
    if answer.status != 200:
        raise visit.trouble(f"does not give its posts (status {answer.status}). Try again later")
    if answer.form is not Form.JSON:
        raise visit.unexpected(answer, "its posts")
    if answer.moved_to:
        visit.memory.address = answer.moved_to.partition("?")[0]
    posts = _decoded(answer, visit)
    return _Posts(page, posts, _count(answer, "x-wp-total"), _has_more(answer, page, posts))


def _decoded(answer: Answer, visit: Visit) -> list[Any]:
    try:
        posts = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise visit.trouble("sends posts that break off or are damaged. Try again later") from error
    if not isinstance(posts, list):
        raise visit.trouble("sends something else than a list of posts. Check the address")
    return posts


def _has_more(answer: Answer, page: int, posts: list[Any]) -> bool:
    """Whether there is a next page. A page may be short without being the last, so its length says nothing."""
    pages = _count(answer, "x-wp-totalpages")
    if _NEXT.search(answer.headers.get("link", "")):
        return True
    return page < pages if pages is not None else bool(posts)


def _count(answer: Answer, header: str) -> int | None:
    value = answer.headers.get(header, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 7 else None


def _dates_around(visit: Visit, wanted: Collection[int]) -> tuple[str | None, str | None]:
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


def _is_behind(posts: list[Any], oldest: str | None) -> bool:
    """Whether the page's last post is older than anything that is looked for."""
    last = posts[-1].get("date_gmt") if posts and isinstance(posts[-1], dict) else None
    return bool(oldest and isinstance(last, str) and last < oldest)


def _stamp(time: datetime) -> str:
    """As WordPress writes times: ISO 8601, UTC, without a zone."""
    return time.strftime("%Y-%m-%dT%H:%M:%S")
