"""The command itself: its options, its commands, and what it does when it is given none, or a REF in place of one."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from importai_tui import __version__
from importai_tui.cli.configuring import config, keys
from importai_tui.cli.counting import stats
from importai_tui.cli.doctoring import doctor
from importai_tui.cli.helping import help_
from importai_tui.cli.importing import import_
from importai_tui.cli.keeping import export, import_state
from importai_tui.cli.marking import mark
from importai_tui.cli.reading import read
from importai_tui.cli.searching import search
from importai_tui.cli.session import Session
from importai_tui.cli.showing import links, list_, open_, paths, show
from importai_tui.cli.syncing import sync
from importai_tui.cli.working import works
from importai_tui.errors import NotFound, ReaderError

if TYPE_CHECKING:
    from importai_tui.library import Library

PROGRAM = "importai-tui"


@dataclass(frozen=True, slots=True)
class _Start:
    """Where the app opens."""

    library: Library
    ref: str | None
    guide: bool


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


@click.group(
    cls=_CommandsOrRef,
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
        _read(ctx.obj, None)


@click.command("read-at", hidden=True)
@click.argument("ref")
@click.pass_obj
def _read_at(session: Session, ref: str) -> None:
    _read(session, ref)


for _command in (
    sync,
    import_,
    list_,
    read,
    show,
    links,
    open_,
    search,
    works,
    mark,
    export,
    import_state,
    stats,
    config,
    keys,
    doctor,
    paths,
    help_,
):
    root.add_command(_command)


def _read(session: Session, ref: str | None) -> None:
    """Open the app; on the guide where the archive is empty and the guide was not put away."""
    start = _start(session, ref)
    with start.library as library:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise ReaderError(f"The reader needs a terminal. For a script or a pipe: {PROGRAM} list, show, links")
        from importai_tui.tui.app import run

        opener, background = session.opener(), session.background()
        run(library, start.ref, opener, session.guide, guide=start.guide, background=background)


def _start(session: Session, ref: str | None) -> _Start:
    library = session.library(looked_after=True)
    guide = session.demo
    try:
        if library.is_empty() and library.recall("guide") != "away":
            library.close()
            library, guide = session.guide(), True
        if ref is not None:
            library.resolve(ref)
    except NotFound as error:
        library.close()
        message = f'"{ref}" is no command ({PROGRAM} --help), and no issue or story here ({PROGRAM} list).'
        raise NotFound(message if ref and not ref[0].isdigit() else str(error)) from error
    except BaseException:
        library.close()
        raise
    return _Start(library, ref, guide)
