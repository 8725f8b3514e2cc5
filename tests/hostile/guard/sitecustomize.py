"""Writes down what this process asks of the network, and what it starts, before either is done.

A Python with this folder in PYTHONPATH loads it by itself, before any code of the program under test.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

LOG_VARIABLE = "IMPORTAI_TUI_TESTS_GUARD"
"""Names the file that it is written to, a line of JSON each."""
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
"""How the audit events begin that Python raises for these (PEP 578)."""


def add_audit_hook(report: Callable[[str, tuple[Any, ...]], object]) -> None:
    """Have each such event told, as long as the process lives: a hook cannot be taken away again."""

    def hook(event: str, values: tuple[Any, ...]) -> None:
        # Sockets of this machine's own, by which threads of asyncio wake one another, are none of the network.
        if event.startswith(_RECORDED_EVENTS) and not (event == "socket.__new__" and values[1] == _LOCAL):
            report(event, values)

    sys.addaudithook(hook)


_LOCAL = 1
"""AF_UNIX. Not by its name: the program is to import `socket` by itself, or not at all."""

if path := os.environ.get(LOG_VARIABLE):
    _file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def _write(event: str, values: tuple[Any, ...]) -> None:
        told = [value if isinstance(value, str | int | list | tuple) else repr(value) for value in values]
        os.write(_file, json.dumps([event, told], default=repr).encode() + b"\n")

    add_audit_hook(_write)
