"""What an address is: whether it may be opened, its host, its kind, the work that it leads to. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from importai_tui.errors import RefusedAddress
from importai_tui.issue import LinkKind

LONGEST_ADDRESS = 2048
"""Characters; what every browser's address line takes, and more than any citation needs."""

ISSUE_NUMBER = re.compile(r"(?i)\bimport\s*-?ai\W*(?:(?:issue|newsletter)\W*)?#?\s*(\d{1,4})\b")
"""The number in a title, a slug or a mention: "Import AI 402", "ImportAI 449", "import-ai-issue-6"."""

_NEWSLETTER_HOSTS = {"importai.substack.com", "jack-clark.net"}
_UNSAFE = re.compile('[\x00-\x20\x7f-\x9f\\\\\u00a0\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff<>"`{}|^]')
_URL_MARKS = "%/:=&?~+!$,;'@()*[]-._#"
"""What stays as it is; the rest, letters beyond ASCII among it, is percent-encoded (RFC 3987, section 3.1)."""
_TRACKERS = re.compile(r"(?i)^(utm_.*|fbclid|gclid|mc_cid|mc_eid|ref_src|igshid|_hs.*)$")
_SUBSTACK_TRACKERS = {"r", "s", "triedRedirect", "publication_id", "post_id", "isFreemail", "shareImageVariant"} | {
    "showWelcomeOnShare",
    "token",
    "j",
    "u",
    "freeSignupEmail",
}


def vetted(url: str) -> str:
    """The address as it may be handed to a browser: written anew from its parts.

    Raises RefusedAddress for anything but plain http and https: other schemes, credentials, control characters,
    no host, more than LONGEST_ADDRESS characters.
    """
    shown = "".join(c if c.isprintable() else "?" for c in url[:80])
    if len(url) > LONGEST_ADDRESS:
        raise RefusedAddress(f"Not opened: the address has {len(url)} characters ({shown}…).")
    url = url.strip(" ")
    if url.startswith("-") or _UNSAFE.search(url):
        raise RefusedAddress(f"Not opened: the address holds characters that no address may hold ({shown}).")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        ascii_host = (host or "").encode("idna").decode("ascii") if host and not host.isascii() else host
    except ValueError as error:
        raise RefusedAddress(f"Not opened: this is no address that can be read ({shown}).") from error
    if parts.scheme not in ("http", "https"):
        raise RefusedAddress(f"Not opened: only http and https addresses are opened ({shown}).")
    if not ascii_host or parts.username is not None or parts.password is not None:
        raise RefusedAddress(f"Not opened: the address has no plain host, or carries a user name ({shown}).")
    port = f":{parts.port}" if parts.port is not None else ""
    where = f"[{ascii_host}]" if ":" in ascii_host else ascii_host
    path, query, fragment = (quote(part, safe=_URL_MARKS) for part in (parts.path, parts.query, parts.fragment))
    whole = urlunsplit((parts.scheme, where + port, path, query, fragment))
    if _UNSAFE.search(whole):  # normalising the host can bring forth a blank
        raise RefusedAddress(f"Not opened: the host is no name that can be looked up ({shown}).")
    return whole


@lru_cache(maxsize=512)
def _parts(url: str) -> SplitResult | None:
    """The address taken apart, None where it is no web address; every question about a link asks this."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname else None


def host_of(url: str | None) -> str | None:
    """The host in lower case without `www.`, None where there is none."""
    return _host(url) if url else None


@lru_cache(maxsize=512)
def _host(url: str) -> str | None:
    parts = _parts(url)
    host = parts.hostname if parts else None
    return host.removeprefix("www.") if host else None


def tidy(url: str) -> str:
    """One spelling of an address: https, lower-case host, no tracking parameters, fragment or default port.

    What cannot be read as an http address comes back as it is. Tidying twice changes nothing.
    """
    parts = _parts(url)
    if parts is None or parts.hostname is None:
        return url
    host = parts.hostname.removeprefix("www.")
    if parts.port not in (None, 80, 443):
        host += f":{parts.port}"
    return urlunsplit(("https", host, parts.path.rstrip("/"), _query(parts.query, host), ""))


def untracked(url: str) -> str:
    """The address as it is, without the parameters that only tell who came from where."""
    parts = _parts(url)
    if parts is None or not parts.query or parts.hostname is None:
        return url
    query = _query(parts.query, parts.hostname)
    return url if query == parts.query else urlunsplit(parts._replace(query=query))


def _query(query: str, host: str) -> str:
    """The query without trackers; the rest keeps its order, for it can be what names the page."""
    if not query:
        return ""
    pairs = parse_qsl(query, keep_blank_values=True)
    ours = host == "substack.com" or host.endswith(".substack.com")
    kept = [(k, v) for k, v in pairs if not _TRACKERS.match(k) and not (ours and k in _SUBSTACK_TRACKERS)]
    return query if len(kept) == len(pairs) else urlencode(kept)


# --- works -----------------------------------------------------------------------------------------------------

_ARXIV_HOSTS = {"arxiv.org", "export.arxiv.org", "browse.arxiv.org", "xxx.lanl.gov"} | {
    "ar5iv.org",
    "ar5iv.labs.arxiv.org",
    "alphaxiv.org",
}
_ARXIV_ID = r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?:\.pdf)?/?$"
_ARXIV_PATH = re.compile(r"^/(?:abs|pdf|html|format|ps|e-print|bibtex|overview)/" + _ARXIV_ID)
_HF_PAPER = re.compile(r"^/papers/(\d{4}\.\d{4,5})/?$")
_DOI_PATH = re.compile(r"^/(?:doi/)?(?:abs/|full/|pdf/|epdf/)?(10\.\d{4,9}/[^?#]+)")
_ARXIV_DOI = re.compile(r"(?i)^10\.48550/arxiv\.(\d{4}\.\d{4,5}|[a-z-]+/\d{7})(?:v\d+)?$")
_REPOSITORY = re.compile(r"^/([A-Za-z0-9][\w.-]*)/([\w.-]+)")
_HF_THING = re.compile(r"^/(?:(datasets|spaces)/)?([\w.-]+)/([\w.-]+)")
_HF_PAGES = {"papers", "blog", "docs", "collections", "organizations", "learn", "posts", "tasks", "join", "chat"}
_GITHUB_PAGES = {"features", "topics", "sponsors", "orgs", "settings", "marketplace", "about", "blog", "search"}


def work_id(url: str | None) -> str | None:
    """The cited work's canonical id, else the tidied address; None without an address.

    `arxiv:2502.19187`, `doi:10.1126/science.adu8578`, `github:owner/repo`, `hf:owner/name`.
    """
    if not url:
        return None
    parts = _parts(url)
    if parts is None:
        return url
    host, path = host_of(url) or "", unquote(parts.path)
    return _arxiv(host, path) or _doi(host, path) or _repository(host, path) or _hugging_face(host, path) or tidy(url)


def _arxiv(host: str, path: str) -> str | None:
    match = _ARXIV_PATH.match(path) if host in _ARXIV_HOSTS else None
    if match is None and host in ("huggingface.co", "hf.co"):
        match = _HF_PAPER.match(path)
    # The subject class of an old id is no part of it: math.GT/0309136 is math/0309136.
    return "arxiv:" + re.sub(r"\.[A-Z]{2}/", "/", match[1]) if match else None


def _doi(host: str, path: str) -> str | None:
    if host not in ("doi.org", "dx.doi.org") and "/doi/" not in path:
        return None
    match = _DOI_PATH.match(path if host in ("doi.org", "dx.doi.org") else path[path.index("/doi/") :])
    if match is None:
        return None
    doi = match[1].rstrip("/.,;)").lower()
    archived = _ARXIV_DOI.match(doi)
    return f"arxiv:{archived[1]}" if archived else f"doi:{doi}"


def _repository(host: str, path: str) -> str | None:
    match = _REPOSITORY.match(path) if host in ("github.com", "raw.githubusercontent.com") else None
    if match is None or match[1].lower() in _GITHUB_PAGES:
        return None
    return f"github:{match[1]}/{match[2].removesuffix('.git')}".lower()


def _hugging_face(host: str, path: str) -> str | None:
    match = _HF_THING.match(path) if host in ("huggingface.co", "hf.co") else None
    if match is None or match[2] in _HF_PAGES:
        return None
    return f"hf:{match[2]}/{match[3]}"


# --- kinds -----------------------------------------------------------------------------------------------------

_KIND_OF_HOST = {
    LinkKind.PAPER: "openreview.net biorxiv.org medrxiv.org nature.com science.org pnas.org aclanthology.org ssrn.com"
    " papers.ssrn.com proceedings.mlr.press papers.nips.cc proceedings.neurips.cc dl.acm.org ieeexplore.ieee.org"
    " link.springer.com sciencedirect.com cell.com semanticscholar.org osf.io nber.org journals.plos.org",
    LinkKind.CODE: "gitlab.com bitbucket.org codeberg.org gist.github.com colab.research.google.com",
    LinkKind.DATASET: "kaggle.com zenodo.org",
    LinkKind.VIDEO: "youtube.com youtu.be vimeo.com m.youtube.com",
    LinkKind.SOCIAL: "twitter.com x.com bsky.app mastodon.social linkedin.com reddit.com facebook.com threads.net"
    " news.ycombinator.com mobile.twitter.com nitter.net",
    LinkKind.NEWS: "nytimes.com wsj.com ft.com bloomberg.com reuters.com theverge.com wired.com bbc.co.uk bbc.com"
    " theguardian.com washingtonpost.com technologyreview.com economist.com cnbc.com axios.com politico.com"
    " theinformation.com techcrunch.com arstechnica.com scmp.com semafor.com time.com theatlantic.com apnews.com"
    " cnn.com forbes.com vox.com newyorker.com theregister.com venturebeat.com spectrum.ieee.org npr.org",
    LinkKind.POST: "lesswrong.com alignmentforum.org medium.com github.io deepmind.google openai.com anthropic.com",
}
_HOSTS = {host: kind for kind, hosts in _KIND_OF_HOST.items() for host in hosts.split()}
_POST_PATH = re.compile(r"(?i)/(blog|blogs|posts?|p|news|research|index|articles?|essays?|writing|engineering)(/|$)")


def is_issue(url: str | None) -> bool:
    """Whether an address leads to an issue of this newsletter, on either of its sites."""
    parts = _parts(url) if url else None
    if parts is None:
        return False
    host, path = host_of(url), parts.path
    if host == "importai.substack.com":
        return path.startswith("/p/")
    if host == "jack-clark.net":
        return re.match(r"^/\d{4}/\d{2}(/\d{2})?(/|$)", path) is not None
    return host == "open.substack.com" and path.startswith("/pub/importai/p/")


def _path(url: str | None) -> str:
    parts = _parts(url) if url else None
    return parts.path if parts else ""


def _is_front_page(url: str | None) -> bool:
    """Whether an address is a front page of the newsletter; it means an issue where the words name one."""
    parts = _parts(url) if url else None
    return parts is not None and host_of(url) in _NEWSLETTER_HOSTS and not parts.path.strip("/")


def issue_number(text: str) -> int | None:
    """The issue's number in a title, slug or mention; None where it names none."""
    match = ISSUE_NUMBER.search(text.replace("-", " "))
    return int(match[1]) if match else None


def kind_of(url: str | None, text: str = "") -> LinkKind:
    """What a link leads to, by its address first and the words underlined second."""
    if is_issue(url) or (_is_front_page(url) and issue_number(text) is not None):
        return LinkKind.ISSUE
    work, host = work_id(url) or "", host_of(url) or ""
    if work.startswith(("arxiv:", "doi:")):
        return LinkKind.PAPER
    if work.startswith("github:"):
        return LinkKind.DATASET if re.search(r"(?i)\bdata ?set\b", text) else LinkKind.CODE
    if work.startswith("hf:"):
        path = _path(url)
        return LinkKind.DATASET if path.startswith("/datasets/") else LinkKind.MODEL
    for name in (host, host.partition(".")[2]):
        if name in _HOSTS:
            return _HOSTS[name]
    return _kind_of_words(url, text)


def _kind_of_words(url: str | None, text: str) -> LinkKind:
    """The kind by the source named behind the title ("(arXiv)", "(GitHub)") and the look of the path."""
    source = text.rpartition("(")[2].casefold() if "(" in text else ""
    path = _path(url)
    if "arxiv" in source or path.endswith(".pdf") or re.search(r"\bpdf\b|\bpaper\b|proceedings|nature\b", source):
        return LinkKind.PAPER
    if "github" in source or "gitlab" in source:
        return LinkKind.CODE
    if "huggingface" in source.replace(" ", ""):
        return LinkKind.DATASET if "data" in text.casefold() else LinkKind.MODEL
    if "youtube" in source or "video" in source:
        return LinkKind.VIDEO
    if "twitter" in source:
        return LinkKind.SOCIAL
    if "blog" in source or "substack" in (url or "") or _POST_PATH.search(path):
        return LinkKind.POST
    return LinkKind.OTHER
