"""The command `run`: runs a command of the user in the terminal, or lists them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from importai_tui.cli.completion import complete_ref, complete_user_command
from importai_tui.cli.constants import PROGRAM
from importai_tui.cli.context import CliContext, resolve_ref, upgrade_archive
from importai_tui.cli.options import NumberRange
from importai_tui.cli.show import find_link
from importai_tui.config.value_types import did_you_mean
from importai_tui.errors import ReaderError
from importai_tui.output.console import get_columns, print_data, print_status
from importai_tui.output.layout import pad, text_width, wrap

if TYPE_CHECKING:
    from importai_tui.config.user_commands import UserCommand
    from importai_tui.model import Link

_SIGNAL_STATUS = 128
"""Shells add the number of the signal that ended a program to this."""
_HOW_TO_DEFINE = f"See: {PROGRAM} help commands"


@click.command()
@click.argument("name", required=False, shell_complete=complete_user_command)
@click.argument("ref", metavar="[REF]", default="latest", shell_complete=complete_ref)
@click.argument("n", metavar="[N]", type=NumberRange(1), required=False)
@click.pass_context
def run(ctx: click.Context, name: str | None, ref: str, n: int | None) -> None:
    """Run one of your own commands, or list them.

    It gets a story, an issue or its link N; without REF, the latest issue. You define commands in the settings file:
    see `importai-tui help commands`. The exit status is that of your program.
    """
    cli: CliContext = ctx.obj
    if name is None:
        cli.warn_about_config()
        _print_commands(cli.read_config().commands)
        return
    command = _find_command(ctx, cli, name)
    # Imported here, because the list needs none of it.
    from importai_tui.user_commands.prepare import prepare
    from importai_tui.user_commands.run import run_in_terminal

    with cli.open_library() as library:
        resolve_ref(library, ref)  # its message says what to do
        upgrade_archive(cli, library)
        link: Link | None = None
        if n is not None:
            found, title = find_link(library, ref, n)
            link = replace(found, text=title)
        prepared = prepare(command, library, ref, link, cli.environ)
    # The archive is closed, because a program may run for hours.
    result = run_in_terminal(prepared)
    if result.exit_status is None:
        raise ReaderError(f"{result.problem}.")
    ctx.exit(_SIGNAL_STATUS - result.exit_status if result.exit_status < 0 else result.exit_status)


def _find_command(ctx: click.Context, cli: CliContext, name: str) -> UserCommand:
    """Return the command of that name. Raises UsageError, and ReaderError if the settings file has it with mistakes."""
    loaded = cli.load_config()
    commands = {command.name: command for command in loaded.config.commands}
    if name in commands:
        return commands[name]
    setting = re.compile(rf"\bcommands\.{re.escape(name)}(?![\w-])")
    if problem := next(filter(setting.search, loaded.problems), ""):
        raise ReaderError(problem)
    others = f". See your commands: {PROGRAM} run" if commands else f". You have none yet. {_HOW_TO_DEFINE}"
    raise click.UsageError(f"No command “{name[:40]}”{did_you_mean(name, list(commands)) or others}", ctx)


def _print_commands(commands: tuple[UserCommand, ...]) -> None:
    if not commands:
        print_status(f"You have no commands yet. {_HOW_TO_DEFINE}")
        return
    # Imported here, because the tables of keys are large.
    from importai_tui.keymap.key_names import format_keys

    keys = {command.name: format_keys([command.key]) if command.key else "" for command in commands}
    name_width, key_width = max(map(text_width, keys)), max(map(text_width, keys.values()))
    lines: list[str] = []
    for command in commands:
        start = "  ".join(filter(None, (pad(command.name, name_width), pad(keys[command.name], key_width)))) + "  "
        lines += wrap(command.label, get_columns(), start, " " * text_width(start))
    print_data("\n".join(lines))
