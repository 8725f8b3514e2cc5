"""Opens addresses in the system's browser: checked, as one argument of a program, never through a shell.

A command that would run the address as a program (`sh -c "firefox %s"`, `eval`, `cmd /c`, `ssh`) is refused.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from types import MappingProxyType
from typing import Protocol

from importai_tui.command_safety import ADDRESS_PLACEHOLDER, find_program_names, get_program_name, runs_address_here
from importai_tui.errors import UnsafeOpenerError
from importai_tui.links.urls import is_pdf_url, validate_url
from importai_tui.programs import NO_CONSOLE, is_remote, join_command, resolve_program, split_program

QUICK_FAILURE_SECONDS = 0.2
"""A launcher that fails ends at once; one that still runs after this time has found its browser."""

TEXT_BROWSERS = frozenset(
    {"amfora", "browsh", "carbonyl", "cha", "chawan", "elinks", "links", "lynx", "netrik", "retawq", "w3m"}
    | {"www-browser"}
)
"""Programs that would draw over our own screen. `www-browser` is Debian's link to one of them."""

_NO_BROWSER = "No browser found."


@dataclass(frozen=True, slots=True)
class OpenResult:
    """The result of opening an address."""

    is_opened: bool
    """False if there is no browser, so the address should be copied and shown."""
    url: str
    """The address for the browser."""
    message: str
    """A message for the user."""
    failed_program: str = ""
    """The name of a program from the settings that should have opened it, but failed."""


class Opener(Protocol):
    """Opens addresses."""

    def __call__(self, url: str, kind: str = "") -> OpenResult:
        """Open one address; a kind of link, or "pdf", may have a program of its own.

        Raises:
            RefusedAddressError: the address is unsafe.
            UnsafeOpenerError: the configured command would let a shell execute the address.
        """


Spawn = Callable[[list[str]], bool]
"""Starts a program; returns True if it started and did not fail at once."""


def make_opener(
    environ: Mapping[str, str],
    platform: str = sys.platform,
    configured_command: Sequence[str] | None = None,
    spawn: Spawn | None = None,
    openers: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Opener:
    """Return an opener that tries the configured programs, then those of `$BROWSER`, then the platform's own.

    Over ssh the platform's own browser would open on the other computer, so it is used only with a forwarded display.

    Args:
        environ: the environment: BROWSER, PATH, DISPLAY, WAYLAND_DISPLAY, WSL_DISTRO_NAME, SSH_CONNECTION, SSH_TTY.
        platform: as `sys.platform`.
        configured_command: a program and its arguments; "%s" is replaced by the address, else it is added at the end.
            A command that lets a shell execute the address is refused, as in `$BROWSER`.
        spawn: starts a program; for tests.
        openers: such commands by kind of link, and for PDFs of any kind; they are tried first.
    """
    start = spawn or _spawn

    def open_address(url: str, kind: str = "") -> OpenResult:
        address = validate_url(url)
        kinds = [*(["pdf"] if is_pdf_url(address) else []), kind]
        own = [(f"the setting links.openers.{kind}", openers[kind]) for kind in kinds if openers.get(kind)]
        if configured_command:
            own.append(("the setting links.opener", configured_command))
        failed = ""
        for origin, command in [*own, *_find_commands(environ, platform)]:
            if runs_address_here(command, environ):
                raise UnsafeOpenerError(_format_unsafe_error(origin, command))
            if not _is_text_browser(command[0], environ) and start(_insert_address(command, address)):
                return _make_result(True, address, failed)
            if (origin, command) in own:
                failed = failed or Path(command[0]).name
        is_opened = platform == "win32" and not is_remote(environ) and _start_file(address)
        return _make_result(is_opened, address, failed, "No browser over ssh." if is_remote(environ) else _NO_BROWSER)

    return open_address


def _make_result(is_opened: bool, address: str, failed: str, problem: str = _NO_BROWSER) -> OpenResult:
    message = f"Opened {address}" if is_opened else problem
    return OpenResult(is_opened, address, f"{failed} failed. {message}" if failed else message, failed)


def find_unsafe_openers(
    configured_command: Sequence[str], openers: Mapping[str, Sequence[str]], environ: Mapping[str, str]
) -> list[str]:
    """Return a sentence for each of the configured commands that is refused: see `make_opener`."""
    commands = {"links.opener": configured_command, **{f"links.openers.{kind}": openers[kind] for kind in openers}}
    return [
        _format_unsafe_error(f"the setting {key}", command)
        for key, command in commands.items()
        if command and runs_address_here(command, environ)
    ]


def _find_commands(environ: Mapping[str, str], platform: str) -> list[tuple[str, Sequence[str]]]:
    """Return the commands of the system to try, each with its origin; empty for the platform's own."""
    entries = environ.get("BROWSER", "").split(";" if platform == "win32" else ":")
    commands: list[tuple[str, Sequence[str]]] = [
        ("BROWSER", command) for entry in entries if (command := split_program(entry, environ, platform))
    ]
    if platform == "darwin":
        if not is_remote(environ):
            commands.append(("", ["open"]))
    elif platform != "win32":
        if "WSL_DISTRO_NAME" in environ and not is_remote(environ):
            commands.append(("", ["wslview"]))
        # Without a display xdg-open falls back to a text browser.
        if environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"):
            commands.append(("", ["xdg-open"]))
    return commands


def _insert_address(command: Sequence[str], address: str) -> list[str]:
    if any(ADDRESS_PLACEHOLDER in argument for argument in command[1:]):
        return [command[0], *(argument.replace(ADDRESS_PLACEHOLDER, address) for argument in command[1:])]
    return [*command, address]


def _format_unsafe_error(origin: str, command: Sequence[str]) -> str:
    text = join_command(command)
    return (
        f"Not opened: {origin} ({text[:80]}) passes the URL through a shell, which could run parts of it as commands. "
        'Use the browser itself (firefox %s), or pass the URL as "$1": sh -c \'firefox "$1"\' sh %s'
    )


def _is_text_browser(program: str, environ: Mapping[str, str]) -> bool:
    """Return True if the name of the program, or the target of a link, is a text browser."""
    return any(get_program_name(name) in TEXT_BROWSERS for name in find_program_names(program, environ))


def start_detached(command: Sequence[str], seconds: float) -> int | None:
    """Start a program without our terminal; return its exit status if it ends within that time, else None.

    Raises:
        OSError: it cannot be started.
        ValueError: an argument has a NUL character.
    """
    null = subprocess.DEVNULL
    # A new session, so that closing our terminal does not close the program, and it cannot read our keys.
    process = subprocess.Popen(
        resolve_program(command),
        stdin=null,
        stdout=null,
        stderr=null,
        start_new_session=True,
        creationflags=NO_CONSOLE,
    )
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        Thread(target=process.wait, daemon=True).start()  # or it would become a zombie
        return None


def _spawn(command: list[str]) -> bool:
    try:
        return not start_detached(command, QUICK_FAILURE_SECONDS)
    except (OSError, ValueError):
        return False


def _start_file(address: str) -> bool:
    start_file = getattr(os, "startfile", None)  # only on Windows
    if start_file is None:
        return False
    try:
        start_file(address)
    except OSError:
        return False
    return True
