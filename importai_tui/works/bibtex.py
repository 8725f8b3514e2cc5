"""Works as BibTeX. Every entry is `@misc`, the only type that asks for no author and that every style knows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from importai_tui.works.keys import key_of
from importai_tui.works.known import Known, known, one_line
from importai_tui.works.work import Work

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
