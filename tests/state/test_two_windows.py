from __future__ import annotations

import threading
from pathlib import Path

from importai_tui.state.reading_state import ReadingState
from tests.state.conftest import now

EACH = 200


def test_two_windows_that_write_at_once_never_refuse_one_another(path: Path) -> None:
    failed: list[BaseException] = []
    together = threading.Barrier(2)

    def write(window: str) -> None:
        try:
            together.wait()
            # Opened here: the two also begin the file at once.
            with ReadingState(path, now) as state:
                for n in range(EACH):
                    state.mark([f"{window}-{n}", f"both-{n}"], read=True)
                    state.tag([f"{window}-{n}"], window)
                    state.save_value(window, str(n))
        except BaseException as error:
            failed.append(error)

    windows = [threading.Thread(target=write, args=(name,)) for name in ("here", "there")]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert failed == []
    with ReadingState(path, now) as state:
        expected = {f"{name}-{n}" for name in ("here", "there", "both") for n in range(EACH)}
        assert state.get_read_keys() == expected
        assert state.count_tags() == (("here", EACH), ("there", EACH))
        assert state.load_value("here") == state.load_value("there") == str(EACH - 1)
        assert state.find_problems() == ()
