"""The commands `config`, `keys` and `stats`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from importai_tui.archive.stats import ArchiveStats
from importai_tui.keymap.commands import COMMANDS
from importai_tui.keymap.screens import list_rebindable
from importai_tui.library.library import Library
from importai_tui.library.stats import LibraryStats, YearStats, get_library_stats
from importai_tui.output.stats import format_stats
from importai_tui.paths import HOME_VARIABLE, Places
from tests.conftest import RunProgram
from tests.examples import make_issue, make_page


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
    assert (ran.status, ran.err.count("importai-tui: ")) == (1, 2)
    assert ", line 3: " in ran.err.splitlines()[1]


def test_keys_prints_the_effective_keys(run: RunProgram) -> None:
    write(run, '[keys]\npreset = "less"\n"story.next" = "ctrl+n"\n[commands.count]\nrun = ["wc"]\nkey = "n"\n')
    keys = {row["id"]: row["keys"] for row in json.loads(run("keys", "--json").out)["keys"]}
    assert set(keys) == {"commands.count", *(command.id for command in (*COMMANDS, *list_rebindable()))}
    assert (keys["commands.count"], keys["story.next_unread"]) == (["n"], [])
    assert (keys["story.next"], keys["move.half_down"]) == (["ctrl+n"], ["d", "ctrl+d"])
    lines = [line.split() for line in run("keys").out.splitlines()]
    assert ["ctrl+n", "story.next", "Next", "story,", "read", "or", "unread"] in lines


def test_each_link_key_has_its_own_row(run: RunProgram) -> None:
    rows = [line.split() for line in run("keys").out.splitlines()]
    assert ["1", "link.1", "Open", "link", "1"] in rows
    assert ["1", "digest.link.1", "Open", "link", "1"] in rows


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
    assert ran.status == 1
    assert "sync.sources" in ran.out
    assert "config.toml, line 3: sync.sources: " in ran.err
    assert "nosuch" in ran.err


MANY = LibraryStats(
    archive_stats=ArchiveStats({"story": 3_000, "note": 31, "essay": 1}, {"paper": 5_185, "video": 579}, 8_730, 1_177),
    oldest=None,
    newest=None,
    missing_count=112,
    years=(YearStats(2025, 52, 3_032, 1_516, 1_464_859),),
    starred_count=120,
    tagged_count=3,
    noted_count=14,
    highlighted_count=9,
    highlight_count=12,
    starred_work_count=7,
    opened_work_count=55,
    card_count=1_234,
    file_sizes=(
        (Path("/home/ada/archive.sqlite3"), 35_258_368),
        (Path("/home/ada/reading.sqlite3"), 70_000),
        (Path("/home/ada/cards.sqlite3"), 0),
    ),
    last_sync_time=datetime(2025, 10, 6, 12, tzinfo=UTC),
)
PAPER = "https://arxiv.org/abs/2502.19187"


@pytest.fixture
def filled(run: RunProgram, tmp_path: Path) -> RunProgram:
    """The program with issue 7 of two stories in 2024, and issue 9 of three; both cite one work."""
    for number, day, subject in ((7, "2024-05-06", b"otters"), (9, "2025-01-06", b"herons")):
        page = tmp_path / f"{number}.html"
        own = b"https://example.org/%b/1" % subject
        page.write_bytes(make_page(subject.decode(), stories=number // 3).replace(own, PAPER.encode()))
        run("import", page, "--number", number, "--date", day)
    return run


def test_stats_json_has_the_documented_fields(filled: RunProgram, places: Places) -> None:
    filled("mark", "7/1", "--read", "--star")
    with Library.open(places) as library:
        key = library.get_story("9", 1).key
        library.add_highlight(key, "Slow water")
        library.add_highlight(key, "patient")
        library.tag([key], "rivers")
        library.set_note(key, "Mine")
        library.state.star_work("arxiv:2502.19187", True, "Both")
        library.state.record_work_opened("arxiv:2502.19187", "Both")
    stats = json.loads(filled("stats", "--json").out)
    words = stats.pop("words")
    assert words == sum(year["words"] for year in stats["years"]) > 0
    assert [year.pop("words") > 0 for year in stats["years"]] == [True, True]
    files = stats.pop("files")
    assert {name: file["path"] for name, file in files.items()} == {
        "archive": str(places.archive),
        "reading": str(places.reading),
        "cards": str(places.cards),
    }
    assert files.pop("cards")["bytes"] == 0
    assert all(file["bytes"] >= Path(file["path"]).stat().st_size > 0 for file in files.values())
    kinds = stats.pop("link_kinds")
    assert (kinds["paper"], kinds["code"], sum(kinds.values())) == (2, 0, 5)
    assert {name: head["ref"] for name in ("first", "newest") if (head := stats.pop(name))} == {
        "first": "7",
        "newest": "9",
    }
    assert stats == {
        "issues": 2,
        "missing": 1,
        "stories": 5,
        "kinds": {"story": 5, "tech-tales": 0, "essay": 0, "note": 0},
        "minutes": 1,
        "read": 1,
        "unread": 4,
        "starred": 1,
        "tagged": 1,
        "noted": 1,
        "highlighted": 1,
        "highlights": 2,
        "links": 5,
        "works": 4,
        "works_cited_again": 1,
        "works_starred": 1,
        "works_opened": 1,
        "cards": 0,
        "years": [
            {"year": 2024, "issues": 1, "stories": 2, "read": 1, "unread": 1},
            {"year": 2025, "issues": 1, "stories": 3, "read": 0, "unread": 3},
        ],
        "synced": None,
    }


def test_bars_of_years_are_proportional_to_stories(filled: RunProgram) -> None:
    filled("mark", "7/1", "--read")
    assert filled("stats").out.splitlines()[-3:] == [
        "Year  Issues  Stories  Read",
        f"2024       1        2   50%  {'━' * 10}{'─' * 10}",
        f"2025       1        3    0%  {'─' * 30}",
    ]


def test_stats_of_an_empty_archive_name_the_next_step(run: RunProgram) -> None:
    ran = run("stats")
    assert (ran.status, ran.out.splitlines()[0]) == (0, "Issues          0")
    assert "importai-tui import" in ran.err
    assert json.loads(run("stats", "--json").out)["newest"] is None


def test_issues_without_a_date_have_their_own_row(library: Library) -> None:
    library.store(make_issue("a", number=7), b"a", "a")
    library.store(make_issue("b", number=8, date="2025-01-06"), b"b", "b")
    lines = format_stats(get_library_stats(library), 60).splitlines()
    assert [line[:9] for line in lines[-3:]] == ["Year     ", "2025     ", "undated  "]


@pytest.mark.parametrize(
    ("words", "time"), [(100, "1 minute"), (4_944, "21 minutes"), (13_800, "1 hour"), (93_176, "7 hours")]
)
def test_short_reading_times_are_in_minutes(words: int, time: str) -> None:
    stats = replace(MANY, years=(YearStats(2025, 1, 1, 0, words),))
    assert f"Words           {words:,} ({time} at 230 words per minute)" in format_stats(stats, 80).splitlines()


@pytest.mark.parametrize("columns", range(36, 60))
def test_only_paths_may_exceed_the_terminal_width(columns: int) -> None:
    lines = format_stats(MANY, columns).splitlines()
    assert [line for line in lines if len(line) > columns and "/" not in line] == []
    assert any("/home/ada/archive.sqlite3" in line for line in lines)
