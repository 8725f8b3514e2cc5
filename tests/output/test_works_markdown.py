"""Works as a list in Markdown, read back by a parser of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from importai_tui.links.urls import browser_url
from importai_tui.model import LinkKind
from importai_tui.output.json import work_json
from importai_tui.output.markdown import format_markdown_line, format_markdown_list
from importai_tui.works.query import WorkMarks
from importai_tui.works.work import Work, get_metadata
from tests.works.sample_works import ANY_WORK, make_work

PAPER = make_work("arxiv:2502.19187", "On Otters (arXiv)", host="arxiv.org", cited_by=("402/1", "402/2", "447/2"))
DATA = make_work(
    "hf:ada/rivers", "水獺 Rivers", kind=LinkKind.DATASET, host="huggingface.co", cited_by=("on-rivers/1",)
)


def test_a_line_of_markdown_names_kind_host_and_issues() -> None:
    assert format_markdown_list([PAPER, DATA]).split("\n") == [
        "- [On Otters](https://arxiv.org/abs/2502.19187) (paper, arxiv.org) — cited in Import AI 402, 447",
        "- [水獺 Rivers](https://huggingface.co/otters) (dataset, huggingface.co) — cited in Import AI on-rivers",
        "",
    ]


@pytest.mark.parametrize("url", ["https://x.org/a(b", "https://x.org/a)b<c> d", "https://x.org/a_b*c*"])
@pytest.mark.parametrize("title", ["*Otters* [2]", "a](b", "`x` <b>y</b> \\", "a&lt;b &#42;", "_z_\n# w"])
def test_nothing_in_a_title_or_an_address_is_markdown(title: str, url: str) -> None:
    (paragraph,) = (
        token for token in MarkdownIt().parse(format_markdown_list([make_work(title=title, url=url)])) if token.children
    )
    assert paragraph.children
    opening, words, closing, rest = paragraph.children
    assert (opening.type, closing.type) == ("link_open", "link_close")
    assert words.content == " ".join(title.split())
    assert rest.content == " (paper, example.org) — cited in Import AI 402"


def test_a_work_in_no_dated_issue_and_without_a_host_is_still_a_line() -> None:
    assert (
        format_markdown_line(make_work(url="https://x.org", host=None, cited_by=()))
        == "- [On Otters](https://x.org) (paper)"
    )


@given(ANY_WORK)
def test_any_work_is_one_line(work: Work) -> None:
    written = format_markdown_line(work)
    assert written.splitlines() == [written]
    assert written.startswith("- [" if browser_url(get_metadata(work).url) else "- ")


def test_a_host_in_other_letters_is_named_as_a_browser_contacts_it() -> None:
    work = make_work(url="https://\u0430\u0440\u0440\u04cf\u0435.com/x", host="\u0430\u0440\u0440\u04cf\u0435.com")
    assert "(paper, xn--80ak6aa92e.com)" in format_markdown_line(work)
    assert work_json(work, WorkMarks())["host"] == "xn--80ak6aa92e.com"
