"""Actions that follow references: to referred stories, to later mentions, and along the thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from importai_tui.library.position import resolve_story
from importai_tui.model import Link
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.reading.panes import Pane

if TYPE_CHECKING:
    from importai_tui.archive.relations import StoryRef
    from importai_tui.threads.related import RelatedStory
    from importai_tui.threads.threads import Reference, StoryReferences
    from importai_tui.tui.widgets.reference_rows import ReferenceRow

_UNKNOWN_STORY = "The reference doesn't say which story"


class ReferenceActions(ActionGroup):
    """Follows references."""

    def action_refers_to(self) -> None:
        """Go to the story that this one refers to; ask which if there are several."""
        self._call_when_found(lambda found: self._offer(found.refers_to, later=False))

    def action_mentioned_in(self) -> None:
        """Go to a later story that mentions this one; ask which if there are several."""
        self._call_when_found(lambda found: self._offer(found.mentioned_in, later=True))

    def action_thread(self) -> None:
        """Show the thread of the story on a time line."""
        self.run_dialog(self._show_thread)

    async def _show_thread(self) -> None:
        from importai_tui.tui.threads.screen import ThreadScreen
        from importai_tui.tui.widgets.reference_rows import format_issue_name

        self.screen.show_pending_preview()
        if not self.session.story:
            self.screen.notify_info("No story is open")
            return
        screen = ThreadScreen(
            self.session.library.archive.path, self.session.story.key, self.session.library.state.get_read_keys()
        )
        if not (chosen := await self.ask(screen)):
            return
        if chosen.story:
            self._go_to_story(chosen.story)
        elif chosen.issue:
            self._go_to_issue(chosen.issue.ref)
        else:
            await self.ask_about_missing(format_issue_name(chosen), chosen.number, chosen.url)

    def follow(self, link: Link, otherwise: Callable[[], None]) -> None:
        """Go to the issue that a link leads to; call `otherwise` if the archive does not have it."""
        self._call_when_found(lambda found: self._follow_link(link, found, otherwise))

    def action_open_reference(self, row: ReferenceRow | RelatedStory) -> None:
        """Go to a story beneath the links."""
        from importai_tui.tui.widgets.reference_rows import ReferenceRow

        if isinstance(row, ReferenceRow):
            self.run_dialog(partial(self._go_to_row, row))
        else:
            self._go_to_story(row.story)

    def _call_when_found(self, callback: Callable[[StoryReferences], object]) -> None:
        self.screen.show_pending_preview()
        self.screen.references.call_when_found(callback)

    def _offer(self, references: Sequence[Reference], *, later: bool) -> None:
        self.run_dialog(partial(self._choose, references, later=later))

    async def _choose(self, references: Sequence[Reference], *, later: bool) -> None:
        from importai_tui.tui.threads.dialogs import ReferencePicker
        from importai_tui.tui.widgets.reference_rows import ReferenceRow, format_counted_heading

        rows = [ReferenceRow(reference, later) for reference in references]
        if len(rows) == 1:
            await self._go_to_row(rows[0])
        elif rows:
            question = format_counted_heading("Mentioned later in" if later else "This story refers to", len(rows))
            if chosen := await self.ask(ReferencePicker(question, rows)):
                await self._go_to_row(chosen)
        else:
            self.screen.notify_info(
                "No later story mentions this one" if later else "This story doesn't mention another issue", seconds=3
            )

    async def _go_to_row(self, row: ReferenceRow) -> None:
        from importai_tui.tui.widgets.reference_rows import format_issue_name

        if row.story:
            self._go_to_story(row.story)
        elif row.reference.issue:
            self._go_to_issue(row.reference.issue.ref)
        else:
            await self.ask_about_missing(format_issue_name(row.reference), row.reference.number, row.reference.url)

    async def ask_about_missing(self, issue: str, number: int | None, url: str | None = None) -> None:
        """Ask what to do about an issue that the archive lacks, given by its name, its number and its address."""
        from importai_tui.tui.threads.dialogs import MissingIssueAction, MissingIssueDialog

        match await self.ask(MissingIssueDialog(issue, has_number=number is not None, has_page=url is not None)):
            case MissingIssueAction.FETCH_ISSUE if number is not None:
                self.screen.services.jobs.sync_numbers({number})
            case MissingIssueAction.FETCH_ALL:
                self.screen.services.jobs.sync_all()
            case MissingIssueAction.OPEN_PAGE if url:
                self.screen.browser.open_in_thread([url])
            case _:
                pass

    def _go_to_story(self, story: StoryRef) -> None:
        position = resolve_story(self.session.library, story.key, story.ref)
        if position is None:
            self.screen.notify_info("This story is no longer in your archive")
            return
        self.screen.open_story(*position)
        self.screen.go_to(Pane.STORY)

    def _go_to_issue(self, ref: str) -> None:
        self.screen.open_issue(ref)
        self.screen.go_to(Pane.STORY)
        self.screen.notify_info(_UNKNOWN_STORY)

    def _follow_link(self, link: Link, found: StoryReferences, otherwise: Callable[[], None]) -> None:
        reference = next((reference for reference in found.refers_to if reference.url == link.url), None)
        if reference and reference.issue:
            self.run_dialog(partial(self._choose, [reference], later=False))
        else:
            otherwise()
