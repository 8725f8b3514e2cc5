"""The lists of plain reading: issues, and stories that a search finds, each with what is typed to go there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from importai_tui.errors import NotFound
from importai_tui.issue import short_title
from importai_tui.printing.cells import wrap
from importai_tui.printing.screenfuls import Sheet

if TYPE_CHECKING:
    from importai_tui.library import IssueHead, Library

_HITS = 20
"""Stories of one search: a few screens, as one pages through them."""


def issue_sheet(heads: Sequence[IssueHead], columns: int) -> Sheet:
    """The issues, newest first; each is chosen by its number, or its slug where it has none."""
    lines = []
    for head in heads:
        unread = f"{head.unread} of {head.stories} unread" if head.unread else "all read"
        facts = ", ".join(fact for fact in (head.ref, head.date, unread) if fact)
        lines += wrap(f"{facts}: {short_title(head.title)}", columns, "", "  ")
    return Sheet(lines, {head.ref: head.ref for head in heads})


def hit_sheet(library: Library, words: str, columns: int) -> Sheet:
    """The stories that a line of the search language finds, the best match first, numbered from 1.

    Raises:
        NotFound: there are none, or nothing is asked for.
    """
    from importai_tui.query import read_query
    from importai_tui.search import Search

    query = read_query(words)
    if query.is_empty:
        raise NotFound("Say what to look for: / chain of thought")
    while library.behind():
        library.index_some()
    with Search(library.archive.path) as search:
        answer = search.answer(query, library.state.marks(query.fields()), limit=_HITS)
        hits = list(zip(answer.found, search.excerpts(answer, 0, _HITS), strict=True))
        if not hits:
            meant = search.suggestion(query)
            raise NotFound(f"Nothing is found. {f'Did you mean: / {meant}' if meant else 'Try fewer words.'}")
    lines = list(query.remarks)
    for number, (found, excerpt) in enumerate(hits, 1):
        facts = ", ".join(fact for fact in (found.headline, found.ref, found.day) if fact)
        lines += wrap(f"{number}. {facts}", columns, "", "   ")
        lines += wrap(excerpt.text, columns, "   ", "   ")
    return Sheet(lines, {str(number): found.ref for number, (found, _) in enumerate(hits, 1)})
