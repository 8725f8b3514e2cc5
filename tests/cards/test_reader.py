"""Test of the launcher with fake sources, which is for people."""

from __future__ import annotations

from pathlib import Path

import pytest

from importai_tui.parse_pool import ParserProcess
from importai_tui.paths import HOME_VARIABLE
from tests.cards.reader import run


def test_a_card_without_the_internet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    monkeypatch.setattr(ParserProcess, "_start", lambda _: None)  # a process would take a second to start
    with pytest.raises(SystemExit) as caught:
        run(["card", "2404.01234"], monkeypatch.setattr)
    assert not caught.value.code
    assert "paper · arXiv" in capfd.readouterr().out
