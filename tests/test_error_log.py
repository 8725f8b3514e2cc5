"""The log of errors in the program."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from importai_tui.error_log import ErrorLog


@pytest.fixture
def log(tmp_path: Path) -> ErrorLog:
    return ErrorLog(tmp_path / "errors.log")


def fail(*_: object) -> None:
    raise KeyError("x")


def test_the_log_is_private_and_contains_no_values(log: ErrorLog) -> None:
    note = "a note of mine"
    with pytest.raises(KeyError) as caught:
        fail(note)
    assert log.write(caught.value)
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600
    text = log.path.read_text()
    assert "KeyError: 'x'" in text
    assert "fail(note)" in text
    assert note not in text


def test_the_log_has_a_maximum_size(log: ErrorLog) -> None:
    for _ in range(40):
        log.write(ValueError("x" * 100_000))
    assert log.path.stat().st_size <= 256 * 1024


def test_the_log_is_not_written_through_a_symlink(log: ErrorLog, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    log.path.symlink_to(victim)
    assert not log.write(ValueError())
    assert victim.read_text() == "mine"
