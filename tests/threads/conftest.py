from __future__ import annotations

from collections.abc import Callable

import pytest

from importai_tui.archive.relations import StoryRef
from importai_tui.library.library import Library
from importai_tui.model import Issue
from importai_tui.threads.threads import Threads
from tests.threads.sample_issues import make_issues

OpenThreads = Callable[..., tuple[Threads, StoryRef]]


@pytest.fixture
def told(library: Library, request: pytest.FixtureRequest) -> OpenThreads:
    """Threads through the made-up archive with these issues added; and the first story of the last of them."""

    def tell(*issues: Issue) -> tuple[Threads, StoryRef]:
        for one in (*make_issues(), *issues):
            library.store(one, b"page", one.slug)
        threads = Threads(library.archive.path)
        request.addfinalizer(threads.close)
        place = threads.get_story(issues[-1].stories[0].key)
        assert place
        return threads, place

    return tell
