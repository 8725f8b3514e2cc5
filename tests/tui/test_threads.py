from __future__ import annotations

import pytest

from importai_tui.archive.relations import IssueRef, StoryRef
from importai_tui.keymap.commands import COMMANDS
from importai_tui.library.library import Library
from importai_tui.model import CrossReference, Issue, Story, StoryKind
from importai_tui.threads.resolver import Certainty
from importai_tui.threads.threads import Chain, ChainNode, Reference, RelatedStory, StoryReferences
from importai_tui.tui.reading.footer_content import hints_for, with_ties
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.threads.screen import ReferencePicker, ThreadList
from importai_tui.tui.widgets.reference_rows import (
    ReferenceRow,
    TextRow,
    draw_node,
    draw_reference,
    draw_related,
    draw_text,
    format_counted_heading,
)
from tests.threads.sample_issues import make_issue, make_issues, make_link, make_mentioning_issue, make_story
from tests.tui.sample_app import RunningReader, run_reader, store_issues
from tests.tui.scripted_sync import SyncScript

PAGE = "https://jack-clark.net/2024/01/01/import-ai-100-otters-herons/"
OLD = "https://jack-clark.net/2022/12/26/import-ai-77-brooks/"
SAID = "Otterworks built SluiceNet for the locks of rivers"


def threaded(*stories: Story) -> list[Issue]:
    """The made-up archive, an issue that mentions two others in it, and one that mentions that."""
    middle = make_story(
        1,
        "The sluices again",
        f"{SAID} (Import AI #100), as once in brooks (Import AI #77).",
        mentions=(CrossReference(100, "Import AI #100", 1), CrossReference(77, "Import AI #77", 2)),
        links=(make_link(1, "Import AI #100", PAGE), make_link(2, "Import AI #77", OLD)),
    )
    last = make_story(
        1,
        "Sluices for all",
        "The sluices, and brooks, are open (Import AI #112).",
        mentions=(CrossReference(112, "Import AI #112"),),
    )
    return [*make_issues(), make_issue(112, "2024-03-25", middle), make_issue(120, "2024-05-20", last, *stories)]


async def tied(reader: RunningReader) -> None:
    """Waits until the open story's references are known."""
    await reader.wait_until(
        lambda: (
            reader.screen.link_list.row_count
            > len(reader.screen.session.story.links if reader.screen.session.story else ())
        )
    )


async def test_the_panel_tells_what_a_story_refers_to_and_where_it_is_mentioned(library: Library) -> None:
    async with run_reader(store_issues(library, threaded()), "112/1") as reader:
        await tied(reader)
        panel = "\n".join(line[102:].strip() for line in reader.screen_text().splitlines())
        for words in (
            "Refers to\n\n← Otters open river locks\n100/1  12 weeks before  likely",
            "← Import AI 77\nnot here",
            "Later mentioned in\n\n→ Sluices for all\n120/1  8 weeks later",
        ):
            assert words in panel
        assert "x refers to   X mentioned in" in reader.footer


async def test_the_nearest_stories_stand_last_in_the_panel_and_enter_goes_to_one(library: Library) -> None:
    near = make_story(2, "Otterworks and SluiceNet", f"{SAID}. Otters open river locks, and Otterworks is glad.")
    async with run_reader(store_issues(library, threaded(near)), "112/1") as reader:
        await reader.wait_until(lambda: "Related" in reader.screen_text())
        await reader.press("l", "G", "enter")
        assert reader.open_story == ("120", 2)


async def test_x_and_its_capital_walk_the_thread_and_back_leads_back(library: Library) -> None:
    async with run_reader(store_issues(library, threaded()), "112/1") as reader:
        await reader.pilot.press("X")
        await reader.wait_until(lambda: reader.open_story == ("120", 1))
        await reader.pilot.press("x")
        await reader.wait_until(lambda: (reader.open_story, reader.screen.pane) == (("112", 1), Pane.STORY))
        await reader.pilot.press("x")
        await reader.wait_until(lambda: isinstance(reader.app.screen, ReferencePicker))
        await reader.press("enter")
        await reader.wait_until(lambda: reader.open_story == ("100", 1))
        await reader.pilot.press("x")
        await reader.wait_until(lambda: "This story refers to no other issue." in reader.notices)
        await reader.press("H")
        assert reader.open_story == ("112", 1)


async def test_an_issue_that_is_not_here_is_fetched_or_its_page_opened(library: Library, script: SyncScript) -> None:
    async with run_reader(
        store_issues(library, threaded()), "112/1", size=(80, 24), background=script.background
    ) as reader:
        for key in ("o", "B", "S"):
            await reader.pilot.press("x")
            await reader.wait_until(lambda: isinstance(reader.app.screen, ReferencePicker))
            await reader.pilot.press("j", "enter")
            await reader.wait_until(lambda: "Import AI 77 is not here." in reader.screen_text())
            await reader.press(key)
        assert reader.browser.opened_urls == [OLD]
        assert (script.full_flags, script.wanted_numbers) == ([True, False], [set(), {77}])


async def test_a_link_to_an_issue_that_is_here_leads_there_and_any_other_to_the_browser(library: Library) -> None:
    async with run_reader(store_issues(library, threaded()), "112/1") as reader:
        await reader.press("2")
        await reader.wait_until(lambda: reader.browser.opened_urls == [OLD])
        await reader.press("o")
        assert reader.browser.opened_urls == [OLD, PAGE]
        await reader.press("1")
        assert reader.open_story == ("100", 1)
        assert reader.browser.opened_urls == [OLD, PAGE]


async def test_the_thread_is_a_line_through_time_with_the_related_stories_beneath_it(library: Library) -> None:
    near = make_story(2, "Otterworks and SluiceNet", f"{SAID}. Otters open river locks, and Otterworks is glad.")
    async with run_reader(store_issues(library, threaded(near)), "112/1", size=(80, 40)) as reader:
        await reader.pilot.press("i")
        await reader.wait_until(lambda: "Related" in reader.screen_text())
        text = [line.strip() for line in reader.screen_text().splitlines()]
        assert text[4:16] == [
            "· Import AI 77",
            "│ not here",
            "│ 23 issues",
            "1 Jan 2024  ● Otters open river locks",
            "│ 100/1",
            "│ 12 weeks",
            "25 Mar 2024  ◆ The sluices again",
            "│ 112/1  refers to 100/1 (likely), 77",
            "│ 8 weeks",
            "20 May 2024  ● Sluices for all",
            "120/1  refers to 112/1",
            "",
        ]
        assert any("120/2  20 May 2024  both speak of" in line for line in text)
        await reader.press("j", "j", "enter")
        assert reader.open_story == ("120", 2)


async def test_a_story_without_a_thread_says_so_and_escape_leads_back(library: Library) -> None:
    lone = make_mentioning_issue("Nothing is like this.", number=None)
    async with run_reader(store_issues(library, [*make_issues(), lone]), "112/1", size=(40, 12)) as reader:
        await reader.pilot.press("i")
        await reader.wait_until(lambda: "Nothing refers to this story yet" in reader.screen_text())
        await reader.press("G", "escape")
        assert not reader.app.screen.query(ThreadList)
        assert reader.open_story == ("112", 1)


async def test_mentions_of_the_whole_issue_stand_on_the_time_line_too_and_say_what_they_do_not(
    library: Library,
) -> None:
    vague = make_issue(
        113, "2024-04-01", make_story(1, "Said before", "It was.", mentions=(CrossReference(100, "Import AI #100"),))
    )
    async with run_reader(store_issues(library, [*make_issues(), vague]), "100/2") as reader:
        await tied(reader)
        panel = "\n".join(line[102:].strip() for line in reader.screen_text().splitlines())
        assert "→ Said before\n113/1  13 weeks later\nwhich story is not said" in panel
        await reader.pilot.press("i")
        await reader.wait_until(lambda: "2 stories, 13 weeks" in reader.screen_text())
        assert "113/1  refers to 100 (which story is not said)" in reader.screen_text()
        assert "Nothing refers to this story" not in reader.screen_text()


def test_a_heading_says_how_many_stand_beneath_it_where_they_are_many() -> None:
    assert format_counted_heading("Later mentioned in", 12) == "Later mentioned in  12"
    assert format_counted_heading("Later mentioned in", 2) == "Later mentioned in"


def place(headline: str) -> StoryRef:
    """A story somewhere in the archive."""
    return StoryRef(1, "key", 1, "112", 112, "2024-03-25", 1, StoryKind.STORY, headline)


def reference(headline: str, certainty: Certainty = Certainty.POSSIBLE) -> Reference:
    """A mention of a story, by one with the same headline, half a year later."""
    held = IssueRef(1, 100, "import-ai-100", "Import AI 100", "2023-10-02", None)
    return Reference(place(headline), 100, "#100", None, held, place(headline), certainty, "both speak of rivers")


def test_the_keys_for_references_take_the_place_of_weaker_ones_and_help_stays() -> None:
    hints = hints_for(Pane.STORY, links=[1], zen=False)
    assert with_ties(hints, StoryReferences(), COMMANDS) == hints
    both = StoryReferences((reference("Otters"),), (reference("Herons"),))
    keys = [hint.key for hint in with_ties(hints, both, COMMANDS)]
    assert keys == ["space", "1", "x", "X", "n", "?"]


@pytest.mark.parametrize(
    "headline", ["河川計測装置" * 9, "[/] [@click=app.quit]x[/] " * 4, "\x1b]0;title\x07\u202eOtters" * 4]
)
def test_no_line_of_a_thread_is_wider_than_its_place_or_says_more_than_text(headline: str) -> None:
    one = reference(headline)
    chain = Chain((ChainNode(None, None, 77, None), ChainNode(place(headline), None, 112, None, (one,))), 1)
    for width in range(24, 120, 7):
        lines = [
            *(line for later in (False, True) for line in draw_reference(ReferenceRow(one, later), width)),
            *(line for at in (0, 1) for line in draw_node(chain, at, width, set())),
            *draw_related(RelatedStory(place(headline), f"both speak of {headline}"), width, set()),
            *draw_text(TextRow(headline), width),
        ]
        assert max(line.cell_length for line in lines) <= width
        assert not {"\x1b", "\x07", "\u202e"} & set("".join(line.plain for line in lines))
        assert not any("click" in str(span.style) for line in lines for span in line.spans)
