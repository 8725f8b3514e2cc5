"""The skim screen. It shows an issue as summaries and closes with the story to open.

Skimming does not mark stories read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from textual import work
from textual.app import ComposeResult
from textual.getters import query_one
from textual.widgets import Static

from importai_tui.errors import NotFoundError
from importai_tui.library.library import Library
from importai_tui.library.rows import IssueRow, StoryRow
from importai_tui.model import Issue, Link, LinkKind, LinkRole, Story
from importai_tui.state.store import ChangeResult
from importai_tui.tui.bindings import format_screen_key, make_screen_bindings
from importai_tui.tui.cards.screen import CardResult
from importai_tui.tui.dialogs.dialog import DIALOG_CSS, Dialog
from importai_tui.tui.dialogs.help import get_commands
from importai_tui.tui.reading.navigation import IssueIndex
from importai_tui.tui.services import Copy
from importai_tui.tui.skim.column import SkimColumn
from importai_tui.tui.text import to_line_content
from importai_tui.tui.widgets.footer import Footer, FooterContent, Hint, format_first_key, make_screen_hints
from importai_tui.tui.widgets.header import Header, HeaderState
from importai_tui.tui.widgets.link_list import make_work_of_link
from importai_tui.wording import plural
from importai_tui.works.titles import get_link_titles
from importai_tui.works.work import Work


class MarkStories(Protocol):
    """A function that marks stories. It returns None, after an error message, if it cannot save the marks."""

    def __call__(
        self, keys: Iterable[str], *, read: bool | None = None, starred: bool | None = None, ref: str = ""
    ) -> ChangeResult | None:
        """Mark the stories with these keys in the issue `ref`. Save the marks first, then show them."""


@dataclass(frozen=True, slots=True)
class SkimHost:
    """Functions of the reading screen that the skim screen calls.

    `get_index` returns the issues in the order of their list. `open_urls` opens addresses in the browser, each with the
    id and the title of its work, if it has one, and with the `kinds` of links. `copy` copies a text and reports it,
    `copy_citation` the citation of a link. `show_cards` shows the cards of works, that with the index first, and waits
    until the user closes them. `undo` reverts the last change and reports it.
    """

    get_index: Callable[[], IssueIndex]
    mark: MarkStories
    undo: Callable[[], object]
    open_urls: Callable[..., object]
    notify_info: Callable[[str], object]
    copy: Copy
    copy_citation: Callable[[Issue, Story, Link, str], None]
    show_cards: Callable[[Sequence[Work], int], Awaitable[CardResult]]
    is_guide: bool = False


_HELP_HINT = Hint("?", "help", "help")
_BACK_HINT = Hint("esc", "back", "leave")


def make_skim_hints(story: Story | None) -> tuple[Hint, ...]:
    """Return the key hints for the current story, or for an issue without stories."""
    if story is None:
        return (Hint("[ ]", "newer/older issue", "issue(1)"), _BACK_HINT, _HELP_HINT)
    numbers = " ".join(str(link.n) for link in story.links[:2])
    return (
        Hint("enter", "full story", "choose"),
        Hint("j k", "move", "move(1)"),
        Hint("space", "page", "skim_on"),
        *((Hint(numbers, "open link", "open_here"),) if numbers else ()),
        _BACK_HINT,
        _HELP_HINT,
    )


_POLL_INTERVAL = 1.0
"""Seconds between two checks for changes by other windows."""
_LOW_HEIGHT = 20
"""Lines of a window below which margins are dropped."""
_FOOTER_NOTE = "skimming doesn't mark anything as read"
_NO_LINKS_TEXT = "This story has no links"


class SkimScreen(Dialog[StoryRow | None]):
    """Shows the summaries of one issue. It closes with the story to open, or with None."""

    CSS_PATH = [DIALOG_CSS, "skim.tcss"]
    KEYMAP_SECTION = "Skim screen"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)
    AUTO_FOCUS = "SkimColumn"

    column = query_one("#digest", SkimColumn)
    message = query_one("#digest-words", Static)

    def __init__(
        self,
        library: Library,
        host: SkimHost,
        ref: str,
        position: int = 1,
        *,
        text_width: int = 0,
        open_keys: str = "",
        warning: str = "",
    ) -> None:
        """Show the issue `ref`, with the story at `position` as the current one.

        Args:
            library: the library with the issue.
            host: functions of the reading screen.
            ref: the issue.
            position: the story's position in the issue, from 1.
            text_width: cells of the text; 0 for the default.
            open_keys: keys that opened the screen, separated by commas. They close it too if they are free.
            warning: the warning in the footer of the reading screen.
        """
        super().__init__()
        for key in filter(None, open_keys.split(",")):
            if key not in self._bindings.key_to_bindings:
                self._bindings.bind(key, "leave", "Back")
        self.library = library
        self._host = host
        self._text_width = text_width
        self._issue: Issue = library.get_issue(ref)
        self._archive_version = library.archive.get_data_version()
        self._story_rows: list[StoryRow] = library.get_rows_of_issue(self._issue)
        self._start_position = max(1, position)
        self._warning = warning

    def compose(self) -> ComposeResult:
        """Yield the header, the stories, and the footer."""
        yield Header()
        yield Static("", id="digest-words", markup=False)
        yield SkimColumn(id="digest")
        yield Footer()

    def on_mount(self) -> None:
        """Show the issue, and start to poll for changes."""
        if self._text_width:
            self.column.max_text_width = self._text_width
        self._show_issue(self._start_position)
        self.set_interval(_POLL_INTERVAL, self.poll)

    def on_resize(self) -> None:
        """Drop margins in a low window."""
        self.set_class(self.app.size.height < _LOW_HEIGHT, "-low")

    @property
    def current_story(self) -> Story | None:
        """The story that the keys act on."""
        index = self.column.cursor
        return self._issue.stories[index] if index < len(self._issue.stories) else None

    def poll(self) -> None:
        """Show edits and marks of other windows. The current story stays in place."""
        if (version := self.library.archive.get_data_version()) != self._archive_version:
            self._archive_version = version
            self._reload_issue()
        self._reload_marks()

    def on_skim_column_cursor_moved(self) -> None:
        """Show the new position in the header."""
        self._update_bars()

    def on_skim_column_chosen(self) -> None:
        """Open the clicked story."""
        self.action_choose()

    def action_move(self, stories: int) -> None:
        """Move by some stories."""
        self.column.move(stories)

    def action_page(self, share: float) -> None:
        """Scroll by a share of a page."""
        self.column.page(share)

    def action_edge(self, last: bool) -> None:
        """Go to the first or the last story."""
        self.column.go_to_end(last=last)

    def action_skim_on(self) -> None:
        """Scroll a page down. At the end, show the next issue with unread stories."""
        if not self.column.is_at_end:
            self.column.page(1)
            return
        found = self.library.find_next_unread((self._issue.ref, len(self._issue.stories)))
        if found and found[0] != self._issue.ref:
            self._open_issue(*found)
        else:
            self._host.notify_info("No unread stories left in other issues")

    def action_issue(self, step: int) -> None:
        """Show an older or a newer issue."""
        if row := self._host.get_index().get_neighbour(self._issue.ref, step):
            self._open_issue(row.ref)
        else:
            self._host.notify_info("This is the oldest issue" if step > 0 else "This is the newest issue")

    def action_choose(self) -> None:
        """Close with the current story."""
        if self.current_story:
            self.dismiss(self._story_rows[self.column.cursor])

    def action_open_link(self, number: int) -> None:
        """Open the link with this number in the current story."""
        if link := self._find_link(number):
            self._open_link(link)

    def action_open_here(self) -> None:
        """Open the first read-more link, or the first link."""
        if link := self._find_link():
            self._open_link(link)

    def action_show_card(self, number: int) -> None:
        """Show the card of the link with this number; 0 for the first read-more link, or the first link."""
        if link := self._find_link(number):
            self._show_card(link)

    def action_copy_address(self) -> None:
        """Copy the address of the first link, or of the issue's page if the story has no links."""
        link = self._get_first_link()
        if url := link.url if link else self._issue.url:
            self._host.copy(url, title=url)
        elif link and self.current_story:
            title = get_link_titles(self.current_story)[link.n]
            self._host.copy(title, "its title", title, reason="No URL for this link")
        else:
            self._host.notify_info("No web page is known for this issue")

    def action_copy_citation(self, form: str) -> None:
        """Copy the citation of the first link, as "Markdown" or "BibTeX"."""
        if (link := self._find_link()) and self.current_story:
            self._host.copy_citation(self._issue, self.current_story, link, form)

    def action_toggle_star(self) -> None:
        """Add or remove the star of the current story."""
        if self.current_story:
            is_starred = self._story_rows[self.column.cursor].is_starred
            if self._host.mark([self.current_story.key], starred=not is_starred, ref=self._issue.ref):
                self._reload_marks()
                self._host.notify_info("Star removed" if is_starred else "Starred")

    def action_toggle_read(self) -> None:
        """Mark the current story read or unread."""
        if self.current_story:
            is_read = self._story_rows[self.column.cursor].is_read
            self._host.mark([self.current_story.key], read=not is_read, ref=self._issue.ref)
            self._reload_marks()

    def action_toggle_issue_read(self) -> None:
        """Mark all stories of the issue read, or unread if all are read."""
        unread = [row.key for row in self._story_rows if not row.is_read]
        keys = unread or [row.key for row in self._story_rows]
        if keys and (change := self._host.mark(keys, read=bool(unread), ref=self._issue.ref)):
            self._reload_marks()
            self._host.notify_info(change.label)

    def action_undo(self) -> None:
        """Revert the last change."""
        self._host.undo()
        self._reload_marks()

    def action_leave(self) -> None:
        """Close without a story."""
        self.dismiss(None)

    def show_warning(self, warning: str) -> None:
        """Show a warning in the footer. An empty one removes it."""
        self._warning = warning
        if self.is_mounted:
            self._update_bars()

    def _open_issue(self, ref: str, position: int = 0) -> None:
        """Show an issue at a position, or at its first unread story."""
        try:
            self._issue = self.library.get_issue(ref)
        except NotFoundError as error:
            self._host.notify_info(str(error))
            return
        self._story_rows = self.library.get_rows_of_issue(self._issue)
        self._show_issue(position or next((row.position for row in self._story_rows if not row.is_read), 1))

    def _show_issue(self, position: int) -> None:
        index = min(position, max(1, len(self._issue.stories))) - 1
        self.column.display = bool(self._issue.stories)
        self.message.display = not self._issue.stories
        newer, older = (
            format_screen_key(self.app, f"digest.{id}", key) for id, key in (("newer", "["), ("older", "]"))
        )
        text = f"This issue has no stories. Press {newer} or {older} for another issue."
        self.message.update(to_line_content(text, "$mark"))
        self.column.show_stories(self._issue.stories, self._story_rows, index)
        self._update_bars()

    def _reload_issue(self) -> None:
        try:
            issue = self.library.get_issue(self._issue.ref)
        except NotFoundError:  # a removed issue stays visible
            return
        if issue == self._issue:
            return
        key = self.current_story.key if self.current_story else ""
        self._issue, self._story_rows = issue, self.library.get_rows_of_issue(issue)
        if not issue.stories:
            self._show_issue(1)
            return
        same_row = min(self.column.cursor, len(issue.stories) - 1)
        cursor = next((index for index, story in enumerate(issue.stories) if story.key == key), same_row)
        self.column.update_stories(issue.stories, self._story_rows, cursor)
        self._update_bars()

    def _reload_marks(self) -> None:
        story_rows = self.library.get_rows_of_issue(self._issue)
        if story_rows != self._story_rows:
            self._story_rows = story_rows
            self.column.update_marks(story_rows)
        self._update_bars()

    def _get_first_link(self) -> Link | None:
        links = self.current_story.links if self.current_story else ()
        return next((link for link in links if link.role is LinkRole.READ_MORE), next(iter(links), None))

    def _find_link(self, number: int = 0) -> Link | None:
        """Return the link with this number, or the first one for 0; without one, show a message and return None."""
        links = self.current_story.links if self.current_story else ()
        found = next((link for link in links if link.n == number), None) if number else self._get_first_link()
        if found is None:
            count = plural(len(links), "link")
            self._host.notify_info(f"No link {number}; this story has {count}" if links else _NO_LINKS_TEXT)
        return found

    @work(exclusive=True, group="dialog")
    async def _show_card(self, link: Link) -> None:
        assert self.current_story
        titles = get_link_titles(self.current_story)
        cited = [each for each in self.current_story.links if each.work and each.kind is not LinkKind.ISSUE]
        found = (make_work_of_link(each, titles[each.n]) for each in cited)
        works = list({cited_work.id: cited_work for cited_work in found}.values())
        index = next((index for index, each in enumerate(works) if each.id == link.work), None)
        if index is None:
            is_issue = link.kind is LinkKind.ISSUE
            self._host.notify_info("That's an issue of the newsletter" if is_issue else "This link cites no work")
        elif ref := (await self._host.show_cards(works, index)).ref:
            issue, position = self.library.resolve(ref)
            self.dismiss(self.library.get_rows_of_issue(self.library.get_issue(issue))[(position or 1) - 1])

    def _open_link(self, link: Link) -> None:
        if link.url is None:
            self._host.notify_info(self._format_no_url())
            return
        assert self.current_story
        cited_work = (link.work, get_link_titles(self.current_story)[link.n]) if link.work else None
        self._host.open_urls([link.url], [cited_work], kinds=[link.kind])

    def _format_no_url(self) -> str:
        key = format_first_key(get_commands(self.app), "link.open")
        return "This link has no URL" + (f". In the full story, {key} searches the web by title." if key else "")

    def _update_bars(self) -> None:
        """Update header and footer."""
        index = self._host.get_index()
        position = self.column.cursor + 1
        self.query_one(Header).header_state = HeaderState(
            self._get_issue_row(index), tuple(self._story_rows), position, index.unread_count, self._host.is_guide
        )
        hints = make_screen_hints(self.app, "Skim screen", make_skim_hints(self.current_story))
        self.query_one(Footer).footer_content = FooterContent(hints, _FOOTER_NOTE, warning=self._warning)

    def _get_issue_row(self, index: IssueIndex) -> IssueRow | None:
        """Return the issue for the header, or the shown one if another window removed it."""
        try:
            return index.get_row(self._issue.ref) or self.library.get_issue_row(self._issue.ref)
        except NotFoundError:
            return self.query_one(Header).header_state.issue
