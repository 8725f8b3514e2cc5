"""Header and footer of the reading screen: what they show at the moment."""

from __future__ import annotations

from collections.abc import Sequence

from textual.screen import Screen

from importai_tui.model import Link
from importai_tui.tui.job_status import JobStatus
from importai_tui.tui.reading.footer_content import FooterContext, make_footer_content
from importai_tui.tui.reading.matches import MatchHighlighter
from importai_tui.tui.reading.panes import Panes
from importai_tui.tui.reading.references import ReferenceFinder
from importai_tui.tui.reading.remaining import RemainingCounter
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.reading.state_writer import StateWriter
from importai_tui.tui.services import Services
from importai_tui.tui.widgets.footer import Footer, FooterContent
from importai_tui.tui.widgets.header import Header, HeaderState
from importai_tui.tui.widgets.story_view import ReadingProgress


class Bars:
    """Fills header and footer from the parts of the screen."""

    def __init__(
        self,
        screen: Screen[None],
        services: Services,
        session: ReadingSession,
        panes: Panes,
        matches: MatchHighlighter,
        references: ReferenceFinder,
        remaining: RemainingCounter,
        writer: StateWriter,
        *,
        first_hints: Sequence[tuple[str, str]] = (),
        job: JobStatus | None = None,
    ) -> None:
        """Create the bars of a screen.

        Args:
            screen: the screen that has the two widgets.
            services: the app.
            session: the open story and the lists.
            panes: the panes between the bars.
            matches: the highlighted matches.
            references: the references of the open story.
            remaining: the unread stories while the user catches up.
            writer: knows why changes cannot be saved.
            first_hints: ids and words of the commands that come first in the footer.
            job: the state of the background job that runs.
        """
        self._screen = screen
        self._services = services
        self._session = session
        self._panes = panes
        self._matches = matches
        self._references = references
        self._remaining = remaining
        self._writer = writer
        self.first_hints = first_hints
        """Ids and words of the commands that come first in the footer."""
        self._link: Link | None = None
        """The link under the cursor or the mouse, whose address the footer shows."""
        self.job = job or JobStatus()
        """The state of the background job that runs."""
        self._command = ""
        """The state of the user's commands that run."""

    def refresh_header(self) -> None:
        """Update the header."""
        session, progress = self._session, self._panes.story_view.progress
        headline = session.story.headline if session.story and not progress.is_headline_visible else ""
        self._screen.query_one(Header).header_state = HeaderState(
            session.issue_row,
            session.stories,
            session.story.position if session.story else 0,
            session.index.unread_count,
            session.guide,
            headline=headline,
            # Else each scrolled line would draw the same header again.
            percent=progress.percent if headline else 0,
        )

    def show_progress(self, old: ReadingProgress, new: ReadingProgress) -> None:
        """Update header and footer after the user has scrolled in the story."""
        self.refresh_header()
        if old.is_at_end != new.is_at_end:
            self.refresh_footer()

    def show_address(self, link: Link | None) -> None:
        """Show the address of the link under the cursor or the mouse in the footer; None shows none."""
        if link != self._link:
            self._link = link
            self.refresh_footer()

    def show_command(self, state: str) -> None:
        """Show the state of the user's commands that run, if no job runs; an empty text for none."""
        if state != self._command:
            self._command = state
            self.refresh_footer()

    def refresh_footer(self) -> None:
        """Update the footer."""
        context = FooterContext(
            self._panes.pane,
            self._screen.app.size.width,
            self._services.commands,
            zen=self._panes.is_zen,
            remaining=self._remaining.stories_and_words,
            references=self._references.references,
            match=self._matches.match_position,
            search_words=self._matches.search_words,
            link_filter=self._panes.link_list.filter_words,
            first_hints=self.first_hints,
            is_at_end=self._panes.story_view.progress.is_at_end,
            link=self._link,
        )
        job = JobStatus(text=self._command) if self.job == JobStatus() else self.job
        status = FooterContent(job=job, warning=self._writer.problem)
        self._screen.query_one(Footer).footer_content = make_footer_content(status, self._session, context)
