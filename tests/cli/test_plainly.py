"""Lines that are read without click: as click would read them, or left to it."""

from __future__ import annotations

from contextlib import suppress

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importai_tui.cli.declared import DECLARED
from importai_tui.cli.made import made
from importai_tui.cli.plainly import read_plainly
from importai_tui.cli.root import LISTED, root

PIECES = st.one_of(
    st.sampled_from(sorted({option.flag for command in DECLARED.values() for option in command.options})),
    st.sampled_from(["--", "-", "-h", "--help", "--js", "--un", "-without", "--json=x", "--limit=5", "--format=json"]),
    st.sampled_from(["markdown", "text", "json", "yaml", "0", "7", "+7", "007", " 7", "7_0", "٧", "9" * 12, "402/3"]),
    st.sampled_from(["", "=", "--=", "--limit=", "--format=", "--format=text=text", "a b", '"a b"', "-", "---json"]),
    st.text(max_size=4),
)


@given(st.sampled_from(sorted(DECLARED)), st.lists(PIECES, max_size=6))
def test_a_line_means_what_it_means_to_click(name: str, rest: list[str]) -> None:
    line = read_plainly([name, *rest], {})
    read = None
    with suppress(click.ClickException, click.exceptions.Exit):
        read = made(DECLARED[name]).make_context(name, list(rest)).params
    if line is not None:
        assert line.parameters == read


@pytest.mark.parametrize(
    ("arguments", "parameters"),
    [
        (["list"], {"unread": False, "as_json": False}),
        (["list", "--json", "--unread", "--json"], {"unread": True, "as_json": True}),
        (["show", "402"], {"ref": "402", "form": "text", "as_json": False}),
        (["show", "--format", "json", "--", "-402"], {"ref": "-402", "form": "json", "as_json": False}),
        (["show", "402/3", "--format=markdown"], {"ref": "402/3", "form": "markdown", "as_json": False}),
        (
            ["search", "a", "-b", "--limit", "5", "--trend", "--", "--c"],
            {"words": ("a", "-b", "--c"), "limit": 5, "trend": True, "as_json": False},
        ),
    ],
)
def test_a_plain_line_needs_no_click(arguments: list[str], parameters: dict[str, object]) -> None:
    line = read_plainly(arguments, {})
    assert line is not None
    assert line.parameters == parameters


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["402"],
        ["links", "402"],
        ["--demo", "list"],
        ["list", "--help"],
        ["list", "--jso"],
        ["list", "more"],
        ["show"],
        ["show", "402", "403"],
        ["show", "402", "--format", "yaml"],
        ["show", "402", "--format"],
        ["show", "402", "--json=yes"],
        ["search", "-h"],
        ["search", "a", "--limit", "0"],
        ["search", "a", "--limit", "many"],
    ],
)
def test_what_is_not_plain_is_left_to_click(arguments: list[str]) -> None:
    assert read_plainly(arguments, {}) is None


def test_completion_is_left_to_click() -> None:
    assert read_plainly(["list"], {"_IMPORTAI_TUI_COMPLETE": "bash_complete"}) is None


@pytest.mark.parametrize("name", sorted(LISTED))
def test_the_list_of_commands_says_what_each_says_of_itself(name: str) -> None:
    # Cut at the first sentence, as click does it.
    assert click.Command(name, help=LISTED[name].help).get_short_help_str(500) == root.commands[
        name
    ].get_short_help_str(500)
