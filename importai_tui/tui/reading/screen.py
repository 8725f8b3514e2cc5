"""The reading screen: header, three panes and footer for one session, and the helpers that update them.

Its keys run actions of `importai_tui.tui.actions`, whose modules are imported when a key is first pressed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingsMap
from textual.timer import Timer

from importai_tui.config.schema import Config
from importai_tui.errors import ReaderError
from importai_tui.keymap.commands import COMMANDS, Command
from importai_tui.library.library import Library
from importai_tui.library.position import ScrollPosition, load_scroll_position
from importai_tui.library.rows import StoryRow
from importai_tui.model import Issue
from importai_tui.sqlite import BusyDatabase
from importai_tui.state.store import ChangeResult
from importai_tui.tui.bindings import make_bindings
from importai_tui.tui.job_status import JobStatus
from importai_tui.tui.reading.action_table import find_action_class
from importai_tui.tui.reading.bars import Bars
from importai_tui.tui.reading.browser import AddressOpener
from importai_tui.tui.reading.drafts import DraftStore
from importai_tui.tui.reading.live_update import LiveUpdate
from importai_tui.tui.reading.matches import MatchHighlighter
from importai_tui.tui.reading.navigation import ReadingList
from importai_tui.tui.reading.panes import Pane, Panes
from importai_tui.tui.reading.position_saver import PositionSaver
from importai_tui.tui.reading.read_timer import ReadTimer
from importai_tui.tui.reading.references import ReferenceFinder
from importai_tui.tui.reading.remaining import RemainingCounter
from importai_tui.tui.reading.saved_searches import SavedSearches
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.reading.state_writer import LOCK_TIMEOUT, StateWriter
from importai_tui.tui.reading.story_display import StoryDisplay, format_empty_archive
from importai_tui.tui.reading.text_selection import TextSelectionScreen
from importai_tui.tui.reading.threads import ThreadRunner
from importai_tui.tui.services import Clock, Services
from importai_tui.tui.text import to_content
from importai_tui.tui.widgets.footer import Footer
from importai_tui.tui.widgets.header import Header
from importai_tui.tui.widgets.issue_list import IssueList
from importai_tui.tui.widgets.link_list import LinkList
from importai_tui.tui.widgets.story_view import StoryView
from importai_tui.works.titles import get_link_titles

if TYPE_CHECKING:
    from importai_tui.browser import Opener

Group = TypeVar("Group")

_TICK_INTERVAL = 1.0
"""Seconds between two ticks, which check the read timer and look for changes stored by others."""
_PREVIEW_DELAY = 0.12
"""Seconds for which the cursor rests on a story before it is shown, so that a held key scrolls smoothly."""
_WARNING_SECONDS = 20.0
"""Seconds for which a warning at the start is shown, because the user sees it only after the first frame."""


class ReadingScreen(TextSelectionScreen[None], inherit_bindings=False):
    """Shows issues, story and links of a session, and changes the session only through its methods."""

    BINDINGS = [*make_bindings(COMMANDS)]
    AUTO_FOCUS = ""

    def __init__(
        self,
        library: Library,
        services: Services,
        opener: Opener,
        clock: Clock,
        ref: str | None = None,
        *,
        guide: bool = False,
        owns_library: bool = False,
        returns_to_parent: bool = False,
        first_hints: Sequence[tuple[str, str]] = (),
        job: JobStatus | None = None,
    ) -> None:
        """Create the screen for a library.

        Args:
            library: the library to read.
            services: the app.
            opener: opens addresses in the browser.
            clock: a monotonic clock, in seconds.
            ref: the story or issue to open first; None opens the last position.
            guide: the library is the built-in guide.
            owns_library: only this screen uses the library, and closes it.
            returns_to_parent: leaving this screen returns to the reading screen below it.
            first_hints: ids and words of the commands that come first in the footer.
            job: the state of the background job that runs.
        """
        super().__init__()
        self.session = session = ReadingSession(library, guide=guide, now=services.today)
        self.services = services
        self.clock = clock
        self.owns_library = owns_library
        self.returns_to_parent = returns_to_parent
        self.commands: Sequence[Command] = COMMANDS
        """The command table with the user's keys."""
        self.read_timer = ReadTimer()
        self.panes = Panes()
        self.story_list = self.panes.story_list
        self.story_view = self.panes.story_view
        self.link_list = self.panes.link_list
        self.threads = ThreadRunner(self, services)
        self.writer = StateWriter(
            self,
            library,
            clock,
            notify=self.notify_info,
            on_problem=self.refresh_footer,
            on_late_write=self._show_late_changes,
        )
        self.position = PositionSaver(self, session, self.writer, self.story_view)
        self.drafts = DraftStore(session, self.writer, notify=self.notify_info, on_change=self.redraw_annotations)
        self.matches = MatchHighlighter(self.story_view, refresh_footer=self.refresh_footer, engage=self.mark_engaged)
        self.story_display = StoryDisplay(session, self.story_view, self.matches)
        self.references = ReferenceFinder(
            self, session, self.threads, self.link_list, notify=self.notify_info, on_found=self.refresh_footer
        )
        self.remaining = RemainingCounter(session, self.threads, on_counted=self._remaining_counted)
        self.bars = Bars(
            *(self, services, session, self.panes, self.matches, self.references, self.remaining, self.writer),
            first_hints=first_hints,
            job=job,
        )
        self.saved_searches = SavedSearches(
            session,
            self.writer,
            self.threads,
            self.story_list,
            notify=self.notify_info,
            is_shown=lambda: self.has_panes,
            show_rows=self.show_rows,
        )
        self.browser = AddressOpener(
            opener,
            session,
            self.writer,
            self.threads,
            self.link_list,
            notify=self.notify_info,
            copy=services.copy,
        )
        self._live_update = LiveUpdate(session, clock)
        self._action_groups: dict[type, Any] = {}
        self._first_ref = ref
        self._pending_preview: StoryRow | None = None
        """The story under the cursor, which is shown after a short delay."""
        self._preview_timer: Timer | None = None
        self._was_covered = False

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Find the method of an action in its group when Textual asks for it."""
            if found := find_action_class(name):
                module, class_name = found
                return getattr(self.action_group(getattr(import_module(module), class_name)), name)
            raise AttributeError(f"{type(self).__name__} has no attribute {name}")

    def action_group(self, group_class: Callable[[ReadingSession, ReadingScreen], Group]) -> Group:
        """Return the action group of this class, made at its first use."""
        assert isinstance(group_class, type)
        if group_class not in self._action_groups:
            self._action_groups[group_class] = group_class(self.session, self)
        group: Group = self._action_groups[group_class]
        return group

    def compose(self) -> ComposeResult:
        """Yield header, panes and footer."""
        yield Header()
        yield self.panes
        yield Footer()

    def on_mount(self) -> None:
        """Restore settings and drafts, and open the first story."""
        self._use_config(self.services.config)
        self.set_interval(_TICK_INTERVAL, lambda: self.on_tick(is_typing=self.services.is_typing))
        self.panes.restore(self.session.library, self.services.config)
        self.saved_searches.load()
        self.call_after_refresh(self.saved_searches.count)
        self.call_after_refresh(self.drafts.recover)
        if self.drafts.has_files:
            self.call_after_refresh(self.run_action, "screen.recover_files")
        # Only the newest notice is visible, so the first warning comes last, and the others follow when it ends.
        for place, warning in reversed([*enumerate(self.session.library.get_warnings(), 1)]):
            self.notify_info(warning, seconds=place * _WARNING_SECONDS)
        self.watch(self.story_view, "progress", self.bars.show_progress, init=False)
        self.link_list.is_opened = self.session.library.state.is_work_opened
        self.link_list.get_cards = self.services.cards.get_summaries
        self.load_index()
        self.open_at_start(self._first_ref)
        # In an empty archive too, because the story pane shows the instructions.
        self.go_to(Pane.STORY)

    def on_unmount(self) -> None:
        """Save waiting writes and drafts, and close the library if only this screen uses it."""
        self.services.report_unsaved((), self.writer.finish_writing())
        self.services.report_unsaved(self.drafts.lost_texts(), 0)
        for group in self._action_groups.values():
            group.close()
        if self.owns_library:
            self.session.library.close()

    @property
    def has_panes(self) -> bool:
        """True if all widgets exist; a thread may end while the screen is closing."""
        return all(self.query(widget) for widget in (Header, IssueList, StoryView, LinkList, Footer))

    @property
    def pane(self) -> Pane:
        """The pane that has the focus."""
        return self.panes.pane

    def notify_info(self, text: str, *, seconds: float = 4) -> None:
        """Show a literal line for some seconds."""
        self.services.notify_info(text, seconds=seconds)

    # Settings and jobs

    def apply_config(self, config: Config, previous: Config) -> None:
        """Use changed settings; a text width that the user has changed stays unless its setting changes."""
        self._use_config(config)
        if config.measure and config.measure != previous.measure:
            self.panes.set_measure(config.measure)
        self.refresh_bars()

    def _use_config(self, config: Config) -> None:
        self.read_timer.configure(config.read_after)
        if (commands := self.services.commands) != self.commands:
            self.commands = commands
            # Textual's own keymap cannot remove a key.
            self._bindings = BindingsMap(make_bindings(commands))
            self.refresh_bindings()

    def show_job(self, job: JobStatus) -> None:
        """Show the state of the background job in the footer."""
        self.bars.job = job
        if self.is_mounted:
            self.refresh_footer()

    def show_new_cards(self) -> None:
        """Show the titles of the cards that are stored now."""
        self.link_list.refresh_cards()

    # Opening stories

    def open_at_start(self, ref: str | None) -> None:
        """Open the given reference, else the last position, else the first unread story."""
        if ref is not None:
            try:
                issue, position = self.session.library.resolve(ref)
            except ReaderError as error:
                self.notify_info(str(error))
            else:
                self.open_issue(issue) if position is None else self.open_story(issue, position)
                return
        if last := self.position.last_position:
            self.open_story(last.issue, last.position, scroll_position=last.scroll)
        else:
            self._open_first()

    def open_issue(self, ref: str) -> None:
        """Show the first unread story of an issue, else its first."""
        if issue := self.read_issue(ref):
            rows = self.session.library.get_rows_of_issue(issue)
            self._open(issue, next((row.position for row in rows if not row.is_read), 1))

    def open_story(
        self, ref: str, position: int, *, scroll_position: ScrollPosition | None = None, preview: bool = False
    ) -> None:
        """Show a story. A preview, which the cursor only passes, marks nothing."""
        if issue := self.read_issue(ref):
            self._open(issue, position, scroll_position=scroll_position, preview=preview)

    def open_row(self, row: StoryRow, *, preview: bool = False) -> None:
        """Show the story of a row at its present position."""
        self.open_story(*self.session.find_position(row), preview=preview)

    def read_issue(self, ref: str) -> Issue | None:
        """Return an issue to open; if it has no stories, show a message and return None."""
        issue = self.session.read_issue(ref)
        if issue.stories:
            return issue
        self.notify_info("This issue has no stories")
        return None

    def start_list(self, reading_list: ReadingList) -> None:
        """Show the stories of a reading list in place of the issues; the caller opens one of them."""
        was_filtered = self.session.is_issue_list_filtered
        self.session.start_list(reading_list)
        if was_filtered:
            self.show_issues()

    def leave_list(self) -> bool:
        """Return from the reading list to the issue of the open story; return False if there is no list."""
        if not self.session.end_list():
            return False
        self.show_rows()
        if self.session.story:
            self.story_list.select_story(self.session.story.key)
        self.refresh_bars()
        return True

    def mark_engaged(self) -> None:
        """Note that the user has begun to read the open story; a story under the cursor is opened first."""
        self.show_pending_preview()
        self.session.end_preview()
        self.position.save_tale()

    def show_pending_preview(self) -> None:
        """Show the story under the cursor without the delay, because a command is meant for that story."""
        pending, self._pending_preview = self._pending_preview, None
        story = self.session.story
        if pending and story and pending.key != story.key and pending in self.session.rows:
            self.open_row(pending, preview=True)

    def _open(
        self, issue: Issue, position: int, *, scroll_position: ScrollPosition | None = None, preview: bool = False
    ) -> None:
        session = self.session
        self.matches.reset()
        session.save_scroll_position(self.story_view.scroll_position)
        self._pending_preview = None
        self.position.save_scroll_position()
        story = session.open(issue, position, preview=preview)
        self.story_display.show(scroll_position or load_scroll_position(session.library, story.key))
        self.show_rows()
        if not preview:
            self.story_list.select_story(story.key)
        self.link_list.show_links(story.links, get_link_titles(story), issue.ref)
        row = session.story_row
        self.read_timer.start(story.key, story.word_count, is_done=row is not None and row.is_read)
        if session.reading_list and session.reading_list.query:  # a result of the search screen
            self.matches.show_query(session.reading_list.query, go=scroll_position is None)
        self.refresh_bars()
        self.position.save_soon()
        self.position.save_tale()
        self.references.restart()

    def _open_first(self, *, preview: bool = False) -> None:
        """Show the first unread story, else the newest one, else instructions for an empty archive."""
        if found := self.session.library.find_next_unread(None):
            self.open_story(*found, preview=preview)
        elif newest := next((row for row in self.session.index.rows if row.story_count), None):
            self.open_story(newest.ref, 1, preview=preview)
        else:
            self.session.clear()
            self.story_list.show_issues([])
            self.link_list.show_links((), {}, "")
            self.story_view.show_message(to_content(format_empty_archive(self.commands)))
            self.refresh_bars()

    # Marks and live updates

    def mark(
        self, keys: Iterable[str], *, read: bool | None = None, starred: bool | None = None, ref: str = ""
    ) -> ChangeResult | None:
        """Mark stories of an issue, by default the open one; return None if the marks cannot be saved now."""
        library, issue = self.session.library, self.session.issue
        change = self.writer.try_write(lambda: library.mark(keys, read=read, starred=starred))
        if change and issue:
            self.show_marks({ref or issue.ref})
        return change

    def mark_story_read(self) -> None:
        """Mark the open story read automatically, and stop the timer that does it."""
        self.read_timer.stop()
        library, issue, row = self.session.library, self.session.issue, self.session.story_row
        if not (issue and row) or row.is_read:
            return
        if self.writer.try_write(lambda: library.mark([row.key], read=True, automatic=True)):
            self.show_marks({issue.ref})

    def show_marks(self, refs: set[str]) -> None:
        """Show the present marks of these issues."""
        for row in self.session.update_marks(refs):
            self.story_list.update_issue(row)
        self.story_display.redraw_if_changed()
        self.show_rows()
        self.refresh_bars()

    def redraw_annotations(self) -> None:
        """Draw the open story again if its tags, note or highlights have changed."""
        self.story_display.redraw_if_changed()
        self.story_list.refresh()

    def load_index(self) -> None:
        """Read the rows of all issues."""
        self.story_list.keys_with_note = self.session.library.state.get_noted_keys()
        if self.session.load_index():
            self.show_issues()
        self.references.restart()

    def reload(self) -> None:
        """Read all rows and the open story again. Scroll positions stay, and nothing is marked."""
        pending_key = self._pending_preview.key if self._pending_preview else None
        with self.story_list.keep_scroll():
            self.load_index()
            self._reload_story()
        if self.session.story is None and self.session.index.rows:
            # As a preview, because the user has not asked for the story.
            self._open_first(preview=True)
            if self.session.story:
                self.go_to(Pane.LIST)
                self.story_list.select_story(self.session.story.key)
        self._pending_preview = next((row for row in self.session.rows if row.key == pending_key), None)
        self.refresh_bars()

    def update_if_changed(self, *, at_once: bool = False) -> None:
        """Reload if a sync or another window has stored data; not while another screen covers this one."""
        if self.is_mounted and self.is_active and self._live_update.is_due(at_once=at_once):
            self.reload()
            self._live_update.record_update()

    def _reload_story(self) -> None:
        session, story = self.session, self.session.story
        if not story:
            return
        session.reload_story()
        assert session.story
        self.story_display.redraw_if_changed()
        if session.story.links != story.links:
            self.link_list.replace_links(session.story.links, get_link_titles(session.story))
        self.show_rows()

    def _show_late_changes(self) -> None:
        """Show changes that were saved after they had waited for another program."""
        self.drafts.forget_saved()
        self.reload()
        self.redraw_annotations()

    def on_tick(self, *, is_typing: bool = False) -> None:
        """Run the periodic work; while the user types, put off the counts of the saved searches.

        If another program has locked a file, the next tick reads it.
        """
        try:
            # In this order, because a story becomes read before marks are shown, and both change the counts.
            if self.read_timer.tick(self.clock(), is_watched=self._is_story_watched):
                self.mark_story_read()
            self.update_if_changed()
            if self.writer.is_retry_due:
                self.session.library.state.reconnect()
                self.session.library.set_lock_timeout(LOCK_TIMEOUT)
                self.position.save()
            self.remaining.update()
            if not is_typing:
                self.saved_searches.count()
                self.saved_searches.count_due()
        except BusyDatabase as busy:
            self.writer.show_waiting(busy)
        else:
            self.writer.hide_waiting()

    @property
    def _is_story_watched(self) -> bool:
        """True if the user sees the story: no preview, not covered, and the terminal has the focus."""
        is_shown = self.session.story is not None and bool(self.story_view.display) and not self.session.preview
        return is_shown and self.is_active and self.app.app_focus

    # Panes and bars

    def go_to(self, pane: Pane) -> None:
        """Give a pane the focus."""
        if pane is not Pane.LIST:
            self.mark_engaged()
        self.panes.focus_pane(pane)
        self.refresh_bars()

    def show_issues(self) -> None:
        """Fill the list with the issues; the saved searches are above them if no filter is on."""
        self.story_list.show_issues(self.session.filter_issues(), with_searches=not self.session.is_issue_list_filtered)

    def show_rows(self) -> None:
        """Show the stories below the open issue or saved search."""
        session, self.story_list.filter_words = self.session, self.session.filter
        open_key = session.story.key if session.story else ""
        if session.reading_list:
            self.story_list.expand_saved_search(session.reading_list.name, session.reading_list.rows, open_key)
        elif session.issue:
            self.story_list.expand_issue(session.issue.ref, session.stories, open_key)

    def refresh_bars(self) -> None:
        """Update header, footer, and the counts that need no thread."""
        self.bars.refresh_header()
        self.refresh_footer()
        self.remaining.update()
        self.saved_searches.refresh()

    def refresh_footer(self) -> None:
        """Update the footer."""
        self.bars.refresh_footer()

    def _remaining_counted(self) -> None:
        if self.has_panes:
            self.refresh_footer()

    # Messages

    def on_resize(self) -> None:
        """Lay out panes and footer for the new width."""
        self.panes.apply_layout()
        self.refresh_footer()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Focus the pane that the user has clicked."""
        if event.widget.id in set(Pane) and event.widget.id != self.pane:
            pane = Pane(event.widget.id)
            if pane is not Pane.LIST:
                self.mark_engaged()
            self.panes.note_focus(pane)
            self.refresh_bars()

    def on_screen_suspend(self) -> None:
        """Note that another screen covers this one, which is not updated meanwhile."""
        self._was_covered = True

    def on_screen_resume(self) -> None:
        """Show changes that were stored while the screen was covered."""
        if self._was_covered:
            self._was_covered = False
            self.update_if_changed(at_once=True)

    def on_issue_list_story_selected(self, message: IssueList.StorySelected) -> None:
        """Show the story under the cursor after a short delay."""
        self._pending_preview = message.story
        if self._preview_timer:
            self._preview_timer.stop()
        self._preview_timer = self.set_timer(_PREVIEW_DELAY, self.show_pending_preview)

    def on_issue_list_story_chosen(self, message: IssueList.StoryChosen) -> None:
        """Open a story after enter or a click, and focus it."""
        if not self.session.story or self.session.story.key != message.story.key:
            self.open_row(message.story)
        self.mark_engaged()
        self.go_to(Pane.STORY)

    def on_issue_list_issue_chosen(self, message: IssueList.IssueChosen) -> None:
        """Open the first unread story of an issue after enter or a click, or fold the issue if it is the open one."""
        was_in_list, issue = self.session.end_list(), self.session.issue
        if issue is None or message.ref != issue.ref or was_in_list:
            self.open_issue(message.ref)
        else:
            self.story_list.toggle_fold()

    async def on_issue_list_saved_search_chosen(self, message: IssueList.SavedSearchChosen) -> None:
        """Open a saved search after enter or a click."""
        await self.app.run_action(("", "open_saved_search", (message.name,)), self)

    async def on_link_list_link_chosen(self, message: LinkList.LinkChosen) -> None:
        """Open a link after enter or a click."""
        await self.app.run_action(("", "open_link", (message.number,)), self)

    async def on_link_list_story_chosen(self, message: LinkList.StoryChosen) -> None:
        """Open a story below the links after enter or a click."""
        await self.app.run_action(("", "open_reference", (message.row,)), self)

    def on_link_list_link_selected(self, message: LinkList.LinkSelected) -> None:
        """Highlight the link under the cursor in the text too, and show its address."""
        self.story_view.emphasise_link(message.number)
        self._show_address(message.number)

    def on_story_view_link_hovered(self, message: StoryView.LinkHovered) -> None:
        """Highlight the link under the mouse in the list of links too, and show its address."""
        self.link_list.emphasise_link(message.number)
        self._show_address(message.number)

    def _show_address(self, number: int) -> None:
        links = self.session.story.links if self.session.story else ()
        self.bars.show_address(next((link for link in links if link.n == number), None))

    def on_story_view_scrolled(self, message: StoryView.Scrolled) -> None:
        """Count scrolling as reading; at the end of the story, tell the read timer."""
        message.stop()
        self.mark_engaged()
        if self.story_view.is_at_end:
            self.read_timer.reach_end()
        self.position.save_soon()

    def on_link_list_shown(self) -> None:
        """Look up what only the list of links shows."""
        self.references.look_up_related()

    def on_reference_finder_found(self, message: ReferenceFinder.Found) -> None:
        """Show references that a thread has found, unless the screen is closing."""
        if self.has_panes:
            message.show()
