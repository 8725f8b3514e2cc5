"""Sites where one work has many addresses: forges, venues, videos, statuses. Each has one spelling here, an address.

The spelling is one that the site itself answers to, so that a work can be opened by its id.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import parse_qsl


class Place(NamedTuple):
    """An address as far as it names a work: host without `www.`, path with nothing percent-encoded, query.

    Names are read in ASCII alone, so that what is put together from them is an address again.
    """

    host: str
    path: str
    query: str


def known_place(at: Place) -> str | None:
    """The one address of a work on a site that is known; None elsewhere, and for what is no work there."""
    rule = _rule(at.host)
    return rule(at) if rule else None


_Rule = Callable[[Place], str | None]


def _rule(host: str) -> _Rule | None:
    if host in _RULES:
        return _RULES[host]
    if host.startswith("gitlab."):
        return _gitlab
    return _substack if host.endswith(".substack.com") else None


def same_by_doi(doi: str) -> str | None:
    """The address of a work whose DOI only repeats its number there: SSRN's and the ACL Anthology's."""
    if doi.startswith("10.2139/ssrn.") and doi[13:].isdecimal():
        return _SSRN.format(doi[13:])
    if doi.startswith("10.18653/v1/") and (paper := _ACL_ID.fullmatch(doi[12:])):
        return _acl(paper[1])
    return None


# --- forges --------------------------------------------------------------------------------------------------------

_PAIR = re.compile(r"(?a)^/([\w.~-]+/[\w.-]+)")
_GIST = re.compile(r"(?a)^/([\w-]+/[0-9a-f]{8,40})(?:/|\.git|$)")


def _gitlab(at: Place) -> str | None:
    """A project stands under a group and any number of groups within; what is behind "/-/" is within the project."""
    project = at.path.partition("/-/")[0].strip("/").removesuffix(".git")
    return f"https://{at.host}/{project}".lower() if re.fullmatch(r"(?a)[\w.-]+(?:/[\w.-]+)+", project) else None


def _pair(at: Place) -> str | None:
    project = _PAIR.match(at.path)
    return f"https://{at.host}/{project[1].removesuffix('.git')}".lower() if project else None


def _gist(at: Place) -> str | None:
    gist = _GIST.match(at.path)
    return f"https://gist.github.com/{gist[1]}".lower() if gist else None


# --- papers --------------------------------------------------------------------------------------------------------

_SSRN = "https://papers.ssrn.com/sol3/papers.cfm?abstract_id={}"
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


def _openreview(at: Place) -> str | None:
    """The forum's id is in the query, and its case counts; a note within the forum is no work of its own."""
    id = _named(at.query, "id") if at.path.strip("/") in ("forum", "pdf", "attachment", "revisions") else ""
    return f"https://openreview.net/forum?id={id}" if re.fullmatch(r"(?a)[\w-]+", id) else None


def _ssrn(at: Place) -> str | None:
    in_path = _SSRN_PATH.match(at.path)
    folded = at.query.lower()
    id = in_path[1] if in_path else _named(folded, "abstract_id") or _named(folded, "abstractid")
    return _SSRN.format(id) if re.fullmatch(r"(?a)[0-9]+", id) else None


def _anthology(at: Place) -> str | None:
    """Today's address ends with the id, those of earlier years had folders before it."""
    paper = _ACL_ID.fullmatch(at.path.rstrip("/").rpartition("/")[2])
    return _acl(paper[1]) if paper else None


def _acl(id: str) -> str:
    return f"https://aclanthology.org/{id.upper() if id[1:3].isdecimal() and id[3] == '-' else id.lower()}"


def _pmlr(at: Place) -> str | None:
    way = {"proceedings.mlr.press": _PMLR, "raw.githubusercontent.com": _PMLR_RAW}.get(at.host, _PMLR_OLD)
    paper = way.match(at.path)
    return f"https://proceedings.mlr.press/{paper[1]}/{paper[2]}.html" if paper else None


def _neurips(at: Place) -> str | None:
    if paper := _NEURIPS.match(at.path):
        year, id, track = paper.groups()
        return f"https://proceedings.neurips.cc/paper_files/paper/{year}/hash/{id}-Abstract{track}.html"
    old = _NIPS_OLD.match(at.path)
    return f"https://papers.nips.cc/paper/{old[1]}" if old else None


def _cvf(at: Place) -> str | None:
    paper = _CVF.match(at.path)
    return f"https://openaccess.thecvf.com{paper[1]}/html/{paper[2]}_paper.html" if paper else None


# --- what is watched, said and posted ------------------------------------------------------------------------------

_VIDEO = re.compile(r"(?a)^/(?:shorts|embed|live|v)/([\w-]+)/?$")
_STATUS = re.compile(r"(?a)^/([A-Za-z0-9_]+)(?:/web)?/status(?:es)?/([0-9]+)(?:/|$)")
_POST = re.compile(r"(?a)^/p/([\w-]+)(?:/comments)?/?$")


def _youtube(at: Place) -> str | None:
    """A second of the video is a place in it, no other work."""
    if at.host == "youtu.be":
        id = at.path.strip("/")
    elif at.path.rstrip("/") == "/watch":
        id = _named(at.query, "v")
    else:
        found = _VIDEO.match(at.path)
        id = found[1] if found else ""
    return f"https://youtube.com/watch?v={id}" if re.fullmatch(r"(?a)[\w-]+", id) else None


def _status(at: Place) -> str | None:
    """A name on X is the same in any case."""
    if status := _STATUS.match(at.path):
        return f"https://x.com/{status[1].lower()}/status/{status[2]}"
    name = re.fullmatch(r"(?a)/([A-Za-z0-9_]{1,15})/?", at.path)
    return f"https://x.com/{name[1].lower()}" if name and not at.query else None


def _substack(at: Place) -> str | None:
    post = _POST.match(at.path)
    return f"https://{at.host}/p/{post[1]}" if post else None


def _named(query: str, name: str) -> str:
    return next((value for key, value in parse_qsl(query) if key == name), "")


_RULES: dict[str, _Rule] = {
    host: rule
    for hosts, rule in (
        ("gitlab.com", _gitlab),
        ("bitbucket.org codeberg.org gitee.com git.sr.ht", _pair),
        ("gist.github.com gist.githubusercontent.com", _gist),
        ("openreview.net api.openreview.net api2.openreview.net", _openreview),
        ("papers.ssrn.com ssrn.com", _ssrn),
        ("aclanthology.org aclweb.org aclanthology.info", _anthology),
        ("proceedings.mlr.press raw.githubusercontent.com jmlr.org", _pmlr),
        ("papers.nips.cc papers.neurips.cc proceedings.neurips.cc", _neurips),
        ("openaccess.thecvf.com", _cvf),
        ("youtube.com m.youtube.com music.youtube.com youtube-nocookie.com youtu.be", _youtube),
        (
            "x.com twitter.com mobile.twitter.com mobile.x.com nitter.net xcancel.com vxtwitter.com fxtwitter.com",
            _status,
        ),
    )
    for host in hosts.split()
}
