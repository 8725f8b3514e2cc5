"""The command that asks what to do in a line of words, and does it."""

from __future__ import annotations

from importai_tui.errors import NotFound
from importai_tui.keymap.command_line import (
    LATEST,
    GoTo,
    InvalidCommand,
    Names,
    ParsedCommand,
    RunCommand,
    RunSearch,
    SearchWorks,
    SetTheme,
    ShowHelp,
    StartSync,
)
from importai_tui.manual import TOPICS
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.actions.search import Search
from importai_tui.tui.actions.works import Works
from importai_tui.tui.dialogs.command_line import CommandLine
from importai_tui.tui.dialogs.help import Help
from importai_tui.tui.dialogs.manual_page import ManualPage
from importai_tui.tui.reading.layout import Pane
from importai_tui.tui.search.recent import read_recent, with_recent, written_recent

_RECENT = "recent-commands"
"""The setting that holds the last lines."""


class CommandLineActions(ActionGroup):
    """Does what is typed after `:`."""

    def action_command_line(self) -> None:
        """Asks for a line, remembers it, and does what it means."""
        self.run_dialog(self._ask)

    async def _ask(self) -> None:
        self.screen.show_pointed()
        recent = read_recent(self.session.library.state.recall(_RECENT))
        typed = await self.ask(CommandLine(self._nameable(), recent))
        if typed:
            self.screen.writer.remember(_RECENT, written_recent(with_recent(recent, typed.line)))
            await self._obey(typed.means)

    async def _obey(self, means: ParsedCommand) -> None:
        match means:
            case GoTo(ref):
                self._go_to_ref(ref)
            case RunCommand(command):
                await self.screen.run_action(f"screen.{command.action}")
            case StartSync(full):
                self.screen.services.jobs.sync_all() if full else self.screen.services.jobs.sync()
            case RunSearch(line):
                self.screen.action_group(Search).search_for(line)
            case SearchWorks(line):
                self.screen.action_group(Works).look_for(line)
            case SetTheme(theme):
                self.screen.app.theme = theme
            case ShowHelp(words):
                self.screen.app.push_screen(ManualPage(words) if words in TOPICS else Help(words=words))
            case InvalidCommand(sentence):
                self.screen.say(sentence)

    def _go_to_ref(self, ref: str) -> None:
        try:
            issue, position = self.session.library.resolve(ref)
        except NotFound as missing:
            self.screen.say(str(missing))
            return
        self.session.end_list()
        self.screen.open_issue(issue) if position is None else self.screen.open_story(issue, position)
        self.screen.go_to(Pane.STORY)

    def _nameable(self) -> Names:
        heads = [head for head in self.session.index.heads if head.stories]
        issues = {LATEST: heads[0].stories} if heads else {}
        issues |= {head.ref: head.stories for head in heads} | {head.slug: head.stories for head in heads}
        return Names(issues, tuple(sorted(self.screen.app.available_themes)), TOPICS)
