from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from importai_tui.library.library import SYNCED_AT, Library
from importai_tui.sync.progress import OnProgress, Progress
from importai_tui.tui.background_jobs import BackgroundSetup
from tests.tui.sample_app import TODAY, RunningReader, run_reader, store_issues
from tests.tui.scripted_sync import MAX_WAIT, NEW_ISSUES, Gate, SyncScript, store_step


def since(library: Library, days: float) -> Library:
    library.archive.save_source_note(SYNCED_AT, (TODAY - timedelta(days=days)).isoformat())
    return library


@pytest.mark.parametrize(("days", "asked"), [(8, [False]), (6, []), (-3650, [False])])
async def test_a_sync_begins_with_the_app_when_the_last_was_long_ago_or_is_still_to_come(
    library: Library, script: SyncScript, days: int, asked: list[bool]
) -> None:
    background = replace(script.background, sync_after=timedelta(days=7))
    script.steps = [store_step(*NEW_ISSUES)]
    async with run_reader(since(store_issues(library), days), background=background) as reader:
        await reader.press()
        await reader.wait_until(lambda: bool(reader.notices) is bool(asked))
        assert script.full_flags == asked
        assert reader.notices == ["2 new issues."] * len(asked)


async def test_no_sync_begins_with_the_app_unless_told_nor_before_the_first_one(
    library: Library, script: SyncScript
) -> None:
    async with run_reader(since(store_issues(library), 300), background=script.background):
        pass
    library.archive.save_source_note(SYNCED_AT, "")
    async with run_reader(library, background=replace(script.background, sync_after=timedelta(days=7))):
        pass
    assert not script.full_flags


async def test_nobody_is_told_that_nothing_is_new_who_has_not_asked(library: Library, script: SyncScript) -> None:
    background = replace(script.background, sync_after=timedelta(days=7))
    async with run_reader(since(store_issues(library), 8), background=background) as reader:
        await reader.wait_until(lambda: script.full_flags and "asking" not in reader.footer)
        assert not reader.notices


async def test_offline_is_a_word_in_the_footer_for_one_who_has_not_asked(library: Library, script: SyncScript) -> None:
    script.errors, script.offline = ("No network reaches importai.substack.com.",), True
    background = replace(script.background, sync_after=timedelta(days=7))
    async with run_reader(since(store_issues(library), 8), background=background, size=(80, 24)) as reader:
        await reader.wait_until(lambda: reader.footer.endswith("offline"))
        assert not reader.notices
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.notices)
        assert reader.notices == ["No network reaches importai.substack.com."]
        assert "offline" not in reader.footer


class Rebuilding:
    """A rebuild that says what the screen showed when it was made, and waits for its test."""

    def __init__(self) -> None:
        self.gate = Gate()
        self.seen = ""
        self.reader: RunningReader | None = None

    def __call__(self, on_progress: OnProgress) -> Rebuilding:
        """Made by the app."""
        self.on_progress = on_progress
        return self

    def run(self) -> int:
        """Reads old pages."""
        self.on_progress(Progress("", 12, 480))
        self.gate.opened.wait(MAX_WAIT)
        return 12

    def stop(self) -> None:
        """Ends."""
        self.gate.opened.set()


async def test_old_pages_are_read_again_with_a_quiet_note_and_before_any_sync(
    library: Library, script: SyncScript
) -> None:
    rebuilding = Rebuilding()
    background = replace(script.background, rebuild=rebuilding, sync_after=timedelta(days=7))
    async with run_reader(since(store_issues(library), 8), background=background) as reader:
        await reader.wait_until(lambda: reader.footer.endswith("bringing 480 issues up to date 12/480"))
        assert "space page" in reader.footer
        assert not script.full_flags
        rebuilding.gate.opened.set()
        await reader.wait_until(lambda: script.full_flags)
        assert not reader.notices


async def test_a_sync_waits_for_the_rebuild_and_takes_the_place_of_the_one_at_start(
    library: Library, script: SyncScript
) -> None:
    rebuilding = Rebuilding()
    background = replace(script.background, rebuild=rebuilding, sync_after=timedelta(days=7))
    async with run_reader(since(store_issues(library), 8), background=background) as reader:
        await reader.wait_until(lambda: "up to date" in reader.footer)
        await reader.pilot.press("S")
        assert reader.last_notice == "In a moment: the issues that are here are brought up to date first."
        assert not script.full_flags
        rebuilding.gate.opened.set()
        await reader.wait_until(lambda: "Nothing new." in reader.notices)
        assert script.full_flags == [False]


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

    async with run_reader(store_issues(library), background=BackgroundSetup(rebuild=rebuild)) as reader:
        await reader.wait_until(lambda: seen)
    assert "Machines learn to count rivers" in seen[0]
