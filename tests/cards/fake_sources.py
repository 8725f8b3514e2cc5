"""All sources of cards as one handler for the server on loopback.

Each source has a folder of its own: `/arxiv` plays https://export.arxiv.org, and so on, see `CONSTANTS`. The answers
are in `fake_papers.py` and `fake_pages.py`; all other addresses are played by `fake_web.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from typing import Protocol

from importai_tui.cards import fetch
from importai_tui.http.pauses import HostPauses
from tests.cards.fake_pages import PAGE_CONSTANTS, PAGE_HANDLERS
from tests.cards.fake_papers import PAPER_CONSTANTS, PAPER_HANDLERS
from tests.cards.fake_web import WEB_HANDLERS, open_fake_client
from tests.http.server import Handler, Reply, Request, Server

_SOURCES = "importai_tui.cards.sources"

CONSTANTS: Mapping[str, tuple[str, str]] = {**PAPER_CONSTANTS, **PAGE_CONSTANTS}
"""By folder: the module of the source, below `cards.sources`, and its constant with the address that is played."""
HANDLERS: Mapping[str, Handler] = {**PAPER_HANDLERS, **PAGE_HANDLERS, **WEB_HANDLERS}
"""By folder: the handler, whose request has a path without the folder."""


class SetAttribute(Protocol):
    """`monkeypatch.setattr`, or `setattr`."""

    def __call__(self, target: object, name: str, value: object, /) -> None: ...


@dataclass
class FakeSources:
    """Replies for all sources. Tests may change it at any time.

    `overrides` replaces the handler of a folder ("arxiv"), or returns None for the normal reply.
    """

    overrides: dict[str, Callable[[Request], Reply | None]] = field(default_factory=dict)
    handlers: dict[str, Handler] = field(default_factory=lambda: dict(HANDLERS))
    requests: list[tuple[str, Request]] = field(default_factory=list)
    """Folder and request, oldest first."""

    def __call__(self, request: Request) -> Reply:
        """Return the reply to one request."""
        folder, _, path = request.path.removeprefix("/").partition("/")
        if folder not in self.handlers:
            return Reply(b"no such source", status=404)
        request = replace(request, path=f"/{path}")
        self.requests.append((folder, request))
        override = self.overrides.get(folder)
        return (override(request) if override else None) or self.handlers[folder](request)

    def requests_to(self, folder: str) -> list[Request]:
        """Return the requests to one source, oldest first."""
        return [request for name, request in self.requests if name == folder]

    @contextmanager
    def serve(self, set_attribute: SetAttribute) -> Iterator[Server]:
        """Start a server and point all sources at it."""
        with Server(self) as server:
            point_sources_at(server.address, set_attribute)
            yield server


def point_sources_at(address: str, set_attribute: SetAttribute) -> None:
    """Replace the addresses of all sources by those of a server of this handler, which is then the whole internet."""
    set_attribute(fetch, "HttpClient", partial(open_fake_client, address))
    set_attribute(fetch, "_PAUSES", HostPauses())
    for folder, (module, constant) in CONSTANTS.items():
        set_attribute(import_module(f"{_SOURCES}.{module}"), constant, f"{address}/{folder}")
