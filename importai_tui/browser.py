"""Opens addresses in the system's browser: checked, as one argument of a program, never through a shell.

An address may hold `;`, `&`, `$(…)` and quotes. As an argument of a browser they are harmless; a shell runs them. So a
command that would run the address as a program (`sh -c "firefox %s"`, `eval`, `cmd /c`, `ssh`) is refused.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from threading import Thread
from types import MappingProxyType
from typing import Protocol

from importai_tui.errors import UnsafeOpenerError
from importai_tui.links.urls import is_pdf_url, validate_url

ADDRESS_PLACEHOLDER = "%s"
"""Replaced by the address in a command."""

_INTERPRETER = re.compile(
    r"(?:|a|ba|da|k|mk|ok|pdk|rk|rba|ya|po|z|fi|c|tc|elvi|xon)sh|python|pypy|perl|ruby|node|nodejs|deno|bun|php|lua"
    r"|osascript|[gm]?awk|g?sed|tclsh|wish|expect|julia|rscript|elixir|guile|racket|octave|groovy"
)
"""Programs that run their first argument, or a file of that name; later arguments are parameters."""
_EVALUATOR = re.compile(
    r"cmd|command\.com|powershell|pwsh|eval|xargs|parallel|ssh|rsh|mosh|autossh|sshpass|wsl|[cw]script|mshta"
)
"""Programs that join their arguments to a line, or split them again, and run that: no argument is safe."""
_EVALUATOR_IF_FIRST = re.compile(
    r"adb|at|batch|command|es|g?make|i3-msg|ion|just|nu|osh|rc|runuser|script|sg|su|swaymsg|watch|ysh"
)
"""Evaluators whose names are common words; checked only as the first word of the command."""
_EDITOR = re.compile(r"(?:n|g|m)?vim?|view|ex|emacs(?:client)?|kak")
"""Editors, which run commands of their own that can start programs."""
_COMMAND_OPTION = re.compile(r"(?:--(?:cmd|command|eval|exec|execute|rsh|run|to-command)|-eval|-exec(?:dir)?)(?:=|$)")
"""Options that are followed by a command, for many programs: `find -exec`, `nix-shell --run`, `emacs --eval=…`."""
_EDITOR_COMMAND_OPTION = re.compile(r"-[ce]")
"""Options of editors that are followed by such a command; one can also begin with "+"."""
_BATCH_FILE = re.compile(r"\.(?:bat|cmd)$")
"""Windows runs it through cmd."""
_CODE_CHARACTER = re.compile(r"""[\s"'`$()\\]""")
"""Characters that make an argument a line of a program: `firefox %s`, `open("%s")`."""
_SPLIT_OPTION = re.compile(r"-\w*S|--split-string")
"""Options of `env` that make several words of one."""
_INLINE_OPTION = re.compile(r"-\w*[ce]|--command|--eval")
"""Options of interpreters that are followed by program text."""
_REPLACE_OPTION = re.compile(r"-[Ii]|--replace")
"""Options of `xargs` with which it puts the input into any argument."""
_VALUE_OPTION = re.compile(r"[-+][oO]|--(?:rcfile|init-file)|-C")
"""Options of shells whose value is the next word."""

QUICK_FAILURE_SECONDS = 0.2
"""A launcher that fails ends at once; one that still runs after this time has found its browser."""

TEXT_BROWSERS = frozenset(
    {"amfora", "browsh", "carbonyl", "cha", "chawan", "elinks", "links", "links2", "lynx", "netrik", "retawq", "w3m"}
    | {"www-browser"}
)
"""Programs that would draw over our own screen. `www-browser` is Debian's link to one of them."""


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

    Args:
        environ: the environment: BROWSER, PATH, DISPLAY, WAYLAND_DISPLAY, WSL_DISTRO_NAME.
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
        return _make_result(platform == "win32" and _start_file(address), address, failed)

    return open_address


def _make_result(is_opened: bool, address: str, failed: str) -> OpenResult:
    message = f"Opened {address}" if is_opened else "No browser found."
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
    commands: list[tuple[str, Sequence[str]]] = []
    for entry in environ.get("BROWSER", "").split(os.pathsep):
        try:
            command = shlex.split(entry)
        except ValueError:  # a quote without its end
            continue
        if command:
            commands.append(("BROWSER", command))
    if platform == "darwin":
        commands.append(("", ["open"]))
    elif platform != "win32":
        if "WSL_DISTRO_NAME" in environ:
            commands.append(("", ["wslview"]))
        # Without a display xdg-open falls back to a text browser.
        if environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"):
            commands.append(("", ["xdg-open"]))
    return commands


def _insert_address(command: Sequence[str], address: str) -> list[str]:
    if any(ADDRESS_PLACEHOLDER in argument for argument in command[1:]):
        return [command[0], *(argument.replace(ADDRESS_PLACEHOLDER, address) for argument in command[1:])]
    return [*command, address]


def runs_address_here(command: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Return True if the command, or the target of a link of its name, would run the address as a program."""
    return any(runs_address([name, *command[1:]]) for name in _find_names(command[0], environ))


def _format_unsafe_error(origin: str, command: Sequence[str]) -> str:
    text = shlex.join(command)
    return (
        f"Not opened: {origin} ({text[:80]}) passes the URL through a shell, which could run parts of it as commands. "
        'Use the browser itself (firefox %s), or pass the URL as "$1": sh -c \'firefox "$1"\' sh %s'
    )


def _is_text_browser(program: str, environ: Mapping[str, str]) -> bool:
    """Return True if the name of the program, or the target of a link, is a text browser."""
    return any(Path(name).name in TEXT_BROWSERS for name in _find_names(program, environ))


def _find_names(program: str, environ: Mapping[str, str]) -> list[str]:
    """Return the name of a program, and the file that it leads to."""
    found = shutil.which(program, path=environ.get("PATH"))
    return [program, str(Path(found).resolve())] if found else [program]


def start_detached(command: Sequence[str], seconds: float) -> int | None:
    """Start a program without our terminal; return its exit status if it ends within that time, else None.

    Raises:
        OSError: it cannot be started.
        ValueError: an argument has a NUL character.
    """
    null = subprocess.DEVNULL
    # A new session, so that closing our terminal does not close the program, and it cannot read our keys.
    process = subprocess.Popen(command, stdin=null, stdout=null, stderr=null, start_new_session=True)
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


def runs_address(command: Sequence[str]) -> bool:
    """Return True if the command would run the address, or a part of it, as a program.

    Args:
        command: a program and its arguments; without "%s" in the arguments the address is added as the last one.
    """
    words = list(command)
    if not any(ADDRESS_PLACEHOLDER in word for word in words[1:]):
        words.append(ADDRESS_PLACEHOLDER)
    names = [program_name(word) for word in words]
    return (
        ADDRESS_PLACEHOLDER in words[0]
        or _EVALUATOR_IF_FIRST.fullmatch(names[0]) is not None
        or any(_EVALUATOR.fullmatch(name) or _BATCH_FILE.search(name) for name in names)
        or any(ADDRESS_PLACEHOLDER in word and _CODE_CHARACTER.search(word) for word in words)
        or ("env" in names and any(_SPLIT_OPTION.match(word) for word in words))
        # tmux runs `#(…)` in the messages that it shows.
        or (names[0] == "tmux" and any(word.startswith("disp") for word in words))
        or _is_option_command(words)
        or _is_script(words)
    )


def runs_input(command: Sequence[str], environ: Mapping[str, str], file: str) -> bool:
    """Return True if the command would run its input: an interpreter without a program of its own, or a scheduler.

    The input is the file whose name stands for `file` in the arguments; without it, standard input.
    """
    words = [ADDRESS_PLACEHOLDER if word == file else word.replace(ADDRESS_PLACEHOLDER, "") for word in command]
    runs = _is_script if any(file in word for word in command[1:]) else _runs_standard_input
    return any(runs([name, *words[1:]]) for name in _find_names(command[0], environ))


def _runs_standard_input(command: Sequence[str]) -> bool:
    name = program_name(command[0])
    if name in ("at", "batch") or (name in ("ssh", "mosh") and len(command) == 2):  # the shell of another computer
        return True
    index = next((index for index, word in enumerate(command) if _is_interpreter(word)), None)
    if index is None:
        return name == "parallel" and all(word.startswith("-") for word in command[1:])
    arguments = command[index + 1 :]
    if name in ("xargs", "parallel"):  # a shell gets parts of the input: as parameters, or in its program
        is_parameter = name == "xargs" and not any(_REPLACE_OPTION.match(word) for word in command[:index])
        return not is_parameter or not arguments or _INLINE_OPTION.fullmatch(arguments[-1]) is not None
    is_inline = any(_INLINE_OPTION.fullmatch(word) for word in arguments)
    return not is_inline and all(word.startswith(("-", "+")) for word in arguments)


def program_name(word: str) -> str:
    """Return the name of a program without its folder, its version and `.exe`."""
    name = re.split(r"[/\\:]", word.strip())[-1].lower()
    return re.sub(r"(?<=[a-z])[-_.]?\d[\d.]*$", "", re.sub(r"\.(?:exe|com)$", "", name))


def _is_interpreter(word: str) -> bool:
    return _INTERPRETER.fullmatch(program_name(word)) is not None


def _is_option_command(words: Sequence[str]) -> bool:
    """Return True if the address is a command in an option, or a part of it."""
    editor = next((index for index, word in enumerate(words) if _EDITOR.fullmatch(program_name(word))), len(words))
    for index, (before, word) in enumerate(pairwise(words)):
        if ADDRESS_PLACEHOLDER in word:
            if _COMMAND_OPTION.match(word) or _COMMAND_OPTION.fullmatch(before):
                return True
            if index >= editor and (word.startswith("+") or _EDITOR_COMMAND_OPTION.fullmatch(before)):
                return True
    return False


def _is_script(words: Sequence[str]) -> bool:
    """Return True if an interpreter gets the address as program text, or as a part of it, and not as a parameter."""
    index = next((index for index, word in enumerate(words) if _is_interpreter(word)), None)
    if index is None:
        return False
    rest = iter(words[index + 1 :])
    is_inline = False
    for word in rest:
        if ADDRESS_PLACEHOLDER in word:
            return True
        if _VALUE_OPTION.fullmatch(word):
            if ADDRESS_PLACEHOLDER in next(rest, ""):
                return True
        elif word.startswith(("-", "+")):
            is_inline = is_inline or _INLINE_OPTION.fullmatch(word) is not None
        else:
            # The word is the program text or its file, which may start another program. A parameter must be exactly
            # the address.
            parameters = list(rest)
            if any(ADDRESS_PLACEHOLDER in parameter and parameter != ADDRESS_PLACEHOLDER for parameter in parameters):
                return True
            return _is_script([word, *parameters] if _is_interpreter(word) or not is_inline else [])
    return False
