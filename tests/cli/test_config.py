"""The commands `config` and `keys`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from importai_tui.keymap.commands import COMMANDS
from importai_tui.keymap.screens import SCREEN_COMMANDS
from importai_tui.paths import HOME_VARIABLE
from tests.conftest import RunProgram


def test_init_writes_a_private_file_only_once(run: RunProgram) -> None:
    file = Path(run("config", "--path").out.strip())
    assert not file.exists()
    assert run("config", "--init").status == 0
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text("[reading]\nmeasure = 66\n")
    again = run("config", "--init")
    assert (again.status, again.err.count("\n")) == (1, 1)
    assert str(file) in again.err
    assert file.read_text() == "[reading]\nmeasure = 66\n"


@pytest.mark.parametrize("option", [(), ("--show",)])
def test_settings_are_printed_with_their_origins(
    run: RunProgram, option: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(run, '[reading]\nmeasure = 66\n[keys]\n"story.next" = "ctrl+n"\n')
    monkeypatch.setenv("IMPORTAI_TUI_SYNC_METERED", "true")
    rows = {row.split()[0]: row.split(maxsplit=2)[1:] for row in run("config", *option).out.splitlines()}
    assert rows["reading.measure"] == ["66", "line 2"]
    assert rows["sync.metered"] == ["true", "IMPORTAI_TUI_SYNC_METERED"]
    assert rows["sync.back_catalogue"] == ['"mirror"', "default"]
    assert rows['keys."story.next"'] == ['["ctrl+n"]', "line 4"]


def test_each_config_error_has_its_own_line(run: RunProgram) -> None:
    write(run, "[reading]\nmeasure = 6\nmesure = 66\n")
    ran = run("config")
    assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 2)
    assert ", line 3: " in ran.err.splitlines()[1]


def test_keys_prints_the_effective_keys(run: RunProgram) -> None:
    write(run, '[keys]\npreset = "less"\n"story.next" = "ctrl+n"\n')
    held = {row["id"]: row["keys"] for row in json.loads(run("keys", "--json").out)["keys"]}
    assert set(held) == {command.id for command in (*COMMANDS, *SCREEN_COMMANDS) if command.keys or command in COMMANDS}
    assert (held["story.next"], held["move.half_down"]) == (["ctrl+n"], ["d", "ctrl+d"])
    lines = [line.split() for line in run("keys").out.splitlines()]
    assert ["ctrl+n", "story.next", "Next", "story,", "read", "or", "not"] in lines


def test_config_and_keys_load_no_screen_and_no_database(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom importai_tui.cli import _run_and_report\n_run_and_report(['config'])\n"
        "_run_and_report(['keys'])\n"
        "sys.exit('textual' in sys.modules or 'sqlite3' in sys.modules)"
    )
    environ = os.environ | {HOME_VARIABLE: str(tmp_path)}
    subprocess.run([sys.executable, "-c", program], env=environ, check=True, capture_output=True)


def write(run: RunProgram, text: str) -> None:
    file = Path(run("config", "--path").out.strip())
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_config_reports_an_invalid_source_with_its_line(run: RunProgram) -> None:
    write(run, '[sync]\nmetered = true\nsources = ["nosuch"]\n')
    ran = run("config")
    assert (ran.status, ran.out) == (1, "")
    assert "config.toml, line 3: sync.sources: " in ran.err
    assert "nosuch" in ran.err
