"""The command that skims: the open issue as a digest, over the page; what is chosen there is opened whole."""

from __future__ import annotations

from importai_tui.tui.commands.browser import Browser
from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.commands.marking import Marking
from importai_tui.tui.commands.undoing import Undoing
from importai_tui.tui.digest.beneath import Beneath
from importai_tui.tui.digest.screen import DigestScreen
from importai_tui.tui.page.desk import Desk
from importai_tui.tui.page.fold import Pane
from importai_tui.tui.page.hints import first_key


class Skimming(Commands):
    """Skimming."""

    def __init__(self, desk: Desk, marking: Marking, undoing: Undoing, browser: Browser) -> None:
        super().__init__(desk)
        self._marking, self._undoing, self._browser = marking, undoing, browser

    def action_skim(self) -> None:
        """The issue that the list points at, else the open one, from the open story on."""
        self.converse(self._skim)

    async def _skim(self) -> None:
        desk = self.desk
        desk.land()
        pointed = desk.story_list.issue_pointed
        if not (pointed or (desk.issue and desk.story)):
            key = first_key(desk.commands, "sync")
            desk.say(f"There is no issue to skim yet{f': {key} brings in the newest ones' if key else ''}.")
            return
        ref = pointed.ref if pointed else desk.issue.ref if desk.issue else ""
        same = desk.issue and desk.story and desk.issue.ref == ref
        screen = DigestScreen(
            desk.library,
            self._beneath(),
            ref,
            desk.story.position if same and desk.story else 1,
            measure=desk.measure,
            keys=next(command.keys for command in desk.commands if command.id == "skim"),
        )
        screen.trouble = desk.trouble
        chosen = await self.ask(screen)
        # What was marked there, one way or the other, was marked on purpose.
        desk.dwell.settle()
        if chosen:
            desk.open_head(chosen)
            desk.go_to(Pane.STORY)

    def _beneath(self) -> Beneath:
        desk = self.desk
        return Beneath(
            lambda: desk.shelf,
            self._marking.mark,
            self._undoing.action_undo,
            self._browser.hand_over,
            desk.say,
            guide=desk.guide,
        )
