"""Loading annotations, and loading only what has changed."""

from __future__ import annotations

from importai_tui.library.library import Library
from importai_tui.tui.marks.loader import AnnotationLoader
from tests.tui.sample_app import store_issues


def test_a_change_loads_only_its_stories(library: Library, other: Library) -> None:
    store_issues(library)
    id = library.add_highlight("rivers", "One")
    library.set_note("old", "Two")
    loader = AnnotationLoader(library)
    loader.load_first()
    assert [each.text for each in loader.annotations] == ["Two", "One"]
    assert (loader.is_complete, loader.update(), loader.update()) == (False, True, False)
    old = loader.annotations[0]
    other.set_note("lake", "Three")
    library.state.remove_highlight("rivers", id)
    assert loader.update()
    assert [each.text for each in loader.annotations] == ["Three", "Two"]
    assert loader.annotations[1] is old
    library.undo()
    library.tag(["old"], "water")
    loader.update()
    assert [each.text for each in loader.annotations] == ["Three", "Two", "One"]
    assert loader.annotations[1].story.tags == ("water",)
    loader.reset_order()
    assert [each.text for each in loader.annotations] == ["One", "Three", "Two"]
