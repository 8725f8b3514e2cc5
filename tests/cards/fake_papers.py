"""Plays the sources of papers: arXiv, Crossref, DataCite, OpenReview, ACL Anthology.

The shapes follow their public documentation, see the modules of `cards.sources`. Any id has a paper, whose contents
depend on the id only; an id with "missing" in it or "404" at its end has none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from random import Random
from urllib.parse import unquote

from tests.http.server import Handler, Reply, Request

_ATOM = {"Content-Type": "application/atom+xml; charset=utf-8"}
_JSON = {"Content-Type": "application/json"}
_HTML = {"Content-Type": "text/html; charset=utf-8"}

_SUBJECTS = [
    "otters",
    "lanterns",
    "ferries",
    "orchards",
    "glaciers",
    "tapestries",
    "pigeons",
    "clockworks",
    "harbours",
    "mushrooms",
]
_METHODS = ["Learning", "Measuring", "Scaling", "Compressing", "Teaching", "Explaining", "Simulating", "Sorting"]
_NAMES = ["Ada Juniper", "Bo Linden", "Cleo Rowan", "Dan Hazel", "Eve Willow", "Finn Aspen", "Gus Maple", "Ida Thorn"]


@dataclass(frozen=True, slots=True)
class FakePaper:
    """A paper; each source shows the fields that it has."""

    title: str = "A study of otters"
    authors: Sequence[str] = ("Ada Juniper", "Bo Linden")
    abstract: str = "We count otters. There are $n^2$ of them."
    year: int = 2024
    month: int = 5
    day: int = 17
    venue: str | None = None
    doi: str | None = None

    @property
    def date(self) -> str:
        return f"{self.year:04}-{self.month:02}-{self.day:02}"


def make_paper(id: str) -> FakePaper:
    """Return the paper with an id, always the same one."""
    random = Random(id)
    subject, other = random.sample(_SUBJECTS, 2)
    title = f"{random.choice(_METHODS)} {subject} with {other}"
    abstract = (
        f"We ask what {subject} have in common with {other}. In {random.randint(3, 40)} experiments the answer is "
        f"$O(n^{random.randint(2, 4)})$. All {subject} were returned unharmed.\n  Code is at "
        f"https://github.com/{subject}/{other}."
    )
    return FakePaper(
        title,
        tuple(random.sample(_NAMES, random.randint(1, 6))),
        abstract,
        random.randint(2015, 2025),
        random.randint(1, 12),
        random.randint(1, 28),
        random.choice((None, f"Journal of {subject.title()} {random.randint(1, 30)}")),
    )


def is_missing(id: str) -> bool:
    """Return True for an id without a paper."""
    return "missing" in id or id.endswith("404")


def make_atom_entry(id: str, paper: FakePaper, *, version: int = 2, extra: str = "") -> str:
    """Return the entry of a paper in arXiv's feed."""
    authors = "".join(f"<author><name>{escape(name)}</name></author>" for name in paper.authors)
    venue = f"<arxiv:journal_ref>{escape(paper.venue)}</arxiv:journal_ref>" if paper.venue else ""
    doi = f"<arxiv:doi>{escape(paper.doi)}</arxiv:doi>" if paper.doi else ""
    return (
        f"<entry><id>http://arxiv.org/abs/{id}v{version}</id><updated>{paper.year + 1}-01-02T03:04:05Z</updated>"
        f"<published>{paper.date}T17:59:59Z</published><title>{escape(paper.title)}</title>"
        f"<summary>  {escape(paper.abstract)}\n</summary>{authors}"
        f"<arxiv:comment>12 pages, 3 figures</arxiv:comment>{venue}{doi}"
        f'<link href="http://arxiv.org/abs/{id}v{version}" rel="alternate" type="text/html"/>'
        f'<link title="pdf" href="http://arxiv.org/pdf/{id}v{version}" rel="related" type="application/pdf"/>'
        '<arxiv:primary_category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/>'
        '<category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/>'
        f"{extra}</entry>"
    )


def make_atom_feed(entries: Sequence[str]) -> bytes:
    """Return arXiv's answer with these entries."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom">'
        "<id>http://arxiv.org/api/abc</id><title>ArXiv Query: search_query=&amp;id_list=</title>"
        f"<opensearch:totalResults>{len(entries)}</opensearch:totalResults>{''.join(entries)}</feed>"
    ).encode()


_ARXIV_ID = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?")


def _date_by_id(paper: FakePaper, id: str) -> FakePaper:
    """Return the paper as of the month that its arXiv id begins with."""
    year, month = divmod(int(id.rpartition("/")[2][:4]), 100)
    return replace(paper, year=(1900 if year > 90 else 2000) + year, month=month)


def play_arxiv(request: Request) -> Reply:
    """Play https://export.arxiv.org/api/query. Without `max_results` it gives ten entries; unknown ids have none."""
    ids = [id for id in request.query.get("id_list", "").split(",") if id]
    for id in ids:
        if not _ARXIV_ID.fullmatch(id):
            error = f"incorrect id format for {escape(id)}"
            entry = (
                f"<entry><id>http://arxiv.org/api/errors#incorrect_id_format_for_{escape(id)}</id><title>Error</title>"
                f"<summary>{error}</summary><author><name>arXiv api core</name></author></entry>"
            )
            return Reply(make_atom_feed([entry]), status=400, headers=_ATOM)
    count = int(request.query.get("max_results", "10"))
    entries = [make_atom_entry(id, _date_by_id(make_paper(id), id)) for id in ids if not is_missing(id)]
    return Reply(make_atom_feed(entries[:count]), headers=_ATOM)


def make_crossref_work(doi: str, paper: FakePaper) -> dict[str, object]:
    """Return Crossref's record of a paper."""
    names = [name.rpartition(" ") for name in paper.authors]
    date = {"date-parts": [[paper.year, paper.month, paper.day]]}
    return {
        "DOI": doi,
        "type": "journal-article",
        "title": [paper.title],
        "author": [{"given": given, "family": family, "sequence": "additional"} for given, _, family in names],
        "container-title": [paper.venue] if paper.venue else [],
        "publisher": "Otter Press",
        "published": date,
        "issued": date,
        "abstract": f"<jats:title>Abstract</jats:title><jats:p>{escape(paper.abstract)}</jats:p>",
        "license": [
            {
                "URL": "http://creativecommons.org/licenses/by/4.0/",
                "content-version": "vor",
                "start": date,
                "delay-in-days": 0,
            }
        ],
        "link": [
            {
                "URL": f"https://otterpress.example/pdf/{doi}.pdf",
                "content-type": "application/pdf",
                "content-version": "vor",
                "intended-application": "text-mining",
            }
        ],
        "URL": f"https://doi.org/{doi}",
        "is-referenced-by-count": 1234,
    }


def is_datacite(doi: str) -> bool:
    """Return True for a DOI that DataCite registered, not Crossref: those of Zenodo, Figshare and Dryad."""
    return doi.startswith(("10.5281/", "10.6084/", "10.5061/"))


def play_crossref(request: Request) -> Reply:
    """Play https://api.crossref.org/works."""
    doi = unquote(request.path.removeprefix("/works").removeprefix("/"))
    if doi:
        if is_missing(doi) or is_datacite(doi):
            return Reply(b"Resource not found.", status=404, headers={"Content-Type": "text/plain"})
        work = make_crossref_work(doi, make_paper(doi))
        return _json({"status": "ok", "message-type": "work", "message": work})
    dois = [part.removeprefix("doi:") for part in request.query.get("filter", "").split(",")]
    works = [make_crossref_work(doi, make_paper(doi)) for doi in dois if not (is_missing(doi) or is_datacite(doi))]
    message = {"total-results": len(works), "items": works[: int(request.query.get("rows", "20"))]}
    return _json({"status": "ok", "message-type": "work-list", "message": message})


def make_datacite_work(doi: str, paper: FakePaper) -> dict[str, object]:
    """Return DataCite's record of a data set or a paper."""
    names = [name.rpartition(" ") for name in paper.authors]
    return {
        "id": doi,
        "type": "dois",
        "attributes": {
            "doi": doi,
            "creators": [
                {"name": f"{family}, {given}", "nameType": "Personal", "givenName": given, "familyName": family}
                for given, _, family in names
            ],
            "titles": [{"title": paper.title}],
            "publisher": "Zenodo",
            "container": {},
            "publicationYear": paper.year,
            "dates": [{"date": paper.date, "dateType": "Issued"}, {"date": str(paper.year), "dateType": "Created"}],
            "types": {"resourceTypeGeneral": "Dataset"},
            "rightsList": [
                {
                    "rights": "Creative Commons Attribution 4.0 International",
                    "rightsUri": "https://creativecommons.org/licenses/by/4.0/legalcode",
                    "rightsIdentifier": "cc-by-4.0",
                }
            ],
            "descriptions": [
                {"description": "Version 2", "descriptionType": "Other"},
                {"description": f"<p>{escape(paper.abstract)}</p>", "descriptionType": "Abstract"},
            ],
            "url": f"https://zenodo.example/records/{doi.rpartition('.')[2]}",
        },
    }


def play_datacite(request: Request) -> Reply:
    """Play https://api.datacite.org/dois, with one DOI in the path or many in a query."""
    if query := request.query.get("query"):
        dois = [doi for doi in re.findall('"([^"]+)"', query) if not is_missing(doi)]
        works = [make_datacite_work(doi, make_paper(doi)) for doi in dois]
        return _json({"data": works[: int(request.query["page[size]"])], "meta": {"total": len(works)}})
    doi = unquote(request.path.removeprefix("/dois/")).lower()
    if is_missing(doi):
        return _json({"errors": [{"status": "404", "title": "The resource you are looking for doesn't exist."}]}, 404)
    return _json({"data": make_datacite_work(doi, make_paper(doi))})


def make_openreview_note(id: str, paper: FakePaper, *, old: bool = False) -> dict[str, object]:
    """Return OpenReview's note of a paper, in the form of its second API or of the old one."""
    values: dict[str, object] = {
        "title": paper.title,
        "authors": list(paper.authors),
        "abstract": paper.abstract,
        "venue": paper.venue or "ICLR 2025 Poster",
        "venueid": "ICLR.cc/2025/Conference",
        "pdf": "/pdf/0123456789abcdef.pdf",
    }
    content = values if old else {name: {"value": value} for name, value in values.items()}
    return {"id": id, "forum": id, "cdate": 1726000000000, "pdate": 1737556560000, "content": content}


def play_openreview(request: Request) -> Reply:
    """Play https://api2.openreview.net/notes, which does not have ids with "old" in them."""
    id = request.query.get("id", "")
    if is_missing(id) or "old" in id:
        return _missing_note(id)
    return _json({"notes": [make_openreview_note(id, make_paper(id))], "count": 1})


def play_old_openreview(request: Request) -> Reply:
    """Play https://api.openreview.net/notes."""
    id = request.query.get("id", "")
    if is_missing(id) or "old" not in id:
        return _missing_note(id)
    return _json({"notes": [make_openreview_note(id, make_paper(id), old=True)], "count": 1})


def _missing_note(id: str) -> Reply:
    return _json({"name": "NotFoundError", "message": f"The Note {id} was not found", "status": 404}, 404)


def make_acl_page(id: str, paper: FakePaper) -> bytes:
    """Return the page of a paper at the ACL Anthology."""
    metas = [
        ("citation_title", paper.title),
        *(("citation_author", name) for name in paper.authors),
        ("citation_publication_date", f"{paper.year}/{paper.month}"),
        ("citation_conference_title", paper.venue or "Proceedings of the 62nd Annual Meeting of Otters"),
        ("citation_pdf_url", f"https://aclanthology.org/{id}.pdf"),
        ("citation_doi", f"10.18653/v1/{id}"),
    ]
    head = "".join(f'<meta content="{escape(value)}" name={name}>' for name, value in metas)
    return (
        f"<!doctype html><html lang=en-us><head><meta charset=utf-8><title>{escape(paper.title)} - ACL Anthology"
        f"</title>{head}</head><body><section id=main><h2 id=title><a href=#>{escape(paper.title)}</a></h2>"
        '<div class="card bg-light mb-2 mb-lg-3"><div class="card-body acl-abstract"><h5 class=card-title>Abstract</h5>'
        f"<span>{escape(paper.abstract)}</span></div></div></section></body></html>"
    ).encode()


def play_acl(request: Request) -> Reply:
    """Play https://aclanthology.org."""
    id = request.path.strip("/")
    if is_missing(id):
        return Reply(b"<html><title>404 Not Found</title></html>", status=404, headers=_HTML)
    return Reply(make_acl_page(id, make_paper(id)), headers=_HTML)


def _json(value: object, status: int = 200) -> Reply:
    return Reply(json.dumps(value).encode(), status=status, headers=_JSON)


PAPER_HANDLERS: Mapping[str, Handler] = {
    "arxiv": play_arxiv,
    "crossref": play_crossref,
    "datacite": play_datacite,
    "openreview": play_openreview,
    "openreview-old": play_old_openreview,
    "acl": play_acl,
}
PAPER_CONSTANTS: Mapping[str, tuple[str, str]] = {
    "arxiv": ("arxiv", "API"),
    "crossref": ("crossref", "API"),
    "datacite": ("datacite", "API"),
    "openreview": ("openreview", "API"),
    "openreview-old": ("openreview", "OLD_API"),
    "acl": ("acl", "API"),
}
