"""Sites where one work has many addresses: forges, venues, videos, statuses. Each has one spelling here, an address.

The spelling is one that the site itself answers to, so that a work can be opened by its id.

The work that an address leads to: one canonical id, whichever mirror, wrapper or copy the address is of.

The ids of arXiv, and the sites that show its papers under them.

Source: https://info.arxiv.org/help/arxiv_identifier.html. Nothing is an id but on a host that is known to use them: a
bare "1234.56789" can be anything.

Digital object identifiers: in the addresses of their resolver and of publishers. Source: ISO 26324, doi.org.

A DOI is read from a path only where it stands whole, and only of publishers whose way of writing it is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlunsplit

from importai_tui.links.urls import (
    MAX_URL_LENGTH,
    get_host,
    lookup_by_domain,
    normalise_url,
    split_url,
    strip_query_tracking,
    unwrap_url,
)

_NEW_ID = r"\d{4}\.\d{4,5}"
_OLD_ID = r"[a-z]+(?:-[a-z]+)?(?:\.[a-z]{2})?/\d{7}"
_ARXIV_ID = rf"(?:arxiv:)?({_NEW_ID}|{_OLD_ID})(?:v\d+)?"
_ARXIV_PATH = re.compile(
    rf"(?ai)^/(?:abs|pdf|html|format|ps|e-print|src|bibtex|overview)/{_ARXIV_ID}(?:\.pdf)?/?$"
    rf"|^/ftp/(?:arxiv|[a-z-]+)/papers/\d{{4}}/({_NEW_ID})(?:v\d+)?\.pdf$"
)
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
"""Sites that name arXiv's papers by their ids, and the folder that they do it in."""
_ARXIV_FOLDER_PATH = re.compile(rf"(?ai)^/([a-z]+)/{_ARXIV_ID}/?$")
_BARE_ARXIV_ID = re.compile(rf"(?ai)^{_ARXIV_ID}$")

_FIRST_OLD, _LAST_OLD = 9108, 703
_FIRST_NEW, _FIRST_FIVE_DIGITS = 704, 1501
"""Year and month: the scheme with archives ran from August 1991 to March 2007; five digits since January 2015."""


def find_arxiv_work(host: str, path: str) -> str | None:
    """`arxiv:2502.19187` for an address of a paper, by its host and its path with nothing percent-encoded."""
    path = path.rstrip(".,;)")
    if host == "arxiv.org" or host.endswith(".arxiv.org") or host in _MIRROR_HOSTS:
        match = _ARXIV_PATH.match(path)
        return _make_arxiv_work(match[1] or match[2]) if match else None
    folder = _ARXIV_FOLDERS.get(host)
    guest = _ARXIV_FOLDER_PATH.match(path) if folder else None
    return _make_arxiv_work(guest[2]) if guest and guest[1].lower() == folder else None


def parse_arxiv_id(text: str) -> str | None:
    """The work that a bare id names ("2502.19187v2", "math.GT/0309136"); None where it is none."""
    match = _BARE_ARXIV_ID.match(text)
    return _make_arxiv_work(match[1]) if match else None


def _make_arxiv_work(id: str) -> str | None:
    """The work with this id, where such an id can be; the subject class of an old one is no part of it."""
    archive, _, number = id.rpartition("/")
    month = int(number[:4])
    if not 1 <= month % 100 <= 12:
        return None
    if archive:
        fits = month >= _FIRST_OLD or month <= _LAST_OLD
        return f"arxiv:{archive.partition('.')[0].lower()}/{number}" if fits else None
    fits = len(number) == (len("0000.00000") if month >= _FIRST_FIVE_DIGITS else len("0000.0000"))
    return f"arxiv:{number}" if fits and _FIRST_NEW <= month < _FIRST_OLD else None


_RESOLVERS = {"doi.org", "dx.doi.org", "hdl.handle.net"}
_DOI = re.compile(r"(?a)10\.\d{4,9}(?:\.\d+)*/[!-~]+")
_DOI_PATH_PREFIX = re.compile(
    r"(?a)/(?:doi|article|articles|chapter|book|content|abstract)(?:/[\w.-]+){0,4}?/(?=10\.\d{4,9}/)"
)
"""How the path goes until the DOI: `/doi/full/10.…`, `/content/10.…`, `/prl/abstract/10.…`."""
_DOI_PATH_SUFFIX = re.compile(
    r"(?i)(?:/(?:full|abstract|pdf|epdf|meta|fulltext|html)|\.(?:full|abstract|pdf)|\+html)+$"
)
"""What a publisher's page hangs on the DOI."""
_PREPRINT_VERSION = re.compile(r"v\d+$")
_PREPRINTS = {"biorxiv.org", "medrxiv.org"}
_NATURE_ARTICLE = re.compile(
    r"(?a)^/articles/((?:s4\d{4}-|d41586-|nature|srep|ncomms)[\w-]+?)(?:_reference)?(?:\.e?pdf)?/?$"
)


def find_doi_work(host: str, path: str, query: str) -> str | None:
    """`doi:10.1126/science.adu8578`, or the arXiv paper that has the DOI; None where the address holds none."""
    doi = _find_doi(host, path, query)
    if doi is None:
        return None
    doi = doi.rstrip("/.,;").lower()
    if doi.endswith(")") and doi.count("(") < doi.count(")"):
        doi = doi.rstrip(").,;")
    if doi.startswith("10.48550/arxiv.") and (paper := parse_arxiv_id(doi.partition("/arxiv.")[2])):
        return paper
    return f"doi:{doi}" if _DOI.fullmatch(doi) else None


def _find_doi(host: str, path: str, query: str) -> str | None:
    if host in _RESOLVERS or host.startswith("doi."):
        doi = path.lstrip("/").removeprefix("doi:")
        return doi if _DOI.match(doi) else None
    if host == "nature.com" and (article := _NATURE_ARTICLE.match(path)):
        return f"10.1038/{article[1]}"
    if host == "journals.plos.org":
        named = dict(parse_qsl(query)).get("id", "")
        return named if _DOI.fullmatch(named) else None
    way = _DOI_PATH_PREFIX.search(path)
    if way is None:
        return None
    doi = _DOI_PATH_SUFFIX.sub("", path[way.end() :])
    return _PREPRINT_VERSION.sub("", doi) if host in _PREPRINTS else doi


class UrlParts(NamedTuple):
    """An address as far as it names a work: host without `www.`, path with nothing percent-encoded, query.

    Names are read in ASCII alone, so that what is put together from them is an address again.
    """

    host: str
    path: str
    query: str


def find_site_work(parts: UrlParts) -> str | None:
    """The one address of a work on a site that is known; None elsewhere, and for what is no work there."""
    rule = _find_rule(parts.host)
    return rule(parts) if rule else None


_SiteRule = Callable[[UrlParts], str | None]


def _find_rule(host: str) -> _SiteRule | None:
    if host in _SITE_RULES:
        return _SITE_RULES[host]
    if host.startswith("gitlab."):
        return _match_gitlab
    return _match_substack if host.endswith(".substack.com") else None


def get_url_of_doi(doi: str) -> str | None:
    """The address of a work whose DOI only repeats its number there: SSRN's and the ACL Anthology's."""
    if doi.startswith("10.2139/ssrn.") and doi[13:].isdecimal():
        return _SSRN_URL.format(doi[13:])
    if doi.startswith("10.18653/v1/") and (paper := _ACL_ID.fullmatch(doi[12:])):
        return _make_acl_url(paper[1])
    return None


# --- forges --------------------------------------------------------------------------------------------------------

_OWNER_AND_PROJECT = re.compile(r"(?a)^/([\w.~-]+/[\w.-]+)")
_GIST = re.compile(r"(?a)^/([\w-]+/[0-9a-f]{8,40})(?:/|\.git|$)")


def _match_gitlab(parts: UrlParts) -> str | None:
    """A project stands under a group and any number of groups within; what is behind "/-/" is within the project."""
    project = parts.path.partition("/-/")[0].strip("/").removesuffix(".git")
    return f"https://{parts.host}/{project}".lower() if re.fullmatch(r"(?a)[\w.-]+(?:/[\w.-]+)+", project) else None


def _match_project(parts: UrlParts) -> str | None:
    project = _OWNER_AND_PROJECT.match(parts.path)
    return f"https://{parts.host}/{project[1].removesuffix('.git')}".lower() if project else None


def _match_gist(parts: UrlParts) -> str | None:
    gist = _GIST.match(parts.path)
    return f"https://gist.github.com/{gist[1]}".lower() if gist else None


# --- papers --------------------------------------------------------------------------------------------------------

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


def _match_openreview(parts: UrlParts) -> str | None:
    """The forum's id is in the query, and its case counts; a note within the forum is no work of its own."""
    id = (
        _get_parameter(parts.query, "id")
        if parts.path.strip("/") in ("forum", "pdf", "attachment", "revisions")
        else ""
    )
    return f"https://openreview.net/forum?id={id}" if re.fullmatch(r"(?a)[\w-]+", id) else None


def _match_ssrn(parts: UrlParts) -> str | None:
    in_path = _SSRN_PATH.match(parts.path)
    folded = parts.query.lower()
    id = in_path[1] if in_path else _get_parameter(folded, "abstract_id") or _get_parameter(folded, "abstractid")
    return _SSRN_URL.format(id) if re.fullmatch(r"(?a)[0-9]+", id) else None


def _match_acl(parts: UrlParts) -> str | None:
    """Today's address ends with the id, those of earlier years had folders before it."""
    paper = _ACL_ID.fullmatch(parts.path.rstrip("/").rpartition("/")[2])
    return _make_acl_url(paper[1]) if paper else None


def _make_acl_url(id: str) -> str:
    return f"https://aclanthology.org/{id.upper() if id[1:3].isdecimal() and id[3] == '-' else id.lower()}"


def _match_pmlr(parts: UrlParts) -> str | None:
    way = {"proceedings.mlr.press": _PMLR, "raw.githubusercontent.com": _PMLR_RAW}.get(parts.host, _PMLR_OLD)
    paper = way.match(parts.path)
    return f"https://proceedings.mlr.press/{paper[1]}/{paper[2]}.html" if paper else None


def _match_neurips(parts: UrlParts) -> str | None:
    if paper := _NEURIPS.match(parts.path):
        year, id, track = paper.groups()
        return f"https://proceedings.neurips.cc/paper_files/paper/{year}/hash/{id}-Abstract{track}.html"
    old = _NIPS_OLD.match(parts.path)
    return f"https://papers.nips.cc/paper/{old[1]}" if old else None


def _match_cvf(parts: UrlParts) -> str | None:
    paper = _CVF.match(parts.path)
    return f"https://openaccess.thecvf.com{paper[1]}/html/{paper[2]}_paper.html" if paper else None


# --- what is watched, said and posted ------------------------------------------------------------------------------

_VIDEO = re.compile(r"(?a)^/(?:shorts|embed|live|v)/([\w-]+)/?$")
_STATUS = re.compile(r"(?a)^/([A-Za-z0-9_]+)(?:/web)?/status(?:es)?/([0-9]+)(?:/|$)")
_SUBSTACK_POST = re.compile(r"(?a)^/p/([\w-]+)(?:/comments)?/?$")


def _match_youtube(parts: UrlParts) -> str | None:
    """A second of the video is a place in it, no other work."""
    if parts.host == "youtu.be":
        id = parts.path.strip("/")
    elif parts.path.rstrip("/") == "/watch":
        id = _get_parameter(parts.query, "v")
    else:
        found = _VIDEO.match(parts.path)
        id = found[1] if found else ""
    return f"https://youtube.com/watch?v={id}" if re.fullmatch(r"(?a)[\w-]+", id) else None


def _match_x(parts: UrlParts) -> str | None:
    """A name on X is the same in any case."""
    if status := _STATUS.match(parts.path):
        return f"https://x.com/{status[1].lower()}/status/{status[2]}"
    name = re.fullmatch(r"(?a)/([A-Za-z0-9_]{1,15})/?", parts.path)
    return f"https://x.com/{name[1].lower()}" if name and not parts.query else None


def _match_substack(parts: UrlParts) -> str | None:
    post = _SUBSTACK_POST.match(parts.path)
    return f"https://{parts.host}/p/{post[1]}" if post else None


def _get_parameter(query: str, name: str) -> str:
    return next((value for key, value in parse_qsl(query) if key == name), "")


_SITE_RULES: dict[str, _SiteRule] = {
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


def get_work_id(url: str | None) -> str | None:
    """The cited work's canonical id, else the tidied address; None without an address.

    `arxiv:2502.19187`, `doi:10.1126/science.adu8578`, `github:owner/repo`, `hf:owner/name` for models and data sets.
    Asking for the work of a work gives it back.
    """
    return _compute_work_id(url) if url else None


_REPEATED_SLASHES = re.compile("/{2,}")
"""Sites read two slashes as one; what is no known site's keeps them."""
_MAX_ROUNDS = 4
"""An address that was tidied can be a wrapper only now; two rounds are the most that the tests found, so twice that."""


@lru_cache(maxsize=512)
def _compute_work_id(url: str) -> str:
    """Kept for a moment, for a link's kind asks for its work again."""
    for _ in range(_MAX_ROUNDS):
        if (inner := normalise_url(get_original_url(url))) == url:
            break
        url = inner
    parts = split_url(url)
    if parts is None or len(url) > MAX_URL_LENGTH:
        return url
    host, asked = get_host(url) or "", parts.path
    path = unquote(asked)
    if "//" in path:
        path, asked = _REPEATED_SLASHES.sub("/", path), _REPEATED_SLASHES.sub("/", asked)
    if named := find_arxiv_work(host, path):
        return named
    if doi := find_doi_work(host, path, parts.query):
        return get_url_of_doi(doi.removeprefix("doi:")) or doi
    place = UrlParts(host, path, parts.query)
    return (
        find_site_work(place)
        or _match_github(host, asked)
        or _match_hugging_face(host, asked)
        or _strip_access_parameters(url, host)
    )


_WAYBACK = re.compile(
    r"(?i)^https?://(?:web\.|www\.)?archive\.org/web/(?:\d{0,14}\*?(?:[a-z]{2}_)?/)?(?:(https?):/{1,2})?([\w-]+\.\S+)$"
)


@lru_cache(maxsize=512)
def get_original_url(url: str) -> str:
    """The address that a wrapper of a mail, or a copy in the Wayback Machine, stands for; else the address itself."""
    while len(url) <= MAX_URL_LENGTH:
        copy = _WAYBACK.match(url) if "archive.org/web/" in url else None
        inner = f"{copy[1] or 'http'}://{copy[2]}" if copy else unwrap_url(url)
        # Only a shorter one, so that a wrapper that holds itself comes to an end.
        if not inner or len(inner) >= len(url):
            return url
        url = inner
    return url


# --- forges ----------------------------------------------------------------------------------------------------------

_REPOSITORY = re.compile(r"(?a)^/([A-Za-z0-9][\w-]*)/([\w.-]+)")
_RAW_FILE = re.compile(r"^/([^/]+)/([^/]+)/(?:refs/heads/)?(.+)$")
_PAGES_OF_GITHUB = (
    "features topics sponsors orgs settings marketplace about blog search apps login trending explore collections users"
    " enterprise customer-stories readme security pricing site contact stars notifications"
)
_GITHUB_PAGES = frozenset(_PAGES_OF_GITHUB.split())
_REPOSITORY_PDF = re.compile(r"(?i)^/([^/]+/[^/]+)/(?:blob|raw)/(?:refs/heads/)?(.+\.pdf)$")


def _match_github(host: str, path: str) -> str | None:
    """A repository, whichever file or page of it; but a paper that is kept in one is a work of its own."""
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
_PAGES_OF_HF = (
    "papers blog docs collections organizations learn posts tasks join chat api models datasets spaces settings login"
    " pricing enterprise search"
)
_HF_PAGES = frozenset(_PAGES_OF_HF.split())


def _match_hugging_face(host: str, path: str) -> str | None:
    """A model or a data set. A space is neither: it keeps its address, for it is often called as the model it shows."""
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
"""Names that let the reader in, so that the address keeps them, but name no other article."""


def _strip_access_parameters(url: str, host: str) -> str:
    parts = split_url(url)
    gifts = lookup_by_domain(_ACCESS_PARAMETERS, host)
    if parts is None or not gifts or not parts.query:
        return normalise_url(url)
    return normalise_url(urlunsplit(parts._replace(query=strip_query_tracking(parts.query, host, gifts))))
