"""What ctrl+p offers: every command of the table, and every issue by number or words of its title."""

from __future__ import annotations

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from importai_tui.issue import short_title
from importai_tui.library import IssueHead
from importai_tui.parse.clean import clean_line
from importai_tui.tui.desk import Desk
from importai_tui.tui.keys import COMMANDS
from importai_tui.tui.literal import literal_line

_WORDS, _COMMAND, _NAMED = 1.0, 2.0, 1000.0
"""Weights of what is found: words in a title, words of a command, an issue's own number."""


class CommandProvider(Provider):
    """The commands by their words."""

    async def discover(self) -> Hits:
        """All of them; those that one would hardly look up come last."""
        for command in sorted(COMMANDS, key=lambda command: command.group == "Moving"):
            call = partial(self.screen.run_action, f"screen.{command.action}")
            yield DiscoveryHit(literal_line(command.words), call, text=command.words, help=_keys(command.shown))

    async def search(self, query: str) -> Hits:
        """The ones that match."""
        matcher = self.matcher(query)
        for command in COMMANDS:
            if (score := _weight(query, command.words, matcher.match(command.words))) > 0:
                call = partial(self.screen.run_action, f"screen.{command.action}")
                yield Hit(score, matcher.highlight(command.words), call, text=command.words, help=_keys(command.shown))


class IssueProvider(Provider):
    """The issues. Whole words in any order, not letters: it stays quick with the whole archive."""

    async def search(self, query: str) -> Hits:
        """Issues whose number and title hold every word typed."""
        desk = self.screen
        if not isinstance(desk, Desk):
            return
        wanted = query.casefold().split()
        for head in desk.shelf.heads:
            name = issue_name(head)
            if wanted and head.stories and all(word in name.casefold() for word in wanted):
                score = _NAMED if str(head.number) == query.strip() else _WORDS
                yield Hit(score, literal_line(name), partial(desk.open_issue, head.ref), text=name, help=head.date)


def _weight(query: str, words: str, likeness: float) -> float:
    """Typed words come before an issue's title, and that before letters that only happen to be there in order."""
    if all(word in words.casefold() for word in query.casefold().split()):
        return _COMMAND + likeness
    return min(likeness, 1.0) * 0.1


def issue_name(head: IssueHead) -> str:
    """How the palette names an issue, on one line."""
    number = f"{head.number}  " if head.number is not None else ""
    return number + clean_line(short_title(head.title))


def _keys(shown: str) -> str | None:
    """The help line is drawn as markup by Textual, so a bracket, which no key name needs, is spelled out."""
    return shown.replace("[", "left bracket").replace("]", "right bracket") or None
