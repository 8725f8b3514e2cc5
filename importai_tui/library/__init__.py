"""The library joins the archive and the reading state: the one room that the command line and the app ask.

It draws nothing and reads no documents; a story's key is all that the two sides share.
"""

from importai_tui.library.heads import IssueHead, StoredIssue, StoredPage, StoryHead
from importai_tui.library.library import SYNCED_AT, Library

__all__ = ["SYNCED_AT", "IssueHead", "Library", "StoredIssue", "StoredPage", "StoryHead"]
