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
from importai_tui.works.work import Work, WorkMetadata, get_metadata, to_one_line

_MAX_SLUG_LENGTH = 40
"""Characters of an address that are kept before the digest: a key is typed by hand."""
_DIGEST_LENGTH = 10
"""Hexadecimal: forty bits, with which two of ten thousand works meet once in twenty thousand archives."""
_UNAMBIGUOUS_IDS = {
    "arxiv": r"\d{4}\.\d{4,5}|[a-z]+(-[a-z]+)*/\d{7}",
    "doi": r"10\.\d{4,9}/[a-z0-9]+(\.[a-z0-9]+)*",
    # Only the first hyphen divides: with one in the owner's name, a-b/c and a/b-c would be the same.
    "github": r"[a-z0-9]+/[a-z0-9]+(-[a-z0-9]+)*",
    "hf": r"[a-z0-9]+/[a-z0-9]+(-[a-z0-9]+)*",
}
"""For each scheme the ids that can be told from each other when nothing but their letters and digits is left."""
_UNAMBIGUOUS_ID = r"[a-z0-9]+"


def make_citation_key(work: str) -> str:
    """The citation key of the work with this canonical id: `arxiv-2502-19187`, `github-owner-repo`.

    It has small letters, digits and single hyphens alone, which every tool takes. Where that would hide what tells the
    id from another one, a digest of the id follows.
    """
    scheme, colon, rest = work.partition(":")
    whole = colon and re.fullmatch(_UNAMBIGUOUS_IDS.get(scheme, _UNAMBIGUOUS_ID), rest, re.ASCII)
    slug = re.sub(r"[^a-z0-9]+", "-", work.removeprefix("https://").lower()).strip("-")
    if whole and re.fullmatch("[a-z]+", scheme) and not re.search(rf"-[0-9a-f]{{{_DIGEST_LENGTH}}}$", slug):
        return slug
    digest = sha256(work.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_LENGTH]
    return "-".join(part for part in (slug[:_MAX_SLUG_LENGTH].strip("-"), digest) if part)


_TEX_ESCAPES = str.maketrans(
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
_MONTH_MACROS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""The macros that every style defines, so a month is written as the style writes months."""


def format_bibtex(works: Iterable[Work]) -> str:
    """An entry for each work, an empty line between two; empty for none."""
    return "\n".join(map(format_bibtex_entry, works))


def format_bibtex_entry(work: Work) -> str:
    """The entry of one work, ended by a newline."""
    fields = "".join(f"  {name} = {value},\n" for name, value in _iter_bibtex_fields(get_metadata(work)))
    return f"@misc{{{make_citation_key(work.id)},\n{fields}}}\n"


def _iter_bibtex_fields(facts: WorkMetadata) -> Iterator[tuple[str, str]]:
    # The inner braces keep a style from making capitals small.
    yield "title", f"{{{{{_escape_tex(facts.title)}}}}}"
    if facts.year and facts.month:
        yield "year", f"{{{facts.year}}}"
        yield "month", _MONTH_MACROS[facts.month - 1]
    if facts.eprint:
        yield "eprint", f"{{{_escape_braces(facts.eprint)}}}"
        yield "archivePrefix", "{arXiv}"
    if facts.primary_class:
        yield "primaryClass", f"{{{_escape_braces(facts.primary_class)}}}"
    if facts.doi:
        yield "doi", f"{{{_escape_braces(facts.doi)}}}"
    if facts.site:
        yield "howpublished", f"{{{_escape_tex(facts.site)}}}"
    if facts.url:
        yield "url", f"{{{facts.url}}}"
    if facts.note:
        yield "note", f"{{{_escape_tex(facts.note)}}}"


def _escape_tex(text: str) -> str:
    """Words, none of which is TeX. Letters beyond ASCII stay: BibTeX files are UTF-8 today."""
    return to_one_line(text).translate(_TEX_ESCAPES)


def _escape_braces(text: str) -> str:
    """A catalogue number, which styles print and link as it is, but for what could unbalance the braces."""
    return re.sub(r"[{}\\]", lambda found: quote(found[0]), to_one_line(text))


_CSL_TYPES = {
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


def to_csl_item(work: Work) -> dict[str, Any]:
    """One work as an item; a document is a list of items."""
    facts = get_metadata(work)
    kind = LinkKind.PAPER if facts.eprint else work.kind
    told: dict[str, Any] = {"id": make_citation_key(work.id), "type": _CSL_TYPES[kind], "title": facts.title}
    if facts.year and facts.month:
        told["issued"] = {"date-parts": [[facts.year, facts.month]]}
    if facts.eprint:
        # The last two as Zotero writes them, so that it recognises an item that it has.
        told |= {"archive": "arXiv", "archive_location": facts.eprint}
        told |= {"number": f"arXiv:{facts.eprint}", "genre": "preprint"}
    others = {"DOI": facts.doi, "container-title": facts.site, "URL": facts.url, "note": facts.note}
    return told | {name: value for name, value in others.items() if value}
