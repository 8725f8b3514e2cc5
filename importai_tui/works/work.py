"""A cited work, its metadata as far as its id, citations and card give it, and its other URLs. Makes no request.

Without a card, venues and the year of works that are not on arXiv are not known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import quote, urlencode, urlsplit

from importai_tui.links.public_urls import strip_access
from importai_tui.links.urls import shorten_url
from importai_tui.model import LinkKind
from importai_tui.works.venues import VenueKind, classify_venue


class TitleSource(StrEnum):
    """Where the title of a work comes from: a citation that prints it, the work's card, or its id and address."""

    CITATION = "citation"
    CARD = "card"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Work:
    """A cited paper, repository, data set or post, with its citations.

    `id` is canonical: `arxiv:2502.19187`, or `title:…` for a work without an address, whose `url` is None.

    `cited_by` are references of stories and `issues` of their issues, unique and oldest first. `first_cited` and
    `last_cited` are YYYY-MM-DD, None if no citing issue has a date. `is_first_estimated` and `is_last_estimated` say
    whether these days are estimated, because the issue itself has none. `first_place` and `last_place` are the places
    in time of the first and last citing issue, which also undated issues have: see `archive.issue_order`. `authors` are
    people and `publisher` is an organisation, as far as the newsletter names them.
    """

    id: str
    kind: LinkKind
    title: str
    url: str | None
    host: str | None
    cited_by: tuple[str, ...]
    issues: tuple[str, ...]
    first_cited: str | None
    last_cited: str | None
    first_place: tuple[str, int] = ("", 0)
    last_place: tuple[str, int] = ("", 0)
    is_first_estimated: bool = False
    is_last_estimated: bool = False
    seen: str | None = None
    """YYYY-MM-DD, when an issue showed it: the day of the first citing issue that says its own, else the day on which
    a citing issue came into the archive."""
    authors: tuple[str, ...] = ()
    """The authors on the card, else those that a citation prints."""
    publisher: str = ""
    """The publisher or site that a citation prints; empty if none does."""
    title_from: TitleSource = TitleSource.CITATION
    cited_as: str | None = None
    """The words of the newsletter for a work whose title no citation prints ("about 6%"), or that has another title."""
    published: str | None = None
    """The date on the card: YYYY, YYYY-MM or YYYY-MM-DD."""
    venue: str = ""
    """The journal, conference or site on the card."""
    doi: str | None = None
    """The DOI on the card, for a paper on arXiv that of its publisher."""

    @property
    def has_card(self) -> bool:
        """True if some of these facts come from a card."""
        return self.title_from is TitleSource.CARD or bool(self.published or self.venue or self.doi)

    @property
    def citation_count(self) -> int:
        """The number of stories that cite the work."""
        return len(self.cited_by)


def sort_by_last_cited(works: Iterable[Work]) -> list[Work]:
    """Sort works by last citation, latest first: the default order."""
    return sorted(works, key=lambda work: (work.last_place, work.cited_by[-1:], work.title), reverse=True)


@dataclass(frozen=True, slots=True)
class WorkMetadata:
    """Metadata for the export formats, which leave out None and empty values.

    `url` is without tracking and access parameters, and escaped by `escape_url`. `year`, `month` and `day` are those of
    the card, else those of the first version on arXiv; a venue that names its year has that alone. `accessed` is the
    day on which an issue showed the work, YYYY-MM-DD, never an estimated one. `site` is the host of a work without
    arXiv id and DOI. `venue_kind` is a journal or proceedings only if `year` is known, which such entries need.
    """

    title: str
    url: str
    note: str
    eprint: str | None = None
    primary_class: str | None = None
    """The archive of an old arXiv id, `hep-th`; new ids have none."""
    year: int | None = None
    month: int | None = None
    day: int | None = None
    venue: str = ""
    venue_kind: VenueKind = VenueKind.SITE
    doi: str | None = None
    site: str | None = None
    authors: tuple[str, ...] = ()
    publisher: str = ""
    accessed: str | None = None


_MAX_SHORT_ID_LENGTH = 48
_MAX_NAMED_AUTHORS = 2
"""Authors that a line names; of more it names the first."""


def format_work_id(id: str, url: str | None) -> str:
    """Return what stands for the title of a work without one: "arXiv:2103.14749", "github:owner/repo", a short URL."""
    if id.startswith(_ARXIV):
        return f"arXiv:{id.removeprefix(_ARXIV)}"
    bare = id.removeprefix("https://").removeprefix("http://")
    return bare if len(bare) <= _MAX_SHORT_ID_LENGTH or not url else shorten_url(url)


_ARXIV = "arxiv:"
_NEW_ID = re.compile(r"(\d\d)(\d\d)\.\d{4,5}", re.ASCII)
_OLD_ID = re.compile(r"([a-z]+(?:-[a-z]+)*)/(\d\d)(\d\d)\d{3}", re.ASCII)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b", re.ASCII)
_FIRST_OLD_YEAR = 91
"""Two digits: ids of the old form run from 1991 to 2007 (info.arxiv.org, "arXiv identifier")."""
_SOURCE_SUFFIX = re.compile(
    r"(?i)\s*\((?:[^()]*,\s*)?(?:official )?(?:arxiv|bio-?rxiv|med-?rxiv|open-?review|ssrn|github|gitlab|hugging ?face"
    r"|youtube|twitter|pdf)(?:,? ?(?:pdf|paper|blog|repo(?:sitory)?|page|link|video))?\)[\s.]*$"
)
"""The source that the newsletter names after a title: "(arXiv)", "(openpi, GitHub)", "(arXiv, PDF)"."""


def get_metadata(work: Work) -> WorkMetadata:
    """Return the metadata of a work."""
    url = escape_url(strip_access(work.url)) if work.url else ""
    metadata = WorkMetadata(
        _clean_title(work),
        url,
        _format_note(work),
        authors=tuple(filter(None, map(to_one_line, work.authors))),
        publisher=to_one_line(work.publisher),
        accessed=work.seen,
    )
    if work.published:
        date = [*map(int, work.published.split("-")), None, None]
        metadata = replace(metadata, year=date[0], month=date[1], day=date[2])
    scheme, _, rest = work.id.partition(":")
    if scheme == "arxiv":
        old_id = _OLD_ID.fullmatch(rest)
        metadata = replace(
            metadata,
            url=escape_url(f"https://arxiv.org/abs/{rest}"),
            eprint=rest,
            primary_class=old_id[1] if old_id else None,
            doi=work.doi or f"10.48550/arXiv.{rest}",
        )
        if not metadata.year:
            year, month = _parse_arxiv_date(rest)
            metadata = replace(metadata, year=year, month=month)
    elif scheme == "doi" and rest:
        metadata = replace(metadata, doi=rest)
    else:
        metadata = replace(metadata, site=work.host, doi=work.doi)
    venue = to_one_line(work.venue)
    return _add_venue(metadata, work, venue) if venue else metadata


def _add_venue(metadata: WorkMetadata, work: Work, venue: str) -> WorkMetadata:
    """Return the metadata with the venue of the card."""
    is_paper = work.kind is LinkKind.PAPER or bool(metadata.eprint)
    has_reference = bool(metadata.eprint or metadata.doi)
    kind = classify_venue(venue, is_cited_publication=has_reference) if is_paper else VenueKind.SITE
    if metadata.eprint:
        if kind not in (VenueKind.JOURNAL, VenueKind.PROCEEDINGS):
            return metadata  # a preprint, which the id says already
        years = set(_YEAR.findall(venue))
        if len(years) == 1:  # the date of the card is that of the preprint
            metadata = replace(metadata, year=int(years.pop()), month=None, day=None)
    return replace(metadata, venue=venue, venue_kind=kind if metadata.year else VenueKind.SITE)


def format_cited_as(work: Work) -> str:
    """Return "cited as" and the newsletter's words for a work, if they are not its title; else an empty string."""
    return f"cited as “{to_one_line(work.cited_as)}”" if work.cited_as else ""


def format_authors(names: Sequence[str]) -> str:
    """Return "Ada Heron", "Ada Heron and Bo Lamb" or "Ada Heron et al."; empty for no names."""
    return f"{names[0]} et al." if len(names) > _MAX_NAMED_AUTHORS else " and ".join(names)


def format_work_facts(work: Work) -> tuple[str, ...]:
    """Return what the card says besides the title: "Ada Heron et al.", the venue, the year, a DOI."""
    if not work.has_card:
        return ()
    metadata = get_metadata(work)
    authors, year = format_authors(metadata.authors), str(metadata.year or "")
    doi = f"doi:{work.doi}" if work.doi and work.doi.casefold() not in metadata.url.casefold() else ""
    return tuple(filter(None, (authors, metadata.venue, "" if year in metadata.venue else year, doi)))


def get_work_day(work: Work) -> str | None:
    """Return the day of a work, YYYY-MM-DD: of its card, of its arXiv id's month, else of its first citation.

    A card or id without a day gives the first of its year or month.
    """
    if work.published:
        return work.published + "-01-01"[len(work.published) - 4 :]
    scheme, _, rest = work.id.partition(":")
    year, month = _parse_arxiv_date(rest) if scheme == "arxiv" else (None, None)
    return f"{year}-{month:02}-01" if year else work.first_cited


def get_wayback_url(url: str, day: str | None) -> str:
    """Return the URL of the Wayback Machine's copy nearest to a day, YYYY-MM-DD; the newest copy without a day.

    The Wayback Machine redirects from a prefix of its 14-digit timestamp (archive.org/help, "Wayback Machine").
    """
    when = f"{day.replace('-', '')}/" if day else ""
    return f"https://web.archive.org/web/{when}{url}"


def get_alternate_url(work: str | None, url: str) -> str | None:
    """Return the PDF of an arXiv paper, or its abstract page if `url` is the PDF; None for other works."""
    if not (work and work.startswith(_ARXIV)):
        return None
    eprint = quote(work.removeprefix(_ARXIV), safe="/.")
    is_pdf = urlsplit(url).path.startswith("/pdf/")
    return f"https://arxiv.org/{'abs' if is_pdf else 'pdf'}/{eprint}"


def get_web_search_url(title: str) -> str:
    """Return the URL of a web search for the exact title."""
    words = title.replace('"', " ")
    return "https://duckduckgo.com/?" + urlencode({"q": f'"{words}"'})


def escape_url(url: str) -> str:
    """Percent-encode the characters that could end a field, a link or a line in an export format."""
    return re.sub(r"[^!-~]|[{}\\<>]", lambda match: quote(match[0], safe="", errors="replace"), url)


def to_one_line(text: str) -> str:
    """Return the text on one line, without control characters, surrogates and noncharacters, which biber refuses."""
    if text.isprintable():
        return " ".join(text.split())
    characters = (" " if _is_unusable(character) else character for character in text)
    return " ".join("".join(characters).split())


def _is_unusable(character: str) -> bool:
    code = ord(character)
    is_noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF  # Unicode, section 23.7
    return is_noncharacter or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def _parse_arxiv_date(eprint: str) -> tuple[int | None, int | None]:
    """Return year and month of the first version; None for both if the month is not valid."""
    if match := _NEW_ID.fullmatch(eprint):
        century, year, month = 2000, int(match[1]), int(match[2])
    elif match := _OLD_ID.fullmatch(eprint):
        year, month = int(match[2]), int(match[3])
        century = 1900 if year >= _FIRST_OLD_YEAR else 2000
    else:
        return None, None
    return (century + year, month) if 1 <= month <= 12 else (None, None)


def strip_source(title: str) -> str:
    """Return a title on one line, without the source that the newsletter names after it."""
    title = to_one_line(title)
    return _SOURCE_SUFFIX.sub("", title) or title


def _clean_title(work: Work) -> str:
    """Return the title without the source after it; the id if there is no title."""
    title = to_one_line(work.title) if work.title_from is TitleSource.CARD else strip_source(work.title)
    return title or escape_url(work.id)


def _format_note(work: Work) -> str:
    """Return a sentence with the issues that cite the work, and the words that they use for a title; perhaps empty."""
    words = format_cited_as(work).removeprefix("cited")
    if not work.issues:
        return f"Cited{words}" if words else ""
    *others, last = map(to_one_line, work.issues)
    before = f"{', '.join(others)} and " if others else ""
    return f"Cited{words} in Import AI {before}{last}"
