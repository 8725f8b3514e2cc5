"""Works for a terminal, and for a script."""

from __future__ import annotations

import pytest

from importai_tui.issue import LinkKind
from importai_tui.printing.cells import width
from importai_tui.printing.works import work_shape, work_table
from importai_tui.works.choosing import Marks
from tests.works.made import make_work

PAPER = make_work("arxiv:2502.19187", "On Otters (arXiv)", host="arxiv.org", cited_by=("402/1", "402/2", "447/2"))
DATA = make_work(
    "hf:ada/rivers", "水獺 Rivers", kind=LinkKind.DATASET, host="huggingface.co", cited_by=("on-rivers/1",)
)


def test_a_row_has_kind_times_issues_and_title() -> None:
    assert work_table([PAPER, DATA], None).split("\n") == [
        "paper    3×  402–447    On Otters",
        "dataset  1×  on-rivers  水獺 Rivers",
    ]


def test_a_long_slug_pushes_its_own_row_alone() -> None:
    long = make_work(cited_by=("an-issue-with-a-long-slug/1",))
    assert work_table([PAPER, long], None).split("\n")[0] == "paper  3×  402–447  On Otters"


@pytest.mark.parametrize("columns", [20, 26, 30])
def test_a_row_fits_the_terminal(columns: int) -> None:
    lines = work_table([PAPER, DATA], columns).split("\n")
    assert all(width(line) <= columns for line in lines)
    assert lines[1].endswith("…")


def test_the_shape_of_a_work_is_that_of_the_contract_and_more() -> None:
    assert work_shape(PAPER, Marks(frozenset({PAPER.work}), frozenset())) == {
        "work": "arxiv:2502.19187",
        "kind": "paper",
        "title": "On Otters (arXiv)",
        "url": "https://arxiv.org/otters",
        "host": "arxiv.org",
        "year": 2025,
        "times": 3,
        "cited_by": ["402/1", "402/2", "447/2"],
        "issues": ["402", "447"],
        "first_cited": "2025-03-03",
        "last_cited": "2025-03-03",
        "read": False,
        "starred": True,
    }
    assert work_shape(DATA, Marks(frozenset(), frozenset({DATA.work})))["read"] is True
