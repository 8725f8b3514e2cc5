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
from importai_tui.state.store import ChangeResult
from importai_tui.tui.reading.state_writer import NOT_KEPT
from importai_tui.tui.works.screen import WorksScreen
from importai_tui.tui.works.work_list import (
    CitingStory,
    CitingStoryPicker,
    WorksScreenState,
    WorksStatus,
    draw_citing_story,
    draw_work,
    draw_works_status,
)
from importai_tui.works.work import Work
from tests.tui.sample_app import RunningReader, run_reader, store_issues
from tests.works.sample_works import make_work

OTTERS, SLUICES, BROOKS, HERONS = "arxiv:2501.00001", "github:otterworks/sluices", "https://example.org/b", "doi:10.1/h"
CITED = {
    OTTERS: ("On Otters", "https://arxiv.org/abs/2501.00001", LinkKind.PAPER, "arxiv.org"),
    SLUICES: ("The Sluices", "https://github.com/otterworks/sluices", LinkKind.CODE, "github.com"),
    BROOKS: ("Young Brooks", "https://example.org/b", LinkKind.POST, "example.org"),
    HERONS: ("A Heron's Patience", "https://doi.org/10.1/h", LinkKind.PAPER, "doi.org"),
}


def story(position: int, headline: str, *works: str) -> Story:
    """A story that cites these."""
    links = tuple(
        Link(n, title, url, kind, host, LinkRole.READ_MORE, work)
        for n, (work, (title, url, kind, host)) in enumerate(((w, CITED[w]) for w in works), 1)
    )
    lines = tuple(Paragraph((Span(link.text, link=link.n),), (), ParagraphRole.READ_MORE) for link in links)
    key = f"{headline.lower().replace(' ', '-')}-{position}"
    return Story(key, position, StoryKind.STORY, headline, blocks=lines, links=links)


def citing() -> list[Issue]:
    """Three issues: the otters are cited in two, the sluices in all, the brooks and the herons once."""
    return [
        Issue(20, "i20", "Import AI 20", "2025-01-06", None, (story(1, "Otters first", OTTERS, SLUICES),)),
        Issue(21, "i21", "Import AI 21", "2025-01-13", None, (story(1, "Otters again", OTTERS, SLUICES, HERONS),)),
        Issue(22, "i22", "Import AI 22", "2025-01-20", None, (story(1, "Only water", SLUICES, BROOKS),)),
    ]


@dataclass
class Shown:
    """The works screen over a reader, and what it gave."""

    reader: RunningReader
    screen: WorksScreen
    opened: list[str] = field(default_factory=list)
    left: list[WorksScreenState | None] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """Of the works in the list."""
        return [work.id for work in self.screen.work_list._works]

    @property
    def at(self) -> str:
        """The work under the cursor."""
        assert self.screen.work_list.selected_work
        return self.screen.work_list.selected_work.id

    async def told(self, words: str) -> None:
        """Waits until the screen says so."""
        await self.reader.wait_until(lambda: words in self.reader.screen_text())


async def open_works(reader: RunningReader, stand: WorksScreenState) -> Shown:
    """Opens the screen as it was left."""
    library = reader.screen.session.library

    def open_work(work: Work) -> None:
        shown.opened.append(work.id)
        library.state.record_work_opened(work.id, work.title)

    attempt = reader.screen.writer.attempt
    shown = Shown(reader, WorksScreen(library, stand, open_work, reader.app.notify_info, try_write=attempt))
    await reader.app.push_screen(shown.screen, shown.left.append)
    return shown


@asynccontextmanager
async def works(
    library: Library, issues: list[Issue] | None = None, *, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[Shown]:
    """The screen on an archive, all its works here."""
    async with run_reader(store_issues(library, issues or citing()), size=size) as reader:
        shown = await open_works(reader, WorksScreenState())
        await reader.wait_until(lambda: shown.screen._is_complete and shown.screen._shown_line == "")
        yield shown


async def test_every_work_stands_once_with_where_and_how_often_it_is_cited(library: Library) -> None:
    async with works(library) as shown:
        lines = [line.strip() for line in shown.reader.screen_text().splitlines()]
        assert "4 works, last cited first." in lines
        at = lines.index("• The Sluices")
        assert lines[at + 1] == "code  github.com  cited 3 times since 6 Jan 2025, last in #22"
        at = lines.index("• Young Brooks")
        assert lines[at + 1] == "post  example.org  cited in #22, 20 Jan 2025"
        at = lines.index("• On Otters")
        assert lines[at + 1] == "paper  arxiv.org  2025  cited 2 times, last in #21"
        assert sum("Sluices" in line for line in lines) == 1


async def test_a_typed_line_narrows_the_works_and_says_what_it_does_not_understand(library: Library) -> None:
    async with works(library) as shown:
        await shown.reader.press(*"kind:paper")
        assert sorted(shown.ids) == [OTTERS, HERONS]
        await shown.reader.press(*" patience")
        assert shown.ids == [HERONS]
        await shown.told("One work.")
        shown.screen.line.value = "year:soon"
        await shown.told('"year:soon" is not understood')
        shown.screen.line.value = "year:1999"
        await shown.told("Nothing found. Fewer words find more")
        assert "f1 help" in shown.reader.footer


async def test_enter_goes_to_the_one_story_that_cites_a_work_as_it_was_typed(library: Library) -> None:
    async with works(library) as shown:
        shown.screen.line.value = "brooks"
        shown.screen.on_input_submitted()
        await shown.reader.wait_until(lambda: shown.left)
        assert shown.left[0]
        assert shown.left[0].chosen_ref == "22/1"


async def test_of_several_stories_enter_asks_which_the_newest_first(library: Library) -> None:
    async with works(library, size=(80, 24)) as shown:
        await shown.reader.press(*"sluices")
        await shown.reader.pilot.press("enter")
        await shown.reader.wait_until(lambda: isinstance(shown.reader.app.screen, CitingStoryPicker))
        lines = [line.strip() for line in shown.reader.screen_text().splitlines()]
        at = lines.index("Only water")
        assert lines[at + 1] == "22/1  20 January 2025"
        assert lines.index("Otters again") > at
        await shown.reader.press("escape")
        assert not shown.left
        await shown.reader.pilot.press("enter")
        await shown.reader.wait_until(lambda: isinstance(shown.reader.app.screen, CitingStoryPicker))
        await shown.reader.press("j", "enter")
        assert shown.left[0]
        assert shown.left[0].chosen_ref == "21/1"


async def test_a_star_is_kept_and_shown_at_once_and_the_same_key_takes_it_off(library: Library) -> None:
    async with works(library) as shown:
        await shown.reader.press("down", "ctrl+s")
        starred = shown.at
        assert library.state.is_work_starred(starred)
        assert shown.reader.screen_text().count("*•") == 1
        shown.screen.line.value = "is:starred"
        await shown.reader.wait_until(lambda: shown.ids == [starred])
        await shown.reader.press("f2")
        assert not library.state.is_work_starred(starred)
        assert "*•" not in shown.reader.screen_text()
        assert shown.ids == [starred]


async def test_a_star_that_cannot_be_kept_is_told_and_not_shown(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> ChangeResult:
        raise DatabaseError("The disk is full.")

    async with works(library) as shown:
        # To write the place down, as it does after a rest, would show that writing works.
        assert shown.reader.screen.position.timer
        shown.reader.screen.position.timer.stop()
        monkeypatch.setattr(library.state, "star_work", failing)
        await shown.reader.press("ctrl+s")
        assert shown.reader.last_notice == "The disk is full."
        assert "*•" not in shown.reader.screen_text()
        assert NOT_KEPT in shown.reader.footer
        monkeypatch.undo()
        await shown.reader.press("ctrl+s")
        assert NOT_KEPT not in shown.reader.footer


async def test_a_work_is_opened_and_then_no_more_unread(library: Library) -> None:
    async with works(library) as shown:
        await shown.reader.press(*"otters", "ctrl+o")
        assert shown.opened == [OTTERS]
        assert "•" not in shown.reader.screen_text()
        shown.screen.line.value = "is:unread"
        await shown.reader.wait_until(lambda: len(shown.ids) == 3)
        assert OTTERS not in shown.ids


@pytest.mark.parametrize(
    ("key", "copied"),
    [
        ("ctrl+y", "https://arxiv.org/abs/2501.00001"),
        ("ctrl+b", "@misc{arxiv-2501-00001,"),
        ("ctrl+e", "[On Otters](https://arxiv.org/abs/2501.00001)"),
    ],
)
async def test_a_work_is_copied_as_its_address_as_bibtex_and_as_markdown(
    library: Library, key: str, copied: str
) -> None:
    async with works(library) as shown:
        await shown.reader.press(*"otters", key)
        assert copied in shown.reader.app.clipboard
        assert shown.reader.last_notice.startswith("Copied")


async def test_the_order_turns_round(library: Library) -> None:
    async with works(library) as shown:
        last = shown.ids
        assert set(last[:2]) == {SLUICES, BROOKS}
        await shown.reader.press("ctrl+r")
        assert shown.ids[:2] == [BROOKS, HERONS]
        await shown.told("newcomers first.")
        await shown.reader.press("ctrl+r")
        assert shown.ids[:2] == [SLUICES, OTTERS]
        await shown.reader.press("ctrl+r")
        assert shown.ids == [HERONS, OTTERS, SLUICES, BROOKS]
        await shown.reader.press("ctrl+r")
        assert shown.ids == last


async def test_it_opens_as_it_was_left_and_shows_what_has_come_in_since(library: Library, other: Library) -> None:
    many = [make_issue(n) for n in range(30, 40)]
    async with works(library, [*citing(), *many], size=(80, 16)) as shown:
        await shown.reader.press(*"otters", "ctrl+r", *["down"] * 8)
        before = (shown.ids, shown.at, shown.screen.work_list.scroll_y, shown.reader.screen_text())
        assert before[2] > 0
        await shown.reader.press("escape")
        assert shown.left[0]
        assert shown.left[0].chosen_ref is None
        again = await open_works(shown.reader, shown.left[0])
        await shown.reader.wait_until(lambda: again.screen._shown_line == "otters")
        await shown.reader.press()
        assert (again.ids, again.at, again.screen.work_list.scroll_y, shown.reader.screen_text()) == before
        await shown.reader.press("escape")
        store_issues(other, [make_issue(41)])
        assert again.left[0]
        last = await open_works(shown.reader, again.left[0])
        await shown.reader.wait_until(lambda: "https://example.org/41" in last.ids)
        assert last.at == before[1]


def make_issue(number: int) -> Issue:
    """An issue that cites a post of its own."""
    CITED[f"https://example.org/{number}"] = (
        f"Otters of {number}",
        f"https://example.org/{number}",
        LinkKind.POST,
        "example.org",
    )
    told = story(1, f"About {number}", f"https://example.org/{number}")
    return Issue(number, f"i{number}", f"Import AI {number}", "2025-02-03", None, (told,))


async def test_the_newest_are_shown_before_all_are_read_and_enter_waits_for_what_is_typed(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, read_all = threading.Event(), CitedWorks.get_all

    def slow(self: CitedWorks) -> list[Work]:
        go_on.wait(5)
        return read_all(self)

    monkeypatch.setattr(CitedWorks, "get_all", slow)
    async with run_reader(store_issues(library, citing()), size=(80, 8)) as reader:
        shown = await open_works(reader, WorksScreenState())
        await reader.wait_until(lambda: shown.ids)
        first = shown.ids
        assert "Looking for what is cited…" in reader.screen_text()
        await reader.pilot.press(*"heron", "enter")
        assert not shown.left
        assert first == shown.ids
        go_on.set()
        await reader.wait_until(lambda: shown.left)
        assert shown.left[0]
        assert shown.left[0].chosen_ref == "21/1"
        assert [work.id for work in shown.left[0].works[: len(first)]] == first


async def test_an_empty_archive_says_what_to_do(library: Library) -> None:
    async with run_reader(library, size=(40, 12)) as reader:
        shown = await open_works(reader, WorksScreenState())
        await shown.told("the newest, B all of them.")
        await reader.press("enter", "ctrl+o", "ctrl+s", "ctrl+y", "ctrl+b", "ctrl+e", "ctrl+r", "down", "pageup")
        await reader.press("escape")
        assert shown.left


async def test_an_archive_that_cannot_be_read_is_told(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_: CitedWorks) -> list[Work]:
        raise DatabaseError("The archive is gone.")

    monkeypatch.setattr(CitedWorks, "get_all", failing)
    async with run_reader(store_issues(library, citing())) as reader:
        shown = await open_works(reader, WorksScreenState(line="otters"))
        await shown.told("The archive is gone.")
        assert not shown.ids


@pytest.mark.parametrize(
    "words", ["河川計測装置" * 9, "[/] [@click=app.quit]x[/] " * 4, "\x1b]0;title\x07\u202eOtters" * 4]
)
def test_no_line_about_a_work_is_wider_than_its_place_or_says_more_than_text(words: str) -> None:
    one = make_work(words, words, host=words, cited_by=(f"{words}/1", f"{words}2/1"))
    for width in range(24, 120, 7):
        lines = [
            *draw_work(one, width, is_starred=True, is_opened=False),
            *draw_work(
                make_work(words, words, host=words, cited_by=(f"{words}/1",)), width, is_starred=True, is_opened=True
            ),
            *draw_citing_story(CitingStory(words, words, "2025-03-03"), width),
        ]
        assert max(line.cell_length for line in lines) <= width
        lines.append(draw_works_status(WorksStatus(1, 2, remarks=(words,))))
        assert not {"\x1b", "\x07", "\u202e"} & set("".join(line.plain for line in lines))
        assert not any("click" in str(span.style) for line in lines for span in line.spans)


def test_in_a_narrow_place_the_weightiest_facts_stay() -> None:
    one = make_work("arxiv:2501.00001", cited_by=("20/1", "21/1"), host="arxiv.org")
    told = [draw_work(one, width, is_starred=False, is_opened=False)[1].plain.strip() for width in (80, 45, 34)]
    assert told == [
        "paper  arxiv.org  2025  cited 2 times, last in #21",
        "paper  2025  cited 2 times, last in #21",
        "paper  2025  cited 2 times",
    ]
