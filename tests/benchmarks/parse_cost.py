"""Time to parse an issue, compared with Beautiful Soup alone on the same page.

    python -m tests.benchmarks.parse_cost [FILE…]

Without files it uses the HTML of the corpus beside the checkout, else the pages of the guide. Both are timed in turn,
so a slow phase of the machine affects both. The result is the median of each, and the median of the pairwise ratios.
"""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from bs4 import BeautifulSoup

from importai_tui.forecasts.extract import find_forecasts
from importai_tui.guide import load_guide_issues
from importai_tui.parse.pipeline import parse_issue
from tests.benchmarks.table import FigureRow
from tests.corpus import CORPUS, SEEDS, list_documents

ROUNDS = 60
"""Pairs of runs per page, after three that do not count."""
MAX_FORECAST_SHARE = 0.1
"""The time that finding forecasts may take, as a share of that of parsing."""


def load_pages(names: list[str]) -> list[tuple[str, bytes]]:
    """Return name and content of the pages to time."""
    found = [Path(name) for name in names] or [
        *(path for folder in ("wordpress", "pages") for path in sorted((CORPUS / folder).glob("*.html"))),
        *sorted(SEEDS.glob("00[34]*.txt")),
    ]
    if not found:
        return [(page.name, page.data) for page in load_guide_issues()]
    return [(f"{path.parent.name}/{path.name}", path.read_bytes()) for path in found]


def time_call(action: Callable[[], object]) -> float:
    """Return the seconds of one call."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def time_page(text: str, rounds: int = ROUNDS) -> list[tuple[float, float]]:
    """Return pairs of seconds for one page: the parser and Beautiful Soup."""
    data = text.encode()
    pairs = [
        (time_call(lambda: parse_issue(data)), time_call(lambda: BeautifulSoup(text, "lxml")))
        for _ in range(rounds + 3)
    ]
    return pairs[3:]


def rows(*, quick: bool) -> Iterator[FigureRow]:
    """Yield the median milliseconds of all pages, compared with Beautiful Soup."""
    times = [time_page(data.decode("utf-8"), 10 if quick else ROUNDS) for _, data in load_pages([])]
    ours, soup = ([median(pair[side] for pair in pairs) * 1_000 for pairs in times] for side in (0, 1))
    ratios = [median(ours / soup for ours, soup in pairs) for pairs in times]
    note = f"page by page {min(ratios):.2f} to {max(ratios):.2f} times it"
    yield FigureRow(
        f"parse a page, the median of {len(times)} pages", ours, "ms", "Beautiful Soup alone", soup, note=note
    )
    yield _measure_forecasts(3 if quick else 10)


def _measure_forecasts(rounds: int) -> FigureRow:
    """Return the milliseconds in which all issues are searched for forecasts, compared with those of parsing."""
    found_documents = [path.read_bytes() for path in list_documents()] or [page.data for page in load_guide_issues()]
    documents = list({parse_issue(data).title: data for data in found_documents}.values())  # each issue once
    stories = [story for data in documents for story in parse_issue(data).stories]
    for story in stories:
        find_forecasts(story)  # the text of a story is built once, also without them
    times = [
        (
            time_call(lambda: [find_forecasts(story) for story in stories]) * 1_000,
            time_call(lambda: [parse_issue(data) for data in documents]) * 1_000,
        )
        for _ in range(rounds)
    ]
    found, parsed = zip(*times, strict=True)
    label = f"find the forecasts of {len(documents)} issues"
    return FigureRow(label, found, "ms", "parsing them", parsed, limit=MAX_FORECAST_SHARE)


def main() -> None:
    """Time every page and print a table in milliseconds."""
    print(f"Python {platform.python_version()}, {platform.machine()}, {ROUNDS} pairs a page")
    print(f"{'page':<42}{'parse':>9}{'soup':>9}{'ratio':>8}")
    ratios: list[float] = []
    for name, data in load_pages(sys.argv[1:]):
        pairs = time_page(data.decode("utf-8"))
        ratio = median(ours / soup for ours, soup in pairs)
        ratios.append(ratio)
        ours, soup = (median(pair[side] for pair in pairs) * 1000 for side in (0, 1))
        print(f"{name[-40:]:<42}{ours:>9.2f}{soup:>9.2f}{ratio:>8.2f}")
    print(f"{'median of the ratios':<60}{median(ratios):>8.2f}")
    print(f"{'highest':<60}{max(ratios):>8.2f}")


if __name__ == "__main__":
    main()
