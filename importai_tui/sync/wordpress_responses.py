"""One REST answer of a WordPress site: its address, its posts, and what the site says of further pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from importai_tui.errors import IncompleteAnswer, RedirectOffline, SyncError, TooLarge, UnusableAnswer
from importai_tui.http import BodyFormat, Response
from importai_tui.parse.feeds import plain_title
from importai_tui.parse.json_feeds import read_json
from importai_tui.sync.fetcher import SourceSync
from importai_tui.sync.truncated_posts import is_protected

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
