"""Parsing and completing the line after `:`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.keymap.command_line import (
    GoTo,
    InvalidCommand,
    KnownNames,
    ParsedCommand,
    RunCommand,
    RunSearch,
    SearchWorks,
    SetTheme,
    ShowHelp,
    StartSync,
    complete_command_line,
    parse_command_line,
)
from importai_tui.keymap.commands import COMMANDS

BY_ID = {command.id: command for command in COMMANDS}
KNOWN = KnownNames(
    {"latest": 5, "424": 5, "402": 7, "12": 3, "the-otter-issue": 2},
    themes=("ink", "paper", "solarized-light", "solarized-dark"),
    topics=("reading", "links"),
)


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("402", GoTo("402")),
        ("#402", GoTo("402")),
        ("0402", GoTo("402")),
        ("402/", GoTo("402")),
        (" :402/3 ", GoTo("402/3")),
        ("402/03", GoTo("402/3")),
        ("latest", GoTo("latest")),
        ("latest/2", GoTo("latest/2")),
        ("lat", GoTo("latest")),
        ("the-otter-issue", GoTo("the-otter-issue")),
        ("the-otter-issue/2", GoTo("the-otter-issue/2")),
        ("sync", StartSync(full=False)),
        ("sy", StartSync(full=False)),
        ("sync full", StartSync(full=True)),
        ("sync.all", StartSync(full=True)),
        ("search  river   otters", RunSearch("river otters")),
        ("/river otters", RunSearch("river otters")),
        ("/", RunCommand(BY_ID["search"])),
        ("search", RunCommand(BY_ID["search"])),
        ("works kind:paper", SearchWorks("kind:paper")),
        ("theme paper", SetTheme("paper")),
        ("theme p", SetTheme("paper")),
        ("theme", RunCommand(BY_ID["view.theme"])),
        ("zen", RunCommand(BY_ID["view.zen"])),
        ("help links", ShowHelp("links")),
        ("help undo star", ShowHelp("undo star")),
        ("help", RunCommand(BY_ID["help"])),
        ("q", RunCommand(BY_ID["leave"])),
        ("quit", RunCommand(BY_ID["quit"])),
        ("mark.read", RunCommand(BY_ID["mark.read"])),
        ("mark.n", RunCommand(BY_ID["mark.note"])),
        ("MARK.N", RunCommand(BY_ID["mark.note"])),
        ("thread", RunCommand(BY_ID["thread"])),
        ("thr", RunCommand(BY_ID["thread"])),
    ],
)
def test_a_line_is_parsed(line: str, meaning: ParsedCommand) -> None:
    assert parse_command_line(line, KNOWN) == meaning


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "Nothing was typed; try a number of an issue, or a word like search or sync."),
        ("serach", '"serach" is no command and no issue here; did you mean search?'),
        ("the-oter-issue", '"the-oter-issue" is no command and no issue here; did you mean the-otter-issue?'),
        ("zzzzzz", '"zzzzzz" is no command and no issue here; tab shows what there is.'),
        ("mark.re", '"mark.re" may be mark.read or mark.redo. Type one more letter.'),
        ("theme papper", 'There is no theme "papper"; did you mean paper?'),
        ("theme sol", '"sol" may be solarized-light or solarized-dark. Type one more letter.'),
        ("theme xyz", 'There is no theme "xyz"; tab shows them.'),
        ("401", "There is no issue 401 here; the nearest is 402."),
        ("402/8", "402 has no story 8; its last is 402/7."),
        ("latest/6", "latest has no story 6; its last is latest/5."),
        ("402/x", "402 has no story x; its last is 402/7."),
        ("sync all", 'sync takes "full" or nothing, not "all".'),
        ("mark.read now", 'mark.read stands alone: leave "now" away.'),
        ("quit now", 'quit stands alone: leave "now" away.'),
    ],
)
def test_an_invalid_line_has_a_helpful_message(line: str, message: str) -> None:
    assert parse_command_line(line, KNOWN) == InvalidCommand(message)


def test_every_command_id_is_valid() -> None:
    for command in COMMANDS:
        expected = {"sync": StartSync(full=False), "sync.all": StartSync(full=True)}.get(
            command.id, RunCommand(command)
        )
        assert parse_command_line(command.id, KNOWN) == expected


def test_without_issues_the_message_suggests_a_sync() -> None:
    assert isinstance(parse_command_line("latest", KnownNames()), InvalidCommand)
    assert parse_command_line("12", KnownNames()) == InvalidCommand(
        "There is no issue 12 here; S brings in what is new."
    )


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("sea", ("search", "search.forget", "search.first")),
        ("4", ("424", "402")),
        ("la", ("latest",)),
        ("402/", tuple(f"402/{n}" for n in range(1, 8))),
        ("the-", ("the-otter-issue",)),
        ("theme sol", ("theme solarized-light", "theme solarized-dark")),
        ("sync ", ("sync full",)),
        ("help l", ("help links",)),
        (":mark.st", ("mark.star",)),
        ("search riv", ()),
        ("zebra", ()),
        ("", ("search", "works", "theme", "help", "sync", "q", "latest")),
    ],
)
def test_a_line_is_completed_with_known_names(line: str, offered: tuple[str, ...]) -> None:
    assert complete_command_line(line, KNOWN) == offered


def test_the_number_of_completions_is_limited() -> None:
    assert len(complete_command_line("4", KnownNames({str(n): 1 for n in range(5000)}))) <= 40


@given(st.text() | st.from_regex(r"[:/#]?(sync|theme|help|works|latest|402)?[ /]*[\d٣²]{0,30}", fullmatch=True))
def test_parsing_never_raises(line: str) -> None:
    command = parse_command_line(line, KNOWN)
    if isinstance(command, InvalidCommand):
        assert len(command.message) < 160
    complete_command_line(line, KNOWN)
