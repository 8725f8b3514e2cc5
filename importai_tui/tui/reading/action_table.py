"""The table of the reading screen's actions: which class of which module has the method of each.

A module is imported when one of its keys is first pressed, so that the first screen waits for none of them.
"""

from __future__ import annotations

_ACTION = "action_"
"""The prefix with which Textual looks for the method of an action."""
_PACKAGE = "importai_tui.tui.actions"

GROUPS = {
    "annotations:Annotations": ("tag", "note", "highlight"),
    "app:AppActions": ("help", "palette", "suspend", "sync", "sync_all", "sync_all_or_bibtex"),
    "appearance:Appearance": ("wider", "toggle_theme", "choose_theme"),
    "catch_up:CatchUp": ("catch_up",),
    "citations:Citations": ("copy_markdown", "copy_bibtex", "copy_all", "open_archived", "open_pdf"),
    "command_line:CommandLineActions": ("command_line",),
    "fiction:Fiction": ("tales",),
    "filter:Filter": ("filter",),
    "find_in_story:FindInStory": ("find",),
    "history:HistoryActions": ("visit", "visited"),
    "links:Links": ("open_link", "ask_link", "open_here", "open_all", "copy_address"),
    "marks:Marks": ("toggle_read", "toggle_issue_read", "mark_all_read", "toggle_star"),
    "pane_navigation:PaneNavigation": (
        *("down", "up", "top", "bottom", "pane_page", "pane_left", "pane_right", "next_pane", "previous_pane"),
        *("choose", "toggle_links", "zen", "back_out"),
    ),
    "quit:Quit": ("guide", "leave", "quit_reader", "copy_or_quit"),
    "references:References": ("refers_to", "mentioned_in", "thread", "open_reference"),
    "saved_searches:SavedSearchActions": ("open_saved_search", "forget_search", "first_searches"),
    "search:Search": ("search",),
    "skim:Skim": ("skim",),
    "story_navigation:StoryNavigation": (
        *("read_on", "read_back", "next_unread", "previous_unread"),
        *("next_story", "previous_story", "next_issue", "previous_issue"),
    ),
    "undo:Undo": ("undo", "redo"),
    "works:Works": ("works",),
}
"""The actions of each class, as `module:class`."""

_GROUP_OF = {f"{_ACTION}{action}": group for group, actions in GROUPS.items() for action in actions}


def module_and_class(method: str) -> tuple[str, str] | None:
    """Return the module and the class that have the method of an action; None if no group has it."""
    if method not in _GROUP_OF:
        return None
    module, _, kind = _GROUP_OF[method].partition(":")
    return f"{_PACKAGE}.{module}", kind
