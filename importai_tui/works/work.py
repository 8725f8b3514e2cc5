"""A cited work: a paper, code, a dataset, a post, whatever number of links point at it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from importai_tui.issue import LinkKind


@dataclass(frozen=True, slots=True)
class Work:
    """A work and where it is cited. `work` is its canonical id: `arxiv:2502.19187`.

    `cited_by` are references of stories and `issues` of their issues, each once, the oldest first. `first_cited` and
    `last_cited` are YYYY-MM-DD, None where no citing issue has a date.
    """

    work: str
    kind: LinkKind
    title: str
    url: str
    host: str | None
    cited_by: tuple[str, ...]
    issues: tuple[str, ...]
    first_cited: str | None
    last_cited: str | None

    @property
    def times(self) -> int:
        """How many stories cite it."""
        return len(self.cited_by)


def last_cited_first(works: Iterable[Work]) -> list[Work]:
    """The works in the order in which an archive gives all of them."""
    return sorted(works, key=lambda work: (work.last_cited or "", work.cited_by[-1:], work.title), reverse=True)
