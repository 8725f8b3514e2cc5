"""The command that prints what there is to read: `read`, through the pager or on from story to story."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING

import click

from importai_tui.cli.catching_up import catch_up
from importai_tui.cli.constants import INTERRUPTED
from importai_tui.cli.session import Session
from importai_tui.errors import NotFound
from importai_tui.printing.console import columns, emit, emit_paged, narrate

if TYPE_CHECKING:
    from importai_tui.library import Library

_NOTHING_TO_READ = (
    "The archive is empty. Bring in issues: importai-tui sync. How it all works: importai-tui --demo read latest"
)


@click.command()
@click.argument("ref", required=False)
@click.option("--plain", is_flag=True, help="Read on, story by story, with commands of a letter; ? lists them.")
@click.option("--mark", is_flag=True, help="Mark as read what is printed. --plain marks each story at its end.")
@click.pass_context
def read(ctx: click.Context, ref: str | None, plain: bool, mark: bool) -> None:
    """Print a story or an issue to be read: through the pager on a terminal, else straight out.

    Without REF it is the story where you left off. Links are numbered as in `links`, and listed at the foot. Nothing
    is marked as read unless --mark or --plain is given. The pager is that of PAGER, else less; PAGER= is none.
    """
    session: Session = ctx.obj
    with session.library() as library:
        if not plain:  # the numbers are those of `links`, which does the same
            catch_up(session, library)
        issue_ref, position = _where(library, ref)
        if not plain:
            _print(library, issue_ref, position, mark=mark)
            return
        from importai_tui.cli.reading_on import ReadingOn

        if isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")
        try:
            ReadingOn(library, session.opener).read_on(issue_ref, position)
        except KeyboardInterrupt:
            emit("")
            ctx.exit(INTERRUPTED)


def _where(library: Library, ref: str | None) -> tuple[str, int | None]:
    """What is to be read: an issue, and the position in it or None for all of it."""
    from importai_tui.library.position import last_position

    if ref is not None:
        return library.resolve(ref)
    if library.is_empty():
        raise NotFound(_NOTHING_TO_READ)
    if last := last_position(library):
        return last.issue, last.position
    return library.next_unread(None) or library.resolve("latest/1")


def _print(library: Library, issue_ref: str, position: int | None, *, mark: bool) -> None:
    from importai_tui.printing.text import MEASURE, issue_lines, story_lines

    width = columns() or MEASURE
    heads = [head for head in library.story_heads(issue_ref) if position in (None, head.position)]
    if position is None:
        lines = issue_lines(library.issue(issue_ref), width)
    else:
        date = library.issue_head(issue_ref).date
        lines = story_lines(library.story(issue_ref, position), issue_ref, date, width)
    emit_paged("\n".join(lines))
    if mark:
        narrate(f"{library.mark([head.key for head in heads], read=True).label}.")
