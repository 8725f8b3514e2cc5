"""The command palette. It finds commands, issues, stories, saved searches, themes, and help topics."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from textual import on
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.widgets import Input

from importai_tui.archive.search import FoundStory
from importai_tui.errors import DatabaseError
from importai_tui.keymap.commands import Command, describe_singly
from importai_tui.library.rows import IssueRow, matches_filter
from importai_tui.manual.topics import TOPICS
from importai_tui.model import shorten_title
from importai_tui.parse.clean import clean_line
from importai_tui.query.parser import parse_query
from importai_tui.search.search import Search
from importai_tui.tui.dialogs.dialog import DIALOG_CSS
from importai_tui.tui.dialogs.help import ManualPage, get_commands
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.text import ContentBuilder, to_line_content
from importai_tui.tui.widgets.footer import format_first_key

_TITLE_SCORE, _ITEM_SCORE, _COMMAND_SCORE, _NUMBER_SCORE = 1.0, 1.5, 2.0, 1000.0
"""Scores of a hit: words of an issue's title, a name, words of a command, the exact number of an issue."""
_STORY_SCORE = 0.9
"""The score of the first story; titles of issues come before headlines."""
_MAX_STORIES = 20
"""The largest number of stories."""
_MIN_QUERY_LENGTH = 3
"""Characters from which on stories are found; fewer would find half of the archive."""
_RETRY_SECONDS = 0.02
"""Seconds until Enter is tried again while hits are searched for."""
_LABEL_WIDTH = 10
"""Cells of the column of keys and numbers: shift+tab, 466/12, and a gap."""


class PaletteItem(NamedTuple):
    """A named item of the palette, and the function that opens it."""

    name: str
    run: Callable[[], object]


class CommandProvider(Provider):
    """Finds commands by their descriptions."""

    async def discover(self) -> Hits:
        """Yield all commands. Those for moving come last, because users rarely look them up."""
        for command in sorted(
            map(describe_singly, get_commands(self.app)), key=lambda command: command.group == "Moving"
        ):
            row = draw_palette_row(format_first_key([command], command.id), to_line_content(command.description))
            yield DiscoveryHit(row, self._make_call(command), text=command.description)

    async def search(self, query: str) -> Hits:
        """Yield the commands that match."""
        matcher = self.matcher(query)
        for command in map(describe_singly, get_commands(self.app)):
            if (score := _score_command(query, command.description, matcher.match(command.description))) > 0:
                description = matcher.highlight(command.description)
                row = draw_palette_row(format_first_key([command], command.id), description)
                yield Hit(score, row, self._make_call(command), text=command.description)

    def _make_call(self, command: Command) -> Callable[[], object]:
        return partial(self.screen.run_action, f"screen.{command.action}")


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
                number = str(row.number) if row.number is not None else ""
                line = draw_palette_row(number, to_line_content(shorten_title(row.title)))
                yield Hit(score, line, partial(screen.open_issue, row.ref), text=name)


class StoryProvider(Provider):
    """Finds stories by words of their headlines, in the full-text index."""

    async def search(self, query: str) -> Hits:
        """Yield the best matches."""
        screen = self.screen
        if not isinstance(screen, ReadingScreen) or len(query.strip()) < _MIN_QUERY_LENGTH:
            return
        found = await asyncio.to_thread(find_headlines, screen.session.library.archive.path, query)
        for n, story in enumerate(found):
            line = draw_palette_row(story.ref if story.number is not None else "", to_line_content(story.headline))
            score = _STORY_SCORE - n / 1000
            yield Hit(score, line, partial(self._open, screen, story), text=clean_line(story.headline))

    def _open(self, screen: ReadingScreen, story: FoundStory) -> None:
        screen.open_story(story.issue_ref, story.position)
        screen.go_to(Pane.STORY)


def find_headlines(archive: Path, words: str) -> Sequence[FoundStory]:
    """Return the stories whose headlines have all words; the last one may be a beginning. It blocks."""
    line = " ".join(f"title:{word}" for word in re.findall(r"\w+", words))
    if not line:
        return ()
    try:
        with Search(archive) as search:
            return search.find(parse_query(line, is_typing=True), {}, limit=_MAX_STORIES).hits
    except DatabaseError:
        return ()


def draw_palette_row(label: str, name: Content) -> Content:
    """Draw a key or a number, and a name, on one line."""
    return ContentBuilder().write(label.ljust(_LABEL_WIDTH - 1), "$text-muted").write(" ").append(name).build()


class ItemProvider(Provider):
    """Finds saved searches, themes, and help topics by whole words, because users choose some of these names."""

    async def search(self, query: str) -> Hits:
        """Yield the items whose name contains all typed words."""
        for item in self._iter_items():
            if _has_all_words(item.name, query):
                row = draw_palette_row("", to_line_content(item.name))
                yield Hit(_ITEM_SCORE, row, item.run, text=clean_line(item.name))

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
        super().__init__(
            [CommandProvider, IssueProvider, StoryProvider, ItemProvider],
            placeholder="Command, issue number or headline",
            id="--command-palette",
        )

    @on(Input.Submitted)
    def _wait_for_hits(self, event: Input.Submitted) -> None:
        """Choose a hit only when those of the typed text are shown; before, the list has those of an earlier text."""
        if any(w.group == self._GATHER_COMMANDS_GROUP and not w.is_finished for w in self.workers if w.node is self):
            event.prevent_default()
            event.stop()
            self.set_timer(_RETRY_SECONDS, lambda: self.post_message(Input.Submitted(event.input, event.value)))


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
