"""The table of all commands of the app: id, keys, action, description. Bindings, palette and help use it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the app."""

    id: str
    keys: str
    """Names of keys as `key_names.parse_key` returns them, separated by commas; empty for a command without keys."""
    key_label: str
    """The keys as the help prints them; if empty, the help omits the command, because another row describes it."""
    action: str
    description: str
    group: str


def _make_link_command(n: int, key_label: str, description: str) -> Command:
    return Command(f"link.{n}", str(n % 10), key_label, f"open_link({n})", description, "Links")


SEPARATE_LINK_COMMANDS = tuple(_make_link_command(n, str(n % 10), f"Open link {n}") for n in range(1, 11))
"""The first ten links, each with its own line in the help; used if the user has changed the key of one."""

_LINK_COMMANDS = (
    _make_link_command(1, "1 … 9  0", "Open that link at once, 0 is the tenth"),
    *(_make_link_command(n, "", f"Open link {n}") for n in range(2, 11)),
)

COMMANDS: tuple[Command, ...] = (
    Command("move.down", "j,down", "j ↓", "down", "Move down: a row, or a line of the story", "Moving"),
    Command("move.up", "k,up", "k ↑", "up", "Move up", "Moving"),
    Command("move.top", "g,home", "g home", "top", "To the top", "Moving"),
    Command("move.bottom", "G,end", "G end", "bottom", "To the bottom", "Moving"),
    Command("move.page_down", "pagedown,ctrl+f", "pgdn ctrl+f", "pane_page(1)", "A page down", "Moving"),
    Command("move.page_up", "pageup,ctrl+b", "pgup ctrl+b", "pane_page(-1)", "A page up", "Moving"),
    Command("move.half_down", "ctrl+d", "ctrl+d", "pane_page(0.5)", "Half a page down", "Moving"),
    Command("move.half_up", "ctrl+u", "ctrl+u", "pane_page(-0.5)", "Half a page up", "Moving"),
    Command("pane.right", "l,right", "l →", "pane_right", "To the pane on the right: list, story, links", "Moving"),
    Command("pane.left", "h,left", "h ←", "pane_left", "To the pane on the left", "Moving"),
    Command("pane.next", "tab", "tab", "next_pane", "To the next pane, round and round", "Moving"),
    Command("pane.previous", "shift+tab", "shift+tab", "previous_pane", "To the pane before", "Moving"),
    Command("choose", "enter", "enter", "choose", "Open what is under the cursor: issue, story, link", "Moving"),
    Command("back", "escape", "escape", "back_out", "Step out: of matches, links, story, zen", "Moving"),
    Command("read.on", "space", "space", "read_on", "Page down; at the end: read, on to the next unread", "Reading"),
    Command("read.page_up", "b", "b", "read_back", "Page up in the story", "Reading"),
    Command("story.next_unread", "n", "n", "next_unread", "Next unread story; next match while any are lit", "Reading"),
    Command("story.previous_unread", "N", "N", "previous_unread", "Previous unread story, or match", "Reading"),
    Command("story.next", "J", "J", "next_story", "Next story, read or not", "Reading"),
    Command("story.previous", "K", "K", "previous_story", "Previous story, read or not", "Reading"),
    Command("issue.next", "]", "]", "next_issue", "Next issue down the list: the older one", "Reading"),
    Command("issue.previous", "[", "[", "previous_issue", "Issue above in the list: the newer one", "Reading"),
    Command("skim", "d", "d", "skim", "Skim the issue: why each story matters, and what it cites", "Reading"),
    Command("catch_up", "c", "c", "catch_up", "Catch up: the oldest unread first; again: end it", "Reading"),
    Command("tales", "a", "a", "tales", "The tales as one book, where one left it; again: leave it", "Reading"),
    Command("find", "/", "/", "find", "Find in the story; from list and links search the archive", "Reading"),
    Command("history.back", "H,alt+left", "H alt+←", "visit(-1)", "Back to the story visited before", "Reading"),
    Command("history.forward", "L,alt+right", "L alt+→", "visit(1)", "Forward again", "Reading"),
    Command("history.list", "ctrl+o", "ctrl+o", "visited", "All stories visited, to go to one", "Reading"),
    *_LINK_COMMANDS,
    Command("link.ask", "#", "#", "ask_link", "Open any link: asks for its number", "Links"),
    Command("link.open", "o", "o", "open_here", "Open the link under the cursor, else the first", "Links"),
    Command("link.open_all", "O", "O", "open_all", "Open all read-more links; asks above five", "Links"),
    Command("link.copy", "y", "y", "copy_address", "Copy the link's address, else the issue's page", "Links"),
    Command("link.cite", "Y", "Y", "copy_markdown", "Copy the citation as Markdown", "Links"),
    Command("link.bibtex", "ctrl+t", "ctrl+t", "copy_bibtex", "Copy the citation as BibTeX", "Links"),
    Command("link.all_markdown", "", "", "copy_all('Markdown')", "Copy all the story's citations as Markdown", "Links"),
    Command("link.all_bibtex", "", "", "copy_all('BibTeX')", "Copy all the story's citations as BibTeX", "Links"),
    Command("link.pdf", "p", "p", "open_pdf", "The paper's PDF; its abstract where the link is the PDF", "Links"),
    Command("link.archived", "w", "w", "open_archived", "The page as it was at the issue's date (Wayback)", "Links"),
    Command("link.panel", "P", "P", "toggle_links", "Show the links, put them away", "Links"),
    Command("thread.earlier", "x", "x", "refers_to", "To the story that this one refers to", "Threads"),
    Command("thread.later", "X", "X", "mentioned_in", "To a later story that mentions this one", "Threads"),
    Command("thread", "i", "i", "thread", "The thread on a time line, and related stories", "Threads"),
    Command("search", "F", "F", "search", "Search the archive", "Search"),
    Command("works", "W", "W", "works", "The cited works of all issues, each once", "Search"),
    Command("filter", "f", "f", "filter", "Narrow the list, or the links, to what one types", "Search"),
    Command("search.forget", "delete", "del", "forget_search", "Remove the saved search, after a question", "Search"),
    Command("search.first", "", "", "first_searches", "Bring back the first saved searches", "Search"),
    Command("mark.read", "r", "r", "toggle_read", "Mark the story read or unread", "Marks"),
    Command("mark.issue", "R", "R", "toggle_issue_read", "Mark the issue read or unread", "Marks"),
    Command("mark.all", "A", "A", "mark_all_read", "Mark all shown stories read; asks first", "Marks"),
    Command("mark.star", "s", "s", "toggle_star", "Star the story, or take the star away", "Marks"),
    Command("mark.tag", "t", "t", "tag", "Tag the story, or take a tag away", "Marks"),
    Command("mark.note", "e", "e", "note", "Write a note to the story", "Marks"),
    Command("mark.highlight", "v", "v", "highlight", "Highlight the selected words, else a paragraph", "Marks"),
    Command("mark.undo", "u", "u", "undo", "Undo the last change, also one of yesterday", "Marks"),
    Command("mark.redo", "ctrl+r", "ctrl+r", "redo", "Redo what was undone", "Marks"),
    Command("view.zen", "z", "z", "zen", "The story alone; again: all panes", "View"),
    Command("view.narrower", "<", "<", "wider(-2)", "Narrower: the text, or the list or links one is in", "View"),
    Command("view.wider", ">", ">", "wider(2)", "Wider: the text, or the list or links one is in", "View"),
    Command("view.paper", "T", "T", "toggle_theme", "Dark or light: ink or paper", "View"),
    Command("view.theme", "", "", "choose_theme", "Choose among all themes", "View"),
    Command("guide", "ctrl+g", "ctrl+g", "guide", "Show the guide; in the guide: put it away for good", "View"),
    Command("sync", "S", "S", "sync", "Bring in what is new; again: stop", "Sync"),
    Command("sync.all", "B", "B", "sync_all", "Download every issue", "Sync"),
    Command("help", "?,f1", "?", "help", "This help", "Program"),
    Command("command", ":", ":", "command_line", "A line to type a command in, or an issue's number", "Program"),
    Command("palette", "ctrl+p", "ctrl+p", "palette", "All commands and issues by name", "Program"),
    Command("suspend", "ctrl+z", "ctrl+z", "suspend", "Suspend the reader; fg in the shell brings it back", "Program"),
    Command("leave", "q", "q", "leave", "Back; quit where there is nothing to go back to", "Program"),
    Command("quit", "Q,ctrl+q", "Q ctrl+q", "quit_reader", "Quit", "Program"),
    Command("copy", "ctrl+c", "ctrl+c", "copy_or_quit", "Copy the selected words; quit if there are none", "Program"),
)
"""In the order of the help."""


def group_commands(commands: Iterable[Command]) -> dict[str, list[Command]]:
    """Return the commands of each group, in the order of the table; groups in the order of their first command."""
    groups: dict[str, list[Command]] = {}
    for command in commands:
        groups.setdefault(command.group, []).append(command)
    return groups
