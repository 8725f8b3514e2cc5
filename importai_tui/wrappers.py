"""Addresses that mail programs and platforms wrap around others: what is inside, read offline. Pure.

A wrapper names the reader to whoever runs it, so what cannot be unwrapped is kept without those names or not at all.
Sources: saved mails of Substack and Mailchimp; nothing is fetched to find out.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit, urlunsplit

_LAYERS = 4
"""Wrappers around wrappers; a mail of a forwarded mail has two."""
_PIXELS = re.compile(r"^(?:eotrx\.substackcdn\.com|email\.mg[\w-]*\.substack\.com)$")
_LIVE = re.compile(
    r"(?i)unsubscribe|disable_email|opt[-_]?out|/action/|freeSignupEmail=|manage[-_]?(?:preferences|subscription)"
)
"""Addresses that act when they are opened."""
_OPEN_POST = re.compile(r"^/pub/([\w-]+)/p/([\w-]+)")
_IMAGE = re.compile(r"^/image/fetch/(?:.*/)?(https?(?::|%3A).*)$", re.IGNORECASE)
_GOOGLE = re.compile(r"^(?:(?:www|scholar)\.)?google\.(?:com|[a-z]{2}|com?\.[a-z]{2})$")
_OF_GOOGLE = {"/url": ("q", "url"), "/scholar_url": ("url",)}
"""What these paths hold is a result that was clicked; any other, a search among them, is a page of its own."""
_IN_QUERY = {
    "l.facebook.com": "u",
    "out.reddit.com": "url",
    "www.linkedin.com": "url",
    "slack-redir.net": "url",
}


@lru_cache(maxsize=512)
def unwrapped(url: str) -> str | None:
    """The address inside a wrapper, or the address itself; None for tracking pixels and live unsubscribe links."""
    for _ in range(_LAYERS):
        if _LIVE.search(url):
            return None
        inner = _once(url)
        if inner is None or inner == url:
            return inner
        # What was encoded in the wrapper may hold anything; a browser takes line ends out of an address too.
        url = "".join(filter(str.isprintable, inner))
    return url


def _once(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return url
    if _PIXELS.match(host):
        return None
    if host == "substack.com" or host == "www.substack.com":
        return _substack(url, parts)
    if host == "open.substack.com" and (post := _OPEN_POST.match(parts.path)):
        return f"https://{post[1]}.substack.com/p/{post[2]}"
    if host == "substackcdn.com" and (image := _IMAGE.match(parts.path)):
        return unquote(image[1])
    if names := _query_names(host, parts.path):
        query = dict(parse_qsl(parts.query))
        return next(filter(None, (_web(query.get(name)) for name in names)), url)
    if host.endswith(".list-manage.com"):
        return urlunsplit(parts._replace(query="&".join(p for p in parts.query.split("&") if not p.startswith("e="))))
    return url


def _query_names(host: str, path: str) -> tuple[str, ...]:
    """Under which names the query of a wrapper may hold what is inside."""
    if host.endswith(".safelinks.protection.outlook.com"):
        return ("url",)
    if _GOOGLE.match(host):
        return _OF_GOOGLE.get(path, ())
    return (_IN_QUERY[host],) if host in _IN_QUERY else ()


def _substack(url: str, parts: SplitResult) -> str | None:
    """The three kinds of Substack's own redirects."""
    path = parts.path.split("/")
    if path[1:3] == ["redirect", "2"] and len(path) > 3:
        return _web(_payload(path[3]).get("e"))
    if path[1:2] == ["redirect"]:
        return urlunsplit(parts._replace(query="", fragment=""))  # the query holds nothing but the reader
    if path[1:3] == ["app-link", "post"]:
        post = dict(parse_qsl(parts.query)).get("post_id", "")
        return f"https://substack.com/home/post/p-{post}" if post.isdecimal() else None
    return url


def _payload(token: str) -> dict[str, object]:
    """The claims of a JSON Web Token (RFC 7519), its signature not checked; empty where it is none."""
    claims = token.split(".")[1] if token.count(".") >= 1 else ""
    for candidate in (claims, token.split(".")[0]):
        try:
            read = json.loads(base64.urlsafe_b64decode(candidate + "=" * (-len(candidate) % 4)))
        except (ValueError, binascii.Error, RecursionError):
            continue
        if isinstance(read, dict) and "e" in read:
            return read
    return {}


def _web(value: object) -> str | None:
    return value if isinstance(value, str) and value.startswith(("http://", "https://")) else None
