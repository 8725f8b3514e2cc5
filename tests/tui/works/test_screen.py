from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from importai_tui.archive.relations import CitedWorks
from importai_tui.errors import DatabaseError
from importai_tui.library.library import Library
from importai_tui.model import Issue, Link, LinkKind, LinkRole, Paragraph, ParagraphRole, Span, Story, StoryKind
from importai_tui.state.reading_state import get_work_key
from importai_tui.state.store import ChangeResult
from importai_tui.tui.reading.state_writer import NOT_SAVED
from importai_tui.tui.works.dialogs import CitingStoryPicker
from importai_tui.tui.works.screen import WorksScreen
from importai_tui.tui.works.work_list import WorksScreenState
from importai_tui.works.work import Work
from tests.tui.sample_app import RunningReader, run_reader, store_issues

OTTERS, SLUICES, BROOKS, HERONS = "arxiv:2501.00001", "github:otterworks/sluices", "https://example.org/b", "doi:10.1/h"
CITED = {
    OTTERS: ("On Otters", "https://arxiv.org/abs/2501.00001", LinkKind.PAPER, "arxiv.org"),
    SLUICES: ("The Sluices", "https://github.com/otterworks/sluices", LinkKind.CODE, "github.com"),
    BROOKS: ("Young Brooks", "https://example.org/b", LinkKind.POST, "example.org"),
    HERONS: ("A Heron's Patience", "https://doi.org/10.1/h", LinkKind.PAPER, "doi.org"),
}


def make_story(position: int, headline: str, *work_ids: str) -> Story:
    links = tuple(
        Link(n, title, url, kind, host, LinkRole.READ_MORE, work)
        for n, (work, (title, url, kind, host)) in enumerate(((work_id, CITED[work_id]) for work_id in work_ids), 1)
    )
    lines = tuple(Paragraph((Span(link.text, link=link.n),), (), ParagraphRole.READ_MORE) for link in links)
    text = Paragraph((Span("Water flows. " * 40),))  # so long that the works are not in the first sentences
    key = f"{headline.lower().replace(' ', '-')}-{position}"
    return Story(key, position, StoryKind.STORY, headline, blocks=(text, *lines), links=links)


def citing_issues() -> list[Issue]:
    """Return three issues. Two cite the otters, all cite the sluices, one each cites the brooks and the herons."""
    return [
        Issue(20, "i20", "Import AI 20", "2025-01-06", None, (make_story(1, "Otters first", OTTERS, SLUICES),)),
        Issue(21, "i21", "Import AI 21", "2025-01-13", None, (make_story(1, "Otters again", OTTERS, SLUICES, HERONS),)),
        Issue(22, "i22", "Import AI 22", "2025-01-20", None, (make_story(1, "Only water", SLUICES, BROOKS),)),
    ]


@dataclass
class OpenedWorks:
    """The works screen over a running app, the works that it opened, and the states that it closed with."""

    reader: RunningReader
    screen: WorksScreen
    opened_ids: list[str] = field(default_factory=list)
    results: list[WorksScreenState | None] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """The ids of the works in the list."""
        return [work.id for work in self.screen.work_list._works]

    @property
    def selected_id(self) -> str:
        """The id of the work under the cursor."""
        assert self.screen.work_list.selected_work
        return self.screen.work_list.selected_work.id

    @property
    def chosen_ref(self) -> str | None:
        """The story that the screen closed with."""
        assert self.results[0]
        return self.results[0].chosen_ref

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until the works are found."""
        await self.reader.press(*keys)
        workers = self.reader.app.workers
        await self.reader.wait_until(lambda: not any(one.group == "choosing" and one.is_running for one in workers))

    async def wait_for_text(self, text: str) -> None:
        """Wait until the screen shows the text."""
        await self.reader.wait_until(lambda: text in self.reader.screen_text())


async def push_works_screen(reader: RunningReader, state: WorksScreenState) -> OpenedWorks:
    library = reader.screen.session.library

    def open_work(work: Work) -> None:
        works.opened_ids.append(work.id)
        library.state.record_work_opened(work.id, work.title)

    attempt = reader.screen.writer.try_write
    screen = WorksScreen(library, state, open_work, reader.app.notify_info, reader.app.copy, try_write=attempt)
    works = OpenedWorks(reader, screen)
    await reader.app.push_screen(works.screen, works.results.append)
    return works


@asynccontextmanager
async def open_works_screen(
    library: Library, issues: list[Issue] | None = None, *, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[OpenedWorks]:
    """Open the screen and wait until all works are loaded."""
    async with run_reader(store_issues(library, issues or citing_issues()), size=size) as reader:
        works = await push_works_screen(reader, WorksScreenState())
        await reader.wait_until(lambda: works.screen._is_complete and works.screen._shown_line == "")
        yield works


def add_cited_post(number: int) -> Issue:
    """Return an issue that cites a post of its own."""
    url = f"https://example.org/{number}"
    CITED[url] = (f"Otters of {number}", url, LinkKind.POST, "example.org")
    story = make_story(1, f"About {number}", url)
    return Issue(number, f"i{number}", f"Import AI {number}", "2025-02-03", None, (story,))


async def test_each_work_is_listed_once_with_its_citations(library: Library) -> None:
    async with open_works_screen(library) as works:
        lines = [line.strip() for line in works.reader.screen_text().splitlines()]
        assert "4 works, papers first, then 1 post or other" in lines
        for title, facts in (
            ("• The Sluices", "code  github.com  cited 3 times since 6 Jan 2025, last in #22"),
            ("• Young Brooks", "post  example.org  cited in #22, 20 Jan 2025"),
            ("• On Otters", "paper  arxiv.org  2025  cited 2 times, last in #21"),
        ):
            assert lines[lines.index(title) + 1] == facts
        assert sum("Sluices" in line for line in lines) == 1


async def test_typing_filters_works_and_reports_invalid_parts(library: Library) -> None:
    async with open_works_screen(library) as works:
        await works.press(*"kind:paper")
        assert sorted(works.ids) == [OTTERS, HERONS]
        await works.press(*" patience")
        assert works.ids == [HERONS]
        await works.wait_for_text("1 work")
        works.screen.line.value = "year:soon"
        await works.wait_for_text("Unknown value year:soon")
        works.screen.line.value = "year:1999"
        await works.wait_for_text("No results. Try fewer words")
        assert "f1 help" in works.reader.footer


async def test_enter_opens_the_only_citing_story(library: Library) -> None:
    async with open_works_screen(library) as works:
        works.screen.line.value = "brooks"
        works.screen.on_input_submitted()
        await works.reader.wait_until(lambda: works.results)
        assert works.chosen_ref == "22/1"


async def test_enter_asks_for_one_of_several_citing_stories(library: Library) -> None:
    async with open_works_screen(library, size=(80, 24)) as works:
        await works.press(*"sluices")
        await works.reader.pilot.press("enter")
        await works.reader.wait_until(lambda: isinstance(works.reader.app.screen, CitingStoryPicker))
        lines = [line.strip() for line in works.reader.screen_text().splitlines()]
        first = lines.index("Only water")
        assert lines[first + 1] == "22/1  20 January 2025"
        assert lines.index("Otters again") > first
        await works.reader.press("escape")
        assert not works.results
        await works.reader.pilot.press("enter")
        await works.reader.wait_until(lambda: isinstance(works.reader.app.screen, CitingStoryPicker))
        await works.reader.press("j", "enter")
        assert works.chosen_ref == "21/1"


async def test_a_key_right_after_a_word_means_its_work(library: Library) -> None:
    async with open_works_screen(library) as works:
        works.screen.line.value = "patience"
        works.screen.action_star()
        await works.reader.wait_until(lambda: get_work_key(HERONS) in library.state.get_starred_works())
        assert works.ids == [HERONS]


async def test_a_star_is_saved_and_removed_with_one_key(library: Library) -> None:
    async with open_works_screen(library) as works:
        await works.press("down", "ctrl+s")
        starred_id = works.selected_id
        assert get_work_key(starred_id) in library.state.get_starred_works()
        assert works.reader.screen_text().count("★•") == 1
        works.screen.line.value = "is:starred"
        await works.reader.wait_until(lambda: works.ids == [starred_id])
        await works.press("f2")
        assert get_work_key(starred_id) not in library.state.get_starred_works()
        assert "★•" not in works.reader.screen_text()
        assert works.ids == [starred_id]


async def test_a_star_that_cannot_be_saved_is_reported(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> ChangeResult:
        raise DatabaseError("The disk is full.")

    async with open_works_screen(library) as works:
        # Saving the scroll position, which happens after a pause, would show that writing works again.
        assert works.reader.screen.position.timer
        works.reader.screen.position.timer.stop()
        monkeypatch.setattr(library.state, "star_work", failing)
        await works.press("ctrl+s")
        assert works.reader.last_notice == "The disk is full."
        assert "★•" not in works.reader.screen_text()
        assert NOT_SAVED in works.reader.footer
        monkeypatch.undo()
        await works.press("ctrl+s")
        assert NOT_SAVED not in works.reader.footer


async def test_an_opened_work_is_no_longer_unread(library: Library) -> None:
    async with open_works_screen(library) as works:
        await works.press(*"title:otters")
        await works.press("ctrl+o")
        assert works.opened_ids == [OTTERS]
        assert "•" not in works.reader.screen_text()
        works.screen.line.value = "is:unread"
        await works.reader.wait_until(lambda: len(works.ids) == 3)
        assert OTTERS not in works.ids


@pytest.mark.parametrize(
    ("key", "copied"),
    [
        ("ctrl+y", "https://arxiv.org/abs/2501.00001"),
        ("ctrl+t", "@article{arxiv-2501-00001,"),
        ("ctrl+e", "[On Otters](https://arxiv.org/abs/2501.00001)"),
    ],
)
async def test_a_work_is_copied_in_three_formats(library: Library, key: str, copied: str) -> None:
    async with open_works_screen(library) as works:
        await works.press(*"otters", key)
        assert copied in works.reader.app.clipboard
        assert works.reader.last_notice.startswith("Copied")


async def test_one_key_cycles_through_the_orders(library: Library) -> None:
    async with open_works_screen(library) as works:
        papers_first = works.ids
        assert papers_first == [OTTERS, HERONS, SLUICES, BROOKS]
        await works.press("ctrl+r")
        await works.wait_for_text("most recently cited first")
        assert set(works.ids[:2]) == {SLUICES, BROOKS}
        await works.press("ctrl+r")
        await works.wait_for_text("newest first")
        assert works.ids[:2] == [BROOKS, HERONS]
        await works.press("ctrl+r")
        assert works.ids[:2] == [SLUICES, OTTERS]
        await works.press("ctrl+r")
        assert works.ids == [HERONS, OTTERS, SLUICES, BROOKS]
        await works.press("ctrl+r")
        assert works.ids == papers_first


async def test_the_screen_reopens_with_new_works(library: Library, other: Library) -> None:
    more_issues = [add_cited_post(n) for n in range(30, 40)]
    async with open_works_screen(library, [*citing_issues(), *more_issues], size=(80, 16)) as works:
        await works.press(*"otters", "ctrl+r", *["down"] * 8)
        before = (works.ids, works.selected_id, works.screen.work_list.scroll_y, works.reader.screen_text())
        assert before[2] > 0
        await works.reader.press("escape")
        assert works.chosen_ref is None
        state = works.results[0]
        assert state
        again = await push_works_screen(works.reader, state)
        await works.reader.wait_until(lambda: again.screen._shown_line == "otters")
        await works.reader.press()
        assert (again.ids, again.selected_id, again.screen.work_list.scroll_y, works.reader.screen_text()) == before
        await works.reader.press("escape")
        store_issues(other, [add_cited_post(41)])
        assert again.results[0]
        last = await push_works_screen(works.reader, again.results[0])
        await works.reader.wait_until(lambda: "https://example.org/41" in last.ids)
        assert last.selected_id == before[1]


async def test_the_newest_works_are_shown_before_all_are_loaded(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_continue, get_all = threading.Event(), CitedWorks.get_all

    def slow(self: CitedWorks) -> list[Work]:
        may_continue.wait(5)
        return get_all(self)

    monkeypatch.setattr(CitedWorks, "get_all", slow)
    async with run_reader(store_issues(library, citing_issues()), size=(80, 8)) as reader:
        works = await push_works_screen(reader, WorksScreenState())
        await reader.wait_until(lambda: works.ids)
        first_ids = works.ids
        assert first_ids == [OTTERS, HERONS]
        assert "Loading works…" in reader.screen_text()
        await reader.pilot.press(*"heron", "enter")
        assert not works.results
        assert works.ids == first_ids
        may_continue.set()
        await reader.wait_until(lambda: works.results)
        assert works.chosen_ref == "21/1"
        assert works.results[0]


async def test_an_empty_archive_gives_advice(library: Library) -> None:
    async with run_reader(library, size=(40, 12)) as reader:
        works = await push_works_screen(reader, WorksScreenState())
        await works.wait_for_text("all ten years.")
        await reader.press("enter", "ctrl+o", "ctrl+s", "ctrl+y", "ctrl+t", "ctrl+e", "ctrl+r", "down", "pageup")
        await reader.press("escape")
        assert works.results


async def test_an_unreadable_archive_is_reported(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_: CitedWorks) -> list[Work]:
        raise DatabaseError("The archive is gone.")

    monkeypatch.setattr(CitedWorks, "get_all", failing)
    async with run_reader(store_issues(library, citing_issues())) as reader:
        works = await push_works_screen(reader, WorksScreenState(line="otters"))
        await works.wait_for_text("The archive is gone.")
        assert not works.ids
