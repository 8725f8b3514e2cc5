"""A fetch that is killed loses no stored card, and the next one continues."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from importai_tui.sync.progress import Progress
from tests.cards.fake_sources import FakeSources, point_sources_at
from tests.cards.fetching import CardUser, make_arxiv_targets
from tests.sync.killed_sync import PROCESS_CONTEXT

WORKS = 245


def fetch_until(address: str, folder: Path, kill_at: int) -> None:
    """Fetch in this process, and kill it when so many works are done."""

    def watch(step: Progress) -> None:
        if step.done == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    point_sources_at(address, setattr)
    CardUser(folder, address).fetch(*make_arxiv_targets(WORKS), on_progress=watch)


@pytest.mark.parametrize(("kill_at", "stored"), [(1, 100), (150, 200)])
def test_killed_fetch_continues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kill_at: int, stored: int) -> None:
    sources = FakeSources()
    with sources.serve(monkeypatch.setattr) as server:
        process = PROCESS_CONTEXT.Process(target=fetch_until, args=(server.address, tmp_path, kill_at))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        user = CardUser(tmp_path, server.address)
        assert len(user.get_stored_works()) == stored
        sources.requests.clear()
        report = user.fetch(*make_arxiv_targets(WORKS))
    assert (len(report.skipped), len(report.fetched)) == (stored, WORKS - stored)
    assert len(sources.requests) == (WORKS - stored + 99) // 100
