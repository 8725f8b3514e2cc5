"""The one screen of the reader: its commands that are neither moving, marking nor opening, and all the bindings."""

from __future__ import annotations

from textual import work
from textual.actions import SkipAction

from importai_tui.library import Library
from importai_tui.tui.dialogs import Confirm
from importai_tui.tui.filtering import Filtering
from importai_tui.tui.finding import Finding
from importai_tui.tui.fold import Pane
from importai_tui.tui.help import Help
from importai_tui.tui.keeping import Keeping
from importai_tui.tui.keys import COMMANDS, bindings
from importai_tui.tui.palette import CommandProvider, IssueProvider
from importai_tui.tui.referring import Referring
from importai_tui.tui.searching import Searching
from importai_tui.tui.visiting import Visiting


class ReadingScreen(Searching, Filtering, Keeping, Finding, Visiting, Referring, inherit_bindings=False):
    """Reading: issues, story, links."""

    BINDINGS = [*bindings(COMMANDS)]
    COMMANDS = {CommandProvider, IssueProvider}
    AUTO_FOCUS = None

    lent: Library | None = None
    """A library that this screen alone uses, closed with it."""
    leads_back: bool = False
    """Whether it lies over another reading screen."""

    def action_zen(self) -> None:
        """The story alone, or all panes."""
        if self.story:
            self.set_zen(not self.is_zen)

    def action_wider(self, step: int) -> None:
        """Narrower or wider: the text, or the list or the links while one is in them. Remembered."""
        if self.pane is Pane.STORY:
            self.set_measure(self.measure + step)
            self.remember("measure", str(self.measure))
            self.say(f"{self.measure} cells wide", seconds=1.5)
            return
        if self.set_widths(self.widths.changed(self.pane, step)):
            self.remember("widths", self.widths.written())
        else:
            self.say("This pane cannot be wider here." if step > 0 else "This pane cannot be narrower.", seconds=2)

    def action_toggle_theme(self) -> None:
        """Dark or light."""
        self.reader.toggle_theme()

    def action_choose_theme(self) -> None:
        """A list of all themes."""
        self.app.action_change_theme()

    def action_help(self) -> None:
        """The keys."""
        self.app.push_screen(Help())

    def action_palette(self) -> None:
        """Commands and issues by name."""
        self.app.action_command_palette()

    def action_guide(self) -> None:
        """From the archive: the guide. In the guide: puts it away for good, and on to the archive."""
        if not self.guide:
            self.reader.show_guide()
            return
        self.remember("guide", "away")
        self.keep_place()
        if self.leads_back:
            self.dismiss()
        elif not self.reader.show_archive():
            self.say("Put away: from the next start on the guide opens only with ctrl+g.")

    def action_sync(self) -> None:
        """Brings in what is new; while a sync runs, stops it."""
        self.reader.backstage.sync()

    def action_sync_all(self) -> None:
        """Brings in the whole back catalogue; at a link, copies its BibTeX."""
        if self.is_at_link:
            self.action_copy_bibtex()
        else:
            self.reader.backstage.sync_all()

    def action_leave(self) -> None:
        """One step out where panes hide each other; a screen back; else out of the program."""
        hidden = self.pane is not Pane.LIST and not self.story_list.display
        over = self.pane is Pane.LINKS and self.query_one("#links-panel").has_class("-over")
        if (hidden or over) and self.step_out():
            return
        if self.leads_back:
            self.keep_place()
            self.dismiss()
        else:
            self.action_quit_reader()

    def action_quit_reader(self) -> None:
        """Out, the place remembered; not without a word while something that was written is not kept."""
        self.keep_place()
        drafts = self.drafts_left()
        if drafts and self.is_active:
            self._ask_to_leave(drafts)
        else:
            self._leave(drafts)

    @work(exclusive=True, group="dialog")
    async def _ask_to_leave(self, drafts: list[str]) -> None:
        what = "What you wrote" if len(drafts) == 1 else f"{len(drafts)} texts that you wrote"
        if await self.app.push_screen_wait(Confirm(f"{what} cannot be kept. Leave, and have it printed?", self.clock)):
            self._leave(drafts)

    def _leave(self, drafts: list[str]) -> None:
        self.reader.unkept += drafts
        self.app.exit()

    def action_copy_or_quit(self) -> None:
        """Copies the selected words; without any, quits."""
        try:
            self.action_copy_text()
        except SkipAction:
            self.action_quit_reader()
        else:
            self.say("Copied.", seconds=1.5)

    def on_unmount(self) -> None:
        """Gives a lent library back."""
        if self.lent is not None:
            self.lent.close()
