"""The command that changes the reading state: `mark`."""

from __future__ import annotations

import click

from importai_tui.cli.session import Session
from importai_tui.errors import NotFound
from importai_tui.printing.console import narrate


@click.command()
@click.argument("refs", metavar="REF...", nargs=-1, required=True)
@click.option("--read", is_flag=True, help="Mark as read.")
@click.option("--unread", is_flag=True, help="Mark as unread.")
@click.option("--star", is_flag=True, help="Give a star.")
@click.option("--unstar", is_flag=True, help="Take the star away.")
@click.pass_context
def mark(ctx: click.Context, refs: tuple[str, ...], read: bool, unread: bool, star: bool, unstar: bool) -> None:
    """Mark stories, or every story of an issue. All of one call is one step that can be undone in the reader."""
    if (read and unread) or (star and unstar):
        raise click.UsageError("A mark and its opposite cannot both be set.", ctx)
    if not (read or unread or star or unstar):
        raise click.UsageError("Say which mark: --read, --unread, --star or --unstar.", ctx)
    session: Session = ctx.obj
    keys: list[str] = []
    lost = False
    with session.library() as library:
        for ref in refs:
            try:
                issue_ref, position = library.resolve(ref)
            except NotFound as error:
                narrate(f"importai-tui: {error}")
                lost = True
                continue
            heads = library.story_heads(issue_ref)
            keys += [head.key for head in heads if position in (None, head.position)]
        if keys:
            change = library.mark(keys, read=_either(read, unread), starred=_either(star, unstar))
            narrate(f"{change.label}.")
    if lost:
        ctx.exit(1)


def _either(on: bool, off: bool) -> bool | None:
    return None if on == off else on
