"""The command palette. It finds commands, issues, saved searches, themes, and help topics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider

from importai_tui.library.rows import IssueRow, matches_filter
from importai_tui.manual.topics import TOPICS
from importai_tui.model import shorten_title
from importai_tui.parse.clean import clean_line
from importai_tui.tui.dialogs.dialog import DIALOG_CSS
from importai_tui.tui.dialogs.help import ManualPage, get_commands
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.text import to_line_content

_TITLE_SCORE, _ITEM_SCORE, _COMMAND_SCORE, _NUMBER_SCORE = 1.0, 1.5, 2.0, 1000.0
"""Scores of a hit: words of an issue's title, a name, words of a command, the exact number of an issue."""


class PaletteItem(NamedTuple):
    """A named item of the palette, and the function that opens it."""

    name: str
    run: Callable[[], object]


class CommandProvider(Provider):
    """Finds commands by their descriptions."""

    async def discover(self) -> Hits:
        """Yield all commands. Those for moving come last, because users rarely look them up."""
        for command in sorted(get_commands(self.app), key=lambda command: command.group == "Moving"):
            call = partial(self.screen.run_action, f"screen.{command.action}")
            yield DiscoveryHit(
                to_line_content(command.description),
                call,
                text=command.description,
                help=_escape_brackets(command.key_label),
            )

    async def search(self, query: str) -> Hits:
        """Yield the commands that match."""
        matcher = self.matcher(query)
        for command in get_commands(self.app):
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
    """Finds issues by number and title.

    It matches whole words in any order, not single letters, so that it stays fast with the whole archive.
    """

    async def search(self, query: str) -> Hits:
        """Yield the issues whose number and title contain all typed words."""
        screen = self.screen
        if not isinstance(screen, ReadingScreen):
            return
        for row in screen.session.index.rows:
            name = format_palette_issue(row)
            if row.story_count and _has_all_words(name, query):
                score = _NUMBER_SCORE if str(row.number) == query.strip() else _TITLE_SCORE
                yield Hit(score, to_line_content(name), partial(screen.open_issue, row.ref), text=name, help=row.date)


class ItemProvider(Provider):
    """Finds saved searches, themes, and help topics by whole words, because users choose some of these names."""

    async def search(self, query: str) -> Hits:
        """Yield the items whose name contains all typed words."""
        for item in self._iter_items():
            if _has_all_words(item.name, query):
                yield Hit(_ITEM_SCORE, to_line_content(item.name), item.run, text=clean_line(item.name))

    def _iter_items(self) -> Iterator[PaletteItem]:
        if isinstance(self.screen, ReadingScreen):
            for search in self.screen.saved_searches.searches:
                open_search = partial(self.app.run_action, ("", "open_saved_search", (search.name,)), self.screen)
                yield PaletteItem(f"Saved search: {search.name}", open_search)
            for theme in sorted(self.app.available_themes):
                yield PaletteItem(f"Theme: {theme}", partial(self.screen.services.set_theme, theme))
        for topic in TOPICS:
            yield PaletteItem(f"Help: {topic}", partial(self._open_topic, topic))

    def _open_topic(self, topic: str) -> None:
        self.app.push_screen(ManualPage(topic))


class Palette(CommandPalette):
    """The palette: an input and the hits."""

    CSS_PATH = [DIALOG_CSS, "palette.tcss"]

    def __init__(self) -> None:
        super().__init__([CommandProvider, IssueProvider, ItemProvider], id="--command-palette")


def _has_all_words(name: str, query: str) -> bool:
    return bool(query.strip()) and matches_filter([name], query)


def _score_command(query: str, description: str, match_score: float) -> float:
    """Rank the typed words above titles of issues, and titles above scattered letters."""
    if matches_filter([description], query):
        return _COMMAND_SCORE + match_score
    return min(match_score, 1.0) * 0.1


def format_palette_issue(row: IssueRow) -> str:
    """Return the name of an issue in the palette, on one line."""
    number = f"{row.number}  " if row.number is not None else ""
    return number + clean_line(shorten_title(row.title))


def _escape_brackets(key_label: str) -> str | None:
    """Spell out brackets in a key, because Textual draws the help line as markup."""
    return key_label.replace("[", "left bracket").replace("]", "right bracket") or None
