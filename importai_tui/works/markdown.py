"""Works as a list in Markdown (CommonMark), to be pasted into notes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from importai_tui.works.known import known, one_line
from importai_tui.works.work import Work


def markdown(works: Iterable[Work]) -> str:
    """A line for each work; empty for none."""
    return "".join(f"{line(work)}\n" for work in works)


def line(work: Work) -> str:
    """One work: `- [Title](url) (kind, host) — cited in Import AI 402, 447`."""
    facts = known(work)
    told = ", ".join(part for part in (work.kind, _words(work.host or "")) if part)
    cited = f" — cited in Import AI {_words(', '.join(work.issues))}" if work.issues else ""
    # Between angle brackets an address may hold brackets of its own.
    address = f"<{facts.url}>" if re.search(r"[()]", facts.url) else facts.url
    return f"- [{_words(facts.title)}]({address}) ({told}){cited}"


def _words(text: str) -> str:
    """Plain words, none of which is Markdown, an entity or a tag."""
    return re.sub(r"([\\`*_\[\]<>&])", r"\\\1", one_line(text))
