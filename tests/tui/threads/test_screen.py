"""The thread screen, and references between stories in the reading screen."""

from __future__ import annotations

from importai_tui.library.library import Library
from importai_tui.model import CrossReference, Issue, Story
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.threads.dialogs import ReferencePicker
from importai_tui.tui.threads.screen import ThreadList
from tests.threads.sample_issues import make_issue, make_issues, make_link, make_mentioning_issue, make_story
from tests.tui.sample_app import RunningReader, run_reader, store_issues
from tests.tui.scripted_sync import SyncScript

PAGE = "https://jack-clark.net/2024/01/01/import-ai-100-otters-herons/"
MISSING_PAGE = "https://jack-clark.net/2022/12/26/import-ai-77-brooks/"
SENTENCE = "Otterworks built SluiceNet for the locks of rivers"


def thread_issues(*stories: Story) -> list[Issue]:
    """Return the sample issues, an issue that mentions two others, and one that mentions that issue."""
    middle = make_story(
        1,
        "The sluices again",
        f"{SENTENCE} (Import AI #100), as once in brooks (Import AI #77).",
        mentions=(CrossReference(100, "Import AI #100", 1), CrossReference(77, "Import AI #77", 2)),
        links=(make_link(1, "Import AI #100", PAGE), make_link(2, "Import AI #77", MISSING_PAGE)),
    )
    last = make_story(
        1,
        "Sluices for all",
        "The sluices, and brooks, are open (Import AI #112).",
        mentions=(CrossReference(112, "Import AI #112"),),
    )
    return [*make_issues(), make_issue(112, "2024-03-25", middle), make_issue(120, "2024-05-20", last, *stories)]


async def wait_for_references(reader: RunningReader) -> None:
    def has_references() -> bool:
        story = reader.screen.session.story
        return reader.screen.link_list.row_count > len(story.links if story else ())

    await reader.wait_until(has_references)


async def test_the_link_pane_shows_references_and_mentions(library: Library) -> None:
    async with run_reader(store_issues(library, thread_issues()), "112/1") as reader:
        await wait_for_references(reader)
        text = "\n".join(line[109:].strip() for line in reader.screen_text().splitlines())
        for rows in (
            "Refers to\n\n← Otters open river locks\n100/1  12 weeks earlier\nprobable match",
            "← Import AI 77\nnot in your archive",
            "Mentioned later in\n\n→ Sluices for all\n120/1  8 weeks later",
        ):
            assert rows in text
        assert "x earlier story   X later mentions" in reader.footer


async def test_related_stories_come_last_and_open_with_enter(library: Library) -> None:
    related = make_story(2, "Otterworks and SluiceNet", f"{SENTENCE}. Otters open river locks, and Otterworks is glad.")
    async with run_reader(store_issues(library, thread_issues(related)), "112/1") as reader:
        await reader.wait_until(lambda: "Related" in reader.screen_text())
        await reader.press("l", "G", "enter")
        assert reader.open_story == ("120", 2)


async def test_x_and_shift_x_follow_references(library: Library) -> None:
    async with run_reader(store_issues(library, thread_issues()), "112/1") as reader:
        await reader.pilot.press("X")
        await reader.wait_until(lambda: reader.open_story == ("120", 1))
        await reader.pilot.press("x")
        await reader.wait_until(lambda: (reader.open_story, reader.screen.pane) == (("112", 1), Pane.STORY))
        await reader.pilot.press("x")
        await reader.wait_until(lambda: isinstance(reader.app.screen, ReferencePicker))
        await reader.press("enter")
        await reader.wait_until(lambda: reader.open_story == ("100", 1))
        await reader.pilot.press("x")
        await reader.wait_until(lambda: "This story doesn't mention another issue" in reader.notices)
        await reader.press("H")
        assert reader.open_story == ("112", 1)


async def test_a_missing_issue_is_fetched_or_opened(library: Library, script: SyncScript) -> None:
    async with run_reader(
        store_issues(library, thread_issues()), "112/1", size=(80, 24), background=script.background
    ) as reader:
        for key in ("o", "B", "S"):
            await reader.pilot.press("x")
            await reader.wait_until(lambda: isinstance(reader.app.screen, ReferencePicker))
            await reader.pilot.press("j", "enter")
            await reader.wait_until(lambda: "Import AI 77 isn't in your archive" in reader.screen_text())
            await reader.press(key)
        assert reader.browser.opened_urls == [MISSING_PAGE]
        assert (script.full_flags, script.wanted_numbers) == ([True, False], [set(), {77}])


async def test_links_to_stored_issues_open_in_the_app(library: Library) -> None:
    async with run_reader(store_issues(library, thread_issues()), "112/1") as reader:
        await reader.press("2")
        await reader.wait_until(lambda: reader.browser.opened_urls == [MISSING_PAGE])
        await reader.press("o")
        assert reader.browser.opened_urls == [MISSING_PAGE, PAGE]
        await reader.press("1")
        assert reader.open_story == ("100", 1)
        assert reader.browser.opened_urls == [MISSING_PAGE, PAGE]


async def test_the_thread_shows_a_time_line_and_related_stories(library: Library) -> None:
    related = make_story(2, "Otterworks and SluiceNet", f"{SENTENCE}. Otters open river locks, and Otterworks is glad.")
    async with run_reader(store_issues(library, thread_issues(related)), "112/1", size=(80, 40)) as reader:
        await reader.pilot.press("i")
        await reader.wait_until(lambda: "Related" in reader.screen_text())
        lines = [line.strip() for line in reader.screen_text().splitlines()]
        assert lines[4:16] == [
            "· Import AI 77",
            "│ not in your archive",
            "│ 23 issues later",
            "1 Jan 2024  ● Otters open river locks",
            "│ 100/1",
            "│ 12 weeks later",
            "25 Mar 2024  ◆ The sluices again",
            "│ 112/1  refers to 100/1 (probably), 77",
            "│ 8 weeks later",
            "20 May 2024  ● Sluices for all",
            "120/1  refers to 112/1",
            "",
        ]
        assert any("120/2  20 May 2024  shared terms:" in line for line in lines)
        await reader.press("j", "j", "enter")
        assert reader.open_story == ("120", 2)


async def test_a_story_without_a_thread_reports_it(library: Library) -> None:
    unrelated = make_mentioning_issue("Nothing is like this.", number=None)
    async with run_reader(store_issues(library, [*make_issues(), unrelated]), "112/1", size=(40, 12)) as reader:
        await reader.pilot.press("i")
        await reader.wait_until(lambda: "No references to or from this story" in reader.screen_text())
        await reader.press("G", "escape")
        assert not reader.app.screen.query(ThreadList)
        assert reader.open_story == ("112", 1)


async def test_mentions_of_whole_issues_are_in_the_thread(
    library: Library,
) -> None:
    issue = make_issue(
        113, "2024-04-01", make_story(1, "Said before", "It was.", mentions=(CrossReference(100, "Import AI #100"),))
    )
    async with run_reader(store_issues(library, [*make_issues(), issue]), "100/2") as reader:
        await wait_for_references(reader)
        text = "\n".join(line[109:].strip() for line in reader.screen_text().splitlines())
        assert "→ Said before\n113/1  13 weeks later\nstory not specified" in text
        await reader.pilot.press("i")
        await reader.wait_until(lambda: "2 stories, 13 weeks" in reader.screen_text())
        assert "113/1  refers to 100 (story not specified)" in reader.screen_text()
        assert "No references to or from" not in reader.screen_text()
