"""The links of a story: list, opening, citations, and the works screen over the reading screen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from importai_tui.archive.relations import StoryRef
from importai_tui.config.schema import Config
from importai_tui.library.library import Library
from importai_tui.model import Issue, Link, LinkKind, LinkRole, Paragraph, ParagraphRole, Span, Story, StoryKind
from importai_tui.state.reading_state import get_work_key
from importai_tui.threads.resolver import Certainty
from importai_tui.threads.threads import Reference, StoryReferences
from importai_tui.tui.actions.search import SavedSearchActions
from importai_tui.tui.reading.panes import Pane
from tests.tui.sample_app import ORIGIN, RunningReader, make_link, rich_story, run_reader, store_issues

PAPER = "https://arxiv.org/abs/2502.08145"


def make_work_link(n: int, text: str, url: str, work: str, kind: LinkKind = LinkKind.PAPER) -> Link:
    return Link(n, text, url, kind, url.split("/")[2], LinkRole.READ_MORE, work)


def make_story(key: str, *links: Link) -> Story:
    lines = tuple(
        Paragraph((Span("Read more: "), Span(link.text, link=link.n), Span(".")), (), ParagraphRole.READ_MORE)
        for link in links
    )
    return Story(key, 1, StoryKind.STORY, f"A story called {key}", blocks=lines, links=links)


def make_issues() -> list[Issue]:
    paper = make_work_link(1, "Counting Rivers (arXiv)", PAPER, "arxiv:2502.08145")
    code = make_work_link(
        2, "riverlib (GitHub)", "https://github.com/rivers/riverlib", "github:rivers/riverlib", LinkKind.CODE
    )
    pdf = make_work_link(1, "Counting Rivers, again (arXiv)", "https://arxiv.org/pdf/2502.08145v2", "arxiv:2502.08145")
    return [
        Issue(21, "i21", "Import AI 21: Old", "2025-02-17", None, (make_story("old", paper, code),)),
        Issue(22, "i22", "Import AI 22: New", "2025-02-24", None, (make_story("new", pdf),)),
    ]


def link_pane_lines(reader: RunningReader) -> list[str]:
    return [line[104:].strip() for line in reader.screen_text().splitlines() if line[104:].strip()]


async def wait_for_works(reader: RunningReader) -> None:
    await reader.wait_until(lambda: bool(reader.screen.link_list.works))


async def test_the_link_pane_shows_titles_and_other_citing_issues(library: Library) -> None:
    async with run_reader(store_issues(library, make_issues()), "21/1") as reader:
        await wait_for_works(reader)
        await reader.pilot.pause()
        lines = link_pane_lines(reader)
        assert lines[lines.index("Links") + 1 :][:4] == [
            "1 Counting Rivers",
            "paper  also in #22",
            "2 riverlib",
            "code  github.com",
        ]


async def test_opened_links_are_marked_after_a_restart(library: Library) -> None:
    async with run_reader(store_issues(library, make_issues()), "21/1") as reader:
        await reader.press("1")
        assert any("opened" in line for line in link_pane_lines(reader))
    async with run_reader(library, "22/1") as reader:
        await reader.pilot.pause()
        assert any("opened" in line for line in link_pane_lines(reader))
        assert library.state.is_work_opened("arxiv:2502.08145")
        assert not library.state.is_work_opened("github:rivers/riverlib")


async def test_the_works_screen_opens_works_and_citing_stories(library: Library) -> None:
    async with run_reader(store_issues(library, make_issues()), "22/1") as reader:
        await reader.pilot.press("W")
        await reader.wait_until(lambda: "2 works" in reader.screen_text())
        await reader.pilot.press(*"riverlib")
        await reader.wait_until(lambda: "• riverlib" in reader.screen_text())
        await reader.pilot.press("ctrl+o")
        await reader.wait_until(lambda: "riverlib" in reader.screen_text() and "• riverlib" not in reader.screen_text())
        assert reader.browser.opened_urls == ["https://github.com/rivers/riverlib"]
        await reader.pilot.press("enter")
        await reader.wait_until(lambda: reader.open_story == ("21", 1))


async def test_undo_does_not_revert_an_opened_link(library: Library) -> None:
    async with run_reader(store_issues(library, make_issues()), "21/1") as reader:
        await reader.press("s", "1", "u")
        assert not library.state.get_starred_keys()
        assert library.state.is_work_opened("arxiv:2502.08145")


@pytest.mark.parametrize(
    ("ref", "opened_url"),
    [("21/1", "https://arxiv.org/pdf/2502.08145"), ("22/1", "https://arxiv.org/abs/2502.08145")],
)
async def test_shift_d_switches_between_pdf_and_abstract(library: Library, ref: str, opened_url: str) -> None:
    async with run_reader(store_issues(library, make_issues()), ref) as reader:
        await reader.press("D")
        assert reader.browser.opened_urls == [opened_url]
        assert reader.browser.opened_kinds == ["paper"]


async def test_a_link_without_a_pdf_reports_it(library: Library) -> None:
    async with run_reader(store_issues(library, make_issues()), "21/1") as reader:
        await reader.press("l", "j", "D")
        assert reader.browser.opened_urls == []
        assert reader.last_notice == "No PDF is known for this link. Press p to see its card"


async def test_w_opens_the_archived_copy(library: Library) -> None:
    async with run_reader(store_issues(library, make_issues()), "21/1") as reader:
        await reader.press("w")
        assert reader.browser.opened_urls == [f"https://web.archive.org/web/20250217/{PAPER}"]
        assert library.state.is_work_opened("arxiv:2502.08145")


async def test_citations_are_copied_as_markdown_and_bibtex(library: Library) -> None:
    async with run_reader(store_issues(library, make_issues()), "21/1") as reader:
        await wait_for_works(reader)
        await reader.press("Y")
        assert reader.app.clipboard.startswith(f"[Counting Rivers]({PAPER}) (paper, arxiv.org)")
        await reader.press("l", "ctrl+t")
        assert "eprint = {2502.08145}" in reader.app.clipboard
        assert "note = {Cited in Import AI 21 and 22}" in reader.app.clipboard
        await reader.press("ctrl+y")
        assert reader.app.clipboard.startswith("# ")
        assert reader.app.clipboard.endswith("\n\nFrom Import AI 21: Old\n")


async def test_all_citations_of_a_story_are_copied(library: Library) -> None:
    async with run_reader(store_issues(library, make_issues()), "21/1") as reader:
        await wait_for_works(reader)
        await reader.screen.run_action("copy_all('BibTeX')")
        await reader.press()
        assert reader.app.clipboard.count("\n}\n") == 2
        assert reader.last_notice == "Copied BibTeX: 2 works"
        await reader.screen.run_action("copy_notice")
        await reader.press()
        assert reader.app.clipboard == "Copied BibTeX: 2 works"


async def test_the_copied_dialect_is_a_setting(library: Library) -> None:
    async with run_reader(store_issues(library, make_issues()), "21/1") as reader:
        reader.app.config_reloader._default_config = Config(citations="biblatex")
        await reader.press("l", "ctrl+t")
        assert reader.app.clipboard.startswith("@online{arxiv-2502-08145,")
        await reader.screen.run_action("copy_all('BibTeX')")
        await reader.pilot.pause()
        assert reader.app.clipboard.startswith("@online{arxiv-2502-08145,")


async def test_a_story_without_links_reports_it(library: Library) -> None:
    story = replace(make_story("bare"), blocks=(Paragraph((Span("Nothing is cited."),)),))
    issue = Issue(30, "i30", "Import AI 30", "2025-03-03", None, (story,))
    library.store(issue, b"page", "page.html", origin=ORIGIN)
    async with run_reader(library, "30/1") as reader:
        await reader.press("Y", "p", "D", "w", "o", "l", "ctrl+t", "y")
        assert reader.notices == ["This story has no links"]
        assert reader.browser.opened_urls == []


async def test_link_keys_do_nothing_without_a_selected_link(library: Library) -> None:
    story_ref = StoryRef(1, "old", 1, "21", 21, "2025-02-17", 1, StoryKind.STORY, "Old")
    reference = Reference(story_ref, 5, "#5", None, None, None, Certainty.POSSIBLE, "")
    async with run_reader(store_issues(library, make_issues()), "21/1") as reader:
        await wait_for_works(reader)
        reader.screen.link_list.show_references(StoryReferences((reference,), ()), {})
        await reader.press("l", "G")
        assert reader.screen.link_list.selected_link is None
        await reader.press("o", "y", "Y", "ctrl+t", "p", "D", "w")
        assert reader.notices == ["That's a story, not a link. Press enter to go to it"]
        await reader.pilot.press("f", *"nowhere", "enter")
        await reader.press("o", "y", "ctrl+t", "O")
        assert reader.notices[1:] == [
            "No link matches. Press esc to show all links",
            "None of these links is a read-more link with a URL",
        ]
        assert (reader.browser.opened_urls, reader.app.clipboard) == ([], "")


async def test_open_all_opens_only_filtered_links(library: Library) -> None:
    async with run_reader(store_issues(library, make_issues()), "21/1") as reader:
        await reader.pilot.press("l", "f", *"riverlib", "enter")
        await reader.press("O")
        assert reader.browser.opened_urls == ["https://github.com/rivers/riverlib"]


async def test_without_a_browser_addresses_are_copied(library: Library) -> None:
    async with run_reader(store_issues(library, make_issues()), "21/1") as reader:
        reader.browser.is_present = False
        await reader.press("O")
        assert reader.app.clipboard == f"{PAPER}\nhttps://github.com/rivers/riverlib"
        assert reader.last_notice == "No browser found. Copied 2 URLs"
        assert not library.state.is_work_opened("arxiv:2502.08145")


async def test_undo_reverts_starred_works_and_searches_in_order(library: Library) -> None:
    async with run_reader(store_issues(library, make_issues()), "22/1") as reader:
        reader.screen.action_group(SavedSearchActions).save("Mine", "rivers")
        await reader.pilot.press("W")
        await reader.wait_until(lambda: "2 works" in reader.screen_text())
        await reader.pilot.press(*"riverlib")
        await reader.wait_until(lambda: "1 work" in reader.screen_text())
        await reader.pilot.press("ctrl+s", "escape")
        await reader.press()
        assert get_work_key("github:rivers/riverlib") in library.state.get_starred_works()
        assert "Mine" in reader.screen_text()
        await reader.press("u")
        assert get_work_key("github:rivers/riverlib") not in library.state.get_starred_works()
        assert "Mine" in reader.screen_text()
        await reader.press("u")
        assert "Mine" not in "\n".join(reader.list_lines)


async def test_a_digit_opens_the_link_with_this_number(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("2")
        assert reader.browser.opened_urls == ["https://example.org/2"]
        await reader.press("9")
        assert reader.last_notice == "No link 9; this story has 3 links"


async def test_a_link_without_url_is_searched_on_the_web(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("3")
        assert reader.browser.opened_urls == ["https://duckduckgo.com/?q=%22riverlib%22"]
        assert reader.last_notice == "No URL for this link: searched the web for “riverlib”"


async def test_y_copies_the_title_without_a_url(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("P", "j", "j", "y")
        assert reader.app.clipboard == "riverlib"
        assert reader.last_notice == "No URL for this link. Copied its title: riverlib"
        await reader.press("Y")
        assert reader.last_notice == "Copied Markdown: riverlib"


async def test_o_opens_the_selected_or_first_read_more_link(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("o", "P", "o", "escape")
        assert reader.browser.opened_urls == ["https://example.org/2", "https://example.org/1"]


async def test_enter_opens_the_selected_link(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1", size=(80, 24)) as reader:
        await reader.press("l")
        assert reader.screen.pane is Pane.LINKS
        await reader.press("j", "enter")
        assert reader.browser.opened_urls == ["https://example.org/2"]


async def test_a_typed_number_opens_the_link(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.pilot.press("#", "2", "enter")
        await reader.press()
        assert reader.browser.opened_urls == ["https://example.org/2"]


async def test_many_links_are_opened_only_after_confirmation(library: Library) -> None:
    links = tuple(make_link(n, f"Thing {n}") for n in range(1, 8))
    issue = Issue(13, "i13", "Many links", "2025-02-02", None, (replace(rich_story("many"), links=links),))
    async with run_reader(store_issues(library, [issue])) as reader:
        await reader.pilot.press("O")
        await reader.pilot.pause()
        assert "Open 7 links?" in reader.screen_text()
        reader.clock.now += 1
        await reader.press("y")
        assert len(reader.browser.opened_urls) == 7


async def test_without_a_browser_a_single_address_is_copied(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        reader.browser.is_present = False
        await reader.press("1")
        assert reader.app.clipboard == "https://example.org/1"
        assert reader.last_notice == "No browser found. Copied the URL: https://example.org/1"


async def test_a_refused_address_is_reported(library: Library) -> None:
    bad = replace(rich_story("bad"), links=(make_link(1, "bad", "javascript:alert(1)"),))
    async with run_reader(store_issues(library, [Issue(14, "i14", "Bad", None, None, (bad,))])) as reader:
        await reader.press("1")
        assert reader.last_notice == "Not opened: only http and https addresses are opened."


async def test_y_copies_the_selected_address_or_the_page(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        await reader.press("y")
        assert reader.app.clipboard == "https://example.org/12"
        await reader.press("l", "j", "y")
        assert reader.app.clipboard == "https://example.org/2"


async def test_a_click_on_link_text_opens_the_link(library: Library) -> None:
    async with run_reader(store_issues(library), "12/1") as reader:
        lines = reader.screen_text().splitlines()
        y = next(n for n, line in enumerate(lines) if "Somebody has taught" in line)
        await reader.pilot.click(offset=(lines[y].index("machines (Ex") + 2, y))
        await reader.press()
        assert reader.browser.opened_urls == ["https://example.org/1"]
