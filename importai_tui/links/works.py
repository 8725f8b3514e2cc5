"""The work that an address leads to: one canonical id, whichever mirror, wrapper or copy the address is of."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote, urlunsplit

from importai_tui.links.addresses import host_of, of_site, parts_of, tidy, untracked_query
from importai_tui.links.arxiv import arxiv_work
from importai_tui.links.dois import doi_work
from importai_tui.links.places import Place, known_place, same_by_doi
from importai_tui.links.vetting import LONGEST_ADDRESS
from importai_tui.wrappers import unwrapped


def work_id(url: str | None) -> str | None:
    """The cited work's canonical id, else the tidied address; None without an address.

    `arxiv:2502.19187`, `doi:10.1126/science.adu8578`, `github:owner/repo`, `hf:owner/name` for models and data sets.
    Asking for the work of a work gives it back.
    """
    return _work(url) if url else None


_BLANK_FOLDERS = re.compile("/{2,}")
"""Sites read two slashes as one; what is no known site's keeps them."""
_ROUNDS = 4
"""An address that was tidied can be a wrapper only now; two rounds are the most that the tests found, so twice that."""


@lru_cache(maxsize=512)
def _work(url: str) -> str:
    """Kept for a moment, for a link's kind asks for its work again."""
    for _ in range(_ROUNDS):
        if (inner := tidy(original(url))) == url:
            break
        url = inner
    parts = parts_of(url)
    if parts is None or len(url) > LONGEST_ADDRESS:
        return url
    host, asked = host_of(url) or "", parts.path
    path = unquote(asked)
    if "//" in path:
        path, asked = _BLANK_FOLDERS.sub("/", path), _BLANK_FOLDERS.sub("/", asked)
    if named := arxiv_work(host, path):
        return named
    if doi := doi_work(host, path, parts.query):
        return same_by_doi(doi.removeprefix("doi:")) or doi
    place = Place(host, path, parts.query)
    return known_place(place) or _repository(host, asked) or _hugging_face(host, asked) or _plain(url, host)


_WAYBACK = re.compile(
    r"(?i)^https?://(?:web\.|www\.)?archive\.org/web/(?:\d{0,14}\*?(?:[a-z]{2}_)?/)?(?:(https?):/{1,2})?([\w-]+\.\S+)$"
)


@lru_cache(maxsize=512)
def original(url: str) -> str:
    """The address that a wrapper of a mail, or a copy in the Wayback Machine, stands for; else the address itself."""
    while len(url) <= LONGEST_ADDRESS:
        copy = _WAYBACK.match(url) if "archive.org/web/" in url else None
        inner = f"{copy[1] or 'http'}://{copy[2]}" if copy else unwrapped(url)
        # Only a shorter one, so that a wrapper that holds itself comes to an end.
        if not inner or len(inner) >= len(url):
            return url
        url = inner
    return url


# --- forges ----------------------------------------------------------------------------------------------------------

_REPOSITORY = re.compile(r"(?a)^/([A-Za-z0-9][\w-]*)/([\w.-]+)")
_RAW = re.compile(r"^/([^/]+)/([^/]+)/(?:refs/heads/)?(.+)$")
_PAGES_OF_GITHUB = (
    "features topics sponsors orgs settings marketplace about blog search apps login trending explore collections users"
    " enterprise customer-stories readme security pricing site contact stars notifications"
)
_NO_OWNERS = frozenset(_PAGES_OF_GITHUB.split())
_DOCUMENT = re.compile(r"(?i)^/([^/]+/[^/]+)/(?:blob|raw)/(?:refs/heads/)?(.+\.pdf)$")


def _repository(host: str, path: str) -> str | None:
    """A repository, whichever file or page of it; but a paper that is kept in one is a work of its own."""
    if host == "raw.githubusercontent.com" and (raw := _RAW.match(path)):
        path = f"/{raw[1]}/{raw[2]}/blob/{raw[3]}"
    elif host != "github.com":
        return None
    if document := _DOCUMENT.match(path):
        return tidy(f"https://github.com/{document[1].lower()}/blob/{document[2]}")
    match = _REPOSITORY.match(path)
    if match is None or match[1].lower() in _NO_OWNERS:
        return None
    return f"github:{match[1]}/{match[2].removesuffix('.git')}".lower()


_HF_THING = re.compile(r"(?a)^/(?:datasets/)?([\w.-]+)/([\w.-]+)")
_HF_SPACE = re.compile(r"(?a)^/spaces/[\w.-]+/[\w.-]+")
_PAGES_OF_HF = (
    "papers blog docs collections organizations learn posts tasks join chat api models datasets spaces settings login"
    " pricing enterprise search"
)
_HF_PAGES = frozenset(_PAGES_OF_HF.split())


def _hugging_face(host: str, path: str) -> str | None:
    """A model or a data set. A space is neither: it keeps its address, for it is often called as the model it shows."""
    if host not in ("huggingface.co", "hf.co"):
        return None
    match = _HF_THING.match(path)
    if match is not None and match[1] not in _HF_PAGES:
        return f"hf:{match[1]}/{match[2]}"
    space = _HF_SPACE.match(path)
    return tidy(f"https://huggingface.co{space[0] if space else path}")


_GIFTS: dict[str, frozenset[str]] = {
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


def _plain(url: str, host: str) -> str:
    parts = parts_of(url)
    gifts = of_site(_GIFTS, host)
    if parts is None or not gifts or not parts.query:
        return tidy(url)
    return tidy(urlunsplit(parts._replace(query=untracked_query(parts.query, host, gifts))))
