from __future__ import annotations

from dataclasses import replace

import pytest

from importai_tui.issue import Issue, Link, LinkKind, LinkRole, Paragraph, Part, Span, Story, StoryKind
from importai_tui.library import Library
from tests.tui.made import ORIGIN, Reader, fill, reading

PAPER = "https://arxiv.org/abs/2502.08145"


def cited(n: int, words: str, url: str, work: str, kind: LinkKind = LinkKind.PAPER) -> Link:
    return Link(n, words, url, kind, url.split("/")[2], LinkRole.READ_MORE, work)


def citing(key: str, *links: Link) -> Story:
    lines = tuple(
        Paragraph((Span("Read more: "), Span(link.text, link=link.n), Span(".")), (), Part.READ_MORE) for link in links
    )
    return Story(key, 1, StoryKind.STORY, f"A story called {key}", blocks=lines, links=links)


def issues() -> list[Issue]:
    paper = cited(1, "Counting Rivers (arXiv)", PAPER, "arxiv:2502.08145")
    code = cited(2, "riverlib (GitHub)", "https://github.com/rivers/riverlib", "github:rivers/riverlib", LinkKind.CODE)
    pdf = cited(1, "Counting Rivers, again (arXiv)", "https://arxiv.org/pdf/2502.08145v2", "arxiv:2502.08145")
    return [
        Issue(21, "i21", "Import AI 21: Old", "2025-02-17", None, (citing("old", paper, code),)),
        Issue(22, "i22", "Import AI 22: New", "2025-02-24", None, (citing("new", pdf),)),
    ]


def panel(reader: Reader) -> list[str]:
    return [line[102:].strip() for line in reader.text().splitlines() if line[102:].strip()]


async def known(reader: Reader) -> None:
    await reader.until(lambda: bool(reader.desk.link_list.works))


async def test_the_panel_says_title_kind_host_and_who_cites_it_too(library: Library) -> None:
    async with reading(fill(library, issues()), "21/1") as reader:
        await known(reader)
        await reader.pilot.pause()
        assert panel(reader)[1:5] == [
            "1 Counting Rivers",
            "paper  also in #22  arxiv.org",
            "2 riverlib",
            "code  github.com",
        ]


async def test_what_was_opened_is_shown_as_such_also_after_a_restart(library: Library) -> None:
    async with reading(fill(library, issues()), "21/1") as reader:
        await reader.press("1")
        assert any("opened" in line for line in panel(reader))
    async with reading(library, "22/1") as reader:
        await reader.pilot.pause()
        assert any("opened" in line for line in panel(reader))
        assert library.is_work_opened("arxiv:2502.08145")
        assert not library.is_work_opened("github:rivers/riverlib")


async def test_w_lists_all_works_opens_one_and_goes_to_a_story(library: Library) -> None:
    async with reading(fill(library, issues()), "22/1") as reader:
        await reader.pilot.press("W")
        await reader.until(lambda: "2 works" in reader.text())
        await reader.pilot.press(*"riverlib")
        await reader.until(lambda: "• riverlib" in reader.text())
        await reader.pilot.press("ctrl+o")
        await reader.until(lambda: "riverlib" in reader.text() and "• riverlib" not in reader.text())
        assert reader.browser.asked == ["https://github.com/rivers/riverlib"]
        await reader.pilot.press("enter")
        await reader.until(lambda: reader.at == ("21", 1))


async def test_opening_is_nothing_that_undo_takes_back(library: Library) -> None:
    async with reading(fill(library, issues()), "21/1") as reader:
        await reader.press("s", "1", "u")
        assert not library.starred_keys()
        assert library.is_work_opened("arxiv:2502.08145")


@pytest.mark.parametrize(
    ("ref", "asked"),
    [("21/1", "https://arxiv.org/pdf/2502.08145"), ("22/1", "https://arxiv.org/abs/2502.08145")],
)
async def test_p_opens_the_pdf_and_where_that_is_the_link_the_abstract(library: Library, ref: str, asked: str) -> None:
    async with reading(fill(library, issues()), ref) as reader:
        await reader.press("p")
        assert reader.browser.asked == [asked]


async def test_what_is_no_paper_of_arxiv_has_no_pdf(library: Library) -> None:
    async with reading(fill(library, issues()), "21/1") as reader:
        await reader.press("l", "j", "p")
        assert reader.browser.asked == []
        assert reader.said == "Only papers on arXiv have a PDF that is known."


async def test_w_opens_the_copy_nearest_to_the_issues_day(library: Library) -> None:
    async with reading(fill(library, issues()), "21/1") as reader:
        await reader.press("w")
        assert reader.browser.asked == [f"https://web.archive.org/web/20250217/{PAPER}"]


async def test_a_citation_is_copied_as_markdown_and_at_the_link_as_bibtex(library: Library) -> None:
    async with reading(fill(library, issues()), "21/1") as reader:
        await known(reader)
        await reader.press("Y")
        assert reader.app.clipboard.startswith(f"[Counting Rivers]({PAPER}) (paper, arxiv.org)")
        await reader.press("l", "B")
        assert "eprint = {2502.08145}" in reader.app.clipboard
        assert "note = {Cited in Import AI 21 and 22}" in reader.app.clipboard


async def test_all_that_a_story_cites_is_copied_from_the_palette(library: Library) -> None:
    async with reading(fill(library, issues()), "21/1") as reader:
        await known(reader)
        reader.desk.action_copy_all("BibTeX")
        await reader.pilot.pause()
        assert reader.app.clipboard.count("@misc{") == 2
        assert reader.said == "Copied as BibTeX: 2 works."


async def test_a_story_without_links_says_so(library: Library) -> None:
    bare = replace(citing("bare"), blocks=(Paragraph((Span("Nothing is cited."),)),))
    lonely = Issue(30, "i30", "Import AI 30", "2025-03-03", None, (bare,))
    library.store(lonely, b"page", "page.html", origin=ORIGIN)
    async with reading(library, "30/1") as reader:
        for key in ("Y", "p", "w"):
            await reader.press(key)
            assert reader.said == "This story has no links."
        assert reader.browser.asked == []
