"""The commands `config` and `keys`: what is set, and which key does what.

The command that explains: `help`, its topics and their pages.

The command that counts: `stats`.

The command that names places: `paths`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from importai_tui.cli.constants import NOTHING_YET
from importai_tui.cli.context import Session
from importai_tui.cli.options import json_option
from importai_tui.errors import NotFound, ReaderError
from importai_tui.files import create_private_file, make_private_folder
from importai_tui.output.console import columns, emit, emit_json, emit_paged, narrate, path_text
from importai_tui.output.layout import pad, width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from importai_tui.keymap.commands import Command


@click.command()
@json_option
@click.pass_obj
def paths(session: Session, as_json: bool) -> None:
    """Print where the files are; none of them need exist yet."""
    places = session.places()
    named = {
        "archive": places.archive,
        "reading": places.reading,
        "config": places.config,
        "cache_folder": places.cache_folder,
        "data_folder": places.data_folder,
        "config_folder": places.config_folder,
    }
    if as_json:
        emit_json({name: path_text(path) for name, path in named.items()})
    else:
        emit("\n".join(f"{name:14}{path_text(path)}" for name, path in named.items()))


@click.command()
@json_option
@click.pass_obj
def stats(session: Session, as_json: bool) -> None:
    """Count issues, stories, links and works, what is read and kept, year by year; sizes of the files.

    Read and unread are stories that the archive holds; a star or a note counts whether it holds the story or not.
    """
    with session.library() as library:
        from importai_tui.library.stats import figures
        from importai_tui.output.tables import figures_shape, figures_text

        counted, behind = figures(library), library.behind()
    if as_json:
        emit_json(figures_shape(counted))
    else:
        emit(figures_text(counted, columns()))
    if behind:
        narrate(f"Links and works of {behind:,} issues are not counted yet. To have them stored: importai-tui works")
    if not counted.issues:
        narrate(NOTHING_YET)


@click.command("help")
@click.argument("topic", required=False)
@click.pass_context
def help_(ctx: click.Context, topic: str | None) -> None:
    """Explain one topic, through the pager on a terminal; without TOPIC list them all."""
    from importai_tui.manual.topics import TOPICS, topic_text
    from importai_tui.manual.topics import topic as find_topic

    if topic is None:
        emit(_list())
        return
    name = topic.lower()
    if name not in TOPICS:
        raise NotFound(_unknown(ctx, topic))
    emit_paged(topic_text(find_topic(name), columns()))


def _list() -> str:
    from importai_tui.manual.topics import TOPICS, topic
    from importai_tui.output.layout import wrap

    room = max(map(len, TOPICS)) + 2
    lines = [line for name in TOPICS for line in wrap(topic(name).line, columns(), f"{name:{room}}", " " * room)]
    return "\n".join(lines)


def _unknown(ctx: click.Context, topic: str) -> str:
    from importai_tui.manual.topics import nearest

    group = ctx.find_root().command
    if isinstance(group, click.Group) and topic in group.commands:
        return f"{topic} has no topic of its own. What the command does: importai-tui {topic} --help"
    near = nearest(topic)
    hint = f"Did you mean importai-tui help {near}?" if near else "The topics: importai-tui help"
    return f'There is no topic "{topic}". {hint}'


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
    from importai_tui.config import read_config_with_origins
    from importai_tui.config.render import settings_table
    from importai_tui.config.schema import ConfigError

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
    from importai_tui.keymap.key_names import format_keys

    return format_keys(tuple(command.keys.split(","))) if command.keys else ""


def _lines(commands: Sequence[Command], *, ids: bool) -> Iterator[str]:
    """A heading for each group, and a line for each command: keys, id, words."""
    from importai_tui.keymap.commands import by_group

    printed = {command.id: command.shown or _printed(command) for command in commands}
    keys_room = max(map(width, printed.values()))
    ids_room = max(width(command.id) for command in commands)
    for group, members in by_group(commands).items():
        yield f"\n{group}"
        for command in members:
            id = pad(command.id, ids_room) + "  " if ids else ""
            yield f"  {pad(printed[command.id], keys_room)}  {id}{command.words}"
