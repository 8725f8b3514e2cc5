"""The click group: its options, its commands, and a REF in place of a command."""

from __future__ import annotations

import os
import re
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

import click

from importai_tui import __version__
from importai_tui.cli.completion import complete_ref, complete_theme
from importai_tui.cli.constants import PROGRAM
from importai_tui.cli.context import CliContext

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class CommandEntry(NamedTuple):
    """A command: its module in this package, its function in the module, and the first sentence of its help."""

    module: str
    function: str
    help: str


CLI_COMMANDS = {
    "card": CommandEntry("card", "card", "Show what is behind a link: authors, abstract or README."),
    "completion": CommandEntry("shells", "completion", "Print a script for tab completion in your shell."),
    "config": CommandEntry("info", "config", "Print the settings, or create the settings file."),
    "doctor": CommandEntry(
        "doctor",
        "doctor",
        "Check settings, archive, cards and your reading state.",
    ),
    "export": CommandEntry(
        "export",
        "export",
        "Export notes, marks, works, forecasts or the tales.",
    ),
    "forecasts": CommandEntry("forecasts", "forecasts", "List sentences that look like a forecast."),
    "help": CommandEntry("info", "help_", "Show a help topic, or list all topics."),
    "import": CommandEntry("import_", "import_", "Import issues from files and folders."),
    "import-state": CommandEntry("export", "import_state", "Merge in a reading state written by `export --state`."),
    "keys": CommandEntry("info", "keys", "List the keys and commands of the reader."),
    "links": CommandEntry("show", "links", "Print the links of a story or a whole issue."),
    "list": CommandEntry("show", "list_", "List the issues, newest first."),
    "mark": CommandEntry("show", "mark", "Mark stories or whole issues as read, unread or starred."),
    "mcp": CommandEntry("mcp", "mcp", "Let AI programs search and read your archive (MCP)."),
    "open": CommandEntry("show", "open_", "Open link N, or the issue's web page, in the browser."),
    "paths": CommandEntry("info", "paths", "Print where the files are stored."),
    "read": CommandEntry("read", "read", "Read a story or an issue as plain text, in the pager."),
    "run": CommandEntry("run", "run", "Run one of your own commands, or list them."),
    "search": CommandEntry("search", "search", "Search stories, best match first."),
    "serve": CommandEntry("serve", "serve", "Read in a web browser."),
    "show": CommandEntry("show", "show", "Print an issue or a story."),
    "stats": CommandEntry(
        "info",
        "stats",
        "Print statistics about your archive and your reading.",
    ),
    "sync": CommandEntry("sync", "sync", "Download new issues."),
    "works": CommandEntry("works", "works", "List cited works."),
}


_THEME_VARIABLE = "IMPORTAI_TUI_READING_THEME"
"""Overrides the setting `reading.theme`."""


def load_command(name: str) -> click.Command:
    """Import the command of this name."""
    entry = CLI_COMMANDS[name]
    command: click.Command = getattr(import_module(f"{__package__}.{entry.module}"), entry.function)
    return command


class _CommandOrRefGroup(click.Group):
    """A group that imports a command when it is called, and opens the app if the only word is a REF.

    Its `commands` have only a name and a help text, which is enough for the list of commands and for completion.
    """

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first word names, else the command that opens the app at this REF."""
        name = args[0]
        if name in CLI_COMMANDS:
            return name, load_command(name), args[1:]
        if len(args) == 1 and not name.startswith("-") and not ctx.resilient_parsing:
            return name, _open_at, args
        if not name.startswith("-") and not ctx.resilient_parsing:
            ctx.fail(_describe_unknown(args))
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands, options and references that begin with the incomplete word."""
        found = super().shell_complete(ctx, incomplete)
        return [*found, *complete_ref(ctx, None, incomplete)] if incomplete else found


def _describe_unknown(args: list[str]) -> str:
    """Return what to type instead of these words, the first of which is not a command."""
    name, second = args[:2]
    if not re.fullmatch(r"[0-9]+(/[0-9]+)?|latest(/[0-9]+)?", name):
        return f"Unknown command: {name}"
    if len(args) == 2 and re.fullmatch(r"[0-9]+", second):
        return f"The reader opens at one REF ({PROGRAM} {name}). To open link {second}: {PROGRAM} open {name} {second}"
    return f"The reader opens at one REF, without other words: {PROGRAM} {name}"


def _check_theme(_ctx: click.Context, _parameter: click.Parameter, theme: str | None) -> str | None:
    if theme is None:
        return None
    from importai_tui.config.schema import THEMES

    if theme not in THEMES:
        raise click.BadParameter(f"No theme called “{theme[:40]}”. Choose one of: {', '.join(THEMES)}.")
    return theme


@click.group(
    cls=_CommandOrRefGroup,
    commands=[click.Command(name, help=entry.help) for name, entry in CLI_COMMANDS.items()],
    invoke_without_command=True,
    subcommand_metavar="[REF | COMMAND [ARGS]...]",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="\b\nREF is an issue (402, latest, a slug) or a story (402/3, its key).\n"
    "Tab completion: importai-tui completion --help",
)
@click.option("--demo", is_flag=True, help="Use the built-in guide and a temporary home.")
@click.option(
    "--theme",
    metavar="NAME",
    callback=_check_theme,
    shell_complete=complete_theme,
    help="Open the reader in this theme, this time only.",
)
@click.version_option(__version__, "--version", prog_name=PROGRAM, message="%(prog)s %(version)s")
@click.pass_context
def root(ctx: click.Context, demo: bool, theme: str | None) -> None:
    """Read the Import AI newsletter in your terminal.

    With no command, opens the reader (at REF, if given).
    """
    ctx.obj = CliContext({**os.environ, _THEME_VARIABLE: theme} if theme else os.environ, demo)
    if ctx.invoked_subcommand is None:
        _open_app(ctx.obj, None)


@click.command("read-at", hidden=True)
@click.argument("ref")
@click.pass_obj
def _open_at(cli: CliContext, ref: str) -> None:
    _open_app(cli, ref)


def _open_app(cli: CliContext, ref: str | None) -> None:
    # Imported here, because commands do not need the app.
    from importai_tui.cli.app import open_app

    open_app(cli, ref)
