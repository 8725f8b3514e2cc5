"""The program contacts only its configured sources, to sync, and the sources of cards, when a card is asked for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from importai_tui.archive.cards import CardStore
from importai_tui.library.library import SYNCED_AT, Library
from importai_tui.model import LinkKind
from importai_tui.paths import Places
from importai_tui.works.card import Card
from tests.cards.fake_sources import FakeSources
from tests.conftest import RunProgram
from tests.hostile.audit_log import AuditEvent, make_audited_environ, read_events
from tests.hostile.guard.sitecustomize import add_audit_hook
from tests.http.server import Server
from tests.sync.fake_sites import FakeNewsletter
from tests.sync.newsletter import make_issues
from tests.terminal import Terminal, make_environment, reader_command
from tests.tui.sample_app import store_issues

_events: list[AuditEvent] = []
"""Audit events of this process. A hook stays until the process ends, so it writes here in all later tests."""


@pytest.fixture(scope="module")
def audit_log() -> list[AuditEvent]:
    """Record the audit events of this process."""
    add_audit_hook(lambda event, values: _events.append(AuditEvent(event, values)))
    return _events


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
"""Keys for all actions on stored issues."""


def test_app_contacts_only_its_sources_and_only_to_sync(tmp_path: Path) -> None:
    home, log, browser = tmp_path / "home", tmp_path / "log", tmp_path / "browser"
    log.touch()
    browser.write_text('#!/bin/sh\nprintf "%s\\n" "$@" >> "$0.opened"\n')
    browser.chmod(0o700)
    with Library.open(Places.under(home)) as library:
        store_issues(library).archive.save_source_note(SYNCED_AT, "2025-01-01T00:00:00+00:00")
    with Server(FakeNewsletter(make_issues(3, stories=1))) as server:
        settings = home / "config" / "config.toml"
        settings.parent.mkdir()
        settings.write_text(
            f'[sync]\nsources = ["{server.address}/substack/feed"]\nback_catalogue = "{server.address}/mirror"\n'
            f'start_after_hours = 0\n[links]\nopener = ["{browser}"]\n'
        )
        environ = {**make_environment(home), **make_audited_environ(log)}
        with Terminal(reader_command(), environ) as terminal:
            terminal.wait_until_shown("Somebody has taught machines")
            for key in SESSION:
                terminal.press(key)
                terminal.wait_until_quiet(0.05, 1)
            terminal.press("escape", "escape", "escape", ":")
            terminal.wait_until_quiet(0.3, 3)
            terminal.press(*"12/1", "enter")
            terminal.wait_until_shown("Somebody has taught machines")
            terminal.press("1")
            terminal.wait_until(lambda: browser.with_suffix(".opened").exists())
            opened = browser.with_suffix(".opened").read_text().splitlines()
            assert [event for event in read_events(log) if event.started_command != [str(browser), *opened]] == []
            assert server.connections == 0
            terminal.press("escape", "S")
            terminal.wait_until_shown("new issue")
            terminal.press("Q")
            assert terminal.wait() == 0
    reached = {event.network_target for event in read_events(log)} - {None}
    assert reached == {("127.0.0.1", server.port)}
    started = [event.started_command for event in read_events(log) if event.started_command]
    assert started == [[str(browser), *opened]]


def test_app_fetches_a_card_only_for_its_key(tmp_path: Path) -> None:
    home, log = tmp_path / "home", tmp_path / "log"
    log.touch()
    with Library.open(Places.under(home)) as library:
        store_issues(library)
    environ = {**make_environment(home), **make_audited_environ(log)}
    with Terminal([sys.executable, "-m", "tests.cards.reader"], environ) as terminal:
        terminal.wait_until_shown("Somebody has taught machines")
        terminal.press(":")
        terminal.wait_until_quiet(0.3, 3)
        terminal.press(*"12/1", "enter")
        terminal.wait_until_quiet(0.5, 5)
        assert get_network_targets(read_events(log)) == set()
        terminal.press("p")
        terminal.wait_until(lambda: Places.under(home).cards.exists())
        terminal.wait_until_quiet(0.3, 3)
        reached = get_network_targets(read_events(log))
        assert [host for host, _ in reached] == ["127.0.0.1"]
        terminal.press("p", "p", "p")  # closes it, opens the stored one, closes it
        terminal.wait_until_quiet(0.5, 5)
        assert len(get_network_targets(read_events(log))) == 1
        terminal.press("Q")
        assert terminal.wait() == 0


STORED, UNSTORED = "arxiv:2401.00001", "arxiv:2401.00002"
"""A work with a stored card, and one without."""
COMMANDS = (
    "list",
    "show 12",
    "show 12/1 --json",
    "links 12/1",
    "read 12",
    "search rivers",
    "works",
    "works --format bibtex",
    f"card {STORED}",
    f"card {STORED} --offline --json",
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


def test_only_sync_and_cards_use_the_network(
    run: RunProgram, library: Library, places: Places, audit_log: list[AuditEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    store_issues(library).tag(["rivers"], "later")
    with CardStore(places.cards) as cards:
        cards.put([Card(STORED, LinkKind.PAPER, "On rivers", "https://arxiv.org/abs/2401.00001", "arXiv", "2026")])
    audit_log.clear()
    for command in COMMANDS:
        assert run(*command.split()).status == 0, command
    assert audit_log == []
    with FakeSources().serve(monkeypatch.setattr) as server:
        for status, command in ((0, f"card {UNSTORED}"), (0, f"card {STORED} --refresh"), (1, "card 10.1234/missing")):
            audit_log.clear()
            assert run(*command.split()).status == status, command
            assert get_network_targets(audit_log) == {("127.0.0.1", server.port)}
        monkeypatch.setenv("IMPORTAI_TUI_LINKS_CARDS", "false")
        audit_log.clear()
        for command in (f"card {STORED} --refresh", "card 10.1234/otters", "works --fetch"):
            assert run(*command.split()).status == 1, command
        assert audit_log == []
    with Server(FakeNewsletter(make_issues(3, stories=1))) as server:
        audit_log.clear()
        assert run("sync", "--source", f"{server.address}/substack/feed").status == 0
    assert get_network_targets(audit_log) == {("127.0.0.1", server.port)}


def get_network_targets(events: list[AuditEvent]) -> set[tuple[str, int]]:
    """Return the hosts and ports that were contacted."""
    return {event.network_target for event in events if event.network_target}


def test_audit_log_has_connections_and_processes(tmp_path: Path) -> None:
    words = "import socket, subprocess; socket.socket().connect_ex(('127.0.0.1', 9)); subprocess.run(['true'])"
    log = tmp_path / "log"
    with Terminal(
        [sys.executable, "-c", words], {**make_environment(tmp_path), **make_audited_environ(log)}
    ) as terminal:
        assert terminal.wait() == 0
    assert [event.network_target for event in read_events(log) if event.network_target] == [("127.0.0.1", 9)]
    assert [event.started_command for event in read_events(log) if event.started_command] == [["true"]]
