"""All annotations, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from importai_tui.library.annotations import AnnotationKind, load_annotations
from importai_tui.library.library import Library
from importai_tui.paths import Places
from importai_tui.state.fields import Edit, Highlight, StoryName
from importai_tui.state.guide_keys import OLD_GUIDE_KEYS
from tests.examples import make_issue


@pytest.fixture
def library(places: Places) -> Iterator[Library]:
    """A library whose clock advances a minute at each change."""
    minutes = iter(range(10_000))
    start = datetime(2026, 1, 5, tzinfo=UTC)
    with Library.open(places, now=lambda: start + timedelta(minutes=next(minutes))) as library:
        issue = make_issue("otters", "rivers", number=402, date="2025-03-03")
        library.store(issue, b"page", "page.html")
        yield library


def test_annotations_are_listed_newest_first(library: Library) -> None:
    library.tag(["otters"], "animals")
    library.tag(["rivers"], "water")
    id = library.add_highlight("otters", "They swim.\nAt night.", "Do they?", 2)
    library.set_note("otters", "Ask about this.")
    note, highlight, tags = load_annotations(library)
    assert (note.kind, note.text, note.story.ref) == (AnnotationKind.NOTE, "Ask about this.", "402/1")
    assert (highlight.text, highlight.comment, highlight.id) == ("They swim.\nAt night.", "Do they?", ("otters", id))
    assert highlight.story.tags == ("animals",)
    assert (tags.kind, tags.story.ref, tags.story.tags) == (AnnotationKind.TAGS, "402/2", ("water",))
    assert (tags.story.date_text, tags.story.is_stored) == ("2025-03-03", True)


def test_a_missing_story_has_its_stored_name(library: Library) -> None:
    names = {"gone": StoryName("Otters of old", "12", 3)}
    library.state.set_note("gone", "Where is it?", names)
    library.state.set_note("nameless", "Unknown.")
    nameless, gone = load_annotations(library)
    assert (gone.story.headline, gone.story.ref, gone.story.is_stored) == ("Otters of old", "12/3", False)
    assert (nameless.story.headline, nameless.story.ref) == ("nameless", "")


def test_damaged_and_old_guide_annotations_are_left_out(library: Library) -> None:
    library.state.set_note(next(iter(OLD_GUIDE_KEYS)), "Of the guide")
    value = Highlight("", "They swim.", None, 0).to_json()
    library.state.change([Edit("otters", "highlight:0000000a", value)], "x")
    library.state._database.execute("UPDATE register SET value = '{}' WHERE field = 'highlight:0000000a'")
    assert load_annotations(library) == []
