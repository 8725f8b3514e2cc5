"""The click group: it imports commands when they are called."""

from __future__ import annotations

import click
import pytest
from click.shell_completion import ShellComplete

from importai_tui.cli.constants import PROGRAM
from importai_tui.cli.root import CLI_COMMANDS, load_command, root


@pytest.mark.parametrize("name", CLI_COMMANDS)
def test_the_command_list_matches_each_help(name: str) -> None:
    command = load_command(name)
    assert command.name == name
    assert click.Command(name, help=CLI_COMMANDS[name].help).get_short_help_str(500) == command.get_short_help_str(500)


@pytest.mark.parametrize("name", CLI_COMMANDS)
def test_each_summary_fits_its_line(name: str) -> None:
    assert len(CLI_COMMANDS[name].help) < 60
    assert click.Command(name, help=CLI_COMMANDS[name].help).get_short_help_str(60) == CLI_COMMANDS[name].help


@pytest.mark.parametrize(
    ("words", "parameters"),
    [
        (["a", "-b", "--limit", "5", "--trend"], {"words": ("a", "-b"), "limit": 5, "trend": True, "as_json": False}),
        (["--limit=5", "--json", "-b"], {"words": ("-b",), "limit": 5, "trend": False, "as_json": True}),
        (["a", "--", "--c", "-h"], {"words": ("a", "--c", "-h"), "limit": 20, "trend": False, "as_json": False}),
    ],
)
def test_a_search_word_may_begin_with_a_hyphen(words: list[str], parameters: dict[str, object]) -> None:
    parsed = load_command("search").make_context("search", words).params
    assert {name: parsed[name] for name in parameters} == parameters


@pytest.mark.parametrize(
    ("before", "begun", "completed"),
    [
        ([], "li", ["links", "list"]),
        ([], "--d", ["--demo"]),
        (["search"], "--l", ["--limit"]),
        (["show", "--format"], "m", ["markdown"]),
        (["402"], "--", ["--demo", "--theme", "--version", "--help"]),
    ],
)
def test_tab_completes_commands_options_and_values(before: list[str], begun: str, completed: list[str]) -> None:
    found = ShellComplete(root, {}, PROGRAM, "").get_completions(before, begun)
    assert [item.value for item in found] == completed
