"""The keys inside the search, the works and the dialogs, for the help alone: there letters are typed, or answer."""

from __future__ import annotations

from importai_tui.keys.commands import Command

_GROUPS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "In the search",
        (
            ("find.choose", "enter", "Open the story at the passage"),
            ("find.move", "↑ ↓", "Choose among what is found"),
            ("find.complete", "tab", "Complete the word; take what may have been meant"),
            ("find.trend", "ctrl+t", "The course through time; ← → enter narrow to a bar"),
            ("find.save", "ctrl+s f2", "Save the search above the issues"),
            ("find.leave", "esc", "Back to where one was"),
        ),
    ),
    (
        "In the works",
        (
            ("works.choose", "enter", "Go to the story that cites the work; asks which"),
            ("works.open", "ctrl+o", "Open the work in the browser"),
            ("works.star", "ctrl+s f2", "Put it on the reading list, or take it off"),
            ("works.copy", "ctrl+y", "Copy its address"),
            ("works.bibtex", "ctrl+b f3", "Copy it as BibTeX"),
            ("works.markdown", "ctrl+e f4", "Copy it as Markdown"),
            ("works.order", "ctrl+r", "Turn the order: last cited, newcomers, most cited, title"),
            ("works.leave", "esc", "Back to where one was"),
        ),
    ),
    (
        "In a thread",
        (
            ("thread.choose", "enter l → x", "Go to the story under the cursor"),
            ("thread.down", "j ↓", "The next story of it"),
            ("thread.up", "k ↑", "The story before"),
            ("thread.leave", "esc q i h ←", "Back to where one was"),
        ),
    ),
    (
        "Among references",
        (
            ("ties.choose", "enter l →", "Go there; what the archive lacks can be fetched"),
            ("ties.down", "j ↓ x", "The next one"),
            ("ties.up", "k ↑", "The one before"),
            ("ties.cancel", "esc q h ←", "Back to where one was"),
        ),
    ),
    (
        "Among citing stories",
        (
            ("citing.choose", "enter l →", "Go to the story"),
            ("citing.down", "j ↓", "The next story that cites the work"),
            ("citing.up", "k ↑", "The story before"),
            ("citing.cancel", "esc q h ←", "Back to the works"),
        ),
    ),
    (
        "Among stories visited",
        (
            ("visited.choose", "enter", "Go to the story; letters narrow the list"),
            ("visited.down", "↓", "The story visited before"),
            ("visited.up", "↑", "The story visited after"),
            ("visited.cancel", "esc ctrl+o", "Leave the list of stories visited"),
        ),
    ),
    (
        "Highlighting",
        (
            ("pick.down", "j ↓ n J", "The next paragraph"),
            ("pick.up", "k ↑ N K", "The paragraph before"),
            ("pick.keep", "enter", "Keep the highlight"),
            ("pick.turn", "v", "Keep it, or take away the one that is there"),
            ("pick.remark", "e", "Write a remark to it"),
            ("pick.cancel", "esc q", "Leave everything as it was"),
        ),
    ),
    (
        "In a dialog",
        (
            ("confirm.yes", "y enter", "Yes, to a question"),
            ("confirm.no", "n esc q", "No"),
        ),
    ),
    (
        "Writing a note",
        (("note.keep", "ctrl+s esc", "Keep the note; an empty one is taken away"),),
    ),
    (
        "Tagging",
        (
            ("tag.give", "enter", "Tag the story; take the tag away that it has"),
            ("tag.complete", "tab", "Complete the tag; again: the next that it may be"),
            ("tag.cancel", "esc", "Leave the tags as they were"),
        ),
    ),
    (
        "In the digest",
        (
            ("digest.choose", "enter", "Open the full story"),
            ("digest.down", "j ↓", "The next story"),
            ("digest.up", "k ↑", "The story before"),
            ("digest.on", "space", "A page down; at the end the next unread issue"),
            ("digest.page_up", "b pgup", "A page up"),
            ("digest.older", "]", "The older issue"),
            ("digest.newer", "[", "The newer issue"),
            ("digest.link.1", "1 … 9  0", "Open that link of the story; o the first"),
            ("digest.copy", "y", "Copy the address"),
            ("digest.star", "s", "Star the story, or take the star away"),
            ("digest.read", "r R", "Mark the story, or the issue; skimming itself marks nothing"),
            ("digest.undo", "u", "Undo the last change"),
            ("digest.leave", "esc q h ←", "Back to where one was; the key that has led here does it too"),
        ),
    ),
    (
        "On the line of commands",
        (
            ("command.do", "enter", "Do it: 402, 402/3, latest, sync full, search WORDS, theme NAME, a command's id"),
            ("command.complete", "tab", "Complete it; again: the next that it may be"),
            ("command.before", "↑", "The line typed before"),
            ("command.after", "↓", "The line typed after"),
            ("command.cancel", "esc", "Leave"),
        ),
    ),
    (
        "In the help",
        (
            ("help.choose", "enter", "Do what the line says"),
            ("help.down", "↓", "The next line; letters search"),
            ("help.up", "↑", "The line before"),
            ("help.close", "esc f1 ?", "Close the help"),
        ),
    ),
)

WITHIN: tuple[Command, ...] = tuple(
    Command(id, "", shown, "", words, group) for group, rows in _GROUPS for id, shown, words in rows
)
"""In the order of the help, after the commands."""
