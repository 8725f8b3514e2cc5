"""The list of the user's commands; without any, how to define one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from importai_tui.config.user_commands import UserCommand
from importai_tui.keymap.key_names import format_keys
from importai_tui.tui.bindings import format_key_hints, make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS, Dialog
from importai_tui.tui.dialogs.help import ManualPage
from importai_tui.tui.dialogs.list_screen import ListScreen
from importai_tui.tui.output_page.execution import Execution
from importai_tui.tui.text import ContentBuilder, to_content, to_line_content, truncate
from importai_tui.tui.widgets.row_list import RowList

TOPIC = "commands"
"""The help topic about commands."""
_OTHER_LINES = 8
"""Lines of the picker besides the commands: title, keys, and gaps."""
_MAX_KEY_WIDTH, _MAX_NAME_WIDTH = 12, 18
_GAP = 2
_REFRESH_SECONDS = 1.0
_EXAMPLE = '[commands.summary]\nrun = ["llm", "-s", "Summarise this in three sentences"]\nkey = "f5"'


class UserCommandList(RowList):
    """The user's commands, with the state of those that run or have ended."""

    class Chosen(Message):
        """The user chose a command with Enter or a click."""

        def __init__(self, command: UserCommand) -> None:
            super().__init__()
            self.command = command

    def __init__(self, commands: Sequence[UserCommand], executions: Mapping[str, Execution]) -> None:
        super().__init__()
        self._commands = commands
        self._executions = executions
        self._key_width = min(_MAX_KEY_WIDTH, max(cell_len(_format_key(command)) for command in commands))
        self._name_width = min(_MAX_NAME_WIDTH, max(cell_len(command.name) for command in commands))

    @property
    def row_count(self) -> int:
        """The number of commands."""
        return len(self._commands)

    @property
    def selected(self) -> UserCommand:
        """The command under the cursor."""
        return self._commands[self.cursor]

    def on_mount(self) -> None:
        """Fit the height to the commands and the window; begin at the first command with a new result."""
        self.styles.height = min(max(1, self.app.size.height - _OTHER_LINES), len(self._commands))
        self.refresh_rows()
        new = (n for n, command in enumerate(self._commands) if command.name in self._executions)
        self.move_cursor_to(next(new, 0), notify=False)
        self.set_interval(_REFRESH_SECONDS, self.refresh)

    def draw_row(self, row: int, width: int) -> list[Content]:
        """Draw key, name, state and description."""
        command = self._commands[row]
        builder = ContentBuilder()
        if self._key_width:
            builder.write(_fit(_format_key(command), self._key_width), "bold")
        builder.write(_fit(command.name, self._name_width))
        execution = self._executions.get(command.name)
        state = f"{execution.state}  " if execution else ""
        used = sum(size + _GAP for size in (self._key_width, self._name_width) if size)
        builder.write(state, "$mark").write(truncate(command.label, width - used - cell_len(state)), "$muted")
        return [builder.build()]

    def handle_choice(self) -> None:
        """Report the command under the cursor."""
        self.post_message(self.Chosen(self.selected))


class CommandPicker(ListScreen[UserCommand]):
    """Picks one of the user's commands. It closes with None if the user cancels."""

    CSS_PATH = [DIALOG_CSS, "picker.tcss"]
    KEYMAP_SECTION = "Command list"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    def __init__(
        self,
        subject: str,
        commands: Sequence[UserCommand],
        executions: Mapping[str, Execution],
        stop: Callable[[Execution], object],
    ) -> None:
        """Pick a command for `subject`.

        Args:
            subject: what the command will get, in words.
            commands: the commands; at least one.
            executions: those that run, or have a result that the user has not seen, by the name of the command.
            stop: stops a program.
        """
        super().__init__()
        self._subject = subject
        self._commands = commands
        self._executions = executions
        self._stop = stop

    def compose(self) -> ComposeResult:
        """Yield the title, the commands, and the key hints."""
        with Vertical(classes="dialog -wide"):
            yield Static(to_line_content(f"Run on {self._subject}", "bold"), classes="question")
            yield UserCommandList(self._commands, self._executions)
            yield Static(id="command-keys")

    def on_mount(self) -> None:
        """Focus the list, and show its keys."""
        super().on_mount()
        self._update_keys()
        self.set_interval(_REFRESH_SECONDS, self._update_keys)

    def action_move(self, rows: int) -> None:
        """Move the cursor by some rows."""
        super().action_move(rows)
        self._update_keys()

    def action_stop(self) -> None:
        """Stop the program under the cursor."""
        execution = self._executions.get(self.query_one(UserCommandList).selected.name)
        if execution and not execution.result:
            self._stop(execution)

    def on_user_command_list_chosen(self, message: UserCommandList.Chosen) -> None:
        """Close with the command."""
        self.dismiss(message.command)

    def _update_keys(self) -> None:
        execution = self._executions.get(self.query_one(UserCommandList).selected.name)
        is_running = execution is not None and execution.result is None
        keys = (
            ("own.choose", "enter", "show output" if execution else "run"),
            *((("own.stop", "s", "stop"),) if is_running else ()),
            ("own.down", "j k", "move"),
            ("own.cancel", "esc", "cancel"),
        )
        self.query_one("#command-keys", Static).update(to_content(format_key_hints(self.app, *keys), "$muted"))


class NoCommandsDialog(Dialog[None]):
    """Says how to define a command."""

    KEYMAP_SECTION = "No commands"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    def __init__(self, config_path: str) -> None:
        """Name the file of the settings."""
        super().__init__()
        self._config_path = config_path

    def compose(self) -> ComposeResult:
        """Yield what commands are for, an example, and the key hints."""
        hints = format_key_hints(
            self.app, ("nocommands.topic", "enter", "recipes"), ("nocommands.cancel", "esc", "close")
        )
        where = f"Add one to {self._config_path}:"
        with Vertical(classes="dialog -wide"):
            yield Static(to_line_content("No commands yet", "bold"), classes="question")
            yield Static(
                to_content("A command hands this story to a program of yours: to summarise it, read it aloud, mail it.")
            )
            yield Static(to_content(where), classes="keys")
            yield Static(to_content(_EXAMPLE, "$accent"), classes="keys")
            yield Static(to_content(hints, "$muted"), classes="keys")

    def action_topic(self) -> None:
        """Show the help topic with recipes in place of this dialog."""
        self.dismiss()
        self.app.push_screen(ManualPage(TOPIC))

    def action_cancel(self) -> None:
        """Close."""
        self.dismiss()


def _format_key(command: UserCommand) -> str:
    return format_keys((command.key,)) if command.key else ""


def _fit(text: str, width: int) -> str:
    """Return a text in a column, with the gap to the next one."""
    cut = truncate(text, width)
    return cut + " " * (width - cell_len(cut) + _GAP)
