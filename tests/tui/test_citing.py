from __future__ import annotations

from dataclasses import replace

import pytest

from importai_tui.archive.relations import StoryRef
from importai_tui.library.library import Library
from importai_tui.model import Issue, Link, LinkKind, LinkRole, Paragraph, ParagraphRole, Span, Story, StoryKind
from importai_tui.threads.resolver import Certainty
from importai_tui.threads.threads import Reference, StoryReferences
from importai_tui.tui.actions.search import SavedSearchActions
from importai_tui.tui.works.work_list import LookupDialog
from tests.tui.sample_app import ORIGIN, RunningReader, run_reader, store_issues

PAPER = "https://arxiv.org/abs/2502.08145"


def cited(n: int, words: str, url: str, work: str, kind: LinkKind = LinkKind.PAPER) -> Link:
    return Link(n, words, url, kind, url.split("/")[2], LinkRole.READ_MORE, work)


def citing(key: str, *links: Link) -> Story:
    lines = tuple(
        Paragraph((Span("Read more: "), Span(link.text, link=link.n), Span(".")), (), ParagraphRole.READ_MORE)
        for link in links
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


def panel(reader: RunningReader) -> list[str]:
    return [line[102:].strip() for line in reader.screen_text().splitlines() if line[102:].strip()]


async def known(reader: RunningReader) -> None:
    await reader.wait_until(lambda: bool(reader.screen.link_list.works))


async def test_the_panel_says_title_kind_host_and_who_cites_it_too(library: Library) -> None:
    async with run_reader(store_issues(library, issues()), "21/1") as reader:
        await known(reader)
        await reader.pilot.pause()
        assert panel(reader)[1:5] == [
            "1 Counting Rivers",
            "paper  also in #22  arxiv.org",
            "2 riverlib",
            "code  github.com",
        ]


async def test_what_was_opened_is_shown_as_such_also_after_a_restart(library: Library) -> None:
    async with run_reader(store_issues(library, issues()), "21/1") as reader:
        await reader.press("1")
        assert any("opened" in line for line in panel(reader))
    async with run_reader(library, "22/1") as reader:
        await reader.pilot.pause()
        assert any("opened" in line for line in panel(reader))
        assert library.state.is_work_opened("arxiv:2502.08145")
        assert not library.state.is_work_opened("github:rivers/riverlib")


async def test_w_lists_all_works_opens_one_and_goes_to_a_story(library: Library) -> None:
    async with run_reader(store_issues(library, issues()), "22/1") as reader:
        await reader.pilot.press("W")
        await reader.wait_until(lambda: "2 works" in reader.screen_text())
        await reader.pilot.press(*"riverlib")
        await reader.wait_until(lambda: "• riverlib" in reader.screen_text())
        await reader.pilot.press("ctrl+o")
        await reader.wait_until(lambda: "riverlib" in reader.screen_text() and "• riverlib" not in reader.screen_text())
        assert reader.browser.opened_urls == ["https://github.com/rivers/riverlib"]
        await reader.pilot.press("enter")
        await reader.wait_until(lambda: reader.open_story == ("21", 1))


async def test_opening_is_nothing_that_undo_takes_back(library: Library) -> None:
    async with run_reader(store_issues(library, issues()), "21/1") as reader:
        await reader.press("s", "1", "u")
        assert not library.state.get_starred_keys()
        assert library.state.is_work_opened("arxiv:2502.08145")


@pytest.mark.parametrize(
    ("ref", "asked"),
    [("21/1", "https://arxiv.org/pdf/2502.08145"), ("22/1", "https://arxiv.org/abs/2502.08145")],
)
async def test_p_opens_the_pdf_and_where_that_is_the_link_the_abstract(library: Library, ref: str, asked: str) -> None:
    async with run_reader(store_issues(library, issues()), ref) as reader:
        await reader.press("p")
        assert reader.browser.opened_urls == [asked]


async def test_what_is_no_paper_of_arxiv_has_no_pdf(library: Library) -> None:
    async with run_reader(store_issues(library, issues()), "21/1") as reader:
        await reader.press("l", "j", "p")
        assert reader.browser.opened_urls == []
        assert reader.last_notice == "Only papers on arXiv have a PDF that is known."


async def test_w_opens_the_copy_nearest_to_the_issues_day(library: Library) -> None:
    async with run_reader(store_issues(library, issues()), "21/1") as reader:
        await reader.press("w")
        assert reader.browser.opened_urls == [f"https://web.archive.org/web/20250217/{PAPER}"]
        assert library.state.is_work_opened("arxiv:2502.08145")


async def test_a_citation_is_copied_as_markdown_and_at_the_link_as_bibtex(library: Library) -> None:
    async with run_reader(store_issues(library, issues()), "21/1") as reader:
        await known(reader)
        await reader.press("Y")
        assert reader.app.clipboard.startswith(f"[Counting Rivers]({PAPER}) (paper, arxiv.org)")
        await reader.press("l", "B")
        assert "eprint = {2502.08145}" in reader.app.clipboard
        assert "note = {Cited in Import AI 21 and 22}" in reader.app.clipboard


async def test_all_that_a_story_cites_is_copied_from_the_palette(library: Library) -> None:
    async with run_reader(store_issues(library, issues()), "21/1") as reader:
        await known(reader)
        await reader.screen.run_action("copy_all('BibTeX')")
        await reader.pilot.pause()
        assert reader.app.clipboard.count("@misc{") == 2
        assert reader.last_notice == "Copied as BibTeX: 2 works."


async def test_a_story_without_links_says_so(library: Library) -> None:
    bare = replace(citing("bare"), blocks=(Paragraph((Span("Nothing is cited."),)),))
    lonely = Issue(30, "i30", "Import AI 30", "2025-03-03", None, (bare,))
    library.store(lonely, b"page", "page.html", origin=ORIGIN)
    async with run_reader(library, "30/1") as reader:
        await reader.press("Y", "p", "w", "o", "l", "B", "y")
        assert reader.notices == ["This story has no links."]
        assert reader.browser.opened_urls == []


async def test_where_the_cursor_is_on_no_link_no_key_acts_on_another_one(library: Library) -> None:
    here = StoryRef(1, "old", 1, "21", 21, "2025-02-17", 1, StoryKind.STORY, "Old")
    elsewhere = Reference(here, 5, "#5", None, None, None, Certainty.POSSIBLE, "")
    async with run_reader(store_issues(library, issues()), "21/1") as reader:
        await known(reader)
        reader.screen.link_list.show_references(StoryReferences((elsewhere,), ()))
        await reader.press("l", "G")
        assert reader.screen.link_list.selected_link is None
        await reader.press("o", "y", "Y", "B", "p", "w")
        assert reader.notices == ["The cursor is on a story, not on a link: enter goes there."]
        await reader.pilot.press("f", *"nowhere", "enter")
        await reader.press("o", "y", "B", "O")
        assert reader.notices[1:] == [
            "No link holds these words: esc shows all links.",
            "Among the links that are shown is no read-more link with an address.",
        ]
        assert (reader.browser.opened_urls, reader.app.clipboard) == ([], "")


async def test_of_narrowed_links_all_are_those_that_are_shown(library: Library) -> None:
    async with run_reader(store_issues(library, issues()), "21/1") as reader:
        await reader.pilot.press("l", "f", *"riverlib", "enter")
        await reader.press("O")
        assert reader.browser.opened_urls == ["https://github.com/rivers/riverlib"]


async def test_without_a_browser_all_addresses_are_copied_together(library: Library) -> None:
    async with run_reader(store_issues(library, issues()), "21/1") as reader:
        reader.browser.is_present = False
        await reader.press("O")
        assert reader.app.clipboard == f"{PAPER}\nhttps://github.com/rivers/riverlib"
        assert reader.last_notice == "No browser here. Copied 2 addresses, one a line."
        assert not library.state.is_work_opened("arxiv:2502.08145")


async def test_enter_looks_for_a_paper_on_arxiv_and_for_anything_else_on_the_web(library: Library) -> None:
    lost = tuple(
        Link(n, words, None, kind, None, LinkRole.READ_MORE, None)
        for n, words, kind in ((1, "On Otters", LinkKind.PAPER), (2, "The Sluices", LinkKind.POST))
    )
    async with run_reader(
        store_issues(library, [Issue(23, "i23", "Lost", None, None, (citing("lost", *lost),))])
    ) as reader:
        for key in ("1", "2"):
            await reader.type(key)
            await reader.wait_until(lambda: isinstance(reader.app.screen, LookupDialog))
            await reader.press("enter")
        assert [url.split("/")[2] for url in reader.browser.opened_urls] == ["arxiv.org", "duckduckgo.com"]


async def test_a_star_in_the_works_is_undone_in_its_turn_among_the_saved_searches(library: Library) -> None:
    async with run_reader(store_issues(library, issues()), "22/1") as reader:
        reader.screen.action_group(SavedSearchActions).save("Mine", "rivers")
        await reader.pilot.press("W")
        await reader.wait_until(lambda: "2 works" in reader.screen_text())
        await reader.pilot.press(*"riverlib")
        await reader.wait_until(lambda: "One work" in reader.screen_text())
        await reader.pilot.press("ctrl+s", "escape")
        await reader.press()
        assert library.state.is_work_starred("github:rivers/riverlib")
        assert "Mine" in reader.screen_text()
        await reader.press("u")
        assert not library.state.is_work_starred("github:rivers/riverlib")
        assert "Mine" in reader.screen_text()
        await reader.press("u")
        assert "Mine" not in "\n".join(reader.list_lines)
