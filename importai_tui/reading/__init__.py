"""What the reader did: keyed by a story's stable key, it knows nothing of issues and outlives every archive."""

from importai_tui.reading.state import Change, ReadingState

__all__ = ["Change", "ReadingState"]
