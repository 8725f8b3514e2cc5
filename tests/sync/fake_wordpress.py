"""REST posts and paged feed of the fake newsletter as WordPress writes them."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from tests.http.server import Reply, Request
from tests.sync.fake_substack import format_rfc_822, wrap_cdata
from tests.sync.newsletter import FakeIssue

FEED_PAGE_SIZE = 10
"""Posts per page of the feed; also the default of REST."""
MAX_PAGE_SIZE = 100
ADDRESS = "https://jack-clark.net"

_JSON = {"Content-Type": "application/json; charset=UTF-8", "X-Robots-Tag": "noindex"}
_NOT_CACHED = {
    "Expires": "Wed, 11 Jan 1984 05:00:00 GMT",
    "Cache-Control": "no-cache, must-revalidate, max-age=0, no-store, private",
}
_FILTERS: Mapping[str, Callable[[FakeIssue, datetime], bool]] = {
    "after": lambda issue, time: issue.mirror_published > time,
    "before": lambda issue, time: issue.mirror_published < time,
    "modified_after": lambda issue, time: issue.modified > time,
    "modified_before": lambda issue, time: issue.modified < time,
}
_ORDERS: Mapping[str, Callable[[FakeIssue], datetime]] = {
    "date": lambda issue: issue.mirror_published,
    "modified": lambda issue: issue.modified,
}
_SUPPORTED_PARAMETERS = {"page", "per_page", "orderby", "order", "_fields", *_FILTERS}


class _BadParameterError(Exception):
    """WordPress refuses a parameter."""


# --- REST ------------------------------------------------------------------------------------------------------------


def build_rest_posts(
    request: Request,
    site: str,
    issues: Sequence[FakeIssue],
    *,
    hidden: Collection[int] = (),
    protected: Collection[int] = (),
) -> Reply:
    """Build the reply of WordPress 6.9 to `/wp-json/wp/v2/posts`.

    `hidden` are ids of posts that count but are left out, so a page can be short without being the last. `protected`
    are ids of posts behind a password. Raises ValueError for an unsupported parameter, because WordPress would not
    ignore it.
    """
    if unknown := request.query.keys() - _SUPPORTED_PARAMETERS:
        raise ValueError(f"the fake site does not support {', '.join(sorted(unknown))}")
    try:
        page, per_page = (
            _get_number(request, "page", 1, None),
            _get_number(request, "per_page", FEED_PAGE_SIZE, MAX_PAGE_SIZE),
        )
        found = _filter_posts(request, issues)
    except _BadParameterError as refused:
        return build_rest_error(400, "rest_invalid_param", f"Invalid parameter(s): {refused}")
    pages = math.ceil(len(found) / per_page)
    if page > pages and found:
        words = "The page number requested is larger than the number of pages available."
        return build_rest_error(400, "rest_post_invalid_page_number", words)
    shown = [issue for issue in found[(page - 1) * per_page : page * per_page] if issue.post_id not in hidden]
    fields = request.query.get("_fields", "")
    posts = [_select_fields(_build_post(issue, protected=issue.post_id in protected), fields) for issue in shown]
    headers = {
        "X-WP-Total": str(len(found)),
        "X-WP-TotalPages": str(pages),
        "Link": _format_links(request, site, page, pages),
    }
    return Reply(_encode(posts), headers={**_JSON, **headers}, gzipped=True)


def build_rest_error(status: int, code: str, message: str) -> Reply:
    """Build an error response of WordPress."""
    return Reply(_encode({"code": code, "message": message, "data": {"status": status}}), status, _JSON)


def build_rest_index(site: str) -> Reply:
    """Build the reply to `/wp-json/`."""
    return Reply(_encode({"name": "Import AI ", "url": site, "namespaces": ["oembed/1.0", "wp/v2"]}), headers=_JSON)


def format_discovery_link(site: str) -> str:
    """Format the `Link` header that names the REST address; every page of WordPress has it."""
    return f'<{site}/wp-json/>; rel="https://api.w.org/"'


def _get_number(request: Request, name: str, default: int, maximum: int | None) -> int:
    text = request.query.get(name, str(default))
    if not text.isdecimal() or int(text) < 1 or (maximum is not None and int(text) > maximum):
        raise _BadParameterError(name)
    return int(text)


def _filter_posts(request: Request, issues: Sequence[FakeIssue]) -> list[FakeIssue]:
    """Filter and order the posts by the query."""
    found = list(issues)
    for name, matches in _FILTERS.items():
        if name in request.query:
            time = _parse_time(name, request.query[name])
            found = [issue for issue in found if matches(issue, time)]
    order = request.query.get("order", "desc")
    by = _ORDERS.get(request.query.get("orderby", "date"))
    if order not in ("asc", "desc") or by is None:
        raise _BadParameterError("order" if by else "orderby")
    return sorted(found, key=by, reverse=order == "desc")


def _parse_time(name: str, text: str) -> datetime:
    """Parse a time; without a zone it is UTC, the time zone of the site."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise _BadParameterError(name) from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _format_links(request: Request, site: str, page: int, pages: int) -> str:
    """Format all links in one header, as proxies merge them."""
    links = [format_discovery_link(site)]
    for rel, other in (("prev", page - 1), ("next", page + 1)):
        if 1 <= other <= pages:
            links.append(f'<{site}/wp-json/wp/v2/posts?{urlencode({**request.query, "page": other})}>; rel="{rel}"')
    return ", ".join(links)


def _build_post(issue: FakeIssue, *, protected: bool) -> dict[str, Any]:
    published, modified = (f"{time:%Y-%m-%dT%H:%M:%S}" for time in (issue.mirror_published, issue.modified))
    return {
        "id": issue.post_id,
        "date": published,
        "date_gmt": published,
        "guid": {"rendered": f"{ADDRESS}/?p={issue.post_id}"},
        "modified": modified,
        "modified_gmt": modified,
        "slug": issue.mirror_slug,
        "status": "publish",
        "type": "post",
        "link": issue.mirror_url,
        "title": {"rendered": issue.mirror_title},
        "content": {"rendered": "" if protected else issue.mirror_body, "protected": protected},
        "excerpt": {"rendered": "<p>Welcome to Import AI&hellip;</p>\n", "protected": protected},
        "author": 1,
        "sticky": False,
        "categories": [1],
        "jetpack_shortlink": f"https://wp.me/pMade-{issue.post_id:x}",
        "_links": {"self": [{"href": f"{ADDRESS}/wp-json/wp/v2/posts/{issue.post_id}"}]},
    }


def _select_fields(post: dict[str, Any], wanted: str) -> dict[str, Any]:
    """Return the requested fields; `title.rendered` names a part of one."""
    names = [name.strip().split(".") for name in wanted.split(",") if name.strip()]
    if not names:
        return post
    return {
        name: value if [name] in names else {part: value[part] for _, part in (n for n in names if n[0] == name)}
        for name, value in post.items()
        if any(n[0] == name for n in names)
    }


def _encode(value: object) -> bytes:
    """Encode JSON like PHP: no spaces, only ASCII, escaped slashes."""
    return json.dumps(value, separators=(",", ":")).replace("/", "\\/").encode()


# --- the feed --------------------------------------------------------------------------------------------------------


def build_paged_feed(request: Request, issues: Sequence[FakeIssue], *, is_weakened: bool = False) -> Reply:
    """Build the reply to `/feed/?paged=N`, ten posts per page; beyond the end an empty feed with status 404.

    Last-Modified and the ETag made from it are the same for every page. `is_weakened`: a compressing proxy has
    weakened the ETag, which then never matches.
    """
    newest = sorted(issues, key=lambda issue: issue.mirror_published, reverse=True)
    paged = request.query.get("paged", "1")
    page = max(1, int(paged)) if paged.isdecimal() else 1
    shown = newest[(page - 1) * FEED_PAGE_SIZE : page * FEED_PAGE_SIZE]
    headers = {"Content-Type": "application/rss+xml; charset=UTF-8"}
    if not shown:
        return Reply(build_wordpress_feed(()), 404, {**headers, **_NOT_CACHED}, gzipped=True)
    modified = format_rfc_822(max(issue.modified for issue in issues))
    tag = f'"{hashlib.md5(modified.encode()).hexdigest()}"'
    validators = {"Last-Modified": modified, "ETag": f"W/{tag}" if is_weakened else tag}
    if _is_current(request, modified, tag):
        return Reply(status=304, headers=validators)
    return Reply(build_wordpress_feed(shown), headers={**headers, **validators}, gzipped=True)


def build_wordpress_feed(issues: Sequence[FakeIssue]) -> bytes:
    """Build a page of the feed in the layout of WordPress's template, including tabs."""
    built = "".join(
        f"\n\t<lastBuildDate>{_format_zoned(issue.mirror_published)}</lastBuildDate>" for issue in issues[:1]
    )
    items = "".join(map(_build_item, issues))
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"\n'
        '\txmlns:content="http://purl.org/rss/1.0/modules/content/"\n'
        '\txmlns:wfw="http://wellformedweb.org/CommentAPI/"\n'
        '\txmlns:dc="http://purl.org/dc/elements/1.1/"\n'
        '\txmlns:atom="http://www.w3.org/2005/Atom"\n'
        '\txmlns:sy="http://purl.org/rss/1.0/modules/syndication/"\n'
        '\txmlns:slash="http://purl.org/rss/1.0/modules/slash/"\n\t>\n\n'
        "<channel>\n\t<title>Import AI </title>\n"
        f'\t<atom:link href="{ADDRESS}/feed/" rel="self" type="application/rss+xml" />\n'
        f"\t<link>{ADDRESS}</link>\n\t<description></description>{built}\n\t<language>en-US</language>\n"
        "\t<sy:updatePeriod>\n\thourly\t</sy:updatePeriod>\n\t<sy:updateFrequency>\n\t1\t</sy:updateFrequency>\n"
        f"\t<generator>https://wordpress.org/?v=6.9.4</generator>\n{items}</channel>\n</rss>\n"
    ).encode()


def _build_item(issue: FakeIssue) -> str:
    """Build an item. Its guid is not the link; text and excerpt begin with the cover picture, if any."""
    cover = f'<img width="150" height="150" src="https://i0.wp.com/jack-clark.net/{issue.post_id}.png" alt="" />'
    opening = cover if issue.post_id % 3 else ""
    return (
        f"\t<item>\n\t\t<title>{issue.mirror_title}</title>\n\t\t<link>{issue.mirror_url}</link>\n"
        f"\t\t\t\t\t<comments>{issue.mirror_url}#respond</comments>\n"
        f"\t\t<pubDate>{_format_zoned(issue.mirror_published)}</pubDate>\n\t\t<dc:creator>{wrap_cdata('Nobody')}</dc:creator>\n"
        f"\t\t\t\t<category>{wrap_cdata('Uncategorized')}</category>\n"
        f'\t\t<guid isPermaLink="false">{ADDRESS}/?p={issue.post_id}</guid>\n'
        f"\t\t<description>{wrap_cdata(f'{opening}Welcome to Import AI&#8230;')}</description>\n"
        f"\t\t<content:encoded>{wrap_cdata(opening + issue.mirror_body)}</content:encoded>\n"
        f"\t\t<wfw:commentRss>{issue.mirror_url}feed/</wfw:commentRss>\n"
        "\t\t<slash:comments>0</slash:comments>\n\t</item>\n"
    )


def _is_current(request: Request, modified: str, tag: str) -> bool:
    """Return True if every validator that the client sends matches exactly."""
    known = {"if-modified-since": modified, "if-none-match": tag}
    sent = {name: request.headers[name] for name in known if name in request.headers}
    return bool(sent) and all(known[name] == value for name, value in sent.items())


def _format_zoned(time: datetime) -> str:
    return f"{time:%a, %d %b %Y %H:%M:%S} +0000"
