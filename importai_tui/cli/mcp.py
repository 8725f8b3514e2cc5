"""The command `mcp`: a server of the Model Context Protocol on standard input and output, which only reads."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from importai_tui.cli.constants import NO_ISSUES_YET, PROGRAM
from importai_tui.cli.context import CliContext
from importai_tui.errors import NotFoundError, ReaderError
from importai_tui.output.console import print_status
from importai_tui.wording import format_missing_extra

if TYPE_CHECKING:
    from importai_tui.library.library import Library


@click.command()
@click.pass_obj
def mcp(cli: CliContext) -> None:
    """Let AI programs search and read your archive (MCP).

    Such a program starts this command itself and talks to it over standard input and output. It can search and read
    issues, stories, links, works, stored cards, and your highlights, notes and tags. It can change nothing.
    """
    try:
        from importai_tui.mcp_server.server import make_server, serve
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("mcp", "pydantic"):
            raise
        raise ReaderError(format_missing_extra("The command `mcp`", "mcp")) from error
    from importai_tui.error_log import ErrorLog, error_log_file
    from importai_tui.library.library import Library
    from importai_tui.paths import Places

    demo = cli.open_library() if cli.demo else None
    places = Places.under(demo.archive.path.parents[1]) if demo else cli.places()

    def open_library() -> Library:
        if not places.archive.exists():
            raise NotFoundError(NO_ISSUES_YET)
        return Library.open(places, copy_daily=False, with_state=False)

    if sys.stdin.isatty():
        print_status(f"Waiting for an MCP client; ctrl+c stops. How to set one up: {PROGRAM} help mcp")
    serve(make_server(open_library, ErrorLog(error_log_file(places))), demo.close if demo else lambda: None)
