"""The command that lists the cited works, and takes them out for a bibliography: `works`.

The cited works as the commands need them: those that are asked for, in the form that is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from importai_tui.cli.constants import NOTHING_YET
from importai_tui.cli.context import Session, catch_up
from importai_tui.cli.options import AnyWords
from importai_tui.output.console import columns, emit, emit_utf8, narrate
from importai_tui.parse.clean import clean_line

if TYPE_CHECKING:
    from importai_tui.library.library import Library
    from importai_tui.works.query import Marks
    from importai_tui.works.work import Work

FORMS = ("bibtex", "csl", "markdown", "json")
"""What works can be written as."""


def works_of(session: Session, library: Library) -> tuple[list[Work], Marks]:
    """All cited works, the last cited first, and what is starred and opened of them."""
    from importai_tui.archive.relations import CitedWorks
    from importai_tui.state.reading_state import work_key
    from importai_tui.works.query import Marks

    catch_up(session, library)
    with CitedWorks(library.archive.path) as archive:
        cited = archive.all()
    keys = {work_key(work.work): work.work for work in cited}
    marks = library.state.marks(("starred", "opened"))
    starred, opened = ({keys[key] for key in marks[field] & keys.keys()} for field in ("starred", "opened"))
    return cited, Marks(starred, opened)


def chosen(
    session: Session, library: Library, line: str, *, sort: str = "last"
) -> tuple[list[Work], Marks, tuple[str, ...]]:
    """The works that a line asks for, in order; the marks; what was not understood, a sentence each."""
    from importai_tui.works.query import Order, choose, ordered

    cited, marks = works_of(session, library)
    choice = choose(line, marks, library.full_ref)
    return ordered(choice.among(cited), Order(sort)), marks, choice.remarks


def written(works: Sequence[Work], marks: Marks, form: str) -> str:
    """The works in one of `FORMS`; without any, the empty document of that form."""
    match form:
        case "json":
            from importai_tui.output.tables import work_shape

            return _json({"works": [work_shape(work, marks) for work in works]})
        case "csl":
            from importai_tui.works.formats import item

            return _json([item(work) for work in works])
        case "bibtex":
            from importai_tui.works.formats import bibtex

            return bibtex(works)
        case _:
            from importai_tui.output.markdown import markdown

            return markdown(works)


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


_LANGUAGE = """\b
What QUERY may ask for; without it, every work:
  words of the title  "exact phrase"  -without  OR
  kind:paper|code|dataset|model|post|news|video|social|other
  site:arxiv.org  is:starred|unread|read  in:402  in:402/3
  year:2025  year:2023..2025 (of the arXiv id, else of the first citation)
  arxiv:2502.19187  github:owner/repo  a DOI, or an address (that work alone)
For example: importai-tui works kind:paper year:2025 --format bibtex"""
_NOTHING_FOUND = "No work is found. Try fewer words, or see them all: importai-tui works"


@click.command(cls=AnyWords, epilog=_LANGUAGE)
@click.argument("words", metavar="[QUERY]...", nargs=-1)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", *FORMS]),
    default="text",
    show_default=True,
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--sort",
    type=click.Choice(["last", "first", "times"]),
    default="last",
    show_default=True,
    help="The last cited at the top, or the last that was first cited, or the most often cited.",
)
@click.pass_context
def works(ctx: click.Context, words: tuple[str, ...], form: str, as_json: bool, sort: str) -> None:
    """List the cited works, each once: kind, how often cited, first and last issue, title."""
    session: Session = ctx.obj
    with session.library() as library:
        found, marks, remarks = chosen(session, library, clean_line(" ".join(words)), sort=sort)
        empty = library.is_empty()
    _print(found, marks, "json" if as_json else form)
    for remark in remarks:
        narrate(remark)
    if not found:
        narrate(NOTHING_YET if empty else _NOTHING_FOUND)
        ctx.exit(1)


def _print(found: Sequence[Work], marks: Marks, form: str) -> None:
    if form in FORMS:
        emit_utf8(written(found, marks, form))
    elif found:
        from importai_tui.output.tables import work_table

        emit(work_table(found, columns()))
