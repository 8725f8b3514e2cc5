"""Commands that leave: a screen for the one beneath it, the archive for the guide and back, the program.

The command that asks what to do in a line of words, and does it.

Commands for the look of the page: how wide text and panes are, light or dark.

Commands for the program as a whole: its help, its palette, and what is to come in from outside.
"""

from __future__ import annotations

from functools import partial

from textual.actions import SkipAction

from importai_tui.errors import NotFoundError
from importai_tui.keymap.command_line import (
    LATEST,
    GoTo,
    InvalidCommand,
    KnownNames,
    ParsedCommand,
    RunCommand,
    RunSearch,
    SearchWorks,
    SetTheme,
    ShowHelp,
    StartSync,
)
from importai_tui.manual.topics import TOPICS
from importai_tui.search.saved import add_recent, recent_from_json, recent_to_json
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.actions.modes import WorkActions
from importai_tui.tui.actions.navigation import PaneActions
from importai_tui.tui.actions.search import SearchActions
from importai_tui.tui.dialogs.help import HelpDialog, ManualPage
from importai_tui.tui.dialogs.input_bars import CommandBar
from importai_tui.tui.dialogs.questions import ConfirmDialog
from importai_tui.tui.reading.panes import Pane


class AppearanceActions(ActionGroup):
    """Widths and themes."""

    def action_wider(self, step: int) -> None:
        """Narrower or wider: the text, or the list or the links while one is in them. Remembered."""
        panes = self.screen.panes
        if panes.pane is Pane.STORY:
            panes.set_measure(panes.measure + step)
            # A change to a width that is set lasts as long as the app.
            if not self.screen.services.config.measure:
                self.screen.writer.save_setting("measure", str(panes.measure))
            self.screen.notify_info(f"{panes.measure} cells wide", seconds=1.5)
        elif panes.set_widths(panes.widths.change(panes.pane, step)):
            self.screen.writer.save_setting("widths", panes.widths.to_text())
        else:
            refused = "This pane cannot be wider here." if step > 0 else "This pane cannot be narrower."
            self.screen.notify_info(refused, seconds=2)

    def action_toggle_theme(self) -> None:
        """Dark or light."""
        self.screen.services.toggle_theme()

    def action_choose_theme(self) -> None:
        """A list of all themes."""
        self.screen.app.action_change_theme()


class QuitActions(ActionGroup):
    """Leaves the screen or the program, the position saved."""

    def action_guide(self) -> None:
        """From the archive: the guide. In the guide: puts it away for good, and on to the archive."""
        if not self.session.guide:
            self.screen.services.show_guide()
            return
        self.screen.writer.save_setting("guide", "away")
        self.screen.position.save()
        if self.screen.returns_to_parent:
            self.screen.dismiss()
        elif not self.screen.services.show_archive():
            self.screen.notify_info("Put away: from the next start on the guide opens only with ctrl+g.")

    def action_leave(self) -> None:
        """One step out where panes hide each other; a screen back; else out of the program."""
        hidden = self.screen.pane is not Pane.LIST and self.screen.panes.is_list_hidden
        over = self.screen.pane is Pane.LINKS and self.screen.panes.are_links_over_story
        if (hidden or over) and self.screen.action_group(PaneActions).go_back():
            return
        if self.screen.returns_to_parent:
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
            self.screen.services.quit()

    def action_copy_or_quit(self) -> None:
        """Copies the selected words; without any, quits."""
        try:
            self.screen.action_copy_text()
        except SkipAction:
            self.action_quit_reader()
        else:
            self.screen.notify_info("Copied.", seconds=1.5)

    async def _ask_to_leave(self, drafts: list[str]) -> None:
        if self.screen.writer.waiting:
            count = self.screen.writer.waiting.change_count
            what = {0: "Your position is", 1: "1 change is"}.get(count, f"{count} changes are")
            name = self.session.library.state.path.name
            printed = " What you wrote will be printed." if drafts else ""
            question = f"{what} not saved, because another program uses {name}. Quit without saving?{printed}"
        else:
            what = "What you wrote" if len(drafts) == 1 else f"{len(drafts)} texts that you wrote"
            question = f"{what} cannot be kept. Leave, and have it printed?"
        self.screen.app.clear_notifications()  # in a small window they would hide the question
        if await self.ask(ConfirmDialog(question, self.screen.clock)):
            self.screen.services.quit()


_RECENT_SETTING = "recent-commands"
"""The setting that holds the last lines."""


class CommandLineActions(ActionGroup):
    """Does what is typed after `:`."""

    def action_command_line(self) -> None:
        """Asks for a line, remembers it, and does what it means."""
        self.run_dialog(self._ask)

    async def _ask(self) -> None:
        self.screen.show_pending_preview()
        recent = recent_from_json(self.session.library.state.load_value(_RECENT_SETTING))
        typed = await self.ask(CommandBar(self._collect_names(), recent))
        if typed:
            self.screen.writer.save_setting(_RECENT_SETTING, recent_to_json(add_recent(recent, typed.line)))
            await self._obey(typed.command)

    async def _obey(self, means: ParsedCommand) -> None:
        match means:
            case GoTo(ref):
                self._go_to_ref(ref)
            case RunCommand(command):
                await self.screen.run_action(f"screen.{command.action}")
            case StartSync(full):
                self.screen.services.jobs.sync_all() if full else self.screen.services.jobs.sync()
            case RunSearch(line):
                self.screen.action_group(SearchActions).search_for(line)
            case SearchWorks(line):
                self.screen.action_group(WorkActions).open_with_filter(line)
            case SetTheme(theme):
                self.screen.app.theme = theme
            case ShowHelp(words):
                self.screen.app.push_screen(ManualPage(words) if words in TOPICS else HelpDialog(filter_text=words))
            case InvalidCommand(sentence):
                self.screen.notify_info(sentence)

    def _go_to_ref(self, ref: str) -> None:
        try:
            issue, position = self.session.library.resolve(ref)
        except NotFoundError as missing:
            self.screen.notify_info(str(missing))
            return
        self.session.end_list()
        self.screen.open_issue(issue) if position is None else self.screen.open_story(issue, position)
        self.screen.go_to(Pane.STORY)

    def _collect_names(self) -> KnownNames:
        heads = [head for head in self.session.index.rows if head.story_count]
        issues = {LATEST: heads[0].story_count} if heads else {}
        issues |= {head.ref: head.story_count for head in heads} | {head.slug: head.story_count for head in heads}
        return KnownNames(issues, tuple(sorted(self.screen.app.available_themes)), TOPICS)


class AppActions(ActionGroup):
    """Help, palette, sync."""

    def action_help(self) -> None:
        """The keys."""
        from importai_tui.tui.dialogs.help import HelpDialog

        self.screen.app.push_screen(HelpDialog())

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
