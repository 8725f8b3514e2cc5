"""The rows of the link list."""

from __future__ import annotations

from dataclasses import replace

from importai_tui.tui.widgets.link_list import LinkRow, draw_link
from tests.tui.sample_app import make_link


def test_a_link_without_an_address_shows_that() -> None:
    first, second = draw_link(LinkRow(make_link(3, "riverlib (GitHub)", None), "riverlib"), 30, digits=1)
    assert (first.plain, second.plain) == (" 3 riverlib", "   paper  no address")


def test_a_link_shows_the_number_of_its_paper() -> None:
    url = "https://arxiv.org/abs/2502.08145"
    cited = replace(make_link(1, "Rivers"), work="arxiv:2502.08145", host="arxiv.org", url=url)
    assert draw_link(LinkRow(cited, "Rivers"), 40, digits=1)[1].plain == "   paper  arxiv.org  2502.08145"


def test_a_link_shows_opened_and_other_issues_first() -> None:
    row = LinkRow(replace(make_link(1, "Rivers"), work="doi:10.1/x"), "Rivers", is_opened=True, other_issues=("3", "4"))
    assert draw_link(row, 34, digits=1)[1].plain == "   paper  opened  also in #3, #4"
    with_six = replace(row, other_issues=tuple("123456"))
    assert draw_link(with_six, 50, digits=1)[1].plain == "   paper  opened  also in 6 others  example.org"
