from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len

from importai_tui.library.rows import IssueRow
from importai_tui.sync.progress import Progress, SourceReport, SyncReport
from importai_tui.tui.background_jobs import error_messages, format_summary
from importai_tui.tui.job_status import JobKind, JobStatus, describe_job
from importai_tui.tui.widgets.footer import FooterContent, Hint, Key, draw_hints, draw_progress

PROGRESS = Progress("mirror", 123, 480, "Import AI 356: Machines count rivers in 河川 and elsewhere", 123, 4.2, 85.4)
STOP, HELP = Key("S", "stop", "sync"), Key("?", "help", "help")
HEAD = IssueRow("1", 1, "i1", "One", None, None, 1, 1, 1)


def drawn(width: int, progress: Progress = PROGRESS) -> str:
    return draw_progress(progress, width, stop=STOP, help=HELP).plain


def test_a_wide_line_tells_all_there_is_to_tell() -> None:
    assert drawn(100) == (
        "  S stop   ━━━━━───────────────  123/480   Import AI 356: Machines cou…   4/s   1:25 left   ? help"
    )


def test_the_rate_gives_way_first_then_the_title() -> None:
    assert drawn(80) == "  S stop   ━━━━────────────  123/480   Import AI 356: Ma…   1:25 left   ? help"
    assert drawn(60) == "  S stop   ━━━─────────  123/480   1:25 left   ? help"
    assert drawn(40) == "  S stop   ━━━─────────  123/480"
    assert drawn(24) == "  S stop   123/480"


@pytest.mark.parametrize("width", [0, 1, 5, 12, 20, 30, 40, 50, 60, 70, 80, 90, 100, 120, 200])
@pytest.mark.parametrize("note", ["", "jack-clark.net asks to wait 30 s"])
def test_the_line_is_never_wider_than_its_room(width: int, note: str) -> None:
    for progress in (PROGRESS, Progress("mirror"), replace(PROGRESS, done=9999, total=5), replace(PROGRESS, total=0)):
        assert cell_len(drawn(width, replace(progress, note=note))) <= width


def test_why_it_waits_stands_in_the_place_of_the_title_and_goes_before_the_bar() -> None:
    waiting = replace(PROGRESS, note="jack-clark.net asks to wait 30 s")
    assert "jack-clark.net asks to wait 30 s" in drawn(120, waiting)
    assert "jack-clark.net asks to wait 30 s" in drawn(80, waiting)
    assert drawn(40, waiting) == "  S stop   123/480   jack-clark.net a…"


def test_a_source_that_does_not_say_how_many_there_are_has_no_bar() -> None:
    line = drawn(80, Progress("mirror", 7, None, "Import AI 3: Old things"))
    assert line.startswith("  S stop   7   Import AI 3: Old things")
    assert "━" not in line


def test_the_bar_is_full_only_when_all_is_done() -> None:
    assert "━━━━━━━━━━━━━━━━━━━━  480/480" in drawn(120, replace(PROGRESS, done=480))
    assert "━━━━━━━━━━━━━━━━━━━─  479/480" in drawn(120, replace(PROGRESS, done=479))
    assert "────────────────────  1/480" in drawn(120, replace(PROGRESS, done=1))


def test_slow_runs_are_told_by_the_minute_and_long_ones_by_the_hour() -> None:
    slow = drawn(120, replace(PROGRESS, rate=0.5, seconds_left=3725))
    assert "30/min" in slow
    assert "1:02:05 left" in slow


def test_the_stopping_key_can_be_clicked() -> None:
    line = draw_progress(PROGRESS, 120, stop=STOP, help=HELP)
    clicks = [style for _, _, style in line.spans if not isinstance(style, str)]
    assert {str(style.meta["@click"][0]) for style in clicks} == {"screen.sync", "screen.help"}


@pytest.mark.parametrize(
    ("stop", "help", "line"),
    [
        (Key("f10", "stop", "sync"), Key("f9", "help", "help"), "  f10 stop   123/480"),
        (None, HELP, "  123/480"),
        (None, None, "  123/480"),
    ],
)
def test_the_line_tells_the_keys_that_hold_and_none_where_there_is_none(
    stop: Key | None, help: Key | None, line: str
) -> None:
    assert draw_progress(PROGRESS, 24, stop=stop, help=help).plain == line
    for width in range(121):
        wide = draw_progress(PROGRESS, width, stop=stop, help=help).plain
        assert cell_len(wide) <= width
    assert wide.endswith(f"   {help.key} help") if help else wide.endswith("left")


def test_a_title_is_never_markup_and_never_a_command_to_the_terminal() -> None:
    line = drawn(120, replace(PROGRESS, title="[AI] [/b]\x1b]0;title\x07 safety"))
    assert "[AI] [/b] safety" in line


HINTS = (Hint("space", "page", "x"), Hint("n", "next unread", "x"), Hint("?", "help", "help"))


def test_hints_make_room_for_what_goes_on_but_not_for_a_note() -> None:
    noted = draw_hints(FooterContent(HINTS, "a quiet note"), 40).plain
    assert noted == "  space page   n next unread   ? help"
    told = draw_hints(FooterContent(HINTS, "a quiet note", JobStatus(text="asking substack…")), 40).plain
    assert told == "  ? help              asking substack…"


@pytest.mark.parametrize("width", range(0, 50, 3))
def test_what_goes_on_fits_at_any_width(width: int) -> None:
    told = draw_hints(FooterContent(HINTS, "", JobStatus(text="bringing 480 issues up to date 12/480")), width).plain
    assert cell_len(told) <= max(width, 10)


def test_a_run_with_an_end_in_sight_has_a_bar_and_a_short_one_a_few_words() -> None:
    assert describe_job(JobKind.NEW_ISSUES, Progress("substack")) == JobStatus(text="asking substack…")
    assert describe_job(JobKind.NEW_ISSUES, Progress("substack", new_issues=3)) == JobStatus(text="3 new")
    assert describe_job(JobKind.NEW_ISSUES, Progress("substack", new_issues=3, note="wait")) == JobStatus(text="wait")
    assert describe_job(JobKind.NEW_ISSUES, PROGRESS) == JobStatus(progress=PROGRESS)
    assert describe_job(JobKind.BACKFILL, Progress("mirror")).progress == Progress("mirror", title="asking mirror…")


def test_a_rebuild_is_not_spoken_of_before_there_is_one() -> None:
    assert describe_job(JobKind.REBUILD, Progress("")) == JobStatus()
    assert describe_job(JobKind.REBUILD, Progress("", 1, 2)) == JobStatus(text="bringing 2 issues up to date 1/2")


def test_a_run_that_is_being_stopped_says_so() -> None:
    assert describe_job(JobKind.NEW_ISSUES, Progress("substack", new_issues=3), stopping=True) == JobStatus(
        text="stopping…"
    )
    bar = describe_job(JobKind.BACKFILL, PROGRESS, stopping=True).progress
    assert bar
    assert "stopping…" in drawn(80, bar)


def report(new: int = 0, updated: int = 0, *, stopped: bool = False, missing: int = 0, error: str = "") -> SyncReport:
    source = SourceReport("substack", new=(HEAD,) * new, updated=(HEAD,) * updated, error=error or None)
    return SyncReport((source,), tuple(range(missing)), stopped)


@pytest.mark.parametrize(
    ("done", "words"),
    [
        (report(3), "3 new issues."),
        (report(1), "1 new issue."),
        (report(), "Nothing new."),
        (report(0, 1), "1 issue was edited."),
        (report(2, 2), "2 new issues. 2 issues were edited."),
        (report(120, stopped=True), "Stopped. 120 new issues are here."),
        (report(1, stopped=True), "Stopped. 1 new issue is here."),
        (report(stopped=True), "Stopped."),
        (report(error="No."), ""),
        (report(1, error="No."), "1 new issue."),
        (report(missing=20), "Nothing new."),
        (report(missing=21), "Nothing new. 21 are missing: B brings in the whole back catalogue."),
        (report(missing=21, stopped=True), "Stopped."),
    ],
)
def test_what_came_of_a_sync_is_one_line(done: SyncReport, words: str) -> None:
    assert format_summary(done, JobKind.NEW_ISSUES, hint=True) == words


def test_in_the_guide_the_way_to_the_issues_is_told() -> None:
    assert format_summary(report(20), JobKind.NEW_ISSUES, guide=True) == "20 issues are here: ctrl+g goes to them."
    assert format_summary(report(1, stopped=True), JobKind.BACKFILL, guide=True) == (
        "Stopped. 1 issue is here: ctrl+g goes to it."
    )
    assert format_summary(report(), JobKind.NEW_ISSUES, guide=True) == "Nothing new."


def test_what_was_missing_behind_the_feed_is_told() -> None:
    assert (
        format_summary(replace(report(5), searched_numbers=(11, 12, 13)), JobKind.NEW_ISSUES)
        == "5 new issues. 3 were missing behind the feed."
    )
    assert (
        format_summary(replace(report(1), searched_numbers=(11,)), JobKind.AUTO_SYNC)
        == "1 new issue. 1 was missing behind the feed."
    )
    assert format_summary(replace(report(), searched_numbers=(11,)), JobKind.NEW_ISSUES) == "Nothing new."


def test_the_back_catalogue_is_not_named_to_one_who_has_just_fetched_it() -> None:
    assert format_summary(report(missing=300), JobKind.BACKFILL, hint=True) == "Nothing new."


def test_who_has_not_asked_hears_of_new_issues_alone() -> None:
    assert format_summary(report(), JobKind.AUTO_SYNC) == ""
    assert format_summary(report(3), JobKind.AUTO_SYNC) == "3 new issues."
    offline = SyncReport(
        (SourceReport("substack", error="No network.", is_offline=True), SourceReport("b", error="Bad."))
    )
    assert error_messages(offline, JobKind.AUTO_SYNC) == ("Bad.",)
    assert error_messages(offline, JobKind.NEW_ISSUES) == ("No network.", "Bad.")


def test_remarks_are_shown_to_a_user_who_asked() -> None:
    replaced = SourceReport("substack", error="No.", replaced_by="b", remarks=("b was asked.",), skipped_posts=2)
    done = SyncReport((replaced, SourceReport("b", new=(HEAD,))))
    assert error_messages(done, JobKind.AUTO_SYNC) == ()
    assert error_messages(done, JobKind.NEW_ISSUES) == ("b was asked.",)
    assert error_messages(done, JobKind.BACKFILL) == (
        "b was asked.",
        "2 posts passed over: no issue of the newsletter.",
    )
    assert format_summary(replace(done, sources=(replaced,)), JobKind.NEW_ISSUES) == "Nothing new."


def test_a_refusal_names_the_setting_and_no_command() -> None:
    refused = SyncReport((SourceReport("substack", error="No.", alternative="mirror"),))
    _, way = error_messages(refused, JobKind.NEW_ISSUES)
    assert way == 'The same issues come from mirror: add "mirror" to sync.sources in config.toml.'


def test_a_line_names_the_key_that_is_set_or_none() -> None:
    done = report(missing=30)
    assert format_summary(done, JobKind.NEW_ISSUES, hint=True, with_key=lambda _, words: f"f5 {words}").endswith(
        "30 are missing: f5 brings in the whole back catalogue."
    )
    assert format_summary(done, JobKind.NEW_ISSUES, hint=True, with_key=lambda *_: "").endswith("30 are missing.")
    assert format_summary(report(2), JobKind.NEW_ISSUES, guide=True, with_key=lambda *_: "") == "2 issues are here."


def test_an_error_names_the_key_that_syncs_again() -> None:
    busy = SyncReport((SourceReport("b", error="b asks for a pause of 2 h: run the sync again after 10:11 UTC."),))
    asked = "b asks for a pause of 2 h: press {} again after 10:11 UTC."
    assert error_messages(busy, JobKind.NEW_ISSUES) == (asked.format("S"),)
    assert error_messages(busy, JobKind.AUTO_SYNC) == (asked.format("S"),)
    assert error_messages(busy, JobKind.BACKFILL, with_key=lambda id, words: f"{id} {words}") == (
        asked.format("sync.all"),
    )
    assert error_messages(busy, JobKind.NEW_ISSUES, with_key=lambda *_: "") == tuple(busy.errors)
