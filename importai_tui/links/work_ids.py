"""Finds the canonical id of the work that a URL leads to: the same id for every mirror, redirect and copy of it.

Sources: arXiv ids, https://info.arxiv.org/help/arxiv_identifier.html; DOIs, ISO 26324 and doi.org.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlunsplit

from importai_tui.links.redirects import unwrap_url
from importai_tui.links.urls import (
    MAX_URL_LENGTH,
    get_host,
    lookup_by_domain,
    normalise_url,
    split_url,
    strip_query_tracking,
)

_REPEATED_SLASHES = re.compile("/{2,}")
"""The known sites read repeated slashes as one; URLs of other sites keep them."""
_MAX_ROUNDS = 4
"""Rounds of unwrapping and normalising, because a normalised URL may be a redirect; the tests need two."""


def get_work_id(url: str | None) -> str | None:
    """Return the canonical id of the work that a URL leads to, else the normalised URL; None without a URL.

    Ids are `arxiv:2502.19187`, `doi:10.1126/science.adu8578`, `github:owner/repo`, and `hf:owner/name` for models and
    data sets. Idempotent: an id gives itself.
    """
    return _compute_work_id(url) if url else None


_PAGES = {
    "arxiv": "https://arxiv.org/abs/{}",
    "doi": "https://doi.org/{}",
    "github": "https://github.com/{}",
    "hf": "https://huggingface.co/{}",
}
"""By scheme of an id, the page of a work."""


def get_work_url(work: str) -> str | None:
    """Return the URL of the page of a work, made from its id; None for a work without one."""
    scheme, _, name = work.partition(":")
    if scheme in _PAGES:
        return _PAGES[scheme].format(quote(name, safe="/:()"))
    return work if scheme in ("http", "https") else None


@lru_cache(maxsize=512)
def _compute_work_id(url: str) -> str:
    """Cached, because classifying a link needs its work again."""
    for _ in range(_MAX_ROUNDS):
        if (inner := normalise_url(get_original_url(url))) == url:
            break
        url = inner
    parts = split_url(url)
    if parts is None or len(url) > MAX_URL_LENGTH:
        return url
    host, encoded_path = get_host(url) or "", parts.path
    path = unquote(encoded_path)
    if "//" in path:
        path, encoded_path = _REPEATED_SLASHES.sub("/", path), _REPEATED_SLASHES.sub("/", encoded_path)
    if work := _find_arxiv_work(host, path):
        return work
    if doi := _find_doi_work(host, path, parts.query):
        return _get_url_of_doi(doi.removeprefix("doi:")) or doi
    url_parts = _UrlParts(host, path, parts.query)
    return (
        _find_site_work(url_parts)
        or _match_github(host, encoded_path)
        or _match_hugging_face(host, encoded_path)
        or _strip_access_parameters(url, host)
    )


_WAYBACK = re.compile(
    r"(?i)^https?://(?:web\.|www\.)?archive\.org/web/(?:\d{0,14}\*?(?:[a-z]{2}_)?/)?(?:(https?):/{1,2})?([\w-]+\.\S+)$"
)


@lru_cache(maxsize=512)
def get_original_url(url: str) -> str:
    """Return the URL behind a mail's redirect or a copy in the Wayback Machine, else the URL itself."""
    while len(url) <= MAX_URL_LENGTH:
        copy = _WAYBACK.match(url) if "archive.org/web/" in url else None
        inner = f"{copy[1] or 'http'}://{copy[2]}" if copy else unwrap_url(url)
        # Only a shorter URL, so that the loop ends for a redirect that contains itself.
        if not inner or len(inner) >= len(url):
            return url
        url = inner
    return url


_NEW_ID = r"\d{4}\.\d{4,5}"
_OLD_ID = r"[a-z]+(?:-[a-z]+)?(?:\.[a-z]{2})?/\d{7}"
_ARXIV_ID = rf"(?:arxiv:)?({_NEW_ID}|{_OLD_ID})(?:v\d+)?"
_ARXIV_PATH = re.compile(
    rf"(?ai)^/(?:abs|pdf|html|format|ps|e-print|src|bibtex|overview)/{_ARXIV_ID}(?:\.pdf)?/?$"
    rf"|^/ftp/(?:arxiv|[a-z-]+)/papers/\d{{4}}/({_NEW_ID})(?:v\d+)?\.pdf$"
)
_BARE_ARXIV_ID = re.compile(rf"(?ai)^{_ARXIV_ID}$")
_MIRROR_HOSTS = {"ar5iv.org", "alphaxiv.org", "xxx.lanl.gov"}
_ARXIV_FOLDERS = {
    "huggingface.co": "papers",
    "hf.co": "papers",
    "arxiv-vanity.com": "papers",
    "scirate.com": "arxiv",
    "papers.cool": "arxiv",
    "semanticscholar.org": "arxiv",
    "emergentmind.com": "papers",
}
"""Sites that show papers under their arXiv ids, with the folder of those pages."""
_ARXIV_FOLDER_PATH = re.compile(rf"(?ai)^/([a-z]+)/{_ARXIV_ID}/?$")
_FIRST_OLD, _LAST_OLD = 9108, 703
_FIRST_NEW, _FIRST_FIVE_DIGITS = 704, 1501
"""Years and months (YYMM): ids with an archive ran from August 1991 to March 2007; five digits since January 2015."""


def _find_arxiv_work(host: str, path: str) -> str | None:
    """Return `arxiv:2502.19187` for the page of a paper, else None. `path` must be percent-decoded.

    Only known hosts count, because a bare "1234.56789" can be anything.
    """
    path = path.rstrip(".,;)")
    if host == "arxiv.org" or host.endswith(".arxiv.org") or host in _MIRROR_HOSTS:
        match = _ARXIV_PATH.match(path)
        return _make_arxiv_work(match[1] or match[2]) if match else None
    folder = _ARXIV_FOLDERS.get(host)
    match = _ARXIV_FOLDER_PATH.match(path) if folder else None
    return _make_arxiv_work(match[2]) if match and match[1].lower() == folder else None


def _parse_arxiv_id(text: str) -> str | None:
    """Return the work id for a bare arXiv id ("2502.19187v2", "math.GT/0309136"); None if it is not one."""
    match = _BARE_ARXIV_ID.match(text)
    return _make_arxiv_work(match[1]) if match else None


def _make_arxiv_work(id: str) -> str | None:
    """Return the work id for an arXiv id, without the subject class of old ids; None if no paper can have the id."""
    archive, _, number = id.rpartition("/")
    month = int(number[:4])
    if not 1 <= month % 100 <= 12:
        return None
    if archive:
        is_valid = month >= _FIRST_OLD or month <= _LAST_OLD
        return f"arxiv:{archive.partition('.')[0].lower()}/{number}" if is_valid else None
    is_valid = len(number) == (len("0000.00000") if month >= _FIRST_FIVE_DIGITS else len("0000.0000"))
    return f"arxiv:{number}" if is_valid and _FIRST_NEW <= month < _FIRST_OLD else None


_RESOLVERS = {"doi.org", "dx.doi.org", "hdl.handle.net"}
_DOI = re.compile(r"(?a)10\.\d{4,9}(?:\.\d+)*/[!-~]+")
_DOI_PATH_PREFIX = re.compile(
    r"(?a)/(?:doi|article|articles|chapter|book|content|abstract)(?:/[\w.-]+){0,4}?/(?=10\.\d{4,9}/)"
)
"""The path before a DOI: `/doi/full/10.…`, `/content/10.…`, `/prl/abstract/10.…`."""
_DOI_PATH_SUFFIX = re.compile(
    r"(?i)(?:/(?:full|abstract|pdf|epdf|meta|fulltext|html)|\.(?:full|abstract|pdf)|\+html)+$"
)
"""The path after a DOI on publishers' pages."""
_PREPRINT_VERSION = re.compile(r"v\d+$")
_PREPRINTS = {"biorxiv.org", "medrxiv.org"}
_NATURE_ARTICLE = re.compile(
    r"(?a)^/articles/((?:s4\d{4}-|d41586-|nature|srep|ncomms)[\w-]+?)(?:_reference)?(?:\.e?pdf)?/?$"
)


def _find_doi_work(host: str, path: str, query: str) -> str | None:
    """Return `doi:10.1126/science.adu8578`, or the arXiv paper with that DOI; None if the URL holds no whole DOI.

    Known are the resolvers of DOIs and the path formats of some publishers.
    """
    doi = _find_doi(host, path, query)
    if doi is None:
        return None
    doi = doi.rstrip("/.,;").lower()
    if doi.endswith(")") and doi.count("(") < doi.count(")"):
        doi = doi.rstrip(").,;")
    if doi.startswith("10.48550/arxiv.") and (paper := _parse_arxiv_id(doi.partition("/arxiv.")[2])):
        return paper
    return f"doi:{doi}" if _DOI.fullmatch(doi) else None


def _find_doi(host: str, path: str, query: str) -> str | None:
    if host in _RESOLVERS or host.startswith("doi."):
        doi = path.lstrip("/").removeprefix("doi:")
        return doi if _DOI.match(doi) else None
    if host == "nature.com" and (article := _NATURE_ARTICLE.match(path)):
        return f"10.1038/{article[1]}"
    if host == "journals.plos.org":
        doi = dict(parse_qsl(query)).get("id", "")
        return doi if _DOI.fullmatch(doi) else None
    prefix = _DOI_PATH_PREFIX.search(path)
    if prefix is None:
        return None
    doi = _DOI_PATH_SUFFIX.sub("", path[prefix.end() :])
    return _PREPRINT_VERSION.sub("", doi) if host in _PREPRINTS else doi


def _get_url_of_doi(doi: str) -> str | None:
    """Return the URL of a work whose DOI contains its number at SSRN or the ACL Anthology; None for other DOIs."""
    if doi.startswith("10.2139/ssrn.") and doi[13:].isdecimal():
        return _SSRN_URL.format(doi[13:])
    if doi.startswith("10.18653/v1/") and (paper := _ACL_ID.fullmatch(doi[12:])):
        return _make_acl_url(paper[1])
    return None


_REPOSITORY = re.compile(r"(?a)^/([A-Za-z0-9][\w-]*)/([\w.-]+)")
_RAW_FILE = re.compile(r"^/([^/]+)/([^/]+)/(?:refs/heads/)?(.+)$")
_GITHUB_PAGES = frozenset(
    [
        "features",
        "topics",
        "sponsors",
        "orgs",
        "settings",
        "marketplace",
        "about",
        "blog",
        "search",
        "apps",
        "login",
        "trending",
        "explore",
        "collections",
        "users",
        "enterprise",
        "customer-stories",
        "readme",
        "security",
        "pricing",
        "site",
        "contact",
        "stars",
        "notifications",
    ]
)
"""First folders of GitHub's own pages, which are no owners of repositories."""
_REPOSITORY_PDF = re.compile(r"(?i)^/([^/]+/[^/]+)/(?:blob|raw)/(?:refs/heads/)?(.+\.pdf)$")


def _match_github(host: str, path: str) -> str | None:
    """Match a GitHub repository, from any of its files and pages; a PDF in a repository is a work of its own."""
    if host == "raw.githubusercontent.com" and (raw := _RAW_FILE.match(path)):
        path = f"/{raw[1]}/{raw[2]}/blob/{raw[3]}"
    elif host != "github.com":
        return None
    if document := _REPOSITORY_PDF.match(path):
        return normalise_url(f"https://github.com/{document[1].lower()}/blob/{document[2]}")
    match = _REPOSITORY.match(path)
    if match is None or match[1].lower() in _GITHUB_PAGES:
        return None
    return f"github:{match[1]}/{match[2].removesuffix('.git')}".lower()


_HF_REPOSITORY = re.compile(r"(?a)^/(?:datasets/)?([\w.-]+)/([\w.-]+)")
_HF_SPACE = re.compile(r"(?a)^/spaces/[\w.-]+/[\w.-]+")
_HF_PAGES = frozenset(
    [
        "papers",
        "blog",
        "docs",
        "collections",
        "organizations",
        "learn",
        "posts",
        "tasks",
        "join",
        "chat",
        "api",
        "models",
        "datasets",
        "spaces",
        "settings",
        "login",
        "pricing",
        "enterprise",
        "search",
    ]
)
"""First folders of Hugging Face's own pages, which are no owners of models."""


def _match_hugging_face(host: str, path: str) -> str | None:
    """Match a model or a data set; any other page keeps its URL.

    So does a space, because it often has the name of the model that it shows.
    """
    if host not in ("huggingface.co", "hf.co"):
        return None
    match = _HF_REPOSITORY.match(path)
    if match is not None and match[1] not in _HF_PAGES:
        return f"hf:{match[1]}/{match[2]}"
    space = _HF_SPACE.match(path)
    return normalise_url(f"https://huggingface.co{space[0] if space else path}")


_ACCESS_PARAMETERS: dict[str, frozenset[str]] = {
    host: frozenset(names.split())
    for host, names in {
        "ft.com": "accessToken sharetype shareType token",
        "nytimes.com": "unlocked_article_code smid referringSource partner",
        "bloomberg.com": "accessToken leadSource srnd sref",
        "wsj.com": "st reflink mod",
        "washingtonpost.com": "pwapi_token itid",
        "theatlantic.com": "gift",
        "economist.com": "giftId",
        "medium.com": "sk",
    }.items()
}
"""Query parameters, by domain, that give access to an article. A link keeps them; the work id does not."""


def _strip_access_parameters(url: str, host: str) -> str:
    parts = split_url(url)
    names = lookup_by_domain(_ACCESS_PARAMETERS, host)
    if parts is None or not names or not parts.query:
        return normalise_url(url)
    return normalise_url(urlunsplit(parts._replace(query=strip_query_tracking(parts.query, host, names))))


class _UrlParts(NamedTuple):
    """The parts of a URL that identify a work: host without `www.`, percent-decoded path, query.

    The site rules match ASCII only, so the URLs that they build are valid.
    """

    host: str
    path: str
    query: str


def _find_site_work(parts: _UrlParts) -> str | None:
    """Return the canonical URL of a work on a known site, which the site answers to; None if there is no work."""
    if rule := _SITE_RULES.get(parts.host):
        return rule(parts)
    if parts.host.startswith("gitlab."):
        return _match_gitlab(parts)
    return _match_substack(parts) if parts.host.endswith(".substack.com") else None


def _get_parameter(query: str, name: str) -> str:
    return next((value for key, value in parse_qsl(query) if key == name), "")


_OWNER_AND_PROJECT = re.compile(r"(?a)^/([\w.~-]+/[\w.-]+)")
_GIST = re.compile(r"(?a)^/([\w-]+/[0-9a-f]{8,40})(?:/|\.git|$)")


def _match_gitlab(parts: _UrlParts) -> str | None:
    """Match a project below one or more nested groups; "/-/" ends the project's path."""
    project = parts.path.partition("/-/")[0].strip("/").removesuffix(".git")
    return f"https://{parts.host}/{project}".lower() if re.fullmatch(r"(?a)[\w.-]+(?:/[\w.-]+)+", project) else None


def _match_project(parts: _UrlParts) -> str | None:
    project = _OWNER_AND_PROJECT.match(parts.path)
    return f"https://{parts.host}/{project[1].removesuffix('.git')}".lower() if project else None


def _match_gist(parts: _UrlParts) -> str | None:
    gist = _GIST.match(parts.path)
    return f"https://gist.github.com/{gist[1]}".lower() if gist else None


_SSRN_URL = "https://papers.ssrn.com/sol3/papers.cfm?abstract_id={}"
_SSRN_PATH = re.compile(r"(?a)^/abstract[=/](\d+)/?$")
_ACL_ID = re.compile(r"(?ai)([a-z]\d{2}-\d{4}|\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+)(?:v\d+)?(?:\.pdf|\.bib|/)?")
_PMLR = re.compile(r"(?a)^/(v\d+)/([\w-]+?)(?:\.html|/[\w-]+\.pdf)$")
_PMLR_RAW = re.compile(r"(?a)^/mlresearch/(v\d+)/main/assets/([\w-]+)/[\w-]+\.pdf$")
_PMLR_OLD = re.compile(r"(?a)^/proceedings/papers/(v\d+)/([\w-]+)\.(?:html|pdf)$")
_NEURIPS = re.compile(
    r"(?a)^/paper(?:_files/paper)?/(\d{4})/(?:hash|file)/([0-9a-f]{32})-(?:Abstract|Paper|Supplemental|Bibtex)([\w-]*)\."
)
_NIPS_OLD = re.compile(r"(?a)^/paper/(\d{1,4}-[\w-]+?)(?:\.pdf|/)?$")
_CVF = re.compile(r"(?a)^(/[\w/-]+)/(?:html|papers)/([\w.-]+)_paper\.(?:html|pdf)$")


def _match_openreview(parts: _UrlParts) -> str | None:
    """Match a forum by the case-sensitive id in the query; a note in the forum is the same work."""
    if parts.path.strip("/") not in ("forum", "pdf", "attachment", "revisions"):
        return None
    id = _get_parameter(parts.query, "id")
    return f"https://openreview.net/forum?id={id}" if re.fullmatch(r"(?a)[\w-]+", id) else None


def _match_ssrn(parts: _UrlParts) -> str | None:
    in_path = _SSRN_PATH.match(parts.path)
    query = parts.query.lower()
    id = in_path[1] if in_path else _get_parameter(query, "abstract_id") or _get_parameter(query, "abstractid")
    return _SSRN_URL.format(id) if re.fullmatch(r"(?a)[0-9]+", id) else None


def _match_acl(parts: _UrlParts) -> str | None:
    """Match a paper by the id at the end of the path; older URLs have folders before it."""
    paper = _ACL_ID.fullmatch(parts.path.rstrip("/").rpartition("/")[2])
    return _make_acl_url(paper[1]) if paper else None


def _make_acl_url(id: str) -> str:
    return f"https://aclanthology.org/{id.upper() if id[1:3].isdecimal() and id[3] == '-' else id.lower()}"


def _match_pmlr(parts: _UrlParts) -> str | None:
    pattern = {"proceedings.mlr.press": _PMLR, "raw.githubusercontent.com": _PMLR_RAW}.get(parts.host, _PMLR_OLD)
    paper = pattern.match(parts.path)
    return f"https://proceedings.mlr.press/{paper[1]}/{paper[2]}.html" if paper else None


def _match_neurips(parts: _UrlParts) -> str | None:
    if paper := _NEURIPS.match(parts.path):
        year, id, track = paper.groups()
        return f"https://proceedings.neurips.cc/paper_files/paper/{year}/hash/{id}-Abstract{track}.html"
    old = _NIPS_OLD.match(parts.path)
    return f"https://papers.nips.cc/paper/{old[1]}" if old else None


def _match_cvf(parts: _UrlParts) -> str | None:
    paper = _CVF.match(parts.path)
    return f"https://openaccess.thecvf.com{paper[1]}/html/{paper[2]}_paper.html" if paper else None


_VIDEO = re.compile(r"(?a)^/(?:shorts|embed|live|v)/([\w-]+)/?$")
_STATUS = re.compile(r"(?a)^/([A-Za-z0-9_]+)(?:/web)?/status(?:es)?/([0-9]+)(?:/|$)")
_SUBSTACK_POST = re.compile(r"(?a)^/p/([\w-]+)(?:/comments)?/?$")


def _match_youtube(parts: _UrlParts) -> str | None:
    """Match a video; a start time is ignored."""
    if parts.host == "youtu.be":
        id = parts.path.strip("/")
    elif parts.path.rstrip("/") == "/watch":
        id = _get_parameter(parts.query, "v")
    else:
        match = _VIDEO.match(parts.path)
        id = match[1] if match else ""
    return f"https://youtube.com/watch?v={id}" if re.fullmatch(r"(?a)[\w-]+", id) else None


def _match_x(parts: _UrlParts) -> str | None:
    """Match a status or a profile on X or a mirror of it; user names are case-insensitive."""
    if status := _STATUS.match(parts.path):
        return f"https://x.com/{status[1].lower()}/status/{status[2]}"
    name = re.fullmatch(r"(?a)/([A-Za-z0-9_]{1,15})/?", parts.path)
    return f"https://x.com/{name[1].lower()}" if name and not parts.query else None


def _match_substack(parts: _UrlParts) -> str | None:
    post = _SUBSTACK_POST.match(parts.path)
    return f"https://{parts.host}/p/{post[1]}" if post else None


_SITE_RULES: dict[str, Callable[[_UrlParts], str | None]] = {
    host: rule
    for hosts, rule in (
        ("gitlab.com", _match_gitlab),
        ("bitbucket.org codeberg.org gitee.com git.sr.ht", _match_project),
        ("gist.github.com gist.githubusercontent.com", _match_gist),
        ("openreview.net api.openreview.net api2.openreview.net", _match_openreview),
        ("papers.ssrn.com ssrn.com", _match_ssrn),
        ("aclanthology.org aclweb.org aclanthology.info", _match_acl),
        ("proceedings.mlr.press raw.githubusercontent.com jmlr.org", _match_pmlr),
        ("papers.nips.cc papers.neurips.cc proceedings.neurips.cc", _match_neurips),
        ("openaccess.thecvf.com", _match_cvf),
        ("youtube.com m.youtube.com music.youtube.com youtube-nocookie.com youtu.be", _match_youtube),
        (
            "x.com twitter.com mobile.twitter.com mobile.x.com nitter.net xcancel.com vxtwitter.com fxtwitter.com",
            _match_x,
        ),
    )
    for host in hosts.split()
}
