"""The keys of the search, the works and the dialogs, a table for each, and the sections of the help.

Bindings, help and settings use the tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from importai_tui.keymap.commands import Command, group_commands

_Row = tuple[str, str, str, str, str]
"""Id, keys, label of the keys in the help (empty: not in the help), action, description. A widget handles rows without
keys.
"""

_SCREENS: tuple[tuple[str, tuple[_Row, ...]], ...] = (
    (
        "In the search",
        (
            ("find.choose", "", "enter", "", "Open the story at the passage"),
            ("find.move", "", "↑ ↓", "", "Choose among what is found"),
            ("find.complete", "tab", "tab", "complete", "Complete the word; take what may have been meant"),
            ("find.trend", "ctrl+t", "ctrl+t", "trend", "The course through time; ← → enter narrow to a bar"),
            ("find.save", "ctrl+s,f2", "ctrl+s f2", "save", "Save the search above the issues"),
            ("find.leave", "escape,ctrl+c", "esc", "leave", "Back to where one was"),
            ("find.down", "down", "", "down", "Down"),
            ("find.up", "up", "", "up", "Up"),
            ("find.page_down", "pagedown", "", "page(1)", "A page down"),
            ("find.page_up", "pageup", "", "page(-1)", "A page up"),
            ("find.complete_back", "shift+tab", "", "complete(-1)", "Complete backwards"),
            ("find.help", "f1", "", "help", "Help"),
        ),
    ),
    (
        "At the bars",
        (
            ("trend.earlier", "left", "", "step(-1)", "Earlier"),
            ("trend.later", "right", "", "step(1)", "Later"),
            ("trend.choose", "enter", "", "choose", "This time alone"),
        ),
    ),
    (
        "In the works",
        (
            ("works.choose", "", "enter", "", "Go to the story that cites the work; asks which"),
            ("works.open", "ctrl+o", "ctrl+o", "open", "Open the work in the browser"),
            ("works.star", "ctrl+s,f2", "ctrl+s f2", "star", "Put it on the reading list, or take it off"),
            ("works.copy", "ctrl+y", "ctrl+y", "copy_address", "Copy its address"),
            ("works.bibtex", "ctrl+t,f3", "ctrl+t f3", "copy_bibtex", "Copy it as BibTeX"),
            ("works.markdown", "ctrl+e,f4", "ctrl+e f4", "copy_markdown", "Copy it as Markdown"),
            ("works.order", "ctrl+r", "ctrl+r", "turn", "Turn the order: last cited, newcomers, most cited, title"),
            ("works.leave", "escape,ctrl+c", "esc", "leave", "Back to where one was"),
            ("works.down", "down", "", "move(1)", "Down"),
            ("works.up", "up", "", "move(-1)", "Up"),
            ("works.page_down", "pagedown", "", "page(1)", "A page down"),
            ("works.page_up", "pageup", "", "page(-1)", "A page up"),
            ("works.help", "f1", "", "help", "Help"),
        ),
    ),
    (
        "In a thread",
        (
            ("thread.choose", "enter,l,right,x", "enter l → x", "choose", "Go to the story under the cursor"),
            ("thread.down", "j,down", "j ↓", "move(1)", "The next story of it"),
            ("thread.up", "k,up", "k ↑", "move(-1)", "The story before"),
            ("thread.leave", "escape,q,i,h,left,ctrl+c", "esc q i h ←", "leave", "Back to where one was"),
            ("thread.top", "g,home", "", "edge(False)", "To the first"),
            ("thread.bottom", "G,end", "", "edge(True)", "To the last"),
            ("thread.page_down", "pagedown,ctrl+f,space", "", "page(1)", "Page down"),
            ("thread.page_up", "pageup,ctrl+b,b", "", "page(-1)", "Page up"),
            ("thread.half_down", "ctrl+d", "", "page(0.5)", "Half a page down"),
            ("thread.half_up", "ctrl+u", "", "page(-0.5)", "Half a page up"),
            ("thread.help", "?,f1", "", "help", "Help"),
        ),
    ),
    (
        "Among references",
        (
            ("ties.choose", "enter,l,right", "enter l →", "choose", "Go there; what the archive lacks can be fetched"),
            ("ties.down", "j,down,x", "j ↓ x", "move(1)", "The next one"),
            ("ties.up", "k,up", "k ↑", "move(-1)", "The one before"),
            ("ties.cancel", "escape,q,h,left,ctrl+c", "esc q h ←", "cancel", "Back to where one was"),
            ("ties.help", "?,f1", "", "help", "Help"),
        ),
    ),
    (
        "Where an issue is not here",
        (
            ("instead.issue", "S", "", "answer('issue')", "Fetch it"),
            ("instead.all", "B", "", "answer('all')", "Fetch all"),
            ("instead.browse", "o,enter", "", "answer('browse')", "Open its page"),
            ("instead.cancel", "n,escape,q,ctrl+c", "", "cancel", "Cancel"),
        ),
    ),
    (
        "Among citing stories",
        (
            ("citing.choose", "enter,l,right", "enter l →", "choose", "Go to the story"),
            ("citing.down", "j,down", "j ↓", "move(1)", "The next story that cites the work"),
            ("citing.up", "k,up", "k ↑", "move(-1)", "The story before"),
            ("citing.cancel", "escape,q,h,left,ctrl+c", "esc q h ←", "cancel", "Back to the works"),
            ("citing.top", "g,home", "", "edge(False)", "To the first"),
            ("citing.bottom", "G,end", "", "edge(True)", "To the last"),
            ("citing.page_down", "pagedown,ctrl+f,space", "", "page(1)", "Page down"),
            ("citing.page_up", "pageup,ctrl+b,b", "", "page(-1)", "Page up"),
            ("citing.help", "?,f1", "", "help", "Help"),
        ),
    ),
    (
        "Where to look for a citation",
        (
            ("where.first", "enter", "", "answer_first", "The first"),
            ("where.arxiv", "a", "", "answer('arxiv')", "arXiv"),
            ("where.web", "w", "", "answer('web')", "The web"),
            ("where.copy", "y", "", "answer('copy')", "Copy"),
            ("where.cancel", "n,escape,q,ctrl+c", "", "cancel", "Cancel"),
        ),
    ),
    (
        "Among stories visited",
        (
            ("visited.choose", "", "enter", "", "Go to the story; letters narrow the list"),
            ("visited.down", "down", "↓", "move(1)", "The story visited before"),
            ("visited.up", "up", "↑", "move(-1)", "The story visited after"),
            ("visited.cancel", "escape,ctrl+c,ctrl+o", "esc ctrl+o", "cancel", "Leave the list of stories visited"),
            ("visited.page_down", "pagedown,ctrl+f,ctrl+d", "", "page(1)", "Page down"),
            ("visited.page_up", "pageup,ctrl+b,ctrl+u", "", "page(-1)", "Page up"),
            ("visited.help", "f1", "", "help", "Help"),
        ),
    ),
    (
        "Finding and narrowing",
        (
            ("find.cancel", "escape,ctrl+c", "", "cancel", "Leave"),
            ("find.next", "down", "", "step(1)", "Next match"),
            ("find.previous", "up", "", "step(-1)", "Match before"),
        ),
    ),
    (
        "Highlighting",
        (
            ("pick.down", "j,down,n,J", "j ↓ n J", "down", "The next paragraph"),
            ("pick.up", "k,up,N,K", "k ↑ N K", "up", "The paragraph before"),
            ("pick.keep", "enter", "enter", "keep", "Keep the highlight"),
            ("pick.turn", "v", "v", "turn", "Keep it, or take away the one that is there"),
            ("pick.remark", "e", "e", "remark", "Write a remark to it"),
            ("pick.cancel", "escape,q,ctrl+c", "esc q", "cancel", "Leave everything as it was"),
            ("pick.first", "g,home", "", "top", "First"),
            ("pick.last", "G,end", "", "bottom", "Last"),
        ),
    ),
    (
        "In a dialog",
        (
            ("confirm.yes", "y,enter", "y enter", "answer(True)", "Yes, to a question"),
            ("confirm.no", "n,escape,q,ctrl+c", "n esc q", "answer(False)", "No"),
        ),
    ),
    (
        "Asked for a number",
        (("ask.cancel", "escape,ctrl+c", "", "cancel", "Cancel"),),
    ),
    (
        "Asked for a name",
        (("name.cancel", "escape,ctrl+c", "", "cancel", "Cancel"),),
    ),
    (
        "Writing a note",
        (
            ("note.keep", "ctrl+s,escape", "ctrl+s esc", "keep", "Keep the note; an empty one is taken away"),
            ("note.help", "f1", "", "help", "Help"),
        ),
    ),
    (
        "Tagging",
        (
            ("tag.give", "", "enter", "", "Tag the story; take the tag away that it has"),
            ("tag.complete", "tab", "tab", "complete(1)", "Complete the tag; again: the next that it may be"),
            ("tag.cancel", "escape,ctrl+c", "esc", "cancel", "Leave the tags as they were"),
            ("tag.complete_back", "shift+tab", "", "complete(-1)", "Complete backwards"),
            ("tag.help", "f1", "", "help", "Help"),
        ),
    ),
    (
        "In the digest",
        (
            ("digest.choose", "enter,l,right", "enter", "choose", "Open the full story"),
            ("digest.down", "j,down", "j ↓", "move(1)", "The next story"),
            ("digest.up", "k,up", "k ↑", "move(-1)", "The story before"),
            ("digest.on", "space", "space", "skim_on", "A page down; at the end the next unread issue"),
            ("digest.page_up", "pageup,ctrl+b,b", "b pgup", "page(-1)", "A page up"),
            ("digest.older", "]", "]", "issue(1)", "The older issue"),
            ("digest.newer", "[", "[", "issue(-1)", "The newer issue"),
            ("digest.link.1", "1", "1 … 9  0", "open_link(1)", "Open that link of the story; o the first"),
            ("digest.copy", "y", "y", "copy_address", "Copy the address"),
            ("digest.star", "s", "s", "toggle_star", "Star the story, or take the star away"),
            ("digest.read", "r", "r R", "toggle_read", "Mark the story, or the issue; skimming itself marks nothing"),
            ("digest.undo", "u", "u", "undo", "Undo the last change"),
            (
                "digest.leave",
                "escape,q,h,left,ctrl+c",
                "esc q h ←",
                "leave",
                "Back to where one was; the key that has led here does it too",
            ),
            ("digest.page_down", "pagedown,ctrl+f", "", "page(1)", "A page down"),
            ("digest.half_down", "ctrl+d", "", "page(0.5)", "Half a page down"),
            ("digest.half_up", "ctrl+u", "", "page(-0.5)", "Half a page up"),
            ("digest.top", "g,home", "", "edge(False)", "To the first story"),
            ("digest.bottom", "G,end", "", "edge(True)", "To the last story"),
            ("digest.link.2", "2", "", "open_link(2)", "Open link 2"),
            ("digest.link.3", "3", "", "open_link(3)", "Open link 3"),
            ("digest.link.4", "4", "", "open_link(4)", "Open link 4"),
            ("digest.link.5", "5", "", "open_link(5)", "Open link 5"),
            ("digest.link.6", "6", "", "open_link(6)", "Open link 6"),
            ("digest.link.7", "7", "", "open_link(7)", "Open link 7"),
            ("digest.link.8", "8", "", "open_link(8)", "Open link 8"),
            ("digest.link.9", "9", "", "open_link(9)", "Open link 9"),
            ("digest.link.10", "0", "", "open_link(10)", "Open link 10"),
            ("digest.open", "o", "", "open_here", "Open the first link"),
            ("digest.read_issue", "R", "", "toggle_issue_read", "The issue read or unread"),
            ("digest.help", "?,f1", "", "help", "Help"),
        ),
    ),
    (
        "On the line of commands",
        (
            (
                "command.do",
                "",
                "enter",
                "",
                "Do it: 402/3, latest, sync full, search WORDS, theme NAME, an id",
            ),
            ("command.complete", "tab", "tab", "complete(1)", "Complete it; again: the next that it may be"),
            ("command.before", "up", "↑", "recall(1)", "The line typed before"),
            ("command.after", "down", "↓", "recall(-1)", "The line typed after"),
            ("command.cancel", "escape,ctrl+c", "esc", "cancel", "Leave"),
            ("command.complete_back", "shift+tab", "", "complete(-1)", "Complete backwards"),
            ("command.help", "f1", "", "help", "Help"),
        ),
    ),
    (
        "On a page of the manual",
        (
            ("manual.close", "escape,q,ctrl+c,question_mark,f1", "", "close", "Close"),
            ("manual.down", "j,down", "", "scroll(1)", "Down"),
            ("manual.up", "k,up", "", "scroll(-1)", "Up"),
            ("manual.page_down", "space,pagedown,ctrl+f", "", "page(1)", "A page down"),
            ("manual.page_up", "b,pageup,ctrl+b", "", "page(-1)", "A page up"),
            ("manual.top", "g,home", "", "edge(False)", "To the top"),
            ("manual.bottom", "G,end", "", "edge(True)", "To the bottom"),
        ),
    ),
    (
        "In the help",
        (
            ("help.choose", "", "enter", "", "Do what the line says"),
            ("help.down", "down", "↓", "move(1)", "The next line; letters search"),
            ("help.up", "up", "↑", "move(-1)", "The line before"),
            ("help.close", "escape,ctrl+c,f1,question_mark", "esc f1 ?", "close", "Close the help"),
            ("help.page_down", "pagedown,ctrl+f,ctrl+d", "", "page(1)", "Page down"),
            ("help.page_up", "pageup,ctrl+b,ctrl+u", "", "page(-1)", "Page up"),
        ),
    ),
)

SCREENS_WITH_INPUT = frozenset(
    {
        "Among stories visited",
        "Asked for a name",
        "Finding and narrowing",
        "In the help",
        "In the search",
        "In the works",
        "On the line of commands",
        "Tagging",
        "Writing a note",
    }
)
"""The screens with an input line; their keys are handled before the line gets them."""

SCREEN_COMMANDS: tuple[Command, ...] = tuple(
    Command(id, keys, key_label, action, description, screen)
    for screen, rows in _SCREENS
    for id, keys, key_label, action, description in rows
)
"""All rows as commands, in the order of the help, after `COMMANDS`."""


def screen_commands(screen: str) -> tuple[Command, ...]:
    """Return the commands of a screen that have a key."""
    return tuple(command for command in SCREEN_COMMANDS if command.group == screen and command.keys)


_PANE_COMMANDS: dict[str, tuple[str, ...]] = {
    "list": (
        *("choose", "move.down", "move.up", "pane.right", "story.next_unread", "issue.next", "issue.previous"),
        *("mark.read", "mark.issue", "mark.all", "mark.star", "mark.undo", "filter", "search", "search.forget", "back"),
    ),
    "story": (
        *("read.on", "read.page_up", "story.next_unread", "story.next", "link.1", "link.open", "pane.right", "find"),
        *("mark.star", "mark.read", "mark.tag", "mark.note", "mark.highlight", "mark.undo"),
        *("thread", "thread.earlier", "thread.later", "search", "view.zen", "back"),
    ),
    "links": (
        *("choose", "move.down", "move.up", "link.1", "link.copy", "link.cite", "link.bibtex", "link.pdf"),
        *("link.archived", "link.open_all", "filter", "link.panel", "back"),
    ),
}
"""The most important commands of each pane, by id, the most important first."""

_PANE_HEADINGS = {"list": "In the list", "story": "In the story", "links": "At the links"}
"""The headings of the panes in the help."""
PANES = tuple(_PANE_COMMANDS)


class Section(NamedTuple):
    """A heading of the help, and the commands below it."""

    heading: str
    commands: tuple[Command, ...]


def help_sections(
    context: str, commands: Sequence[Command], other_commands: Sequence[Command] = SCREEN_COMMANDS
) -> tuple[Section, ...]:
    """Return the sections of the help: the current context first, then all other commands by group, each once.

    Args:
        context: a pane, a group of `SCREEN_COMMANDS` ("In the search"), or any other text, which has no section.
        commands: `COMMANDS` with the effective keys.
        other_commands: `SCREEN_COMMANDS` with the effective keys.
    """
    table = (*commands, *other_commands)
    first = _make_context_section(context, table)
    first_ids = {command.id for command in first.commands} if first else set()
    rest = tuple(
        Section(group, tuple(command for command in members if command.key_label and command.id not in first_ids))
        for group, members in group_commands(table).items()
    )
    return tuple(section for section in (first, *rest) if section and section.commands)


def _make_context_section(context: str, table: Sequence[Command]) -> Section | None:
    by_id = {command.id: command for command in table if command.key_label}
    if context in _PANE_COMMANDS:
        return Section(_PANE_HEADINGS[context], tuple(by_id[id] for id in _PANE_COMMANDS[context] if id in by_id))
    members = tuple(command for command in by_id.values() if command.group == context)
    return Section(context, members) if members else None
