from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from importai_tui.library.library import SYNCED_AT, Library
from importai_tui.sync.progress import OnProgress, Progress
from importai_tui.tui.background_jobs import Background
from tests.tui.made import TODAY, Reader, fill, reading
from tests.tui.runs import LONGEST_WAIT, NEWER, Gate, Script, storing


def since(library: Library, days: float) -> Library:
    library.archive.keep_source_note(SYNCED_AT, (TODAY - timedelta(days=days)).isoformat())
    return library


@pytest.mark.parametrize(("days", "asked"), [(8, [False]), (6, []), (-3650, [False])])
async def test_a_sync_begins_with_the_app_when_the_last_was_long_ago_or_is_still_to_come(
    library: Library, script: Script, days: int, asked: list[bool]
) -> None:
    background = replace(script.background, start_after=timedelta(days=7))
    script.steps = [storing(*NEWER)]
    async with reading(since(fill(library), days), background=background) as reader:
        await reader.press()
        await reader.until(lambda: bool(reader.heard) is bool(asked))
        assert script.asked == asked
        assert reader.heard == ["2 new issues."] * len(asked)


async def test_no_sync_begins_with_the_app_unless_told_nor_before_the_first_one(
    library: Library, script: Script
) -> None:
    async with reading(since(fill(library), 300), background=script.background):
        pass
    library.archive.keep_source_note(SYNCED_AT, "")
    async with reading(library, background=replace(script.background, start_after=timedelta(days=7))):
        pass
    assert not script.asked


async def test_nobody_is_told_that_nothing_is_new_who_has_not_asked(library: Library, script: Script) -> None:
    background = replace(script.background, start_after=timedelta(days=7))
    async with reading(since(fill(library), 8), background=background) as reader:
        await reader.until(lambda: script.asked and "asking" not in reader.footer)
        assert not reader.heard


async def test_offline_is_a_word_in_the_footer_for_one_who_has_not_asked(library: Library, script: Script) -> None:
    script.errors, script.offline = ("No network reaches importai.substack.com.",), True
    background = replace(script.background, start_after=timedelta(days=7))
    async with reading(since(fill(library), 8), background=background, size=(80, 24)) as reader:
        await reader.until(lambda: reader.footer.endswith("offline"))
        assert not reader.heard
        await reader.pilot.press("S")
        await reader.until(lambda: reader.heard)
        assert reader.heard == ["No network reaches importai.substack.com."]
        assert "offline" not in reader.footer


class Rebuilding:
    """A rebuild that says what the screen showed when it was made, and waits for its test."""

    def __init__(self) -> None:
        self.gate = Gate()
        self.seen = ""
        self.reader: Reader | None = None

    def __call__(self, on_progress: OnProgress) -> Rebuilding:
        """Made by the app."""
        self.on_progress = on_progress
        return self

    def run(self) -> int:
        """Reads old pages."""
        self.on_progress(Progress("", 12, 480))
        self.gate.opened.wait(LONGEST_WAIT)
        return 12

    def stop(self) -> None:
        """Ends."""
        self.gate.opened.set()


async def test_old_pages_are_read_again_with_a_quiet_note_and_before_any_sync(library: Library, script: Script) -> None:
    rebuilding = Rebuilding()
    background = replace(script.background, rebuild=rebuilding, start_after=timedelta(days=7))
    async with reading(since(fill(library), 8), background=background) as reader:
        await reader.until(lambda: reader.footer.endswith("bringing 480 issues up to date 12/480"))
        assert "space page" in reader.footer
        assert not script.asked
        rebuilding.gate.opened.set()
        await reader.until(lambda: script.asked)
        assert not reader.heard


async def test_a_sync_waits_for_the_rebuild_and_takes_the_place_of_the_one_at_start(
    library: Library, script: Script
) -> None:
    rebuilding = Rebuilding()
    background = replace(script.background, rebuild=rebuilding, start_after=timedelta(days=7))
    async with reading(since(fill(library), 8), background=background) as reader:
        await reader.until(lambda: "up to date" in reader.footer)
        await reader.pilot.press("S")
        assert reader.said == "In a moment: the issues that are here are brought up to date first."
        assert not script.asked
        rebuilding.gate.opened.set()
        await reader.until(lambda: "Nothing new." in reader.heard)
        assert script.asked == [False]


async def test_nothing_runs_before_the_first_story_is_on_the_screen(library: Library) -> None:
    seen: list[str] = []

    def rebuild(_: OnProgress) -> Rebuilding:
        seen.append(screen())
        made = Rebuilding()
        made.on_progress = lambda _: None
        made.stop()
        return made

    def screen() -> str:
        from textual._context import active_app

        strips = active_app.get().screen._compositor.render_strips()
        return "\n".join(strip.text for strip in strips)

    async with reading(fill(library), background=Background(rebuild=rebuild)) as reader:
        await reader.until(lambda: seen)
    assert "Machines learn to count rivers" in seen[0]
