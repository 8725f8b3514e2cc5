"""Actions that hand the open story, its issue or a link to a program of the user, and show what it prints.

A command runs at most once at a time. It runs in a thread, so all keys work meanwhile.
"""

from __future__ import annotations

import signal
from functools import partial

from textual.timer import Timer

from importai_tui.config.user_commands import UserCommand
from importai_tui.errors import ReaderError
from importai_tui.model import Link
from importai_tui.tui.actions.base import ActionGroup
from importai_tui.tui.actions.links import LinkActions
from importai_tui.tui.output_page.execution import Execution
from importai_tui.tui.output_page.page import OutputPage, PageHost
from importai_tui.tui.output_page.picker import CommandPicker, NoCommandsDialog
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.reading.screen import ReadingScreen
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.terminal_loan import lend_terminal
from importai_tui.user_commands.prepare import PreparedCommand, prepare
from importai_tui.user_commands.run import CommandResult, CommandRun, run_in_terminal

_GROUP = "user commands"
"""The group of the threads."""
_SECONDS = 1.0
"""Seconds between two updates of the footer."""
_INTERRUPTED = (-signal.SIGINT, 128 + signal.SIGINT, 0xC000_013A)
"""Exit statuses of a program that the user ended with ctrl+c; the last one is that of Windows."""


class UserCommandActions(ActionGroup):
    """Runs commands of the user."""

    def __init__(self, session: ReadingSession, screen: ReadingScreen) -> None:
        super().__init__(session, screen)
        self._executions: dict[str, Execution] = {}
        """By the name of the command: those that run, and those with a result that the user has not seen."""
        self._timer: Timer | None = None

    def close(self) -> None:
        """Stop all programs, because the reading screen is closed."""
        for execution in self._running:
            execution.run.stop()

    def action_list_commands(self) -> None:
        """Show the commands of the user, and run the chosen one; if it has run already, show its output."""
        if not self.refuse_in_browser():
            self.run_dialog(self._list)

    async def _list(self) -> None:
        self.screen.show_pending_preview()
        executions = self._executions = {name: each for name, each in self._executions.items() if not each.is_seen}
        commands = [*self.screen.services.config.commands]
        names = {command.name for command in commands}
        # Also what has been removed from the settings meanwhile, so that it can be stopped and its output be read.
        commands += [each.command for name, each in executions.items() if name not in names]
        if not commands:
            await self.ask(NoCommandsDialog(self.screen.services.config_path))
            return
        picker = CommandPicker(self._describe_subject(), commands, executions, lambda each: each.run.stop())
        command = await self.ask(picker)
        if command and (execution := self._executions.get(command.name)):
            self._show_page(execution)
        elif command:
            self._run(command)

    def action_run_user_command(self, name: str) -> None:
        """Run the command with this name; stop it if it runs."""
        self.screen.show_pending_preview()
        self.run_named(name)

    def run_named(self, name: str, ref: str | None = None) -> None:
        """Run a command on a story or an issue, by default on the open story; stop it if it runs."""
        if self.refuse_in_browser():
            return
        command = next((each for each in self.screen.services.config.commands if each.name == name), None)
        execution = self._executions.get(name)
        if execution and not execution.result:
            execution.run.stop()
        elif command:
            self._run(command, ref)

    def _run(self, command: UserCommand, ref: str | None = None) -> None:
        if ref is None:
            ref, link = self._find_ref(command), self._find_link(command)
        else:
            link = None
        if ref is None:
            self.screen.notify_info("No story is open")
        elif command.show == "terminal":
            if prepared := self._prepare(command, ref, link):
                self._run_in_terminal(command, prepared)
        elif (execution := self._start(command, ref, link)) and command.show == "page":
            self._show_page(execution)

    def _prepare(self, command: UserCommand, ref: str, link: Link | None) -> PreparedCommand | None:
        """Return the program that is ready to run; None, after an error message, if there is nothing to hand on."""
        try:
            return prepare(command, self.session.library, ref, link)
        except ReaderError as error:
            self.screen.services.notify_error(str(error))
            return None

    def _start(self, command: UserCommand, ref: str, link: Link | None) -> Execution | None:
        if not (prepared := self._prepare(command, ref, link)):
            return None
        execution = Execution(command, ref, link, CommandRun(prepared), self.screen.clock)
        self._executions[command.name] = execution
        run = partial(self._run_in_thread, execution)
        self.screen.threads.run(run, group=_GROUP, exclusive=False, exit_on_error=False)
        self._timer = self._timer or self.screen.set_interval(_SECONDS, self._show_running)
        self._show_running()
        return execution

    def _start_again(self, execution: Execution) -> Execution | None:
        # The command as the settings have it now.
        commands = self.screen.services.config.commands
        command = next((each for each in commands if each.name == execution.name), execution.command)
        return self._start(command, execution.ref, execution.link)

    def _run_in_thread(self, execution: Execution) -> None:
        result = CommandResult(problem="it could not be run")
        try:
            result = execution.run.run()
        finally:
            # Not a call that waits, which would never end while the app is closing.
            self.screen.call_later(self._finish, execution, result)

    def _finish(self, execution: Execution, result: CommandResult) -> None:
        """Show the result as the command's setting says."""
        execution.finish(result)
        self._show_running()
        pages = [page for page in self.screen.app.screen_stack if isinstance(page, OutputPage)]
        if page := next((page for page in pages if page.execution is execution), None):
            page.show_result()
        elif result.is_stopped:
            execution.is_seen = not execution.output
            self.screen.notify_info(f"Stopped “{execution.name}”", seconds=2)
        elif result.problem:
            execution.notice = execution.format_failure() + self._more("shows all of it")
            self.screen.services.notify_error(execution.notice)
        elif execution.command.show == "none":
            execution.is_seen = True
        else:
            text, more = f"“{execution.name}” is done", self._more("shows its output")
            if execution.command.show == "notice":
                beginning, execution.is_seen = execution.format_notice()
                text, more = beginning or text, "" if execution.is_seen else self._more("shows all of it")
            execution.notice = text + more
            self.screen.notify_info(execution.notice, seconds=8)

    def _run_in_terminal(self, command: UserCommand, prepared: PreparedCommand) -> None:
        try:
            with lend_terminal(self.screen.app, waits=True):
                result = run_in_terminal(prepared)
        except ReaderError as error:
            self.screen.services.notify_error(str(error))
        else:
            if result.problem and result.exit_status not in _INTERRUPTED:
                self.screen.services.notify_error(f"{command.name}: {result.problem}")

    def _show_page(self, execution: Execution) -> None:
        services = self.screen.services
        services.withdraw_notice(execution.notice)
        host = PageHost(self._start_again, services.copy, services.notify_info, self.screen.panes.measure)
        self.screen.app.push_screen(OutputPage(host, execution))

    def _show_running(self) -> None:
        """Show in the footer what runs, for how long, and how to stop it."""
        running = self._running
        if not running and self._timer:
            self._timer.stop()
            self._timer = None
        words = ""
        if running:
            first = running[0]
            others = f" +{len(running) - 1}" if len(running) > 1 else ""
            words = f"{first.name}{others} {first.time}"
            own_key = "" if others else self.key(first.command.id, before=" · ", after=" stops it")
            words += own_key or self.key("run", before=" · ", after=" lists it" if not others else " lists them")
        self.screen.bars.show_command(words)

    @property
    def _running(self) -> list[Execution]:
        return [execution for execution in self._executions.values() if not execution.result]

    def _find_ref(self, command: UserCommand) -> str | None:
        """Return the reference of the open story; of the selected issue, for a command about an issue."""
        if (
            command.input == "issue"
            and self.screen.pane is Pane.LIST
            and (row := self.screen.story_list.selected_issue)
        ):
            return row.ref
        found = self.session.issue_and_position
        return "{}/{}".format(*found) if found else None

    def _find_link(self, command: UserCommand) -> Link | None:
        """Return the link under the cursor; for a command about a link, also the first one of the story."""
        if command.input == "url" or self.screen.pane is Pane.LINKS:
            return self.screen.action_group(LinkActions).find_link()
        return None

    def _describe_subject(self) -> str:
        story = self.session.story
        return f"“{story.headline}”" if story else "the open story"

    def _more(self, words: str) -> str:
        """Return the advice to list the commands, where the cursor is on the new result."""
        return self.key("run", before=". ", after=f" {words}")
