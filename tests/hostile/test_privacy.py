"""Created files are private whatever the umask, and no file is created in an unexpected place."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from importai_tui.files import make_private_folder
from importai_tui.library.library import Library
from importai_tui.paths import Places
from tests.conftest import RunProgram
from tests.examples import make_page
from tests.http.server import Server
from tests.sync.fake_sites import FakeNewsletter
from tests.sync.newsletter import make_issues
from tests.tui.sample_app import store_issues


@contextmanager
def umask(value: int) -> Iterator[None]:
    """Set the umask."""
    before = os.umask(value)
    try:
        yield
    finally:
        os.umask(before)


def find_public_paths(folder: Path) -> list[str]:
    """Return the paths in a folder, including itself, that other users may read or change."""
    return [
        f"{stat.S_IMODE(mode):o} {path.relative_to(folder.parent)}"
        for path in (folder, *folder.rglob("*"))
        if (mode := path.lstat().st_mode) & 0o077 and not stat.S_ISLNK(mode)
    ]


def add_note(home: Path) -> None:
    """Write a note on the first story of the newest issue: without notes none are exported."""
    with Library.open(Places.under(home)) as library:
        newest = library.get_issue_rows()[0]
        library.set_note(library.get_story_rows(newest.ref)[0].key, "Count them.")


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_created_files_are_private(run: RunProgram, tmp_path: Path, mask: int, monkeypatch: pytest.MonkeyPatch) -> None:
    page, shared, out = tmp_path / "page.html", tmp_path / "shared", tmp_path / "out"
    page.write_bytes(make_page("otters"))
    shared.mkdir()
    out.mkdir()
    monkeypatch.setenv("IMPORTAI_TUI_STATE_SHARED_FOLDER", str(shared))
    home = tmp_path / "home"
    with umask(mask), Server(FakeNewsletter(make_issues(3, stories=1))) as server:
        assert run("import", page).status == 0
        assert run("config", "--init").status == 0
        assert run("sync", "--source", f"{server.address}/substack/feed", "--diagnose").status == 0
        assert run("mark", "latest", "--read", "--star").status == 0
        add_note(home)
        for n, option in enumerate(("--state", "--notes", "--stories", "--works")):
            assert run("export", option, "--out", out / str(n)).status == 0
        with Library.open(Places.under(home)) as library:
            library.undo()
            assert {path.name for path in home.rglob("*")} >= {"reading.sqlite3-wal", "archive.sqlite3-shm"}
            assert find_public_paths(home) == []
        copy = next((home / "data" / "backups").iterdir())
        (home / "data" / "reading.sqlite3").write_bytes(b"no database " * 1000)
        assert "was kept as" in run("list").err
        assert run("doctor", "--repair").status == 0
    assert copy.exists()
    assert (home / "cache" / "sync-account.txt").exists()
    assert list(shared.iterdir())
    assert find_public_paths(home) == []
    assert find_public_paths(out)[1:] == find_public_paths(shared)[1:] == []


@pytest.mark.parametrize("name", ["reading", "archive"])
def test_open_database_is_made_private(library: Library, places: Places, name: str) -> None:
    path: Path = getattr(places, name)
    store_issues(library).mark(["rivers"], read=True)
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).chmod(0o666)
    with Library.open(places):
        assert find_public_paths(path.parent) == []


def test_mode_of_a_foreign_file_is_unchanged(places: Places) -> None:
    places.data_folder.mkdir(parents=True)
    places.reading.write_bytes(b"a letter")
    places.reading.chmod(0o644)
    with pytest.raises(Exception, match="reading"):
        Library.open(places)
    assert stat.S_IMODE(places.reading.stat().st_mode) == 0o644


def test_existing_folder_has_its_mode_unchanged(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir(mode=0o755)
    make_private_folder(there)
    make_private_folder(there / "one" / "two")
    assert stat.S_IMODE(there.stat().st_mode) == 0o755
    assert find_public_paths(there / "one") == []
    (there / "file").touch()
    for folder in (there / "file", there / "file" / "below"):
        with pytest.raises(OSError, match="file"):
            make_private_folder(folder)


HOSTILE_NAMES = ("../../x", "/etc/x", "CON", "x" * 3000, "a\0b", "~root/x", "$(touch x)", "-rf", "COM1.html")


def test_story_names_never_become_file_names(run: RunProgram, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    for n, name in enumerate(HOSTILE_NAMES):
        (pages / f"{n}.html").write_bytes(f"<title>{name}</title>".encode() + make_page(name))
    (tmp_path / "out").mkdir()
    before = {path for path in tmp_path.rglob("*") if "home" not in path.parts}
    assert run("import", pages, "--json").out
    assert run("mark", "latest", "--star").status == 0
    add_note(tmp_path / "home")
    written = {tmp_path / "out" / option for option in ("--state", "--notes", "--stories", "--works")}
    for path in written:
        assert run("export", path.name, "--out", path).status == 0
    run("sync", "--source", "http://127.0.0.1:9/../../x", "--diagnose")
    assert {path for path in tmp_path.rglob("*") if "home" not in path.parts} - before == written
    assert {path.name for path in (tmp_path / "home").rglob("*") if path.is_file()} <= {
        "archive.sqlite3",
        "reading.sqlite3",
        "sync-account.txt",
        "sync.lock",
        next((path.name for path in (tmp_path / "home" / "data").glob("backups/*")), ""),
    }


def test_export_never_overwrites_other_files(run: RunProgram, tmp_path: Path) -> None:
    precious, link = tmp_path / "precious", tmp_path / "link.jsonl"
    precious.write_text("years of work\n")
    link.symlink_to(precious)
    refused = run("export", "--out", link)
    assert refused.status == 1
    assert "not overwritten" in refused.err
    assert precious.read_text() == "years of work\n"
    link.unlink()
    link.symlink_to(tmp_path / "nowhere" / "at" / "all")
    assert run("export", "--out", link).status == 1
    assert link.is_symlink()
    assert not (tmp_path / "nowhere").exists()
