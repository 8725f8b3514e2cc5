"""The server of the page, and the reader behind it."""

from __future__ import annotations

import asyncio
import re
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("textual_serve", reason="the extra `web` is not installed")

from aiohttp import ClientWebSocketResponse, CookieJar, WSMsgType, WSServerHandshakeError, web
from aiohttp.test_utils import TestClient, TestServer

from importai_tui.library.library import Library
from importai_tui.paths import HOME_VARIABLE, Places
from importai_tui.web_server import reader_process
from importai_tui.web_server.access import AccessRules
from importai_tui.web_server.server import make_app
from tests.conftest import RunProgram
from tests.examples import make_issue
from tests.processes import is_running

Client = TestClient[web.Request, web.Application]
PATHS = ("/", "/page.js", "/ws", "/static/js/textual.js", "/static/", "/download/1", "/favicon.ico", "/nowhere")
READER = [sys.executable, "-P", "-m", "importai_tui"]


class Server(TestServer):
    """Waits for its readers in the end, as the command does; a test server would forget them."""

    async def _make_runner(self, **options: Any) -> Any:
        return await super()._make_runner(**options | {"handler_cancellation": False})


@asynccontextmanager
async def open_client(token: str = "secret", program: Sequence[str] = ("false",)) -> AsyncIterator[Client]:
    app = make_app(program, AccessRules(token, frozenset()))
    # Browsers keep cookies of numeric addresses; the client does so only if it is asked to.
    async with TestClient(Server(app), cookie_jar=CookieJar(unsafe=True)) as client:
        yield client


async def open_socket(client: Client, **headers: str) -> ClientWebSocketResponse:
    return await client.ws_connect("/ws?width=100&height=30", headers={"Origin": get_origin(client)} | headers)


def get_origin(client: Client) -> str:
    return str(client.make_url("/")).rstrip("/")


async def test_nothing_is_served_without_the_token() -> None:
    async with open_client() as client:
        for path in (*PATHS, "/?token=wrong", "/?token=", "/page.js?token=secret", "/ws?token=secret"):
            answer = await client.get(path, headers={"Origin": get_origin(client)})
            assert answer.status == 403, path
            assert not answer.cookies, path


async def test_the_token_moves_from_the_address_to_a_cookie() -> None:
    async with open_client() as client:
        answer = await client.get("/?token=secret")
        (cookie,) = answer.cookies.values()
        home = answer.headers["Refresh"].removeprefix("0; url=").rstrip("/")
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("secret", True, "Strict")
        assert [(await client.get(home + path)).status for path in PATHS] == [200, 200, 403, 200, 403, 404, 404, 404]
        # Servers on other ports get the cookies of this host, but not those of a folder that they do not have.
        assert (cookie["path"], len(home) > 12) == (f"{home}/", True)


@pytest.mark.parametrize("token", ["secret", ""])
async def test_other_names_and_other_pages_are_refused(token: str) -> None:
    async with open_client(token) as client:
        assert (await client.get("/?token=secret")).status == 200
        for path in PATHS:
            assert (await client.get(path, headers={"Host": "evil.example"})).status == 403, path
            assert (await client.get(path, headers={"Origin": "http://evil.example"})).status == 403, path
        for origin in ("http://evil.example", "http://127.0.0.1:1", "null", ""):
            with pytest.raises(WSServerHandshakeError, match="403"):
                await open_socket(client, Origin=origin)


async def test_the_page_loads_nothing_from_elsewhere() -> None:
    async with open_client("") as client:
        for path in ("/", "/page.js"):
            answer = await client.get(path)
            assert not re.findall(r"(?i)\b(?:src|href|url)\W+(?:https?:)?//\w+", await answer.text())
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")


PROGRAM = r"""
import os, sys, time
def send(kind, data):
    os.write(1, kind + len(data).to_bytes(4, "big") + data)
os.write(1, b"__GANGLION__\n")
send(b"D", repr((sys.argv[1:], os.environ["COLUMNS"], os.environ["ROWS"], os.environ["TEXTUAL_DRIVER"])).encode())
if len(sys.argv) == 1:
    send(b"D", str(os.getpid()).encode())
    time.sleep(60)
while b'"quit"' not in (data := os.read(0, 10_000)):
    send(b"D", repr(data).encode())
for _ in range(50):
    send(b"D", b"x" * 100_000)
open(sys.argv[1], "w").close()
"""


async def test_a_program_gets_arguments_and_messages_and_always_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = tmp_path / "a $(touch b); 'c'"
    async with open_client("", [sys.executable, "-c", PROGRAM, str(ended)]) as client:
        socket = await open_socket(client)
        driver = "importai_tui.tui.web_driver:WebDriver"
        assert await socket.receive_bytes() == repr(([str(ended)], "100", "30", driver)).encode()
        for ignored in (
            "",
            "{",
            "[]",
            "[" * 100_000,
            '["stdin"]',
            '["resize", {"width": "9", "height": 9}]',
            '["stdin", ""]',
            "7",
        ):
            await socket.send_str(ignored)
        await socket.send_json(["stdin", "\ud800é"])
        assert await socket.receive_bytes() == repr(b"D\0\0\0\x02" + "é".encode()).encode()
        await socket.send_json(["resize", {"width": 10**9, "height": -1}])
        assert b'"width": 1000, "height": 1}' in await socket.receive_bytes()
        await socket.close()
        await wait_until(ended.exists)
    monkeypatch.setattr(reader_process, "_STOP_SECONDS", 0.1)
    async with open_client("", [sys.executable, "-c", PROGRAM]) as client:
        socket = await open_socket(client)
        await socket.receive_bytes()
        pid = int(await socket.receive_bytes())
        await socket.send_json(["stdin", "j" * 500_000])  # more than a pipe holds
    await wait_until(lambda: not is_running(pid))


async def wait_until(is_done: Callable[[], object]) -> None:
    for _ in range(200):
        if is_done():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it takes too long")


class Page:
    """The page of a visitor: the texts that it received, and the URLs that it opened."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket = socket
        self.text = ""
        self.messages: list[Any] = []

    async def press(self, keys: str) -> None:
        self.text = ""
        await self._socket.send_json(["stdin", keys])

    async def read_until(self, is_done: Callable[[Page], object]) -> None:
        async with asyncio.timeout(20):
            while not is_done(self):
                message = await self._socket.receive()
                if message.type is WSMsgType.TEXT:
                    self.messages.append(message.json())
                elif message.type is WSMsgType.BINARY:
                    self.text += re.sub(r"\x1b\[[0-9;?<>=$]*[a-zA-Z]", " ", message.data.decode())
                else:
                    self.messages.append("closed")
                    assert is_done(self), "the reader exited too early"  # a closed socket returns at once


def shows(text: str, page: Page) -> bool:
    return text in page.text


async def test_a_reader_in_a_browser_opens_copies_and_quits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Library.open(Places.under(tmp_path)) as library:
        library.store(make_issue("a1", number=401, url="https://example.org/401"), b"page", "page.html")
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("BROWSER", "false")
    async with open_client("", READER) as client:
        page = Page(await open_socket(client))
        await page.read_until(lambda page: "The headline of a1" in page.text)
        await page.press("1")
        await page.read_until(lambda page: page.messages)
        assert page.messages == [["open_url", {"url": "https://example.org/a1/1", "new_tab": True}]]
        refused = "Not available in the browser"
        for keys, text in (
            *(("E", refused), ("|:import x\r", refused), (":export --notes --out x\r", refused)),
            *(("y", "\x1b]52;c;"), ("s", "★")),
        ):
            await page.press(keys)
            await page.read_until(partial(shows, text))
        await page.press("Q")
        await page.read_until(lambda page: page.messages[-1] == "closed")
    with Library.open(Places.under(tmp_path)) as library:
        assert any('"starred"' in line for line in library.state.export_lines())


def test_without_the_extra_installing_it_is_explained(run: RunProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    monkeypatch.delitem(sys.modules, "importai_tui.web_server.server", raising=False)
    ran = run("serve")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("importai-tui: The command `serve` needs the extra “web”. Reinstall importai-tui as ")
    assert ran.err.count("\n") == 1


Started = tuple[Sequence[str], AccessRules, str, int]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Started]:
    """The servers that the command started; they exit at once."""
    found: list[Started] = []

    async def start(
        program: Sequence[str], rules: AccessRules, host: str, port: int, on_start: Callable[[Sequence[str], int], None]
    ) -> None:
        found.append((program, rules, host, port))
        on_start({"": ["0.0.0.0", "::"], "127.1": ["127.0.0.1"]}.get(host, [host]), port or 9999)

    monkeypatch.setattr("importai_tui.web_server.server.run_server", start)
    return found


def test_the_command_prints_only_the_url(run: RunProgram, started: list[Started]) -> None:
    ran = run("--demo", "serve", "--port", "0")
    ((program, rules, host, port),) = started
    assert (ran.status, ran.err, host, port) == (0, "", "127.0.0.1", 0)
    assert ran.out == f"http://127.0.0.1:9999/?token={rules.token}\n"
    assert len(rules.token) >= 32
    assert program == [*READER, "--demo"]


@pytest.mark.parametrize(
    ("options", "url", "warning"),
    [
        (["--no-token"], "http://127.0.0.1:8422/", ""),
        (["--no-token", "--host", "::1"], "http://[::1]:8422/", ""),
        (["--host", "0.0.0.0"], "http://garden:8422/?token=", "Anyone who has this URL or watches your network"),
        (["--host", "", "--no-token"], "http://garden:8422/", "Anyone who can reach this computer"),
        (["--host", "127.1", "--no-token"], "http://127.1:8422/", ""),
        (["--host", "192.0.2.7", "--no-token"], "http://192.0.2.7:8422/", "Anyone who can reach this computer"),
    ],
)
def test_the_url_and_the_warning_fit_the_host(
    options: list[str], url: str, warning: str, run: RunProgram, started: list[Started], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.node", lambda: "Garden")
    ran = run("serve", *options)
    assert ran.out.startswith(url)
    assert ran.out.count("\n") == 1
    assert ran.err == (f"importai-tui: {warning} can read your archive and change your marks.\n" if warning else "")
    assert all(rules.is_own_host(url.split("/")[2]) and not rules.is_own_host("") for _, rules, _, _ in started)


def test_a_port_in_use_is_one_clear_line(run: RunProgram) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = run("serve", "--port", str(port))
    error = f"importai-tui: Port {port} is already in use. Choose another with --port.\n"
    assert (ran.status, ran.out, ran.err) == (1, "", error)
    assert run("serve", "--host", "a" * 300).err.endswith("a: not an address of this computer.\n")
