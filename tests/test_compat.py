"""Opens a home folder that version 0.1.0 wrote (commit efc28eb) and checks that nothing in it is lost or rebuilt.

`compat/home-0.1.0.zip` was made with the code of that commit, in November 2026:

1. `config.toml` was written by hand.
2. Pages of `tests.examples.make_page` about otters (401), herons (402) and beavers (no number) were parsed and stored.
3. Marks, tags, a note, highlights, a position, works and settings were written through `Library`. It had a shared
   folder and a clock set to 1 March 2025. One star was undone. A second `Library` of 9 March made a backup.
4. The app ran once in a terminal of 100 by 20 cells: `:402/2`, enter, space, ctrl+q. It saved the history, the last
   position, a backup of that day and the snapshot of its last screen (`cache/first-frame`).
"""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from importai_tui.archive.stories import make_issue_record
from importai_tui.archive.writer import StoreOutcome
from importai_tui.config import load_config
from importai_tui.library.library import Library
from importai_tui.library.position import ReadingPosition, ScrollPosition, load_last_position, load_scroll_position
from importai_tui.parse.pipeline import parse_issue
from importai_tui.paths import Places
from importai_tui.search.saved import load_searches, recent_from_json
from importai_tui.splash import load_snapshot, snapshot_file
from importai_tui.state.reading_state import get_work_key
from importai_tui.tui.reading.navigation import History
from tests.tui.sample_app import run_reader

STORED_PARSER_VERSION = 3
"""A newer parser reads the stored pages again; nothing else may need a rebuild."""
OTTERS = ("otters-learn-to-count-the-rivers-46310e19", "otters-learn-to-count-the-rivers-a0fb24a3")
OTTERS_3 = "otters-learn-to-count-the-rivers-8411e88d"
HERONS = ("herons-learn-to-count-the-rivers-93d11a66", "herons-learn-to-count-the-rivers-72ac8c20")
HERONS_3 = "herons-learn-to-count-the-rivers-76f27c75"
BEAVERS = "beavers-learn-to-count-the-rivers-part-1-beavers-learn-to"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    with zipfile.ZipFile(Path(__file__).parent / "compat" / "home-0.1.0.zip") as home:
        home.extractall(tmp_path)
    return Places.under(tmp_path)


@pytest.fixture
def library(places: Places) -> Iterator[Library]:
    with Library.open(places) as library:
        yield library


def test_the_archive_opens_and_is_indexed_again(library: Library) -> None:
    assert library.get_warnings() == ()
    assert [(row.ref, row.date, row.story_count, row.unread_count) for row in library.get_issue_rows()] == [
        (BEAVERS, "2025-03-10", 3, 3),
        ("402", "2025-03-03", 3, 1),
        ("401", "2025-02-24", 3, 0),
    ]
    assert library.get_story("402", 2).headline == "Herons learn to count the rivers, part 2"
    assert library.archive.find_problems() == ()
    assert library.count_issues_to_reindex() == 3
    library.reindex_batch()
    assert not library.needs_rebuild(STORED_PARSER_VERSION)
    pages = [library.get_stored_page(id) for id in library.archive.find_issues_to_reparse(STORED_PARSER_VERSION + 1)]
    assert [page.name for page in pages] == ["beavers.html", "herons.html", "otters.html"]
    assert str(library.get_last_sync_time()) == "2025-03-10 12:00:00+00:00"
    assert '"newest": 402' in (library.archive.get_source_note("source https://example.org/feed") or "")


def test_the_same_pages_again_are_unchanged(library: Library) -> None:
    for entry in library.archive.get_entries():
        page = library.get_stored_page(entry.id)
        issue = parse_issue(page.raw, page.name, number=page.number, date=page.date)
        fingerprints = list(make_issue_record(issue).fingerprints)
        with closing(sqlite3.connect(library.archive.path)) as database:
            copies = database.execute("SELECT stories, head FROM copy WHERE issue_id = ?", (entry.id,)).fetchall()
        # If a newer parser gives another issue on purpose, compare after a rebuild with the new PARSER_VERSION.
        assert [list(copy) for copy in copies] == [fingerprints]
        assert library.store(issue, page.raw, page.name).outcome is StoreOutcome.UNCHANGED


def test_all_marks_notes_and_highlights_are_there(library: Library) -> None:
    state = library.state
    assert state.find_problems() == ()
    assert state.get_read_keys() == {*OTTERS, OTTERS_3, *HERONS, "gone-story"}
    assert {key for key in state.get_starred_keys() if not key.startswith("work:")} == {
        HERONS[0],
        OTTERS_3,
        "gone-story",
    }
    assert state.count_tags() == (("later", 1), ("Rivers", 2))
    assert state.get_tagged_keys("rivers") == {OTTERS[0], HERONS[1]}
    assert state.get_note(HERONS[0]) == "A note of two lines,\nwith an é."
    assert [
        (highlight.quote, highlight.remark, highlight.paragraph) for highlight in state.get_highlights(HERONS[0])
    ] == [
        ("It went well enough", None, 0),
        ("taught herons to count rivers", "A remark.", 1),
    ]
    assert get_work_key("arxiv:2401.00001") in state.get_starred_works()
    assert state.is_work_opened("arxiv:2401.00002")


def test_the_journal_undoes_changes_of_the_earlier_version(library: Library) -> None:
    assert library.undo() is not None
    assert library.redo() is not None
    assert library.state.get_read_keys() == {*OTTERS, OTTERS_3, *HERONS, "gone-story"}


def test_positions_history_and_searches_are_there(library: Library) -> None:
    load_value = library.state.load_value
    assert load_scroll_position(library, OTTERS_3) == ScrollPosition(3, 0.25)
    assert load_last_position(library) == ReadingPosition("402", 3, HERONS_3)
    assert [visit.key for visit in History.from_json(load_value("history")).visits][:2] == [HERONS_3, HERONS[1]]
    assert [(search.name, search.line) for search in load_searches(load_value)] == [
        ("Unread", "is:unread"),
        ("Highlights", "is:highlighted"),
        ("Notes", "is:noted"),
        ("Tags", "is:tagged"),
        ("Rivers", "tag:rivers"),
    ]
    assert recent_from_json(load_value("recent-searches")) == ("rivers", "herons is:starred")
    assert recent_from_json(load_value("recent-commands")) == ("402/2", "sync")
    assert (load_value("measure"), load_value("zen")) == ("74", "off")


def test_settings_and_custom_keys_are_read(places: Places) -> None:
    config = load_config(places.config, {}).config
    assert (config.read_after, config.theme, config.preset) == ("end", "paper", "newsboat")
    assert config.sources == ("https://example.org/feed",)
    assert dict(config.keys)["mark.star"] == ("*", "s")


def test_the_snapshot_of_the_last_screen_is_read(places: Places) -> None:
    key = snapshot_file(places).read_text(encoding="utf-8").partition("\n\n")[0]
    rows = load_snapshot(snapshot_file(places), key, 20)
    assert "Herons learn to count the rivers, part 3" in "".join(rows)


def test_the_shared_folder_of_the_earlier_version_is_merged(places: Places, tmp_path: Path) -> None:
    shared = places.cache_folder.parent / "shared"
    with Library.open(Places.under(tmp_path / "other"), shared_folder=shared) as other:
        assert other.get_warnings() == ()
        assert {*OTTERS, HERONS[0], "gone-story"} <= other.state.get_read_keys()
        assert other.state.get_tags(HERONS[1]) == ("later", "Rivers")


def test_a_backup_of_the_earlier_version_is_restored(places: Places) -> None:
    places.reading.write_bytes(b"no database" * 500)
    with Library.open(places) as library:
        assert library.state.warning is not None
        assert {*OTTERS, OTTERS_3, HERONS[0]} <= library.state.get_read_keys()
        assert library.state.get_note(HERONS[0]) == "A note of two lines,\nwith an é."


async def test_the_app_opens_at_the_last_position(library: Library) -> None:
    async with run_reader(library) as app:
        assert app.open_story == ("402", 3)
