"""Parsing and completing the line after `:`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.keymap.command_line import (
    FilterForecasts,
    GoTo,
    ImportFiles,
    InvalidCommand,
    KnownNames,
    OpenLink,
    ParsedCommand,
    RunCommand,
    RunExport,
    RunSearch,
    RunUserCommand,
    SearchWorks,
    SetTheme,
    ShowHelp,
    StartSync,
    TagStory,
    complete_command_line,
    parse_command_line,
)
from importai_tui.keymap.commands import COMMANDS

BY_ID = {command.id: command for command in COMMANDS}
KNOWN = KnownNames(
    {"latest": 5, "424": 5, "402": 7, "12": 3, "the-otter-issue": 2},
    themes=("ink", "paper", "solarized-light", "solarized-dark"),
    topics=("reading", "links"),
    tags=("robots", "slow water"),
    link_count=3,
    commands=("summary", "speak"),
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
        ("forecasts due robots", FilterForecasts("due robots")),
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
        ("tag slow  water", TagStory("slow water")),
        ("tag", RunCommand(BY_ID["mark.tag"])),
        ("open 2", OpenLink(2)),
        ("open 402", GoTo("402")),
        ("open 402/3", GoTo("402/3")),
        ("open", RunCommand(BY_ID["link.open"])),
        ("read 402", GoTo("402")),
        ("show #402/3", GoTo("402/3")),
        ("read", RunCommand(BY_ID["story.next_unread"])),
        ("links", RunCommand(BY_ID["link.panel"])),
        ("import ~/My  Files/a.html", ImportFiles("~/My  Files/a.html")),
        ("export --notes --out notes.md", RunExport("--notes --out notes.md")),
        ("export --notes --each ~/notes", RunExport("--notes --each ~/notes")),
        ("export", RunCommand(BY_ID["export"])),
        ("run", RunCommand(BY_ID["run"])),
        ("run su", RunUserCommand("summary")),
        ("run speak  #402/03", RunUserCommand("speak", "402/3")),
        ("sync --full", StartSync(full=True)),
        ("sync all", StartSync(full=True)),
        ("zzzzzz", RunSearch("zzzzzz", is_offer=True)),
        ("robots in  the rain", RunSearch("robots in  the rain", is_offer=True)),
    ],
)
def test_a_line_is_parsed(line: str, meaning: ParsedCommand) -> None:
    assert parse_command_line(line, KNOWN) == meaning


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "Type an issue number, or a command such as search or sync"),
        ("mark.re", "“mark.re” is ambiguous: mark.read or mark.redo?"),
        ("theme papper", "No theme called “papper”. Did you mean paper?"),
        ("theme sol", "“sol” is ambiguous: solarized-light or solarized-dark?"),
        ("theme xyz", "No theme called “xyz”. Tab lists them."),
        ("401", "Issue 401 isn't in your archive; the nearest is 402"),
        ("402/8", "Issue 402 has only 7 stories"),
        ("latest/6", "latest has only 5 stories"),
        ("402/x", "Issue 402 has only 7 stories"),
        ("sync now", "sync takes no argument, or “full”"),
        ("mark.read now", "mark.read takes no argument"),
        ("quit now", "quit takes no argument"),
        ("open 9", "No link 9; this story has 3 links"),
        ("open 402/9", "Issue 402 has only 7 stories"),
        ("open x", "Unknown link or story: x"),
        ("read x", "Unknown issue or story: x"),
        ("show", "Name an issue or a story: show 402/3"),
        ("run s", "“s” is ambiguous: summary or speak?"),
        ("run summery", "No command called “summery”. Did you mean summary?"),
        ("run xyz", "No command called “xyz”. Type run to list yours."),
        ("run speak 402/9", "Issue 402 has only 7 stories"),
        ("run speak x", "Unknown issue or story: x"),
        ("import", "Name a file or folder: import PATH"),
        ("export --notes", "Name a file: export --notes --out notes.md"),
        ("doctor", "Run this in the shell: importai-tui doctor"),
    ],
)
def test_an_invalid_line_has_a_helpful_message(line: str, message: str) -> None:
    assert parse_command_line(line, KNOWN) == InvalidCommand(message)


@pytest.mark.parametrize(("typed", "similar"), [("serach", "search"), ("the-oter-issue", "the-otter-issue")])
def test_a_typing_error_is_corrected_or_searched(typed: str, similar: str) -> None:
    parsed = parse_command_line(f"{typed} x", KNOWN)
    assert isinstance(parsed, InvalidCommand)
    assert f"Unknown command or issue: {typed}. Did you mean {similar}?" in parsed.message
    assert parsed.offer == RunSearch(f"{typed} x")


def test_every_command_id_is_valid() -> None:
    for command in COMMANDS:
        expected = {"sync": StartSync(full=False), "sync.all": StartSync(full=True)}.get(
            command.id, RunCommand(command)
        )
        assert parse_command_line(command.id, KNOWN) == expected


def test_without_issues_the_message_suggests_a_sync() -> None:
    for line in ("latest", "12"):
        assert parse_command_line(line, KnownNames()) == InvalidCommand("No issues yet. Type sync to download them.")


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
        ("tag s", ("tag slow water",)),
        ("open ", ("open 1", "open 2", "open 3")),
        ("read 4", ("read 424", "read 402")),
        ("run s", ("run summary", "run speak")),
        ("run speak 4", ("run speak 424", "run speak 402")),
        ("run speak 12/", ("run speak 12/1", "run speak 12/2", "run speak 12/3")),
        ("export --notes --o", ("export --notes --out",)),
        ("export --notes --format r", ("export --notes --format readwise", "export --notes --format ris")),
        ("export --format --out ", ()),
    ],
)
def test_a_line_is_completed_with_known_names(line: str, offered: tuple[str, ...]) -> None:
    assert complete_command_line(line, KNOWN) == offered


def test_an_empty_line_offers_the_words() -> None:
    assert complete_command_line("", KNOWN)[:4] == ("latest", "search", "tag", "open")


def test_the_number_of_completions_is_limited() -> None:
    assert len(complete_command_line("4", KnownNames({str(n): 1 for n in range(5000)}))) <= 40


@given(
    st.text()
    | st.from_regex(
        r"[:/#]?(sync|theme|help|works|latest|402|tag|open|read|export|import)?[ /]*[\d٣²]{0,30}", fullmatch=True
    )
)
def test_parsing_never_raises(line: str) -> None:
    command = parse_command_line(line, KNOWN)
    if isinstance(command, InvalidCommand):
        assert len(command.message) < 160
    complete_command_line(line, KNOWN)
