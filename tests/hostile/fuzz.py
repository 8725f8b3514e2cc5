"""The long form of fuzzing: every target with damaged, real, repeated and made-up bytes, and led by what they reach.

What is found is kept as a file, to become a case of a table in `test_fuzz.py` once it is mended.
"""

from __future__ import annotations

import hashlib
import importlib.util
import random
import resource
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.hostile.examples import make_example, read_corpus, seeds
from tests.hostile.long_form import Budget, LongRun, MissingRequirement, RunResult
from tests.hostile.pressing import TooSlow, is_too_slow, make_repetitive, run_within_time
from tests.hostile.targets import TARGETS, Target

FINDINGS_FOLDER = Path(tempfile.gettempdir()) / "importai-tui-found"
_HANG_FACTOR = 3.0
"""How many times the allowed time anything may take before it counts as hanging."""
_MEMORY_LIMIT = 300_000_000
"""Bytes by which the memory of a run may grow."""
_EXAMPLES_PER_ROUND = 200
"""Examples of one turn of hypothesis, which knows no clock."""


def try_damaged(target: Target, effort: Budget) -> RunResult:
    """Good examples first, as they are; then damaged ones."""
    dice = random.Random(f"{effort.seed} {target.name}")
    first = [*seeds(target.kind), *(read_corpus() if target.kind == "page" else ())]
    inputs = (first[n] if n < len(first) else make_example(target.kind, dice) for n in effort.rounds())
    return _check_all(target, inputs)


def try_repeated(target: Target, effort: Budget) -> RunResult:
    """The same over and over, for what is slow."""
    dice = random.Random(f"{effort.seed} {target.name} pressed")
    findings: dict[str, str] = {}
    tried, began = 0, _peak_memory()
    for _ in effort.rounds():
        data = make_repetitive(target.kind, dice)
        tried += 1
        if (grown := _peak_memory() - began) > _MEMORY_LIMIT:
            began += grown
            findings.setdefault("memory", f"{target.name}: memory grew by {grown / 1e6:.0f} MB before example {tried}")
        try:
            run_within_time(target.check, data)
        except TooSlow as slow:
            if is_too_slow(target.check, data):
                findings.setdefault(_get_finding_key(slow), _save_finding(target, data, "too slow"))
        except Exception as error:
            findings.setdefault(_get_finding_key(error), _save_finding(target, data, repr(error)[:200]))
    return RunResult(tried, tuple(findings.values()))


def try_generated(target: Target, effort: Budget) -> RunResult:
    """Hypothesis, with bytes and with texts; what it finds it makes small."""
    tried = 0
    findings: dict[str, str] = {}
    for turn in effort.rounds():
        if turn * _EXAMPLES_PER_ROUND >= effort.examples:
            break
        seen: list[bytes] = []
        try:
            _run_hypothesis(target, effort.seed * 1_000_003 + turn, seen)
        except Exception as error:
            findings.setdefault(_get_finding_key(error), _save_finding(target, seen[-1], repr(error)[:200]))
        tried += len(seen)
    return RunResult(tried, tuple(findings.values()))


def _run_hypothesis(target: Target, number: int, seen: list[bytes]) -> None:
    """One turn of hypothesis; `seen` are its examples, the last one the smallest that fails."""
    texts = st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass"))
    lines = st.lists(st.sampled_from(seeds(target.kind)) | texts, max_size=4).map(b"\n".join)

    @seed(number)
    @settings(
        max_examples=_EXAMPLES_PER_ROUND,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @given(st.binary(max_size=400) | texts | lines)
    def attempt(data: bytes) -> None:
        seen.append(data)
        target.check(data)

    attempt()


def try_guided(target: Target, effort: Budget) -> RunResult:
    """Atheris, led by the code that an input reaches, in a process of its own."""
    if importlib.util.find_spec("atheris") is None:
        raise MissingRequirement("atheris is not installed in this environment (pip install atheris)")
    with tempfile.TemporaryDirectory() as folder:
        for data in (*seeds(target.kind), *(read_corpus() if target.kind == "page" else ())):
            (Path(folder) / hashlib.sha1(data, usedforsecurity=False).hexdigest()).write_bytes(data[:100_000])
        FINDINGS_FOLDER.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "tests.hostile.guided", target.name, folder]
        command += [f"-max_total_time={max(int(effort.minutes * 60), 1)}", f"-runs={effort.examples}", "-timeout=30"]
        ran = subprocess.run(
            [*command, f"-seed={effort.seed + 1}", f"-artifact_prefix={FINDINGS_FOLDER}/{target.name}-"],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    told = ran.stderr.splitlines()
    tried = next((int(line.split()[1]) for line in reversed(told) if line.startswith("Done ")), 0)
    if not ran.returncode:
        return RunResult(tried, ())
    raised = [line for line in told if "Error" in line or "artifact" in line or "ERROR" in line]
    return RunResult(tried, (f"{target.name}: {' | '.join(raised or told[-3:])[:600]}",))


def _check_all(target: Target, inputs: Iterator[bytes]) -> RunResult:
    findings: dict[str, str] = {}
    tried, began = 0, _peak_memory()
    for data in inputs:
        tried += 1
        try:
            run_within_time(target.check, data, _HANG_FACTOR)
        except TooSlow as slow:
            findings.setdefault(_get_finding_key(slow), _save_finding(target, data, "hangs"))
        except Exception as error:
            findings.setdefault(_get_finding_key(error), _save_finding(target, data, repr(error)[:200]))
        if (grown := _peak_memory() - began) > _MEMORY_LIMIT:
            began += grown
            findings.setdefault("memory", _save_finding(target, data, f"memory grew by {grown / 1e6:.0f} MB"))
    return RunResult(tried, tuple(findings.values()), (f"memory grew by {(_peak_memory() - began) / 1e6:.0f} MB",))


def _peak_memory() -> int:
    """The most memory that this process has had so far, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024  # getrusage(2) of each system
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _get_finding_key(error: BaseException) -> str:
    """What makes two findings one: the kind of the error, and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return " ".join([type(error).__name__, *(f"{frame.filename}:{frame.lineno}" for frame in frames)])


def _save_finding(target: Target, data: bytes, problem: str) -> str:
    FINDINGS_FOLDER.mkdir(exist_ok=True)
    path = FINDINGS_FOLDER / f"{target.name}-{hashlib.sha1(data, usedforsecurity=False).hexdigest()[:12]}"
    path.write_bytes(data)
    return f"{target.name}: {problem}; {len(data)} bytes in {path}: {data[:120]!r}"


_METHODS = (
    (try_damaged, "damaged good examples"),
    (try_repeated, "pieces repeated, for what is slow"),
    (try_generated, "whatever hypothesis makes"),
    (try_guided, "whatever atheris makes, led by what it reaches"),
)
LONG_RUNS = tuple(
    LongRun(f"{way.__name__}-{target.name}", f"{target.name}: {says}", partial(way, target))
    for way, says in _METHODS
    for target in TARGETS
)
