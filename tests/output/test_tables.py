"""Search hits, trends and works in columns."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from importai_tui.archive.search import FoundStory
from importai_tui.model import LinkKind, StoryKind
from importai_tui.output.console import print_lines
from importai_tui.output.json import work_json
from importai_tui.output.layout import text_width
from importai_tui.output.lines import Line, Run, to_text, to_texts
from importai_tui.output.tables import format_hits, format_trend_chart, format_work_table
from importai_tui.search.excerpts import Excerpt
from importai_tui.search.search import Period
from importai_tui.works.query import WorkMarks
from tests.works.sample_works import make_work

TALE = FoundStory(
    "402/7", "k", "402", 402, "2025-03-03", 7, StoryKind.TECH_TALES, "The otters who counted the rivers", 1.0
)
EXCERPT = Excerpt("…slow water, patient otters, and the rivers that they have counted so far…", ((21, 27), (37, 43)))


def mark_runs(line: Line) -> str:
    """Return the line with brackets around its bold runs."""
    return line if isinstance(line, str) else "".join(f"[{run.text}]" if run.is_bold else run.text for run in line)


def test_a_narrow_terminal_puts_the_headline_below() -> None:
    lines = list(format_hits([(TALE, EXCERPT)], 32))
    assert [mark_runs(line) for line in lines] == [
        "402/7  2025-03-03  tech-tales",
        "  The otters who counted the",
        "  rivers",
        "    …slow water, patient [otters],",
        "    and the [rivers] that they",
        "    have counted so far…",
    ]


def test_a_pipe_gets_two_lines_a_story() -> None:
    assert [mark_runs(line) for line in format_hits([(TALE, EXCERPT)] * 2, None)][2:] == [
        "402/7  2025-03-03  tech-tales  The otters who counted the rivers",
        "    …slow water, patient [otters], and the [rivers] that they have counted so far…",
    ]


@example("aaaaaaaa aaaaaaaa", 12, [0, 3])
@given(st.text(alphabet="ab 漢", max_size=60), st.integers(12, 40), st.lists(st.integers(0, 60), max_size=6))
def test_highlights_stay_on_their_letters_after_wrapping(text: str, columns: int, ends: list[int]) -> None:
    text = " ".join(text.split())
    places = sorted({min(end, len(text)) for end in ends})
    highlights = tuple(zip(places[::2], places[1::2], strict=False))
    hit_lines = format_hits([(TALE, Excerpt(text, highlights))], columns)
    lines = [line for line in hit_lines if not isinstance(line, str)]
    assert all(text_width(to_text(line)) <= columns for line in lines)
    marked = "".join(run.text for line in lines for run in line if run.is_bold)
    wanted = "".join(text[start:end] for start, end in highlights)
    assert marked.replace(" ", "") == wanted.replace(" ", "")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("no_color", "printed"), [("", "an \x1b[1motter\x1b[0m\n"), ("1", "an otter\n")])
def test_highlights_are_bold_unless_no_color_is_set(
    no_color: str, printed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", no_color)
    print_lines([[Run("an "), Run("\x1b[31mott\x07er", is_bold=True)]])
    assert terminal.getvalue() == printed


def test_trend_bars_are_proportional_and_visible() -> None:
    counts = {"2021": (1, 1000), "2022": (0, 10), "2023": (300, 400), "2024": (1200, 1200)}
    periods = [Period(name, f"{name}-01-01", "", stories, of) for name, (stories, of) in counts.items()]
    assert format_trend_chart(periods, 40).split("\n") == [
        "2021  ▏ 1  0.1%",
        "2022  0",
        "2023  █████▊ 300  75%",
        "2024  ███████████████████████ 1,200  100%",
    ]


PAPER = make_work("arxiv:2502.19187", "On Otters (arXiv)", host="arxiv.org", cited_by=("402/1", "402/2", "447/2"))
DATA = make_work(
    "hf:ada/rivers", "水獺 Rivers", kind=LinkKind.DATASET, host="huggingface.co", cited_by=("on-rivers/1",)
)


def test_a_row_has_kind_times_issues_and_title() -> None:
    assert to_texts(format_work_table([PAPER, DATA], None)) == [
        "paper    3×  402–447    On Otters",
        "dataset  1×  on-rivers  水獺 Rivers",
    ]


def test_an_id_is_followed_by_the_words_of_its_link() -> None:
    work = replace(DATA, title="arXiv:2501.12948", cited_as="R1 paper")
    assert to_text(format_work_table([work], None)[0]).endswith("  arXiv:2501.12948  cited as “R1 paper”")


def test_a_long_slug_widens_only_its_row() -> None:
    long = make_work(cited_by=("an-issue-with-a-long-slug/1",))
    assert to_text(format_work_table([PAPER, long], None)[0]) == "paper  3×  402–447  On Otters"


@pytest.mark.parametrize("columns", [20, 26, 30])
def test_a_row_fits_the_terminal(columns: int) -> None:
    lines = to_texts(format_work_table([PAPER, DATA], columns))
    assert all(text_width(line) <= columns for line in lines)
    assert lines[1].endswith("…")


def test_work_json_has_the_documented_fields() -> None:
    assert work_json(PAPER, WorkMarks(frozenset({PAPER.id}), frozenset())) == {
        "work": "arxiv:2502.19187",
        "kind": "paper",
        "title": "On Otters (arXiv)",
        "title_from": "citation",
        "cited_as": None,
        "authors": [],
        "publisher": None,
        "url": "https://arxiv.org/otters",
        "host": "arxiv.org",
        "year": 2025,
        "venue": None,
        "doi": "10.48550/arXiv.2502.19187",
        "times": 3,
        "cited_by": ["402/1", "402/2", "447/2"],
        "issues": ["402", "447"],
        "first_cited": "2025-03-03",
        "first_cited_estimated": False,
        "last_cited": "2025-03-03",
        "last_cited_estimated": False,
        "read": False,
        "starred": True,
    }
    assert work_json(DATA, WorkMarks(frozenset(), frozenset({DATA.id})))["read"] is True
