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
from importai_tui.tui.commands.commands import Commands
from importai_tui.tui.commands.searching import Searching
from importai_tui.tui.commands.works import Works
from importai_tui.tui.dialogs.command_line import CommandLine
from importai_tui.tui.dialogs.help import Help
from importai_tui.tui.dialogs.manual_page import ManualPage
from importai_tui.tui.page.desk import Desk
from importai_tui.tui.page.fold import Pane
from importai_tui.tui.search.recent import read_recent, with_recent, written_recent

_RECENT = "recent-commands"
"""The setting that holds the last lines."""


class Speaking(Commands):
    """What is typed after `:`."""

    def __init__(self, desk: Desk, searching: Searching, works: Works) -> None:
        super().__init__(desk)
        self._searching, self._works = searching, works

    def action_command_line(self) -> None:
        """Asks for a line, remembers it, and does what it means."""
        self.converse(self._ask)

    async def _ask(self) -> None:
        self.desk.land()
        recent = read_recent(self.desk.library.state.recall(_RECENT))
        typed = await self.ask(CommandLine(self._nameable(), recent))
        if typed:
            self.desk.remember(_RECENT, written_recent(with_recent(recent, typed.line)))
            await self._obey(typed.means)

    async def _obey(self, means: ParsedCommand) -> None:
        desk = self.desk
        match means:
            case GoTo(ref):
                self._go_to_ref(ref)
            case RunCommand(command):
                await desk.run_action(f"screen.{command.action}")
            case StartSync(full):
                desk.reader.backstage.sync_all() if full else desk.reader.backstage.sync()
            case RunSearch(line):
                self._searching.search_for(line)
            case SearchWorks(line):
                self._works.look_for(line)
            case SetTheme(theme):
                desk.app.theme = theme
            case ShowHelp(words):
                desk.app.push_screen(ManualPage(words) if words in TOPICS else Help(words=words))
            case InvalidCommand(sentence):
                desk.say(sentence)

    def _go_to_ref(self, ref: str) -> None:
        try:
            issue, position = self.desk.library.resolve(ref)
        except NotFound as missing:
            self.desk.say(str(missing))
            return
        self.desk.walk = None
        self.desk.open_issue(issue) if position is None else self.desk.open_story(issue, position)
        self.desk.go_to(Pane.STORY)

    def _nameable(self) -> Names:
        heads = [head for head in self.desk.shelf.heads if head.stories]
        issues = {LATEST: heads[0].stories} if heads else {}
        issues |= {head.ref: head.stories for head in heads} | {head.slug: head.stories for head in heads}
        return Names(issues, tuple(sorted(self.desk.app.available_themes)), TOPICS)
