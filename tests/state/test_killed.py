"""Changes of the reading state survive `kill -9`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

KILLS = 50


def test_every_reported_change_survives_fifty_kills(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "tests.state.killed_writers", str(tmp_path / "reading.sqlite3"), str(KILLS)]
    result = subprocess.run([*program, "20250303"], capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert result.returncode == 0, result.stderr
    killed, reports = map(int, result.stdout.split())
    assert killed == KILLS
    assert reports > KILLS
