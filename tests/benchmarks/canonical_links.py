"""Time to find the works and kinds of ten thousand links.

All addresses are synthetic and different; they cover all known sites and some unknown ones.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import cycle, islice

from importai_tui.links.classify import classify_link
from importai_tui.links.work_ids import get_work_id
from tests.benchmarks.table import FigureRow, LimitKind

LINKS = 10_000
LIMIT = 0.5
"""Seconds for the works of all links."""
ROUNDS = 5

SITES = (
    "https://arxiv.org/abs/25{n:02}.{m:05}v2",
    "https://www.arxiv.org/pdf/25{n:02}.{m:05}.pdf",
    "https://huggingface.co/papers/25{n:02}.{m:05}",
    "https://doi.org/10.48550/arXiv.25{n:02}.{m:05}",
    "https://www.science.org/doi/full/10.1126/science.{m}?utm_source=mail&utm_medium=mail",
    "https://openreview.net/forum?id=rJ{m}&noteId=x",
    "https://github.com/Owner{m}/Name/tree/main/src?utm_source=x",
    "https://huggingface.co/datasets/Owner{m}/Name",
    "https://papers.ssrn.com/sol3/papers.cfm?abstract_id={m}&fbclid=x",
    "https://proceedings.mlr.press/v{n}/name{m}/name{m}.pdf",
    "https://youtu.be/abc{m}?si=x",
    "https://twitter.com/Owner/status/{m}?s=20",
    "https://web.archive.org/web/20250301000000/https://example.org/page/{m}",
    "https://open.substack.com/pub/owner/p/post-{m}?r=abc",
    "https://www.example.org/blog/how-page-{m}-came-to-be/?utm_source=x&id=7#top",
    "https://www.nytimes.com/2025/01/{n:02}/page-{m}.html?unlocked_article_code=x",
)
CALLS = (
    ("Read more: ", "The title of a work (arXiv)"),
    ("Get the dataset ", "here (Name, GitHub)"),
    ("", "some words"),
)


def rows() -> Iterator[FigureRow]:
    """Yield the seconds for all links: works alone, and kinds with works."""
    numbers = range(LINKS)
    links = [
        (site.format(n=number % 12 + 1, m=number), *call)
        for number, site, call in zip(numbers, islice(cycle(SITES), LINKS), islice(cycle(CALLS), LINKS), strict=True)
    ]
    works, both = [], []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for url, _before, _text in links:
            get_work_id(url)
        middle = time.perf_counter()
        for url, before, text in links:
            classify_link(url, text, before)
            get_work_id(url)
        works.append(middle - start)
        both.append(time.perf_counter() - middle)
    yield FigureRow(f"the works of {LINKS:,} links", works, "s", limit=LIMIT, limit_kind=LimitKind.VALUE)
    yield FigureRow(f"kinds and works of {LINKS:,} links", both, "s")
