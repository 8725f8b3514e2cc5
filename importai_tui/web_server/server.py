"""A web server with one page: the reader in a terminal, drawn by the script of textual-serve."""

from __future__ import annotations

import asyncio
import errno
import logging
import secrets
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from weakref import WeakSet

import textual_serve
from aiohttp import WSCloseCode, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.log import server_logger
from aiohttp.typedefs import Handler

from importai_tui.errors import ReaderError
from importai_tui.web_server.access import AccessRules
from importai_tui.web_server.reader_process import run_reader

_HEARTBEAT_SECONDS = 15.0
"""Seconds between two pings. They also keep a connection through a proxy open."""
_CLOSE_SECONDS = 2.0
"""Seconds to wait for the closing handshake of a websocket."""
_CLEANUP_SECONDS = 8.0
"""Seconds to wait for readers to save when the server stops."""
_NOT_ALLOWED = "Open this page with the URL that `importai-tui serve` printed, including its token.\n"
_WRONG_HOST = "The reader isn't available under this name. Use the URL that `importai-tui serve` printed.\n"
_WRONG_PAGE = "Requests from other web pages aren't allowed.\n"
_STATIC = Path(textual_serve.__path__[0]) / "static"
_COOKIE = "importai-tui"
_PAGE_FILES = {"": ("page.html", "text/html"), "page.js": ("page.js", "text/javascript")}
_HEADERS = {
    # Nothing is loaded from other sites. The terminal's script adds inline styles.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # sites that are opened from the page do not learn its address
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def make_app(program: Sequence[str], rules: AccessRules) -> web.Application:
    """Return the server. It runs the program once for each open page."""
    # The cookie is only for this folder, which is new each time. Browsers ignore the port of a cookie, so they would
    # send it to every server on this computer, also to those of other users.
    home = f"/{secrets.token_urlsafe(12)}/" if rules.token else "/"
    sockets: WeakSet[web.WebSocketResponse] = WeakSet()

    @web.middleware
    async def check_access(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = request.headers.get("Host", "")
        if not rules.is_own_host(host):
            return _refuse(_WRONG_HOST)
        origin = request.headers.get("Origin")
        # Browsers send it with every websocket request, but let any page open one.
        if (origin or request.path == f"{home}ws") and not rules.is_own_page(origin, host):
            return _refuse(_WRONG_PAGE)
        if request.path == "/" and "token" in request.query and rules.is_token(request.query["token"]):
            return _hide_token(rules.token, home)
        return await handler(request) if rules.is_token(request.cookies.get(_COOKIE)) else _refuse(_NOT_ALLOWED)

    async def serve_reader(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=_HEARTBEAT_SECONDS, timeout=_CLOSE_SECONDS)
        await socket.prepare(request)
        sockets.add(socket)
        width, height = (_parse_int(request.query.get(name)) for name in ("width", "height"))
        await run_reader(program, socket, width or 80, height or 24)
        return socket

    async def close_pages(_: web.Application) -> None:
        await asyncio.gather(*(socket.close(code=WSCloseCode.GOING_AWAY) for socket in sockets))

    app = web.Application(middlewares=[check_access])
    app.on_response_prepare.append(_add_headers)
    app.on_shutdown.append(close_pages)
    app.add_routes([web.get(home + name, _serve_page_file) for name in _PAGE_FILES])
    app.add_routes([web.get(f"{home}ws", serve_reader), web.static(f"{home}static", _STATIC)])
    return app


async def run_server(
    program: Sequence[str], rules: AccessRules, host: str, port: int, on_start: Callable[[Sequence[str], int], None]
) -> None:
    """Serve until the process gets SIGINT or SIGTERM.

    Calls `on_start` with the numeric addresses of the host and the port; port 0 means any free one.

    Raises:
        KeyboardInterrupt: ctrl+c was pressed. Pressed again, it does not disturb the readers, which save.
        ReaderError: the port is taken, or the host is not this computer.
    """
    server_logger.addFilter(_is_own_error)
    runner = web.AppRunner(make_app(program, rules), access_log=None, shutdown_timeout=_CLEANUP_SECONDS)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except (OSError, UnicodeError) as error:
            raise ReaderError(_describe_error(error, host, port)) from error
        stopped_by: asyncio.Queue[int] = asyncio.Queue()
        with suppress(NotImplementedError):  # not supported on Windows
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, stopped_by.put_nowait, number)
        on_start([address[0] for address in runner.addresses], runner.addresses[0][1])
        if await stopped_by.get() == signal.SIGINT:
            raise KeyboardInterrupt
    finally:
        await runner.cleanup()


async def _serve_page_file(request: web.Request) -> web.Response:
    name, content_type = _PAGE_FILES[request.path.rpartition("/")[2]]
    text = (files(__package__) / name).read_text("utf-8")
    return web.Response(text=text, content_type=content_type)


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)


def _hide_token(token: str, home: str) -> web.Response:
    """Store the token in a cookie, and reload the page without it in the address.

    It is a refresh, because after a link on another site, browsers send no strict cookie with a redirected request.
    """
    response = web.Response(text="Opening the reader…\n", headers={"Refresh": f"0; url={home}"})
    response.set_cookie(_COOKIE, token, path=home, httponly=True, samesite="Strict")
    return response


def _refuse(reason: str) -> web.Response:
    return web.Response(status=403, text=reason)


def _describe_error(error: OSError | UnicodeError, host: str, port: int) -> str:
    match error:
        case OSError(errno=errno.EADDRINUSE):
            return f"Port {port} is already in use. Choose another with --port."
        case OSError(errno=errno.EACCES):
            return f"Port {port} is reserved for system services. Choose one above 1023 with --port."
    return f"Can't listen on {host}: not an address of this computer."


def _is_own_error(record: logging.LogRecord) -> bool:
    """Return False for a malformed request, whose traceback would fill the terminal."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError)


def _parse_int(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 6 else 0
