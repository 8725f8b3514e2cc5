"""WordPress sites and addresses of unknown kind: detects how to request them, with fallbacks.

A site is asked for its REST posts. If these are refused, its feed is used, but only for that run: the next run tries
REST again.
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
_POSTS_ROUTE = "wp/v2/posts"
_API_LINK = re.compile(r'<([^<>]+)>\s*;\s*rel="https://api\.w\.org/"')
"""Link header that names the REST address:
https://developer.wordpress.org/rest-api/using-the-rest-api/discovery/"""
_PLAIN_ROUTE = "rest_route=/"
"""Query of the REST address on a site with plain permalinks."""
_WORDPRESS_COM = "https://public-api.wordpress.com/wp/v2/sites/{host}/posts"
"""REST posts of sites hosted by WordPress.com: https://developer.wordpress.com/docs/api/"""

_Value = TypeVar("_Value")


async def sync_site(sync: SourceSync, now: datetime) -> None:
    """Store new and changed issues."""
    if sync.state.kind == REST_KIND:
        await wordpress.sync_changes(sync, now)
    else:
        await sync_feed(sync)


async def backfill_site(sync: SourceSync, now: datetime) -> None:
    """Store all issues; resumes where an earlier backfill stopped."""
    if sync.state.kind == REST_KIND:
        await wordpress.backfill(sync, now)
    elif sync.state.kind == PAGED_KIND:
        await rss.backfill(sync)
    else:
        await sync_feed(sync)


async def site_has_grown(sync: SourceSync) -> bool:
    """Return True if the site reports more posts than are known here; a feed reports none."""
    return sync.state.kind == REST_KIND and await wordpress.has_grown(sync)


async def fetch_numbers_from_site(sync: SourceSync, wanted: Collection[int]) -> bool:
    """Store the issues with these numbers; return False if the source has no back catalogue to search."""
    if sync.state.kind == REST_KIND:
        await wordpress.fetch_numbers(sync, wanted)
    elif sync.state.kind == PAGED_KIND:
        await rss.fetch_numbers(sync, wanted)
    return sync.state.kind in (REST_KIND, PAGED_KIND)


def needs_backfill(library: Library, source: Source) -> bool:
    """Return True if a source has a back catalogue that is not yet stored completely; a plain feed has none."""
    state = load_state(library, source.address)
    return state.kind != FEED_KIND and not (state.complete or load_state(library, _get_feed_address(source)).complete)


async def run_with_fallback(sync: SourceSync, action: Callable[[SourceSync], Awaitable[_Value]]) -> _Value:
    """Run an action on a source: by its REST posts, else by its feed."""
    if sync.feed_address != sync.source.address:
        return await action(sync)  # this run has already switched to the feed
    _retry_rest(sync)
    failed = ""
    failure: RestClosedError | SyncError | None = None
    if sync.state.kind == REST_KIND and sync.state.address not in ("", _get_default_rest_address(sync.source)):
        try:
            return await action(sync)
        except BusyError:
            raise
        except (RestClosedError, SyncError) as error:
            failed, failure = sync.state.address, error
            sync.state.kind = sync.state.address = ""
            sync.has_posts = False
    await _detect_kind(sync)
    if sync.state.kind != REST_KIND:
        return await _run_on_feed(sync, action)
    if sync.state.address != failed:
        failure = None
    if isinstance(failure, SyncError):
        raise failure
    return await _run_on_rest(sync, action, failure)


async def _run_on_rest(
    sync: SourceSync, action: Callable[[SourceSync], Awaitable[_Value]], closed: RestClosedError | None
) -> _Value:
    """Run an action by the REST posts at any address that they may have, else by the feed of the site.

    `closed` is the error of the stored address, if the posts are known to be closed there.
    """
    default_address = sync.state.address
    if closed is None:
        try:
            return await action(sync)
        except RestClosedError as error:
            closed = error
    for address in _iter_other_rest_addresses(sync.source, closed):
        sync.state.address = address
        try:
            return await action(sync)
        except (RestClosedError, SyncError) as error:
            if sync.has_posts and isinstance(error, SyncError):
                raise
            sync.state.address = default_address
    sync.switch_to_feed(_get_feed_address(sync.source), _load_feed_state(sync))
    try:
        return await action(sync)
    except (BusyError, OnlyExcerptsError):
        raise
    except SyncError as error:
        raise closed.error or error from closed


async def _run_on_feed(sync: SourceSync, action: Callable[[SourceSync], Awaitable[_Value]]) -> _Value:
    """Run an action by a feed. If a WordPress feed has only excerpts, use the REST posts of its site."""
    sync.is_fallback = sync.state.kind == PAGED_KIND
    try:
        return await action(sync)
    except OnlyExcerptsError as excerpts:
        if sync.state.kind != PAGED_KIND:
            raise
        feed, sync.state = sync.state, SourceState(kind=REST_KIND, address=_get_default_rest_address(sync.source))
        sync.is_fallback = False
        try:
            return await action(sync)
        except (RestClosedError, SyncError):
            sync.state = feed
            raise excerpts from None


def _retry_rest(sync: SourceSync) -> None:
    """Reset the state of an older version that had switched a site to its feed for good.

    The issues of the feed may be incomplete, so the backfill by REST is repeated.
    """
    state, feed = sync.state, _get_feed_address(sync.source)
    is_feed = state.kind == PAGED_KIND and urlsplit(state.address).path == urlsplit(feed).path
    if is_feed and feed != sync.source.address:
        save_state(sync.library, feed, replace(state, since="", began=""))
        sync.state = SourceState(since=state.since)


async def _detect_kind(sync: SourceSync) -> None:
    """Detect the kind and address of the source, if unknown. A feed found on the way is kept as the first page."""
    state, source = sync.state, sync.source
    if state.kind:
        state.address = state.address or (_get_default_rest_address(source) if state.kind == REST_KIND else "")
        return
    if source.kind is SourceKind.SITE:
        state.kind, state.address = REST_KIND, _get_default_rest_address(source)
        return
    response = await sync.fetch(source.address)
    if response.status == 200 and _is_feed(response):
        state.kind, state.address = PAGED_KIND if is_wordpress_feed(response) else FEED_KIND, ""
        sync.first_page = response
        return
    state.kind, state.address = REST_KIND, _find_rest_address(source, response)


def _is_feed(response: Response) -> bool:
    if response.format is BodyFormat.JSON:
        return read_json_feed(response.body) is not None
    return response.format is BodyFormat.XML


def _find_rest_address(source: Source, response: Response) -> str:
    """Return the address of the REST posts: the source itself, the one in its header, else the default."""
    if response.status == 200 and response.format is BodyFormat.JSON and response.body.lstrip()[:1] == b"[":
        return strip_page_parameters(source.address)
    link = _API_LINK.search(response.headers.get("link", ""))
    if link:
        try:
            found = check_source_url(urljoin(response.url, link[1]))
        except RefusedAddressError:
            found = ""
        # A header must not lead to another host than the one that the user named.
        if found and get_endpoint(found) == get_endpoint(source.address):
            if "?" not in found:
                return urljoin(found.rstrip("/") + "/", _POSTS_ROUTE)
            if urlsplit(found).query == _PLAIN_ROUTE:
                return found + _POSTS_ROUTE
    return _get_default_rest_address(source)


def _get_default_rest_address(source: Source) -> str:
    """Return the default address of the REST posts."""
    return urljoin(_get_root(source), f"wp-json/{_POSTS_ROUTE}")


def _iter_other_rest_addresses(source: Source, closed: RestClosedError) -> Iterator[str]:
    """Yield other possible addresses of the REST posts, if WordPress did not answer at the first."""
    if not closed.may_be_elsewhere:
        return
    yield f"{_get_root(source)}?{_PLAIN_ROUTE}{_POSTS_ROUTE}"
    if _is_on_wordpress_com(source, closed.response):
        yield _WORDPRESS_COM.format(host=source.host)


def _is_on_wordpress_com(source: Source, response: Response | None) -> bool:
    """Return True for the author's own site, and for sites whose headers name WordPress.com."""
    headers = response.headers if response and urlsplit(response.url).hostname == source.host else {}
    signs = f"{headers.get('host-header', '')} {headers.get('x-hacker', '')}".lower()
    is_named = source.host == MIRROR.host or source.host.endswith(".wordpress.com")
    return is_named or "wordpress.com" in signs or "a8c.com" in signs


def _load_feed_state(sync: SourceSync) -> SourceState:
    """Return the state of the site's feed. A complete backfill by REST also completes the feed."""
    known = load_state(sync.library, _get_feed_address(sync.source))
    return replace(known, kind=PAGED_KIND, complete=known.complete or sync.state.complete)


def _get_feed_address(source: Source) -> str:
    """Return the address of the feed of a WordPress site."""
    return urljoin(_get_root(source), "feed/")


def _get_root(source: Source) -> str:
    """Return the address of the site itself, with a slash at its end, to join others to it."""
    parts = urlsplit(source.address)
    path = re.sub(r"(?:/wp-json(?:/.*)?|/index\.php|/feed)/?\Z", "", parts.path)
    return parts._replace(path=path, query="", fragment="").geturl().rstrip("/") + "/"
