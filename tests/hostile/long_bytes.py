"""Long runs of terminal and browser output: more payloads, sizes, themes, terminals and URLs."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, Phase, given, seed, settings

from importai_tui.errors import RefusedAddressError
from importai_tui.links.urls import validate_url
from importai_tui.paths import Places
from tests.hostile.addresses import RANDOM_URLS, find_url_problem
from tests.hostile.grammar import COMMAND_FORMS, PIPED_FORMS, find_clipboard_texts, find_offence
from tests.hostile.harmless import find_unsafe_character as fault_in
from tests.hostile.home import fill_home
from tests.hostile.long_form import Budget, LongRun, RunResult
from tests.hostile.orders import capture_output, make_commands
from tests.hostile.payloads import make_payloads
from tests.hostile.walk import STEPS, run_tour

_SIZES = ((100, 30), (80, 24), (200, 60), (140, 40), (101, 31))
"""Columns and rows at which every screen of the tour shows its identifying text."""
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


def tour_screens(effort: Budget) -> RunResult:
    """Open every screen, first with the known payloads."""
    findings: list[str] = []
    tried = 0
    chance = Random(effort.seed)
    for number in effort.rounds():
        words = make_payloads(effort.seed + number if number else None)
        columns, rows = chance.choice(_SIZES)
        environ = dict(chance.choice(_TERMINALS))
        if theme := chance.choice(_THEMES):
            environ["IMPORTAI_TUI_READING_THEME"] = theme
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            fill_home(Places.under(home), words)
            try:
                walked = run_tour(
                    home, list(words.values()), stories=40, columns=columns, rows=rows, extra_environ=environ
                )
            except AssertionError as stuck:
                findings.append(f"{number}, {columns}x{rows}, {environ}: {str(stuck)[:3000]}")
                continue
        tried += 1
        named = f"{number}, {columns}x{rows}, {environ}"
        findings += [f"{named}: {fault}" for fault in walked.problems]
        findings += [
            f"{named}: copied {fault}" for text in find_clipboard_texts(walked.output) if (fault := fault_in(text))
        ]
    return RunResult(tried, tuple(findings), (f"{len(STEPS)} screens a walk",))


def run_commands(effort: Budget) -> RunResult:
    """Run all commands on a terminal and on pipes, first with the known payloads."""
    findings: list[str] = []
    tried = 0
    for number in effort.rounds():
        words = make_payloads(effort.seed + number if number else None)
        for on_a_terminal, forms in ((True, COMMAND_FORMS), (False, PIPED_FORMS)):
            with tempfile.TemporaryDirectory() as folder:
                home = Path(folder) / "home"
                newest = fill_home(Places.under(home), words)
                every = list(make_commands(words, Path(folder), newest))
                output = capture_output(every, home, Path(folder), on_a_terminal=on_a_terminal)
            tried += len(every)
            if offence := find_offence(output, forms):
                findings.append(f"seed {effort.seed + number}, terminal {on_a_terminal}: {offence}")
            if (at := output.find(b"An error in the program")) >= 0:
                findings.append(f"seed {effort.seed + number}: {output[at : at + 300]!r}")
    return RunResult(tried, tuple(findings))


def open_urls(effort: Budget) -> RunResult:
    """Open random URLs: each is refused, or opened as a plain URL that is opened unchanged."""
    tried = 0

    @seed(effort.seed)
    @settings(
        max_examples=effort.examples,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(RANDOM_URLS)
    def one(url: str) -> None:
        nonlocal tried
        tried += 1
        address, told = _try_open(url)
        assert not (fault := fault_in(told, lines=False)), fault
        if address:
            assert not (fault := find_url_problem(address)), fault
            assert _try_open(address) == (address, "")

    try:
        one()
    except AssertionError as fault:
        return RunResult(tried, (str(fault)[:500],))
    return RunResult(tried, ())


def _try_open(url: str) -> tuple[str, str]:
    """Return the URL that would be opened, and the message if it is refused."""
    try:
        return validate_url(url), ""
    except RefusedAddressError as refused:
        return "", str(refused)


LONG_RUNS = (
    LongRun("screens", "every byte that the app writes while it reads a hostile archive", tour_screens),
    LongRun("printed", "every byte that the commands write over one, with hostile arguments and files", run_commands),
    LongRun("addresses", "what a browser is given of made-up addresses", open_urls),
)
