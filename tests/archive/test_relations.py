from __future__ import annotations

from collections.abc import Iterator

import pytest

from importai_tui.archive.relations import Connections
from importai_tui.library.library import Library
from tests.threads.made import rivers


@pytest.fixture
def connections(library: Library) -> Iterator[Connections]:
    for issue in rivers():
        library.store(issue, b"page", issue.slug)
    with Connections(library.archive.path) as opened:
        yield opened


def test_a_slug_that_was_cut_elsewhere_names_the_same_issue(connections: Connections) -> None:
    for slug in ("the-delta-in-winter", "the-delta-in-winter-and-a-museum-of-anchors-of-all-sizes"):
        found = connections.issue_with_slug(slug)
        assert found
        assert found.slug == "the-delta-in-winter-and-a-museum"
    assert connections.issue_with_slug("import-ai") is None
    assert connections.issue_with_slug("import-ai-10") is None


def test_words_are_counted_no_further_than_they_tell_anything(connections: Connections) -> None:
    assert connections.frequency("season") == connections.common
    assert connections.frequency("Bruckhaven") == 1
    assert connections.frequency('"; OR NEAR(') == 0


def test_words_are_looked_for_by_their_stems_and_in_the_given_stories_alone(connections: Connections) -> None:
    issue = connections.issue_numbered(100)
    assert issue
    stories = {place.id: place.position for place in connections.in_issue(issue.id)}
    assert [stories[id] for id in connections.holding("lock", [*stories])] == [3, 1]
    assert [stories[id] for id in connections.holding("locking", [*stories], above=True)] == [3, 1]
    assert connections.holding("pond", [*stories]) == []
