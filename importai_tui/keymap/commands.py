"""The table of all commands of the app: id, keys, action, description. Bindings, palette and help use it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Command(NamedTuple):
    """A command of the app."""

    id: str
    keys: str
    """Names of keys as `key_names.parse_key` returns them, separated by commas; empty for a command without keys."""
    key_label: str
    """The keys as the help prints them; if empty, the help omits the command, because another row describes it."""
    action: str
    description: str
    group: str


def _make_series(id: str, modifier: str, action: str, words: str) -> tuple[Command, ...]:
    """Return the commands for the first ten links, each with its own line in the help."""
    keys = ((n, f"{modifier}{n % 10}") for n in range(1, 11))
    return tuple(Command(f"{id}.{n}", key, key, f"{action}({n})", f"{words} {n}", "Links") for n, key in keys)


def _join_rows(series: tuple[Command, ...], key_label: str, description: str) -> tuple[Command, ...]:
    """Return the commands with one line in the help, that of the first."""
    first, *others = series
    return (
        first._replace(key_label=key_label, description=description),
        *(each._replace(key_label="") for each in others),
    )


_LINKS = _make_series("link", "", "open_link", "Open link")
_CARDS = _make_series("link.card", "alt+", "show_link_card", "Show the card of link")
SERIES = (_LINKS, _CARDS)
"""Commands that share a line in the help, each with a line of its own; used if the user has changed a key of one."""

COMMANDS: tuple[Command, ...] = (
    Command("move.down", "j,down", "j ↓", "down", "Down: one row, or one line of the story", "Moving"),
    Command("move.up", "k,up", "k ↑", "up", "Up", "Moving"),
    Command("move.top", "g,home", "g home", "top", "Go to the top", "Moving"),
    Command("move.bottom", "G,end", "G end", "bottom", "Go to the bottom", "Moving"),
    Command("move.page_down", "pagedown,ctrl+f", "pgdn ctrl+f", "pane_page(1)", "Page down", "Moving"),
    Command("move.page_up", "pageup,ctrl+b", "pgup ctrl+b", "pane_page(-1)", "Page up", "Moving"),
    Command("move.half_down", "ctrl+d", "ctrl+d", "pane_page(0.5)", "Half a page down", "Moving"),
    Command("move.half_up", "ctrl+u", "ctrl+u", "pane_page(-0.5)", "Half a page up", "Moving"),
    Command("pane.right", "l,right", "l →", "pane_right", "Pane on the right: list, story, links", "Moving"),
    Command("pane.left", "h,left", "h ←", "pane_left", "Pane on the left", "Moving"),
    Command("pane.next", "tab", "tab", "next_pane", "Next pane", "Moving"),
    Command("pane.previous", "shift+tab", "shift+tab", "previous_pane", "Previous pane", "Moving"),
    Command("choose", "enter", "enter", "choose", "Open the selected issue, story or link", "Moving"),
    Command("back", "escape", "esc", "back_out", "Back out of search matches, links, story or zen", "Moving"),
    Command(
        "read.on",
        "space",
        "space",
        "read_on",
        "Page down; at the end, mark read and go to next unread",
        "Reading",
    ),
    Command("read.page_up", "b", "b", "read_back", "Page up in the story", "Reading"),
    Command(
        "story.next_unread",
        "n",
        "n",
        "next_unread",
        "Next unread story (or next match, while matches are shown)",
        "Reading",
    ),
    Command(
        "story.previous_unread", "N", "N", "previous_unread", "Previous unread story (or previous match)", "Reading"
    ),
    Command("story.next", "J", "J", "next_story", "Next story, read or unread", "Reading"),
    Command("story.previous", "K", "K", "previous_story", "Previous story, read or unread", "Reading"),
    Command("issue.next", "]", "]", "next_issue", "Older issue", "Reading"),
    Command("issue.previous", "[", "[", "previous_issue", "Newer issue", "Reading"),
    Command("skim", "d", "d", "skim", "Skim this issue", "Reading"),
    Command("catch_up", "c", "c", "catch_up", "Catch-up mode: oldest unread story first (toggle)", "Reading"),
    Command("tales", "a", "a", "tales", "Read the Tech Tales as one book (toggle)", "Reading"),
    Command("find", "/", "/", "find", "Find in this story; from list or links, search everything", "Reading"),
    Command("history.back", "H,alt+left", "H alt+←", "visit(-1)", "Back to the previous story you visited", "Reading"),
    Command("history.forward", "L,alt+right", "L alt+→", "visit(1)", "Forward", "Reading"),
    Command("history.list", "ctrl+o", "ctrl+o", "visited", "History of visited stories", "Reading"),
    *_join_rows(_LINKS, "1 … 9  0", "Open link 1–9 (0 = tenth)"),
    Command("link.card", "p", "p", "show_card", "Show the card of the selected link, or of the first one", "Links"),
    *_join_rows(_CARDS, "alt+1 … alt+0", "Show the card of link 1–9 (0 = tenth)"),
    Command("link.ask", "#", "#", "ask_link", "Open a link by number", "Links"),
    Command("link.open", "o", "o", "open_here", "Open the selected link, or the first one", "Links"),
    Command("link.open_all", "O", "O", "open_all", "Open all read-more links (asks if more than five)", "Links"),
    Command("link.copy", "y", "y", "copy_address", "Copy the URL of the link (or of the issue)", "Links"),
    Command("link.cite", "Y", "Y", "copy_markdown", "Copy the citation as Markdown", "Links"),
    Command("link.bibtex", "ctrl+t", "ctrl+t", "copy_bibtex", "Copy the citation as BibTeX", "Links"),
    Command("story.copy", "ctrl+y", "ctrl+y", "copy_story", "Copy the story as Markdown", "Links"),
    Command(
        "link.all_markdown", "", "", "copy_all('Markdown')", "Copy all citations of the story as Markdown", "Links"
    ),
    Command("link.all_bibtex", "", "", "copy_all('BibTeX')", "Copy all citations of the story as BibTeX", "Links"),
    Command(
        "link.pdf", "D", "D", "open_pdf", "Open the paper's PDF (or its abstract, if the link is the PDF)", "Links"
    ),
    Command("link.all_cards", "", "", "fetch_cards", "Fetch the cards of all links of the story", "Links"),
    Command("link.archived", "w", "w", "open_archived", "Open the Wayback Machine copy from the issue's date", "Links"),
    Command("link.panel", "P", "P", "toggle_links", "Show or hide the links", "Links"),
    Command("thread.earlier", "x", "x", "refers_to", "Go to the story this one refers to", "Threads"),
    Command("thread.later", "X", "X", "mentioned_in", "Go to a later story that mentions this one", "Threads"),
    Command("thread", "i", "i", "thread", "Show the thread as a timeline, with related stories", "Threads"),
    Command("search", "F", "F", "search", "Search the archive", "Search"),
    Command("works", "W", "W", "works", "All cited works", "Search"),
    Command("filter", "f", "f", "filter", "Filter the list or the links", "Search"),
    Command("search.forget", "delete", "del", "forget_search", "Delete the saved search (asks first)", "Search"),
    Command("search.first", "", "", "first_searches", "Restore the built-in saved searches", "Search"),
    Command("mark.read", "r", "r", "toggle_read", "Mark the story read or unread", "Marks"),
    Command("mark.issue", "R", "R", "toggle_issue_read", "Mark the whole issue read or unread", "Marks"),
    Command("mark.all", "A", "A", "mark_all_read", "Mark all listed stories as read (asks first)", "Marks"),
    Command("mark.star", "s", "s", "toggle_star", "Star or unstar the story", "Marks"),
    Command("mark.tag", "t", "t", "tag", "Add or remove a tag", "Marks"),
    Command("mark.note", "e", "e", "note", "Write or edit a note", "Marks"),
    Command("mark.note_editor", "E", "E", "note_editor", "Write or edit a note in your own editor", "Marks"),
    Command("mark.highlight", "v", "v", "highlight", "Highlight the selection, or choose a paragraph", "Marks"),
    Command("marks", "M", "M", "marks", "All your marks: highlights, notes and tags", "Marks"),
    Command("forecasts", "I", "I", "forecasts", "Forecasts: due, open and scored, with your verdicts", "Marks"),
    Command(
        "forecast.add", "+", "+", "add_forecast", "Add the selection, or a sentence you choose, as a forecast", "Marks"
    ),
    Command("mark.undo", "u", "u", "undo", "Undo the last change, even from an earlier session", "Marks"),
    Command("mark.redo", "ctrl+r", "ctrl+r", "redo", "Redo", "Marks"),
    Command("mark.undo_read", "", "", "undo_automatic_read", "Undo the last automatic read mark", "Marks"),
    Command("export", "ctrl+e", "ctrl+e", "export", "Export notes (Obsidian, Readwise…), works, EPUB books", "Marks"),
    Command("view.zen", "z", "z", "zen", "Zen mode: only the story (toggle)", "View"),
    Command("view.narrower", "<", "<", "wider(-2)", "Narrower text or pane", "View"),
    Command("view.wider", ">", ">", "wider(2)", "Wider text or pane", "View"),
    Command("view.paper", "T", "T", "toggle_theme", "Switch between dark and light (ink and paper)", "View"),
    Command("view.theme", "", "", "choose_theme", "Choose a theme", "View"),
    Command("guide", "ctrl+g", "ctrl+g", "guide", "Show the guide; in the guide, hide it", "View"),
    Command("sync", "S", "S", "sync", "Download new issues (again: stop)", "Sync"),
    Command("sync.all", "B", "B", "sync_all", "Download every issue", "Sync"),
    Command("run", "|", "|", "list_commands", "Run one of your commands on the story or the link", "Your commands"),
    Command("help", "?,f1", "?", "help", "Show the keys that work here", "Program"),
    Command("command", ":", ":", "command_line", "Command line: type a command or an issue number", "Program"),
    Command("palette", "ctrl+p", "ctrl+p", "palette", "Command palette: all commands and issues by name", "Program"),
    Command("notice.copy", "", "", "copy_notice", "Copy the last message", "Program"),
    Command("redraw", "ctrl+l", "ctrl+l", "redraw", "Draw the screen again", "Program"),
    Command("suspend", "ctrl+z", "ctrl+z", "suspend", "Suspend the reader (fg in the shell resumes it)", "Program"),
    Command("leave", "q", "q", "leave", "Back; quits at the top level", "Program"),
    Command("quit", "Q,ctrl+q", "Q ctrl+q", "quit_reader", "Quit", "Program"),
    Command("copy", "ctrl+c", "ctrl+c", "copy_or_quit", "Copy the selection; quits if nothing is selected", "Program"),
)
"""In the order of the help."""


def describe_singly(command: Command) -> Command:
    """Return the command for a list with a row for each command: the first of a series without the others' keys."""
    if "…" not in command.key_label:
        return command
    description = command.description.replace("1–9", "1").removesuffix(" (0 = tenth)")
    return command._replace(key_label=command.keys, description=description)


def group_commands(commands: Iterable[Command]) -> dict[str, list[Command]]:
    """Return the commands of each group, in the order of the table; groups in the order of their first command."""
    groups: dict[str, list[Command]] = {}
    for command in commands:
        groups.setdefault(command.group, []).append(command)
    return groups
