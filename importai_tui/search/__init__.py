"""Searching the archive: what matches, why, and what may have been meant. It draws nothing."""

from importai_tui.archive.finder import Found, Marks
from importai_tui.search.excerpts import Excerpt
from importai_tui.search.search import Answer, Search

__all__ = ["Answer", "Excerpt", "Found", "Marks", "Search"]
