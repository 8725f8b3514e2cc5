"""Commands for the program as a whole: its help, its palette, and what is to come in from outside."""

from __future__ import annotations

from dataclasses import replace

from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.page.fold import Pane
from importai_tui.tui.page.hints import Advice, hints_of


class Program(Commands):
    """Help, palette, sync."""

    def action_help(self) -> None:
        """The keys."""
        from importai_tui.tui.dialogs.help import Help

        self.desk.app.push_screen(Help())

    def action_palette(self) -> None:
        """Commands and issues by name."""
        self.desk.app.action_command_palette()

    def action_suspend(self) -> None:
        """Give the terminal back to the shell, until `fg` resumes the reader."""
        self.desk.reader.action_suspend()

    def action_sync(self) -> None:
        """Brings in what is new; while a sync runs, stops it."""
        self.desk.reader.backstage.sync()

    def action_sync_all(self) -> None:
        """Brings in the whole back catalogue."""
        self.desk.reader.backstage.sync_all()

    async def action_sync_all_or_bibtex(self) -> None:
        """The same; at a link, also where the cursor is on none, copies its BibTeX."""
        if self.desk.pane is Pane.LINKS:
            await self.desk.run_action("copy_bibtex")
        else:
            self.action_sync_all()

    def advised(self, advice: Advice) -> Advice:
        """While a long run is told of, by which key it is stopped."""
        if not advice.underway.progress:
            return advice
        return replace(advice, stop=next(iter(hints_of(self.desk.commands, ("sync", "stop"))), None))
