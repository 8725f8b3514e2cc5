from __future__ import annotations

from dataclasses import replace

import pytest
from rich.cells import cell_len

from importai_tui.library.rows import IssueHead
from importai_tui.sync.progress import Progress, Report, SourceReport
from importai_tui.tui.background_jobs import complaints, said
from importai_tui.tui.job_status import Errand, Underway, underway
from importai_tui.tui.widgets.footer import Advice, Hint, Key, draw_hints, draw_progress

PROGRESS = Progress("mirror", 123, 480, "Import AI 356: Machines count rivers in 河川 and elsewhere", 123, 4.2, 85.4)
STOP, HELP = Key("S", "stop", "sync"), Key("?", "help", "help")
HEAD = IssueHead("1", 1, "i1", "One", None, None, 1, 1, 1)


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
    noted = draw_hints(Advice(HINTS, "a quiet note"), 40).plain
    assert noted == "  space page   n next unread   ? help"
    told = draw_hints(Advice(HINTS, "a quiet note", Underway(news="asking substack…")), 40).plain
    assert told == "  ? help              asking substack…"


@pytest.mark.parametrize("width", range(0, 50, 3))
def test_what_goes_on_fits_at_any_width(width: int) -> None:
    told = draw_hints(Advice(HINTS, "", Underway(news="bringing 480 issues up to date 12/480")), width).plain
    assert cell_len(told) <= max(width, 10)


def test_a_run_with_an_end_in_sight_has_a_bar_and_a_short_one_a_few_words() -> None:
    assert underway(Errand.NEWS, Progress("substack")) == Underway(news="asking substack…")
    assert underway(Errand.NEWS, Progress("substack", new=3)) == Underway(news="3 new")
    assert underway(Errand.NEWS, Progress("substack", new=3, note="wait")) == Underway(news="wait")
    assert underway(Errand.NEWS, PROGRESS) == Underway(progress=PROGRESS)
    assert underway(Errand.CATALOGUE, Progress("mirror")).progress == Progress("mirror", title="asking mirror…")


def test_a_rebuild_is_not_spoken_of_before_there_is_one() -> None:
    assert underway(Errand.REBUILD, Progress("")) == Underway()
    assert underway(Errand.REBUILD, Progress("", 1, 2)) == Underway(news="bringing 2 issues up to date 1/2")


def test_a_run_that_is_being_stopped_says_so() -> None:
    assert underway(Errand.NEWS, Progress("substack", new=3), stopping=True) == Underway(news="stopping…")
    bar = underway(Errand.CATALOGUE, PROGRESS, stopping=True).progress
    assert bar
    assert "stopping…" in drawn(80, bar)


def report(new: int = 0, updated: int = 0, *, stopped: bool = False, missing: int = 0, error: str = "") -> Report:
    source = SourceReport("substack", new=(HEAD,) * new, updated=(HEAD,) * updated, error=error or None)
    return Report((source,), tuple(range(missing)), stopped)


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
def test_what_came_of_a_sync_is_one_line(done: Report, words: str) -> None:
    assert said(done, Errand.NEWS, hint=True) == words


def test_in_the_guide_the_way_to_the_issues_is_told() -> None:
    assert said(report(20), Errand.NEWS, guide=True) == "20 issues are here: ctrl+g goes to them."
    assert said(report(1, stopped=True), Errand.CATALOGUE, guide=True) == (
        "Stopped. 1 issue is here: ctrl+g goes to it."
    )
    assert said(report(), Errand.NEWS, guide=True) == "Nothing new."


def test_what_was_missing_behind_the_feed_is_told() -> None:
    assert said(replace(report(5), gap=(11, 12, 13)), Errand.NEWS) == "5 new issues. 3 were missing behind the feed."
    assert said(replace(report(1), gap=(11,)), Errand.AT_START) == "1 new issue. 1 was missing behind the feed."
    assert said(replace(report(), gap=(11,)), Errand.NEWS) == "Nothing new."


def test_the_back_catalogue_is_not_named_to_one_who_has_just_fetched_it() -> None:
    assert said(report(missing=300), Errand.CATALOGUE, hint=True) == "Nothing new."


def test_who_has_not_asked_hears_of_new_issues_alone() -> None:
    assert said(report(), Errand.AT_START) == ""
    assert said(report(3), Errand.AT_START) == "3 new issues."
    offline = Report((SourceReport("substack", error="No network.", offline=True), SourceReport("b", error="Bad.")))
    assert complaints(offline, Errand.AT_START) == ("Bad.",)
    assert complaints(offline, Errand.NEWS) == ("No network.", "Bad.")


def test_remarks_are_shown_to_a_user_who_asked() -> None:
    replaced = SourceReport("substack", error="No.", replaced_by="b", remarks=("b was asked.",), passed_over=2)
    done = Report((replaced, SourceReport("b", new=(HEAD,))))
    assert complaints(done, Errand.AT_START) == ()
    assert complaints(done, Errand.NEWS) == ("b was asked.",)
    assert complaints(done, Errand.CATALOGUE) == (
        "b was asked.",
        "2 posts passed over: no issue of the newsletter.",
    )
    assert said(replace(done, sources=(replaced,)), Errand.NEWS) == "Nothing new."


def test_a_refusal_names_the_setting_and_no_command() -> None:
    refused = Report((SourceReport("substack", error="No.", alternative="mirror"),))
    _, way = complaints(refused, Errand.NEWS)
    assert way == 'The same issues come from mirror: add "mirror" to sync.sources in config.toml.'


def test_a_line_names_the_key_that_is_set_or_none() -> None:
    done = report(missing=30)
    assert said(done, Errand.NEWS, hint=True, with_key=lambda _, words: f"f5 {words}").endswith(
        "30 are missing: f5 brings in the whole back catalogue."
    )
    assert said(done, Errand.NEWS, hint=True, with_key=lambda *_: "").endswith("30 are missing.")
    assert said(report(2), Errand.NEWS, guide=True, with_key=lambda *_: "") == "2 issues are here."


def test_an_error_names_the_key_that_syncs_again() -> None:
    busy = Report((SourceReport("b", error="b asks for a pause of 2 h: run the sync again after 10:11 UTC."),))
    asked = "b asks for a pause of 2 h: press {} again after 10:11 UTC."
    assert complaints(busy, Errand.NEWS) == (asked.format("S"),)
    assert complaints(busy, Errand.AT_START) == (asked.format("S"),)
    assert complaints(busy, Errand.CATALOGUE, with_key=lambda id, words: f"{id} {words}") == (asked.format("sync.all"),)
    assert complaints(busy, Errand.NEWS, with_key=lambda *_: "") == tuple(busy.errors)
