"""A web server on loopback that plays what it is told, failures among it. It knows no newsletter."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Event, Lock, Thread
from typing import BinaryIO, Self
from urllib.parse import parse_qsl, urlsplit

LONGEST_LINE = 65_536
"""Bytes of a request line or a header; what the standard library's server takes."""
_BODILESS = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
"""Answers that never have a body (RFC 9110, section 6.4.1)."""
_LENGTH_TOLD = {"content-length", "transfer-encoding"}
"""A reply that sets one of these says itself where its body ends, rightly or wrongly."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the server saw it; the path is without the query, the names of headers are in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer.

    `gzipped` packs the body for a client that takes that. `cut` promises the whole body and breaks off after that many
    bytes of it. `drip` is the pause in seconds after each byte of the body. `silent` takes the request and says
    nothing, until the client leaves or the server stops. `reason` stands for the usual words of the status.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    gzipped: bool = False
    cut: int | None = None
    drip: float | None = None
    silent: bool = False
    reason: str | None = None


Answering = Callable[[Asked], Reply]


class Server:
    """Answers in threads of its own until it is closed.

    What goes wrong in `answering` is answered with 500 and raised by `close`, so that no test passes over it.
    """

    def __init__(self, answering: Answering, host: str = "127.0.0.1") -> None:
        self._answering = answering
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family)
        self._asked: list[Asked] = []
        self._wrong: list[Exception] = []
        self._stopping = Event()
        self._lock = Lock()
        self._open: dict[socket.socket, Thread] = {}
        self.connections = 0
        self.port: int = self._listener.getsockname()[1]
        self.address = f"http://{f'[{host}]' if ':' in host else host}:{self.port}"
        self._accepting = Thread(target=self._accept, daemon=True)
        self._accepting.start()

    @property
    def asked(self) -> list[Asked]:
        """Every request so far, oldest first; a copy."""
        with self._lock:
            return list(self._asked)

    def close(self) -> None:
        """Breaks off what is open and ends; a second time it does nothing."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        # Not every system wakes a waiting accept when its socket is closed: one last visitor does.
        with suppress(OSError):
            socket.create_connection(self._listener.getsockname()[:2], timeout=1).close()
        self._accepting.join()
        self._listener.close()
        with self._lock:
            visits = dict(self._open)
        for connection in visits:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for visit in visits.values():
            visit.join()
        if self._wrong:
            raise self._wrong[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._stopping.is_set():
                connection.close()
                return
            visit = Thread(target=self._visit, args=(connection,), daemon=True)
            with self._lock:
                self._open[connection] = visit
                self.connections += 1
            visit.start()

    def _visit(self, connection: socket.socket) -> None:
        """One connection, from its first request to its end."""
        with suppress(OSError), connection, connection.makefile("rb") as lines:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while (asked := _read(lines)) and not self._stopping.is_set():
                reply = self._reply(asked)
                if reply.silent:
                    lines.read(1)
                    break
                self._send(connection, asked, reply)
                if reply.cut is not None or asked.headers.get("connection") == "close":
                    break
        with self._lock:
            del self._open[connection]

    def _reply(self, asked: Asked) -> Reply:
        with self._lock:
            self._asked.append(asked)
        try:
            return self._answering(asked)
        except Exception as error:
            self._wrong.append(error)
            return Reply(repr(error).encode(), status=500)

    def _send(self, connection: socket.socket, asked: Asked, reply: Reply) -> None:
        body = reply.body
        headers = dict(reply.headers)
        if reply.gzipped and "gzip" in asked.headers.get("accept-encoding", ""):
            body = gzip.compress(body, compresslevel=1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        if reply.status not in _BODILESS and not {name.lower() for name in headers} & _LENGTH_TOLD:
            headers["Content-Length"] = str(len(body))
        if asked.method == "HEAD" or reply.status in _BODILESS:
            body = b""
        reason = reply.reason if reply.reason is not None else _words(reply.status)
        lines = [f"HTTP/1.1 {reply.status} {reason}", *(f"{name}: {value}" for name, value in headers.items())]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        if reply.drip is None:
            connection.sendall(head + body[: reply.cut])
            return
        connection.sendall(head)
        for n in range(len(body[: reply.cut])):
            connection.sendall(body[n : n + 1])
            if self._stopping.wait(reply.drip):
                return


def _read(lines: BinaryIO) -> Asked | None:
    """The next request, None where the client has left. Bodies of requests are not read: nobody here sends one."""
    method, _, rest = lines.readline(LONGEST_LINE).decode("latin-1").partition(" ")
    if not rest:
        return None
    headers = {}
    while line := lines.readline(LONGEST_LINE).decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    target = urlsplit(rest.rpartition(" ")[0])
    return Asked(method, target.path, dict(parse_qsl(target.query, keep_blank_values=True)), headers)


def _words(status: int) -> str:
    return HTTPStatus(status).phrase if status in HTTPStatus.__members__.values() else "Unknown"
