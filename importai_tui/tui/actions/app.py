"""Actions for the whole program: widths and themes, guide and quit, the command line, help, palette, sync."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from textual.actions import SkipAction

from importai_tui.errors import NotFoundError
from importai_tui.keymap.command_line import (
    LATEST,
    FilterForecasts,
    GoTo,
    ImportFiles,
    InvalidCommand,
    KnownNames,
    OpenLink,
    ParsedCommand,
    RunCommand,
    RunExport,
    RunSearch,
    RunUserCommand,
    SearchWorks,
    SetTheme,
    ShowHelp,
    StartSync,
    TagStory,
)
from importai_tui.manual.topics import TOPICS
from importai_tui.programs import split_command
from importai_tui.search.saved import add_recent, recent_from_json, recent_to_json
from importai_tui.tui.actions.annotations import AnnotationActions
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.actions.export import ExportActions
from importai_tui.tui.actions.links import LinkActions
from importai_tui.tui.actions.modes import WorkActions
from importai_tui.tui.actions.navigation import PaneActions
from importai_tui.tui.actions.search import SearchActions
from importai_tui.tui.dialogs.help import HelpDialog, ManualPage
from importai_tui.tui.dialogs.input_bars import CommandBar
from importai_tui.tui.dialogs.questions import ConfirmDialog
from importai_tui.tui.reading.footer_content import FIRST_SYNC_HINTS
from importai_tui.tui.reading.panes import Pane


class AppearanceActions(ActionGroup):
    """Changes widths and themes."""

    def action_wider(self, step: int) -> None:
        """Make the focused pane wider or narrower, in the story the text, and save the width."""
        panes, writer = self.screen.panes, self.screen.writer
        measure, widths = panes.measure, panes.widths
        self.screen.notify_info(panes.widen(step), seconds=2)
        # A width of the settings overrides a saved one, so this change lasts until the app ends.
        if panes.measure != measure and not self.screen.services.config.measure:
            writer.save_setting("measure", str(panes.measure))
        if panes.widths != widths:
            writer.save_setting("widths", panes.widths.to_text())

    def action_toggle_theme(self) -> None:
        """Change between a dark and a light theme."""
        self.screen.services.toggle_theme()

    def action_choose_theme(self) -> None:
        """Show the list of all themes."""
        self.screen.services.choose_theme()


class QuitActions(ActionGroup):
    """Leaves the screen or the program, and saves the position."""

    def action_guide(self) -> None:
        """Open the guide; in the guide, hide it from the start screen, and open the archive."""
        if not self.session.guide:
            self.screen.services.show_guide()
            return
        self.screen.writer.save_setting("guide", "away")
        if not self.screen.services.close_guide():
            self.screen.notify_info("The demo has only this guide. Start importai-tui without --demo to read issues.")
        elif self.screen.bars.first_hints is FIRST_SYNC_HINTS:
            to_return = self.key("guide", before=". ", after=" brings it back any time.")
            self.screen.notify_info(f"Guide hidden{to_return}")

    def action_leave(self) -> None:
        """Leave a pane that covers another, else this screen, else the program."""
        hides_list = self.screen.pane is not Pane.LIST and self.screen.panes.is_list_hidden
        hides_story = self.screen.pane is Pane.LINKS and self.screen.panes.are_links_over_story
        if (hides_list or hides_story) and self.screen.action_group(PaneActions).go_back():
            return
        if self.screen.returns_to_parent:
            self.screen.position.save()
            self.screen.dismiss()
        else:
            self.action_quit_reader()

    def action_quit_reader(self) -> None:
        """Save the position and quit; ask first if something cannot be saved."""
        self.screen.position.save()
        drafts = self.screen.drafts.unsaved_texts()
        if (drafts or self.screen.writer.waiting) and self.screen.is_active:
            self.run_dialog(partial(self._ask_to_leave, drafts))
        else:
            self.screen.services.quit()

    def action_copy_or_quit(self) -> None:
        """Copy the selected words; quit if no word is selected."""
        try:
            self.screen.action_copy_text()
        except SkipAction:
            self.action_quit_reader()

    async def _ask_to_leave(self, drafts: list[str]) -> None:
        if self.screen.writer.waiting:
            count = self.screen.writer.waiting.change_count
            subject = {0: "Your position is", 1: "1 change is"}.get(count, f"{count} changes are")
            name = self.session.library.state.path.name
            printed = " Your notes will be printed to the terminal." if drafts else ""
            question = f"{subject} not saved yet: another program is using {name}. Quit without saving?{printed}"
        elif len(drafts) == 1:
            question = "Your note can't be saved. Quit and print it to the terminal?"
        else:
            question = f"{len(drafts)} notes can't be saved. Quit and print them to the terminal?"
        self.screen.app.clear_notifications()  # because they may hide the question in a small window
        if await self.ask(ConfirmDialog(question, self.screen.clock)):
            self.screen.services.quit()


_RECENT_SETTING = "recent-commands"
"""The setting that holds the recent lines."""


class CommandLineActions(ActionGroup):
    """Runs a line that the user types after `:`."""

    def action_command_line(self) -> None:
        """Ask for a line, save it among the recent ones, and run it."""
        self.run_dialog(self._ask)

    async def _ask(self) -> None:
        self.screen.show_pending_preview()
        recent = recent_from_json(self.session.library.state.load_value(_RECENT_SETTING))
        typed = await self.ask(CommandBar(self._collect_names(), recent))
        if typed:
            self.screen.writer.save_setting(_RECENT_SETTING, recent_to_json(add_recent(recent, typed.line)))
            await self._execute(typed.command)

    async def _execute(self, command: ParsedCommand) -> None:
        match command:
            case GoTo(ref):
                self._go_to_ref(ref)
            case RunCommand(named):
                await self.screen.run_action(f"screen.{named.action}")
            case RunUserCommand(name, ref):
                self._run_user_command(name, ref)
            case StartSync(full):
                self.screen.services.jobs.sync_all() if full else self.screen.services.jobs.sync()
            case RunSearch(line):
                self.screen.action_group(SearchActions).search_for(line)
            case TagStory(name):
                self.screen.action_group(AnnotationActions).toggle_tag(name)
            case OpenLink(number):
                self.screen.action_group(LinkActions).action_open_link(number)
            case ImportFiles(text):
                if not self.refuse_in_browser():
                    self.screen.services.jobs.import_files(split_paths(text))
            case RunExport(arguments):
                await self.screen.action_group(ExportActions).run_words(_split_words(arguments))
            case SearchWorks(line):
                self.screen.action_group(WorkActions).open_with_filter(line)
            case FilterForecasts(line):
                # Imported here, because other lines do not need the ledger.
                from importai_tui.tui.actions.forecasts import ForecastActions

                self.screen.action_group(ForecastActions).show_from_top(filter_text=line)
            case SetTheme(theme):
                self.screen.services.set_theme(theme)
            case ShowHelp(words):
                self.screen.app.push_screen(ManualPage(words) if words in TOPICS else HelpDialog(filter_text=words))
            case InvalidCommand(message):
                self.screen.notify_info(message)

    def _run_user_command(self, name: str, ref: str | None) -> None:
        from importai_tui.tui.actions.user_commands import UserCommandActions

        self.screen.action_group(UserCommandActions).run_named(name, ref)

    def _go_to_ref(self, ref: str) -> None:
        try:
            issue, position = self.session.library.resolve(ref)
        except NotFoundError as error:
            self.screen.notify_info(str(error))
            return
        self.session.end_list()
        self.screen.open_issue(issue) if position is None else self.screen.open_story(issue, position)
        self.screen.go_to(Pane.STORY)

    def _collect_names(self) -> KnownNames:
        rows = [row for row in self.session.index.rows if row.story_count]
        issues = {LATEST: rows[0].story_count} if rows else {}
        issues |= {row.ref: row.story_count for row in rows} | {row.slug: row.story_count for row in rows}
        themes = tuple(sorted(self.screen.app.available_themes))
        tags = tuple(name for name, _ in self.session.library.state.count_tags())
        link_count = len(self.session.story.links) if self.session.story else 0
        commands = tuple(command.name for command in self.screen.services.config.commands)
        return KnownNames(issues, themes, TOPICS, tags, link_count, commands)


def split_paths(text: str) -> list[str]:
    """Return the paths that a text names. Quotes keep blanks, and a text that is one path needs none."""
    whole = Path(text).expanduser()
    return [str(whole)] if whole.exists() else [str(Path(word).expanduser()) for word in _split_words(text)]


def _split_words(text: str) -> list[str]:
    try:
        return split_command(text)
    except ValueError:  # a quote that does not end
        return text.split()


class AppActions(ActionGroup):
    """Shows help and palette, and starts syncs."""

    def action_help(self) -> None:
        """Show the help with all keys."""
        from importai_tui.tui.dialogs.help import HelpDialog

        self.screen.app.push_screen(HelpDialog())

    def action_palette(self) -> None:
        """Show the command palette."""
        self.screen.app.action_command_palette()

    def action_copy_notice(self) -> None:
        """Copy the last notice or error message, which may name a file."""
        if text := self.screen.services.last_notice:
            self.screen.services.copy(text, "the last message")
        else:
            self.screen.notify_info("No message yet")

    def action_suspend(self) -> None:
        """Give the terminal back to the shell, until `fg` resumes the reader."""
        self.screen.services.action_suspend()

    def action_redraw(self) -> None:
        """Draw the whole screen again, also what another program has written over it."""
        self.screen.services.action_redraw()

    def action_sync(self) -> None:
        """Fetch new issues; stop the sync that is running."""
        self.screen.services.jobs.sync()

    def action_sync_all(self) -> None:
        """Fetch the back catalogue."""
        self.screen.services.jobs.sync_all()
