"""Digital object identifiers: in the addresses of their resolver and of publishers. Source: ISO 26324, doi.org.

A DOI is read from a path only where it stands whole, and only of publishers whose way of writing it is known.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

from importai_tui.links.arxiv import arxiv_work_of

_RESOLVERS = {"doi.org", "dx.doi.org", "hdl.handle.net"}
_DOI = re.compile(r"(?a)10\.\d{4,9}(?:\.\d+)*/[!-~]+")
_WAY = re.compile(r"(?a)/(?:doi|article|articles|chapter|book|content|abstract)(?:/[\w.-]+){0,4}?/(?=10\.\d{4,9}/)")
"""How the path goes until the DOI: `/doi/full/10.…`, `/content/10.…`, `/prl/abstract/10.…`."""
_ENDS = re.compile(r"(?i)(?:/(?:full|abstract|pdf|epdf|meta|fulltext|html)|\.(?:full|abstract|pdf)|\+html)+$")
"""What a publisher's page hangs on the DOI."""
_PREPRINT_VERSION = re.compile(r"v\d+$")
_PREPRINTS = {"biorxiv.org", "medrxiv.org"}
_NATURE = re.compile(r"(?a)^/articles/((?:s4\d{4}-|d41586-|nature|srep|ncomms)[\w-]+?)(?:_reference)?(?:\.e?pdf)?/?$")


def doi_work(host: str, path: str, query: str) -> str | None:
    """`doi:10.1126/science.adu8578`, or the arXiv paper that has the DOI; None where the address holds none."""
    doi = _found(host, path, query)
    if doi is None:
        return None
    doi = doi.rstrip("/.,;").lower()
    if doi.endswith(")") and doi.count("(") < doi.count(")"):
        doi = doi.rstrip(").,;")
    if doi.startswith("10.48550/arxiv.") and (paper := arxiv_work_of(doi.partition("/arxiv.")[2])):
        return paper
    return f"doi:{doi}" if _DOI.fullmatch(doi) else None


def _found(host: str, path: str, query: str) -> str | None:
    if host in _RESOLVERS or host.startswith("doi."):
        doi = path.lstrip("/").removeprefix("doi:")
        return doi if _DOI.match(doi) else None
    if host == "nature.com" and (article := _NATURE.match(path)):
        return f"10.1038/{article[1]}"
    if host == "journals.plos.org":
        named = dict(parse_qsl(query)).get("id", "")
        return named if _DOI.fullmatch(named) else None
    way = _WAY.search(path)
    if way is None:
        return None
    doi = _ENDS.sub("", path[way.end() :])
    return _PREPRINT_VERSION.sub("", doi) if host in _PREPRINTS else doi
