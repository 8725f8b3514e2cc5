from __future__ import annotations

import pytest

from importai_tui.library.library import Library
from importai_tui.paths import Places
from tests.conftest import RunProgram
from tests.examples import make_issue


@pytest.fixture
def marked(run: RunProgram, places: Places) -> RunProgram:
    """The program with one issue; its second story is read and starred, and has a tag, a note and a highlight."""
    with Library.open(places) as library:
        issue = make_issue("a1", "a2", number=401, date="2025-02-24", url="https://example.org/401", title="Otters")
        library.store(issue, b"page", "page.html")
        library.mark(["a2"], read=True, starred=True)
        library.tag(["a2"], "slow water")
        library.set_note("a2", "Ask them.")
        library.add_highlight("a2", "What a2 says.", "Does it?", 0)
    return run
