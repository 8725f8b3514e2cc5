"""Long runs of faults: rapid resizing on every screen, and ends of every kind at random moments."""

from __future__ import annotations

import signal
import tempfile
from pathlib import Path
from random import Random

from importai_tui.library.library import Library
from importai_tui.paths import Places
from tests.hostile.long_runs import Budget, LongRun, RunResult
from tests.hostile.screen_tour import STEPS
from tests.terminal import Terminal, make_environment, reader_command
from tests.tui.sample_app import store_issues

_END_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT, None)
"""None means that the terminal disappears."""
_KEYS = "JKnNsrRuxdzPTjk]["


def _make_home(folder: str) -> Path:
    home = Path(folder) / "home"
    with Library.open(Places.under(home)) as library:
        store_issues(library)
    return home


def _find_problems(home: Path) -> tuple[str, ...]:
    with Library.open(Places.under(home)) as library:
        return (*library.state.find_problems(), *library.archive.find_problems(), *library.state.warnings())


def _resize_often(budget: Budget) -> RunResult:
    rng, findings, tried = Random(budget.seed), [], 0
    for tried in budget.rounds():
        step = rng.choice(STEPS)
        with tempfile.TemporaryDirectory() as folder:
            home = _make_home(folder)
            with Terminal(reader_command("12/1"), make_environment(home)) as terminal:
                terminal.wait_until_shown("Somebody has taught machines")
                terminal.press(step.key)
                for _ in range(100):
                    columns, rows = (rng.choice((0, 1, rng.randrange(most))) for most in (300, 80))
                    terminal.resize(columns, rows)
                    terminal.read(rng.choice((0.0, 0.02)))
                terminal.resize(100, 30)
                terminal.press("escape", "escape", "escape", "ctrl+q")
                status = terminal.wait()
            if status or _find_problems(home):
                findings.append(
                    f"sizes while {step.key} was open, example {tried}: status {status}, {_find_problems(home)}"
                )
    return RunResult(tried + 1, tuple(findings))


def _end_at_random(budget: Budget) -> RunResult:
    rng, findings, tried = Random(budget.seed), [], 0
    for tried in budget.rounds():
        end = rng.choice(_END_SIGNALS)
        with tempfile.TemporaryDirectory() as folder:
            home = _make_home(folder)
            with Terminal(reader_command("12/1"), make_environment(home)) as terminal:
                terminal.wait_until_shown("Somebody has taught machines")
                terminal.press("s")
                terminal.wait_until_shown("★")
                terminal.press(*(key for key in rng.choices(_KEYS, k=rng.randrange(40)) if key not in "su"))
                terminal.read(rng.random() / 5)
                if end is None:
                    terminal.hang_up()
                else:
                    terminal.kill(end)
                terminal.wait()
            with Library.open(Places.under(home)) as library:
                is_starred = library.state.is_starred("rivers")
            if not is_starred or _find_problems(home):
                findings.append(f"ended by {end}, example {tried}: starred: {is_starred}, {_find_problems(home)}")
    return RunResult(tried + 1, tuple(findings))


LONG_RUNS = (
    LongRun("sizes", "a hundred sizes, also zero, on any screen: the app continues and ends normally", _resize_often),
    LongRun("ends", "a kill, a signal or a lost terminal at any moment: a confirmed star is stored", _end_at_random),
)
