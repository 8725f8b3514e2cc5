from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from importai_tui.archive.archive import Archive
from importai_tui.archive.writer import StoreOutcome
from tests.archive.conftest import now
from tests.archive.version_1 import write_version_1
from tests.examples import make_issue


def read_schema(path: Path) -> dict[str, set[tuple[object, ...]]]:
    """Return the columns of each table, and the names of the indexes."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        found = {name: {row[1:] for row in connection.execute(f"PRAGMA table_info({name})")} for name in tables}
        indexes = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'index'").fetchall()
    return found | {"indexes": set(indexes)}


def test_an_archive_of_version_1_can_be_used(path: Path) -> None:
    write_version_1(path)
    with Archive(path, now) as archive:
        (entry,) = archive.get_entries()
        assert (entry.number, entry.title, entry.story_keys) == (7, "Import AI 7: One", ("ada",))
        assert archive.get_page(entry.id)[1] == "page.html"
        result = archive.store(make_issue("bob", number=8), b"page", "8.html", parser_version=1)
        assert result.outcome is StoreOutcome.IMPORTED
    assert [file.name for file in path.parent.iterdir() if "aside" in file.name] == []


def test_migrations_give_the_same_tables_as_the_schema(path: Path, tmp_path: Path) -> None:
    write_version_1(path)
    new = tmp_path / "new.sqlite3"
    for file in (path, new):
        Archive(file, now).close()
    assert read_schema(path) == read_schema(new)
