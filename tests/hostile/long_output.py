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
from tests.hostile.hostile_commands import capture_output, make_commands
from tests.hostile.hostile_home import fill_home
from tests.hostile.long_runs import Budget, LongRun, RunResult
from tests.hostile.payloads import make_payloads
from tests.hostile.safe_text import find_unsafe_character
from tests.hostile.screen_tour import STEPS, run_tour

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


def tour_screens(budget: Budget) -> RunResult:
    """Open every screen, first with the known payloads."""
    findings: list[str] = []
    tried = 0
    rng = Random(budget.seed)
    for number in budget.rounds():
        payloads = make_payloads(budget.seed + number if number else None)
        columns, rows = rng.choice(_SIZES)
        environ = dict(rng.choice(_TERMINALS))
        if theme := rng.choice(_THEMES):
            environ["IMPORTAI_TUI_READING_THEME"] = theme
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            fill_home(Places.under(home), payloads)
            try:
                tour = run_tour(
                    home, list(payloads.values()), stories=40, columns=columns, rows=rows, extra_environ=environ
                )
            except AssertionError as stuck:
                findings.append(f"{number}, {columns}x{rows}, {environ}: {str(stuck)[:3000]}")
                continue
        tried += 1
        label = f"{number}, {columns}x{rows}, {environ}"
        findings += [f"{label}: {problem}" for problem in tour.problems]
        findings += [
            f"{label}: copied {problem}"
            for text in find_clipboard_texts(tour.output)
            if (problem := find_unsafe_character(text))
        ]
    return RunResult(tried, tuple(findings), (f"{len(STEPS)} screens per tour",))


def run_commands(budget: Budget) -> RunResult:
    """Run all commands on a terminal and on pipes, first with the known payloads."""
    findings: list[str] = []
    tried = 0
    for number in budget.rounds():
        payloads = make_payloads(budget.seed + number if number else None)
        for on_a_terminal, forms in ((True, COMMAND_FORMS), (False, PIPED_FORMS)):
            with tempfile.TemporaryDirectory() as folder:
                home = Path(folder) / "home"
                newest = fill_home(Places.under(home), payloads)
                commands = list(make_commands(payloads, Path(folder), newest))
                output = capture_output(commands, home, Path(folder), on_a_terminal=on_a_terminal)
            tried += len(commands)
            if offence := find_offence(output, forms):
                findings.append(f"seed {budget.seed + number}, terminal {on_a_terminal}: {offence}")
            if (at := output.find(b"Internal error")) >= 0:
                findings.append(f"seed {budget.seed + number}: {output[at : at + 300]!r}")
    return RunResult(tried, tuple(findings))


def open_urls(budget: Budget) -> RunResult:
    """Open random URLs: each is refused, or opened as a plain URL that is opened unchanged."""
    tried = 0

    @seed(budget.seed)
    @settings(
        max_examples=budget.examples,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(RANDOM_URLS)
    def check(url: str) -> None:
        nonlocal tried
        tried += 1
        opened, message = _try_open(url)
        assert not (problem := find_unsafe_character(message, lines=False)), problem
        if opened:
            assert not (problem := find_url_problem(opened)), problem
            assert _try_open(opened) == (opened, "")

    try:
        check()
    except AssertionError as problem:
        return RunResult(tried, (str(problem)[:500],))
    return RunResult(tried, ())


def _try_open(url: str) -> tuple[str, str]:
    """Return the URL that would be opened, and the message if it is refused."""
    try:
        return validate_url(url), ""
    except RefusedAddressError as refused:
        return "", str(refused)


LONG_RUNS = (
    LongRun("screens", "output of the app over a hostile archive", tour_screens),
    LongRun("printed", "output of the commands with hostile arguments and files", run_commands),
    LongRun("addresses", "random URLs given to the browser", open_urls),
)
