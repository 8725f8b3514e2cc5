"""Commands for the program as a whole: its help, its palette, and what is to come in from outside."""

from __future__ import annotations

from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.reading.layout import Pane


class AppActions(ActionGroup):
    """Help, palette, sync."""

    def action_help(self) -> None:
        """The keys."""
        from importai_tui.tui.dialogs.help import Help

        self.screen.app.push_screen(Help())

    def action_palette(self) -> None:
        """Commands and issues by name."""
        self.screen.app.action_command_palette()

    def action_suspend(self) -> None:
        """Give the terminal back to the shell, until `fg` resumes the reader."""
        self.screen.services.action_suspend()

    def action_sync(self) -> None:
        """Brings in what is new; while a sync runs, stops it."""
        self.screen.services.jobs.sync()

    def action_sync_all(self) -> None:
        """Brings in the whole back catalogue."""
        self.screen.services.jobs.sync_all()

    async def action_sync_all_or_bibtex(self) -> None:
        """The same; at a link, also where the cursor is on none, copies its BibTeX."""
        if self.screen.pane is Pane.LINKS:
            await self.screen.run_action("copy_bibtex")
        else:
            self.action_sync_all()
