"""An address taken apart and put together again in one spelling. It knows no work and no kind.

Addresses that mail programs and platforms wrap around others: what is inside, read offline. Pure.

A wrapper names the reader to whoever runs it, so what cannot be unwrapped is kept without those names or not at all.
Sources: saved mails of Substack and Mailchimp; nothing is fetched to find out.

Whether an address may be handed to a browser. Nothing else of the program decides that.

What sites publish, as far as one kind is nearly all that they do.

Names of files that a mail program took for addresses and made links of: `profile.py`, `README.md`.

A country's ending is a file's ending too (.py is Paraguay, .md Moldova, .sh Saint Helena), so a link is junk only where
its words are the bare name and the name looks like a file's.

Which addresses and words mean an issue of this newsletter.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, unquote, unquote_plus, urlsplit, urlunsplit

from importai_tui.errors import RefusedAddressError
from importai_tui.model import LinkKind

_MAX_WRAPPERS = 4
"""Wrappers around wrappers; a mail of a forwarded mail has two."""
_PIXEL_HOST = re.compile(r"^(?:eotrx\.substackcdn\.com|email\.mg[\w-]*\.substack\.com)$")
_ACTION_URL = re.compile(
    r"(?i)unsubscribe|disable_email|opt[-_]?out|/action/|freeSignupEmail=|manage[-_]?(?:preferences|subscription)"
)
"""Addresses that act when they are opened."""
_OPEN_SUBSTACK_POST = re.compile(r"^/pub/([\w-]+)/p/([\w-]+)")
_SUBSTACK_IMAGE = re.compile(r"^/image/fetch/(?:.*/)?(https?(?::|%3A).*)$", re.IGNORECASE)
_GOOGLE_HOST = re.compile(r"^(?:(?:www|scholar)\.)?google\.(?:com|[a-z]{2}|com?\.[a-z]{2})$")
_GOOGLE_PARAMETERS = {"/url": ("q", "url"), "/scholar_url": ("url",)}
"""What these paths hold is a result that was clicked; any other, a search among them, is a page of its own."""
_WRAPPER_PARAMETERS = {
    "l.facebook.com": "u",
    "out.reddit.com": "url",
    "www.linkedin.com": "url",
    "slack-redir.net": "url",
}


@lru_cache(maxsize=512)
def unwrap_url(url: str) -> str | None:
    """The address inside a wrapper, or the address itself; None for tracking pixels and live unsubscribe links."""
    for _ in range(_MAX_WRAPPERS):
        if _ACTION_URL.search(url):
            return None
        inner = _unwrap_once(url)
        if inner is None or inner == url:
            return inner
        # What was encoded in the wrapper may hold anything; a browser takes line ends out of an address too.
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
    """Under which names the query of a wrapper may hold what is inside."""
    if host.endswith(".safelinks.protection.outlook.com"):
        return ("url",)
    if _GOOGLE_HOST.match(host):
        return _GOOGLE_PARAMETERS.get(path, ())
    return (_WRAPPER_PARAMETERS[host],) if host in _WRAPPER_PARAMETERS else ()


def _unwrap_substack(url: str, parts: SplitResult) -> str | None:
    """The three kinds of Substack's own redirects."""
    path = parts.path.split("/")
    if path[1:3] == ["redirect", "2"] and len(path) > 3:
        return _keep_web_url(_decode_claims(path[3]).get("e"))
    if path[1:2] == ["redirect"]:
        return urlunsplit(parts._replace(query="", fragment=""))  # the query holds nothing but the reader
    if path[1:3] == ["app-link", "post"]:
        post = dict(parse_qsl(parts.query)).get("post_id", "")
        return f"https://substack.com/home/post/p-{post}" if post.isdecimal() else None
    return url


def _decode_claims(token: str) -> dict[str, object]:
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


def _keep_web_url(value: object) -> str | None:
    return value if isinstance(value, str) and value.startswith(("http://", "https://")) else None


_HOSTS_BY_KIND = {
    LinkKind.PAPER: "openreview.net biorxiv.org medrxiv.org nature.com science.org pnas.org aclanthology.org aclweb.org"
    " ssrn.com papers.ssrn.com proceedings.mlr.press papers.nips.cc papers.neurips.cc proceedings.neurips.cc dl.acm.org"
    " ieeexplore.ieee.org link.springer.com sciencedirect.com cell.com semanticscholar.org osf.io nber.org"
    " journals.plos.org arxiv.org alphaxiv.org jmlr.org openaccess.thecvf.com mdpi.com bmj.com frontiersin.org"
    " tandfonline.com onlinelibrary.wiley.com journals.sagepub.com academic.oup.com jamanetwork.com thelancet.com"
    " iopscience.iop.org royalsocietypublishing.org distill.pub chemrxiv.org psyarxiv.com hal.science eprint.iacr.org",
    LinkKind.CODE: "github.com gitlab.com bitbucket.org codeberg.org gitee.com git.sr.ht gist.github.com"
    " gist.githubusercontent.com raw.githubusercontent.com colab.research.google.com pypi.org npmjs.com",
    LinkKind.DATASET: "kaggle.com zenodo.org figshare.com",
    LinkKind.VIDEO: "youtube.com youtu.be vimeo.com m.youtube.com youtube-nocookie.com twitch.tv",
    LinkKind.SOCIAL: "twitter.com x.com bsky.app mastodon.social linkedin.com reddit.com facebook.com threads.net"
    " news.ycombinator.com nitter.net xcancel.com instagram.com tiktok.com",
    LinkKind.NEWS: "nytimes.com wsj.com ft.com bloomberg.com reuters.com theverge.com wired.com bbc.co.uk bbc.com"
    " theguardian.com washingtonpost.com technologyreview.com economist.com cnbc.com axios.com politico.com politico.eu"
    " theinformation.com techcrunch.com arstechnica.com scmp.com semafor.com time.com theatlantic.com apnews.com"
    " cnn.com forbes.com vox.com newyorker.com theregister.com venturebeat.com spectrum.ieee.org npr.org fortune.com"
    " businessinsider.com yahoo.com vice.com theintercept.com quantamagazine.org newscientist.com sciencenews.org"
    " nikkei.com latimes.com engadget.com zdnet.com gizmodo.com qz.com defenseone.com breakingdefense.com 404media.co"
    " restofworld.org techradar.com tomshardware.com",
    LinkKind.POST: "lesswrong.com alignmentforum.org greaterwrong.com medium.com substack.com wordpress.com"
    " blogspot.com ghost.io openai.com anthropic.com",
}
_KIND_BY_HOST = {host: kind for kind, hosts in _HOSTS_BY_KIND.items() for host in hosts.split()}


def classify_host(host: str) -> LinkKind | None:
    """What a host publishes, or the site that it belongs to; None where that is not known."""
    while host:
        if host in _KIND_BY_HOST:
            return _KIND_BY_HOST[host]
        host = host.partition(".")[2]
    return None


URL_SAFE_CHARACTERS = "%/:=&?~+!$,;'@()*[]-._#"
"""What stays as it is; the rest, letters beyond ASCII among it, is percent-encoded (RFC 3987, section 3.1)."""

_TRACKING_PARAMETER = re.compile(
    r"(?i)^(utm_.*|fbclid|gclid|dclid|gbraid|wbraid|gad_.*|msclkid|twclid|mc_cid|mc_eid|mkt_tok|ref_src|igshid|_hs.*)$"
)
"""Names that tell on every site who came from where, and nothing else."""
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
"""Names that mean something elsewhere, by the site and the sites beneath it."""


@lru_cache(maxsize=512)
def split_url(url: str) -> SplitResult | None:
    """The address taken apart, None where it is no web address; every question about a link asks this."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname else None


def get_path(url: str | None) -> str:
    """The path, empty where there is none."""
    parts = split_url(url) if url else None
    return parts.path if parts else ""


def get_host(url: str | None) -> str | None:
    """The host in lower case without `www.` and without the root's dot (RFC 1034), None where there is none."""
    return _parse_host(url) if url else None


@lru_cache(maxsize=512)
def _parse_host(url: str) -> str | None:
    parts = split_url(url)
    host = parts.hostname if parts else None
    return (host.rstrip(".").removeprefix("www.") or None) if host else None


def lookup_by_domain(table: dict[str, frozenset[str]], host: str) -> frozenset[str]:
    """What a table says of a host, or of the site that it belongs to; nothing where it names neither."""
    while host:
        if host in table:
            return table[host]
        host = host.partition(".")[2]
    return frozenset()


@lru_cache(maxsize=512)
def normalise_url(url: str) -> str:
    """One spelling of an address: https, lower-case host, no tracking parameters, fragment or default port.

    Letters beyond ASCII are written as a browser sends them (RFC 3987). What cannot be read as an http address comes
    back as it is. Tidying twice changes nothing.
    """
    parts = split_url(url)
    name = get_host(url)
    if parts is None or name is None:
        return url
    host = to_ascii_host(name).rstrip(".") or name  # a letter beyond ASCII can be a dot too
    while host.startswith("www."):  # a letter beyond ASCII can be a "w" too
        host = host.removeprefix("www.")
    if ":" in host:
        host = f"[{host}]"
    if (port := parts.port) not in (None, 80, 443):
        host += f":{port}"
    query = strip_query_tracking(parts.query, host)
    return urlunsplit(("https", host, _percent_encode(parts.path.rstrip("/")), _percent_encode(query), ""))


def strip_tracking(url: str) -> str:
    """The address as it is, without the parameters that only tell who came from where."""
    parts = split_url(url)
    if parts is None or not parts.query:
        return url
    query = strip_query_tracking(parts.query, get_host(url) or "")
    return url if query == parts.query else urlunsplit(parts._replace(query=query))


def strip_query_tracking(query: str, host: str, extra_names: frozenset[str] = frozenset()) -> str:
    """The query without trackers and the `more` names. The rest keeps its order and spelling: it can name the page."""
    if not query:
        return ""
    names = lookup_by_domain(_SITE_TRACKING_PARAMETERS, host) | extra_names
    pairs = query.split("&")
    return "&".join(pair for pair in pairs if not _is_tracking_parameter(unquote_plus(pair.partition("=")[0]), names))


def _is_tracking_parameter(name: str, names: frozenset[str]) -> bool:
    return name in names or _TRACKING_PARAMETER.match(name) is not None


def to_ascii_host(host: str) -> str:
    """A host as it is looked up; one that no browser could look up stays as it is."""
    if host.isascii() or len(host) > _MAX_HOST_LENGTH:
        return host
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return host


def _percent_encode(part: str) -> str:
    return part if part.isascii() else quote(_LONE_SURROGATE.sub("\ufffd", part), safe=_ASCII)


_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
"""Halves of a letter, that no encoding has; a browser sends the replacement character (https://url.spec.whatwg.org)."""
_ASCII = "".join(map(chr, range(128)))


_FILE_NAME = re.compile(
    r"(?i)^[\w.-]+\.(?:json|jsonl|txt|ya?ml|toml|csv|tsv|ipynb|js|tsx?|jsx|cpp|hpp|tex|html?|xml|cfg|ini|lock|log|env"
    r"|parquet|safetensors|gguf|onnx|pdf|png|jpe?g|gif|svg|exe|dll|kt|hs|lua)$"
)
"""No top-level domain has these endings (https://data.iana.org/TLD/tlds-alpha-by-domain.txt)."""
_PY_OR_MD_FILE = re.compile(r"(?i)^[\w-]+\.(?:py|md)$")
"""Two parts only: the sites of Paraguay stand beneath com.py and org.py, as good as all."""
_COMMON_FILE_NAME = re.compile(
    r"(?i)^(?:main|mod|run|train|setup|install|build|tests?|script|start|deploy|entrypoint|index|utils|config|models?"
    r"|data|eval|demo|init|bootstrap|[\w-]*_[\w-]*)\.(?:sh|rs|pl|so|cc|ps|mk|tf|zip|mov)$"
)


_MAX_HOST_LENGTH = 253
"""Characters that the name of a host may have (RFC 1035)."""


def is_file_name_link(url: str | None, text: str) -> bool:
    """Whether a link is a file's name that something made an address of; the words are those underlined."""
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


ISSUE_NUMBER = re.compile(r"(?i)\bimport\s*-?ai\W*(?:(?:issue|newsletter)\W*)?#?\s*(\d{1,4})\b")
"""The number in a title, a slug or a mention: "Import AI 402", "ImportAI 449", "import-ai-issue-6"."""

_NEWSLETTER_HOSTS = {"importai.substack.com", "jack-clark.net"}
_DATED_PATH = re.compile(r"^/\d{4}/\d{2}(/\d{2})?(/|$)")


def is_issue_url(url: str | None) -> bool:
    """Whether an address leads to an issue of this newsletter, on either of its sites."""
    host, path = get_host(url), get_path(url)
    if host == "importai.substack.com":
        return path.startswith("/p/")
    if host == "jack-clark.net":
        return _DATED_PATH.match(path) is not None
    return host == "open.substack.com" and path.startswith("/pub/importai/p/")


def is_newsletter_front_page(url: str | None) -> bool:
    """Whether an address is a front page of the newsletter; it means an issue where the words name one."""
    return get_host(url) in _NEWSLETTER_HOSTS and not get_path(url).strip("/")


def find_issue_number(text: str) -> int | None:
    """The issue's number in a title, slug or mention; None where it names none."""
    match = ISSUE_NUMBER.search(text.replace("-", " "))
    return int(match[1]) if match else None


MAX_URL_LENGTH = 2048
"""Characters; what every browser's address line takes, and more than any citation needs."""

_UNSAFE_CHARACTER = re.compile(
    '[\x00-\x20\x7f-\x9f\\\\\u00a0\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff<>"`{}|^]'
)
_HOST_NAME = re.compile(r"[a-z0-9_][a-z0-9._-]*|\[[0-9a-f:.]+\]")
"""A name as it is looked up, or an address of IPv6. What else a host may hold (RFC 3986, section 3.2.2) names nothing
in the web, and launchers that are shell scripts have been led astray by it."""


def validate_url(url: str) -> str:
    """The address as it may be handed to a browser: written anew from its parts.

    Raises RefusedAddress for anything but plain http and https: other schemes, credentials, control characters,
    no host, more than LONGEST_ADDRESS characters.
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
    where = f"[{ascii_host}]" if ":" in ascii_host else ascii_host
    path, query, fragment = (
        quote(part, safe=URL_SAFE_CHARACTERS) for part in (parts.path, parts.query, parts.fragment)
    )
    whole = urlunsplit((parts.scheme, where + port, path, query, fragment))
    if not _HOST_NAME.fullmatch(where):  # normalising it can bring forth anything
        raise RefusedAddressError(f"Not opened: the host is no name that can be looked up ({shown}).")
    _check_length(whole, shown)  # a letter beyond ASCII is written with six or more
    return whole


def _check_length(url: str, shown: str) -> None:
    if len(url) > MAX_URL_LENGTH:
        raise RefusedAddressError(f"Not opened: the address has {len(url)} characters ({shown}…).")
