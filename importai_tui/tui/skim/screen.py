"""Skimming an issue: a headline, why it matters, what it cites, story by story. It closes with the story to open.

Nothing is read by skimming: only the keys that say so mark anything.

What the digest asks of the screen that it lies over. It knows that screen by these functions alone.

What the footer of the digest says. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from textual.app import ComposeResult
from textual.getters import query_one
from textual.widgets import Static

from importai_tui.errors import NotFoundError
from importai_tui.library.library import Library
from importai_tui.library.rows import IssueRow, StoryRow
from importai_tui.model import Issue, Link, LinkRole, Story
from importai_tui.state.store import ChangeResult
from importai_tui.tui.bindings import make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS, Dialog
from importai_tui.tui.dialogs.help import HelpDialog
from importai_tui.tui.reading.navigation import IssueIndex
from importai_tui.tui.skim.column import SkimColumn
from importai_tui.tui.text import to_line_content, truncate
from importai_tui.tui.widgets.footer import Footer, FooterContent, Hint, make_screen_hints
from importai_tui.tui.widgets.header import Header, HeaderState
from importai_tui.works.titles import get_link_titles


class MarkStories(Protocol):
    """Marks stories of the issue `ref`, stored first and shown after; None, and a word, where it cannot be kept."""

    def __call__(
        self, keys: Iterable[str], *, read: bool | None = None, starred: bool | None = None, ref: str = ""
    ) -> ChangeResult | None:
        """Marks them."""


@dataclass(frozen=True, slots=True)
class SkimHost:
    """What the screen beneath does for this one.

    `shelf` gives the issues as its list shows them. `hand_over` brings addresses to the browser, each with the id and
    the title of the work that it leads to. `undo` takes the last change back and tells which; `say` tells a sentence.
    """

    get_index: Callable[[], IssueIndex]
    mark: MarkStories
    undo: Callable[[], object]
    open_urls: Callable[[Sequence[str], Sequence[tuple[str, str] | None]], object]
    notify_info: Callable[[str], object]
    is_guide: bool = False


_HELP_HINT = Hint("?", "help", "help")
_BACK_HINT = Hint("esc", "back", "leave")


def make_skim_hints(story: Story | None) -> tuple[Hint, ...]:
    """At the present story; None where an issue holds none."""
    if story is None:
        return (Hint("[ ]", "newer, older", "issue(1)"), _BACK_HINT, _HELP_HINT)
    numbers = " ".join(str(link.n) for link in story.links[:2])
    return (
        Hint("enter", "full story", "choose"),
        Hint("j k", "story", "move(1)"),
        Hint("space", "page", "skim_on"),
        *((Hint(numbers, "open link", "open_here"),) if numbers else ()),
        _BACK_HINT,
        _HELP_HINT,
    )


_POLL_INTERVAL = 1.0
"""Seconds between two looks at what was marked or stored elsewhere."""
_LOW_HEIGHT = 20
"""Lines of the window below which every line is needed."""
_MAX_URL_WIDTH = 60
"""Cells of an address that are enough to know it by."""
_FOOTER_NOTE = "skimming marks nothing read"
_NO_STORIES_TEXT = "This issue holds no stories: [ and ] go to others."
_NO_LINKS_TEXT = "This story has no links."
_NO_URL_TEXT = "This link has no web address: enter, then o looks for it by its title."


class SkimScreen(Dialog[StoryRow | None]):
    """One issue at a time. Closes with the story that is to be opened; None is back to where one was."""

    CSS_PATH = [DIALOG_CSS, "skim.tcss"]
    BINDINGS = make_screen_bindings("In the digest")
    AUTO_FOCUS = "DigestColumn"

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
        """Show the issue `ref`, the story at `position` the present one.

        Args:
            library: what holds the issue.
            beneath: the screen beneath.
            ref: the issue.
            position: its present story.
            measure: the width of the text in cells.
            keys: the keys that have opened the digest leave it too, where they do nothing else in it.
            trouble: the warning that the screen beneath shows.
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
        """The header, the stories, the keys."""
        yield Header()
        yield Static("", id="digest-words", markup=False)
        yield SkimColumn(id="digest")
        yield Footer()

    def on_mount(self) -> None:
        """The issue, and a look now and then at what others do to it."""
        if self._text_width:
            self.column.max_text_width = self._text_width
        self._show_issue(self._start_position)
        self.set_interval(_POLL_INTERVAL, self.poll)

    def on_resize(self) -> None:
        """In a low window every line is needed."""
        self.set_class(self.app.size.height < _LOW_HEIGHT, "-low")

    @property
    def current_story(self) -> Story | None:
        """The story that the keys act on."""
        at = self.column.cursor
        return self._issue.stories[at] if at < len(self._issue.stories) else None

    def poll(self) -> None:
        """Shows what was marked or stored elsewhere; the present story stays where it is."""
        if (version := self.library.archive.get_data_version()) != self._archive_version:
            self._archive_version = version
            self._reload_issue()
        self._reload_marks()

    def on_skim_column_cursor_moved(self) -> None:
        """The strip in the header shows where one is."""
        self._update_bars()

    def on_skim_column_chosen(self) -> None:
        """A click on a headline."""
        self.action_choose()

    def action_move(self, stories: int) -> None:
        """Another story."""
        self.column.move(stories)

    def action_page(self, share: float) -> None:
        """Another page."""
        self.column.page(share)

    def action_edge(self, last: bool) -> None:
        """The first or the last story."""
        self.column.go_to_end(last=last)

    def action_skim_on(self) -> None:
        """Pages down; at the end shows the next issue that has something unread."""
        if not self.column.is_at_end:
            self.column.page(1)
            return
        found = self.library.find_next_unread((self._issue.ref, len(self._issue.stories)))
        if found and found[0] != self._issue.ref:
            self._open_issue(*found)
        else:
            self._host.notify_info("No other issue has anything unread.")

    def action_issue(self, step: int) -> None:
        """The issue below in the list, or above."""
        if head := self._host.get_index().neighbour(self._issue.ref, step):
            self._open_issue(head.ref)
        else:
            self._host.notify_info("This is the oldest issue." if step > 0 else "This is the newest issue.")

    def action_choose(self) -> None:
        """Opens the full story."""
        if self.current_story:
            self.dismiss(self._story_rows[self.column.cursor])

    def action_open_link(self, number: int) -> None:
        """Opens the link of the present story with that number."""
        links = self.current_story.links if self.current_story else ()
        if found := next((link for link in links if link.n == number), None):
            self._open_link(found)
        else:
            self._host.notify_info(
                f"There is no link {number}: this story has {len(links)}." if links else _NO_LINKS_TEXT
            )

    def action_open_here(self) -> None:
        """Opens the first read-more link, else the first."""
        if link := self._get_first_link():
            self._open_link(link)
        else:
            self._host.notify_info(_NO_LINKS_TEXT)

    def action_copy_address(self) -> None:
        """Copies the address that would be opened; of a story without links, that of the issue's page."""
        link = self._get_first_link()
        if url := link.url if link else self._issue.url:
            self.app.copy_to_clipboard(url)
            self._host.notify_info(f"Copied: {truncate(url, _MAX_URL_WIDTH)}")
        else:
            self._host.notify_info(_NO_URL_TEXT if link else "The address of this issue's page is not known.")

    def action_toggle_star(self) -> None:
        """A star comes or goes."""
        if self.current_story:
            starred = self._story_rows[self.column.cursor].is_starred
            if self._host.mark([self.current_story.key], starred=not starred, ref=self._issue.ref):
                self._reload_marks()
                self._host.notify_info("Star taken away." if starred else "Starred.")

    def action_toggle_read(self) -> None:
        """Read becomes unread and unread read."""
        if self.current_story:
            read = self._story_rows[self.column.cursor].is_read
            self._host.mark([self.current_story.key], read=not read, ref=self._issue.ref)
            self._reload_marks()

    def action_toggle_issue_read(self) -> None:
        """Marks what is unread in the issue; if nothing is, all of it unread."""
        unread = [head.key for head in self._story_rows if not head.is_read]
        keys = unread or [head.key for head in self._story_rows]
        if keys and (change := self._host.mark(keys, read=bool(unread), ref=self._issue.ref)):
            self._reload_marks()
            self._host.notify_info(change.label)

    def action_undo(self) -> None:
        """Takes the last change back."""
        self._host.undo()
        self._reload_marks()

    def action_help(self) -> None:
        """The keys of the reader."""
        self.app.push_screen(HelpDialog("In the digest"))

    def action_leave(self) -> None:
        """Back to where one was."""
        self.dismiss(None)

    def show_warning(self, warning: str) -> None:
        """Warns in the footer, or no more."""
        self._warning = warning
        if self.is_mounted:
            self._update_bars()

    def _open_issue(self, ref: str, position: int = 0) -> None:
        """Another issue, at a story, else at its first unread one."""
        try:
            self._issue = self.library.get_issue(ref)
        except NotFoundError as error:
            self._host.notify_info(str(error))
            return
        self._story_rows = self.library.get_rows_of_issue(self._issue)
        self._show_issue(position or next((head.position for head in self._story_rows if not head.is_read), 1))

    def _show_issue(self, position: int) -> None:
        at = min(position, max(1, len(self._issue.stories))) - 1
        self.column.display = bool(self._issue.stories)
        self.message.display = not self._issue.stories
        self.message.update(to_line_content(_NO_STORIES_TEXT, "$mark"))
        self.column.show_stories(self._issue.stories, self._story_rows, at)
        self._update_bars()

    def _reload_issue(self) -> None:
        try:
            issue = self.library.get_issue(self._issue.ref)
        except NotFoundError:  # what one reads stays before one's eyes
            return
        if issue == self._issue:
            return
        key, before = self.current_story.key if self.current_story else "", self.column.cursor
        self._issue, self._story_rows = issue, self.library.get_rows_of_issue(issue)
        if not issue.stories:
            self._show_issue(1)
            return
        same = next((at for at, story in enumerate(issue.stories) if story.key == key), None)
        self.column.update_stories(
            issue.stories, self._story_rows, min(before, len(issue.stories) - 1) if same is None else same
        )
        self._update_bars()

    def _reload_marks(self) -> None:
        heads = self.library.get_rows_of_issue(self._issue)
        if heads != self._story_rows:
            self._story_rows = heads
            self.column.update_marks(heads)
        self._update_bars()

    def _get_first_link(self) -> Link | None:
        links = self.current_story.links if self.current_story else ()
        return next((link for link in links if link.role is LinkRole.READ_MORE), next(iter(links), None))

    def _open_link(self, link: Link) -> None:
        if link.url is None:
            self._host.notify_info(_NO_URL_TEXT)
            return
        assert self.current_story
        work = (link.work, get_link_titles(self.current_story)[link.n]) if link.work else None
        self._host.open_urls([link.url], [work])

    def _update_bars(self) -> None:
        """Brings header and footer in step."""
        shelf = self._host.get_index()
        position = self.column.cursor + 1
        standing = HeaderState(
            self._get_issue_row(shelf), tuple(self._story_rows), position, shelf.unread, self._host.is_guide
        )
        self.query_one(Header).header_state = standing
        hints = make_screen_hints(self.app, "In the digest", make_skim_hints(self.current_story))
        self.query_one(Footer).footer_content = FooterContent(hints, _FOOTER_NOTE, warning=self._warning)

    def _get_issue_row(self, index: IssueIndex) -> IssueRow | None:
        """What the header tells of the issue: another window may have taken it out of the archive."""
        try:
            return index.head(self._issue.ref) or self.library.get_issue_row(self._issue.ref)
        except NotFoundError:
            return self.query_one(Header).header_state.issue
