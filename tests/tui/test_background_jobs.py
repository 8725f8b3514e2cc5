"""Background jobs: syncs by key, at the start and in the guide; the re-parse of stored pages; messages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Set
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from importai_tui.errors import SyncError
from importai_tui.library.library import SYNCED_AT, Library
from importai_tui.library.rows import IssueRow
from importai_tui.paths import Places
from importai_tui.sync.progress import ImportSummary, OnProgress, Progress, SourceReport, SyncReport
from importai_tui.tui.background_jobs import BackgroundSetup, error_messages, format_summary
from importai_tui.tui.job_status import JobKind
from importai_tui.tui.widgets.footer import Footer, FooterContent
from tests.tui.sample_app import TODAY, RunningReader, run_reader, store_issues
from tests.tui.scripted_sync import MAX_WAIT, NEW_ISSUES, Gate, ScriptedSync, SyncScript, progress_step, store_step


async def test_s_fetches_new_issues_and_counts_them(library: Library, script: SyncScript) -> None:
    script.steps = [store_step(*NEW_ISSUES)]
    async with run_reader(store_issues(library), background=script.background) as reader:
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.notices)
        assert reader.notices == ["2 new issues"]
        assert script.full_flags == [False]
        assert [head.ref for head in reader.screen.session.index.rows] == ["14", "13", "12", "11", "10"]
        assert "8 unread" in reader.screen_text()


async def test_a_second_sync_reports_nothing_new(library: Library, script: SyncScript) -> None:
    script.steps = [store_step(*NEW_ISSUES)]
    async with run_reader(store_issues(library), background=script.background) as reader:
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.notices)
        await reader.pilot.press("S")
        await reader.wait_until(lambda: len(reader.notices) == 2)
        assert reader.last_notice == "No new issues"


async def test_s_again_stops_the_sync(library: Library, script: SyncScript) -> None:
    gate = Gate()
    script.steps = [store_step(NEW_ISSUES[0]), gate, store_step(NEW_ISSUES[1])]
    async with run_reader(store_issues(library), background=script.background) as reader:
        await reader.pilot.press("S")
        await reader.wait_until(gate.reached.is_set)
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.notices)
        assert reader.notices == ["Stopped, 1 new issue. S continues the download."]
        assert [head.ref for head in library.get_issue_rows()][:2] == ["13", "12"]


async def test_b_fetches_the_back_catalogue_with_a_bar(library: Library, script: SyncScript) -> None:
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


async def test_a_short_sync_shows_words_beside_the_hints(library: Library, script: SyncScript) -> None:
    first, second = Gate(), Gate()
    script.steps = [
        progress_step(Progress("substack")),
        first,
        progress_step(Progress("substack", 2, new_issues=2)),
        second,
    ]
    async with run_reader(store_issues(library), background=script.background, size=(80, 24)) as reader:
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.footer.endswith("checking for issues…"))
        assert "space page" in reader.footer
        assert "? help" in reader.footer
        first.opened.set()
        await reader.wait_until(lambda: reader.footer.endswith("2 new"))
        second.opened.set()
        await reader.wait_until(lambda: reader.notices)
        assert not reader.footer.endswith("2 new")


async def test_a_key_for_a_running_job_is_answered(library: Library, script: SyncScript) -> None:
    gates = Gate(), Gate()
    script.steps = [lambda syncs: gates[len(script.full_flags) - 1](syncs)]
    async with run_reader(store_issues(library), background=script.background) as reader:
        await reader.pilot.press("S")
        await reader.wait_until(gates[0].reached.is_set)
        await reader.pilot.press("B")
        assert reader.last_notice == "Please wait: getting the newest issues first"
        gates[0].opened.set()
        await reader.wait_until(gates[1].reached.is_set)
        assert script.full_flags == [False, True]
        await reader.pilot.press("B")
        assert reader.last_notice == "Already downloading all issues; S stops it"
        await reader.pilot.press("S")
        await reader.wait_until(lambda: "Stopped. B continues the download." in reader.notices)


async def test_quitting_stops_a_job(library: Library, script: SyncScript) -> None:
    gate, ended = Gate(), Event()
    script.steps = [gate, lambda _: ended.set()]
    syncs: list[ScriptedSync] = []

    def sync(full: bool, on_progress: OnProgress, wanted: Set[int]) -> ScriptedSync:
        syncs.append(script.sync(full, on_progress, wanted))
        return syncs[0]

    async with run_reader(store_issues(library), background=BackgroundSetup(sync=sync)) as reader:
        await reader.pilot.press("S")
        await reader.wait_until(gate.reached.is_set)
        await reader.pilot.press("q")
    assert syncs[0].is_stopped.wait(MAX_WAIT)
    assert not ended.is_set()


async def test_an_error_is_shown_as_given(library: Library, script: SyncScript) -> None:
    script.errors = ("jack-clark.net does not answer. Try again later.",)
    async with run_reader(store_issues(library), background=script.background) as reader:
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.notices)
        assert reader.notices == ["jack-clark.net does not answer. Press S to try again later."]


async def test_a_failed_sync_shows_error_and_stored_issues(library: Library, script: SyncScript) -> None:
    def fail(_: ScriptedSync) -> None:
        raise SyncError("The archive is in use by another program. Try again in a moment.")

    script.steps = [store_step(*NEW_ISSUES), fail]
    async with run_reader(store_issues(library), background=script.background) as reader:
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.notices)
        assert reader.last_notice.startswith("The archive is in use")
        assert len(reader.screen.session.index.rows) == 5
        script.steps = []
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.last_notice == "No new issues")


async def test_the_back_catalogue_is_suggested_once(library: Library, script: SyncScript) -> None:
    script.missing = tuple(range(100, 121))
    async with run_reader(store_issues(library), background=script.background) as reader:
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.notices)
        assert reader.notices == ["No new issues. 21 older issues are missing; press B to download them."]
        await reader.pilot.press("S")
        await reader.wait_until(lambda: len(reader.notices) == 2)
        assert reader.last_notice == "No new issues"


async def test_frequent_progress_is_throttled(library: Library, script: SyncScript) -> None:
    script.steps = [progress_step(Progress("mirror", n, 20_000)) for n in range(1, 20_001)]
    async with run_reader(store_issues(library), background=script.background) as reader:
        shown: list[FooterContent] = []
        reader.app.watch(
            reader.screen.query_one(Footer), "footer_content", lambda content: shown.append(content), init=False
        )
        await reader.pilot.press("B")
        await reader.wait_until(lambda: reader.notices)
        assert len(shown) < 200


async def test_an_empty_archive_names_keys_and_shows_arrivals(library: Library, script: SyncScript) -> None:
    script.steps = [store_step(*NEW_ISSUES)]
    async with run_reader(library, background=script.background) as reader:
        assert "Press S to download the newest, B for all ten years." in reader.screen_text()
        assert reader.footer.startswith("  S download newest   B all")
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.notices)
        assert reader.open_story == ("14", 1)
        assert "A long story called new14" in reader.screen_text()
        await reader.advance_clock(600)
        assert not library.state.is_read("new14"), "the user has not opened it"
        await reader.press("enter")
        assert reader.screen.pane.name == "STORY"
        await reader.advance_clock(600)
        assert library.state.is_read("new14")


def open_guide(folder: Path) -> Library:
    """Return a library for the guide in a folder."""
    return store_issues(Library.open(Places.under(folder / "guide")))


@asynccontextmanager
async def run_first_start(
    script: SyncScript, folder: Path, *, size: tuple[int, int] = (140, 40)
) -> AsyncIterator[RunningReader]:
    """Run the reader on the guide, as it starts without issues."""
    background = script.background._replace(open_library=lambda: Library.open(script.places))
    reopen = partial(open_guide, folder)
    with reopen() as guide:
        async with run_reader(guide, guide=True, open_guide=reopen, background=background, size=size) as reader:
            yield reader


async def press_during_sync(reader: RunningReader, gate: Gate, key: str) -> None:
    """Start a sync, press a key while the sync waits at the gate, and let it end."""
    await reader.pilot.press("S")
    await reader.wait_until(gate.reached.is_set)
    await reader.pilot.press(key)
    gate.opened.set()
    await reader.wait_until(lambda: reader.notices)


async def test_the_first_sync_opens_the_newest_issue(library: Library, script: SyncScript, tmp_path: Path) -> None:
    script.steps = [store_step(*NEW_ISSUES), progress_step(Progress("substack", 2, new_issues=2))]
    async with run_first_start(script, tmp_path) as reader:
        assert reader.footer.startswith("  S download newest   B all   space page")
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.notices)
        assert reader.notices == ["Downloaded 2 issues. ctrl+g shows the guide again."]
        assert reader.open_story == ("14", 1)
        assert "guide" not in reader.screen_text().splitlines()[0]
        await reader.press("r", "q")
        assert reader.app._exit
    assert library.state.is_read("new14")


async def test_first_issues_open_while_others_come(script: SyncScript, tmp_path: Path) -> None:
    gate = Gate()
    progress = Progress("substack", 1, 480, new_issues=1)
    script.steps = [store_step(NEW_ISSUES[1]), progress_step(progress), gate, store_step(NEW_ISSUES[0])]
    async with run_first_start(script, tmp_path) as reader:
        await reader.pilot.press("B")
        await reader.wait_until(lambda: not reader.screen.session.guide and "1/480" in reader.screen_text())
        assert reader.open_story == ("14", 1)
        gate.opened.set()
        await reader.wait_until(lambda: reader.notices)
        assert [row.ref for row in reader.screen.session.index.rows] == ["14", "13"]


async def test_reading_on_in_the_guide_is_not_interrupted(script: SyncScript, tmp_path: Path) -> None:
    gate = Gate()
    script.steps = [gate, store_step(*NEW_ISSUES)]
    async with run_first_start(script, tmp_path) as reader:
        await press_during_sync(reader, gate, "space")
        assert reader.notices == ["Downloaded 2 issues. Press ctrl+g to read them."]
        assert reader.footer.startswith("  ctrl+g open your issues   space ")
        assert reader.screen.session.guide
        await reader.press("ctrl+g")
        assert reader.open_story == ("14", 1)


async def test_a_covered_guide_stays_after_a_sync(script: SyncScript, tmp_path: Path) -> None:
    gate = Gate()
    script.steps = [gate, store_step(*NEW_ISSUES)]
    async with run_first_start(script, tmp_path) as reader:
        await press_during_sync(reader, gate, "question_mark")
        assert reader.screen.session.guide
        await reader.press("escape")
        assert reader.footer.startswith("  ctrl+g open your issues")


@pytest.mark.parametrize("size", [(140, 45), (80, 24), (60, 20), (40, 12)])
async def test_every_size_names_the_sync_keys(script: SyncScript, tmp_path: Path, size: tuple[int, int]) -> None:
    async with run_first_start(script, tmp_path, size=size) as reader:
        assert reader.footer.startswith("  S download newest   B all   ")
        assert "? help" in reader.footer
        await reader.press("ctrl+g")
        assert reader.last_notice == "Guide hidden. ctrl+g brings it back any time."
        assert reader.footer.startswith("  S download newest   B all   ")
        assert "Press S to download" in reader.screen_text()
        await reader.press("ctrl+g")
        assert reader.footer.startswith("  S download newest   B all   ")


@dataclass
class FakeImport:
    """An import that stores two issues."""

    places: Places

    def run(self) -> ImportSummary:
        """Store the issues."""
        with Library.open(self.places) as library:
            store_issues(library, list(NEW_ISSUES))
        return ImportSummary("Imported 2 issues", 2)

    def stop(self) -> None:
        """Do nothing, because it ends at once."""


async def test_an_import_in_the_guide_opens_the_issues(places: Places, script: SyncScript, tmp_path: Path) -> None:
    background = script.background._replace(
        open_library=lambda: Library.open(places),
        import_files=lambda _paths, _progress: FakeImport(places),
    )
    with open_guide(tmp_path) as guide:
        async with run_reader(guide, guide=True, background=background) as reader:
            reader.app.jobs.import_files(["a.html"])
            await reader.wait_until(lambda: reader.notices)
            assert reader.notices == ["Imported 2 issues. ctrl+g shows the guide again."]
            assert reader.open_story == ("14", 1)


async def test_the_keys_of_the_first_sync_have_the_accent(script: SyncScript, tmp_path: Path) -> None:
    async with run_first_start(script, tmp_path) as reader:
        for _ in ("guide", "empty archive"):
            footer = reader.app.screen._compositor.render_strips()[-1]
            colours = {text: style.color.get_truecolor().hex for text, style, _ in footer if style and style.color}
            assert colours["download newest"] == reader.app.theme_variables["mark"].lower()
            assert colours["help"] != colours["download newest"]
            await reader.press("ctrl+g")


async def test_a_first_sync_over_an_empty_archive(library: Library, script: SyncScript, tmp_path: Path) -> None:
    script.steps = [store_step(*NEW_ISSUES)]
    reopen = partial(open_guide, tmp_path)
    async with run_reader(library, open_guide=reopen, background=script.background) as reader:
        await reader.press("ctrl+g")
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.notices and not reader.screen.session.guide)
        assert reader.open_story == ("14", 1)


async def test_offline_names_the_key(script: SyncScript, tmp_path: Path) -> None:
    script.errors = ("Can't reach jack-clark.net (DNS lookup failed). Are you offline?",)
    async with run_first_start(script, tmp_path) as reader:
        for key in "SB":
            await reader.pilot.press(key)
            await reader.wait_until(lambda: len(reader.notices) == "SB".index(key) + 1)  # noqa: B023
            assert reader.last_notice.endswith(f"(DNS lookup failed). Are you offline? {key} tries again.")


async def test_leaving_the_guide_returns_to_the_archive(library: Library, script: SyncScript, tmp_path: Path) -> None:
    script.steps = [store_step(*NEW_ISSUES)]
    reopen = partial(open_guide, tmp_path)
    async with run_reader(store_issues(library), "12/1", open_guide=reopen, background=script.background) as reader:
        await reader.press("ctrl+g")
        assert reader.footer.startswith("  q back to your issues")
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.notices)
        assert reader.notices == ["2 new issues"]
        assert reader.screen.session.guide
        await reader.press("q")
        assert reader.open_story == ("12", 1)
        await reader.wait_until(lambda: len(reader.screen.session.index.rows) == 5)


async def test_the_demo_fetches_nothing(library: Library) -> None:
    async with run_reader(store_issues(library), guide=True) as reader:
        for key in "SB":
            await reader.press(key)
            assert reader.last_notice == "Sync is off in demo mode. Start importai-tui without --demo."
        await reader.press("ctrl+g")
        assert reader.last_notice.startswith("The demo has only this guide.")


def set_last_sync(library: Library, days: float) -> Library:
    """Note in the archive that the last sync was so many days ago."""
    library.archive.save_source_note(SYNCED_AT, (TODAY - timedelta(days=days)).isoformat())
    return library


@pytest.mark.parametrize(("days", "full_flags"), [(8, [False]), (6, []), (-3650, [False])])
async def test_an_old_or_future_last_sync_starts_one(
    library: Library, script: SyncScript, days: int, full_flags: list[bool]
) -> None:
    background = script.background._replace(sync_after=timedelta(days=7))
    script.steps = [store_step(*NEW_ISSUES)]
    async with run_reader(set_last_sync(store_issues(library), days), background=background) as reader:
        await reader.press()
        await reader.wait_until(lambda: bool(reader.notices) is bool(full_flags))
        assert script.full_flags == full_flags
        assert reader.notices == ["2 new issues"] * len(full_flags)


async def test_no_sync_starts_without_setting_or_first_sync(library: Library, script: SyncScript) -> None:
    async with run_reader(set_last_sync(store_issues(library), 300), background=script.background):
        pass
    library.archive.save_source_note(SYNCED_AT, "")
    async with run_reader(library, background=script.background._replace(sync_after=timedelta(days=7))):
        pass
    assert not script.full_flags


async def test_an_automatic_sync_without_news_shows_no_notice(library: Library, script: SyncScript) -> None:
    background = script.background._replace(sync_after=timedelta(days=7))
    async with run_reader(set_last_sync(store_issues(library), 8), background=background) as reader:
        await reader.wait_until(lambda: script.full_flags and "checking" not in reader.footer)
        assert not reader.notices


async def test_an_automatic_sync_shows_offline_in_the_footer(library: Library, script: SyncScript) -> None:
    script.errors, script.offline = ("No network reaches importai.substack.com.",), True
    background = script.background._replace(sync_after=timedelta(days=7))
    async with run_reader(set_last_sync(store_issues(library), 8), background=background, size=(80, 24)) as reader:
        await reader.wait_until(lambda: reader.footer.endswith("offline"))
        assert not reader.notices
        await reader.pilot.press("S")
        await reader.wait_until(lambda: reader.notices)
        assert reader.notices == ["No network reaches importai.substack.com."]
        assert "offline" not in reader.footer


class FakeRebuild:
    """A rebuild that reports progress and then waits for the test."""

    def __init__(self) -> None:
        self.gate = Gate()

    def __call__(self, on_progress: OnProgress) -> FakeRebuild:
        """Return itself as the job, as the factory of the app."""
        self.on_progress = on_progress
        return self

    def run(self) -> int:
        """Report progress, wait, and return a count."""
        self.on_progress(Progress("", 12, 480))
        self.gate.opened.wait(MAX_WAIT)
        return 12

    def stop(self) -> None:
        """End the job."""
        self.gate.opened.set()


async def test_a_rebuild_runs_before_the_sync_with_a_note(library: Library, script: SyncScript) -> None:
    fake = FakeRebuild()
    background = script.background._replace(rebuild=fake, sync_after=timedelta(days=7))
    async with run_reader(set_last_sync(store_issues(library), 8), background=background) as reader:
        await reader.wait_until(lambda: reader.footer.endswith("updating issues 12/480"))
        assert "space page" in reader.footer
        assert not script.full_flags
        fake.gate.opened.set()
        await reader.wait_until(lambda: script.full_flags)
        assert not reader.notices


async def test_after_a_rebuild_a_manual_sync_replaces_the_automatic(library: Library, script: SyncScript) -> None:
    fake = FakeRebuild()
    background = script.background._replace(rebuild=fake, sync_after=timedelta(days=7))
    async with run_reader(set_last_sync(store_issues(library), 8), background=background) as reader:
        await reader.wait_until(lambda: "updating issues" in reader.footer)
        await reader.pilot.press("S")
        assert reader.last_notice == "Please wait: updating the stored issues first"
        assert not script.full_flags
        fake.gate.opened.set()
        await reader.wait_until(lambda: "No new issues" in reader.notices)
        assert script.full_flags == [False]


async def test_no_job_runs_before_the_first_story_shows(library: Library) -> None:
    screens: list[str] = []

    def rebuild(_: OnProgress) -> FakeRebuild:
        screens.append(read_screen())
        fake = FakeRebuild()
        fake.on_progress = lambda _: None
        fake.stop()
        return fake

    def read_screen() -> str:
        from textual._context import active_app

        strips = active_app.get().screen._compositor.render_strips()
        return "\n".join(strip.text for strip in strips)

    async with run_reader(store_issues(library), background=BackgroundSetup(rebuild=rebuild)) as reader:
        await reader.wait_until(lambda: screens)
    assert "Machines learn to count rivers" in screens[0]


ISSUE = IssueRow("1", 1, "i1", "One", None, None, 1, 1, 1)


def make_report(
    new: int = 0, updated: int = 0, *, stopped: bool = False, missing: int = 0, error: str = ""
) -> SyncReport:
    source = SourceReport("substack", new=(ISSUE,) * new, updated=(ISSUE,) * updated, error=error or None)
    return SyncReport((source,), tuple(range(missing)), stopped)


@pytest.mark.parametrize(
    ("done", "words"),
    [
        (make_report(3), "3 new issues"),
        (make_report(1), "1 new issue"),
        (make_report(), "No new issues"),
        (make_report(0, 1), "1 issue updated"),
        (make_report(2, 2), "2 new issues, 2 updated"),
        (make_report(120, stopped=True), "Stopped, 120 new issues. S continues the download."),
        (make_report(1, stopped=True), "Stopped, 1 new issue. S continues the download."),
        (make_report(stopped=True), "Stopped. S continues the download."),
        (make_report(error="No."), ""),
        (make_report(1, error="No."), "1 new issue"),
        (make_report(missing=20), "No new issues"),
        (make_report(missing=21), "No new issues. 21 older issues are missing; press B to download them."),
        (make_report(missing=21, stopped=True), "Stopped. S continues the download."),
    ],
)
def test_the_result_of_a_sync_is_one_line(done: SyncReport, words: str) -> None:
    assert format_summary(done, JobKind.NEW_ISSUES, hint=True) == words


def test_the_guide_names_the_key_to_the_issues() -> None:
    advice = "Press ctrl+g to read them"
    assert format_summary(make_report(20), JobKind.NEW_ISSUES, advice=advice) == f"Downloaded 20 issues. {advice}."
    assert format_summary(make_report(1, stopped=True), JobKind.BACKFILL, advice=advice) == (
        f"Stopped after downloading 1 issue. {advice}. B continues the download."
    )
    assert format_summary(make_report(), JobKind.NEW_ISSUES, advice=advice) == "No new issues"


def test_a_gap_behind_the_feed_is_reported() -> None:
    assert (
        format_summary(make_report(5)._replace(searched_numbers=(11, 12, 13)), JobKind.NEW_ISSUES)
        == "5 new issues, 3 older than the feed"
    )
    assert (
        format_summary(make_report(1)._replace(searched_numbers=(11,)), JobKind.AUTO_SYNC)
        == "1 new issue, 1 older than the feed"
    )
    assert format_summary(make_report()._replace(searched_numbers=(11,)), JobKind.NEW_ISSUES) == "No new issues"


def test_a_backfill_does_not_suggest_another() -> None:
    assert format_summary(make_report(missing=300), JobKind.BACKFILL, hint=True) == "No new issues"


def test_an_automatic_sync_reports_only_new_issues() -> None:
    assert format_summary(make_report(), JobKind.AUTO_SYNC) == ""
    assert format_summary(make_report(3), JobKind.AUTO_SYNC) == "3 new issues"
    offline = SyncReport(
        (SourceReport("substack", error="No network.", is_offline=True), SourceReport("b", error="Bad."))
    )
    assert error_messages(offline, JobKind.AUTO_SYNC) == ("Bad.",)
    assert error_messages(offline, JobKind.NEW_ISSUES) == ("No network.", "Bad.")
    after = offline._replace(after_problem="It failed.")
    assert error_messages(after, JobKind.AUTO_SYNC) == ("Bad.", "It failed.")
    assert error_messages(after, JobKind.BACKFILL) == ("No network.", "Bad.", "It failed.")


def test_remarks_are_shown_after_a_manual_sync() -> None:
    replaced = SourceReport("substack", error="No.", replaced_by="b", remarks=("b was asked.",), skipped_posts=2)
    done = SyncReport((replaced, SourceReport("b", new=(ISSUE,))))
    assert error_messages(done, JobKind.AUTO_SYNC) == ()
    assert error_messages(done, JobKind.NEW_ISSUES) == ("b was asked.",)
    assert error_messages(done, JobKind.BACKFILL) == (
        "b was asked.",
        "Skipped 2 posts that are not issues.",
    )
    assert format_summary(done._replace(sources=(replaced,)), JobKind.NEW_ISSUES) == "No new issues"


def test_a_refusal_names_the_setting() -> None:
    refused = SyncReport((SourceReport("substack", error="No.", alternative="mirror"),))
    _, way = error_messages(refused, JobKind.NEW_ISSUES)
    assert way == 'The source "mirror" has the same issues: add it to sync.sources in config.toml.'


def test_a_summary_names_the_key_in_force() -> None:
    done = make_report(missing=30)
    assert format_summary(done, JobKind.NEW_ISSUES, hint=True, with_key=lambda _, words: f"f5 {words}").endswith(
        "30 older issues are missing; press f5 to download them."
    )
    assert format_summary(done, JobKind.NEW_ISSUES, hint=True, with_key=lambda *_: "").endswith(
        "30 older issues are missing."
    )


def test_an_error_names_the_key_of_sync() -> None:
    busy = SyncReport((SourceReport("b", error="b asks for a pause of 2 h. Try again after 10:11 UTC."),))
    expected = "b asks for a pause of 2 h. Press {} to try again after 10:11 UTC."
    assert error_messages(busy, JobKind.NEW_ISSUES) == (expected.format("S"),)
    assert error_messages(busy, JobKind.AUTO_SYNC) == (expected.format("S"),)
    assert error_messages(busy, JobKind.BACKFILL, with_key=lambda id, words: f"{id} {words}") == (
        expected.format("sync.all"),
    )
    assert error_messages(busy, JobKind.NEW_ISSUES, with_key=lambda *_: "") == tuple(busy.errors)
