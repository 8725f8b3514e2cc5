"""Cost of a full sync from loopback: seconds, requests, bytes on the wire and peak memory of the program.

    python -m tests.benchmarks.full_sync [COUNT]

COUNT issues of real size, 480 by default. Requests to loopback have no pauses. Another process serves the newsletter,
so its memory does not count. The memory limit is twice that of a process that parses one issue, plus 40 MB.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

# Neither parser nor library is imported here: on Linux, a child process counts the memory of its parent at the fork.
from importai_tui.paths import HOME_VARIABLE
from tests.benchmarks.table import FigureRow, LimitKind

SPARE_MEMORY = 40_000_000
"""Bytes that a sync may use beyond twice the memory of parsing one issue."""
MEMORY_UNIT = 1 if sys.platform == "darwin" else 1024
"""Unit of `ru_maxrss` in bytes: getrusage(2)."""
SERVE, AS_JSON = "--serve", "--json"
PARSE = "import sys; from importai_tui.parse.pipeline import parse_issue; parse_issue(sys.stdin.buffer.read())"


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds, peak memory in bytes, and standard output of one process."""

    seconds: float
    memory: int
    out: bytes


def measure_cost(
    program: Sequence[str], *, input_file: Path | None = None, environ: dict[str, str] | None = None
) -> Cost:
    """Run a program to its end. `input_file` is the file for its standard input."""
    with tempfile.TemporaryFile() as out, (input_file or Path(os.devnull)).open("rb") as standard_input:
        start = time.perf_counter()
        process = subprocess.Popen(program, stdin=standard_input, stdout=out, stderr=subprocess.DEVNULL, env=environ)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        assert process.returncode == 0, program
        return Cost(seconds, used.ru_maxrss * MEMORY_UNIT, out.read())


@contextmanager
def run_server(count: int, page: Path) -> Iterator[str]:
    """Serve a newsletter in another process; yield its address. Its longest issue is written to `page`."""
    program = [sys.executable, "-m", "tests.benchmarks.full_sync", SERVE, str(count), str(page)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        yield server.stdout.readline().strip()


def serve(count: int, page: Path) -> None:
    """Serve until standard input ends."""
    from tests.http.server import Server
    from tests.sync.fake_sites import FakeNewsletter
    from tests.sync.newsletter import NEWEST, make_issues

    # The newest issue always has the same date, so no issue lies in the future.
    delay = timedelta(weeks=count - NEWEST)
    issues = [
        replace(issue, published=issue.published - delay, modified=issue.modified - delay)
        for issue in make_issues(count, is_long=True, newest=count)
    ]
    page.write_text(max((issue.mirror_body for issue in issues), key=len), encoding="utf-8")
    with Server(FakeNewsletter(issues)) as server:
        print(server.address, flush=True)
        sys.stdin.read()


class SyncCost(NamedTuple):
    """Costs of a full sync, of a second sync, and of parsing one issue."""

    full: Cost
    again: Cost
    parse: Cost

    @property
    def memory_limit(self) -> int:
        """Bytes that the full sync may use."""
        return 2 * self.parse.memory + SPARE_MEMORY


def measure_sync(count: int) -> SyncCost:
    """Measure a full sync and a second sync."""
    with tempfile.TemporaryDirectory() as folder, run_server(count, Path(folder) / "page.html") as address:
        parse = measure_cost([sys.executable, "-c", PARSE], input_file=Path(folder) / "page.html")
        sync = [sys.executable, "-m", "importai_tui", "sync", "--json"]
        for path in ("substack/feed", "mirror/"):
            sync += ["--source", f"{address}/{path}"]
        environ = os.environ | {HOME_VARIABLE: str(Path(folder) / "home")}
        return SyncCost(measure_cost([*sync, "--full"], environ=environ), measure_cost(sync, environ=environ), parse)


def rows(*, quick: bool) -> Iterator[FigureRow]:
    """Yield seconds and peak memory of a full sync, measured by another process with little memory of its own."""
    count = 40 if quick else 480
    program = [sys.executable, "-m", "tests.benchmarks.full_sync", str(count), AS_JSON]
    costs = json.loads(subprocess.run(program, check=True, stdout=subprocess.PIPE).stdout)
    yield FigureRow(f"full sync of {count} issues from loopback", (costs["seconds"],), "s")
    megabytes, limit = costs["memory"] / 1e6, round(costs["bound"] / 1e6)
    yield FigureRow("its peak memory", (megabytes,), "MB", limit=limit, limit_kind=LimitKind.VALUE)


def main() -> None:
    """Measure a full sync and a second sync, and print the figures."""
    if SERVE in sys.argv:
        serve(int(sys.argv[2]), Path(sys.argv[3]))
        return
    full, again, parse = found = measure_sync(int(sys.argv[1]) if len(sys.argv) > 1 else 480)
    if AS_JSON in sys.argv:
        print(json.dumps({"seconds": full.seconds, "memory": full.memory, "bound": found.memory_limit}))
        return
    print(f"{'':<14}{'seconds':>9}{'new':>7}{'requests':>10}{'kB':>9}{'peak MB':>9}")
    for name, cost in (("full sync", full), ("sync again", again)):
        sources = json.loads(cost.out)["sources"]
        new, requests, size = (sum(map(value, sources)) for value in (_count_new, _count_requests, _count_bytes))
        figures = f"{cost.seconds:>9.2f}{new:>7,}{requests:>10,}{size / 1e3:>9,.0f}{cost.memory / 1e6:>9.1f}"
        print(f"{name:<14}{figures}")
    print(f"{'parse one':<14}{parse.seconds:>9.2f}{'':>26}{parse.memory / 1e6:>9.1f}")
    verdict = "met" if full.memory <= found.memory_limit else "NOT MET"
    print(f"{'bound':<14}{'':>35}{found.memory_limit / 1e6:>9.1f}  {verdict}")


def _count_new(source: dict[str, Any]) -> int:
    return len(source["new"])


def _count_requests(source: dict[str, Any]) -> int:
    return int(source["requests"])


def _count_bytes(source: dict[str, Any]) -> int:
    return int(source["bytes"])


if __name__ == "__main__":
    main()
