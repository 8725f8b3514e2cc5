"""The command that lists the cited works, and takes them out for a bibliography: `works`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from importai_tui.cli.cited import FORMS, chosen, written
from importai_tui.cli.listing import NOTHING_YET
from importai_tui.cli.options import AnyWords
from importai_tui.cli.session import Session
from importai_tui.parse.clean import clean_line
from importai_tui.printing.console import columns, emit, emit_utf8, narrate

if TYPE_CHECKING:
    from importai_tui.works import Work
    from importai_tui.works.choosing import Marks

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
        from importai_tui.printing.works import work_table

        emit(work_table(found, columns()))
