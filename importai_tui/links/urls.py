"""URLs: splits, normalises and validates them, and recognises those of the newsletter's issues."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote, unquote_plus, urlsplit, urlunsplit

from importai_tui.errors import RefusedAddressError


@lru_cache(maxsize=512)
def split_url(url: str) -> SplitResult | None:
    """Return the parts of an http or https URL, else None. Cached, because classifying a link needs it repeatedly."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname else None


def shorten_url(url: str) -> str:
    """Return the host and the last part of the path: "example.org/…/otters"."""
    host = get_host(url)
    segments = [segment for segment in get_path(url).split("/") if segment]
    if not host or not segments:
        return host or url
    decoded = " ".join(unquote(segments[-1]).split())
    last = decoded if decoded and decoded.isprintable() else segments[-1]  # a URL can hold a terminal escape sequence
    return f"{host}/{'…/' if len(segments) > 1 else ''}{last}"


def get_path(url: str | None) -> str:
    """Return the path; empty if there is none."""
    parts = split_url(url) if url else None
    return parts.path if parts else ""


def get_host(url: str | None) -> str | None:
    """Return the host in lower case, without `www.` and without the root's dot (RFC 1034); None if there is none."""
    return _parse_host(url) if url else None


@lru_cache(maxsize=512)
def _parse_host(url: str) -> str | None:
    parts = split_url(url)
    host = parts.hostname if parts else None
    return (host.rstrip(".").removeprefix("www.") or None) if host else None


def lookup_by_domain(table: dict[str, frozenset[str]], host: str) -> frozenset[str]:
    """Return the table entry of a host or of the nearest domain above it; empty if there is none."""
    while host:
        if host in table:
            return table[host]
        host = host.partition(".")[2]
    return frozenset()


MAX_HOST_LENGTH = 253
"""Characters of a host name, at most (RFC 1035)."""


def to_ascii_host(host: str) -> str:
    """Return the host in punycode, as DNS looks it up; unchanged if it cannot be encoded."""
    if host.isascii() or len(host) > MAX_HOST_LENGTH:
        return host
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return host


_TRACKING_PARAMETER = re.compile(
    r"(?i)^(utm_.*|fbclid|gclid|dclid|gbraid|wbraid|gad_.*|msclkid|twclid|mc_cid|mc_eid|mkt_tok|ref_src|igshid|_hs.*)$"
)
"""Query parameters that only track the user, on any site."""
_SITE_TRACKING_PARAMETERS: dict[str, frozenset[str]] = {
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
        "mailchi.mp": "e",
        "campaign-archive.com": "e",
    }.items()
}
"""Tracking parameters by domain, valid for its subdomains too; elsewhere these names have other meanings."""


@lru_cache(maxsize=512)
def normalise_url(url: str) -> str:
    """Normalise a URL: https, lower-case host, no `www.`, tracking parameters, fragment or default port.

    Non-ASCII letters are encoded as a browser sends them (RFC 3987). Text that is not an http URL comes back
    unchanged. Idempotent.
    """
    parts = split_url(url)
    name = get_host(url)
    if parts is None or name is None:
        return url
    host = to_ascii_host(name).rstrip(".") or name  # a non-ASCII character can become a dot
    while host.startswith("www."):  # a non-ASCII character can become a "w"
        host = host.removeprefix("www.")
    if ":" in host:
        host = f"[{host}]"
    if (port := parts.port) not in (None, 80, 443):
        host += f":{port}"
    query = strip_query_tracking(parts.query, host)
    return urlunsplit(("https", host, _percent_encode(parts.path.rstrip("/")), _percent_encode(query), ""))


def strip_tracking(url: str) -> str:
    """Return the URL without tracking parameters, otherwise unchanged."""
    parts = split_url(url)
    if parts is None or not parts.query:
        return url
    query = strip_query_tracking(parts.query, get_host(url) or "")
    return url if query == parts.query else urlunsplit(parts._replace(query=query))


def strip_query_tracking(query: str, host: str, extra_names: frozenset[str] = frozenset()) -> str:
    """Return the query without tracking parameters and `extra_names`.

    The rest keeps its order and spelling, because it may identify the page.
    """
    if not query:
        return ""
    names = lookup_by_domain(_SITE_TRACKING_PARAMETERS, host) | extra_names
    pairs = query.split("&")
    return "&".join(pair for pair in pairs if not _is_tracking_parameter(unquote_plus(pair.partition("=")[0]), names))


def _is_tracking_parameter(name: str, names: frozenset[str]) -> bool:
    return name in names or _TRACKING_PARAMETER.match(name) is not None


_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
"""Lone surrogates; a browser sends the replacement character instead (https://url.spec.whatwg.org)."""
_ASCII = "".join(map(chr, range(128)))


def _percent_encode(part: str) -> str:
    return part if part.isascii() else quote(_LONE_SURROGATE.sub("\ufffd", part), safe=_ASCII)


MAX_URL_LENGTH = 2048
"""Characters; every browser accepts this many, and no citation needs more."""

_UNSAFE_CHARACTER = re.compile(
    '[\x00-\x20\x7f-\x9f\\\\\u00a0\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff<>"`{}|^]'
)
_HOST_NAME = re.compile(r"[a-z0-9_][a-z0-9._-]*|\[[0-9a-f:.]+\]")
"""A host name for DNS, or an IPv6 address. RFC 3986, section 3.2.2, allows more characters, but no web host needs
them, and they have misled browser launchers that are shell scripts."""
_URL_SAFE_CHARACTERS = "%/:=&?~+!$,;'@()*[]-._#"
"""Characters kept as they are; all others, also non-ASCII letters, are percent-encoded (RFC 3987, section 3.1)."""


@lru_cache(maxsize=512)
def validate_url(url: str) -> str:
    """Return the URL in the form that is safe to give to a browser, rebuilt from its parts.

    No other check decides if a URL may be opened. Raises RefusedAddressError for anything but plain http and https:
    other schemes, credentials, control characters, no host, more than MAX_URL_LENGTH characters.
    """
    shown = "".join(c if c.isprintable() else "?" for c in url[:80])
    _check_length(url, shown)
    url = url.strip(" ")
    if url.startswith("-") or _UNSAFE_CHARACTER.search(url):
        raise RefusedAddressError(f"Not opened: the URL contains characters that aren't allowed ({shown}).")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        ascii_host = (host or "").encode("idna").decode("ascii") if host and not host.isascii() else host
    except ValueError as error:
        raise RefusedAddressError(f"Not opened: this is not a valid URL ({shown}).") from error
    if parts.scheme not in ("http", "https"):
        raise RefusedAddressError(f"Not opened: only http and https URLs are allowed ({shown}).")
    if not ascii_host or parts.username is not None or parts.password is not None:
        raise RefusedAddressError(f"Not opened: the URL has no host, or contains a user name ({shown}).")
    port = f":{parts.port}" if parts.port is not None else ""
    netloc = f"[{ascii_host}]" if ":" in ascii_host else ascii_host
    path, query, fragment = (
        quote(part, safe=_URL_SAFE_CHARACTERS) for part in (parts.path, parts.query, parts.fragment)
    )
    result = urlunsplit((parts.scheme, netloc + port, path, query, fragment))
    if not _HOST_NAME.fullmatch(netloc):  # normalising the host may produce any character
        raise RefusedAddressError(f"Not opened: the URL has an invalid host name ({shown}).")
    _check_length(result, shown)  # percent-encoding makes the URL longer
    return result


def browser_url(url: str | None) -> str | None:
    """Return the URL that a browser gets for this one; None if it must not be opened."""
    if not url:
        return None
    try:
        return validate_url(url)
    except RefusedAddressError:
        return None


def browser_host(url: str | None) -> str | None:
    """Return the host that a browser contacts, without `www.`; None if there is none.

    A non-ASCII host is given in punycode, because its letters may look like those of another host.
    """
    host = get_host(browser_url(url) or url)
    return to_ascii_host(host) if host else None


def _check_length(url: str, shown: str) -> None:
    if len(url) > MAX_URL_LENGTH:
        raise RefusedAddressError(f"Not opened: the URL is too long, with {len(url):,} characters ({shown}…).")


def is_pdf_url(url: str) -> bool:
    """Return True if a URL leads to a PDF by its look: a file, or one of arXiv or OpenReview."""
    path = get_path(url).lower()
    return path.endswith(".pdf") or (
        path.startswith("/pdf/")
        if get_host(url) == "arxiv.org"
        else get_host(url) == "openreview.net" and path == "/pdf"
    )


_ISSUE_NUMBER = re.compile(r"(?i)\bimport\s*-?ai\W*(?:(?:issue|newsletter)\W*)?#?\s*(\d{1,4})\b")
"""Finds the number in a title, slug or mention: "Import AI 402", "ImportAI 449", "import ai issue 6"."""

_NEWSLETTER_HOSTS = {"importai.substack.com", "jack-clark.net"}
_MAILING_HOSTS = {"mailchi.mp"}
"""Hosts of Mailchimp's web copies, as of the issues until 2022."""
_DATED_PATH = re.compile(r"^/\d{4}/\d{2}(/\d{2})?(/|$)")


def is_issue_url(url: str | None) -> bool:
    """Return True if a URL leads to an issue of the newsletter, on one of its sites or as a mail on the web."""
    host, path = get_host(url), get_path(url)
    if host == "importai.substack.com":
        return path.startswith("/p/")
    if host == "jack-clark.net":
        return _DATED_PATH.match(path) is not None
    if host in _MAILING_HOSTS:  # shared by many newsletters
        return find_issue_number(path.rpartition("/")[2]) is not None
    return host == "open.substack.com" and path.startswith("/pub/importai/p/")


def is_newsletter_front_page(url: str | None) -> bool:
    """Return True if a URL is a front page of the newsletter. It means an issue if the link text names one."""
    return get_host(url) in _NEWSLETTER_HOSTS and not get_path(url).strip("/")


def find_issue_number(text: str) -> int | None:
    """Return the issue number in a title, slug or mention; None if there is none."""
    match = _ISSUE_NUMBER.search(text.replace("-", " "))
    return int(match[1]) if match else None
