"""The sections of the help: first the most important commands of the current pane, then all others by group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from importai_tui.keymap.commands import Command, by_group
from importai_tui.keymap.screens import SCREEN_COMMANDS

_AT: dict[str, tuple[str, ...]] = {
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
        *("choose", "move.down", "move.up", "link.1", "link.copy", "link.cite", "sync.all", "link.pdf"),
        *("link.archived", "link.open_all", "filter", "link.panel", "back"),
    ),
}
"""The most important commands of each pane, by id, the most important first."""

_NAMED = {"list": "In the list", "story": "In the story", "links": "At the links"}
"""The headings of the panes in the help."""
PANES = tuple(_AT)


class Section(NamedTuple):
    """A heading of the help, and the commands below it."""

    heading: str
    commands: tuple[Command, ...]


def help_sections(
    here: str, commands: Sequence[Command], within: Sequence[Command] = SCREEN_COMMANDS
) -> tuple[Section, ...]:
    """The help: what matters here first, then all the rest by its groups; each command once.

    Args:
        here: a pane, a group of `SCREEN_COMMANDS` ("In the search"), or anything else, which has no keys of its own.
        commands: the table with the keys that hold.
        within: the same of the other screens.
    """
    table = (*commands, *within)
    first = _section(here, table)
    taken = {command.id for command in first.commands} if first else set()
    rest = tuple(
        Section(group, tuple(command for command in members if command.shown and command.id not in taken))
        for group, members in by_group(table).items()
    )
    return tuple(section for section in (first, *rest) if section and section.commands)


def _section(here: str, table: Sequence[Command]) -> Section | None:
    by_id = {command.id: command for command in table if command.shown}
    if here in _AT:
        return Section(_NAMED[here], tuple(by_id[id] for id in _AT[here] if id in by_id))
    members = tuple(command for command in by_id.values() if command.group == here)
    return Section(here, members) if members else None
