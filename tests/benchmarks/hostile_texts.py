"""Measures the processor time, in seconds, for texts that are made to be slow. The parser has its own benchmark.

The tests read the same texts without measuring.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from importai_tui.cards.articles import extract_article
from importai_tui.cards.body import read_body
from importai_tui.cards.tex import format_tex
from importai_tui.forecasts.extract import find_forecasts
from importai_tui.output.layout import wrap
from importai_tui.works.card import BodyFormat
from tests.benchmarks.table import FigureRow, LimitKind
from tests.cards.test_articles import PAGE_UNITS, make_huge_page
from tests.cards.test_body import HOSTILE, make_hostile_text
from tests.cards.test_tex import UNCLOSED
from tests.forecasts.stories import make_heading, make_list, make_story
from tests.forecasts.test_extract import HOSTILE_PIECES, make_hostile_story
from tests.output.test_layout import HUGE_WORD

Task = Callable[[], object]


def rows() -> Iterator[FigureRow]:
    """Yield the slowest text of each kind."""
    bodies = [
        partial(read_body, make_hostile_text(unit), body_format) for unit in HOSTILE for body_format in BodyFormat
    ]
    yield _measure("texts of cards, 200 kB", bodies, 1)
    yield _measure("web pages, 1.5 MB", [partial(extract_article, make_huge_page(x), "") for x in PAGE_UNITS], 10)
    yield _measure("an unclosed TeX command, 400 kB", [partial(format_tex, UNCLOSED)], 1)
    yield _measure("a word of 200,000 letters, wrapped", [partial(wrap, HUGE_WORD, 80)], 2)
    find_forecasts(make_story(make_heading("Predictions"), "By 2031."))  # compiles the patterns
    stories = [*map(make_hostile_story, HOSTILE_PIECES), make_story(make_list(*["In 2031"] * 10_000))]
    yield _measure("forecasts in 100 kB", [partial(find_forecasts, story) for story in stories], 0.25)


def _measure(label: str, tasks: Sequence[Task], limit: float) -> FigureRow:
    slowest = max(map(_measure_seconds, tasks))
    return FigureRow(f"slow to read: {label}", (slowest,), "s", limit=limit, limit_kind=LimitKind.VALUE)


def _measure_seconds(task: Task) -> float:
    gc.collect()  # what other benchmarks have left
    began = time.process_time()
    task()
    return time.process_time() - began
