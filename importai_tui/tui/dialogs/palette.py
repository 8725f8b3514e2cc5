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
from importai_tui.tui.dialogs.dialog import DIALOG_CSS
from importai_tui.tui.dialogs.help import ManualPage, get_commands
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.text import to_line_content

_TITLE_SCORE, _ITEM_SCORE, _COMMAND_SCORE, _NUMBER_SCORE = 1.0, 1.5, 2.0, 1000.0
"""Weights of what is found: words in a title, a name of ours, words of a command, an issue's own number."""


class PaletteItem(NamedTuple):
    """Something with a name that can be had."""

    name: str
    run: Callable[[], object]


class CommandProvider(Provider):
    """The commands by their words."""

    async def discover(self) -> Hits:
        """All of them; those that one would hardly look up come last."""
        for command in sorted(_get_palette_commands(self.app), key=lambda command: command.group == "Moving"):
            call = partial(self.screen.run_action, f"screen.{command.action}")
            yield DiscoveryHit(
                to_line_content(command.description),
                call,
                text=command.description,
                help=_escape_brackets(command.key_label),
            )

    async def search(self, query: str) -> Hits:
        """The ones that match."""
        matcher = self.matcher(query)
        for command in _get_palette_commands(self.app):
            if (score := _score_command(query, command.description, matcher.match(command.description))) > 0:
                call = partial(self.screen.run_action, f"screen.{command.action}")
                yield Hit(
                    score,
                    matcher.highlight(command.description),
                    call,
                    text=command.description,
                    help=_escape_brackets(command.key_label),
                )


class IssueProvider(Provider):
    """The issues. Whole words in any order, not letters: it stays quick with the whole archive."""

    async def search(self, query: str) -> Hits:
        """Issues whose number and title hold every word typed."""
        screen = self.screen
        if not isinstance(screen, ReadingScreen):
            return
        for head in screen.session.index.heads:
            name = format_palette_issue(head)
            if head.story_count and _has_all_words(name, query):
                score = _NUMBER_SCORE if str(head.number) == query.strip() else _TITLE_SCORE
                yield Hit(score, to_line_content(name), partial(screen.open_issue, head.ref), text=name, help=head.date)


class ItemProvider(Provider):
    """Saved searches, themes and help topics, by whole words too: their names are a person's own."""

    async def search(self, query: str) -> Hits:
        """Those whose name holds every word typed."""
        for offer in self._iter_items():
            if _has_all_words(offer.name, query):
                yield Hit(_ITEM_SCORE, to_line_content(offer.name), offer.run, text=clean_line(offer.name))

    def _iter_items(self) -> Iterator[PaletteItem]:
        if isinstance(self.screen, ReadingScreen):
            for search in self.screen.saved_searches.searches:
                open_search = partial(self.app.run_action, ("", "open_saved_search", (search.name,)), self.screen)
                yield PaletteItem(f"Saved search: {search.name}", open_search)
        for topic in TOPICS:
            yield PaletteItem(f"Help: {topic}", partial(self._open_topic, topic))
        for theme in sorted(self.app.available_themes):
            yield PaletteItem(f"Theme: {theme}", partial(setattr, self.app, "theme", theme))

    def _open_topic(self, topic: str) -> None:
        self.app.push_screen(ManualPage(topic))


class Palette(CommandPalette):
    """A line to type in, and beneath it what is found."""

    CSS_PATH = [DIALOG_CSS, "palette.tcss"]

    def __init__(self) -> None:
        super().__init__([CommandProvider, IssueProvider, ItemProvider], id="--command-palette")


def _has_all_words(name: str, query: str) -> bool:
    wanted = query.casefold().split()
    return bool(wanted) and all(word in name.casefold() for word in wanted)


def _score_command(query: str, description: str, match_score: float) -> float:
    """Typed words come before an issue's title, and that before letters that only happen to be there in order."""
    if all(word in description.casefold() for word in query.casefold().split()):
        return _COMMAND_SCORE + match_score
    return min(match_score, 1.0) * 0.1


def format_palette_issue(row: IssueRow) -> str:
    """How the palette names an issue, on one line."""
    number = f"{row.number}  " if row.number is not None else ""
    return number + clean_line(shorten_title(row.title))


def _get_palette_commands(app: object) -> tuple[Command, ...]:
    """The commands as they are chosen by their names, wherever one is."""
    return tuple(command.palette_command for command in get_commands(app))


def _escape_brackets(key_label: str) -> str | None:
    """The help line is drawn as markup by Textual, so a bracket, which no key name needs, is spelled out."""
    return key_label.replace("[", "left bracket").replace("]", "right bracket") or None
