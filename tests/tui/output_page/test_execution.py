"""The state of a run in words, and its output as blocks."""

from __future__ import annotations

from itertools import chain, repeat

import pytest

from importai_tui.config.user_commands import UserCommand
from importai_tui.tui.output_page.execution import Execution
from importai_tui.tui.output_page.page import MAX_CHARACTERS, MAX_LINES, render_output
from importai_tui.user_commands.prepare import PreparedCommand
from importai_tui.user_commands.run import CommandResult, CommandRun

STOPPED, FAILED = (
    CommandResult(is_stopped=True),
    CommandResult("out", 3, "why\noh no", problem="x failed with status 3"),
)


def make_execution(result: CommandResult | None = None, *, seconds: float = 0.0) -> Execution:
    """Return a run that took that long, and still runs without a result."""
    run = CommandRun(PreparedCommand("x", ("x",), None))
    clock = iter(chain([0.0], repeat(seconds)))
    execution = Execution(UserCommand("x", ("x",)), "12/1", None, run, lambda: next(clock))
    if result:
        execution.finish(result)
    return execution


@pytest.mark.parametrize(
    ("result", "seconds", "state", "time"),
    [
        (None, 3.9, "running, 3 s", "3 s"),
        (None, 185, "running, 3 min 5 s", "3 min 5 s"),
        (CommandResult("out"), 12, "finished", "12 s"),
        (STOPPED, 0, "stopped", "0 s"),
        (FAILED, 61, "failed", "1 min 1 s"),
    ],
)
def test_the_state_is_in_words(result: CommandResult | None, seconds: float, state: str, time: str) -> None:
    execution = make_execution(result, seconds=seconds)
    assert (execution.state, execution.time) == (state, time)
    execution.run.stop()
    assert execution.state == (state if result else "stopping")


@pytest.mark.parametrize(
    ("result", "texts"),
    [
        (CommandResult("a\n\n  [bold]b[/]\tc"), ["a\n\n  [bold]b[/]\tc"]),
        (CommandResult(), ["It printed nothing."]),
        (STOPPED, ["Stopped before it printed anything."]),
        (FAILED, ["out", "x failed with status 3.", "why\noh no"]),
        (CommandResult("a", is_truncated=True), ["a", "x printed more; only the first megabyte is kept."]),
        (CommandResult("z" * (MAX_CHARACTERS + 1)), ["z" * MAX_CHARACTERS, "… the line goes on"]),
        (None, []),
    ],
)
def test_the_output_is_shown_literally(result: CommandResult | None, texts: list[str]) -> None:
    assert [block.plain for block in render_output(make_execution(result))] == texts


def test_a_long_output_is_cut() -> None:
    blocks = render_output(make_execution(CommandResult("\n".join(map(str, range(MAX_LINES + 7))))))
    assert "\n".join(block.plain for block in blocks[:-1]).split("\n") == [str(n) for n in range(MAX_LINES)]
    assert blocks[-1].plain == "… 7 more lines"


def test_without_output_the_error_is_copied() -> None:
    assert make_execution(FAILED).text_to_copy == "out"
    assert make_execution(CommandResult("", 2, "oh no\n", problem="x failed")).text_to_copy == "oh no"
    assert make_execution(CommandResult("", 2, "", problem="x not found")).text_to_copy == "x not found"
    assert make_execution(STOPPED).text_to_copy == ""


def test_notices_are_short() -> None:
    assert make_execution(FAILED).format_failure() == "x: x failed with status 3: oh no"
    assert make_execution(CommandResult("one\ntwo")).format_notice() == ("one two", True)
    text, is_all = make_execution(CommandResult("word " * 100)).format_notice()
    assert (len(text) <= 240, text[-5:], is_all) == (True, "word…", False)
