"""Works as BibTeX. Every entry is `@misc`, the only type that asks for no author and that every style knows.

Citation keys: the same work has the same key in every run and every selection, and no two works share one.

Works as CSL-JSON, as Zotero and pandoc read it; the words are those of CSL 1.0.2, appendices III and IV.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from importai_tui.model import LinkKind
from importai_tui.works.work import Known, Work, known, one_line

_LONGEST = 40
"""Characters of an address that are kept before the digest: a key is typed by hand."""
_DIGITS = 10
"""Hexadecimal: forty bits, with which two of ten thousand works meet once in twenty thousand archives."""
_SAID_WHOLE = {
    "arxiv": r"\d{4}\.\d{4,5}|[a-z]+(-[a-z]+)*/\d{7}",
    "doi": r"10\.\d{4,9}/[a-z0-9]+(\.[a-z0-9]+)*",
    # Only the first hyphen divides: with one in the owner's name, a-b/c and a/b-c would be the same.
    "github": r"[a-z0-9]+/[a-z0-9]+(-[a-z0-9]+)*",
    "hf": r"[a-z0-9]+/[a-z0-9]+(-[a-z0-9]+)*",
}
"""For each scheme the ids that can be told from each other when nothing but their letters and digits is left."""
_ANY_SCHEME = r"[a-z0-9]+"


def key_of(work: str) -> str:
    """The citation key of the work with this canonical id: `arxiv-2502-19187`, `github-owner-repo`.

    It has small letters, digits and single hyphens alone, which every tool takes. Where that would hide what tells the
    id from another one, a digest of the id follows.
    """
    scheme, colon, rest = work.partition(":")
    whole = colon and re.fullmatch(_SAID_WHOLE.get(scheme, _ANY_SCHEME), rest, re.ASCII)
    slug = re.sub(r"[^a-z0-9]+", "-", work.removeprefix("https://").lower()).strip("-")
    if whole and re.fullmatch("[a-z]+", scheme) and not re.search(rf"-[0-9a-f]{{{_DIGITS}}}$", slug):
        return slug
    digest = sha256(work.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
    return "-".join(part for part in (slug[:_LONGEST].strip("-"), digest) if part)


_ESCAPED = str.maketrans(
    {
        **{character: f"\\{character}" for character in "&%$#_"},
        "\\": "\\textbackslash{}",
        "~": "\\textasciitilde{}",
        "^": "\\textasciicircum{}",
        # BibTeX counts braces, escaped or not: one that stands alone would swallow the rest of the file.
        "{": "\\textbraceleft{}",
        "}": "\\textbraceright{}",
    }
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""The macros that every style defines, so a month is written as the style writes months."""


def bibtex(works: Iterable[Work]) -> str:
    """An entry for each work, an empty line between two; empty for none."""
    return "\n".join(map(entry, works))


def entry(work: Work) -> str:
    """The entry of one work, ended by a newline."""
    fields = "".join(f"  {name} = {value},\n" for name, value in _fields(known(work)))
    return f"@misc{{{key_of(work.work)},\n{fields}}}\n"


def _fields(facts: Known) -> Iterator[tuple[str, str]]:
    # The inner braces keep a style from making capitals small.
    yield "title", f"{{{{{_text(facts.title)}}}}}"
    if facts.year and facts.month:
        yield "year", f"{{{facts.year}}}"
        yield "month", _MONTHS[facts.month - 1]
    if facts.eprint:
        yield "eprint", f"{{{_verbatim(facts.eprint)}}}"
        yield "archivePrefix", "{arXiv}"
    if facts.archive:
        yield "primaryClass", f"{{{_verbatim(facts.archive)}}}"
    if facts.doi:
        yield "doi", f"{{{_verbatim(facts.doi)}}}"
    if facts.site:
        yield "howpublished", f"{{{_text(facts.site)}}}"
    if facts.url:
        yield "url", f"{{{facts.url}}}"
    if facts.note:
        yield "note", f"{{{_text(facts.note)}}}"


def _text(text: str) -> str:
    """Words, none of which is TeX. Letters beyond ASCII stay: BibTeX files are UTF-8 today."""
    return one_line(text).translate(_ESCAPED)


def _verbatim(text: str) -> str:
    """A catalogue number, which styles print and link as it is, but for what could unbalance the braces."""
    return re.sub(r"[{}\\]", lambda found: quote(found[0]), one_line(text))


_TYPES = {
    # Whether a journal has taken it is not known; this type asks for none.
    LinkKind.PAPER: "article",
    LinkKind.CODE: "software",
    LinkKind.MODEL: "software",
    LinkKind.DATASET: "dataset",
    LinkKind.POST: "post-weblog",
    LinkKind.ISSUE: "post-weblog",
    LinkKind.SOCIAL: "post",
    LinkKind.VIDEO: "motion_picture",
    LinkKind.NEWS: "webpage",
    LinkKind.OTHER: "webpage",
}


def item(work: Work) -> dict[str, Any]:
    """One work as an item; a document is a list of items."""
    facts = known(work)
    kind = LinkKind.PAPER if facts.eprint else work.kind
    told: dict[str, Any] = {"id": key_of(work.work), "type": _TYPES[kind], "title": facts.title}
    if facts.year and facts.month:
        told["issued"] = {"date-parts": [[facts.year, facts.month]]}
    if facts.eprint:
        # The last two as Zotero writes them, so that it recognises an item that it has.
        told |= {"archive": "arXiv", "archive_location": facts.eprint}
        told |= {"number": f"arXiv:{facts.eprint}", "genre": "preprint"}
    others = {"DOI": facts.doi, "container-title": facts.site, "URL": facts.url, "note": facts.note}
    return told | {name: value for name, value in others.items() if value}
