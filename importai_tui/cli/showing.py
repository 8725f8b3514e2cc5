"""The command that prints what there is in one piece: `show`."""

from __future__ import annotations

from importai_tui.cli.session import Session
from importai_tui.printing.console import columns, emit, emit_json


def run(session: Session, *, ref: str, form: str, as_json: bool) -> int:
    """Print an issue or a story; the exit status."""
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
            from importai_tui.printing.prose import issue_text, story_text

            if position is None:
                emit(issue_text(library.issue(issue_ref), columns()))
            else:
                date = library.issue_head(issue_ref).date
                emit(story_text(library.story(issue_ref, position), issue_ref, date, columns()))
    return 0
