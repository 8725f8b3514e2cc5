"""Imports hostile pages under hostile names, and runs every command on them."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from importai_tui.cli import main
from importai_tui.paths import HOME_VARIABLE
from tests.hostile.examples import ODD_TEXTS, make_example
from tests.hostile.long_runs import Budget, LongRun, RunResult
from tests.hostile.safe_text import assert_harmless, find_unsafe_character

_COMMANDS = (
    "list --json",
    "list",
    "show latest",
    "show latest --json",
    "show latest --format markdown",
    "links latest",
    "links latest --json",
    "search otters --json",
    "search why",
    "works --json",
    "works --format bibtex",
    "works --format csl",
    "works --format markdown",
    "mark latest --star",
    "export --state",
    "export --notes",
    "export --stories",
    "read latest",
    "stats --json",
    "doctor",
    "open latest 1",
)


class _CommandOutput(NamedTuple):
    out: str
    err: str


def run_all_commands(budget: Budget) -> RunResult:
    """Import two files per example, one of them no issue, into a separate home."""
    findings: dict[str, str] = {}
    tried = 0
    rng = random.Random(f"{budget.seed} commands")
    with _isolated_environ():
        for _ in budget.rounds():
            tried += 1
            with tempfile.TemporaryDirectory() as folder:
                for line in _find_problems(Path(folder), rng):
                    findings.setdefault(line[:60], line)
    return RunResult(tried, tuple(findings.values()))


def _find_problems(folder: Path, rng: random.Random) -> Iterator[str]:
    os.environ[HOME_VARIABLE] = str(folder / "home")
    page, other = make_example(rng.choice(("page", "page", "container")), rng), rng.randbytes(9)
    title = rng.choice(ODD_TEXTS).replace("\0", "")[:200]
    for data in (page, other):
        name = rng.choice(ODD_TEXTS).replace("\0", "").replace("/", "")[:60].encode("utf-8", "surrogatepass")
        (folder / os.fsdecode(name + b"%d.html" % len(data))).write_bytes(data)
    commands = [
        ["import", str(folder), "--json"],
        *(line.split() for line in _COMMANDS),
        ["show", title],
        ["search", title],
    ]
    for command in commands:
        ran = _run_command(command)
        problem = find_unsafe_character(ran.out) or find_unsafe_character(ran.err)
        if "Internal error" in ran.err or "Traceback" in ran.err:
            problem = ran.err
        if not problem and ran.out and ("--json" in command or command[-1] == "csl"):
            try:
                assert_harmless(json.loads(ran.out))
            except (ValueError, AssertionError) as error:
                problem = f"no JSON: {error}"
        if problem:
            path = Path(tempfile.gettempdir()) / "importai-tui-found" / f"command-{abs(hash(page))}"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(page)
            yield f"{command!r}: {problem[:300]} ({path})"


def _run_command(arguments: list[str]) -> _CommandOutput:
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), contextlib.suppress(SystemExit):
        main(arguments)
    return _CommandOutput(*(stream.buffer.getvalue().decode() for stream in (out, err)))


@contextlib.contextmanager
def _isolated_environ() -> Iterator[None]:
    """Remove the browser from the environment, and restore the environment afterwards."""
    before = dict(os.environ)
    for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        os.environ.pop(name, None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


LONG_RUNS = (LongRun("commands", "all commands on imported hostile files", run_all_commands),)
