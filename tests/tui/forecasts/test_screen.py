"""The ledger within the app."""

from __future__ import annotations

from datetime import date

import pytest

from importai_tui.library.library import Library
from importai_tui.model import Issue, Paragraph, Span, Story, StoryKind
from importai_tui.state.fields import StoryName
from importai_tui.state.forecasts import ForecastRecord
from importai_tui.tui.forecasts.forecast_list import ForecastList
from importai_tui.tui.forecasts.screen import LedgerScreen
from importai_tui.tui.job_status import JobStatus
from importai_tui.tui.widgets.issue_list import IssueList
from tests.tui.sample_app import RunningReader, long_story, run_reader, store_issues

DUE = "I expect that by the end of 2024 machines will count every river."
OPEN = "I predict that by the end of 2030 they will count the lakes."
QUOTED = "“I expect that by the end of 2031 we will count the seas,” the builders write."
BY_HAND = "Ponds will follow."


def forecast_story(key: str, position: int) -> Story:
    """Return a story with two forecasts of the author and one of somebody else, below the first screenful."""
    start = long_story(key, position, 30)
    texts = (DUE, OPEN, QUOTED, BY_HAND)
    blocks = (*start.blocks, *(Paragraph((Span(text),)) for text in texts))
    return Story(key, position, StoryKind.STORY, f"What comes of {key}", blocks=blocks)


def store_forecasts(library: Library) -> Library:
    """Store an issue of 2023 with forecasts, and the sample issues."""
    return store_issues(
        store_issues(library, [Issue(9, "i9", "Import AI 9", "2023-01-02", None, (forecast_story("dams", 1),))])
    )


def rows(reader: RunningReader) -> str:
    """The list of forecasts as text, with single blanks."""
    shown = reader.app.screen.query_one(ForecastList)
    return " ".join(" ".join(shown.render_line(y).text for y in range(shown.size.height)).split())


async def test_forecasts_are_browsed_judged_and_added(library: Library) -> None:
    store_forecasts(library)
    async with run_reader(library, "12/1", size=(120, 26)) as reader:
        await reader.advance_clock(2)
        assert any(line.split() == ["Due", "forecasts", "1"] for line in reader.list_lines)
        reader.screen.story_list.post_message(IssueList.SavedSearchChosen("Due forecasts"))
        await reader.press("home")
        screen = reader.screen_text()
        assert "Forecasts   1 due   1 open   0 scored" in screen
        assert "2 sentences that look like a forecast" in screen
        assert rows(reader).startswith(
            f"Due “ {DUE} by the end of 2024 → 31 Dec 2024 What comes of dams 9/1 2 Jan 2023 Open"
        )
        # A verdict moves nothing, also while a filter is on, and the same key takes it back.
        await reader.type("/", *"due", "enter")
        await reader.press("r")
        assert rows(reader).startswith(f"Due “ {DUE} right by the end of 2024")
        assert reader.last_notice == "Forecast marked right (u to undo)"
        await reader.press("r")
        assert rows(reader).startswith(f"Due “ {DUE} by the end")
        await reader.press("escape", "d", "u", "w", "u", "ctrl+r")
        assert rows(reader).startswith(f"Due “ {DUE} wrong by the end")
        # A note, and the filter as one types.
        await reader.type("e", *"Too early", "ctrl+s")
        assert "Too early" in rows(reader)
        await reader.type("/", *"lakes")
        assert "1 of 2 forecasts" in reader.screen_text()
        await reader.press("escape")
        await reader.press("a", "G")
        assert "quoted by the end of 2031" in rows(reader)
        await reader.press("a", "g", "y")
        assert reader.app.clipboard == f"“{DUE}”\nWhat comes of dams, Import AI 9/1, 2023-01-02"
        await reader.press("s")
        assert "Forecasts in numbers" in reader.screen_text()
        # To the sentence and back, where scored ones are last.
        await reader.press("escape", "g", "enter")
        assert reader.open_story == ("9", 1)
        assert DUE in reader.screen_text()
        assert "2 forecasts, one wrong" in reader.screen.story_display.blocks[1].plain
        assert "Forecast: wrong – Too early" in reader.screen_text()
        assert "esc forecasts" in reader.footer
        await reader.press("escape")
        assert rows(reader).startswith(f"Open “ {OPEN}")
        await reader.press("escape")
        assert reader.open_story == ("12", 1)
        # One by hand, with a date in words; its story's forecasts come first.
        await reader.type("ctrl+o", "down", "enter")
        assert reader.open_story == ("9", 1)
        await reader.press("G")
        await reader.type("plus", "G", "enter", *"end of 2026", "enter")
        assert reader.last_notice == "Forecast added (u to undo)"
        await reader.press("I")
        assert f"“ {BY_HAND} open end of 2026 → 31 Dec 2026" in rows(reader)
        assert rows(reader).startswith("In “What comes of dams”")
        # A story that is a search result too: back to the ledger first, then to the results.
        await reader.press("escape")
        await reader.type("F", *"lakes")
        await reader.advance_clock(1)
        await reader.press("enter")
        assert "esc results" in reader.footer
        await reader.press("I", "enter")
        assert "esc forecasts" in reader.footer
        await reader.press("escape")
        assert isinstance(reader.app.screen, LedgerScreen)
        await reader.press("escape")
        assert "esc results" in reader.footer


async def test_an_empty_ledger_says_what_to_do(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    store_issues(library)
    gone = ForecastRecord("0a0a0a0a", "[red]Dams will go.", due=date(2026, 1, 1))
    async with run_reader(library, "12/1", size=(60, 16)) as reader:
        monkeypatch.setattr(library, "count_issues_to_reindex", lambda: 12)
        await reader.press("I")
        ledger = reader.app.screen
        assert isinstance(ledger, LedgerScreen)
        # A read-only archive stays as it is, so nothing is promised unless a job runs.
        assert "No sentences that look like a forecast yet. 12 issues not searched." in " ".join(
            reader.screen_text().split()
        )
        ledger.show_job(JobStatus(text="updating issues 1/12"))
        await reader.pilot.pause()
        assert "like a forecast: 12 issues to go." in " ".join(reader.screen_text().split())
        ledger.show_job(JobStatus())
        monkeypatch.setattr(library, "count_issues_to_reindex", lambda: 0)
        ledger.redraw_marks()
        await reader.pilot.pause()
        screen = " ".join(reader.screen_text().split())
        assert "No sentences that look like a forecast yet." in screen
        assert "In a story, + adds one by hand." in screen
        # Another window adds one to a story that is missing here.
        library.state.add_forecast("gone", gone, {"gone": StoryName("Old dams", "7", 1)})
        ledger.redraw_marks()
        await reader.type("enter")
        assert "This story isn't in your archive" in " ".join(reader.screen_text().split())
        await reader.press("escape", "r")
        assert rows(reader) == "Open “ [red]Dams will go. right due 1 Jan 2026 Old dams not in your archive"
        # Nothing is quoted, also if quoted ones are shown.
        await reader.press("a", "s")
        assert "1 sentence that looks like a forecast. Rules" in " ".join(reader.screen_text().split())
