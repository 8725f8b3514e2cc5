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
def open_threads(library: Library, request: pytest.FixtureRequest) -> OpenThreads:
    """Return a function that stores the sample issues and some more, and opens their threads.

    It returns the threads, and the first story of the last issue.
    """

    def open_threads(*issues: Issue) -> tuple[Threads, StoryRef]:
        for issue in (*make_issues(), *issues):
            library.store(issue, b"page", issue.slug)
        threads = Threads(library.archive.path)
        request.addfinalizer(threads.close)
        story = threads.get_story(issues[-1].stories[0].key)
        assert story
        return threads, story

    return open_threads
