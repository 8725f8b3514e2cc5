"""Nothing is fetched but from the sources that are set, and nothing at all before somebody asks for it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from importai_tui.library.library import SYNCED_AT, Library
from importai_tui.paths import Places
from tests.conftest import Run
from tests.hostile.guard.sitecustomize import look_on
from tests.hostile.guarded import Deed, deeds, guarded_environ
from tests.http.server import Server
from tests.sync.fake_sites import Newsletter
from tests.sync.newsletter import made_issues
from tests.terminal import Terminal, environ_of, reader_command
from tests.tui.made import fill

_deeds: list[Deed] = []
"""Those of this process; a hook lasts as long as the process, so it writes here in every test after the first."""


@pytest.fixture(scope="module")
def looked_on() -> list[Deed]:
    """What this process does from now on."""
    look_on(lambda event, values: _deeds.append(Deed(event, values)))
    return _deeds


SESSION = (
    *("J", "s", "r", "n", "n", "x", "H", "d", "escape", "i", "escape", "W", "escape", "c", "c", "ctrl+o", "escape"),
    *(
        "F",
        *"rivers",
        "down",
        "enter",
        "P",
        "y",
        "Y",
        "v",
        "escape",
        "t",
        *"later",
        "enter",
        "T",
        "z",
        "z",
        "?",
        "escape",
    ),
)
"""Keys for all that one does with what is there."""


def test_a_session_asks_for_nothing_until_it_is_to_sync_and_then_the_sources_that_are_set(tmp_path: Path) -> None:
    home, log, browser = tmp_path / "home", tmp_path / "log", tmp_path / "browser"
    log.touch()
    browser.write_text('#!/bin/sh\nprintf "%s\\n" "$@" >> "$0.asked"\n')
    browser.chmod(0o700)
    with Library.open(Places.under(home)) as library:
        fill(library).archive.keep_source_note(SYNCED_AT, "2025-01-01T00:00:00+00:00")
    with Server(Newsletter(made_issues(3, stories=1))) as server:
        settings = home / "config" / "config.toml"
        settings.parent.mkdir()
        settings.write_text(
            f'[sync]\nsources = ["{server.address}/substack/feed"]\nback_catalogue = "{server.address}/mirror"\n'
            f'start_after_hours = 0\n[links]\nopener = ["{browser}"]\n'
        )
        environ = {**environ_of(home), **guarded_environ(log)}
        with Terminal(reader_command(), environ) as terminal:
            terminal.until_shows("Somebody has taught machines")
            for key in SESSION:
                terminal.press(key)
                terminal.until_quiet(0.05, 1)
            terminal.press("escape", "escape", "escape", ":")
            terminal.until_quiet(0.3, 3)
            terminal.press(*"12/1", "enter")
            terminal.until_shows("Somebody has taught machines")
            terminal.press("1")
            terminal.until(lambda: browser.with_suffix(".asked").exists())
            asked = browser.with_suffix(".asked").read_text().splitlines()
            assert [deed for deed in deeds(log) if deed.started != [str(browser), *asked]] == []
            assert server.connections == 0
            terminal.press("escape", "S")
            terminal.until_shows("new issue")
            terminal.press("Q")
            assert terminal.wait() == 0
    reached = {deed.asked for deed in deeds(log)} - {None}
    assert reached == {("127.0.0.1", server.port)}
    started = [deed.started for deed in deeds(log) if deed.started]
    assert started == [[str(browser), *asked]]


COMMANDS = (
    "list",
    "show 12",
    "show 12/1 --json",
    "links 12/1",
    "read 12",
    "search rivers",
    "stats",
    "mark 12/1 --read",
    "export",
    "export --notes",
    "doctor --repair",
    "config",
    "keys",
    "paths",
    "help",
)


def test_no_command_but_sync_touches_the_network_or_starts_a_program(
    run: Run, library: Library, looked_on: list[Deed]
) -> None:
    fill(library).tag(["rivers"], "later")
    looked_on.clear()
    for command in COMMANDS:
        assert run(*command.split()).status == 0, command
    assert looked_on == []
    with Server(Newsletter(made_issues(3, stories=1))) as server:
        looked_on.clear()
        assert run("sync", "--source", f"{server.address}/substack/feed").status == 0
    assert {deed.asked for deed in looked_on} - {None} == {("127.0.0.1", server.port)}


def test_the_guard_sees_what_a_process_asks_and_starts(tmp_path: Path) -> None:
    words = "import socket, subprocess; socket.socket().connect_ex(('127.0.0.1', 9)); subprocess.run(['true'])"
    log = tmp_path / "log"
    with Terminal([sys.executable, "-c", words], {**environ_of(tmp_path), **guarded_environ(log)}) as terminal:
        assert terminal.wait() == 0
    assert [deed.asked for deed in deeds(log) if deed.asked] == [("127.0.0.1", 9)]
    assert [deed.started for deed in deeds(log) if deed.started] == [["true"]]
