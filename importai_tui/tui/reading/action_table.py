"""The table of the reading screen's actions: the module and the class that have each action's method.

A module is imported when one of its keys is first pressed, because that makes the start faster.
"""

from __future__ import annotations

_ACTION = "action_"
"""The prefix with which Textual looks for the method of an action."""
_PACKAGE = "importai_tui.tui.actions"

ACTIONS_OF_CLASS = {
    "annotations:AnnotationActions": ("tag", "note", "highlight"),
    "app:AppActions": ("help", "palette", "copy_notice", "suspend", "redraw", "sync", "sync_all"),
    "app:AppearanceActions": ("wider", "toggle_theme", "choose_theme"),
    "cards:CardActions": ("show_card", "show_link_card", "fetch_cards"),
    "modes:CatchUpActions": ("catch_up",),
    "links:CitationActions": ("copy_markdown", "copy_bibtex", "copy_all", "copy_story", "open_archived", "open_pdf"),
    "app:CommandLineActions": ("command_line",),
    "export:ExportActions": ("export",),
    "modes:FictionActions": ("tales",),
    "forecasts:ForecastActions": ("forecasts", "add_forecast"),
    "find:FilterActions": ("filter",),
    "find:FindActions": ("find",),
    "navigation:HistoryActions": ("visit", "visited"),
    "links:LinkActions": ("open_link", "ask_link", "open_here", "open_all", "copy_address"),
    "all_marks:AllMarksActions": ("marks", "open_look_back"),
    "marks:MarkActions": ("toggle_read", "toggle_issue_read", "mark_all_read", "toggle_star"),
    "navigation:PaneActions": (
        *("down", "up", "top", "bottom", "pane_page", "pane_left", "pane_right", "next_pane", "previous_pane"),
        *("choose", "toggle_links", "zen", "back_out"),
    ),
    "note_editor:NoteEditorActions": ("note_editor", "recover_files"),
    "app:QuitActions": ("guide", "leave", "quit_reader", "copy_or_quit"),
    "references:ReferenceActions": ("refers_to", "mentioned_in", "thread", "open_reference"),
    "search:SavedSearchActions": ("open_saved_search", "forget_search", "first_searches"),
    "search:SearchActions": ("search",),
    "modes:SkimActions": ("skim",),
    "navigation:StoryActions": (
        *("read_on", "read_back", "next_unread", "previous_unread"),
        *("next_story", "previous_story", "next_issue", "previous_issue"),
    ),
    "marks:UndoActions": ("undo", "redo", "undo_automatic_read"),
    "user_commands:UserCommandActions": ("list_commands", "run_user_command"),
    "modes:WorkActions": ("works",),
}
"""The actions of each `module:class`."""

_GROUPS = {f"{_ACTION}{action}": group for group, actions in ACTIONS_OF_CLASS.items() for action in actions}


def find_action_class(method: str) -> tuple[str, str] | None:
    """Return the module and the class that have an `action_` method; None if no group has it."""
    if method not in _GROUPS:
        return None
    module, _, class_name = _GROUPS[method].partition(":")
    return f"{_PACKAGE}.{module}", class_name
