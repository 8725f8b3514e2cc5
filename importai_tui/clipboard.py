"""Copies text to the clipboard: with the platform's own tool, through tmux, or with a sequence for the terminal.

A terminal does not report whether it has taken a text from a sequence (OSC 52), and many do not. So tools come first,
and the result says how far the text is known to have come.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from enum import Enum
from typing import NamedTuple

from importai_tui.program_errors import describe_exit, describe_start_error
from importai_tui.programs import NO_CONSOLE, find_program, is_remote
from importai_tui.wording import format_os_error

TERMINAL_LIMIT = 74_994
"""Bytes of the longest text that is sent to the terminal: xterm and others ignore a sequence above 100,000 bytes."""
TIMEOUT = 2.0
"""Seconds that a tool may take; without its display, or without the app it talks to, it can wait forever."""

_SCREEN_CHUNK = 252
"""Bytes within one string that GNU screen passes on; it drops longer ones."""


class Place(Enum):
    """The places where a text is known to have arrived."""

    CLIPBOARD = "clipboard"
    TMUX = "tmux"
    """tmux has it, and has sent it on to its own terminal."""
    TMUX_BUFFER = "tmux buffer"
    """tmux has it, but is older than 3.2 and sends nothing on."""
    BROWSER = "browser"
    """The browser was asked to copy it, with the sequence for terminals."""
    TERMINAL = "terminal"
    """The sequence for the terminal is all that there is."""
    NOWHERE = "nowhere"
    """There is only the terminal, and the text is too long for it."""


class CopyResult(NamedTuple):
    """The result of copying a text."""

    place: Place
    sequence: str = ""
    """A control sequence that the caller must write to the terminal; empty if there is none."""
    problem: str = ""
    """A sentence about the user's own command, if it has failed and something else was used."""


class Tool(NamedTuple):
    """A program that takes a text on its standard input."""

    command: tuple[str, ...]
    place: Place = Place.CLIPBOARD
    encoding: str = "utf-8"
    environ: Mapping[str, str] = {}
    """Variables that it needs besides."""


def copy_text(
    text: str, environ: Mapping[str, str], platform: str, own_command: Sequence[str] = (), *, timeout: float = TIMEOUT
) -> CopyResult:
    """Copy a clean text. It takes as long as the tools do, so call it in a thread.

    Args:
        text: clean text.
        environ: the environment of the reader.
        platform: as `sys.platform`.
        own_command: the user's program with its arguments, used instead of all tools unless it fails.
        timeout: the seconds that each tool may take.
    """
    problem = ""
    if own_command:
        error = _run(Tool(tuple(own_command)), text, environ, timeout)
        if not error:
            return CopyResult(Place.CLIPBOARD)
        problem = f"clipboard.copy_command: {error}"
    places: set[Place] = set()
    for tool in find_tools(environ, platform):
        is_needed = tool.place not in places and not (tool.place is Place.TMUX_BUFFER and Place.TMUX in places)
        if is_needed and not _run(tool, text, environ, timeout):
            places.add(tool.place)
    for place in (Place.CLIPBOARD, Place.TMUX):
        if place in places:
            return CopyResult(place, problem=problem)
    data = text.encode("utf-8", "replace")
    sequence = "" if len(data) > TERMINAL_LIMIT else format_sequence(data, in_screen="STY" in environ)
    place = Place.TMUX_BUFFER if Place.TMUX_BUFFER in places else Place.TERMINAL if sequence else Place.NOWHERE
    return CopyResult(place, sequence, problem)


def copy_in_browser(text: str) -> CopyResult:
    """Copy a clean text with the browser that shows the reader, because tools would use the clipboard of the server."""
    data = text.encode("utf-8", "replace")
    if len(data) > TERMINAL_LIMIT:
        return CopyResult(Place.NOWHERE)
    return CopyResult(Place.BROWSER, format_sequence(data))


def find_tools(environ: Mapping[str, str], platform: str) -> tuple[Tool, ...]:
    """Return the tools to try, the best first; one success for each place is enough. They need not be installed."""
    return tuple(_list_tools(environ, platform))


def _list_tools(environ: Mapping[str, str], platform: str) -> Iterator[Tool]:
    if environ.get("TMUX"):
        yield Tool(("tmux", "load-buffer", "-w", "-"), Place.TMUX)
        yield Tool(("tmux", "load-buffer", "-"), Place.TMUX_BUFFER)
    if is_remote(environ):
        return  # the tools would fill the clipboard of the other computer
    if platform == "darwin":
        # Without a locale of UTF-8 it takes the bytes for those of an old Mac.
        yield Tool(("pbcopy",), environ={"LC_ALL": "en_US.UTF-8"})
    elif platform == "win32":
        # The whole path, because Windows would first look in the working folder.
        yield Tool((environ.get("SystemRoot", r"C:\Windows") + r"\System32\clip.exe",), encoding="utf-16-le")
    else:
        if "TERMUX_VERSION" in environ:
            yield Tool(("termux-clipboard-set",))
        if "WSL_DISTRO_NAME" in environ or platform == "cygwin":
            # It takes UTF-16, but would copy a byte order mark as a part of the text.
            yield Tool(("clip.exe",), encoding="utf-16-le")
        if environ.get("WAYLAND_DISPLAY"):
            yield Tool(("wl-copy", "--type", "text/plain"))
        if environ.get("DISPLAY"):
            yield Tool(("xclip", "-selection", "clipboard"))
            yield Tool(("xsel", "--clipboard", "--input"))


def format_sequence(data: bytes, *, in_screen: bool = False) -> str:
    """Return the sequence that asks a terminal to copy a text (OSC 52).

    Args:
        data: the text in UTF-8.
        in_screen: put it into strings that GNU screen passes on to its own terminal.
    """
    sequence = f"\x1b]52;c;{b64encode(data).decode()}\a"
    if not in_screen:
        return sequence
    chunks = (sequence[start : start + _SCREEN_CHUNK] for start in range(0, len(sequence), _SCREEN_CHUNK))
    return "".join(f"\x1bP{chunk}\x1b\\" for chunk in chunks)


def _run(tool: Tool, text: str, environ: Mapping[str, str], timeout: float) -> str:
    """Run a tool; return why it has failed, a sentence without its end, or an empty text."""
    name = tool.command[0]
    program = find_program(name, environ)
    if program is None:
        return f"{name} wasn't found"
    null = subprocess.DEVNULL
    try:
        # Many tools leave a process behind that serves the text. So it gets no pipe that we would wait for, and no
        # terminal, whose end would be its end.
        process = subprocess.Popen(
            [program, *tool.command[1:]],
            stdin=subprocess.PIPE,
            stdout=null,
            stderr=null,
            env={**environ, **tool.environ},
            start_new_session=True,
            creationflags=NO_CONSOLE,
        )
    except (OSError, ValueError) as error:
        return describe_start_error(name, error)
    try:
        process.communicate(text.encode(tool.encoding, "replace"), timeout)
    except subprocess.TimeoutExpired:
        _kill(process)
        return f"{name} took longer than {timeout:g} s"
    except OSError as error:
        _kill(process)
        return f"{name} can't be used: {format_os_error(error)}"
    return describe_exit(name, process.returncode)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if sys.platform != "win32":
        with suppress(OSError):  # it ends at this moment
            os.killpg(process.pid, signal.SIGKILL)  # with the programs that it has started
    else:
        process.kill()
    process.wait()
