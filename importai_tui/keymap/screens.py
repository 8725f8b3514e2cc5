"""The keys of the search, the works and the dialogs, a table for each, and the sections of the help.

Bindings, help and settings use the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from importai_tui.keymap.commands import Command, group_commands
from importai_tui.keymap.key_names import format_keys

_Row = tuple[str, str, str | None, str, str]
"""Id, keys, label, action, description. The label has the keys as the help prints them: empty for all of `keys`, None
for a row that the help omits, because another row describes it. A widget handles rows without keys.
"""


def _scroll_rows(prefix: str, noun: str) -> tuple[_Row, ...]:
    """Return the rows that scroll a list of `noun`s."""
    return (
        (f"{prefix}.top", "g,home", "", "edge(False)", f"First {noun}"),
        (f"{prefix}.bottom", "G,end", "", "edge(True)", f"Last {noun}"),
        (f"{prefix}.page_down", "pagedown,ctrl+f,space", "pgdn ctrl+f", "page(1)", "Page down"),
        (f"{prefix}.page_up", "pageup,ctrl+b,b", "pgup ctrl+b", "page(-1)", "Page up"),
        (f"{prefix}.half_down", "ctrl+d", "", "page(0.5)", "Half a page down"),
        (f"{prefix}.half_up", "ctrl+u", "", "page(-0.5)", "Half a page up"),
    )


def _link_rows(prefix: str, modifier: str, label: str, action: str, words: str) -> tuple[_Row, ...]:
    """Return the rows for the first ten links, of which the help shows the first."""
    first = (f"{prefix}.1", f"{modifier}1", label, f"{action}(1)", f"{words} 1–9 (0 = tenth)")
    others = ((f"{prefix}.{n}", f"{modifier}{n % 10}", None, f"{action}({n})", f"{words} {n}") for n in range(2, 11))
    return (first, *others)


_SCREENS: tuple[tuple[str, tuple[_Row, ...]], ...] = (
    (
        "Search screen",
        (
            ("find.choose", "", "enter", "", "Open the story at the match"),
            ("find.complete", "tab", "", "complete", "Complete the word, or accept the suggestion"),
            ("find.complete_back", "shift+tab", "", "complete(-1)", "Previous completion"),
            ("find.down", "down", "", "down", "Next result"),
            ("find.up", "up", "", "up", "Previous result"),
            ("find.page_down", "pagedown", "", "page(1)", "Page down"),
            ("find.page_up", "pageup", "", "page(-1)", "Page up"),
            ("find.trend", "ctrl+t", "", "trend", "Show the trend over time"),
            ("find.clear", "ctrl+u", "", "clear", "Clear the search"),
            ("find.save", "ctrl+s,f2", "", "save", "Save this search (top of the list)"),
            ("find.leave", "escape,ctrl+c", "esc", "leave", "Back"),
            ("find.help", "f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Trend chart",
        (
            ("trend.earlier", "left", "", "step(-1)", "Earlier period"),
            ("trend.later", "right", "", "step(1)", "Later period"),
            ("trend.choose", "enter", "", "choose", "Show only this period"),
        ),
    ),
    (
        "Works screen",
        (
            ("works.choose", "", "enter", "", "Go to a story that cites it (asks if several)"),
            ("works.card", "ctrl+p,f5", "", "show_card", "Show the card of the work"),
            ("works.cards", "ctrl+f,f6", "", "fetch_cards", "Fetch the cards of the works shown (again: stop)"),
            ("works.open", "ctrl+o", "", "open", "Open the work in the browser"),
            ("works.star", "ctrl+s,f2", "", "star", "Star or unstar (starred works are your reading list)"),
            ("works.copy", "ctrl+y", "", "copy_address", "Copy the URL"),
            ("works.bibtex", "ctrl+t,f3", "", "copy_bibtex", "Copy as BibTeX"),
            ("works.markdown", "ctrl+e,f4", "", "copy_markdown", "Copy as Markdown"),
            ("works.order", "ctrl+r", "", "turn", "Sort by best match, last cited, newest, most cited or title"),
            ("works.down", "down", "", "move(1)", "Next work"),
            ("works.up", "up", "", "move(-1)", "Previous work"),
            ("works.page_down", "pagedown", "", "page(1)", "Page down"),
            ("works.page_up", "pageup", "", "page(-1)", "Page up"),
            ("works.clear", "ctrl+u", "", "clear", "Clear the search"),
            ("works.leave", "escape,ctrl+c", "esc", "leave", "Back"),
            ("works.help", "f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Marks screen",
        (
            ("marks.choose", "enter,l,right", "", "choose", "Go to the passage; on a tag, show its stories"),
            ("marks.down", "j,down", "", "move(1)", "Next mark"),
            ("marks.up", "k,up", "", "move(-1)", "Previous mark"),
            *_scroll_rows("marks", "mark"),
            ("marks.next_view", "tab", "", "view(1)", "Next view: all, highlights, notes, tags"),
            ("marks.previous_view", "shift+tab", "", "view(-1)", "Previous view"),
            ("marks.tags", "t", "", "toggle_tags", "Show all tags (toggle)"),
            ("marks.filter", "/,f", "", "filter", "Filter by words or #tag"),
            ("marks.edit", "e", "", "edit", "Edit the note, comment or tags; on a tag, rename or merge it"),
            ("marks.editor", "E", "", "editor", "Edit the note or comment in your editor"),
            ("marks.remove", "d,delete", "", "remove", "Remove the mark; on a tag, remove it from all stories"),
            ("marks.copy", "y", "", "copy", "Copy the quote or note with its source"),
            ("marks.undo", "u", "", "undo", "Undo the last change"),
            ("marks.redo", "ctrl+r", "", "redo", "Redo"),
            ("marks.leave", "escape,q,h,left,ctrl+c", "esc q h ←", "leave", "Back"),
            ("marks.help", "?,f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Forecasts screen",
        (
            ("ledger.choose", "enter,l,right", "", "choose", "Go to the sentence in its story"),
            ("ledger.down", "j,down", "", "move(1)", "Next forecast"),
            ("ledger.up", "k,up", "", "move(-1)", "Previous forecast"),
            *_scroll_rows("ledger", "forecast"),
            ("ledger.right", "r", "", "verdict('right')", "It came true (again: remove the verdict)"),
            ("ledger.wrong", "w", "", "verdict('wrong')", "It did not come true (again: remove the verdict)"),
            ("ledger.void", "v", "", "verdict('void')", "Nobody can tell (again: remove the verdict)"),
            ("ledger.open", "o", "", "verdict('open')", "A forecast, not decided yet (again: remove the verdict)"),
            (
                "ledger.dismiss",
                "d,delete",
                "",
                "verdict('dismissed')",
                "Dismiss it: not a forecast (again: undo that)",
            ),
            ("ledger.note", "e", "", "note", "Write or edit a note"),
            ("ledger.editor", "E", "", "note(True)", "Write or edit a note in your own editor"),
            ("ledger.score", "x", "", "score", "Go to the later story that scores it"),
            ("ledger.copy", "y", "", "copy", "Copy the quote with its source"),
            ("ledger.filter", "/,f", "", "filter", "Filter by words, or by due, open, right, wrong or void"),
            ("ledger.others", "a", "", "toggle_others", "Also show forecasts by people the newsletter quotes (toggle)"),
            ("ledger.dismissed", "D", "", "toggle_dismissed", "Also show dismissed sentences (toggle)"),
            ("ledger.summary", "s", "", "summary", "Show the numbers by year, and your verdicts as a chart"),
            ("ledger.undo", "u", "", "undo", "Undo the last change"),
            ("ledger.redo", "ctrl+r", "", "redo", "Redo"),
            ("ledger.leave", "escape,q,h,left,ctrl+c", "esc q h ←", "leave", "Back"),
            ("ledger.help", "?,f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Card screen",
        (
            ("card.down", "j,down", "", "move(1)", "Down"),
            ("card.up", "k,up", "", "move(-1)", "Up"),
            ("card.page_down", "space,pagedown,ctrl+f", "space pgdn", "page(1)", "Page down"),
            ("card.page_up", "b,pageup,ctrl+b", "b pgup", "page(-1)", "Page up"),
            ("card.half_down", "ctrl+d", "", "page(0.5)", "Half a page down"),
            ("card.half_up", "ctrl+u", "", "page(-0.5)", "Half a page up"),
            ("card.top", "g,home", "", "edge(False)", "Go to the top"),
            ("card.bottom", "G,end", "", "edge(True)", "Go to the bottom"),
            ("card.next", "J", "", "next_card(1)", "Next card: of the story's links, or of the works listed"),
            ("card.previous", "K", "", "next_card(-1)", "Previous card"),
            ("card.open", "o,enter", "", "open", "Open the page in the browser"),
            ("card.pdf", "D", "", "open_pdf", "Open the PDF"),
            *_link_rows("card.link", "", "1 … 9  0", "open_link", "Open link"),
            *_link_rows("card.card", "alt+", "alt+1…alt+0", "show_card", "Show the card of link"),
            ("card.story", "x", "", "story", "Go to a story that cites the work (asks if several)"),
            ("card.star", "s", "", "star", "Star or unstar the work (starred works are your reading list)"),
            ("card.copy", "y", "", "copy_address", "Copy the URL"),
            ("card.markdown", "Y", "", "copy_markdown", "Copy as Markdown"),
            ("card.bibtex", "B,ctrl+t", "", "copy_bibtex", "Copy as BibTeX"),
            ("card.copy_text", "ctrl+c", "", "copy_or_leave", "Copy the selection; closes if nothing is selected"),
            ("card.refresh", "r", "", "refresh", "Fetch the card again"),
            ("card.leave", "escape,p,q,h,left", "esc p q h ←", "leave", "Back (while it loads: cancel)"),
            ("card.help", "?,f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Thread screen",
        (
            ("thread.choose", "enter,l,right,x", "", "choose", "Go to the selected story"),
            ("thread.down", "j,down", "", "move(1)", "Next story"),
            ("thread.up", "k,up", "", "move(-1)", "Previous story"),
            *_scroll_rows("thread", "story"),
            ("thread.leave", "escape,q,i,h,left,ctrl+c", "esc q i h ←", "leave", "Back"),
            ("thread.help", "?,f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Skim screen",
        (
            ("digest.choose", "enter,l,right", "", "choose", "Open the full story"),
            ("digest.down", "j,down", "", "move(1)", "Next story"),
            ("digest.up", "k,up", "", "move(-1)", "Previous story"),
            ("digest.on", "space", "", "skim_on", "Page down; at the end, go to the next unread issue"),
            ("digest.page_down", "pagedown,ctrl+f", "", "page(1)", "Page down"),
            ("digest.page_up", "pageup,ctrl+b,b", "", "page(-1)", "Page up"),
            ("digest.half_down", "ctrl+d", "", "page(0.5)", "Half a page down"),
            ("digest.half_up", "ctrl+u", "", "page(-0.5)", "Half a page up"),
            ("digest.top", "g,home", "", "edge(False)", "First story"),
            ("digest.bottom", "G,end", "", "edge(True)", "Last story"),
            ("digest.older", "]", "", "issue(1)", "Older issue"),
            ("digest.newer", "[", "", "issue(-1)", "Newer issue"),
            *_link_rows("digest.link", "", "1 … 9  0", "open_link", "Open link"),
            ("digest.open", "o", "", "open_here", "Open the first link"),
            ("digest.card", "p", "", "show_card(0)", "Show the card of the first link"),
            *_link_rows("digest.card", "alt+", "alt+1…alt+0", "show_card", "Show the card of link"),
            ("digest.copy", "y", "", "copy_address", "Copy the URL of the first link (or of the issue)"),
            ("digest.markdown", "Y", "", "copy_citation('Markdown')", "Copy the first citation as Markdown"),
            ("digest.bibtex", "ctrl+t", "", "copy_citation('BibTeX')", "Copy the first citation as BibTeX"),
            ("digest.star", "s", "", "toggle_star", "Star or unstar the story"),
            ("digest.read", "r", "", "toggle_read", "Mark the story read or unread"),
            ("digest.read_issue", "R", "", "toggle_issue_read", "Mark the whole issue read or unread"),
            ("digest.undo", "u", "", "undo", "Undo the last change"),
            ("digest.leave", "escape,q,h,left,ctrl+c", "esc q h ←", "leave", "Back"),
            ("digest.help", "?,f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "References",
        (
            ("ties.choose", "enter,l,right", "", "choose", "Go to the story, or download its issue"),
            ("ties.down", "j,down,x", "", "move(1)", "Next reference"),
            ("ties.up", "k,up", "", "move(-1)", "Previous reference"),
            ("ties.cancel", "escape,q,h,left,ctrl+c", "esc q h ←", "cancel", "Cancel"),
            ("ties.help", "?,f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Missing issue",
        (
            ("instead.issue", "S", "", "answer('issue')", "Download the issue"),
            ("instead.all", "B", "", "answer('all')", "Download every issue"),
            ("instead.browse", "o,enter", "", "answer('browse')", "Open the issue in the browser"),
            ("instead.cancel", "n,escape,q,ctrl+c", "n esc q", "cancel", "Cancel"),
            ("instead.help", "?,f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Citing stories",
        (
            ("citing.choose", "enter,l,right", "", "choose", "Go to the story"),
            ("citing.down", "j,down", "", "move(1)", "Next story that cites the work"),
            ("citing.up", "k,up", "", "move(-1)", "Previous story that cites the work"),
            *_scroll_rows("citing", "story")[:4],
            ("citing.cancel", "escape,q,h,left,ctrl+c", "esc q h ←", "cancel", "Back to the works"),
            ("citing.help", "?,f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "History",
        (
            ("visited.choose", "", "enter", "", "Open the selected story (type to filter)"),
            ("visited.down", "down", "", "move(1)", "Older visit"),
            ("visited.up", "up", "", "move(-1)", "More recent visit"),
            ("visited.page_down", "pagedown,ctrl+f,ctrl+d", "pgdn ctrl+f", "page(1)", "Page down"),
            ("visited.page_up", "pageup,ctrl+b,ctrl+u", "pgup ctrl+b", "page(-1)", "Page up"),
            ("visited.cancel", "escape,ctrl+c,ctrl+o", "esc ctrl+o", "cancel", "Close"),
            ("visited.help", "f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Theme picker",
        (
            ("themes.choose", "enter,l,right", "", "choose", "Use the selected theme"),
            ("themes.down", "j,down", "", "move(1)", "Next theme"),
            ("themes.up", "k,up", "", "move(-1)", "Previous theme"),
            *_scroll_rows("themes", "theme")[:4],
            ("themes.cancel", "escape,q,h,left,ctrl+c", "esc q h ←", "cancel", "Cancel; the old theme comes back"),
            ("themes.help", "?,f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Export",
        (
            ("export.run", "", "enter", "", "Export to the path (type to change it)"),
            ("export.down", "down", "", "move(1)", "Next export"),
            ("export.up", "up", "", "move(-1)", "Previous export"),
            ("export.cancel", "escape,ctrl+c", "esc", "cancel", "Cancel"),
            ("export.help", "f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Find and filter",
        (
            ("find.next", "down", "", "step(1)", "Next match"),
            ("find.previous", "up", "", "step(-1)", "Previous match"),
            ("find.cancel", "escape,ctrl+c", "esc", "cancel", "Cancel"),
            ("bar.help", "f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Highlighting",
        (
            ("pick.down", "j,down,n,J", "", "down", "Next paragraph"),
            ("pick.up", "k,up,N,K", "", "up", "Previous paragraph"),
            ("pick.first", "g,home", "", "top", "First paragraph"),
            ("pick.last", "G,end", "", "bottom", "Last paragraph"),
            ("pick.keep", "enter", "", "keep", "Highlight the paragraph"),
            ("pick.turn", "v", "", "turn", "Add or remove the highlight"),
            ("pick.remark", "e", "", "remark", "Highlight and add a comment"),
            ("pick.cancel", "escape,q,ctrl+c", "esc q", "cancel", "Cancel"),
            ("pick.help", "?,f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Sentence picker",
        (
            ("sentence.down", "j,down,n", "", "move(1)", "Next sentence"),
            ("sentence.up", "k,up,N", "", "move(-1)", "Previous sentence"),
            ("sentence.first", "g,home", "", "edge(False)", "First sentence"),
            ("sentence.last", "G,end", "", "edge(True)", "Last sentence"),
            ("sentence.choose", "enter", "", "choose", "Add the sentence as a forecast"),
            ("sentence.cancel", "escape,q,ctrl+c", "esc q", "cancel", "Cancel"),
            ("sentence.help", "?,f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Due date",
        (
            ("due.cancel", "escape,ctrl+c", "esc", "cancel", "Cancel"),
            ("due.help", "f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Question",
        (
            ("confirm.yes", "y,enter", "", "answer(True)", "Yes"),
            ("confirm.no", "n,escape,q,ctrl+c", "n esc q", "answer(False)", "No"),
            ("confirm.help", "?,f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Number prompt",
        (
            ("ask.cancel", "escape,q,ctrl+c", "esc q", "cancel", "Cancel"),
            ("ask.help", "?,f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Name prompt",
        (
            ("name.cancel", "escape,ctrl+c", "esc", "cancel", "Cancel"),
            ("name.help", "f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Note editor",
        (
            ("note.keep", "ctrl+s", "", "keep", "Save and close (asks before an empty note is deleted)"),
            ("note.cancel", "escape", "esc", "cancel", "Close (asks if the text was changed)"),
            ("note.undo", "alt+z", "", "undo_typing", "Undo typing"),
            ("note.editor", "ctrl+o", "", "move_to_editor", "Go on in your own editor"),
            ("note.help", "f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Unsaved text",
        (
            ("unsaved.yes", "y,enter", "", "answer(True)", "Save the text"),
            ("unsaved.no", "n", "", "answer(False)", "Discard the changes"),
            ("unsaved.edit", "escape,q,ctrl+c", "esc q", "answer(None)", "Keep editing"),
            ("unsaved.help", "?,f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Tags",
        (
            ("tag.give", "", "enter", "", "Add the tag, or remove it if the story has it"),
            ("tag.complete", "tab", "", "complete(1)", "Complete; again for the next suggestion"),
            ("tag.complete_back", "shift+tab", "", "complete(-1)", "Previous suggestion"),
            ("tag.cancel", "escape,ctrl+c", "esc", "cancel", "Cancel without changing tags"),
            ("tag.help", "f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Command line",
        (
            (
                "command.do",
                "",
                "enter",
                "",
                "Run it: 402/3, search WORDS, tag NAME, open N, import PATH, export …, or a command id",
            ),
            ("command.complete", "tab", "", "complete(1)", "Complete; again for the next suggestion"),
            ("command.complete_back", "shift+tab", "", "complete(-1)", "Previous suggestion"),
            ("command.before", "up", "", "recall(1)", "Previous command"),
            ("command.after", "down", "", "recall(-1)", "Next command"),
            ("command.cancel", "escape,ctrl+c", "esc", "cancel", "Cancel"),
            ("command.help", "f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Output page",
        (
            ("output.down", "j,down", "", "move(1)", "Down"),
            ("output.up", "k,up", "", "move(-1)", "Up"),
            ("output.page_down", "space,pagedown,ctrl+f", "space pgdn", "page(1)", "Page down"),
            ("output.page_up", "b,pageup,ctrl+b", "b pgup", "page(-1)", "Page up"),
            ("output.half_down", "ctrl+d", "", "page(0.5)", "Half a page down"),
            ("output.half_up", "ctrl+u", "", "page(-0.5)", "Half a page up"),
            ("output.top", "g,home", "", "edge(False)", "Go to the top"),
            ("output.bottom", "G,end", "", "edge(True)", "Go to the bottom"),
            ("output.find", "/", "", "find", "Find in the output"),
            ("output.next", "n", "", "next_match(1)", "Next match"),
            ("output.previous", "N", "", "next_match(-1)", "Previous match"),
            ("output.copy", "y", "", "copy", "Copy all of the output"),
            ("output.copy_text", "ctrl+c", "", "copy_or_leave", "Copy the selection; closes if nothing is selected"),
            ("output.stop", "s", "", "stop", "Stop the program"),
            ("output.again", "r", "", "run_again", "Run it again"),
            ("output.leave", "escape,q,h,left", "esc q h ←", "leave", "Close (a program that runs keeps running)"),
            ("output.help", "?,f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Command list",
        (
            ("own.choose", "enter,l,right", "", "choose", "Run the command, or show its new output"),
            ("own.down", "j,down", "", "move(1)", "Next command"),
            ("own.up", "k,up", "", "move(-1)", "Previous command"),
            *_scroll_rows("own", "command")[:4],
            ("own.stop", "s", "", "stop", "Stop the program"),
            ("own.cancel", "escape,q,h,left,ctrl+c,|", "esc q h ←", "cancel", "Cancel"),
            ("own.help", "?,f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "No commands",
        (
            ("nocommands.topic", "enter", "", "topic", "Show the help topic with recipes"),
            ("nocommands.cancel", "escape,q,ctrl+c,|", "esc q", "cancel", "Close"),
            ("nocommands.help", "?,f1", "", "help", "Show the keys that work here"),
        ),
    ),
    (
        "Manual page",
        (
            ("manual.down", "j,down", "", "scroll(1)", "Down"),
            ("manual.up", "k,up", "", "scroll(-1)", "Up"),
            ("manual.page_down", "space,pagedown,ctrl+f", "space pgdn", "page(1)", "Page down"),
            ("manual.page_up", "b,pageup,ctrl+b", "b pgup", "page(-1)", "Page up"),
            ("manual.left", "h,left", "", "pan(-8)", "Scroll left"),
            ("manual.right", "l,right", "", "pan(8)", "Scroll right"),
            ("manual.top", "g,home", "", "edge(False)", "Go to the top"),
            ("manual.bottom", "G,end", "", "edge(True)", "Go to the bottom"),
            ("manual.copy", "y", "", "copy_page", "Copy the page"),
            ("manual.close", "escape,q,ctrl+c,?,f1", "esc q", "close", "Close"),
        ),
    ),
    (
        "Help",
        (
            ("help.choose", "", "enter", "", "Run the selected command (type to filter)"),
            ("help.down", "down", "", "move(1)", "Next line"),
            ("help.up", "up", "", "move(-1)", "Previous line"),
            ("help.page_down", "pagedown,ctrl+f,ctrl+d", "pgdn ctrl+f", "page(1)", "Page down"),
            ("help.page_up", "pageup,ctrl+b,ctrl+u", "pgup ctrl+b", "page(-1)", "Page up"),
            ("help.close", "escape,ctrl+c,f1,?", "esc f1 ?", "close", "Close"),
        ),
    ),
)

SCREENS = (
    "Search screen",
    "Trend chart",
    "Works screen",
    "Marks screen",
    "Forecasts screen",
    "Card screen",
    "Thread screen",
    "Skim screen",
)
"""The groups of the screens. All other groups are dialogs: no list of commands offers to change their keys."""

SCREENS_WITH_INPUT = frozenset(
    {
        "Command line",
        "Due date",
        "Export",
        "Find and filter",
        "Help",
        "History",
        "Name prompt",
        "Note editor",
        "Number prompt",
        "Search screen",
        "Tags",
        "Works screen",
    }
)
"""The groups with an input line; their keys are handled before the line gets them."""


def _make_command(group: str, row: _Row) -> Command:
    id, keys, label, action, description = row
    return Command(id, keys, format_keys(keys.split(",")) if label == "" else label or "", action, description, group)


SCREEN_COMMANDS: tuple[Command, ...] = tuple(_make_command(group, row) for group, rows in _SCREENS for row in rows)
"""All rows as commands, in the order of the help, after `COMMANDS`."""


def screen_commands(screen: str) -> tuple[Command, ...]:
    """Return the commands of a screen or a dialog that have a key."""
    return tuple(command for command in SCREEN_COMMANDS if command.group == screen and command.keys)


def list_rebindable(commands: Iterable[Command] = SCREEN_COMMANDS) -> tuple[Command, ...]:
    """Return the commands of screens whose keys a user may want to change."""
    return tuple(command for command in commands if command.group in SCREENS and command.keys)


_PANE_COMMANDS: dict[str, tuple[str, ...]] = {
    "list": (
        *("choose", "move.down", "move.up", "pane.right", "story.next_unread", "issue.next", "issue.previous"),
        *("mark.read", "mark.issue", "mark.all", "mark.star", "mark.undo", "filter", "search", "search.forget", "back"),
    ),
    "story": (
        *(
            "read.on",
            "read.page_up",
            "story.next_unread",
            "story.next",
            "link.1",
            "link.open",
            "link.card",
            "pane.right",
        ),
        *("find", "mark.star", "mark.read", "mark.tag", "mark.note", "mark.note_editor", "mark.highlight"),
        *(
            "marks",
            "forecasts",
            "mark.undo",
            "run",
            "thread",
            "thread.earlier",
            "thread.later",
            "search",
            "view.zen",
            "back",
        ),
    ),
    "links": (
        *("choose", "link.card", "move.down", "move.up", "link.1", "link.copy", "link.cite", "link.bibtex"),
        *("link.pdf", "link.archived", "link.open_all", "filter", "link.panel", "back"),
    ),
}
"""The most important commands of each pane, by id, the most important first."""

_PANE_HEADINGS = {"list": "In the list", "story": "In the story", "links": "In the links"}
"""The headings of the panes in the help."""


class Section(NamedTuple):
    """A heading of the help, and the commands below it."""

    heading: str
    commands: tuple[Command, ...]


def help_sections(
    context: str, commands: Sequence[Command], other_commands: Sequence[Command] = SCREEN_COMMANDS
) -> tuple[Section, ...]:
    """Return the sections of the help: the current context first, then all other commands by group, each once.

    The keys of a dialog are listed only while it is open.

    Args:
        context: a pane, a group of `SCREEN_COMMANDS` ("Search screen"), or any other text, which has no section.
        commands: `COMMANDS` with the effective keys.
        other_commands: `SCREEN_COMMANDS` with the effective keys.
    """
    first = _make_context_section(context, (*commands, *other_commands))
    table = (*commands, *(command for command in other_commands if command.group in SCREENS))
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
