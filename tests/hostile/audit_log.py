"""Reads the audit log of a process: its network access and the programs it started. The folder `guard` writes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from tests.hostile.guard.sitecustomize import LOG_VARIABLE

_GUARD = Path(__file__).parent / "guard"
_ROOT = Path(__file__).parents[2]


class AuditEvent(NamedTuple):
    """An audit event of Python and its arguments."""

    event: str
    values: tuple[Any, ...]

    @property
    def network_target(self) -> tuple[str, int] | None:
        """The host and port that it connects to or looks up; None for other events."""
        match self.event, self.values:
            case "socket.connect", (_, (str(host), int(port), *_)):
                return host, port
            case "socket.getaddrinfo", (host, port, *_):
                return str(host), int(port or 0)
        return None

    @property
    def started_command(self) -> list[str] | None:
        """The command line of the process that it starts; None for other events."""
        return list(self.values[1]) if self.event == "subprocess.Popen" else None


def make_audited_environ(log: Path) -> dict[str, str]:
    """Return the environment variables by which a program writes its audit events to `log`."""
    return {LOG_VARIABLE: str(log), "PYTHONPATH": f"{_GUARD}:{_ROOT}"}


def read_events(log: Path) -> list[AuditEvent]:
    """Return all events so far, in order."""
    return [AuditEvent(event, tuple(values)) for event, values in map(json.loads, log.read_text().splitlines())]
