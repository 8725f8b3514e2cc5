"""Commands that leave: a screen for the one beneath it, the archive for the guide and back, the program."""

from __future__ import annotations

from functools import partial

from textual.actions import SkipAction

from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.commands.keeping import Keeping
from importai_tui.tui.dialogs.ask import Confirm
from importai_tui.tui.page.desk import Desk
from importai_tui.tui.page.fold import Pane


class Leaving(Commands):
    """Leaving, the place remembered."""

    def __init__(self, desk: Desk, keeping: Keeping) -> None:
        super().__init__(desk)
        self._keeping = keeping

    def action_guide(self) -> None:
        """From the archive: the guide. In the guide: puts it away for good, and on to the archive."""
        desk = self.desk
        if not desk.guide:
            desk.reader.show_guide()
            return
        desk.remember("guide", "away")
        desk.keep_place()
        if desk.leads_back:
            desk.dismiss()
        elif not desk.reader.show_archive():
            desk.say("Put away: from the next start on the guide opens only with ctrl+g.")

    def action_leave(self) -> None:
        """One step out where panes hide each other; a screen back; else out of the program."""
        desk = self.desk
        hidden = desk.pane is not Pane.LIST and not desk.story_list.display
        over = desk.pane is Pane.LINKS and desk.query_one("#links-panel").has_class("-over")
        if (hidden or over) and desk.step_out():
            return
        if desk.leads_back:
            desk.keep_place()
            desk.dismiss()
        else:
            self.action_quit_reader()

    def action_quit_reader(self) -> None:
        """Quit, the position saved; ask first while something is not saved."""
        self.desk.keep_place()
        drafts = self._keeping.drafts_left()
        if (drafts or self.desk.waiting) and self.desk.is_active:
            self.converse(partial(self._ask_to_leave, drafts))
        else:
            self.desk.reader.leave()

    def action_copy_or_quit(self) -> None:
        """Copies the selected words; without any, quits."""
        try:
            self.desk.action_copy_text()
        except SkipAction:
            self.action_quit_reader()
        else:
            self.desk.say("Copied.", seconds=1.5)

    async def _ask_to_leave(self, drafts: list[str]) -> None:
        if self.desk.waiting:
            count = self.desk.waiting.changes
            what = {0: "Your position is", 1: "1 change is"}.get(count, f"{count} changes are")
            name = self.desk.library.state.path.name
            printed = " What you wrote will be printed." if drafts else ""
            question = f"{what} not saved, because another program uses {name}. Quit without saving?{printed}"
        else:
            what = "What you wrote" if len(drafts) == 1 else f"{len(drafts)} texts that you wrote"
            question = f"{what} cannot be kept. Leave, and have it printed?"
        self.desk.app.clear_notifications()  # in a small window they would hide the question
        if await self.ask(Confirm(question, self.desk.clock)):
            self.desk.reader.leave()
