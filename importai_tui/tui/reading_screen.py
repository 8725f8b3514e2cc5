"""The one screen of the reader: the desk, the commands that stand beside it, and who needs whom."""

from __future__ import annotations

from functools import partial

from textual.binding import BindingsMap

from importai_tui.config import Config
from importai_tui.keys import COMMANDS
from importai_tui.library import Library
from importai_tui.manual import TOPICS
from importai_tui.opener import Opener
from importai_tui.tui.commands.appearance import Appearance
from importai_tui.tui.commands.browser import Browser
from importai_tui.tui.commands.catching_up import CatchingUp
from importai_tui.tui.commands.citing import Citing
from importai_tui.tui.commands.commands import Commands, actions_of
from importai_tui.tui.commands.filtering import Filtering
from importai_tui.tui.commands.finding import Finding
from importai_tui.tui.commands.following import Following
from importai_tui.tui.commands.keeping import Keeping
from importai_tui.tui.commands.leafing import Leafing
from importai_tui.tui.commands.leaving import Leaving
from importai_tui.tui.commands.marking import Marking
from importai_tui.tui.commands.matches import Matching
from importai_tui.tui.commands.moving import Moving
from importai_tui.tui.commands.opening import Opening
from importai_tui.tui.commands.program import Program
from importai_tui.tui.commands.referring import Referring
from importai_tui.tui.commands.saved import Saved
from importai_tui.tui.commands.searching import Searching
from importai_tui.tui.commands.skimming import Skimming
from importai_tui.tui.commands.speaking import Speaking
from importai_tui.tui.commands.tales import Tales
from importai_tui.tui.commands.undoing import Undoing
from importai_tui.tui.commands.visiting import Visiting
from importai_tui.tui.commands.works import Works
from importai_tui.tui.dialogs.manual_page import ManualPage
from importai_tui.tui.dialogs.palette import CommandProvider, IssueProvider, Offer, OfferProvider
from importai_tui.tui.keys import bindings
from importai_tui.tui.lists.issue_list import IssueList
from importai_tui.tui.lists.link_list import LinkList
from importai_tui.tui.page.desk import Desk
from importai_tui.tui.page.listener import Listeners
from importai_tui.tui.page.writing import Clock


class ReadingScreen(Desk, inherit_bindings=False):
    """Reading: issues, story, links."""

    BINDINGS = [*bindings(COMMANDS)]
    COMMANDS = {CommandProvider, IssueProvider, OfferProvider}
    AUTO_FOCUS = None

    lent: Library | None = None
    """A library that this screen alone uses, closed with it."""

    def __init__(self, library: Library, opener: Opener, clock: Clock, ref: str | None, *, guide: bool) -> None:
        super().__init__(library, opener, clock, ref, guide=guide)
        self.following = Following(self)
        self.marking = Marking(self, self.following)
        self.keeping = Keeping(self, self.following)
        self.browser = Browser(self)
        self.referring = Referring(self, self.browser)
        self.opening = Opening(self, self.browser, self.referring)
        self.citing = Citing(self, self.browser, self.opening)
        self.matching = Matching(self)
        self.filtering = Filtering(self, self.matching)
        self.saved = Saved(self, self.filtering)
        self.undoing = Undoing(self, self.following, self.saved)
        self.leafing = Leafing(self, self.matching, self.marking)
        # Whoever comes later has the last word in the footer: matches hide the references, and what narrows the list
        # stands before all. A step back makes the list whole before it leaves a pane, and a pane before a walk. The
        # clock marks a story read before its marks are followed, and both come before the saved searches are counted.
        searching, works = Searching(self, self.matching, self.saved), Works(self, self.browser)
        commands: tuple[Commands, ...] = (
            self.marking,
            self.following,
            self.browser,
            works,
            Tales(self, self.filtering),
            CatchingUp(self, self.filtering),
            self.referring,
            self.opening,
            self.citing,
            self.matching,
            self.filtering,
            Moving(self, self.matching),
            self.saved,
            self.undoing,
            self.keeping,
            self.leafing,
            Finding(self, self.matching),
            searching,
            Skimming(self, self.marking, self.undoing, self.browser),
            Speaking(self, searching, works),
            Visiting(self),
            Appearance(self),
            Program(self, self.citing),
            Leaving(self, self.keeping),
        )
        self.listeners = Listeners(*commands)
        # Textual looks for the method of an action on the screen; each is there under its name, and of mypy unseen.
        for name, act in actions_of(commands, self).items():
            setattr(self, name, act)

    def on_mount(self) -> None:
        """As it is set. Textual calls this beside the desk's own, and before it."""
        self._hold(self.reader.config)

    def settle(self, config: Config, before: Config) -> None:
        """Other settings hold from now on. A measure that was not set anew stays as the reader has made it since."""
        self._hold(config)
        if config.measure and config.measure != before.measure:
            self.set_measure(config.measure)
        self.tell()

    def _hold(self, config: Config) -> None:
        self.dwell.after = config.read_after
        if (commands := self.reader.commands) != self.commands:
            self.commands = commands
            # Textual's own way to other keys cannot take one away.
            self._bindings = BindingsMap(bindings(commands))
            self.refresh_bindings()

    def offers(self) -> list[Offer]:
        """What the palette finds besides commands, issues and themes."""
        searches = (search.name for search in self.saved.searches)
        return [
            *(Offer(f"Saved search: {name}", partial(self.saved.walk_through, name)) for name in searches),
            *(Offer(f"Help: {name}", partial(self._show_page, name)) for name in TOPICS),
        ]

    def _show_page(self, topic: str) -> None:
        self.app.push_screen(ManualPage(topic))

    def look_behind(self, *, at_once: bool = False) -> None:
        """Follows what a sync or another window has stored."""
        self.following.look_behind(at_once=at_once)

    def on_screen_resume(self) -> None:
        """Something lay over the screen, and nothing moved beneath it."""
        if self.is_mounted:
            self.look_behind(at_once=True)

    def on_issue_list_story_pointed(self, message: IssueList.StoryPointed) -> None:
        """The cursor has come to a story in the list."""
        self.leafing.story_pointed(message.head)

    def on_issue_list_story_chosen(self, message: IssueList.StoryChosen) -> None:
        """Enter or a click on a story in the list."""
        self.leafing.story_chosen(message.head)

    def on_issue_list_issue_chosen(self, message: IssueList.IssueChosen) -> None:
        """Enter or a click on an issue."""
        self.leafing.issue_chosen(message.ref)

    def on_issue_list_standing_chosen(self, message: IssueList.StandingChosen) -> None:
        """Enter or a click on a saved search."""
        self.saved.walk_through(message.name)

    def on_link_list_link_chosen(self, message: LinkList.LinkChosen) -> None:
        """Enter or a click on a link."""
        self.opening.action_open_link(message.number)

    def on_link_list_story_chosen(self, message: LinkList.StoryChosen) -> None:
        """Enter or a click on a story beneath the links."""
        self.referring.go(message.row)

    def on_referring_found(self, message: Referring.Found) -> None:
        """What a thread has found may come when the reader is leaving."""
        if self.has_panes:
            message.show()

    def on_unmount(self) -> None:
        """Gives a lent library back."""
        if self.lent is not None:
            self.lent.close()
