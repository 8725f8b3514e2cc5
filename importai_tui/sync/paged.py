"""The feed of a WordPress site, ten issues a page: how its back catalogue is reached where its REST posts are closed.

Its validators are the same for every page, those of the newest post, so only the first page is asked conditionally.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from urllib.parse import urlencode, urlsplit, urlunsplit

from importai_tui.parse.document import Document
from importai_tui.sync.feed import OnlyExcerpts, ask_feed, note_answer, posts_of, read_posts
from importai_tui.sync.visit import Arrived, Visit
from importai_tui.web.client import Answer, Form

_MOST_PAGES = 5_000
"""Pages that are asked for: a hundred times what the newsletter fills, for a site that never says it is at its end."""


async def walk(visit: Visit) -> None:
    """Bring in everything, newest first, from where an earlier walk has stopped."""
    memory = visit.memory
    memory.next_page = memory.next_page or 1
    async for page, arrived in _pages(visit, memory.next_page):
        await visit.keep(arrived)
        memory.next_page = page + 1
        visit.remember()
    memory.next_page, memory.complete = 0, True
    visit.remember()


async def fill(visit: Visit, wanted: Collection[int]) -> None:
    """Bring in the issues with these numbers, and no others."""
    left = set(wanted)
    visit.look_for(len(left))
    async for _, arrived in _pages(visit, 1):
        await visit.keep(one for one in arrived if one.issue.number in left)
        left.difference_update(one.issue.number or 0 for one in arrived)
        numbers = [one.issue.number for one in arrived if one.issue.number]
        if not left or (numbers and max(numbers) < min(left)):
            return


async def _pages(visit: Visit, first: int) -> AsyncIterator[tuple[int, list[Arrived]]]:
    """The issues of one page after another, each with the number of its page."""
    before: set[str | None] = set()
    for page in range(first, _MOST_PAGES):
        if page == 1:
            answer, posts = await ask_feed(visit)
        else:
            answer = await visit.ask(_page_address(visit.memory.address or visit.feed_address, page))
            if _is_behind_the_last(answer):
                return
            posts = await posts_of(answer, visit)
        addresses = {post.url for post in posts}
        if addresses == before:
            return  # a feed that does not know pages gives the same one for ever
        yield page, await _read(visit, answer, posts, page)
        if page == 1:
            note_answer(visit, answer)
        before = addresses


async def _read(visit: Visit, answer: Answer, posts: list[Document], page: int) -> list[Arrived]:
    try:
        return await read_posts(visit, answer, posts)
    except OnlyExcerpts:
        if page == 1:
            raise
        visit.note_excerpts(posts)
        return []


def _is_behind_the_last(answer: Answer) -> bool:
    """WordPress answers 404 there, with a feed that has no posts; anything else than these two is no end."""
    return answer.status == 404 or (answer.status == 200 and answer.form is Form.XML and b"<item" not in answer.body)


def _page_address(feed: str, page: int) -> str:
    parts = urlsplit(feed)
    query = "&".join(part for part in (parts.query, urlencode({"paged": page}) if page > 1 else "") if part)
    return urlunsplit(parts._replace(query=query))
