"""Commands that leave: a screen for the one beneath it, the archive for the guide and back, the program."""

from __future__ import annotations

from functools import partial

from textual.actions import SkipAction

from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.actions.pane_navigation import PaneNavigation
from importai_tui.tui.dialogs.ask import Confirm
from importai_tui.tui.reading.layout import Pane


class Quit(ActionGroup):
    """Leaves the screen or the program, the position saved."""

    def action_guide(self) -> None:
        """From the archive: the guide. In the guide: puts it away for good, and on to the archive."""
        if not self.session.guide:
            self.screen.services.show_guide()
            return
        self.screen.writer.remember("guide", "away")
        self.screen.position.save()
        if self.screen.leads_back:
            self.screen.dismiss()
        elif not self.screen.services.show_archive():
            self.screen.say("Put away: from the next start on the guide opens only with ctrl+g.")

    def action_leave(self) -> None:
        """One step out where panes hide each other; a screen back; else out of the program."""
        hidden = self.screen.pane is not Pane.LIST and self.screen.panes.is_list_hidden
        over = self.screen.pane is Pane.LINKS and self.screen.panes.are_links_over_story
        if (hidden or over) and self.screen.action_group(PaneNavigation).go_back():
            return
        if self.screen.leads_back:
            self.screen.position.save()
            self.screen.dismiss()
        else:
            self.action_quit_reader()

    def action_quit_reader(self) -> None:
        """Quit, the position saved; ask first while something is not saved."""
        self.screen.position.save()
        drafts = self.screen.drafts.unsaved_texts()
        if (drafts or self.screen.writer.waiting) and self.screen.is_active:
            self.run_dialog(partial(self._ask_to_leave, drafts))
        else:
            self.screen.services.leave()

    def action_copy_or_quit(self) -> None:
        """Copies the selected words; without any, quits."""
        try:
            self.screen.action_copy_text()
        except SkipAction:
            self.action_quit_reader()
        else:
            self.screen.say("Copied.", seconds=1.5)

    async def _ask_to_leave(self, drafts: list[str]) -> None:
        if self.screen.writer.waiting:
            count = self.screen.writer.waiting.changes
            what = {0: "Your position is", 1: "1 change is"}.get(count, f"{count} changes are")
            name = self.session.library.state.path.name
            printed = " What you wrote will be printed." if drafts else ""
            question = f"{what} not saved, because another program uses {name}. Quit without saving?{printed}"
        else:
            what = "What you wrote" if len(drafts) == 1 else f"{len(drafts)} texts that you wrote"
            question = f"{what} cannot be kept. Leave, and have it printed?"
        self.screen.app.clear_notifications()  # in a small window they would hide the question
        if await self.ask(Confirm(question, self.screen.clock)):
            self.screen.services.leave()
