"""What is known of a work without asking anybody: what its id, its address and its citations tell. Nothing is guessed.

Authors, the year of anything that is not on arXiv, and where a paper came out later cannot be known so.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote

from importai_tui.works.work import Work

_NEW_ID = re.compile(r"(\d\d)(\d\d)\.\d{4,5}", re.ASCII)
_OLD_ID = re.compile(r"([a-z]+(?:-[a-z]+)*)/(\d\d)(\d\d)\d{3}", re.ASCII)
_FIRST_OLD_YEAR = 91
"""Two digits: arXiv began in 1991, and its ids of that form ended in 2007 (info.arxiv.org, "arXiv identifier")."""
_SOURCE = re.compile(
    r"(?i)\s*\((?:[^()]*,\s*)?(?:official )?(?:arxiv|bio-?rxiv|med-?rxiv|open-?review|ssrn|github|gitlab|hugging ?face"
    r"|youtube|twitter|pdf)(?:,? ?(?:pdf|paper|blog|repo(?:sitory)?|page|link|video))?\)[\s.]*$"
)
"""The source that the newsletter names behind a title: "(arXiv)", "(openpi, GitHub)", "(arXiv, PDF)"."""


@dataclass(frozen=True, slots=True)
class Known:
    """What every format may write of a work; None or empty is left out.

    `url` is `plain`. `year` and `month` are those of an arXiv id, which is to say of the first version. `site` is where
    the work is found, told only where no catalogue number says more.
    """

    title: str
    url: str
    eprint: str | None
    archive: str | None
    """The archive of an old arXiv id, `hep-th`, which is its primary class; the new ids tell none."""
    year: int | None
    month: int | None
    doi: str | None
    site: str | None
    note: str


def known(work: Work) -> Known:
    """What is known of a work."""
    scheme, _, rest = work.work.partition(":")
    if scheme == "arxiv":
        old = _OLD_ID.fullmatch(rest)
        year, month = _time(rest)
        address, doi = f"https://arxiv.org/abs/{rest}", f"10.48550/arXiv.{rest}"
        return Known(_title(work), plain(address), rest, old[1] if old else None, year, month, doi, None, _note(work))
    named = rest if scheme == "doi" else None
    site = None if named else work.host
    return Known(_title(work), plain(work.url), None, None, None, None, named, site, _note(work))


def day_of(work: Work) -> str | None:
    """The day that a work is of, YYYY-MM-DD: the first of the month that its id tells, else its first citation's."""
    scheme, _, rest = work.work.partition(":")
    year, month = _time(rest) if scheme == "arxiv" else (None, None)
    return f"{year}-{month:02}-01" if year else work.first_cited


def plain(address: str) -> str:
    """An address as every format takes it: what could end a field, a link or a line is percent-encoded."""
    return re.sub(r"[^!-~]|[{}\\<>]", lambda found: quote(found[0], safe="", errors="replace"), address)


def one_line(text: str) -> str:
    """Text on one line, without what is no text: control characters and halves of characters."""
    if text.isprintable():
        return " ".join(text.split())
    kept = (" " if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") else character for character in text)
    return " ".join("".join(kept).split())


def _time(eprint: str) -> tuple[int | None, int | None]:
    """Year and month of the first version; none where the id has a month that is none."""
    if found := _NEW_ID.fullmatch(eprint):
        century, year, month = 2000, int(found[1]), int(found[2])
    elif found := _OLD_ID.fullmatch(eprint):
        year, month = int(found[2]), int(found[3])
        century = 1900 if year >= _FIRST_OLD_YEAR else 2000
    else:
        return None, None
    return (century + year, month) if 1 <= month <= 12 else (None, None)


def _title(work: Work) -> str:
    """The title without the source behind it; its id where there is no title."""
    title = one_line(work.title)
    return _SOURCE.sub("", title) or title or plain(work.work)


def _note(work: Work) -> str:
    """The issues that cite it, for people."""
    if not work.issues:
        return ""
    *others, last = map(one_line, work.issues)
    before = f"{', '.join(others)} and " if others else ""
    return f"Cited in Import AI {before}{last}"
