"""Draws the open story in its pane, with its byline, the user's annotations and the highlighted matches."""

from __future__ import annotations

from collections.abc import Sequence

from importai_tui.keymap.commands import Command
from importai_tui.library.position import ScrollPosition
from importai_tui.model import Issue, Story, StoryKind
from importai_tui.tui.reading.matches import MatchHighlighter
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.text import format_long_date
from importai_tui.tui.widgets.annotations import StoryAnnotations, load_annotations, render_annotations
from importai_tui.tui.widgets.footer import format_download_keys, format_first_key
from importai_tui.tui.widgets.issue_list import STAR_SIGN
from importai_tui.tui.widgets.story_render import RenderedBlock, render_story
from importai_tui.tui.widgets.story_view import StoryView

_MAX_TAGS = 12
"""Tags in the byline: more would push the story out of a small window. The tag dialog shows all."""


class StoryDisplay:
    """Shows the open story of a session."""

    def __init__(self, session: ReadingSession, view: StoryView, matches: MatchHighlighter) -> None:
        self._session = session
        self._view = view
        self._matches = matches
        self.blocks: tuple[RenderedBlock, ...] = ()
        """The open story as it is drawn without the user's notes and highlights."""
        self.annotations = StoryAnnotations()
        """The user's tags, note and highlights of the open story."""
        self._drawn: tuple[Story, str, StoryAnnotations] | None = None
        """The story, its byline and its annotations when it was last drawn."""

    def show(self, scroll_position: ScrollPosition | None) -> None:
        """Draw the open story, which was opened just now, at a scroll position or at its top."""
        blocks = self._draw()
        is_tale = self._session.story is not None and self._session.story.kind is StoryKind.TECH_TALES
        self._view.show_blocks(blocks, scroll_position, is_tale=is_tale)

    def redraw_if_changed(self) -> None:
        """Draw the open story again if it, its byline or its annotations have changed since."""
        if self._session.story and self._load() != self._drawn:
            self._view.redraw(self._draw())

    def _load(self) -> tuple[Story, str, StoryAnnotations]:
        session, issue, story = self._session, self._session.issue, self._session.story
        assert issue
        assert story
        annotations, forecasts = load_annotations(session.library, story.key), ""
        if session.library.has_forecasts(story.key):
            # Imported here, because few stories have forecasts, and the first screen must not wait for it.
            from importai_tui.tui.reading.story_forecasts import format_forecasts, list_verdicts

            found = session.library.get_forecasts(session.today, keys=[story.key])
            annotations = annotations._replace(verdicts=list_verdicts(found))
            forecasts = format_forecasts(found, session.today)
        is_starred = session.story_row is not None and session.story_row.is_starred
        byline = format_byline(issue, story, annotations.tags, is_starred=is_starred, forecasts=forecasts)
        return story, byline, annotations

    def _draw(self) -> tuple[RenderedBlock, ...]:
        self._drawn = story, byline, self.annotations = self._load()
        self.blocks = render_story(story, byline)
        return self._matches.highlight(render_annotations(self.blocks, self.annotations))


def format_empty_archive(commands: Sequence[Command]) -> str:
    """Return what to do while there are no issues, with the user's keys."""

    def press(*ids_and_words: tuple[str, str]) -> str:
        keys = ((format_first_key(commands, id), words) for id, words in ids_and_words)
        return ", ".join(f"{key} {words}" for key, words in keys if key)

    download = format_download_keys(commands, ", ")
    first = f"Press {download}" if download else "To download them: importai-tui sync"
    other = press(("guide", "for the guide"), ("help", "for all keys"), ("leave", "to quit"))
    return (
        f"No issues yet.\n\n{first}.\n\nTo import files or a folder:\n\n    importai-tui import PATH\n\nPress {other}."
    )


def format_byline(
    issue: Issue, story: Story, tags: Sequence[str] = (), *, is_starred: bool = False, forecasts: str = ""
) -> str:
    """Return reference, date, reading time, section, series, forecasts, star and tags, as far as there are any."""
    ref = f"{issue.ref}/{story.position}" if issue.number is not None else ""
    position = ref or f"{story.position} of {len(issue.stories)}"
    date = format_long_date(issue.date, is_estimated=issue.is_date_estimated) if issue.date else ""
    marks = " ".join(filter(None, (STAR_SIGN if is_starred else "", _format_tags(tags))))
    parts = (position, date, f"{story.reading_minutes} min", story.section, story.series, forecasts, marks)
    return "   ".join(part for part in parts if part)


def _format_tags(tags: Sequence[str]) -> str:
    more = len(tags) - _MAX_TAGS
    return " ".join([*(f"#{tag}" for tag in tags[:_MAX_TAGS]), *([f"+{more}"] if more > 0 else [])])
