"""The cache of parsed issues: it speaks the model only, knows nothing of reading, and can always be rebuilt."""

from importai_tui.archive.archive import Archive
from importai_tui.archive.shelf import Entry, StoryRow

__all__ = ["Archive", "Entry", "StoryRow"]
