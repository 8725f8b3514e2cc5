"""What ctrl+p offers: every command, issues by number or words of their title, saved searches, themes, help topics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider

from importai_tui.keymap.commands import Command
from importai_tui.library.rows import IssueRow
from importai_tui.manual.topics import TOPICS
from importai_tui.model import shorten_title
from importai_tui.parse.clean import clean_line
from importai_tui.tui.dialogs.dialog import LOOK
from importai_tui.tui.dialogs.help import ManualPage, held_by
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.text import to_line_content

_WORDS, _OFFER, _COMMAND, _NAMED = 1.0, 1.5, 2.0, 1000.0
"""Weights of what is found: words in a title, a name of ours, words of a command, an issue's own number."""


class Offer(NamedTuple):
    """Something with a name that can be had."""

    name: str
    take: Callable[[], object]


class CommandProvider(Provider):
    """The commands by their words."""

    async def discover(self) -> Hits:
        """All of them; those that one would hardly look up come last."""
        for command in sorted(_by_name(self.app), key=lambda command: command.group == "Moving"):
            call = partial(self.screen.run_action, f"screen.{command.action}")
            yield DiscoveryHit(
                to_line_content(command.description), call, text=command.description, help=_keys(command.key_label)
            )

    async def search(self, query: str) -> Hits:
        """The ones that match."""
        matcher = self.matcher(query)
        for command in _by_name(self.app):
            if (score := _weight(query, command.description, matcher.match(command.description))) > 0:
                call = partial(self.screen.run_action, f"screen.{command.action}")
                yield Hit(
                    score,
                    matcher.highlight(command.description),
                    call,
                    text=command.description,
                    help=_keys(command.key_label),
                )


class IssueProvider(Provider):
    """The issues. Whole words in any order, not letters: it stays quick with the whole archive."""

    async def search(self, query: str) -> Hits:
        """Issues whose number and title hold every word typed."""
        screen = self.screen
        if not isinstance(screen, ReadingScreen):
            return
        for head in screen.session.index.heads:
            name = issue_name(head)
            if head.story_count and _holds(name, query):
                score = _NAMED if str(head.number) == query.strip() else _WORDS
                yield Hit(score, to_line_content(name), partial(screen.open_issue, head.ref), text=name, help=head.date)


class OfferProvider(Provider):
    """Saved searches, themes and help topics, by whole words too: their names are a person's own."""

    async def search(self, query: str) -> Hits:
        """Those whose name holds every word typed."""
        for offer in self._offers():
            if _holds(offer.name, query):
                yield Hit(_OFFER, to_line_content(offer.name), offer.take, text=clean_line(offer.name))

    def _offers(self) -> Iterator[Offer]:
        if isinstance(self.screen, ReadingScreen):
            for search in self.screen.saved_searches.searches:
                open_search = partial(self.app.run_action, ("", "open_saved_search", (search.name,)), self.screen)
                yield Offer(f"Saved search: {search.name}", open_search)
        for topic in TOPICS:
            yield Offer(f"Help: {topic}", partial(self._show_topic, topic))
        for theme in sorted(self.app.available_themes):
            yield Offer(f"Theme: {theme}", partial(setattr, self.app, "theme", theme))

    def _show_topic(self, topic: str) -> None:
        self.app.push_screen(ManualPage(topic))


class Palette(CommandPalette):
    """A line to type in, and beneath it what is found."""

    CSS_PATH = [LOOK, "palette.tcss"]

    def __init__(self) -> None:
        super().__init__([CommandProvider, IssueProvider, OfferProvider], id="--command-palette")


def _holds(name: str, query: str) -> bool:
    wanted = query.casefold().split()
    return bool(wanted) and all(word in name.casefold() for word in wanted)


def _weight(query: str, words: str, likeness: float) -> float:
    """Typed words come before an issue's title, and that before letters that only happen to be there in order."""
    if all(word in words.casefold() for word in query.casefold().split()):
        return _COMMAND + likeness
    return min(likeness, 1.0) * 0.1


def issue_name(head: IssueRow) -> str:
    """How the palette names an issue, on one line."""
    number = f"{head.number}  " if head.number is not None else ""
    return number + clean_line(shorten_title(head.title))


def _by_name(app: object) -> tuple[Command, ...]:
    """The commands as they are chosen by their names, wherever one is."""
    return tuple(command.palette_command for command in held_by(app))


def _keys(shown: str) -> str | None:
    """The help line is drawn as markup by Textual, so a bracket, which no key name needs, is spelled out."""
    return shown.replace("[", "left bracket").replace("]", "right bracket") or None
