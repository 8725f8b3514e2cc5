"""One run of a command of the user, as the screens show it. It draws nothing."""

from __future__ import annotations

from collections.abc import Callable

from importai_tui.config.user_commands import UserCommand
from importai_tui.model import Link
from importai_tui.parse.clean import shorten
from importai_tui.user_commands.run import CommandResult, CommandRun

_NOTICE_LENGTH = 240
"""Characters of the output in a notice: three lines of it."""
_MINUTE = 60


class Execution:
    """A program that runs in the background, and its result once it has ended."""

    def __init__(
        self, command: UserCommand, ref: str, link: Link | None, run: CommandRun, clock: Callable[[], float]
    ) -> None:
        """Describe a run that starts now.

        Args:
            command: the command.
            ref: the story or the issue that the program gets.
            link: the link that it gets.
            run: runs the program.
            clock: a monotonic clock, in seconds.
        """
        self.command = command
        self.ref = ref
        self.link = link
        self.run = run
        self._clock = clock
        self._started = clock()
        self._seconds = 0.0
        self.result: CommandResult | None = None
        """The result; None while the program runs."""
        self.notice = ""
        """The notice about its end."""
        self.is_seen = False
        """True if the user has seen the whole result."""

    @property
    def name(self) -> str:
        """The name of the command."""
        return self.command.name

    def finish(self, result: CommandResult) -> None:
        """Note that the program has ended."""
        self._seconds = self._clock() - self._started
        self.result = result

    @property
    def output(self) -> str:
        """The output of the program so far, cleaned."""
        return self.result.output if self.result else self.run.output

    @property
    def problem(self) -> str:
        """The reason for a failure; empty without one, or while the program runs."""
        return self.result.problem if self.result else ""

    @property
    def text_to_copy(self) -> str:
        """The output; without any, what is known about a failure."""
        messages = self.result.last_lines.strip() if self.result else ""
        return self.output or messages or self.problem

    @property
    def time(self) -> str:
        """The time that the program has run for: "12 s", "3 min 5 s"."""
        seconds = int(self._seconds if self.result else self._clock() - self._started)
        return f"{seconds} s" if seconds < _MINUTE else f"{seconds // _MINUTE} min {seconds % _MINUTE} s"

    @property
    def is_slow(self) -> bool:
        """True if the program has ended, and the user had to wait for it."""
        return self._seconds >= 1

    @property
    def state(self) -> str:
        """The state in a few words."""
        if not self.result:
            return "stopping" if self.run.is_stopped else f"running, {self.time}"
        return "stopped" if self.result.is_stopped else "failed" if self.result.problem else "finished"

    def format_failure(self) -> str:
        """Return a line about the problem, with the last line that the program has printed about it."""
        lines = self.result.last_lines.strip().splitlines() if self.result else []
        return f"{self.name}: {self.problem}" + (f": {shorten(lines[-1], _NOTICE_LENGTH)}" if lines else "")

    def format_notice(self) -> tuple[str, bool]:
        """Return the beginning of the output for a notice, and whether that is all of it."""
        text = " ".join(self.output.split())
        return shorten(text, _NOTICE_LENGTH), len(text) <= _NOTICE_LENGTH
