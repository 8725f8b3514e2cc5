"""The long form of what reaches terminals and browsers: more payloads, sizes, themes and terminals, more addresses."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, Phase, given, seed, settings

from importai_tui.errors import RefusedAddress
from importai_tui.links.urls import vetted
from importai_tui.paths import Places
from tests.hostile.addresses import ADDRESSES, fault_of
from tests.hostile.grammar import COMMAND_FORMS, PIPED_FORMS, copied, first_offence
from tests.hostile.harmless import fault_of as fault_in
from tests.hostile.home import fill
from tests.hostile.long_form import Effort, LongRun, Outcome
from tests.hostile.orders import orders, printed
from tests.hostile.payloads import payloads
from tests.hostile.walk import STEPS, walk

_SIZES = ((100, 30), (80, 24), (200, 60), (140, 40), (101, 31))
"""Columns and rows in which every screen of the walk shows the words by which it is known."""
_TERMINALS: tuple[dict[str, str], ...] = (
    {},
    {"NO_COLOR": "1"},
    {"TERM": "xterm"},
    {"TERM": "linux"},
    {"TERM": "screen-256color"},
    {"COLORTERM": "truecolor"},
    {"TEXTUAL_COLOR_SYSTEM": "standard"},
)
_THEMES = ("", "ink", "paper", "textual-dark", "solarized-light", "terminal")


def walks(effort: Effort) -> Outcome:
    """Walks through every screen, the first with the known payloads."""
    findings: list[str] = []
    tried = 0
    chance = Random(effort.seed)
    for number in effort.rounds():
        words = payloads(effort.seed + number if number else None)
        columns, rows = chance.choice(_SIZES)
        environ = dict(chance.choice(_TERMINALS))
        if theme := chance.choice(_THEMES):
            environ["IMPORTAI_TUI_READING_THEME"] = theme
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            fill(Places.under(home), words)
            try:
                walked = walk(home, list(words.values()), stories=40, columns=columns, rows=rows, more=environ)
            except AssertionError as stuck:
                findings.append(f"{number}, {columns}x{rows}, {environ}: {str(stuck)[:3000]}")
                continue
        tried += 1
        named = f"{number}, {columns}x{rows}, {environ}"
        findings += [f"{named}: {fault}" for fault in walked.faults]
        findings += [f"{named}: copied {fault}" for text in copied(walked.output) if (fault := fault_in(text))]
    return Outcome(tried, tuple(findings), (f"{len(STEPS)} screens a walk",))


def commands(effort: Effort) -> Outcome:
    """All commands on a terminal and on pipes, the first time with the known payloads."""
    findings: list[str] = []
    tried = 0
    for number in effort.rounds():
        words = payloads(effort.seed + number if number else None)
        for on_a_terminal, forms in ((True, COMMAND_FORMS), (False, PIPED_FORMS)):
            with tempfile.TemporaryDirectory() as folder:
                home = Path(folder) / "home"
                newest = fill(Places.under(home), words)
                every = list(orders(words, Path(folder), newest))
                output = printed(every, home, Path(folder), on_a_terminal=on_a_terminal)
            tried += len(every)
            if offence := first_offence(output, forms):
                findings.append(f"seed {effort.seed + number}, terminal {on_a_terminal}: {offence}")
            if (at := output.find(b"An error in the program")) >= 0:
                findings.append(f"seed {effort.seed + number}: {output[at : at + 300]!r}")
    return Outcome(tried, tuple(findings))


def addresses(effort: Effort) -> Outcome:
    """Made-up addresses: refused, or handed on plain and once more the same."""
    tried = 0

    @seed(effort.seed)
    @settings(
        max_examples=effort.examples,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(ADDRESSES)
    def one(url: str) -> None:
        nonlocal tried
        tried += 1
        address, told = _opened(url)
        assert not (fault := fault_in(told, lines=False)), fault
        if address:
            assert not (fault := fault_of(address)), fault
            assert _opened(address) == (address, "")

    try:
        one()
    except AssertionError as fault:
        return Outcome(tried, (str(fault)[:500],))
    return Outcome(tried, ())


def _opened(url: str) -> tuple[str, str]:
    """What is handed on of an address, and what is told where nothing is."""
    try:
        return vetted(url), ""
    except RefusedAddress as refused:
        return "", str(refused)


LONG_RUNS = (
    LongRun("screens", "every byte that the app writes while it reads a hostile archive", walks),
    LongRun("printed", "every byte that the commands write over one, with hostile arguments and files", commands),
    LongRun("addresses", "what a browser is given of made-up addresses", addresses),
)
