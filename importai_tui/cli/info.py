"""The commands `paths`, `stats`, `help`, `config` and `keys`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from importai_tui.cli.completion import complete_topic
from importai_tui.cli.constants import NO_ISSUES_YET, PROGRAM
from importai_tui.cli.context import CliContext
from importai_tui.cli.options import json_option
from importai_tui.config.render import format_default_file, get_settings_rows
from importai_tui.config.schema import IGNORED
from importai_tui.errors import NotFoundError, ReaderError
from importai_tui.files import create_private_file, make_private_folder
from importai_tui.keymap import commands_with_keys, effective_keys, effective_screen_keys
from importai_tui.keymap.commands import COMMANDS, Command, describe_singly, group_commands
from importai_tui.keymap.key_names import format_keys
from importai_tui.keymap.screens import list_rebindable
from importai_tui.manual.topics import (
    TOPICS,
    find_similar_topic,
    format_all_topics,
    format_topic,
    format_topic_list,
    load_topic,
)
from importai_tui.output.console import (
    format_path,
    get_columns,
    print_data,
    print_json,
    print_paged,
    print_status,
    print_utf8,
)
from importai_tui.output.layout import pad, text_width
from importai_tui.wording import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_MAX_VALUE_WIDTH = 24
"""Cells; a longer value moves only the rest of its own row."""
_USER_GROUP = next(command.group for command in COMMANDS if command.id == "run")
"""The group of the user's own commands."""


@click.command()
@json_option
@click.pass_obj
def paths(cli: CliContext, as_json: bool) -> None:
    """Print where the files are stored.

    They may not exist yet.
    """
    places = cli.places()
    named_paths = {
        "archive": places.archive,
        "reading": places.reading,
        "cards": places.cards,
        "config": places.config,
        "cache_folder": places.cache_folder,
        "data_folder": places.data_folder,
        "config_folder": places.config_folder,
    }
    if as_json:
        print_json({name: format_path(path) for name, path in named_paths.items()})
    else:
        print_data("\n".join(f"{name:14}{format_path(path)}" for name, path in named_paths.items()))


@click.command()
@json_option
@click.pass_obj
def stats(cli: CliContext, as_json: bool) -> None:
    """Print statistics about your archive and your reading.

    Read and unread count stories in the archive. Stars, tags, notes and highlights count all stories that have them.
    """
    # Imported here, because the other commands of this module need no database.
    from importai_tui.library.stats import get_library_stats
    from importai_tui.output.json import stats_json
    from importai_tui.output.stats import format_stats

    with cli.open_library() as library:
        library_stats, unindexed = get_library_stats(library), library.count_issues_to_reindex()
    if as_json:
        print_json(stats_json(library_stats))
    else:
        print_data(format_stats(library_stats, get_columns()))
    if unindexed:
        print_status(
            f"The links and works of {plural(unindexed, 'issue')} aren't indexed yet. Index them: importai-tui works"
        )
    if not library_stats.issue_count:
        print_status(NO_ISSUES_YET)


@click.command("help")
@click.argument("topic", required=False, shell_complete=complete_topic)
@click.option("--all", "show_all", is_flag=True, help="Show all topics as one page.")
@click.option("--man", "print_man", is_flag=True, help="Print the man page.")
@click.pass_context
def help_(ctx: click.Context, topic: str | None, show_all: bool, print_man: bool) -> None:
    """Show a help topic, or list all topics.

    The man page has all commands and all topics: `importai-tui help --man | man -l -` shows it.
    """
    if bool(topic) + show_all + print_man > 1:
        raise click.UsageError("Choose one of TOPIC, --all and --man.", ctx)
    if print_man:
        # Imported here, because it imports all commands.
        from importai_tui.cli.man_page import make_man_page

        print_utf8(make_man_page())
    elif show_all:
        print_paged(format_all_topics(get_columns()))
    elif topic is None:
        print_data(format_topic_list(get_columns()))
        print_status(f"Show one: {PROGRAM} help TOPIC. Show all: {PROGRAM} help --all")
    elif (name := topic.lower()) in TOPICS:
        print_paged(format_topic(load_topic(name), get_columns()))
    else:
        raise NotFoundError(_format_unknown_topic(ctx, topic))


@click.command()
@click.option("--init", "what", flag_value="init", help="Write a commented file with all defaults.")
@click.option(
    "--show", "what", flag_value="show", default=True, help="Print the settings in effect and where each comes from."
)
@click.option("--path", "what", flag_value="path", help="Print the path of the file.")
@click.pass_context
def config(ctx: click.Context, what: str) -> None:
    """Print the settings, or create the settings file."""
    cli: CliContext = ctx.obj
    path = cli.places().config
    match what:
        case "path":
            print_data(str(path))
        case "init":
            _write_default_file(path)
        case _ if not _print_settings(cli, path):
            ctx.exit(1)


@click.command()
@json_option
@click.pass_obj
def keys(cli: CliContext, as_json: bool) -> None:
    """List the keys and commands of the reader."""
    cli.warn_about_config()
    config = cli.read_config()
    commands = [*map(describe_singly, commands_with_keys(effective_keys(config.preset, config.keys)))]
    screen_commands = [*map(describe_singly, list_rebindable(effective_screen_keys(config.keys)))]
    commands += [
        Command(own.id, own.key, "", "", f"Run {own.name}: {own.label}", _USER_GROUP) for own in config.commands
    ]
    if as_json:
        print_json({"keys": [_command_json(command) for command in (*commands, *screen_commands)]})
    else:
        print_data("\n".join([*_format_commands(commands), *_format_commands(screen_commands)]).lstrip())


def _format_unknown_topic(ctx: click.Context, topic: str) -> str:
    group = ctx.find_root().command
    if isinstance(group, click.Group) and topic in group.commands:
        return f"No help topic “{topic}”. For the command: importai-tui {topic} --help"
    similar = find_similar_topic(topic)
    hint = f"Did you mean: importai-tui help {similar}" if similar else "See all topics: importai-tui help"
    return f"No help topic “{topic}”. {hint}"


def _print_settings(cli: CliContext, path: Path) -> bool:
    """Print the settings and their origins, and all problems; return True if there are no problems."""
    loaded = cli.load_config()
    problems = cli.find_config_problems(loaded)
    for problem in problems:
        print_status(f"{PROGRAM}: {problem}")
    if loaded.problems:
        print_status(IGNORED)
    missing = f"{path} doesn't exist yet. Create it with: importai-tui config --init"
    print_status(f"{path}:" if path.exists() else missing)
    rows = list(get_settings_rows(loaded))
    key_width = max(text_width(key) for key, _, _ in rows)
    print_data(
        "\n".join(f"{pad(key, key_width)}  {pad(value, _MAX_VALUE_WIDTH)}  {origin}" for key, value, origin in rows)
    )
    return not problems


def _write_default_file(path: Path) -> None:
    try:
        make_private_folder(path.parent)
        file = create_private_file(path)
    except FileExistsError:
        raise ReaderError(f"{path} already exists; not overwritten. Move it away to start over.") from None
    with file:
        file.write(format_default_file().encode())
    print_status(f"Wrote {path}")


def _format_commands(commands: Sequence[Command]) -> Iterator[str]:
    """Yield a heading for each group, and a line for each command: keys, id, description."""
    labels = {command.id: command.key_label or _format_command_keys(command) for command in commands}
    label_width = max(map(text_width, labels.values()))
    id_width = max(text_width(command.id) for command in commands)
    for group, members in group_commands(commands).items():
        yield f"\n{group}"
        for command in members:
            yield f"  {pad(labels[command.id], label_width)}  {pad(command.id, id_width)}  {command.description}"


def _format_command_keys(command: Command) -> str:
    return format_keys(command.keys.split(",")) if command.keys else "(none)"


def _command_json(command: Command) -> dict[str, object]:
    keys = command.keys.split(",") if command.keys else []
    return {"id": command.id, "keys": keys, "words": command.description, "group": command.group}
