"""HTTP server on loopback that sends prepared replies, including broken ones. Knows nothing of the newsletter."""

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

MAX_LINE = 65_536
"""Bytes of a request line or a header; the limit of the standard library's server."""
_NO_BODY = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
"""Statuses that never have a body (RFC 9110, section 6.4.1)."""
_LENGTH_HEADERS = {"content-length", "transfer-encoding"}
"""With one of these a reply sets the end of its body itself, rightly or wrongly."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as received; the path has no query, the names of headers are in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply to send.

    `gzipped` compresses the body if the client accepts gzip. `cut` announces the whole body and closes the connection
    after that many bytes. `drip` is the pause in seconds after each byte of the body. With `silent` no byte is sent
    until the client leaves or the server stops. `reason` replaces the standard reason phrase.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    gzipped: bool = False
    cut: int | None = None
    drip: float | None = None
    silent: bool = False
    reason: str | None = None


Handler = Callable[[Request], Reply]


class Server:
    """Serves each connection in a thread until it is closed.

    An exception in `handler` is answered with 500 and raised again by `close`, so the test fails.
    """

    def __init__(self, handler: Handler, host: str = "127.0.0.1") -> None:
        self._handler = handler
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family)
        self._requests: list[Request] = []
        self._errors: list[Exception] = []
        self._stopping = Event()
        self._lock = Lock()
        self._open: dict[socket.socket, Thread] = {}
        self.connections = 0
        self.port: int = self._listener.getsockname()[1]
        self.address = f"http://{f'[{host}]' if ':' in host else host}:{self.port}"
        self._accepting = Thread(target=self._accept, daemon=True)
        self._accepting.start()

    @property
    def requests(self) -> list[Request]:
        """Return a copy of all requests so far, oldest first."""
        with self._lock:
            return list(self._requests)

    def close(self) -> None:
        """Close all connections and stop. May be called twice."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        # Closing a socket does not wake a waiting accept on every system, so connect once more.
        with suppress(OSError):
            socket.create_connection(self._listener.getsockname()[:2], timeout=1).close()
        self._accepting.join()
        self._listener.close()
        with self._lock:
            connections = dict(self._open)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in connections.values():
            thread.join()
        if self._errors:
            raise self._errors[0]

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
            thread = Thread(target=self._serve, args=(connection,), daemon=True)
            with self._lock:
                self._open[connection] = thread
                self.connections += 1
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        """Serve one connection until it ends."""
        with suppress(OSError), connection, connection.makefile("rb") as lines:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while (request := _read(lines)) and not self._stopping.is_set():
                reply = self._reply(request)
                if reply.silent:
                    lines.read(1)
                    break
                self._send(connection, request, reply)
                if reply.cut is not None or request.headers.get("connection") == "close":
                    break
        with self._lock:
            del self._open[connection]

    def _reply(self, request: Request) -> Reply:
        with self._lock:
            self._requests.append(request)
        try:
            return self._handler(request)
        except Exception as error:
            self._errors.append(error)
            return Reply(repr(error).encode(), status=500)

    def _send(self, connection: socket.socket, request: Request, reply: Reply) -> None:
        body = reply.body
        headers = dict(reply.headers)
        if reply.gzipped and "gzip" in request.headers.get("accept-encoding", ""):
            body = gzip.compress(body, compresslevel=1, mtime=0)
            headers["Content-Encoding"] = "gzip"
        if reply.status not in _NO_BODY and not {name.lower() for name in headers} & _LENGTH_HEADERS:
            headers["Content-Length"] = str(len(body))
        if request.method == "HEAD" or reply.status in _NO_BODY:
            body = b""
        reason = reply.reason if reply.reason is not None else _reason(reply.status)
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


def _read(lines: BinaryIO) -> Request | None:
    """Read the next request without its body; None if the client has closed the connection."""
    method, _, rest = lines.readline(MAX_LINE).decode("latin-1").partition(" ")
    if not rest:
        return None
    headers = {}
    while line := lines.readline(MAX_LINE).decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    target = urlsplit(rest.rpartition(" ")[0])
    return Request(method, target.path, dict(parse_qsl(target.query, keep_blank_values=True)), headers)


def _reason(status: int) -> str:
    return HTTPStatus(status).phrase if status in HTTPStatus.__members__.values() else "Unknown"
