"""Unwraps the redirects that mail programs and platforms put around links, without a request.

The formats are those of saved mails from Substack and Mailchimp.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit, urlunsplit

_MAX_WRAPPERS = 4
"""Nested wrappers; a forwarded mail has two."""
_PIXEL_HOST = re.compile(r"^(?:eotrx\.substackcdn\.com|email\.mg[\w-]*\.substack\.com)$")
_ACTION_URL = re.compile(
    r"(?i)unsubscribe|disable_email|opt[-_]?out|/action/|freeSignupEmail=|manage[-_]?(?:preferences|subscription)"
)
"""URLs that trigger an action when opened."""
_OPEN_SUBSTACK_POST = re.compile(r"^/pub/([\w-]+)/p/([\w-]+)")
_SUBSTACK_IMAGE = re.compile(r"^/image/fetch/(?:.*/)?(https?(?::|%3A).*)$", re.IGNORECASE)
_GOOGLE_HOST = re.compile(r"^(?:(?:www|scholar)\.)?google\.(?:com|[a-z]{2}|com?\.[a-z]{2})$")
_GOOGLE_PARAMETERS = {"/url": ("q", "url"), "/scholar_url": ("url",)}
"""Query parameters by path. These paths redirect to a search result; any other path is a page of its own."""
_WRAPPER_PARAMETERS = {
    "l.facebook.com": "u",
    "out.reddit.com": "url",
    "www.linkedin.com": "url",
    "slack-redir.net": "url",
}


@lru_cache(maxsize=512)
def unwrap_url(url: str) -> str | None:
    """Return the URL inside a redirect of a mail program or platform, else the URL itself; None if it has no target.

    URLs without a target are tracking pixels, unsubscribe links and broken redirects. A redirect identifies the user
    to its host, so one that cannot be unwrapped loses its identifying parameters.
    """
    for _ in range(_MAX_WRAPPERS):
        if _ACTION_URL.search(url):
            return None
        inner = _unwrap_once(url)
        if inner is None or inner == url:
            return inner
        # The decoded URL may hold any character; browsers drop line breaks from URLs too.
        url = "".join(filter(str.isprintable, inner))
    return url


def _unwrap_once(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return url
    if _PIXEL_HOST.match(host):
        return None
    if host == "substack.com" or host == "www.substack.com":
        return _unwrap_substack(url, parts)
    if host == "open.substack.com" and (post := _OPEN_SUBSTACK_POST.match(parts.path)):
        return f"https://{post[1]}.substack.com/p/{post[2]}"
    if host == "substackcdn.com" and (image := _SUBSTACK_IMAGE.match(parts.path)):
        return unquote(image[1])
    if names := _get_wrapper_parameters(host, parts.path):
        query = dict(parse_qsl(parts.query))
        return next(filter(None, (_keep_web_url(query.get(name)) for name in names)), url)
    if host.endswith(".list-manage.com"):
        return urlunsplit(parts._replace(query="&".join(p for p in parts.query.split("&") if not p.startswith("e="))))
    return url


def _get_wrapper_parameters(host: str, path: str) -> tuple[str, ...]:
    """Return the query parameters that may hold the target of a redirect; empty if the URL is none."""
    if host.endswith(".safelinks.protection.outlook.com"):
        return ("url",)
    if _GOOGLE_HOST.match(host):
        return _GOOGLE_PARAMETERS.get(path, ())
    return (_WRAPPER_PARAMETERS[host],) if host in _WRAPPER_PARAMETERS else ()


def _unwrap_substack(url: str, parts: SplitResult) -> str | None:
    """Unwrap the three kinds of Substack redirects."""
    path = parts.path.split("/")
    if path[1:3] == ["redirect", "2"] and len(path) > 3:
        return _keep_web_url(_decode_claims(path[3]).get("e"))
    if path[1:2] == ["redirect"]:
        return urlunsplit(parts._replace(query="", fragment=""))  # the query only identifies the user
    if path[1:3] == ["app-link", "post"]:
        post = dict(parse_qsl(parts.query)).get("post_id", "")
        return f"https://substack.com/home/post/p-{post}" if post.isdecimal() else None
    return url


def _decode_claims(token: str) -> dict[str, object]:
    """Return the claims of a JSON Web Token (RFC 7519) without checking its signature; empty if it is not a token."""
    claims = token.split(".")[1] if token.count(".") >= 1 else ""
    for candidate in (claims, token.split(".")[0]):
        try:
            decoded = json.loads(base64.urlsafe_b64decode(candidate + "=" * (-len(candidate) % 4)))
        except (ValueError, binascii.Error, RecursionError):
            continue
        if isinstance(decoded, dict) and "e" in decoded:
            return decoded
    return {}


def _keep_web_url(value: object) -> str | None:
    return value if isinstance(value, str) and value.startswith(("http://", "https://")) else None
