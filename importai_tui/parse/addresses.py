"""Turns bare web addresses in a line into links."""

from __future__ import annotations

import re
from collections.abc import Iterator

from importai_tui.parse.calls import CALL_TO_ACTION
from importai_tui.parse.lines import Line, LineKind, Run, join_text, slice_runs

_ADDRESS = re.compile(r"<?(?P<url>(?:(?i:https?)://|(?<![\w/@.])www\.(?=[\w-]+\.\w))[^\s<>\"“”]+)>?")
_TRAILING = ".,;:!?'’*_"
"""Punctuation after an address, which belongs to the sentence."""
_CLOSING = {")": "(", "]": "[", "}": "{"}
_LABEL_AND_TITLE = re.compile(r"^(?P<label>[^:]{3,90}:\s*)(?P<title>\S.*?)[\s:–—(-]*$", re.S)


def link_addresses(line: Line) -> Line:
    """Return the line with its bare addresses as links; the line itself if it has none.

    In "Read more: Title (arXiv): https://…" the title becomes the link, because the line is one citation.
    """
    if not _may_have_address(line.text) or line.kind in (LineKind.CODE, LineKind.FIGURE):
        return line
    runs = [part for run in line.runs for part in _split_run(run)]
    if len(runs) == len(line.runs):
        return line
    return _link_title(line, runs) or line.with_runs(runs)


def _may_have_address(text: str) -> bool:
    return "://" in text or "www." in text


def _split_run(run: Run) -> Iterator[Run]:
    """Yield the parts of a run, with each address as a link of its own."""
    if run.href or run.code or not _may_have_address(run.text):
        yield run
        return
    at = 0
    for match in _ADDRESS.finditer(run.text):
        url = _strip_punctuation(match["url"])
        start, end = match.start("url"), match.start("url") + len(url)
        if match[0].startswith("<") and match[0].endswith(">"):
            start, end, url = match.start(), match.end(), match["url"]
        yield run.with_text(run.text[at:start])
        href = f"https://{url}" if url.startswith("www.") else url
        yield run._replace(text=url, href=href)
        at = end
    yield run.with_text(run.text[at:])


def _strip_punctuation(url: str) -> str:
    """Return the address without the punctuation of its sentence."""
    # Counted once, because counting again for each bracket takes quadratic time.
    unmatched = {closing: url.count(closing) - url.count(opening) for closing, opening in _CLOSING.items()}
    end = len(url)
    while end and (url[end - 1] in _TRAILING or unmatched.get(url[end - 1], 0) > 0):
        end -= 1
        if url[end] in unmatched:
            unmatched[url[end]] -= 1
    return url[:end]


def _link_title(line: Line, runs: list[Run]) -> Line | None:
    """Return a call whose title is the link, without its bare address; None if the line is no such call."""
    links = [at for at, run in enumerate(runs) if run.href]
    if len(links) != 1 or not CALL_TO_ACTION.match(line.text):
        return None
    before, link, after = runs[: links[0]], runs[links[0]], runs[links[0] + 1 :]
    match = _LABEL_AND_TITLE.match(join_text(before))
    if match is None or join_text(after).strip(" .)]"):
        return None
    label = slice_runs(before, 0, match.end("label"))
    title = (run._replace(href=link.href) for run in slice_runs(before, match.end("label"), match.end("title")))
    return line.with_runs([*label, *title, Run("." if "." in join_text(after) else "")])
