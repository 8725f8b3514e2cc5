from __future__ import annotations

from collections.abc import Callable

import pytest

from importai_tui.archive.relations import StoryPlace
from importai_tui.library.library import Library
from importai_tui.model import Issue
from importai_tui.threads.threads import Threads
from tests.threads.made import rivers

Told = Callable[..., tuple[Threads, StoryPlace]]


@pytest.fixture
def told(library: Library, request: pytest.FixtureRequest) -> Told:
    """Threads through the made-up archive with these issues added; and the first story of the last of them."""

    def tell(*issues: Issue) -> tuple[Threads, StoryPlace]:
        for one in (*rivers(), *issues):
            library.store(one, b"page", one.slug)
        threads = Threads(library.archive.path)
        request.addfinalizer(threads.close)
        place = threads.place(issues[-1].stories[0].key)
        assert place
        return threads, place

    return tell
