"""The long form of the faults: storms of sizes over every screen, and ends of every kind at any moment."""

from __future__ import annotations

import signal
import tempfile
from pathlib import Path
from random import Random

from importai_tui.library.library import Library
from importai_tui.paths import Places
from tests.hostile.long_form import Effort, LongRun, Outcome
from tests.hostile.walk import STEPS
from tests.terminal import Terminal, environ_of, reader_command
from tests.tui.made import fill

_ENDS = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT, None)
"""None: the terminal goes away."""
_KEYS = "JKnNsrRuxdzPTjk]["


def _home(folder: str) -> Path:
    home = Path(folder) / "home"
    with Library.open(Places.under(home)) as library:
        fill(library)
    return home


def _faults(home: Path) -> tuple[str, ...]:
    with Library.open(Places.under(home)) as library:
        return (*library.state.check(), *library.archive.damage(), *library.state.warnings())


def _storm(effort: Effort) -> Outcome:
    chance, findings, tried = Random(effort.seed), [], 0
    for tried in effort.rounds():
        step = chance.choice(STEPS)
        with tempfile.TemporaryDirectory() as folder:
            home = _home(folder)
            with Terminal(reader_command("12/1"), environ_of(home)) as terminal:
                terminal.until_shows("Somebody has taught machines")
                terminal.press(step.opens)
                for _ in range(100):
                    columns, rows = (chance.choice((0, 1, chance.randrange(most))) for most in (300, 80))
                    terminal.resize(columns, rows)
                    terminal.read(chance.choice((0.0, 0.02)))
                terminal.resize(100, 30)
                terminal.press("escape", "escape", "escape", "ctrl+q")
                status = terminal.wait()
            if status or _faults(home):
                findings.append(f"sizes while {step.opens} was open, example {tried}: status {status}, {_faults(home)}")
    return Outcome(tried + 1, tuple(findings))


def _ends(effort: Effort) -> Outcome:
    chance, findings, tried = Random(effort.seed), [], 0
    for tried in effort.rounds():
        end = chance.choice(_ENDS)
        with tempfile.TemporaryDirectory() as folder:
            home = _home(folder)
            with Terminal(reader_command("12/1"), environ_of(home)) as terminal:
                terminal.until_shows("Somebody has taught machines")
                terminal.press("s")
                terminal.until_shows("Starred.")
                terminal.press(*(key for key in chance.choices(_KEYS, k=chance.randrange(40)) if key not in "su"))
                terminal.read(chance.random() / 5)
                if end is None:
                    terminal.hang_up()
                else:
                    terminal.kill(end)
                terminal.wait()
            with Library.open(Places.under(home)) as library:
                kept = library.state.is_starred("rivers")
            if not kept or _faults(home):
                findings.append(f"ended by {end}, example {tried}: the star is kept: {kept}, {_faults(home)}")
    return Outcome(tried + 1, tuple(findings))


LONG_RUNS = (
    LongRun("sizes", "a hundred sizes, of nothing too, over any screen: the program goes on and ends well", _storm),
    LongRun("ends", "a kill, a signal or no terminal any more, at any moment: what was shown is kept", _ends),
)
