"""The command that explains: `help`, its topics and their pages."""

from __future__ import annotations

import click

from importai_tui.errors import NotFound
from importai_tui.printing.console import columns, emit, emit_paged


@click.command("help")
@click.argument("topic", required=False)
@click.pass_context
def help_(ctx: click.Context, topic: str | None) -> None:
    """Explain one topic, through the pager on a terminal; without TOPIC list them all."""
    from importai_tui import manual

    if topic is None:
        emit(_list())
        return
    name = topic.lower()
    if name not in manual.TOPICS:
        raise NotFound(_unknown(ctx, topic))
    emit_paged(manual.topic_text(manual.topic(name), columns()))


def _list() -> str:
    from importai_tui import manual
    from importai_tui.printing.cells import wrap

    room = max(map(len, manual.TOPICS)) + 2
    lines = [
        line
        for name in manual.TOPICS
        for line in wrap(manual.topic(name).line, columns(), f"{name:{room}}", " " * room)
    ]
    return "\n".join(lines)


def _unknown(ctx: click.Context, topic: str) -> str:
    from importai_tui import manual

    group = ctx.find_root().command
    if isinstance(group, click.Group) and topic in group.commands:
        return f"{topic} has no topic of its own. What the command does: importai-tui {topic} --help"
    near = manual.nearest(topic)
    hint = f"Did you mean importai-tui help {near}?" if near else "The topics: importai-tui help"
    return f'There is no topic "{topic}". {hint}'
