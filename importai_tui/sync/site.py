"""A WordPress site, and an address of which nothing is known yet: finds out how it is to be asked, and asks it so."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from importai_tui.errors import RefusedAddress
from importai_tui.sync import paged, rest
from importai_tui.sync.feed import is_wordpress, sync_feed
from importai_tui.sync.memory import Memory
from importai_tui.sync.sources import SourceKind
from importai_tui.sync.visit import Visit
from importai_tui.web.addresses import fetchable
from importai_tui.web.client import Answer, Form

FEED, REST, PAGED = "feed", "rest", "paged"
_POSTS = "wp/v2/posts"
_API = re.compile(r'<([^<>]+)>\s*;\s*rel="https://api\.w\.org/"')
"""The header by which WordPress says where its REST answers are:
https://developer.wordpress.org/rest-api/using-the-rest-api/discovery/"""


async def sync_site(visit: Visit, now: datetime) -> None:
    """Bring in what is new."""
    answer = await _find(visit)
    if visit.memory.kind == REST:
        try:
            await rest.sync_changes(visit, now)
        except rest.RestClosed:
            _turn_to_feed(visit)
        else:
            return
    await sync_feed(visit, answer)


async def walk_site(visit: Visit, now: datetime) -> None:
    """Bring in everything, from where an earlier walk has stopped."""
    answer = await _find(visit)
    if visit.memory.kind == REST:
        try:
            await rest.walk(visit, now)
        except rest.RestClosed:
            _turn_to_feed(visit)
        else:
            return
    if visit.memory.kind == PAGED:
        await paged.walk(visit, answer)
    else:
        await sync_feed(visit, answer)


async def fill_from_site(visit: Visit, wanted: Collection[int]) -> bool:
    """Bring in the issues with these numbers; whether the source is one that has been looked through for them."""
    await _find(visit)
    if visit.memory.kind == REST:
        try:
            await rest.fill(visit, wanted)
        except rest.RestClosed:
            _turn_to_feed(visit)
        else:
            return True
    if visit.memory.kind == PAGED:
        await paged.fill(visit, wanted)
    return visit.memory.kind == PAGED


def has_more(memory: Memory) -> bool:
    """Whether a source has a back catalogue that has not been brought in to its end; a plain feed has none."""
    return memory.kind != FEED and not memory.complete


async def _find(visit: Visit) -> Answer | None:
    """Find out how the source is asked, if that is not known; a feed that was come upon is not asked twice."""
    memory, source = visit.memory, visit.source
    if memory.kind:
        return None
    if source.kind is SourceKind.SITE:
        memory.kind, memory.address = REST, urljoin(_folder(source.address), f"wp-json/{_POSTS}")
        return None
    answer = await visit.ask(source.address)
    if answer.status == 200 and answer.form is Form.XML:
        memory.kind, memory.address = PAGED if is_wordpress(answer) else FEED, source.address
        return answer
    memory.kind, memory.address = REST, _posts_address(source.address, answer)
    return None


def _posts_address(address: str, answer: Answer) -> str:
    """Where the site's REST posts are: at the address itself, where its header says, else where they always are."""
    if answer.status == 200 and answer.form is Form.JSON:
        return address.partition("?")[0]
    said = _API.search(answer.headers.get("link", ""))
    if said:
        try:
            found = fetchable(urljoin(answer.url, said[1]))
        except RefusedAddress:
            found = ""
        # No header leads to another host than the one that was named.
        if urlsplit(found).hostname == urlsplit(address).hostname and "?" not in found:
            return urljoin(_folder(found), _POSTS)
    return urljoin(_folder(address), f"wp-json/{_POSTS}")


def _turn_to_feed(visit: Visit) -> None:
    """REST is closed: from now on the paged feed is asked, from its beginning."""
    memory = visit.memory
    memory.kind, memory.address, memory.next_page = PAGED, urljoin(_folder(visit.source.address), "feed/"), 0


def _folder(address: str) -> str:
    """The address without query, as a folder that others can be found in."""
    return urlsplit(address)._replace(query="", fragment="").geturl().rstrip("/") + "/"
