"""The footer: hints, and the progress of a job."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from importai_tui.keymap import commands_with_keys, effective_keys
from importai_tui.sync.progress import Progress
from importai_tui.tui.job_status import JobStatus
from importai_tui.tui.widgets.footer import FooterContent, Hint, draw_hints, draw_progress, format_first_key, make_hints

PROGRESS = Progress("mirror", 123, 480, "Import AI 356: Machines count rivers in 河川 and elsewhere", 123, 4.2, 85.4)

STOP, HELP = Hint("S", "stop", "sync"), Hint("?", "help", "help")


def draw_line(width: int, progress: Progress = PROGRESS) -> str:
    return draw_progress(progress, width, stop=STOP, help=HELP).plain


def test_a_wide_line_shows_everything() -> None:
    assert draw_line(100) == (
        "  S stop   ━━━━━───────────────  123/480   Import AI 356: Machines cou…   4/s   1:25 left   ? help"
    )


def test_the_rate_goes_first_then_the_title() -> None:
    assert draw_line(80) == "  S stop   ━━━━────────────  123/480   Import AI 356: Ma…   1:25 left   ? help"
    assert draw_line(60) == "  S stop   ━━━─────────  123/480   1:25 left   ? help"
    assert draw_line(40) == "  S stop   ━━━─────────  123/480"
    assert draw_line(24) == "  S stop   123/480"


@pytest.mark.parametrize("width", [0, 1, 5, 12, 20, 30, 40, 50, 60, 70, 80, 90, 100, 120, 200])
@pytest.mark.parametrize("note", ["", "jack-clark.net asks to wait 30 s"])
def test_the_progress_line_fits_any_width(width: int, note: str) -> None:
    for progress in (PROGRESS, Progress("mirror"), PROGRESS._replace(done=9999, total=5), PROGRESS._replace(total=0)):
        assert cell_len(draw_line(width, progress._replace(note=note))) <= width


def test_the_reason_for_waiting_replaces_the_title() -> None:
    waiting = PROGRESS._replace(note="jack-clark.net asks to wait 30 s")
    assert "jack-clark.net asks to wait 30 s" in draw_line(120, waiting)
    assert "jack-clark.net asks to wait 30 s" in draw_line(80, waiting)
    assert draw_line(40, waiting) == "  S stop   123/480   jack-clark.net a…"


def test_an_unknown_total_has_no_bar() -> None:
    line = draw_line(80, Progress("mirror", 7, None, "Import AI 3: Old things"))
    assert line.startswith("  S stop   7   Import AI 3: Old things")
    assert "━" not in line


def test_the_bar_is_full_only_at_the_end() -> None:
    assert "━━━━━━━━━━━━━━━━━━━━  480/480" in draw_line(120, PROGRESS._replace(done=480))
    assert "━━━━━━━━━━━━━━━━━━━─  479/480" in draw_line(120, PROGRESS._replace(done=479))
    assert "────────────────────  1/480" in draw_line(120, PROGRESS._replace(done=1))


def test_slow_rates_and_long_times_change_units() -> None:
    slow = draw_line(120, PROGRESS._replace(rate=0.5, seconds_left=3725))
    assert "30/min" in slow
    assert "1:02:05 left" in slow


def test_the_stop_key_can_be_clicked() -> None:
    line = draw_progress(PROGRESS, 120, stop=STOP, help=HELP)
    clicks = [style for _, _, style in line.spans if not isinstance(style, str)]
    assert {str(style.meta["@click"][0]) for style in clicks} == {"screen.sync", "screen.help"}


@pytest.mark.parametrize(
    ("stop", "help", "line"),
    [
        (Hint("f10", "stop", "sync"), Hint("f9", "help", "help"), "  f10 stop   123/480"),
        (None, HELP, "  123/480"),
        (None, None, "  123/480"),
    ],
)
def test_the_progress_line_shows_the_keys_in_force(stop: Hint | None, help: Hint | None, line: str) -> None:
    assert draw_progress(PROGRESS, 24, stop=stop, help=help).plain == line
    for width in range(121):
        wide = draw_progress(PROGRESS, width, stop=stop, help=help).plain
        assert cell_len(wide) <= width
    assert wide.endswith(f"   {help.key} help") if help else wide.endswith("left")


def test_a_title_is_shown_as_clean_text() -> None:
    line = draw_line(120, PROGRESS._replace(title="[AI] [/b]\x1b]0;title\x07 safety"))
    assert "[AI] [/b] safety" in line


HINTS = (Hint("space", "page", "x"), Hint("n", "next unread", "x"), Hint("?", "help", "help"))


def test_hints_give_way_to_jobs_but_not_notes() -> None:
    with_note = draw_hints(FooterContent(HINTS, "a quiet note"), 40).plain
    assert with_note == "  space page   n next unread   ? help"
    with_job = draw_hints(FooterContent(HINTS, "a quiet note", JobStatus(text="asking substack…")), 40).plain
    assert with_job == "  ? help              asking substack…"


@pytest.mark.parametrize("width", range(0, 50, 3))
def test_a_job_text_fits_any_width(width: int) -> None:
    with_job = draw_hints(
        FooterContent(HINTS, "", JobStatus(text="bringing 480 issues up to date 12/480")), width
    ).plain
    assert cell_len(with_job) <= max(width, 10)


@pytest.mark.parametrize("width", [16, 40, 60, 80, 140])
def test_at_most_six_hints_fit_with_help_among_them(width: int) -> None:
    hints = (*(Hint(str(n), "does something", "x") for n in range(5)), Hint("?", "help", "help"))
    line = draw_hints(FooterContent(hints, "a note"), width).plain
    assert cell_len(line) <= width
    assert "? help" in line


WITH_WAY_OUT = (
    Hint("enter", "go to story", "choose"),
    Hint("ctrl+s", "star", "star"),
    Hint("esc", "back", "leave"),
    Hint("f1", "help", "help"),
)


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (60, "enter go to story   ctrl+s star   esc back   f1 help"),
        (50, "enter go to story   esc back   f1 help"),
        (30, "esc back   f1 help"),
        (16, "esc back"),
    ],
)
def test_the_way_out_is_the_last_to_go(width: int, line: str) -> None:
    assert draw_hints(FooterContent(WITH_WAY_OUT), width).plain.strip() == line


def test_the_way_out_stays_beside_long_news() -> None:
    with_job = draw_hints(FooterContent(WITH_WAY_OUT, job=JobStatus(text="480 issues are " * 9)), 40).plain
    assert with_job.startswith("  esc back   480 issues")
    assert cell_len(with_job) <= 40


def test_a_hint_shows_the_first_key_in_force() -> None:
    expected = commands_with_keys(effective_keys("newsboat", {"back": ("f7", "escape"), "help": ("escape",)}))
    wanted = ("story.previous_unread", "before"), ("thread.later", "mentioned in"), ("help", "help")
    assert [(hint.key, hint.action) for hint in make_hints(expected, *wanted)] == [
        ("p", "previous_unread"),
        ("X", "mentioned_in"),
        ("esc", "help"),
    ]
    without = commands_with_keys(effective_keys("", {"thread.later": ()}))
    assert [hint.key for hint in make_hints(without, *wanted)] == ["N", "?"]
    assert (format_first_key(expected, "back"), format_first_key(without, "thread.later")) == ("f7", "")
