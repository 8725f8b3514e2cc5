"""A stopped sync ends at once."""

from __future__ import annotations

import socket
from threading import Event, Thread

import pytest

from importai_tui.http.client import HttpClient
from importai_tui.library.library import Library
from importai_tui.paths import Places
from importai_tui.sync.progress import SyncReport
from importai_tui.sync.run import Sync
from importai_tui.sync.sources import Source, SourceKind, SyncPlan


def test_stop_does_not_wait_for_name_lookup(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    looking, answer, reports = Event(), Event(), list[SyncReport]()

    def resolve_host(*_: object, **__: object) -> list[object]:
        looking.set()
        answer.wait(60)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", resolve_host)
    plan = SyncPlan((Source("far", "https://far.example/feed", SourceKind.FEED),), None)
    lock = places.cache_folder / "sync.lock"
    run = Sync(
        plan, lambda: Library.open(places), lock, lambda on_wait: HttpClient(on_wait=on_wait, proxy=lambda _: None)
    )
    thread = Thread(target=lambda: reports.append(run.run()))
    thread.start()
    assert looking.wait(20)
    run.stop()
    thread.join(20)
    assert not answer.is_set()
    answer.set()
    assert [report.is_stopped for report in reports] == [True]


def test_run_stopped_before_start_sends_nothing(places: Places) -> None:
    plan = SyncPlan((Source("far", "https://far.invalid/feed", SourceKind.FEED),), None)
    run = Sync(plan, lambda: Library.open(places), places.cache_folder / "sync.lock", lambda _: HttpClient())
    run.stop()
    run.stop()
    report = run.run()
    assert report.is_stopped
    assert not report.sources
