"""What a story with reading state shows, told from the fields that are kept of it."""

from __future__ import annotations

from importai_tui.printing.kept import KeptRow
from importai_tui.reading import KeptStory, StoryName


def test_tags_stand_in_alphabetical_order() -> None:
    kept = KeptStory("ada", StoryName("Ada", "7"), ("note", "tag:Water", "tag:otters", "tag:alps"))
    row = KeptRow(kept, None, None)
    assert row.tags == ["alps", "otters", "Water"]
    assert row.has("note")
    assert not row.has("highlight:")
