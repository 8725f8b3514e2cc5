from __future__ import annotations

from pathlib import Path

import pytest

from importai_tui.config import load_config
from importai_tui.errors import ReaderError
from importai_tui.paths import HOME_VARIABLE, Places, get_documents_folder


def test_the_home_variable_sets_all_paths(tmp_path: Path) -> None:
    places = Places.from_environment({HOME_VARIABLE: str(tmp_path)})
    for place in (places.archive, places.reading, places.config):
        assert tmp_path in place.parents


def test_the_cache_folder_holds_no_reading_state(tmp_path: Path) -> None:
    places = Places.under(tmp_path)
    assert places.cache_folder not in places.reading.parents
    assert places.cache_folder not in places.config.parents


def test_file_names_describe_their_content(tmp_path: Path) -> None:
    places = Places.under(tmp_path)
    assert "archive" in places.archive.name
    assert "reading" in places.reading.name
    assert places.config.name == "config.toml"
    assert places.cards == places.cache_folder / "cards.sqlite3"


def test_without_the_variable_the_platform_sets_paths() -> None:
    for environ in ({}, {HOME_VARIABLE: ""}):
        places = Places.from_environment(environ)
        assert places.archive.is_absolute()
        assert "importai-tui" in places.archive.parts
        assert places.cache_folder != places.data_folder


@pytest.mark.parametrize("home", ["file", "file/home", "loop", "loop/home", "dangling", "~nobody-of-that-name"])
def test_a_home_that_cannot_be_a_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "dangling").symlink_to("nowhere")
    with pytest.raises(ReaderError, match=f"{HOME_VARIABLE}.*folder"):
        Places.from_environment({HOME_VARIABLE: home})


def test_a_config_path_below_a_file_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    loaded = load_config(tmp_path / "file" / "importai-tui" / "config.toml", {})
    assert f"{tmp_path}/file is a file, not a folder" in loaded.summarize_problems()


def test_getting_paths_creates_no_files(tmp_path: Path) -> None:
    Places.from_environment({HOME_VARIABLE: str(tmp_path / "new")})
    assert list(tmp_path.iterdir()) == []


def test_exports_go_to_the_documents_or_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DOCUMENTS_DIR", raising=False)
    assert get_documents_folder() == tmp_path
    (tmp_path / "Documents").mkdir()
    assert get_documents_folder() == tmp_path / "Documents"


def test_a_user_without_home_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pwd", reason="on Windows every user has a home folder")
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)

    def find_nobody(user: int) -> None:
        raise KeyError(user)

    monkeypatch.setattr("pwd.getpwuid", find_nobody)
    with pytest.raises(ReaderError, match="no home folder"):
        Places.from_environment({})
