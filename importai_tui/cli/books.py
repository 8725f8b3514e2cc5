"""The options of the commands that write EPUB books, and the writing of the book."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from importai_tui.cli.completion import complete_file
from importai_tui.cli.documents import STANDARD_INPUT
from importai_tui.clock import utc_now
from importai_tui.output.console import print_bytes, print_status
from importai_tui.wording import AUTHOR

if TYPE_CHECKING:
    from importai_tui.cli.context import CliContext
    from importai_tui.library.library import Library
    from importai_tui.output.books import StoryList

EPUB = "epub"
"""The name of the format."""


def book_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options `--out` and `--force` to a command with the option `--format`."""
    command = click.option("--force", is_flag=True, help="With --out: overwrite any existing FILE.")(command)
    return click.option(
        "--out", metavar="FILE", shell_complete=complete_file, help="With --format epub: write to FILE."
    )(command)


def check_book_options(ctx: click.Context, *, is_book: bool) -> None:
    """Check `--out` and `--force`. Raises `click.UsageError` if they do not fit the format."""
    out, force = ctx.params["out"], ctx.params["force"]
    if not is_book and (out or force):
        raise click.UsageError("--out and --force work only with --format epub.", ctx)
    check_out(ctx)
    if is_book:
        refuse_terminal(ctx)


def check_out(ctx: click.Context) -> None:
    """Raise `click.UsageError` if `--out` names nothing, or `--force` has no file to overwrite."""
    out = ctx.params["out"]
    if out == "":
        raise click.UsageError("--out needs the name of a file.", ctx)
    if ctx.params["force"] and not is_file(out):
        raise click.UsageError("--force needs --out.", ctx)


def is_file(out: str | None) -> bool:
    """Return True if `--out` names a file, and not standard output."""
    return out not in (None, STANDARD_INPUT)


def refuse_terminal(ctx: click.Context) -> None:
    """Raise `click.UsageError` if a book would go to the terminal."""
    if not is_file(ctx.params["out"]) and sys.stdout.isatty():
        raise click.UsageError("An EPUB book can't be shown in a terminal. Write it to a file: --out book.epub", ctx)


def get_author(cli: CliContext) -> str | None:
    """Return the author of the stories; None for those of the demo, which the newsletter does not contain."""
    return None if cli.demo else AUTHOR


def write_book(ctx: click.Context, library: Library, data: bytes) -> None:
    """Write a book to the file that `--out` names, else to standard output."""
    cli: CliContext = ctx.obj
    out: str | None = ctx.params["out"]
    if out is None or not is_file(out):
        print_bytes(data)
        return
    from importai_tui.cli.export_files import write_export  # here, because most commands write no file

    name = write_export(library, cli.places(), Path(out), data, force=ctx.params["force"])
    print_status(f"Wrote {name}")


def export_book_from_reader(cli: CliContext, source: str | StoryList, out: str) -> str:
    """Write an issue or a story (a REF), or a list, to this file, and return a message for the user.

    Raises:
        ReaderError: the source is missing, or the file cannot be written.
    """
    from importai_tui.cli.export_files import make_absolute, write_export
    from importai_tui.output.books import make_book

    path = make_absolute(out)
    with cli.open_library(for_app=True) as library:
        data = make_book(library, source, utc_now(), get_author(cli))
        return f"Wrote {write_export(library, cli.places(), path, data)}"
