"""The command that prints what there is in one piece: `show`."""

from __future__ import annotations

import click

from importai_tui.cli.session import Session
from importai_tui.printing.console import columns, emit, emit_json


@click.command()
@click.argument("ref")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.pass_obj
def show(session: Session, ref: str, form: str, as_json: bool) -> None:
    """Print an issue or a story."""
    with session.library() as library:
        issue_ref, position = library.resolve(ref)
        if as_json or form == "json":
            from importai_tui.printing.shapes import issue_shape, story_shape

            emit_json(
                issue_shape(library, issue_ref) if position is None else story_shape(library, issue_ref, position)
            )
        elif form == "markdown":
            from importai_tui.printing.markdown import issue_markdown, story_markdown

            emit(
                issue_markdown(library.issue(issue_ref))
                if position is None
                else story_markdown(library.story(issue_ref, position))
            )
        else:
            from importai_tui.printing.text import issue_lines, story_lines

            if position is None:
                lines = issue_lines(library.issue(issue_ref), columns(), for_reading=False)
            else:
                date = library.issue_head(issue_ref).date
                story = library.story(issue_ref, position)
                lines = story_lines(story, issue_ref, date, columns(), for_reading=False)
            emit("\n".join(lines))
