"""The command that skims: the open issue as a digest, over the page; what is chosen there is opened whole."""

from __future__ import annotations

from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.actions.undo import Undo
from importai_tui.tui.digest.beneath import Beneath
from importai_tui.tui.digest.screen import DigestScreen
from importai_tui.tui.reading.footer import first_key
from importai_tui.tui.reading.layout import Pane


class Skim(ActionGroup):
    """Skims an issue."""

    def action_skim(self) -> None:
        """The issue that the list points at, else the open one, from the open story on."""
        self.run_dialog(self._skim)

    async def _skim(self) -> None:
        self.screen.show_pointed()
        pointed = self.screen.story_list.issue_pointed
        if not (pointed or (self.session.issue and self.session.story)):
            key = first_key(self.screen.commands, "sync")
            self.screen.say(f"There is no issue to skim yet{f': {key} brings in the newest ones' if key else ''}.")
            return
        ref = pointed.ref if pointed else self.session.issue.ref if self.session.issue else ""
        same = self.session.issue and self.session.story and self.session.issue.ref == ref
        digest = DigestScreen(
            self.session.library,
            self._beneath(),
            ref,
            self.session.story.position if same and self.session.story else 1,
            measure=self.screen.panes.measure,
            keys=next(command.keys for command in self.screen.commands if command.id == "skim"),
            trouble=self.screen.writer.trouble,
        )
        chosen = await self.ask(digest)
        # What was marked there, one way or the other, was marked on purpose.
        self.screen.read_timer.settle()
        if chosen:
            self.screen.open_row(chosen)
            self.screen.go_to(Pane.STORY)

    def _beneath(self) -> Beneath:
        return Beneath(
            lambda: self.session.index,
            self.screen.mark,
            self.screen.action_group(Undo).action_undo,
            self.screen.browser.hand_over,
            self.screen.say,
            guide=self.session.guide,
        )
