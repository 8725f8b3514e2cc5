"""What a process asked of the network and what it started, as the folder `guard` wrote it down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from tests.hostile.guard.sitecustomize import LOG_VARIABLE

_GUARD = Path(__file__).parent / "guard"
_ROOT = Path(__file__).parents[2]


class AuditEvent(NamedTuple):
    """An audit event of Python, and what it is about: the address that is asked, the arguments of what is started."""

    event: str
    values: tuple[Any, ...]

    @property
    def network_target(self) -> tuple[str, int] | None:
        """The host and port that it asks or asks for; None where it does neither."""
        match self.event, self.values:
            case "socket.connect", (_, (str(host), int(port), *_)):
                return host, port
            case "socket.getaddrinfo", (host, port, *_):
                return str(host), int(port or 0)
        return None

    @property
    def started_command(self) -> list[str] | None:
        """The arguments of the process that it starts; None where it starts none."""
        return list(self.values[1]) if self.event == "subprocess.Popen" else None


def make_audited_environ(log: Path) -> dict[str, str]:
    """What the environment of a program must have, so that its deeds are written to that file."""
    return {LOG_VARIABLE: str(log), "PYTHONPATH": f"{_GUARD}:{_ROOT}"}


def read_events(log: Path) -> list[AuditEvent]:
    """All so far, in their order."""
    return [AuditEvent(event, tuple(values)) for event, values in map(json.loads, log.read_text().splitlines())]
