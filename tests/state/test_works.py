from __future__ import annotations

from pathlib import Path

import pytest

from importai_tui.library.library import Library
from importai_tui.paths import Places
from importai_tui.state.reading_state import get_work_key, is_work_key

PAPER = "arxiv:2502.08145"
LONG = "https://example.org/" + "x" * 1900


@pytest.mark.parametrize("work", [PAPER, LONG])
def test_a_work_is_starred_undoably_and_beside_the_stories(library: Library, work: str) -> None:
    done = library.state.star_work(work, True, "Counting Rivers")
    assert done.label == "Starred “Counting Rivers”"
    assert library.state.is_work_starred(work)
    library.undo()
    assert not library.state.is_work_starred(work)
    assert library.state.get_story_states() == ()


def test_an_opened_work_is_no_undo_step_and_is_kept(library: Library, places: Places) -> None:
    library.mark(["river"], starred=True)
    library.state.record_work_opened(PAPER, "Counting Rivers")
    library.undo()
    assert library.state.is_work_opened(PAPER)
    assert not library.state.is_starred("river")
    with Library.open(places) as other:
        assert other.state.is_work_opened(PAPER)


def test_the_state_of_works_goes_to_another_machine_and_the_newest_wins(library: Library, tmp_path: Path) -> None:
    library.state.star_work(PAPER, True, "Counting Rivers")
    library.state.record_work_opened(PAPER, "Counting Rivers")
    with Library.open(Places.under(tmp_path / "elsewhere")) as elsewhere:
        merged = elsewhere.state.merge(library.state.export_lines())
        assert (merged.invalid, merged.errors) == (0, ())
        assert elsewhere.state.is_work_starred(PAPER)
        assert elsewhere.state.is_work_opened(PAPER)
        library.state.star_work(PAPER, False, "Counting Rivers")
        elsewhere.state.merge(library.state.export_lines())
        assert not elsewhere.state.is_work_starred(PAPER)


def test_the_keys_of_works_are_those_of_no_story_and_fit_however_long_the_address() -> None:
    assert is_work_key(get_work_key(PAPER))
    assert is_work_key(get_work_key(LONG))
    assert len(get_work_key(LONG)) < 200
    assert get_work_key(LONG) != get_work_key(LONG + "x")
    assert not is_work_key("counting-rivers-0a1b2c3d")
