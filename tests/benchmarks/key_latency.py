"""Time from a key to the last byte of output in a real terminal, compared with the bare app."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

from importai_tui.archive.cards import CardStore
from importai_tui.archive.relations import CitedWorks
from importai_tui.model import Paragraph, Span
from importai_tui.paths import Places
from importai_tui.works.card import Card
from importai_tui.works.work import Work
from tests.benchmarks.programs import Program, Timing, bare_program, press_keys, reader_program
from tests.benchmarks.search_cost import get_lines
from tests.benchmarks.synthetic_newsletter import ISSUES
from tests.benchmarks.table import FigureRow, LimitKind

LIMIT_OVER_BARE = 30.0
"""Milliseconds above the bare app, at the 95th percentile."""
ACTIONS = ("next story", "next issue", "scroll", "toggle read", "open search", "open card")
TYPE_LETTER = "type a letter"
_CLEAR_KEY = "ctrl+u"
_OPENING = ("open search", "open card")
"""The actions that open a screen, which escape closes."""
_PARAGRAPHS = 6
"""Paragraphs of a card: those of a long abstract, or of the first page of a README."""

Timings = dict[str, list[Timing]]


def rows(homes: Mapping[int, Path], *, quick: bool) -> Iterator[FigureRow]:
    """Yield a row for each action and each size. `homes` has multiples of ten years."""
    for times, home in homes.items():
        store_cards(home)
        ours, theirs = time_keys(
            (reader_program(home, times), bare_program()), 10 if quick else 40, get_lines()[: 2 if quick else 5]
        )
        for action in (*ACTIONS, TYPE_LETTER):
            yield make_row(
                f"key: {action}, {ISSUES * times:,} issues", ours[action], "bare app", theirs[action], LIMIT_OVER_BARE
            )


def store_cards(home: Path) -> None:
    """Store a card for every work of a home, unless that was done before."""
    places = Places.under(home)
    if places.cards.exists():
        return
    with CitedWorks(places.archive) as cited_works, CardStore(places.cards) as store:
        store.put(_make_card(work) for work in cited_works.get_all())


def _make_card(work: Work) -> Card:
    words = "Made-up words about models and data, as long as a line of an abstract is, and a little more. " * 4
    return Card(
        *(work.id, work.kind, f"The Card of {work.title}", work.url or "https://example.org", "arXiv"),
        fetched_at="2026-11-30T12:00:00+00:00",
        authors=("Ada Juniper", "Bo Linden"),
        published="2026-11-01",
        blocks=tuple(Paragraph((Span(f"{n}. {words}"),)) for n in range(_PARAGRAPHS)),
    )


def make_row(
    label: str, ours: Sequence[Timing], reference: str, theirs: Sequence[Timing], limit: float | None = None
) -> FigureRow:
    """Return a row with 95th percentiles. `limit` is the allowed difference in milliseconds."""
    cpu = [median(press.cpu for press in presses) for presses in (ours, theirs)]
    note = f"CPU time {cpu[0]:.1f}, reference {cpu[1]:.1f}"
    wall_times = [[press.wall for press in presses] for presses in (ours, theirs)]
    return FigureRow(
        label, wall_times[0], "ms", reference, wall_times[1], limit, LimitKind.DIFFERENCE, is_p95=True, note=note
    )


def time_keys(programs: Sequence[Program], rounds: int, lines: Sequence[str]) -> list[Timings]:
    """Return the timings of every key press of each of the two programs, measured in turn."""
    first, second = programs
    with first.run_until_idle() as first_terminal, second.run_until_idle() as second_terminal:
        both = [
            (program, terminal, Timings()) for program, terminal in ((first, first_terminal), (second, second_terminal))
        ]
        for action in ACTIONS:
            for _ in range(rounds):
                for program, terminal, timings in both:
                    timings.setdefault(action, []).append(press_keys(terminal, program.keys[action]))
                    if action in _OPENING:
                        press_keys(terminal, "escape")
        for program, terminal, timings in both:
            press_keys(terminal, program.keys["open search"])
            timings[TYPE_LETTER] = []
        for line in lines:
            for letter in line:
                for _, terminal, timings in both:
                    timings[TYPE_LETTER].append(press_keys(terminal, letter))
            for _, terminal, _ in both:
                press_keys(terminal, _CLEAR_KEY)
    return [timings for _, _, timings in both]
