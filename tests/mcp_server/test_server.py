"""The command `mcp`, as a client of the protocol uses it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from importai_tui.library.library import Library
from importai_tui.paths import Places
from tests.conftest import RunProgram
from tests.examples import make_issue
from tests.terminal import make_environment


async def test_a_client_asks_and_sees_what_a_reader_stores(tmp_path: Path) -> None:
    from mcp import Client
    from mcp.client.stdio import StdioServerParameters, stdio_client

    program = ["-W", "error", "-m", "importai_tui", "mcp"]
    server = StdioServerParameters(command=sys.executable, args=program, env=make_environment(tmp_path))
    with (tmp_path / "messages.txt").open("w+") as messages:
        async with Client(stdio_client(server, errlog=messages)) as client:

            async def ask(tool: str, **arguments: object) -> tuple[bool, str]:
                answer: Any = await client.call_tool(tool, arguments)
                (content,) = answer.content
                return answer.is_error, content.text

            assert await ask("list_issues") == (True, NO_ISSUES)
            assert not list(tmp_path.rglob("*.sqlite3"))
            with Library.open(Places.under(tmp_path)) as reader:
                reader.store(make_issue("a1", number=401, date="2025-02-24", title="Otters"), b"page", "page.html")
                assert json.loads((await ask("list_issues"))[1])["issues"][0]["unread"] == 1
                reader.mark(["a1"], read=True)
                assert json.loads((await ask("list_issues"))[1])["issues"][0]["unread"] == 0
            tools = (await client.list_tools()).tools
            assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools)
            assert not [tool.name for tool in tools if "  " in (tool.description or "  ")]
            for tool, arguments, message in WRONG:
                is_error, text = await ask(tool, **arguments)
                assert is_error, (tool, arguments, text)
                assert message in text
                assert text.isprintable()
                assert "Traceback" not in text
            resource: Any = (await client.read_resource("importai://issue/latest")).contents[0]
            assert "The headline of a1" in resource.text
        messages.seek(0)
        assert messages.read() == ""


NO_ISSUES = (
    "No issues yet. Download them: importai-tui sync (all of them: sync --full), or import files: importai-tui import "
    "PATH."
)
WRONG: tuple[tuple[str, dict[str, object], str], ...] = (
    ("search", {"query": ["x"], "limit": "many"}, "Wrong arguments. query: Input should be a valid string. limit: "),
    ("search", {}, "Wrong arguments. query: Field required."),
    ("search", {"query": "x", "limit": 10**30}, "limit: Input should be less than or equal to 100."),
    ("search", {"query": "x" * 2_000}, "query: String should have at most 1000 characters."),
    ("show_issue", {"ref": "nowhere"}, "No issue or story called “nowhere”."),
    ("show_story", {"ref": "\x1b[31m401\x00\u202e"}, "No issue or story called"),
    ("show_story", {"ref": "401/1", "start": -1}, "start: Input should be greater than or equal to 0."),
    ("show_card", {"work": "arxiv:2502.19187"}, "No card of arxiv:2502.19187 is stored"),
    ("list_annotations", {"since": "2026-13-01"}, "since must be a date"),
    ("format_disk", {}, "Unknown tool: format_disk"),
)


def test_without_the_extra_installing_it_is_explained(run: RunProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)
    monkeypatch.setitem(sys.modules, "mcp.server", None)
    monkeypatch.delitem(sys.modules, "importai_tui.mcp_server.server", raising=False)
    ran = run("mcp")
    message = "The command `mcp` needs the extra “mcp”. Reinstall importai-tui as 'importai-tui[mcp]', or "
    assert (ran.status, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert ran.err.startswith(f"importai-tui: {message}")
