from __future__ import annotations

from datetime import date

import pytest

from importai_tui.errors import DatabaseError
from importai_tui.library.library import Library
from importai_tui.tui.reading.due_count import DueCounter
from tests.tui.sample_app import store_issues


class FakeSession:
    """The parts of a reading session that count."""

    def __init__(self, library: Library) -> None:
        self.library, self.today = library, date(2026, 11, 30)


def test_a_count_that_failed_is_repeated(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[int] = []
    counter = DueCounter(FakeSession(store_issues(library)), shown.append)  # type: ignore[arg-type]

    def fail(_: object) -> None:
        raise DatabaseError("busy")

    with monkeypatch.context() as patch:
        patch.setattr(library, "get_forecasts", fail)
        with pytest.raises(DatabaseError):
            counter.update()
    counter.update()
    counter.update()
    assert shown == [0]
