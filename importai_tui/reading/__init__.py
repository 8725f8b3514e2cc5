"""What the reader did: keyed by a story's stable key, it knows nothing of issues and outlives every archive."""

from importai_tui.reading.fields import Edit, Highlight, StoryName, Unfit
from importai_tui.reading.marked import Change
from importai_tui.reading.merged import Merged
from importai_tui.reading.state import KeptStory, ReadingState

__all__ = ["Change", "Edit", "Highlight", "KeptStory", "Merged", "ReadingState", "StoryName", "Unfit"]
