"""The driver of a reader in a browser: its input from the server, and the end of the server."""

from __future__ import annotations

import json
import os
from threading import Event
from types import SimpleNamespace
from typing import Any

from textual.events import Key, Paste

from importai_tui.tui.web_driver import WebDriver


def packet(kind: bytes, payload: bytes) -> bytes:
    return kind + len(payload).to_bytes(4, "big") + payload


def run(chunks: list[bytes], *, is_stopped: bool = False) -> tuple[list[Any], list[object]]:
    """Return the events of these chunks, and the calls that the app received."""
    events: list[Any] = []
    calls: list[object] = []
    stopped = Event()
    if is_stopped:
        stopped.set()
    driver: Any = SimpleNamespace(
        _input_reader=chunks,
        _debug=False,
        process_message=events.append,
        _on_meta=lambda _, payload: events.append(json.loads(payload)),
        exit_event=stopped,
        _app=SimpleNamespace(exit="exit", call_later=calls.append),
    )
    WebDriver.run_input_thread(driver)
    return events, calls


def test_split_packets_become_keys_pastes_and_messages() -> None:
    data = packet(b"D", "jé\x1b[200~a\x1bb\x1b[201~".encode()) + packet(b"M", b'{"type": "blur"}') + packet(b"D", b"k")
    for size in (1, 7, len(data)):
        events, _ = run([data[start : start + size] for start in range(0, len(data), size)] + [b""])
        assert [event.key for event in events if isinstance(event, Key)] == ["j", "é", "k"]
        assert [event.text for event in events if isinstance(event, Paste)] == ["a\x1bb"]
        assert {"type": "blur"} in events


def test_bytes_that_textual_cannot_parse_cost_no_later_key() -> None:
    events, _ = run([packet(b"D", b"\xff\x1b[1114112uj")])
    assert [event.key for event in events] == ["j"]


def test_a_reader_ends_with_its_server() -> None:
    assert run([b""])[1] == ["exit"]
    assert run([b""], is_stopped=True)[1] == []


def test_a_reader_ends_quietly_if_its_server_was_killed() -> None:
    driver: Any = WebDriver.__new__(WebDriver)
    driver._write = lambda _: os.write(-1, b"")
    driver.write("text")
    driver.write_meta({"type": "exit"})
