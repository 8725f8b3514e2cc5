"""The rows of the link list."""

from __future__ import annotations

from dataclasses import replace

from importai_tui.library.library import Library
from importai_tui.model import Issue, Paragraph, Span, Story, StoryKind
from importai_tui.tui.widgets.link_list import LinkRow, draw_link
from tests.tui.sample_app import make_link, run_reader, store_issues


def test_a_link_without_a_url_says_so() -> None:
    first, second = draw_link(LinkRow(make_link(3, "riverlib (GitHub)", None), "riverlib"), 30, digits=1)
    assert (first.plain, second.plain) == (" 3 riverlib", "   paper  no URL")


def test_a_link_shows_the_number_of_its_paper() -> None:
    url = "https://arxiv.org/abs/2502.08145"
    cited = replace(make_link(1, "Rivers"), work="arxiv:2502.08145", host="arxiv.org", url=url)
    assert draw_link(LinkRow(cited, "Rivers"), 40, digits=1)[1].plain == "   paper  arxiv.org  2502.08145"


def test_a_link_shows_opened_and_other_issues_first() -> None:
    row = LinkRow(replace(make_link(1, "Rivers"), work="doi:10.1/x"), "Rivers", is_opened=True, other_issues=("3", "4"))
    assert draw_link(row, 40, digits=1)[1].plain == "   paper  opened  also cited in #3, #4"
    with_six = row._replace(other_issues=tuple("123456"))
    assert draw_link(with_six, 56, digits=1)[1].plain == "   paper  opened  also cited in 6 others  example.org"


def test_a_long_title_takes_two_lines() -> None:
    row = LinkRow(make_link(1, "Rivers"), "Counting the rivers of the north with patient machines")
    lines = [line.plain for line in draw_link(row, 30, digits=1, title_lines=2)]
    assert lines == [" 1 Counting the rivers of the", "   north with patient machin…", "   paper  example.org"]


async def test_rows_of_different_heights_scroll_and_take_clicks(library: Library) -> None:
    links = tuple(make_link(n, "A title that is much longer than its pane " * (n % 2 + 1)) for n in range(1, 20))
    blocks = (Paragraph(tuple(Span(f"{link.n} ", link=link.n) for link in links)),)
    story = Story("many", 1, StoryKind.STORY, "Many links", blocks=blocks, links=links)
    async with run_reader(
        store_issues(library, [Issue(5, "i5", "Import AI 5", "2025-01-06", None, (story,))]), "5/1"
    ) as reader:
        links_pane = reader.screen.link_list
        await reader.press("l", "G")
        assert links_pane.selected_link == links[-1]
        drawn = [links_pane.render_line(y).text.strip() for y in range(links_pane.size.height)]
        assert any(line.startswith("19 ") for line in drawn)
        row = next(y for y, line in enumerate(drawn) if line.startswith("18 "))
        await reader.pilot.click(links_pane, offset=(6, row + 1))
        assert links_pane.selected_link == links[17]
        assert reader.screen.query_one("#links").size.width >= max(map(len, drawn))
