"""Formats works as BibTeX and as CSL-JSON (CSL 1.0.2, appendices III and IV; read by Zotero and pandoc)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from importai_tui.model import LinkKind
from importai_tui.works.work import Work, WorkMetadata, get_metadata, to_one_line

_TEX_ESCAPES = str.maketrans(
    {
        **{character: f"\\{character}" for character in "&%$#_"},
        "\\": "\\textbackslash{}",
        "~": "\\textasciitilde{}",
        "^": "\\textasciicircum{}",
        # BibTeX counts escaped braces too, so an unbalanced one would swallow the rest of the file.
        "{": "\\textbraceleft{}",
        "}": "\\textbraceright{}",
    }
)
_MONTH_MACROS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""Macros that every BibTeX style defines for the names of months."""


def format_bibtex(works: Iterable[Work]) -> str:
    """Return an entry for each work, separated by empty lines; an empty string for no works."""
    return "\n".join(map(format_bibtex_entry, works))


def format_bibtex_entry(work: Work) -> str:
    """Return the entry of one work, with a final newline.

    The type is `@misc`, because no other type works in every style without an author.
    """
    fields = "".join(f"  {name} = {value},\n" for name, value in _iter_bibtex_fields(get_metadata(work)))
    return f"@misc{{{make_citation_key(work.id)},\n{fields}}}\n"


def _iter_bibtex_fields(metadata: WorkMetadata) -> Iterator[tuple[str, str]]:
    # The inner braces stop styles from changing the case.
    yield "title", f"{{{{{_escape_tex(metadata.title)}}}}}"
    if metadata.year and metadata.month:
        yield "year", f"{{{metadata.year}}}"
        yield "month", _MONTH_MACROS[metadata.month - 1]
    if metadata.eprint:
        yield "eprint", f"{{{_escape_braces(metadata.eprint)}}}"
        yield "archivePrefix", "{arXiv}"
    if metadata.primary_class:
        yield "primaryClass", f"{{{_escape_braces(metadata.primary_class)}}}"
    if metadata.doi:
        yield "doi", f"{{{_escape_braces(metadata.doi)}}}"
    if metadata.site:
        yield "howpublished", f"{{{_escape_tex(metadata.site)}}}"
    if metadata.url:
        yield "url", f"{{{metadata.url}}}"
    if metadata.note:
        yield "note", f"{{{_escape_tex(metadata.note)}}}"


def _escape_tex(text: str) -> str:
    """Escape TeX commands. Non-ASCII letters stay, because BibTeX files are UTF-8."""
    return to_one_line(text).translate(_TEX_ESCAPES)


def _escape_braces(text: str) -> str:
    """Percent-encode only braces and backslashes in an identifier, because styles print and link it unchanged."""
    return re.sub(r"[{}\\]", lambda match: quote(match[0]), to_one_line(text))


_CSL_TYPES = {
    # This type needs no journal, which is not known.
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
    """Return one work as a CSL item; a CSL-JSON document is a list of items."""
    metadata = get_metadata(work)
    kind = LinkKind.PAPER if metadata.eprint else work.kind
    item: dict[str, Any] = {"id": make_citation_key(work.id), "type": _CSL_TYPES[kind], "title": metadata.title}
    if metadata.year and metadata.month:
        item["issued"] = {"date-parts": [[metadata.year, metadata.month]]}
    if metadata.eprint:
        # `number` and `genre` are written as Zotero does, so that it recognises duplicates.
        item |= {"archive": "arXiv", "archive_location": metadata.eprint}
        item |= {"number": f"arXiv:{metadata.eprint}", "genre": "preprint"}
    others = {"DOI": metadata.doi, "container-title": metadata.site, "URL": metadata.url, "note": metadata.note}
    return item | {name: value for name, value in others.items() if value}


_MAX_SLUG_LENGTH = 40
"""Characters of the slug before a digest; short, because users type keys by hand."""
_DIGEST_LENGTH = 10
"""Hexadecimal digits: with 40 bits, two of 10,000 works collide in one of 20,000 archives."""
_UNAMBIGUOUS_IDS = {
    "arxiv": r"\d{4}\.\d{4,5}|[a-z]+(-[a-z]+)*/\d{7}",
    "doi": r"10\.\d{4,9}/[a-z0-9]+(\.[a-z0-9]+)*",
    # No hyphen in the owner's name, because a-b/c and a/b-c would give the same slug.
    "github": r"[a-z0-9]+/[a-z0-9]+(-[a-z0-9]+)*",
    "hf": r"[a-z0-9]+/[a-z0-9]+(-[a-z0-9]+)*",
}
"""By scheme, the ids that stay distinct when only their letters and digits are left."""
_UNAMBIGUOUS_ID = r"[a-z0-9]+"


def make_citation_key(work: str) -> str:
    """Return the citation key for a work's canonical id: `arxiv-2502-19187`, `github-owner-repo`.

    Keys are stable and unique. They hold only lower-case letters, digits and single hyphens, which every tool accepts.
    If that would make two ids equal, a digest of the id follows.
    """
    scheme, colon, rest = work.partition(":")
    is_unambiguous = colon and re.fullmatch(_UNAMBIGUOUS_IDS.get(scheme, _UNAMBIGUOUS_ID), rest, re.ASCII)
    slug = re.sub(r"[^a-z0-9]+", "-", work.removeprefix("https://").lower()).strip("-")
    if is_unambiguous and re.fullmatch("[a-z]+", scheme) and not re.search(rf"-[0-9a-f]{{{_DIGEST_LENGTH}}}$", slug):
        return slug
    digest = sha256(work.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_LENGTH]
    return "-".join(part for part in (slug[:_MAX_SLUG_LENGTH].strip("-"), digest) if part)
