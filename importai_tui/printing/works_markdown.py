"""Works as a list in Markdown (CommonMark), to be pasted into notes."""

from __future__ import annotations

from collections.abc import Iterable

from importai_tui.links.addresses import ascii_host
from importai_tui.printing.commonmark import escape_line, link
from importai_tui.works.known import known
from importai_tui.works.work import Work


def markdown(works: Iterable[Work]) -> str:
    """A line for each work; empty for none."""
    return "".join(f"{line(work)}\n" for work in works)


def line(work: Work) -> str:
    """One work: `- [Title](url) (kind, host) — cited in Import AI 402, 447`."""
    facts = known(work)
    details = ", ".join(part for part in (work.kind, escape_line(ascii_host(work.host or ""))) if part)
    cited = f" — cited in Import AI {escape_line(', '.join(work.issues))}" if work.issues else ""
    return f"- {link(escape_line(facts.title), facts.url)} ({details}){cited}"
