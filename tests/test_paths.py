from __future__ import annotations

from pathlib import Path

import pytest

from importai_tui.config import read_config
from importai_tui.config.schema import ConfigError
from importai_tui.errors import ReaderError
from importai_tui.paths import HOME_VARIABLE, Places


def test_a_home_of_ones_own_holds_everything(tmp_path: Path) -> None:
    places = Places.from_environment({HOME_VARIABLE: str(tmp_path)})
    for place in (places.archive, places.reading, places.config):
        assert tmp_path in place.parents


def test_the_cache_folder_can_go_without_the_reading_state(tmp_path: Path) -> None:
    places = Places.under(tmp_path)
    assert places.cache_folder not in places.reading.parents
    assert places.cache_folder not in places.config.parents


def test_the_files_say_what_they_are(tmp_path: Path) -> None:
    places = Places.under(tmp_path)
    assert "archive" in places.archive.name
    assert "reading" in places.reading.name
    assert places.config.name == "config.toml"


def test_without_a_home_the_platform_says_where() -> None:
    for environ in ({}, {HOME_VARIABLE: ""}):
        places = Places.from_environment(environ)
        assert places.archive.is_absolute()
        assert "importai-tui" in places.archive.parts
        assert places.cache_folder != places.data_folder


@pytest.mark.parametrize("home", ["file", "file/home", "loop", "loop/home", "dangling", "~nobody-of-that-name"])
def test_a_home_that_can_be_no_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "dangling").symlink_to("nowhere")
    with pytest.raises(ReaderError, match=f"{HOME_VARIABLE}.*folder"):
        Places.from_environment({HOME_VARIABLE: home})


def test_settings_under_a_file_name_that_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=f"{tmp_path}/file is a file, not a folder"):
        read_config(tmp_path / "file" / "importai-tui" / "config.toml", {})


def test_naming_places_makes_none(tmp_path: Path) -> None:
    Places.from_environment({HOME_VARIABLE: str(tmp_path / "new")})
    assert list(tmp_path.iterdir()) == []
