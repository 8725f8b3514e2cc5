"""The command that lists what there is: `list`."""

from __future__ import annotations

import click

from importai_tui.cli.options import json_option
from importai_tui.cli.session import Session
from importai_tui.printing.console import columns, emit, emit_json, narrate

NOTHING_YET = "The archive is empty. Bring in issues that you have on disk: importai-tui import PATH"


@click.command("list")
@click.option("--unread", is_flag=True, help="Only issues with something unread.")
@json_option
@click.pass_obj
def list_(session: Session, unread: bool, as_json: bool) -> None:
    """List the issues, newest first: date, unread/stories, REF, title."""
    with session.library() as library:
        heads = library.issue_heads(unread_only=unread)
        if as_json:
            from importai_tui.printing.shapes import issue_head_shape

            emit_json({"issues": [issue_head_shape(head) for head in heads]})
        elif heads:
            from importai_tui.printing.tables import issue_table

            emit(issue_table(heads, columns()))
        if not heads:
            narrate(NOTHING_YET if library.is_empty() else "Everything is read.")
