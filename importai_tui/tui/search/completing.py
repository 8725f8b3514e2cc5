"""Tab in a search: what the word under the cursor may become, and which of that is taken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from importai_tui.library import IssueHead
from importai_tui.query.completing import FIELD_HELP, Completion, Sources, complete
from importai_tui.query.reading import TOKEN
from importai_tui.search import Search
from importai_tui.tui.search.thread import Job

HELP = (
    ('"two words"', "in this order"),
    ("-word", "without it"),
    ("one OR other", "at least one of them"),
    ("begin*", "words that begin so"),
    *FIELD_HELP,
)
"""What can be asked: how it is written, and what it means."""


@dataclass(frozen=True, slots=True)
class Completed:
    """What a line may become, of which the cursor stood at that place."""

    line: str
    cursor: int
    offered: tuple[Completion, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """The completions that tab goes through, and the one that is taken."""

    offered: tuple[Completion, ...]
    at: int = 0

    @property
    def present(self) -> Completion:
        """The one that is taken."""
        return self.offered[self.at]

    def turned(self, step: int) -> Choices:
        """The next, round and round."""
        return replace(self, at=(self.at + step) % len(self.offered))


def meant(line: str, remarks: Sequence[str]) -> str:
    """The line with what the remarks say may be meant in the place of what they say is not understood."""
    parts: list[str] = []
    end = 0
    for found in TOKEN.finditer(line):
        told = (_MEANT.fullmatch(remark.removeprefix(f'"{found[0]}"')) for remark in remarks)
        if other := next((one for one in told if one), None):
            field, _, value = other["meant"].partition(":")
            value = f'"{value}"' if " " in value else value
            parts += line[end : found.start()], found["minus"] or "", f"{field}:{value}"
            end = found.end()
    return "".join((*parts, line[end:]))


_MEANT = re.compile(r" is not understood.* Did you mean (?P<meant>\w+:.*)\?")
"""What a remark says of a piece of a line, behind that piece."""


def completing(line: str, cursor: int, tags: Sequence[tuple[str, int]], heads: Sequence[IssueHead]) -> Job:
    """What is done in the thread that searches: sites are asked of the archive."""

    def job(search: Search) -> Iterator[Completed]:
        names = [name for name, _ in sorted(tags, key=lambda tag: -tag[1])]
        years = sorted({int(head.date[:4]) for head in heads if head.date}, reverse=True)
        numbers = [head.number for head in heads if head.number is not None]
        sources = Sources(names, years, numbers, search.hosts)
        yield Completed(line, cursor, complete(line, cursor, sources))

    return job
