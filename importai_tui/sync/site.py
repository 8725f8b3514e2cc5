"""A WordPress site, and an address of which nothing is known yet: finds out how it is to be asked, and asks it so.

A site is asked for its REST posts. Where these are refused, its feed stands in, but only for that run: the next one
tries the posts again.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

from importai_tui.errors import Busy, RefusedAddress, SyncError
from importai_tui.http.addresses import check_source_url, endpoint
from importai_tui.http.responses import BodyFormat, Response
from importai_tui.library.library import Library
from importai_tui.parse.containers import documents_of_json_feed
from importai_tui.sync import rss, wordpress
from importai_tui.sync.fetcher import SourceSync
from importai_tui.sync.rss import OnlyExcerpts, is_wordpress, sync_feed
from importai_tui.sync.sources import MIRROR, Source, SourceKind, SourceState, load_state, save_state
from importai_tui.sync.wordpress import RestClosed, route_address

FEED, REST, PAGED = "feed", "rest", "paged"
_POSTS = "wp/v2/posts"
_API = re.compile(r'<([^<>]+)>\s*;\s*rel="https://api\.w\.org/"')
"""The header by which WordPress says where its REST answers are:
https://developer.wordpress.org/rest-api/using-the-rest-api/discovery/"""
_PLAIN_ROUTE = "rest_route=/"
"""The query of that address on a site with plain permalinks."""
_WORDPRESS_COM = "https://public-api.wordpress.com/wp/v2/sites/{host}/posts"
"""The posts of the sites that WordPress.com hosts: https://developer.wordpress.com/docs/api/"""

_Value = TypeVar("_Value")


async def sync_site(visit: SourceSync, now: datetime) -> None:
    """Bring in what is new."""
    if visit.memory.kind == REST:
        await wordpress.sync_changes(visit, now)
    else:
        await sync_feed(visit)


async def walk_site(visit: SourceSync, now: datetime) -> None:
    """Bring in everything, from where an earlier walk has stopped."""
    if visit.memory.kind == REST:
        await wordpress.backfill(visit, now)
    elif visit.memory.kind == PAGED:
        await rss.backfill(visit)
    else:
        await sync_feed(visit)


async def site_has_grown(visit: SourceSync) -> bool:
    """True if the site says that it has more posts than are known here; a feed never says."""
    return visit.memory.kind == REST and await wordpress.has_grown(visit)


async def fill_from_site(visit: SourceSync, wanted: Collection[int]) -> bool:
    """Bring in the issues with these numbers; False if the source has no back catalogue to look for them in."""
    if visit.memory.kind == REST:
        await wordpress.fetch_numbers(visit, wanted)
    elif visit.memory.kind == PAGED:
        await rss.fetch_numbers(visit, wanted)
    return visit.memory.kind in (REST, PAGED)


def has_more(library: Library, source: Source) -> bool:
    """True if a source has a back catalogue that has not been brought in to its end; a plain feed has none."""
    memory = load_state(library, source.address)
    return memory.kind != FEED and not (memory.complete or load_state(library, _feed_address(source)).complete)


async def on_site(visit: SourceSync, act: Callable[[SourceSync], Awaitable[_Value]]) -> _Value:
    """Do something with a source in the way in which it can be asked: by its REST posts, else by its feed."""
    if visit.feed_address != visit.source.address:
        return await act(visit)  # this run has turned to the feed of the site already
    _recover(visit)
    failed = ""
    failure: RestClosed | SyncError | None = None
    if visit.memory.kind == REST and visit.memory.address not in ("", _own_address(visit.source)):
        try:
            return await act(visit)
        except Busy:
            raise
        except (RestClosed, SyncError) as error:
            failed, failure = visit.memory.address, error
            visit.memory.kind = visit.memory.address = ""
            visit.has_posts = False
    await _find(visit)
    if visit.memory.kind != REST:
        return await _on_feed(visit, act)
    if visit.memory.address != failed:
        failure = None
    if isinstance(failure, SyncError):
        raise failure
    return await _on_posts(visit, act, failure)


async def _on_posts(
    visit: SourceSync, act: Callable[[SourceSync], Awaitable[_Value]], closed: RestClosed | None
) -> _Value:
    """Do it by the REST posts at any address that they may have, else by the feed of the site.

    `closed` is what is known of the address in the memory, if the posts are closed there.
    """
    own = visit.memory.address
    if closed is None:
        try:
            return await act(visit)
        except RestClosed as error:
            closed = error
    for address in _other_addresses(visit.source, closed):
        visit.memory.address = address
        try:
            return await act(visit)
        except (RestClosed, SyncError) as error:
            if visit.has_posts and isinstance(error, SyncError):
                raise
            visit.memory.address = own
    visit.turn_to_feed(_feed_address(visit.source), _feed_memory(visit))
    try:
        return await act(visit)
    except (Busy, OnlyExcerpts):
        raise
    except SyncError as error:
        raise closed.error or error from closed


async def _on_feed(visit: SourceSync, act: Callable[[SourceSync], Awaitable[_Value]]) -> _Value:
    """Do it by a feed; if that is one of WordPress and gives only excerpts, by the REST posts of its site."""
    visit.is_fallback = visit.memory.kind == PAGED
    try:
        return await act(visit)
    except OnlyExcerpts as excerpts:
        if visit.memory.kind != PAGED:
            raise
        feed, visit.memory = visit.memory, SourceState(kind=REST, address=_own_address(visit.source))
        visit.is_fallback = False
        try:
            return await act(visit)
        except (RestClosed, SyncError):
            visit.memory = feed
            raise excerpts from None


def _recover(visit: SourceSync) -> None:
    """Ask a site for its posts again that an older version had given up, and whose feed it asked ever since.

    What came from the feed may be less than the posts have, so the back catalogue is due again.
    """
    memory, feed = visit.memory, _feed_address(visit.source)
    is_feed = memory.kind == PAGED and urlsplit(memory.address).path == urlsplit(feed).path
    if is_feed and feed != visit.source.address:
        save_state(visit.library, feed, replace(memory, since="", began=""))
        visit.memory = SourceState(since=memory.since)


async def _find(visit: SourceSync) -> None:
    """Find out how the source is asked, if that is not known; a feed that was come upon is not asked twice."""
    memory, source = visit.memory, visit.source
    if memory.kind:
        memory.address = memory.address or (_own_address(source) if memory.kind == REST else "")
        return
    if source.kind is SourceKind.SITE:
        memory.kind, memory.address = REST, _own_address(source)
        return
    answer = await visit.ask(source.address)
    if answer.status == 200 and _is_feed(answer):
        memory.kind, memory.address = PAGED if is_wordpress(answer) else FEED, ""
        visit.first_page = answer
        return
    memory.kind, memory.address = REST, _posts_address(source, answer)


def _is_feed(answer: Response) -> bool:
    if answer.format is BodyFormat.JSON:
        return documents_of_json_feed(answer.body) is not None
    return answer.format is BodyFormat.XML


def _posts_address(source: Source, answer: Response) -> str:
    """Where the site's REST posts are: at the address itself, where its header says, else where they always are."""
    if answer.status == 200 and answer.format is BodyFormat.JSON and answer.body.lstrip()[:1] == b"[":
        return route_address(source.address)
    said = _API.search(answer.headers.get("link", ""))
    if said:
        try:
            found = check_source_url(urljoin(answer.url, said[1]))
        except RefusedAddress:
            found = ""
        # No header leads to another host than the one that was named.
        if found and endpoint(found) == endpoint(source.address):
            if "?" not in found:
                return urljoin(found.rstrip("/") + "/", _POSTS)
            if urlsplit(found).query == _PLAIN_ROUTE:
                return found + _POSTS
    return _own_address(source)


def _own_address(source: Source) -> str:
    """Where a site has its REST posts unless it says otherwise."""
    return urljoin(_root(source), f"wp-json/{_POSTS}")


def _other_addresses(source: Source, closed: RestClosed) -> Iterator[str]:
    """Where they may be besides, if nothing of WordPress answered there."""
    if not closed.is_elsewhere:
        return
    yield f"{_root(source)}?{_PLAIN_ROUTE}{_POSTS}"
    if _is_on_wordpress_com(source, closed.answer):
        yield _WORDPRESS_COM.format(host=source.host)


def _is_on_wordpress_com(source: Source, answer: Response | None) -> bool:
    """True for the author's own site, and for others that WordPress.com shows to host."""
    headers = answer.headers if answer and urlsplit(answer.url).hostname == source.host else {}
    signs = f"{headers.get('host-header', '')} {headers.get('x-hacker', '')}".lower()
    is_named = source.host == MIRROR.host or source.host.endswith(".wordpress.com")
    return is_named or "wordpress.com" in signs or "a8c.com" in signs


def _feed_memory(visit: SourceSync) -> SourceState:
    """The memory of the site's feed. A complete REST walk also completes the feed."""
    known = load_state(visit.library, _feed_address(visit.source))
    return replace(known, kind=PAGED, complete=known.complete or visit.memory.complete)


def _feed_address(source: Source) -> str:
    """Where a WordPress site has its feed."""
    return urljoin(_root(source), "feed/")


def _root(source: Source) -> str:
    """The address of the site itself, as a folder that others can be found in."""
    parts = urlsplit(source.address)
    path = re.sub(r"(?:/wp-json(?:/.*)?|/index\.php|/feed)/?\Z", "", parts.path)
    return parts._replace(path=path, query="", fragment="").geturl().rstrip("/") + "/"
