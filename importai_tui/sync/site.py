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

from importai_tui.errors import BusyError, RefusedAddressError, SyncError
from importai_tui.http.addresses import check_source_url, get_endpoint
from importai_tui.http.responses import BodyFormat, Response
from importai_tui.library.library import Library
from importai_tui.parse.containers import read_json_feed
from importai_tui.sync import rss, wordpress
from importai_tui.sync.fetcher import SourceSync
from importai_tui.sync.rss import OnlyExcerptsError, is_wordpress_feed, sync_feed
from importai_tui.sync.sources import MIRROR, Source, SourceKind, SourceState, load_state, save_state
from importai_tui.sync.wordpress import RestClosedError, strip_page_parameters

FEED_KIND, REST_KIND, PAGED_KIND = "feed", "rest", "paged"
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
    if visit.state.kind == REST_KIND:
        await wordpress.sync_changes(visit, now)
    else:
        await sync_feed(visit)


async def backfill_site(visit: SourceSync, now: datetime) -> None:
    """Bring in everything, from where an earlier walk has stopped."""
    if visit.state.kind == REST_KIND:
        await wordpress.backfill(visit, now)
    elif visit.state.kind == PAGED_KIND:
        await rss.backfill(visit)
    else:
        await sync_feed(visit)


async def site_has_grown(visit: SourceSync) -> bool:
    """True if the site says that it has more posts than are known here; a feed never says."""
    return visit.state.kind == REST_KIND and await wordpress.has_grown(visit)


async def fetch_numbers_from_site(visit: SourceSync, wanted: Collection[int]) -> bool:
    """Bring in the issues with these numbers; False if the source has no back catalogue to look for them in."""
    if visit.state.kind == REST_KIND:
        await wordpress.fetch_numbers(visit, wanted)
    elif visit.state.kind == PAGED_KIND:
        await rss.fetch_numbers(visit, wanted)
    return visit.state.kind in (REST_KIND, PAGED_KIND)


def needs_backfill(library: Library, source: Source) -> bool:
    """True if a source has a back catalogue that has not been brought in to its end; a plain feed has none."""
    memory = load_state(library, source.address)
    return memory.kind != FEED_KIND and not (memory.complete or load_state(library, _feed_address(source)).complete)


async def run_with_fallback(visit: SourceSync, action: Callable[[SourceSync], Awaitable[_Value]]) -> _Value:
    """Do something with a source in the way in which it can be asked: by its REST posts, else by its feed."""
    if visit.feed_address != visit.source.address:
        return await action(visit)  # this run has turned to the feed of the site already
    _retry_rest(visit)
    failed = ""
    failure: RestClosedError | SyncError | None = None
    if visit.state.kind == REST_KIND and visit.state.address not in ("", _default_rest_address(visit.source)):
        try:
            return await action(visit)
        except BusyError:
            raise
        except (RestClosedError, SyncError) as error:
            failed, failure = visit.state.address, error
            visit.state.kind = visit.state.address = ""
            visit.has_posts = False
    await _detect_kind(visit)
    if visit.state.kind != REST_KIND:
        return await _run_on_feed(visit, action)
    if visit.state.address != failed:
        failure = None
    if isinstance(failure, SyncError):
        raise failure
    return await _run_on_rest(visit, action, failure)


async def _run_on_rest(
    visit: SourceSync, action: Callable[[SourceSync], Awaitable[_Value]], closed: RestClosedError | None
) -> _Value:
    """Do it by the REST posts at any address that they may have, else by the feed of the site.

    `closed` is what is known of the address in the memory, if the posts are closed there.
    """
    own = visit.state.address
    if closed is None:
        try:
            return await action(visit)
        except RestClosedError as error:
            closed = error
    for address in _other_rest_addresses(visit.source, closed):
        visit.state.address = address
        try:
            return await action(visit)
        except (RestClosedError, SyncError) as error:
            if visit.has_posts and isinstance(error, SyncError):
                raise
            visit.state.address = own
    visit.switch_to_feed(_feed_address(visit.source), _load_feed_state(visit))
    try:
        return await action(visit)
    except (BusyError, OnlyExcerptsError):
        raise
    except SyncError as error:
        raise closed.error or error from closed


async def _run_on_feed(visit: SourceSync, action: Callable[[SourceSync], Awaitable[_Value]]) -> _Value:
    """Do it by a feed; if that is one of WordPress and gives only excerpts, by the REST posts of its site."""
    visit.is_fallback = visit.state.kind == PAGED_KIND
    try:
        return await action(visit)
    except OnlyExcerptsError as excerpts:
        if visit.state.kind != PAGED_KIND:
            raise
        feed, visit.state = visit.state, SourceState(kind=REST_KIND, address=_default_rest_address(visit.source))
        visit.is_fallback = False
        try:
            return await action(visit)
        except (RestClosedError, SyncError):
            visit.state = feed
            raise excerpts from None


def _retry_rest(visit: SourceSync) -> None:
    """Ask a site for its posts again that an older version had given up, and whose feed it asked ever since.

    What came from the feed may be less than the posts have, so the back catalogue is due again.
    """
    memory, feed = visit.state, _feed_address(visit.source)
    is_feed = memory.kind == PAGED_KIND and urlsplit(memory.address).path == urlsplit(feed).path
    if is_feed and feed != visit.source.address:
        save_state(visit.library, feed, replace(memory, since="", began=""))
        visit.state = SourceState(since=memory.since)


async def _detect_kind(visit: SourceSync) -> None:
    """Find out how the source is asked, if that is not known; a feed that was come upon is not asked twice."""
    memory, source = visit.state, visit.source
    if memory.kind:
        memory.address = memory.address or (_default_rest_address(source) if memory.kind == REST_KIND else "")
        return
    if source.kind is SourceKind.SITE:
        memory.kind, memory.address = REST_KIND, _default_rest_address(source)
        return
    answer = await visit.fetch(source.address)
    if answer.status == 200 and _is_feed(answer):
        memory.kind, memory.address = PAGED_KIND if is_wordpress_feed(answer) else FEED_KIND, ""
        visit.first_page = answer
        return
    memory.kind, memory.address = REST_KIND, _find_rest_address(source, answer)


def _is_feed(answer: Response) -> bool:
    if answer.format is BodyFormat.JSON:
        return read_json_feed(answer.body) is not None
    return answer.format is BodyFormat.XML


def _find_rest_address(source: Source, answer: Response) -> str:
    """Where the site's REST posts are: at the address itself, where its header says, else where they always are."""
    if answer.status == 200 and answer.format is BodyFormat.JSON and answer.body.lstrip()[:1] == b"[":
        return strip_page_parameters(source.address)
    said = _API.search(answer.headers.get("link", ""))
    if said:
        try:
            found = check_source_url(urljoin(answer.url, said[1]))
        except RefusedAddressError:
            found = ""
        # No header leads to another host than the one that was named.
        if found and get_endpoint(found) == get_endpoint(source.address):
            if "?" not in found:
                return urljoin(found.rstrip("/") + "/", _POSTS)
            if urlsplit(found).query == _PLAIN_ROUTE:
                return found + _POSTS
    return _default_rest_address(source)


def _default_rest_address(source: Source) -> str:
    """Where a site has its REST posts unless it says otherwise."""
    return urljoin(_root(source), f"wp-json/{_POSTS}")


def _other_rest_addresses(source: Source, closed: RestClosedError) -> Iterator[str]:
    """Where they may be besides, if nothing of WordPress answered there."""
    if not closed.may_be_elsewhere:
        return
    yield f"{_root(source)}?{_PLAIN_ROUTE}{_POSTS}"
    if _is_on_wordpress_com(source, closed.response):
        yield _WORDPRESS_COM.format(host=source.host)


def _is_on_wordpress_com(source: Source, answer: Response | None) -> bool:
    """True for the author's own site, and for others that WordPress.com shows to host."""
    headers = answer.headers if answer and urlsplit(answer.url).hostname == source.host else {}
    signs = f"{headers.get('host-header', '')} {headers.get('x-hacker', '')}".lower()
    is_named = source.host == MIRROR.host or source.host.endswith(".wordpress.com")
    return is_named or "wordpress.com" in signs or "a8c.com" in signs


def _load_feed_state(visit: SourceSync) -> SourceState:
    """The memory of the site's feed. A complete REST walk also completes the feed."""
    known = load_state(visit.library, _feed_address(visit.source))
    return replace(known, kind=PAGED_KIND, complete=known.complete or visit.state.complete)


def _feed_address(source: Source) -> str:
    """Where a WordPress site has its feed."""
    return urljoin(_root(source), "feed/")


def _root(source: Source) -> str:
    """The address of the site itself, as a folder that others can be found in."""
    parts = urlsplit(source.address)
    path = re.sub(r"(?:/wp-json(?:/.*)?|/index\.php|/feed)/?\Z", "", parts.path)
    return parts._replace(path=path, query="", fragment="").geturl().rstrip("/") + "/"
