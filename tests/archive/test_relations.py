from __future__ import annotations

from collections.abc import Iterator

import pytest

from importai_tui.archive.relations import StoryRelations
from importai_tui.library.library import Library
from tests.threads.made import make_issues


@pytest.fixture
def connections(library: Library) -> Iterator[StoryRelations]:
    for issue in make_issues():
        library.store(issue, b"page", issue.slug)
    with StoryRelations(library.archive.path) as opened:
        yield opened


def test_a_slug_that_was_cut_elsewhere_names_the_same_issue(connections: StoryRelations) -> None:
    for slug in ("the-delta-in-winter", "the-delta-in-winter-and-a-museum-of-anchors-of-all-sizes"):
        found = connections.find_issue_by_slug(slug)
        assert found
        assert found.slug == "the-delta-in-winter-and-a-museum"
    assert connections.find_issue_by_slug("import-ai") is None
    assert connections.find_issue_by_slug("import-ai-10") is None


def test_words_are_counted_no_further_than_they_tell_anything(connections: StoryRelations) -> None:
    assert connections.get_frequency("season") == connections.frequency_limit
    assert connections.get_frequency("Bruckhaven") == 1
    assert connections.get_frequency('"; OR NEAR(') == 0


def test_words_are_looked_for_by_their_stems_and_in_the_given_stories_alone(connections: StoryRelations) -> None:
    issue = connections.find_issue_by_number(100)
    assert issue
    stories = {place.id: place.position for place in connections.find_in_issue(issue.id)}
    assert [stories[id] for id in connections.find_stories_with_word("lock", [*stories])] == [3, 1]
    assert [stories[id] for id in connections.find_stories_with_word("locking", [*stories], in_heading=True)] == [3, 1]
    assert connections.find_stories_with_word("pond", [*stories]) == []
