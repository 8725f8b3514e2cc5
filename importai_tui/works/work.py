"""What is known of a work without asking anybody: what its id, its address and its citations tell. Nothing is guessed.

Authors, the year of anything that is not on arXiv, and where a paper came out later cannot be known so.

Where else a cited work can be seen: as a PDF, as it was on a day, or where one may look for it. Pure.

A cited work: a paper, code, a dataset, a post, whatever number of links point at it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from importai_tui.model import LinkKind


@dataclass(frozen=True, slots=True)
class Work:
    """A work and where it is cited. `work` is its canonical id: `arxiv:2502.19187`.

    `cited_by` are references of stories and `issues` of their issues, each once, the oldest first. `first_cited` and
    `last_cited` are YYYY-MM-DD, None where no citing issue has a date.
    """

    id: str
    kind: LinkKind
    title: str
    url: str
    host: str | None
    cited_by: tuple[str, ...]
    issues: tuple[str, ...]
    first_cited: str | None
    last_cited: str | None

    @property
    def citation_count(self) -> int:
        """How many stories cite it."""
        return len(self.cited_by)


def sort_by_last_cited(works: Iterable[Work]) -> list[Work]:
    """The works in the order in which an archive gives all of them."""
    return sorted(works, key=lambda work: (work.last_cited or "", work.cited_by[-1:], work.title), reverse=True)


_NEW_ID = re.compile(r"(\d\d)(\d\d)\.\d{4,5}", re.ASCII)
_OLD_ID = re.compile(r"([a-z]+(?:-[a-z]+)*)/(\d\d)(\d\d)\d{3}", re.ASCII)
_FIRST_OLD_YEAR = 91
"""Two digits: arXiv began in 1991, and its ids of that form ended in 2007 (info.arxiv.org, "arXiv identifier")."""
_SOURCE_SUFFIX = re.compile(
    r"(?i)\s*\((?:[^()]*,\s*)?(?:official )?(?:arxiv|bio-?rxiv|med-?rxiv|open-?review|ssrn|github|gitlab|hugging ?face"
    r"|youtube|twitter|pdf)(?:,? ?(?:pdf|paper|blog|repo(?:sitory)?|page|link|video))?\)[\s.]*$"
)
"""The source that the newsletter names behind a title: "(arXiv)", "(openpi, GitHub)", "(arXiv, PDF)"."""


@dataclass(frozen=True, slots=True)
class WorkMetadata:
    """What every format may write of a work; None or empty is left out.

    `url` is `plain`. `year` and `month` are those of an arXiv id, which is to say of the first version. `site` is where
    the work is found, told only where no catalogue number says more.
    """

    title: str
    url: str
    eprint: str | None
    primary_class: str | None
    """The archive of an old arXiv id, `hep-th`, which is its primary class; the new ids tell none."""
    year: int | None
    month: int | None
    doi: str | None
    site: str | None
    note: str


def get_metadata(work: Work) -> WorkMetadata:
    """What is known of a work."""
    scheme, _, rest = work.id.partition(":")
    if scheme == "arxiv":
        old = _OLD_ID.fullmatch(rest)
        year, month = _parse_arxiv_date(rest)
        address, doi = f"https://arxiv.org/abs/{rest}", f"10.48550/arXiv.{rest}"
        return WorkMetadata(
            _clean_title(work),
            escape_url(address),
            rest,
            old[1] if old else None,
            year,
            month,
            doi,
            None,
            _format_note(work),
        )
    named = rest if scheme == "doi" else None
    site = None if named else work.host
    return WorkMetadata(
        _clean_title(work), escape_url(work.url), None, None, None, None, named, site, _format_note(work)
    )


def get_work_day(work: Work) -> str | None:
    """The day that a work is of, YYYY-MM-DD: the first of the month that its id tells, else its first citation's."""
    scheme, _, rest = work.id.partition(":")
    year, month = _parse_arxiv_date(rest) if scheme == "arxiv" else (None, None)
    return f"{year}-{month:02}-01" if year else work.first_cited


def escape_url(url: str) -> str:
    """An address as every format takes it: what could end a field, a link or a line is percent-encoded."""
    return re.sub(r"[^!-~]|[{}\\<>]", lambda found: quote(found[0], safe="", errors="replace"), url)


def to_one_line(text: str) -> str:
    """Text on one line, without what is no text: control characters and halves of characters."""
    if text.isprintable():
        return " ".join(text.split())
    kept = (" " if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") else character for character in text)
    return " ".join("".join(kept).split())


def _parse_arxiv_date(eprint: str) -> tuple[int | None, int | None]:
    """Year and month of the first version; none where the id has a month that is none."""
    if found := _NEW_ID.fullmatch(eprint):
        century, year, month = 2000, int(found[1]), int(found[2])
    elif found := _OLD_ID.fullmatch(eprint):
        year, month = int(found[2]), int(found[3])
        century = 1900 if year >= _FIRST_OLD_YEAR else 2000
    else:
        return None, None
    return (century + year, month) if 1 <= month <= 12 else (None, None)


def _clean_title(work: Work) -> str:
    """The title without the source behind it; its id where there is no title."""
    title = to_one_line(work.title)
    return _SOURCE_SUFFIX.sub("", title) or title or escape_url(work.id)


def _format_note(work: Work) -> str:
    """The issues that cite it, for people."""
    if not work.issues:
        return ""
    *others, last = map(to_one_line, work.issues)
    before = f"{', '.join(others)} and " if others else ""
    return f"Cited in Import AI {before}{last}"


_ARXIV = "arxiv:"


def get_wayback_url(url: str, day: str | None) -> str:
    """The copy in the Wayback Machine nearest to a day, YYYY-MM-DD; of an unknown day the newest.

    It leads from a beginning of its fourteen digits to the nearest copy (archive.org/help, "Wayback Machine").
    """
    when = f"{day.replace('-', '')}/" if day else ""
    return f"https://web.archive.org/web/{when}{url}"


def get_alternate_url(work: str | None, url: str) -> str | None:
    """The PDF of a paper on arXiv, its abstract page where the address is that of the PDF; None for anything else."""
    if not (work and work.startswith(_ARXIV)):
        return None
    eprint = quote(work.removeprefix(_ARXIV), safe="/.")
    is_pdf = urlsplit(url).path.startswith("/pdf/")
    return f"https://arxiv.org/{'abs' if is_pdf else 'pdf'}/{eprint}"


def get_arxiv_search_url(title: str) -> str:
    """A search for a title on arXiv."""
    return "https://arxiv.org/search/?" + urlencode({"query": title, "searchtype": "title"})


def get_web_search_url(title: str) -> str:
    """A search for a title everywhere, as these words in this order."""
    words = title.replace('"', " ")
    return "https://duckduckgo.com/?" + urlencode({"q": f'"{words}"'})
