"""The command that counts: `stats`."""

from __future__ import annotations

import click

from importai_tui.cli.listing import NOTHING_YET
from importai_tui.cli.options import json_option
from importai_tui.cli.session import Session
from importai_tui.printing.console import columns, emit, emit_json, narrate


@click.command()
@json_option
@click.pass_obj
def stats(session: Session, as_json: bool) -> None:
    """Count issues, stories, links and works, what is read and kept, year by year; sizes of the files.

    Read and unread are stories that the archive holds; a star or a note counts whether it holds the story or not.
    """
    with session.library() as library:
        from importai_tui.library.figures import figures
        from importai_tui.printing.figures import figures_shape, figures_text

        counted, behind = figures(library), library.behind()
    if as_json:
        emit_json(figures_shape(counted))
    else:
        emit(figures_text(counted, columns()))
    if behind:
        narrate(f"Links and works of {behind:,} issues are not counted yet. To have them stored: importai-tui works")
    if not counted.issues:
        narrate(NOTHING_YET)
