"""An address taken apart and put together again in one spelling. It knows no work and no kind."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote_plus, urlsplit, urlunsplit

URL_MARKS = "%/:=&?~+!$,;'@()*[]-._#"
"""What stays as it is; the rest, letters beyond ASCII among it, is percent-encoded (RFC 3987, section 3.1)."""

_TRACKERS = re.compile(
    r"(?i)^(utm_.*|fbclid|gclid|dclid|gbraid|wbraid|gad_.*|msclkid|twclid|mc_cid|mc_eid|mkt_tok|ref_src|igshid|_hs.*)$"
)
"""Names that tell on every site who came from where, and nothing else."""
_TRACKERS_OF: dict[str, frozenset[str]] = {
    host: frozenset(names.split())
    for host, names in {
        "substack.com": "r s triedRedirect publication_id post_id isFreemail shareImageVariant showWelcomeOnShare"
        " token j u freeSignupEmail",
        "x.com": "s t ref_url",
        "twitter.com": "s t ref_url",
        "youtube.com": "si feature ab_channel pp",
        "youtu.be": "si feature",
        "medium.com": "source",
        "linkedin.com": "trk trackingId",
    }.items()
}
"""Names that mean something elsewhere, by the site and the sites beneath it."""


@lru_cache(maxsize=512)
def parts_of(url: str) -> SplitResult | None:
    """The address taken apart, None where it is no web address; every question about a link asks this."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname else None


def path_of(url: str | None) -> str:
    """The path, empty where there is none."""
    parts = parts_of(url) if url else None
    return parts.path if parts else ""


def host_of(url: str | None) -> str | None:
    """The host in lower case without `www.` and without the root's dot (RFC 1034), None where there is none."""
    return _host(url) if url else None


@lru_cache(maxsize=512)
def _host(url: str) -> str | None:
    parts = parts_of(url)
    host = parts.hostname if parts else None
    return (host.rstrip(".").removeprefix("www.") or None) if host else None


def of_site(table: dict[str, frozenset[str]], host: str) -> frozenset[str]:
    """What a table says of a host, or of the site that it belongs to; nothing where it names neither."""
    while host:
        if host in table:
            return table[host]
        host = host.partition(".")[2]
    return frozenset()


@lru_cache(maxsize=512)
def tidy(url: str) -> str:
    """One spelling of an address: https, lower-case host, no tracking parameters, fragment or default port.

    Letters beyond ASCII are written as a browser sends them (RFC 3987). What cannot be read as an http address comes
    back as it is. Tidying twice changes nothing.
    """
    parts = parts_of(url)
    name = host_of(url)
    if parts is None or name is None:
        return url
    host = ascii_host(name).rstrip(".") or name  # a letter beyond ASCII can be a dot too
    while host.startswith("www."):  # a letter beyond ASCII can be a "w" too
        host = host.removeprefix("www.")
    if ":" in host:
        host = f"[{host}]"
    if (port := parts.port) not in (None, 80, 443):
        host += f":{port}"
    query = untracked_query(parts.query, host)
    return urlunsplit(("https", host, _encoded(parts.path.rstrip("/")), _encoded(query), ""))


def untracked(url: str) -> str:
    """The address as it is, without the parameters that only tell who came from where."""
    parts = parts_of(url)
    if parts is None or not parts.query:
        return url
    query = untracked_query(parts.query, host_of(url) or "")
    return url if query == parts.query else urlunsplit(parts._replace(query=query))


def untracked_query(query: str, host: str, more: frozenset[str] = frozenset()) -> str:
    """The query without trackers and the `more` names. The rest keeps its order and spelling: it can name the page."""
    if not query:
        return ""
    names = of_site(_TRACKERS_OF, host) | more
    pairs = query.split("&")
    return "&".join(pair for pair in pairs if not _is_tracker(unquote_plus(pair.partition("=")[0]), names))


def _is_tracker(name: str, names: frozenset[str]) -> bool:
    return name in names or _TRACKERS.match(name) is not None


_LONGEST_HOST = 253
"""Characters of a name that can be looked up (RFC 1035); the codec's time grows with the square of a longer one."""


def ascii_host(host: str) -> str:
    """A host as it is looked up; one that no browser could look up stays as it is."""
    if host.isascii() or len(host) > _LONGEST_HOST:
        return host
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return host


def _encoded(part: str) -> str:
    return part if part.isascii() else quote(_LONE.sub("\ufffd", part), safe=_ALL_OF_ASCII)


_LONE = re.compile("[\ud800-\udfff]")
"""Halves of a letter, that no encoding has; a browser sends the replacement character (https://url.spec.whatwg.org)."""
_ALL_OF_ASCII = "".join(map(chr, range(128)))
