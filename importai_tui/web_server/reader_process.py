"""Runs the reader for one visitor, in its own process; a websocket carries the screen and the keys.

The page uses the messages of textual-serve, and the program the packets of Textual's web driver. The server of
textual-serve itself is not used, because it runs the program in a shell and waits forever if it hangs.
"""

from __future__ import annotations

import asyncio
import json
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress

from aiohttp import ClientError, WSMsgType, web

_ENVIRONMENT = {
    "TEXTUAL_DRIVER": "importai_tui.tui.web_driver:WebDriver",
    "TEXTUAL_COLOR_SYSTEM": "truecolor",
    "TERM_PROGRAM": "textual",
}
_START_LINE = b"__GANGLION__\n"
"""The line before the first packet."""
_SCREEN, _MESSAGE = b"D", b"M"
"""The kinds of packets: output for the terminal, and a message as JSON."""
_MAX_SIDE = 1_000
"""Most columns or rows of a terminal; drawing a larger one would take all memory."""
_STOP_SECONDS = 5.0
"""Seconds that the reader has to save and exit, or to read its input."""
_GONE = (ClientError, ConnectionError)
"""Errors of a connection that the other side closed."""


async def run_reader(program: Sequence[str], socket: web.WebSocketResponse, width: int, height: int) -> None:
    """Run a program for the visitor at the other end of the websocket, until the program exits or the visitor leaves.

    Args:
        program: the program and its arguments; no shell is used.
        socket: the websocket; it is closed at the end.
        width: the columns of the terminal on the page.
        height: its rows.
    """
    environ = os.environ | _ENVIRONMENT | {"COLUMNS": str(_clamp(width)), "ROWS": str(_clamp(height))}
    # In its own session: ctrl+c in the terminal is for the server, which asks the reader to exit.
    process = await asyncio.create_subprocess_exec(
        *program, stdin=PIPE, stdout=PIPE, env=environ, start_new_session=True
    )
    drawing = asyncio.create_task(_forward_output(process, socket))
    try:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await _handle_message(message.data, process, socket)
                await asyncio.wait_for(_drain(process), _STOP_SECONDS)
    except TimeoutError:  # the program hangs
        pass
    finally:
        await asyncio.shield(_stop(process, drawing))  # also if the server cancels this


async def _stop(process: Process, drawing: asyncio.Task[None]) -> None:
    """Ask the program to save and exit; kill it after a timeout."""
    _send(process, _MESSAGE, json.dumps({"type": "quit"}).encode())
    ended, _ = await asyncio.wait([drawing], timeout=_STOP_SECONDS)
    if not ended:
        with suppress(ProcessLookupError):
            process.kill()
    await drawing
    await process.wait()


async def _forward_output(process: Process, socket: web.WebSocketResponse) -> None:
    """Forward the output of the program, then close the websocket. Without a visitor the output is dropped."""
    output = process.stdout
    assert output
    try:
        await output.readuntil(_START_LINE)
        while True:
            kind, size = await output.readexactly(1), await output.readexactly(4)
            payload = await output.readexactly(int.from_bytes(size, "big"))
            with suppress(*_GONE):
                if kind == _SCREEN:
                    await socket.send_bytes(payload)
                elif kind == _MESSAGE:
                    await _forward_message(json.loads(payload), socket)
    except asyncio.IncompleteReadError:  # the program exited, perhaps before its first screen
        pass
    finally:
        with suppress(*_GONE):
            await socket.close()


async def _forward_message(message: dict[str, object], socket: web.WebSocketResponse) -> None:
    if message.get("type") == "open_url":
        await socket.send_json(["open_url", {"url": message["url"], "new_tab": True}])


async def _handle_message(text: str, process: Process, socket: web.WebSocketResponse) -> None:
    """Handle a message of the page; an unknown message is ignored."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return
    match message:
        case ["stdin", str(typed)] if typed:
            _send(process, _SCREEN, typed.encode("utf-8", "ignore"))
        case ["resize", {"width": int(width), "height": int(height)}]:
            size = {"type": "resize", "width": _clamp(width), "height": _clamp(height)}
            _send(process, _MESSAGE, json.dumps(size).encode())
        case ["blur" | "focus" as change]:
            _send(process, _MESSAGE, json.dumps({"type": change}).encode())
        case ["ping", str(sent)]:
            with suppress(*_GONE):
                await socket.send_json(["pong", sent])


def _send(process: Process, kind: bytes, payload: bytes) -> None:
    """Write a packet to the program, unless it has exited."""
    assert process.stdin
    with suppress(*_GONE):
        process.stdin.write(kind + len(payload).to_bytes(4, "big") + payload)


async def _drain(process: Process) -> None:
    """Wait until the program has read most of its input."""
    assert process.stdin
    with suppress(*_GONE):
        await process.stdin.drain()


def _clamp(cells: int) -> int:
    return min(max(cells, 1), _MAX_SIDE)
