"""Records the network access of this process, and the programs it starts, before either happens.

Python loads this module at its start if this folder is in PYTHONPATH.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

LOG_VARIABLE = "IMPORTAI_TUI_TESTS_GUARD"
"""Environment variable with the path of the log, which has one line of JSON per event."""
_RECORDED_EVENTS = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "os.system",
    "urllib.",
    "webbrowser.",
)
"""Prefixes of the recorded audit events (PEP 578)."""


def add_audit_hook(report: Callable[[str, tuple[Any, ...]], object]) -> None:
    """Report each such event to `report`. Python cannot remove a hook, so it stays until the process ends."""

    def hook(event: str, values: tuple[Any, ...]) -> None:
        # Local sockets, which asyncio uses to wake its threads, are no network access.
        if event.startswith(_RECORDED_EVENTS) and not (event == "socket.__new__" and values[1] == _LOCAL):
            report(event, values)

    sys.addaudithook(hook)


_LOCAL = 1
"""AF_UNIX, as a number, because this module must not import `socket` for the program."""

if path := os.environ.get(LOG_VARIABLE):
    _file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def _write(event: str, values: tuple[Any, ...]) -> None:
        arguments = [value if isinstance(value, str | int | list | tuple) else repr(value) for value in values]
        os.write(_file, json.dumps([event, arguments], default=repr).encode() + b"\n")

    add_audit_hook(_write)
