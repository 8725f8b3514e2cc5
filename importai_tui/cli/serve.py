"""The command `serve`: a web server for the reader, by default only for this computer."""

from __future__ import annotations

import asyncio
import platform
import secrets
import sys
from collections.abc import Sequence

import click

from importai_tui.cli.constants import PROGRAM
from importai_tui.cli.context import CliContext
from importai_tui.cli.options import NumberRange
from importai_tui.errors import ReaderError
from importai_tui.output.console import print_data, print_status
from importai_tui.wording import format_missing_extra

_LIBRARIES = ("aiohttp", "textual_serve")
_ALL_INTERFACES = ("0.0.0.0", "::")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Listen on this address.")
@click.option(
    "--port",
    default=8422,
    show_default=True,
    type=NumberRange(0, 65535),
    help="Listen on this port; 0 takes any free one.",
)
@click.option("--no-token", is_flag=True, help="Let in everyone who can reach the port.")
@click.option("--open", "opens", is_flag=True, help="Open the page in your browser.")
@click.pass_obj
def serve(cli: CliContext, host: str, port: int, no_token: bool, opens: bool) -> None:
    """Read in a web browser.

    Prints the URL of the page, which has a secret token, and serves it until you press ctrl+c. Only this computer can
    reach it unless you set --host.
    """
    try:
        from importai_tui.web_server.access import LOCAL_NAME, AccessRules, is_loopback
        from importai_tui.web_server.server import run_server
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in _LIBRARIES:
            raise
        raise ReaderError(format_missing_extra("The command `serve`", "web")) from error
    cli.warn_about_config()
    node = platform.node().lower() or LOCAL_NAME
    names = {host.lower()} if is_loopback(host) else {node, host.lower()} - {""}
    rules = AccessRules("" if no_token else secrets.token_urlsafe(), frozenset(names))
    program = [sys.executable, "-P", "-m", "importai_tui", *(["--demo"] if cli.demo else [])]

    def announce(addresses: Sequence[str], port: int) -> None:
        name = node if any(address in _ALL_INTERFACES for address in addresses) else host.lower()
        url = f"http://{f'[{name}]' if ':' in name else name}:{port}/{f'?token={rules.token}' if rules.token else ''}"
        print_data(url)
        if not all(map(is_loopback, addresses)):
            whom = (
                "Anyone who can reach this computer" if no_token else "Anyone who has this URL or watches your network"
            )
            print_status(f"{PROGRAM}: {whom} can read your archive and change your marks.")
        if sys.stdin.isatty():
            print_status("Open this URL in your browser; ctrl+c stops the server.")
        if opens:
            print_status(cli.make_opener()(url).message)

    asyncio.run(run_server(program, rules, host, port, announce))
