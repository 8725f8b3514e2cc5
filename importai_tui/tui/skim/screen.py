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
from importai_tui.tui.dialogs.dialog import LOOK, Dialog
from importai_tui.tui.dialogs.help import Help
from importai_tui.tui.reading.navigation import IssueIndex
from importai_tui.tui.skim.column import DigestColumn
from importai_tui.tui.text import to_line_content, truncate
from importai_tui.tui.widgets.footer import Footer, FooterContent, Hint, make_screen_hints
from importai_tui.tui.widgets.header import Header, HeaderState
from importai_tui.works.titles import get_link_titles


class Mark(Protocol):
    """Marks stories of the issue `ref`, stored first and shown after; None, and a word, where it cannot be kept."""

    def __call__(
        self, keys: Iterable[str], *, read: bool | None = None, starred: bool | None = None, ref: str = ""
    ) -> ChangeResult | None:
        """Marks them."""


@dataclass(frozen=True, slots=True)
class Beneath:
    """What the screen beneath does for this one.

    `shelf` gives the issues as its list shows them. `hand_over` brings addresses to the browser, each with the id and
    the title of the work that it leads to. `undo` takes the last change back and tells which; `say` tells a sentence.
    """

    shelf: Callable[[], IssueIndex]
    mark: Mark
    undo: Callable[[], object]
    hand_over: Callable[[Sequence[str], Sequence[tuple[str, str] | None]], object]
    say: Callable[[str], object]
    guide: bool = False


_HELP = Hint("?", "help", "help")
_BACK = Hint("esc", "back", "leave")


def hints_at(story: Story | None) -> tuple[Hint, ...]:
    """At the present story; None where an issue holds none."""
    if story is None:
        return (Hint("[ ]", "newer, older", "issue(1)"), _BACK, _HELP)
    numbers = " ".join(str(link.n) for link in story.links[:2])
    return (
        Hint("enter", "full story", "choose"),
        Hint("j k", "story", "move(1)"),
        Hint("space", "page", "skim_on"),
        *((Hint(numbers, "open link", "open_here"),) if numbers else ()),
        _BACK,
        _HELP,
    )


_LOOK = 1.0
"""Seconds between two looks at what was marked or stored elsewhere."""
_LOW = 20
"""Lines of the window below which every line is needed."""
_SHOWN_ADDRESS = 60
"""Cells of an address that are enough to know it by."""
_NOTE = "skimming marks nothing read"
_NO_STORY = "This issue holds no stories: [ and ] go to others."
_NO_LINK = "This story has no links."
_NO_ADDRESS = "This link has no web address: enter, then o looks for it by its title."


class DigestScreen(Dialog[StoryRow | None]):
    """One issue at a time. Closes with the story that is to be opened; None is back to where one was."""

    CSS_PATH = [LOOK, "skim.tcss"]
    BINDINGS = make_screen_bindings("In the digest")
    AUTO_FOCUS = "DigestColumn"

    column = query_one("#digest", DigestColumn)
    words = query_one("#digest-words", Static)

    def __init__(
        self,
        library: Library,
        beneath: Beneath,
        ref: str,
        position: int = 1,
        *,
        measure: int = 0,
        keys: str = "",
        trouble: str = "",
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
        for key in filter(None, keys.split(",")):
            if key not in self._bindings.key_to_bindings:
                self._bindings.bind(key, "leave", "Back")
        self.library = library
        self._beneath = beneath
        self._measure = measure
        self._issue: Issue = library.get_issue(ref)
        self._version = library.archive.get_data_version()
        self._heads: list[StoryRow] = library.get_rows_of_issue(self._issue)
        self._first = max(1, position)
        self._trouble = trouble

    def compose(self) -> ComposeResult:
        """The header, the stories, the keys."""
        yield Header()
        yield Static("", id="digest-words", markup=False)
        yield DigestColumn(id="digest")
        yield Footer()

    def on_mount(self) -> None:
        """The issue, and a look now and then at what others do to it."""
        if self._measure:
            self.column.measure = self._measure
        self._show(self._first)
        self.set_interval(_LOOK, self.look)

    def on_resize(self) -> None:
        """In a low window every line is needed."""
        self.set_class(self.app.size.height < _LOW, "-low")

    @property
    def present(self) -> Story | None:
        """The story that the keys act on."""
        at = self.column.cursor
        return self._issue.stories[at] if at < len(self._issue.stories) else None

    def look(self) -> None:
        """Shows what was marked or stored elsewhere; the present story stays where it is."""
        if (version := self.library.archive.get_data_version()) != self._version:
            self._version = version
            self._look_for_edits()
        self._look_at_marks()

    def on_digest_column_moved(self) -> None:
        """The strip in the header shows where one is."""
        self._tell()

    def on_digest_column_chosen(self) -> None:
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
        self.column.edge(last=last)

    def action_skim_on(self) -> None:
        """Pages down; at the end shows the next issue that has something unread."""
        if not self.column.at_end:
            self.column.page(1)
            return
        found = self.library.find_next_unread((self._issue.ref, len(self._issue.stories)))
        if found and found[0] != self._issue.ref:
            self._open_issue(*found)
        else:
            self._beneath.say("No other issue has anything unread.")

    def action_issue(self, step: int) -> None:
        """The issue below in the list, or above."""
        if head := self._beneath.shelf().neighbour(self._issue.ref, step):
            self._open_issue(head.ref)
        else:
            self._beneath.say("This is the oldest issue." if step > 0 else "This is the newest issue.")

    def action_choose(self) -> None:
        """Opens the full story."""
        if self.present:
            self.dismiss(self._heads[self.column.cursor])

    def action_open_link(self, number: int) -> None:
        """Opens the link of the present story with that number."""
        links = self.present.links if self.present else ()
        if found := next((link for link in links if link.n == number), None):
            self._open(found)
        else:
            self._beneath.say(f"There is no link {number}: this story has {len(links)}." if links else _NO_LINK)

    def action_open_here(self) -> None:
        """Opens the first read-more link, else the first."""
        if link := self._first_link():
            self._open(link)
        else:
            self._beneath.say(_NO_LINK)

    def action_copy_address(self) -> None:
        """Copies the address that would be opened; of a story without links, that of the issue's page."""
        link = self._first_link()
        if url := link.url if link else self._issue.url:
            self.app.copy_to_clipboard(url)
            self._beneath.say(f"Copied: {truncate(url, _SHOWN_ADDRESS)}")
        else:
            self._beneath.say(_NO_ADDRESS if link else "The address of this issue's page is not known.")

    def action_toggle_star(self) -> None:
        """A star comes or goes."""
        if self.present:
            starred = self._heads[self.column.cursor].is_starred
            if self._beneath.mark([self.present.key], starred=not starred, ref=self._issue.ref):
                self._look_at_marks()
                self._beneath.say("Star taken away." if starred else "Starred.")

    def action_toggle_read(self) -> None:
        """Read becomes unread and unread read."""
        if self.present:
            read = self._heads[self.column.cursor].is_read
            self._beneath.mark([self.present.key], read=not read, ref=self._issue.ref)
            self._look_at_marks()

    def action_toggle_issue_read(self) -> None:
        """Marks what is unread in the issue; if nothing is, all of it unread."""
        unread = [head.key for head in self._heads if not head.is_read]
        keys = unread or [head.key for head in self._heads]
        if keys and (change := self._beneath.mark(keys, read=bool(unread), ref=self._issue.ref)):
            self._look_at_marks()
            self._beneath.say(change.label)

    def action_undo(self) -> None:
        """Takes the last change back."""
        self._beneath.undo()
        self._look_at_marks()

    def action_help(self) -> None:
        """The keys of the reader."""
        self.app.push_screen(Help("In the digest"))

    def action_leave(self) -> None:
        """Back to where one was."""
        self.dismiss(None)

    def tell_trouble(self, words: str) -> None:
        """Warns in the footer, or no more."""
        self._trouble = words
        if self.is_mounted:
            self._tell()

    def _open_issue(self, ref: str, position: int = 0) -> None:
        """Another issue, at a story, else at its first unread one."""
        try:
            self._issue = self.library.get_issue(ref)
        except NotFoundError as error:
            self._beneath.say(str(error))
            return
        self._heads = self.library.get_rows_of_issue(self._issue)
        self._show(position or next((head.position for head in self._heads if not head.is_read), 1))

    def _show(self, position: int) -> None:
        at = min(position, max(1, len(self._issue.stories))) - 1
        self.column.display = bool(self._issue.stories)
        self.words.display = not self._issue.stories
        self.words.update(to_line_content(_NO_STORY, "$mark"))
        self.column.show(self._issue.stories, self._heads, at)
        self._tell()

    def _look_for_edits(self) -> None:
        try:
            issue = self.library.get_issue(self._issue.ref)
        except NotFoundError:  # what one reads stays before one's eyes
            return
        if issue == self._issue:
            return
        key, before = self.present.key if self.present else "", self.column.cursor
        self._issue, self._heads = issue, self.library.get_rows_of_issue(issue)
        if not issue.stories:
            self._show(1)
            return
        same = next((at for at, story in enumerate(issue.stories) if story.key == key), None)
        self.column.redraw(issue.stories, self._heads, min(before, len(issue.stories) - 1) if same is None else same)
        self._tell()

    def _look_at_marks(self) -> None:
        heads = self.library.get_rows_of_issue(self._issue)
        if heads != self._heads:
            self._heads = heads
            self.column.mark(heads)
        self._tell()

    def _first_link(self) -> Link | None:
        links = self.present.links if self.present else ()
        return next((link for link in links if link.role is LinkRole.READ_MORE), next(iter(links), None))

    def _open(self, link: Link) -> None:
        if link.url is None:
            self._beneath.say(_NO_ADDRESS)
            return
        assert self.present
        work = (link.work, get_link_titles(self.present)[link.n]) if link.work else None
        self._beneath.hand_over([link.url], [work])

    def _tell(self) -> None:
        """Brings header and footer in step."""
        shelf = self._beneath.shelf()
        position = self.column.cursor + 1
        standing = HeaderState(self._issue_head(shelf), tuple(self._heads), position, shelf.unread, self._beneath.guide)
        self.query_one(Header).header_state = standing
        hints = make_screen_hints(self.app, "In the digest", hints_at(self.present))
        self.query_one(Footer).footer_content = FooterContent(hints, _NOTE, warning=self._trouble)

    def _issue_head(self, shelf: IssueIndex) -> IssueRow | None:
        """What the header tells of the issue: another window may have taken it out of the archive."""
        try:
            return shelf.head(self._issue.ref) or self.library.get_issue_row(self._issue.ref)
        except NotFoundError:
            return self.query_one(Header).header_state.issue
