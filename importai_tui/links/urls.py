"""URLs: splits, normalises, validates and unwraps them, and recognises issues and false links. Makes no request."""

from __future__ import annotations

import base64
import binascii
import json
import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, unquote, unquote_plus, urlsplit, urlunsplit

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


_MAX_HOST_LENGTH = 253
"""Characters of a host name, at most (RFC 1035)."""


def to_ascii_host(host: str) -> str:
    """Return the host in punycode, as DNS looks it up; unchanged if it cannot be encoded."""
    if host.isascii() or len(host) > _MAX_HOST_LENGTH:
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
        raise RefusedAddressError(f"Not opened: the address holds characters that no address may hold ({shown}).")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        ascii_host = (host or "").encode("idna").decode("ascii") if host and not host.isascii() else host
    except ValueError as error:
        raise RefusedAddressError(f"Not opened: this is no address that can be read ({shown}).") from error
    if parts.scheme not in ("http", "https"):
        raise RefusedAddressError(f"Not opened: only http and https addresses are opened ({shown}).")
    if not ascii_host or parts.username is not None or parts.password is not None:
        raise RefusedAddressError(f"Not opened: the address has no plain host, or carries a user name ({shown}).")
    port = f":{parts.port}" if parts.port is not None else ""
    netloc = f"[{ascii_host}]" if ":" in ascii_host else ascii_host
    path, query, fragment = (
        quote(part, safe=_URL_SAFE_CHARACTERS) for part in (parts.path, parts.query, parts.fragment)
    )
    result = urlunsplit((parts.scheme, netloc + port, path, query, fragment))
    if not _HOST_NAME.fullmatch(netloc):  # normalising the host may produce any character
        raise RefusedAddressError(f"Not opened: the host is no name that can be looked up ({shown}).")
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
        raise RefusedAddressError(f"Not opened: the address has {len(url)} characters ({shown}…).")


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
    to its host, so one that cannot be unwrapped loses its identifying parameters. The formats are those of saved
    mails from Substack and Mailchimp.
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


_ISSUE_NUMBER = re.compile(r"(?i)\bimport\s*-?ai\W*(?:(?:issue|newsletter)\W*)?#?\s*(\d{1,4})\b")
"""Finds the number in a title, slug or mention: "Import AI 402", "ImportAI 449", "import ai issue 6"."""

_NEWSLETTER_HOSTS = {"importai.substack.com", "jack-clark.net"}
_DATED_PATH = re.compile(r"^/\d{4}/\d{2}(/\d{2})?(/|$)")


def is_issue_url(url: str | None) -> bool:
    """Return True if a URL leads to an issue of the newsletter, on either of its sites."""
    host, path = get_host(url), get_path(url)
    if host == "importai.substack.com":
        return path.startswith("/p/")
    if host == "jack-clark.net":
        return _DATED_PATH.match(path) is not None
    return host == "open.substack.com" and path.startswith("/pub/importai/p/")


def is_newsletter_front_page(url: str | None) -> bool:
    """Return True if a URL is a front page of the newsletter. It means an issue if the link text names one."""
    return get_host(url) in _NEWSLETTER_HOSTS and not get_path(url).strip("/")


def find_issue_number(text: str) -> int | None:
    """Return the issue number in a title, slug or mention; None if there is none."""
    match = _ISSUE_NUMBER.search(text.replace("-", " "))
    return int(match[1]) if match else None


_FILE_NAME = re.compile(
    r"(?i)^[\w.-]+\.(?:json|jsonl|txt|ya?ml|toml|csv|tsv|ipynb|js|tsx?|jsx|cpp|hpp|tex|html?|xml|cfg|ini|lock|log|env"
    r"|parquet|safetensors|gguf|onnx|pdf|png|jpe?g|gif|svg|exe|dll|kt|hs|lua)$"
)
"""File names whose extension is no top-level domain (https://data.iana.org/TLD/tlds-alpha-by-domain.txt)."""
_PY_OR_MD_FILE = re.compile(r"(?i)^[\w-]+\.(?:py|md)$")
"""Two labels only, because nearly all sites of Paraguay are below com.py and org.py."""
_COMMON_FILE_NAME = re.compile(
    r"(?i)^(?:main|mod|run|train|setup|install|build|tests?|script|start|deploy|entrypoint|index|utils|config|models?"
    r"|data|eval|demo|init|bootstrap|[\w-]*_[\w-]*)\.(?:sh|rs|pl|so|cc|ps|mk|tf|zip|mov)$"
)


def is_file_name_link(url: str | None, text: str) -> bool:
    """Return True if a link is a file name that a mail program turned into a URL: `profile.py`, `README.md`.

    Some file extensions are countries' domains (.py is Paraguay, .md Moldova, .sh Saint Helena). So for those the link
    text must be the bare host, and the host must look like a file name.
    """
    parts = split_url(url) if url else None
    if parts is None or parts.path.strip("/") or parts.query or parts.port is not None:
        return False
    host = (parts.hostname or "").removeprefix("www.")
    if len(host) > _MAX_HOST_LENGTH:
        return False
    if _FILE_NAME.match(host):
        return True
    words = text.strip(" \n\t`'\"“”‘’.,;:()").casefold().removeprefix("http://").removeprefix("https://").rstrip("/")
    return words == host and bool(_PY_OR_MD_FILE.match(host) or _COMMON_FILE_NAME.match(host))
