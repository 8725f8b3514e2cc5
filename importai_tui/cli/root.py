"""The command itself as click has it: its options, its commands, or a REF in place of one.

A command's module is imported when that command is called; what the list of commands says stands in one table.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import NamedTuple

import click
from click.shell_completion import CompletionItem

from importai_tui import __version__
from importai_tui.cli.declared import DECLARED
from importai_tui.cli.program import PROGRAM
from importai_tui.cli.session import Session
from importai_tui.cli.starting import open_reader
from importai_tui.errors import ReaderError, WrongUse


class Listed(NamedTuple):
    """A command: its module in this room, its name there, and the first sentence of its help."""

    module: str
    name: str
    help: str


LISTED = {
    "config": Listed("configuring", "config", "Print the settings, or write the file that they go into."),
    "doctor": Listed(
        "doctoring",
        "doctor",
        "Check the settings, the archive and what you did; 1 is the exit status if something is wrong.",
    ),
    "export": Listed(
        "keeping",
        "export",
        "Take out what you did: to another machine, into your notes, for a script, or for a bibliography.",
    ),
    "help": Listed(
        "helping", "help_", "Explain one topic, through the pager on a terminal; without TOPIC list them all."
    ),
    "import": Listed("importing", "import_", 'Read issues from files and folders; "-" is standard input.'),
    "import-state": Listed(
        "keeping", "import_state", 'Merge a reading state that `export --state` has written in; "-" is standard input.'
    ),
    "keys": Listed("configuring", "keys", "Print every command of the reader, with its keys and its id."),
    "links": Listed("linking", "links", "Print the links of a story, or of an issue's stories numbered through."),
    "mark": Listed("marking", "mark", "Mark stories, or every story of an issue."),
    "open": Listed("linking", "open_", "Open link N in the browser; without N the story's own page."),
    "paths": Listed("placing", "paths", "Print where the files are; none of them need exist yet."),
    "read": Listed(
        "reading", "read", "Print a story or an issue to be read: through the pager on a terminal, else straight out."
    ),
    "stats": Listed(
        "counting",
        "stats",
        "Count issues, stories, links and works, what is read and kept, year by year; sizes of the files.",
    ),
    "sync": Listed("syncing", "sync", "Bring in what is new; what is stored is never asked for again."),
    "works": Listed(
        "working", "works", "List the cited works, each once: kind, how often cited, first and last issue, title."
    ),
}


class _Commands(MutableMapping[str, click.Command]):
    """Every command by its name, made when it is asked for."""

    def __init__(self) -> None:
        self._made: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._made:
            self._made[name] = _command(name)
        return self._made[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter((*LISTED, *DECLARED))

    def __len__(self) -> int:
        return len(LISTED) + len(DECLARED)


def _command(name: str) -> click.Command:
    if name in DECLARED:
        from importai_tui.cli.made import made

        return made(DECLARED[name])
    listed = LISTED[name]
    command: click.Command = getattr(import_module(f"{__package__}.{listed.module}"), listed.name)
    return command


def _told() -> click.Group:
    """The commands as they are listed, each without what it does."""
    helps = {name: one.help for name, one in (LISTED | DECLARED).items()}
    return click.Group(commands=[click.Command(name, help=text) for name, text in helps.items()])


class _CommandsOrRef(click.Group):
    """A group whose first word may also be a REF: then the app opens there."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names, else the app with that word as its REF."""
        is_ref = self.get_command(ctx, args[0]) is None and not args[0].startswith("-")
        if is_ref and len(args) == 1 and not ctx.resilient_parsing:
            return args[0], _read_at, args
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, for which none of them is imported."""
        _told().format_commands(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """What a first word may become; no command is imported for it."""
        commands = _told().commands.items()
        names = [CompletionItem(n, help=c.get_short_help_str()) for n, c in commands if n.startswith(incomplete)]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]


@click.group(
    cls=_CommandsOrRef,
    commands=_Commands(),
    invoke_without_command=True,
    subcommand_metavar="[REF | COMMAND [ARGS]...]",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="\b\nA REF is an issue (402, latest, a slug) or a story (402/3, its key).\n"
    'Tab completion: eval "$(_IMPORTAI_TUI_COMPLETE=bash_source importai-tui)"',
)
@click.option("--demo", is_flag=True, help="Use the built-in archive, in a throw-away home.")
@click.version_option(__version__, "--version", prog_name=PROGRAM, message="%(prog)s %(version)s")
@click.pass_context
def root(ctx: click.Context, demo: bool) -> None:
    """Read the newsletter Import AI in the terminal.

    Without a command it opens the reader, at REF if one is given.
    """
    ctx.obj = Session(os.environ, demo)
    if ctx.invoked_subcommand is None:
        open_reader(ctx.obj, None)


@click.command("read-at", hidden=True)
@click.argument("ref")
@click.pass_obj
def _read_at(session: Session, ref: str) -> None:
    open_reader(session, ref)


def run(arguments: list[str]) -> int:
    """Run the command that the arguments name; the exit status.

    Raises:
        ReaderError: what click has to say of the arguments, or what a command raises.
    """
    try:
        code = root.main(arguments, prog_name=PROGRAM, standalone_mode=False)
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else PROGRAM
        raise WrongUse(error.format_message(), path) from error
    except click.Abort as error:
        raise KeyboardInterrupt from error
    except click.ClickException as error:
        raise ReaderError(error.format_message()) from error
    return code if isinstance(code, int) else 0
