from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from importai_tui.errors import SyncError
from importai_tui.library.library import Library
from importai_tui.paths import Places
from importai_tui.sync.progress import OnProgress, Progress
from importai_tui.tui.background_jobs import BackgroundSetup
from importai_tui.tui.widgets.footer import FooterContent
from tests.tui.sample_app import run_reader, sample_issues, store_issues
from tests.tui.scripted_sync import MAX_WAIT, NEW_ISSUES, Gate, ScriptedSync, SyncScript, progress_step, store_step


async def test_s_brings_in_what_is_new_and_says_how_many(library: Library, script: SyncScript) -> None:
    script.steps = [store_step(*NEW_ISSUES)]
    async with run_reader(store_issues(library), background=script.background) as reader:
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.notices)
        assert reader.notices == ["2 new issues."]
        assert script.full_flags == [False]
        assert [head.ref for head in reader.screen.session.index.heads] == ["14", "13", "12", "11", "10"]
        assert "8 unread" in reader.screen_text()


async def test_a_second_sync_says_that_nothing_is_new(library: Library, script: SyncScript) -> None:
    script.steps = [store_step(*NEW_ISSUES)]
    async with run_reader(store_issues(library), background=script.background) as reader:
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.notices)
        await reader.pilot.press("S")
        await reader.wait_until(lambda: len(reader.notices) == 2)
        assert reader.last_notice == "Nothing new."


async def test_s_again_stops_the_sync_and_what_came_in_stays(library: Library, script: SyncScript) -> None:
    gate = Gate()
    script.steps = [store_step(NEW_ISSUES[0]), gate, store_step(NEW_ISSUES[1])]
    async with run_reader(store_issues(library), background=script.background) as reader:
        await reader.pilot.press("S")
        await reader.wait_until(gate.reached.is_set)
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.notices)
        assert reader.notices == ["Stopped. 1 new issue is here."]
        assert [head.ref for head in library.get_issue_rows()][:2] == ["13", "12"]


async def test_b_brings_in_the_whole_back_catalogue_under_a_bar(library: Library, script: SyncScript) -> None:
    gate = Gate()
    script.steps = [progress_step(Progress("mirror", 12, 48, "Import AI 3: Old things")), gate]
    async with run_reader(store_issues(library), background=script.background) as reader:
        await reader.pilot.press("B")
        await reader.wait_until(lambda: "12/48" in reader.footer)
        assert reader.footer.startswith("  S stop   ━━━━━───────────────  12/48   Import AI 3: Old things")
        gate.opened.set()
        await reader.wait_until(lambda: reader.notices)
        assert script.full_flags == [True]
        assert "space page" in reader.footer


async def test_an_everyday_sync_keeps_the_hints_and_says_a_few_words_beside_them(
    library: Library, script: SyncScript
) -> None:
    first, second = Gate(), Gate()
    script.steps = [
        progress_step(Progress("substack")),
        first,
        progress_step(Progress("substack", 2, new_issues=2)),
        second,
    ]
    async with run_reader(store_issues(library), background=script.background, size=(80, 24)) as reader:
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.footer.endswith("asking substack…"))
        assert "space page" in reader.footer
        assert "? help" in reader.footer
        first.opened.set()
        await reader.wait_until(lambda: reader.footer.endswith("2 new"))
        second.opened.set()
        await reader.wait_until(lambda: reader.notices)
        assert not reader.footer.endswith("2 new")


async def test_a_key_for_what_runs_already_or_comes_next_is_answered(library: Library, script: SyncScript) -> None:
    gates = Gate(), Gate()
    script.steps = [lambda playing: gates[len(script.full_flags) - 1](playing)]
    async with run_reader(store_issues(library), background=script.background) as reader:
        await reader.pilot.press("S")
        await reader.wait_until(gates[0].reached.is_set)
        await reader.pilot.press("B")
        assert reader.last_notice == "In a moment: what is new comes first."
        gates[0].opened.set()
        await reader.wait_until(gates[1].reached.is_set)
        assert script.full_flags == [False, True]
        await reader.pilot.press("B")
        assert reader.last_notice == "The back catalogue is coming in: S stops it."
        await reader.pilot.press("S")
        await reader.wait_until(lambda: "Stopped." in reader.notices)


async def test_quitting_stops_a_run_and_does_not_hang(library: Library, script: SyncScript) -> None:
    gate, ended = Gate(), Event()
    script.steps = [gate, lambda _: ended.set()]
    playing: list[ScriptedSync] = []

    def sync(full: bool, on_progress: OnProgress, wanted: Set[int]) -> ScriptedSync:
        playing.append(script.sync(full, on_progress, wanted))
        return playing[0]

    async with run_reader(store_issues(library), background=BackgroundSetup(sync=sync)) as reader:
        await reader.pilot.press("S")
        await reader.wait_until(gate.reached.is_set)
        await reader.pilot.press("q")
    assert playing[0].is_stopped.wait(MAX_WAIT)
    assert not ended.is_set()


async def test_what_went_wrong_is_one_line_as_given(library: Library, script: SyncScript) -> None:
    script.errors = ("jack-clark.net does not answer. Try again later.",)
    async with run_reader(store_issues(library), background=script.background) as reader:
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.notices)
        assert reader.notices == ["jack-clark.net does not answer. Try again later."]


async def test_a_run_that_fails_altogether_says_why_and_what_it_stored_is_there(
    library: Library, script: SyncScript
) -> None:
    def fail(_: ScriptedSync) -> None:
        raise SyncError("The archive is in use by another program. Try again in a moment.")

    script.steps = [store_step(*NEW_ISSUES), fail]
    async with run_reader(store_issues(library), background=script.background) as reader:
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.notices)
        assert reader.last_notice.startswith("The archive is in use")
        assert len(reader.screen.session.index.heads) == 5
        script.steps = []
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.last_notice == "Nothing new.")


async def test_many_missing_numbers_are_a_reason_to_name_the_back_catalogue_once(
    library: Library, script: SyncScript
) -> None:
    script.missing = tuple(range(100, 121))
    async with run_reader(store_issues(library), background=script.background) as reader:
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.notices)
        assert reader.notices == ["Nothing new. 21 are missing: B brings in the whole back catalogue."]
        await reader.pilot.press("S")
        await reader.wait_until(lambda: len(reader.notices) == 2)
        assert reader.last_notice == "Nothing new."


async def test_a_flood_of_progress_does_not_reach_the_screen_one_by_one(library: Library, script: SyncScript) -> None:
    script.steps = [progress_step(Progress("mirror", n, 20_000)) for n in range(1, 20_001)]
    async with run_reader(store_issues(library), background=script.background) as reader:
        told: list[FooterContent] = []
        reader.app.watch(reader.screen.footer, "footer_content", lambda content: told.append(content), init=False)
        await reader.pilot.press("B")
        await reader.wait_until(lambda: reader.notices)
        assert len(told) < 200


async def test_an_empty_archive_names_the_keys_and_shows_what_comes_in(library: Library, script: SyncScript) -> None:
    script.steps = [store_step(*NEW_ISSUES)]
    async with run_reader(library, background=script.background) as reader:
        assert "Press S for the newest ones, B for all ten years of them." in reader.screen_text()
        assert reader.footer.startswith("  S newest issues   B all of them")
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.notices)
        assert reader.open_story == ("14", 1)
        assert "A long story called new14" in reader.screen_text()
        await reader.advance_clock(600)
        assert not library.state.is_read("new14"), "nobody has opened it"
        await reader.press("enter")
        assert reader.screen.pane.name == "STORY"
        await reader.advance_clock(600)
        assert library.state.is_read("new14")


async def test_the_guide_fills_the_archive_behind_it_and_ctrl_g_goes_there(
    library: Library, script: SyncScript, tmp_path: Path
) -> None:
    script.steps = [store_step(*NEW_ISSUES)]
    opened: list[Library] = []

    def open_library() -> Library:
        opened.append(Library.open(script.places))
        return opened[0]

    background = replace(script.background, open_library=open_library)
    with Library.open(Places.under(tmp_path / "guide")) as guide:
        async with run_reader(store_issues(guide), guide=True, background=background) as reader:
            assert reader.footer.endswith("S brings in the newsletter")
            await reader.pilot.press("S")
            await reader.wait_until(lambda: reader.notices)
            assert reader.notices == ["2 issues are here: ctrl+g goes to them."]
            assert reader.footer.endswith("ctrl+g goes to your issues")
            assert reader.open_story == ("12", 1)
            await reader.press("ctrl+g")
            assert reader.open_story == ("14", 1)
            assert "guide" not in reader.screen_text().splitlines()[0]
            await reader.press("r", "q")
            assert reader.app._exit
        assert guide.state.load_value("guide") == "away"
    assert library.state.is_read("new14")
    with pytest.raises(Exception, match="closed"):
        opened[0].get_issue_rows()


async def test_the_guide_over_an_archive_leads_back_to_it(library: Library, script: SyncScript, tmp_path: Path) -> None:
    script.steps = [store_step(*NEW_ISSUES)]

    def open_guide() -> Library:
        return store_issues(Library.open(Places.under(tmp_path / "guide")), sample_issues()[:1])

    async with run_reader(store_issues(library), "12/1", open_guide=open_guide, background=script.background) as reader:
        await reader.press("ctrl+g")
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.notices)
        await reader.press("q")
        assert reader.open_story == ("12", 1)
        await reader.wait_until(lambda: len(reader.screen.session.index.heads) == 5)


async def test_the_demo_says_that_it_fetches_nothing(library: Library) -> None:
    async with run_reader(store_issues(library), guide=True) as reader:
        for key in "SB":
            await reader.press(key)
            assert reader.last_notice == "The demo fetches nothing. Open importai-tui without --demo."
        await reader.press("ctrl+g")
        assert reader.last_notice.startswith("Put away")
