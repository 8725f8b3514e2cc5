"""The command `read`, with and without --plain."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from importai_tui.cli.constants import NO_ISSUES_YET
from importai_tui.cli.read import find_line
from importai_tui.library.library import Library
from importai_tui.library.position import load_last_position, save_last_position
from importai_tui.model import ListBlock, ListItem, Paragraph, ParagraphRole, Quote, Span, Story, StoryKind
from importai_tui.output.lines import to_text
from importai_tui.output.text import format_story_lines
from importai_tui.paths import HOME_VARIABLE, Places
from tests.cli.test_untrusted import hostile_pages, is_harmless
from tests.conftest import ProgramResult, RunProgram
from tests.examples import make_page

PART = "learn to count the rivers, part"
Reads = Callable[..., ProgramResult]


@pytest.fixture
def filled(run: RunProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunProgram:
    """The program with two issues: 7 of two stories about otters, 8 of three about herons."""
    for name in ("LINES", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    for number, subject in ((7, "otters"), (8, "herons")):
        path = tmp_path / f"{subject}.html"
        path.write_bytes(make_page(subject, stories=number - 5))
        run("import", path, "--number", number, "--title", f"Import AI {number}: {subject.title()}")
    return run


@pytest.fixture
def reads_on(filled: RunProgram, monkeypatch: pytest.MonkeyPatch) -> Reads:
    """Run `read --plain` with typed lines."""

    def run_plain(*lines: str, at: str = "7/1") -> ProgramResult:
        monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        return filled("read", "--plain", at)

    return run_plain


def headlines(out: str) -> list[str]:
    return [f"{line.split()[0]} {line[-1]}" for line in out.splitlines() if PART in line]


def story(run: RunProgram, ref: str) -> dict[str, object]:
    shape: dict[str, object] = json.loads(run("show", ref, "--json").out)
    return shape


def test_read_wraps_lines_and_marks_nothing(filled: RunProgram) -> None:
    ran = filled("read", "7/1")
    lines = ran.out.splitlines()
    assert (ran.status, ran.err) == (0, "")
    assert lines[:3] == [f"Otters {PART} 1", "…Slow water, patient otters…", "7/1 · 1 min"]
    assert lines[-1] == "    https://example.org/otters/1"
    assert max(map(len, lines)) <= 72
    assert not story(filled, "7/1")["read"]


def test_read_numbers_links_as_links_does(filled: RunProgram) -> None:
    out = filled("read", "8").out
    numbered = [(link["n"], link["url"]) for link in json.loads(filled("links", "8", "--json").out)["links"]]
    lines = out.splitlines()
    after = [(int(line[1]), lines[at + 1].strip()) for at, line in enumerate(lines) if line.startswith("[")]
    assert after == numbered
    assert headlines(out) == ["Herons 1", "Herons 2", "Herons 3"]


def test_mark_marks_the_printed_stories(filled: RunProgram) -> None:
    assert filled("read", "8", "--mark").err == "Marked 3 stories as read.\n"
    assert filled("read", "7/2", "--mark").err == "Marked 1 story as read.\n"
    assert not story(filled, "7/1")["read"]


def test_read_continues_at_the_last_position(filled: RunProgram, places: Places) -> None:
    filled("mark", "8/1", "--read")
    assert headlines(filled("read").out) == ["Herons 2"]
    with Library.open(places) as library:
        save_last_position(library, "7", 2, library.get_story("7", 2).key)
    assert headlines(filled("read").out) == ["Otters 2"]


def test_read_without_unread_stories_prints_the_latest(filled: RunProgram) -> None:
    filled("mark", "7", "8", "--read")
    assert headlines(filled("read").out) == ["Herons 1"]


def test_read_of_an_empty_archive_names_the_next_step(run: RunProgram) -> None:
    ran = run("read")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == f"importai-tui: {NO_ISSUES_YET}\n"


def test_read_uses_the_pager_on_a_terminal(filled: RunProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep = "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())"
    monkeypatch.setenv("PAGER", f"'{sys.executable}' -c \"{keep}\" '{tmp_path / 'seen'}'")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert filled("read", "7/1").out == ""
    assert (tmp_path / "seen").read_text().startswith(f"Otters {PART} 1\n")
    monkeypatch.setenv("PAGER", "no-such-pager")
    assert headlines(filled("read", "7/1").out) == ["Otters 1"]


def test_a_closed_pipe_ends_read_quietly(filled: RunProgram, tmp_path: Path) -> None:
    del filled
    shell = f"'{sys.executable}' -m importai_tui read --plain 8 < /dev/null | head -c 1; echo; echo ${{PIPESTATUS[0]}}"
    environ = os.environ | {HOME_VARIABLE: str(tmp_path / "home")}
    ran = subprocess.run(["bash", "-c", shell], env=environ, capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("H\n0\n", "")


def test_saving_a_position_keeps_the_scroll_position(library: Library, filled: RunProgram) -> None:
    del filled
    assert load_last_position(library) is None
    first, second = library.get_story("7", 1).key, library.get_story("7", 2).key
    library.state.save_value("place", json.dumps(["7", 1, first, 4, 0.25]))
    save_last_position(library, "7", 1, first)
    assert json.loads(library.state.load_value("place") or "") == ["7", 1, first, 4, 0.25]
    library.save_scroll_position(second, "[3,0.5]")
    save_last_position(library, "7", 2, second)
    assert json.loads(library.state.load_value("place") or "") == ["7", 2, second, 3, 0.5]
    assert (last := load_last_position(library))
    assert (last.issue, last.position) == ("7", 2)


@pytest.mark.parametrize("written", ["", "nonsense", "[]", "7", '["9", 1, "gone", 0, 0]', '{"a": 1}'])
def test_an_invalid_stored_position_is_none(written: str, library: Library) -> None:
    library.state.save_value("place", written)
    assert load_last_position(library) is None


def test_enter_at_the_end_opens_the_next_unread(reads_on: Reads, filled: RunProgram) -> None:
    filled("mark", "7/2", "--read")
    ran = reads_on("", "q")
    assert (ran.status, ran.err) == (0, "")
    assert headlines(ran.out) == ["Otters 1", "Herons 1"]
    assert "1 link. enter: next, ?: help \nMarked 1 story as read.\n" in ran.out
    assert story(filled, "7/1")["read"]
    assert not story(filled, "8/1")["read"]
    assert headlines(filled("read").out) == ["Herons 1"]


def test_plain_read_prints_one_page_at_a_time(
    reads_on: Reads, filled: RunProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINES", "5")
    first, second, again, _ = reads_on("", "p").out.split("enter: continue, ?: help \n")
    assert first.splitlines()[:2] == [f"Otters {PART} 1", "…Slow water, patient otters…"]
    assert "Somebody has taught" not in first
    assert second.startswith("Somebody has taught otters")
    assert again.startswith(f"Otters {PART} 1")
    assert not story(filled, "7/1")["read"]


@pytest.mark.parametrize(
    ("piece", "begins"),
    [
        (0, f"Otters {PART} 1 …Slow water"),
        (3, f"Otters {PART} 1: continued from where you left off (p: back) Somebody has taught otters"),
    ],
)
def test_plain_read_continues_at_the_scroll_position(
    piece: int, begins: str, reads_on: Reads, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINES", "5")
    library.save_scroll_position(library.get_story("7", 1).key, json.dumps([piece, 0.5]))
    out = reads_on("p").out
    assert " ".join(out.split()).startswith(begins)
    assert out.split("help \n")[1].startswith("This is where you started" if piece == 0 else f"Otters {PART} 1\n…Slow")


def test_each_block_has_the_line_where_it_begins() -> None:
    blocks = (
        Paragraph((Span("One"),)),
        Paragraph((Span("Read more: elsewhere"),), role=ParagraphRole.READ_MORE),
        ListBlock((ListItem((Span("Two " * 40),)), ListItem((Span("Three"),)))),
        Quote((Span("Four"),)),
    )
    story = Story("k", 1, StoryKind.STORY, "Zero", blocks=blocks)
    lines_of = partial(format_story_lines, issue_ref="7", date=None, columns=40)
    lines = lines_of(story)
    begun = [to_text(lines[find_line(story, piece, lines_of)]).split()[:2] for piece in range(7)]
    assert begun == [["Zero"], ["Zero"], ["One"], ["-", "Two"], ["-", "Three"], [">", "Four"], ["Read", "more:"]]


@pytest.mark.parametrize(
    ("lines", "seen"),
    [
        (["n"], ["Otters 1", "Otters 2"]),
        (["N"], ["Otters 1", "Herons 3"]),
        (["n", "p"], ["Otters 1", "Otters 2", "Otters 1"]),
        (["g 8/2"], ["Otters 1", "Herons 2"]),
        (["g latest"], ["Otters 1", "Herons 1"]),
        (["i", "8"], ["Otters 1", "Herons 1"]),
        (["l", ""], ["Otters 1", "Otters 1"]),
        (["?", "p"], ["Otters 1", "Otters 1"]),
        (["g nowhere", "g", "x", "99", "y 99", "y x", "/", "/ zzz", "p"], ["Otters 1"]),
    ],
)
def test_letters_go_from_story_to_story(lines: list[str], seen: list[str], reads_on: Reads) -> None:
    ran = reads_on(*lines)
    assert headlines(ran.out) == seen
    assert (ran.status, ran.err) == (0, "")


def test_a_corrected_search_names_the_search_as_typed(reads_on: Reads) -> None:
    assert 'Search as typed: / "herrons"' in reads_on("/ herrons").out


def test_numbers_of_a_search_list_open_stories(reads_on: Reads) -> None:
    ran = reads_on("/ herons", "9", "1", "n")
    assert "Number to open" in ran.out
    assert "No item 9 in this list." in ran.out
    listed, _, shown = ran.out.partition("No item 9 in this list.")
    assert len([line for line in listed.splitlines() if line.startswith(("1. ", "2. ", "3. "))]) == 3
    assert headlines(shown)[0].startswith("Herons")


def test_marks_are_set_and_undone(reads_on: Reads, filled: RunProgram) -> None:
    out = reads_on("s", "r", "u", "u", "u").out
    messages = [line for line in out.splitlines() if line.startswith(("Starred", "Marked", "Undid", "Nothing"))]
    assert messages == [
        "Starred 1 story.",
        "Marked 1 story as read.",
        "Undid: 1 story marked read.",
        "Undid: star on 1 story.",
        "Nothing to undo.",
    ]
    assert not story(filled, "7/1")["starred"]


def test_a_story_marked_unread_stays_unread_at_its_end(reads_on: Reads, filled: RunProgram) -> None:
    filled("mark", "7/1", "--read")
    reads_on("r", "")
    assert not story(filled, "7/1")["read"]


def test_enter_reports_that_no_story_is_unread(reads_on: Reads, filled: RunProgram) -> None:
    filled("mark", "7", "8", "--read")
    assert "No unread stories left." in reads_on("", at="8/3").out


def test_addresses_are_printed_and_opened(reads_on: Reads, monkeypatch: pytest.MonkeyPatch) -> None:
    out = reads_on("y 1", "y", "1").out
    assert "help \nhttps://example.org/otters/1\n" in out
    assert "No web address is known for this issue." in out
    assert "No browser found. The URL:\nhttps://example.org/otters/1\n" in out
    monkeypatch.setenv("BROWSER", "true")
    assert "Opened https://example.org/otters/1\n" in reads_on("1").out


def test_ctrl_c_quits_and_saves_the_position(
    filled: RunProgram, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(io.StringIO):
        def readline(self, *_: object) -> str:  # type: ignore[override]  # the stubs inherit that of bytes
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", Interrupted())
    ran = filled("read", "--plain", "7/2")
    assert (ran.status, ran.err) == (130, "")
    with Library.open(places) as library:
        assert (last := load_last_position(library))
        assert (last.issue, last.position) == ("7", 2)


def test_hostile_text_is_harmless_in_plain_read(
    run: RunProgram, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    payload = "\x1b]0;owned\x07\x1b[2J\u202eabc\x9b31m\r\b"
    monkeypatch.setenv("LINES", "8")
    for page in hostile_pages(payload):
        (tmp_path / "page.html").write_bytes(page)
        run("import", tmp_path / "page.html", "--number", 7, "--title", f"T {payload}")
        lines = (payload, f"g {payload}", f"/ {payload}", f"y {payload}", "/ otters", "", "l", "i", "1", "y 1", "", "")
        monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines)))
        for ran in (run("read", "--plain", "7"), run("read", "7"), run("stats"), run("stats", "--json")):
            assert is_harmless(ran.out + ran.err)
            assert "\t" not in ran.out
