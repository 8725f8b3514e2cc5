"""The settings, and what is said when they are wrong."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from importai_tui.config import BadSetting, Config, read_config
from importai_tui.paths import HOME_VARIABLE
from tests.conftest import Run
from tests.examples import make_page


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_a_missing_file_is_an_empty_one(file: Path) -> None:
    assert read_config(file) == Config()


def test_the_opener_is_a_program_and_its_arguments(file: Path) -> None:
    file.write_text('[links]\nopener = ["firefox", "--new-tab"]\n')
    assert read_config(file).opener == ("firefox", "--new-tab")


@pytest.mark.parametrize(
    ("written", "folder"), [("~/Sync", Path.home() / "Sync"), ("/mnt/x", Path("/mnt/x")), ("", None)]
)
def test_the_shared_folder_is_a_whole_path_and_knows_the_home(file: Path, written: str, folder: Path | None) -> None:
    file.write_text(f'[state]\nshared_folder = "{written}"\n')
    assert read_config(file).shared_folder == folder


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[links]\nopener = "firefox"\n', "links.opener"),
        ("[links]\nopener = [1]\n", "links.opener"),
        ("[links]\nbrowser = []\n", "links.browser"),
        ("[shelves]\n", "shelves"),
        ("links = 3\n", "links"),
        ("[links\n", "line 1"),
        ("\udcff", "config.toml"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(file: Path, text: str, named: str) -> None:
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(BadSetting) as refusal:
        read_config(file)
    assert named in str(refusal.value)
    assert str(file) in str(refusal.value)


def test_the_configured_program_opens_links(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, log, program = tmp_path / "home", tmp_path / "log", tmp_path / "browser"
    program.write_text(f'#!/bin/sh\nprintf "%s|" "$@" >> {log}\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(f'[links]\nopener = ["{program}", "--tab"]\n')
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    page = tmp_path / "otters.html"
    page.write_bytes(make_page("otters"))
    run("import", page)
    assert run("open", "latest", 1).status == 0
    flag, address, end = log.read_text().split("|")
    assert (flag, end) == ("--tab", "")
    assert address.startswith("https://")


def test_a_wrong_setting_is_one_line_on_the_command_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text("[links\n")
    page = tmp_path / "otters.html"
    page.write_bytes(make_page("otters"))
    run("import", page)
    ran = run("open", "latest", 1)
    assert ran.status == 1
    assert "config.toml" in ran.err
    assert "Traceback" not in ran.err


def test_the_sync_has_settings(file: Path) -> None:
    file.write_text('[sync]\nsources = ["mirror"]\nback_catalogue = ""\nstart_after_hours = 1.5\n')
    config = read_config(file)
    assert (config.sources, config.back_catalogue) == (("mirror",), None)
    assert config.start_after == timedelta(minutes=90)


@pytest.mark.parametrize(
    "setting", ["start_after_hours = 0", "metered = true", "start_after_hours = 3\nmetered = true"]
)
def test_a_sync_at_the_start_can_be_set_off(file: Path, setting: str) -> None:
    file.write_text(f"[sync]\n{setting}\n")
    assert read_config(file).start_after is None


@pytest.mark.parametrize(
    "setting",
    [
        'sources = "mirror"',
        "sources = [3]",
        "back_catalogue = 3",
        'start_after_hours = "six"',
        "start_after_hours = -1",
        "start_after_hours = nan",
        "start_after_hours = true",
        "start_after_hours = 1e9",
        'metered = "yes"',
        "sync_at_start = true",
    ],
)
def test_a_wrong_setting_of_the_sync_is_named(file: Path, setting: str) -> None:
    file.write_text(f"[sync]\n{setting}\n")
    with pytest.raises(BadSetting, match=f"sync.{setting.partition(' ')[0]}"):
        read_config(file)
