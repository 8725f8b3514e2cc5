"""Formats works as BibTeX in two dialects, as CSL-JSON and as RIS.

The dialects are that of the BibTeX program, with the fields that arXiv recommends (info.arxiv.org, "Hypertex BibTeX
styles"), and that of the LaTeX package biblatex with its program biber. CSL-JSON is CSL 1.0.2, appendices III and IV;
Zotero and pandoc read it. RIS is written with the tags of Zotero's RIS translator.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from importai_tui.model import LinkKind
from importai_tui.works.venues import VenueKind
from importai_tui.works.work import Work, WorkMetadata, get_metadata, to_one_line


class Dialect(StrEnum):
    """A dialect of BibTeX files; the values are those of `--format` and of the setting `links.citations`."""

    BIBTEX = "bibtex"
    BIBLATEX = "biblatex"


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
_BIBLATEX_TYPES = {
    LinkKind.CODE: "software",
    LinkKind.MODEL: "software",
    LinkKind.DATASET: "dataset",
    LinkKind.VIDEO: "video",
}
"""By kind, the biblatex type of works other than web pages."""


def format_bibtex(works: Iterable[Work], dialect: Dialect = Dialect.BIBTEX) -> str:
    """Return an entry for each work, separated by empty lines; an empty string for no works."""
    return "\n".join(format_bibtex_entry(work, dialect) for work in works)


def format_bibtex_entry(work: Work, dialect: Dialect = Dialect.BIBTEX) -> str:
    """Return the entry of one work, with a final newline."""
    metadata = get_metadata(work)
    published_type = _get_published_type(metadata)
    if dialect is Dialect.BIBLATEX:
        page = "online" if metadata.url or metadata.doi else "misc"  # `@online` needs an address
        entry_type = published_type or (page if metadata.eprint else _BIBLATEX_TYPES.get(work.kind, page))
        fields = _iter_biblatex_fields(metadata, published_type)
    else:
        # Styles need a journal for `@article`, and an author for any other type than `@misc`.
        is_preprint = metadata.eprint or (metadata.venue_kind is VenueKind.PREPRINTS and metadata.year)
        entry_type = published_type or ("article" if is_preprint else "misc")
        fields = _iter_bibtex_fields(metadata, entry_type)
    lines = "".join(f"  {name} = {value},\n" for name, value in fields)
    return f"@{entry_type}{{{make_citation_key(work.id)},\n{lines}}}\n"


def _get_published_type(metadata: WorkMetadata) -> str:
    """Return the type of an entry for a published paper; empty if it is not known to be published."""
    if metadata.venue_kind is VenueKind.JOURNAL:
        return "article"
    return "inproceedings" if metadata.venue_kind is VenueKind.PROCEEDINGS and metadata.authors else ""


def _iter_bibtex_fields(metadata: WorkMetadata, entry_type: str) -> Iterator[tuple[str, str]]:
    yield from _iter_first_fields(metadata)
    venue = f"{{{_escape_tex(metadata.venue)}}}" if metadata.venue else ""
    if entry_type == "inproceedings":
        yield "booktitle", venue
    elif entry_type == "article" and metadata.venue_kind in (VenueKind.JOURNAL, VenueKind.PREPRINTS):
        yield "journal", venue
    elif metadata.eprint:
        yield "journal", f"{{arXiv preprint arXiv:{_escape_braces(metadata.eprint)}}}"
    if metadata.year:
        yield "year", f"{{{metadata.year:04}}}"
    if metadata.month:
        yield "month", _MONTH_MACROS[metadata.month - 1]
    yield from _iter_eprint_fields(metadata, "archivePrefix", "arXiv", "primaryClass")
    if metadata.publisher:
        yield "publisher", f"{{{_escape_tex(metadata.publisher)}}}"
    if entry_type == "misc" and (venue or metadata.site):
        yield "howpublished", venue or f"{{{_escape_tex(metadata.site or '')}}}"
    yield from _iter_last_fields(metadata)


def _iter_biblatex_fields(metadata: WorkMetadata, published_type: str) -> Iterator[tuple[str, str]]:
    yield from _iter_first_fields(metadata)
    if published_type:
        name = "booktitle" if published_type == "inproceedings" else "journaltitle"
        yield name, f"{{{_escape_tex(metadata.venue)}}}"
    if date := "-".join(_format_date_parts(metadata)):
        yield "date", f"{{{date}}}"
    yield from _iter_eprint_fields(metadata, "eprinttype", "arxiv", "eprintclass")
    if organization := metadata.publisher or ("" if published_type or metadata.eprint else metadata.venue):
        yield "organization", f"{{{_escape_tex(organization)}}}"
    yield from _iter_last_fields(metadata)


def _iter_first_fields(metadata: WorkMetadata) -> Iterator[tuple[str, str]]:
    if metadata.authors:
        yield "author", f"{{{' and '.join(map(_format_name, metadata.authors))}}}"
    # The inner braces stop styles from changing the case.
    yield "title", f"{{{{{_escape_tex(metadata.title)}}}}}"


def _iter_eprint_fields(
    metadata: WorkMetadata, archive_field: str, archive: str, class_field: str
) -> Iterator[tuple[str, str]]:
    if metadata.eprint:
        yield "eprint", f"{{{_escape_braces(metadata.eprint)}}}"
        yield archive_field, f"{{{archive}}}"
    if metadata.primary_class:
        yield class_field, f"{{{_escape_braces(metadata.primary_class)}}}"


def _iter_last_fields(metadata: WorkMetadata) -> Iterator[tuple[str, str]]:
    if metadata.doi:
        yield "doi", f"{{{_escape_braces(metadata.doi)}}}"
    if metadata.url:
        yield "url", f"{{{metadata.url}}}"
    if metadata.accessed:
        yield "urldate", f"{{{metadata.accessed}}}"
    if metadata.note:
        yield "note", f"{{{_escape_tex(metadata.note)}}}"


_PLAIN_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[.'’-])*(?: [^\W\d_](?:[^\W\d_]|[.'’-])*)+")
_NO_FAMILY_NAMES = {"jr", "sr", "ii", "iii", "iv", "and", "others", "team", "al"}


def _is_plain_name(name: str) -> bool:
    """Return True for letters whose last word is the family name. Programs must not split any other name."""
    words = {word.casefold().rstrip(".") for word in name.split()}
    return bool(_PLAIN_NAME.fullmatch(name)) and not words & _NO_FAMILY_NAMES


def _split_name(name: str) -> tuple[str, str] | None:
    """Return given and family name; None for a name that programs must not split, such as "Ada van Otter"."""
    if not _is_plain_name(name) or not all(word[0].isupper() for word in name.split()):
        return None
    given, _, family = name.rpartition(" ")
    return given, family


def _format_name(name: str) -> str:
    return name if _is_plain_name(name) else f"{{{_escape_tex(name)}}}"


def _format_date_parts(metadata: WorkMetadata) -> list[str]:
    """Return year, month and day of a work as far as they are known, with leading zeros."""
    parts = ((metadata.year, 4), (metadata.month, 2), (metadata.day, 2))
    return [f"{number:0{digits}}" for number, digits in parts if number]


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


_CSL_TYPES_OF_VENUES = {VenueKind.JOURNAL: "article-journal", VenueKind.PROCEEDINGS: "paper-conference"}


def to_csl_item(work: Work) -> dict[str, Any]:
    """Return one work as a CSL item; a CSL-JSON document is a list of items."""
    metadata = get_metadata(work)
    kind = LinkKind.PAPER if metadata.eprint else work.kind
    csl_type = _CSL_TYPES_OF_VENUES.get(metadata.venue_kind) or _CSL_TYPES[kind]
    item: dict[str, Any] = {"id": make_citation_key(work.id), "type": csl_type, "title": metadata.title}
    if date := list(map(int, _format_date_parts(metadata))):
        item["issued"] = {"date-parts": [date]}
    if metadata.eprint:
        item |= {"archive": "arXiv", "archive_location": metadata.eprint}
    if metadata.eprint and csl_type == "article":
        # `number` and `genre` are written as Zotero does, so that it recognises duplicates.
        item |= {"number": f"arXiv:{metadata.eprint}", "genre": "preprint"}
    if metadata.authors:
        item["author"] = list(map(_to_csl_name, metadata.authors))
    if metadata.accessed:
        item["accessed"] = {"date-parts": [list(map(int, metadata.accessed.split("-")))]}
    others = {
        "DOI": metadata.doi,
        "container-title": metadata.venue or metadata.site,
        "URL": metadata.url,
        "note": metadata.note,
        "publisher": metadata.publisher,
    }
    return item | {name: value for name, value in others.items() if value}


def _to_csl_name(name: str) -> dict[str, str]:
    if not (parts := _split_name(name)):
        return {"literal": name}
    given, family = parts
    return {"given": given, "family": family}


_RIS_TYPES = {
    LinkKind.PAPER: "GEN",  # makes no claim, where a journal is not known
    LinkKind.CODE: "COMP",
    LinkKind.MODEL: "COMP",
    LinkKind.DATASET: "DATA",
    LinkKind.POST: "BLOG",
    LinkKind.ISSUE: "BLOG",
    LinkKind.VIDEO: "VIDEO",
    LinkKind.NEWS: "NEWS",
}
"""By kind, the RIS types of works other than web pages (`ELEC`)."""


def format_ris(works: Iterable[Work]) -> str:
    """Return a record for each work, separated by empty lines; an empty string for no works."""
    return "\n".join(map(_format_ris_record, works))


def _format_ris_record(work: Work) -> str:
    metadata = get_metadata(work)
    date = _format_date_parts(metadata)
    fields: list[tuple[str, str | None]] = [
        ("TY", _get_ris_type(work, metadata)),
        ("ID", make_citation_key(work.id)),
        *(("AU", format_ris_name(name)) for name in metadata.authors),
        ("TI", metadata.title),
        ("T2", metadata.venue or (f"arXiv preprint arXiv:{metadata.eprint}" if metadata.eprint else metadata.site)),
        ("PB", metadata.publisher),
        ("PY", "".join(date[:1])),
        ("DA", "/".join(date)),
        ("DB", "arXiv" if metadata.eprint else None),
        ("AN", metadata.eprint),
        ("DO", metadata.doi),
        ("UR", metadata.url),
        ("Y2", metadata.accessed and metadata.accessed.replace("-", "/")),
        ("N1", metadata.note),
    ]
    lines = (f"{tag}  - {to_one_line(value)}\n" for tag, value in fields if value)
    return f"{''.join(lines)}ER  - \n"


def _get_ris_type(work: Work, metadata: WorkMetadata) -> str:
    if metadata.venue_kind is VenueKind.PROCEEDINGS:
        return "CPAPER"
    if metadata.eprint or metadata.venue_kind in (VenueKind.JOURNAL, VenueKind.PREPRINTS):
        return "JOUR"
    return _RIS_TYPES.get(work.kind, "ELEC")


def format_ris_name(name: str) -> str:
    """Return "Family, Given". A comma in any other name would split it there."""
    parts = _split_name(name)
    return f"{parts[1]}, {parts[0]}" if parts else name.replace(",", "")


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
