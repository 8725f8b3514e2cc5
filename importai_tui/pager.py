"""Shows a long text through the system's pager: started without a shell, and given nothing but that text.

It cleans nothing and knows no screen; what is handed to it must be clean.
"""

from __future__ import annotations

import shlex
import shutil
import signal
import subprocess
from collections.abc import Mapping

_USUAL = ("less", "more")
_QUIT_IF_SHORT = "FX"
"""For less, where LESS does not say otherwise: a text of one screen is printed at once, and stays there at the end."""
_NOT_STARTED = (126, 127)
"""What `env` and shells end with that could not start the program they were to start."""


def show_in_pager(text: str, environ: Mapping[str, str], encoding: str = "utf-8") -> bool:
    """Show the text and wait until the person has left the pager; False where there is none, and nothing was shown.

    Args:
        text: clean text.
        environ: PAGER may name a program with arguments; empty, it means that none is wanted. TERM, PATH and what
            the pager itself looks for are taken from here too.
        encoding: what the terminal speaks.
    """
    command = _command(environ)
    if not command:
        return False
    # Ctrl-C is for the pager, which goes on after it; we wait for it to end. A handler of ours, unlike a signal that is
    # ignored, is not handed down to the program.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, env=_with_usual_options(environ, encoding))
        process.communicate(text.encode(encoding, "replace"))
    except (OSError, ValueError):  # it is not there, may not be started, or is named by no name at all
        return False
    finally:
        signal.signal(signal.SIGINT, before)
    return process.returncode not in _NOT_STARTED


def _command(environ: Mapping[str, str]) -> list[str]:
    if (told := environ.get("PAGER")) is not None:
        try:
            return shlex.split(told)
        except ValueError:  # a quote that never closes: no command
            return []
    if environ.get("TERM", "dumb") == "dumb":  # less would warn, and wait for a key
        return []
    found = next((program for program in _USUAL if shutil.which(program, path=environ.get("PATH"))), None)
    return [found] if found else []


def _with_usual_options(environ: Mapping[str, str], encoding: str) -> dict[str, str]:
    usual = {"LESS": _QUIT_IF_SHORT}
    if encoding.lower().replace("-", "") == "utf8":
        usual["LESSCHARSET"] = "utf-8"
    return usual | dict(environ)
