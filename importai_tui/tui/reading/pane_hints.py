"""Which keys matter in which pane, as the keys hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from importai_tui.keymap import COMMANDS, Command
from importai_tui.tui.reading.footer import Hint, first_key
from importai_tui.tui.reading.layout import Pane


class _Wanted(NamedTuple):
    """A command by its id, what it is called here, and another action that a click runs in its place."""

    id: str
    words: str
    action: str = ""


_HELP = _Wanted("help", "help")
_SEARCH = _Wanted("search", "search")
_NEXT_UNREAD = _Wanted("story.next_unread", "next unread")
_NOTHING_YET = (
    _Wanted("sync", "newest issues"),
    _Wanted("sync.all", "all of them"),
    _Wanted("guide", "guide"),
    _HELP,
)


def hints_for(
    pane: Pane,
    *,
    links: Sequence[int],
    zen: bool,
    empty: bool = False,
    unread: bool = True,
    walk: bool = False,
    commands: Sequence[Command] = COMMANDS,
) -> tuple[Hint, ...]:
    """At most six, the weightiest first, help last. A command that no key calls has no hint.

    Args:
        pane: where one is.
        links: the numbers of the story's links.
        zen: whether the story is alone.
        empty: there is no issue.
        unread: there is an unread story to go to.
        walk: one walks through a saved search.
        commands: the table with the keys that hold.
    """
    keys = {command.id: first_key([command], command.id) for command in commands}
    actions = {command.id: command.action for command in commands}
    if empty:
        return _hints(_NOTHING_YET, keys, actions)
    wanted: tuple[_Wanted, ...]
    match pane:
        case Pane.LIST:
            wanted = (
                _Wanted("choose", "read"),
                _NEXT_UNREAD if unread else _Wanted("sync", "newest issues"),
                _Wanted("back", "all issues") if walk else _Wanted("mark.read", "read/unread"),
                _Wanted("mark.undo", "undo"),
                _SEARCH,
                _HELP,
            )
        case Pane.STORY:
            onwards = _NEXT_UNREAD if unread else _Wanted("story.next", "next story")
            last = _Wanted("view.zen", "all panes") if zen else _SEARCH
            wanted = (_Wanted("read.on", "page"), onwards, _Wanted("mark.star", "star"), last, _HELP)
        case Pane.LINKS if links:
            wanted = (
                _Wanted("choose", "open"),
                _Wanted("link.copy", "copy"),
                _Wanted("sync.all", "BibTeX", "copy_bibtex"),
                _Wanted("link.pdf", "PDF"),
                _Wanted("back", "back"),
                _HELP,
            )
        case Pane.LINKS:
            wanted = (_Wanted("back", "back"), _HELP)
    hints = _hints(wanted, keys, actions)
    open_keys = " ".join(filter(None, (keys.get(f"link.{n}") for n in links[:2])))
    if pane is Pane.STORY and open_keys:
        # Before all but paging: it is what a newcomer looks for, and space goes to the next unread story too.
        return (*hints[:1], Hint(open_keys, "open link", "open_here"), *hints[1:])
    return hints


def _hints(wanted: Sequence[_Wanted], keys: Mapping[str, str], actions: Mapping[str, str]) -> tuple[Hint, ...]:
    return tuple(Hint(keys[one.id], one.words, one.action or actions[one.id]) for one in wanted if keys[one.id])
