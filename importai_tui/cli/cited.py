"""The cited works as the commands need them: those that are asked for, in the form that is asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from importai_tui.cli.catching_up import catch_up

if TYPE_CHECKING:
    from importai_tui.cli.session import Session
    from importai_tui.library import Library
    from importai_tui.works import Work
    from importai_tui.works.choosing import Marks

FORMS = ("bibtex", "csl", "markdown", "json")
"""What works can be written as."""


def works_of(session: Session, library: Library) -> tuple[list[Work], Marks]:
    """All cited works, the last cited first, and what is starred and opened of them."""
    from importai_tui.archive.works import CitedWorks
    from importai_tui.reading.works import work_key
    from importai_tui.works.choosing import Marks

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
    from importai_tui.works.choosing import Order, choose, ordered

    cited, marks = works_of(session, library)
    choice = choose(line, marks, library.full_ref)
    return ordered(choice.among(cited), Order(sort)), marks, choice.remarks


def written(works: Sequence[Work], marks: Marks, form: str) -> str:
    """The works in one of `FORMS`; without any, the empty document of that form."""
    match form:
        case "json":
            from importai_tui.printing.works import work_shape

            return _json({"works": [work_shape(work, marks) for work in works]})
        case "csl":
            from importai_tui.works.csl import item

            return _json([item(work) for work in works])
        case "bibtex":
            from importai_tui.works.bibtex import bibtex

            return bibtex(works)
        case _:
            from importai_tui.printing.works_markdown import markdown

            return markdown(works)


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
