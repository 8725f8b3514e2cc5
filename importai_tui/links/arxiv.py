"""The ids of arXiv, and the sites that show its papers under them.

Source: https://info.arxiv.org/help/arxiv_identifier.html. Nothing is an id but on a host that is known to use them: a
bare "1234.56789" can be anything.
"""

from __future__ import annotations

import re

_NEW = r"\d{4}\.\d{4,5}"
_OLD = r"[a-z]+(?:-[a-z]+)?(?:\.[a-z]{2})?/\d{7}"
_ID = rf"(?:arxiv:)?({_NEW}|{_OLD})(?:v\d+)?"
_OWN = re.compile(
    rf"(?ai)^/(?:abs|pdf|html|format|ps|e-print|src|bibtex|overview)/{_ID}(?:\.pdf)?/?$"
    rf"|^/ftp/(?:arxiv|[a-z-]+)/papers/\d{{4}}/({_NEW})(?:v\d+)?\.pdf$"
)
_MIRROR_HOSTS = {"ar5iv.org", "alphaxiv.org", "xxx.lanl.gov"}
_GUESTS = {
    "huggingface.co": "papers",
    "hf.co": "papers",
    "arxiv-vanity.com": "papers",
    "scirate.com": "arxiv",
    "papers.cool": "arxiv",
    "semanticscholar.org": "arxiv",
    "emergentmind.com": "papers",
}
"""Sites that name arXiv's papers by their ids, and the folder that they do it in."""
_GUEST = re.compile(rf"(?ai)^/([a-z]+)/{_ID}/?$")
_BARE = re.compile(rf"(?ai)^{_ID}$")

_FIRST_OLD, _LAST_OLD = 9108, 703
_FIRST_NEW, _FIRST_OF_FIVE = 704, 1501
"""Year and month: the scheme with archives ran from August 1991 to March 2007; five digits since January 2015."""


def arxiv_work(host: str, path: str) -> str | None:
    """`arxiv:2502.19187` for an address of a paper, by its host and its path with nothing percent-encoded."""
    path = path.rstrip(".,;)")
    if host == "arxiv.org" or host.endswith(".arxiv.org") or host in _MIRROR_HOSTS:
        match = _OWN.match(path)
        return _work(match[1] or match[2]) if match else None
    folder = _GUESTS.get(host)
    guest = _GUEST.match(path) if folder else None
    return _work(guest[2]) if guest and guest[1].lower() == folder else None


def arxiv_work_of(words: str) -> str | None:
    """The work that a bare id names ("2502.19187v2", "math.GT/0309136"); None where it is none."""
    match = _BARE.match(words)
    return _work(match[1]) if match else None


def _work(id: str) -> str | None:
    """The work with this id, where such an id can be; the subject class of an old one is no part of it."""
    archive, _, number = id.rpartition("/")
    month = int(number[:4])
    if not 1 <= month % 100 <= 12:
        return None
    if archive:
        fits = month >= _FIRST_OLD or month <= _LAST_OLD
        return f"arxiv:{archive.partition('.')[0].lower()}/{number}" if fits else None
    fits = len(number) == (len("0000.00000") if month >= _FIRST_OF_FIVE else len("0000.0000"))
    return f"arxiv:{number}" if fits and _FIRST_NEW <= month < _FIRST_OLD else None
