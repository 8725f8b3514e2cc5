"""The commands `config` and `keys`: what is set, and which key does what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from importai_tui.cli.session import Session
from importai_tui.errors import ReaderError
from importai_tui.files import create_private_file, make_private_folder
from importai_tui.printing.cells import pad, width
from importai_tui.printing.console import emit, emit_json, narrate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from importai_tui.keymap import Command

_LONGEST_VALUE = 24
"""Cells: a longer value pushes its own row only."""


@click.command()
@click.option("--init", "what", flag_value="init", help="Write a file that says everything and sets nothing.")
@click.option("--show", "what", flag_value="show", default=True, help="Print what holds, and where it is set.")
@click.option("--path", "what", flag_value="path", help="Print where the file is.")
@click.pass_context
def config(ctx: click.Context, what: str) -> None:
    """Print the settings, or write the file that they go into."""
    session: Session = ctx.obj
    path = session.places().config
    match what:
        case "path":
            emit(str(path))
        case "init":
            _write(path)
        case _ if not _show(session, path):
            ctx.exit(1)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def keys(session: Session, as_json: bool) -> None:
    """Print every command of the reader, with its keys and its id."""
    from importai_tui.keymap import commands_with_keys, effective_keys, effective_screen_keys

    config = session.config()
    held, within = effective_keys(config.preset, config.keys), effective_screen_keys(config.keys)
    if as_json:
        every = (*commands_with_keys(held), *(command for command in within if command.keys))
        emit_json({"keys": [_shape(command) for command in every]})
    else:
        lines = [*_lines(commands_with_keys(held), ids=True), *_lines(within, ids=True)]
        emit("\n".join(lines).lstrip())


def _shape(command: Command) -> dict[str, object]:
    keys = command.keys.split(",") if command.keys else []
    return {"id": command.id, "keys": keys, "words": command.words, "group": command.group}


def _show(session: Session, path: Path) -> bool:
    from importai_tui.config import ConfigError, read_config_with_origins
    from importai_tui.config.render import settings_table

    try:
        held = read_config_with_origins(path, session.environ)
        session.plan()
    except ConfigError as wrong:
        for fault in wrong.errors:
            narrate(f"importai-tui: {fault}")
        return False
    narrate(f"{path}:" if path.exists() else f"{path} is not there. To begin one: importai-tui config --init")
    rows = list(settings_table(held))
    room = max(width(key) for key, _, _ in rows)
    emit("\n".join(f"{pad(key, room)}  {pad(value, _LONGEST_VALUE)}  {origin}" for key, value, origin in rows))
    return True


def _write(path: Path) -> None:
    from importai_tui.config.render import default_file

    try:
        make_private_folder(path.parent)
        file = create_private_file(path)
    except FileExistsError:
        raise ReaderError(f"{path} is there, and is left as it is. To begin anew, move it away.") from None
    with file:
        file.write(default_file().encode())
    narrate(f"Written: {path}")


def _printed(command: Command) -> str:
    from importai_tui.keymap import format_keys

    return format_keys(tuple(command.keys.split(","))) if command.keys else ""


def _lines(commands: Sequence[Command], *, ids: bool) -> Iterator[str]:
    """A heading for each group, and a line for each command: keys, id, words."""
    from importai_tui.keymap import by_group

    printed = {command.id: command.shown or _printed(command) for command in commands}
    keys_room = max(map(width, printed.values()))
    ids_room = max(width(command.id) for command in commands)
    for group, members in by_group(commands).items():
        yield f"\n{group}"
        for command in members:
            id = pad(command.id, ids_room) + "  " if ids else ""
            yield f"  {pad(printed[command.id], keys_room)}  {id}{command.words}"
