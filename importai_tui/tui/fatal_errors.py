"""An app that survives its own errors: each is logged and reported once, and the user can go on reading."""

from __future__ import annotations

from traceback import walk_tb
from typing import Any

from textual._context import active_message_pump
from textual.app import App
from textual.events import Compose, Load, Mount
from textual.geometry import Region
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import WorkerFailed

from importai_tui.error_log import ErrorLog, describe_error
from importai_tui.errors import ReaderError

_MAX_ERRORS = 20
"""Errors without a key press between them from which they count as endless, as from a timer or a repaint."""


class ResilientApp(App[Any]):
    """Reports an unexpected exception and continues. If it cannot, it ends and keeps the exception for the caller.

    Textual would print a traceback with the values of all variables, notes among them, and exit with status 0 or 1.
    """

    fatal_error: Exception | None = None
    """The exception that ended the app; None if the user ended it."""
    error_log: ErrorLog | None = None
    """Takes the details of errors. Without a log the first error ends the app, as tests want."""
    is_ready = False
    """True once the first screen has been drawn; an earlier error ends the app."""

    def __init__(self) -> None:
        super().__init__()
        self._reported: set[tuple[object, ...]] = set()
        self._errors_in_a_row = 0
        self._unopened: Screen[Any] | None = None
        """The screen that failed while it was opened; its further errors are only logged."""

    def notify_info(self, text: str, *, seconds: float = 4) -> None:
        """Show a notice; for the subclass that has notices."""

    def notify_error(self, message: str) -> None:
        """Show an error message; for the subclass that has notices."""

    def withdraw_notice(self, text: str) -> None:
        """Remove a notice that is not true any more; for the subclass that has notices."""

    def reset_error_count(self) -> None:
        """Note a key press: the app still serves the user, however many errors there were."""
        self._errors_in_a_row = 0

    def recover_from(self, error: Exception) -> bool:
        """Log and report an exception, and return True; return False if the app must end."""
        if self.error_log is None or not self.is_ready or self.fatal_error:
            return False
        cause = _root_cause(error)
        if self._exit:
            return self._is_harmless_at_exit(cause)
        is_known = self._fails_again_in_unopened_screen()
        if isinstance(cause, ReaderError | OSError):  # not an error in the program, and it may be temporary
            self._try_notify_error(str(cause) if isinstance(cause, ReaderError) else describe_error(cause, None))
            return True
        self._errors_in_a_row += 1
        if self._errors_in_a_row > _MAX_ERRORS and not self._return_to_home():
            return False
        self._report(cause, announce=not is_known)
        return True

    def exit_with_error(self, error: Exception) -> None:
        """End the app with this exception."""
        self.fatal_error = self.fatal_error or _root_cause(error)
        if self.error_log and self.error_log.write(self.fatal_error):
            self.fatal_error.add_note(f"Details are in {self.error_log.path}; please report it.")
        super()._handle_exception(self.fatal_error)

    def panic(self, *_: object) -> None:
        """End the app without Textual's output, which can contain notes."""
        self.fatal_error = self.fatal_error or RuntimeError("The terminal interface failed.")
        self._return_code = 1
        self._close_messages_no_wait()

    def _handle_exception(self, error: Exception) -> None:
        if not self.recover_from(error):
            self.exit_with_error(error)

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()

    def _report(self, error: Exception, *, announce: bool) -> None:
        """Log an exception and show a notice, once for each place in the program."""
        location = _error_location(error)
        if location in self._reported:
            return
        self._reported.add(location)
        assert self.error_log
        details = f" Details are in {self.error_log.path}; please report it." if self.error_log.write(error) else ""
        if announce:
            self._try_notify_error(f"Internal error ({type(error).__name__}); you can keep reading.{details}")

    def _try_notify_error(self, message: str) -> None:
        try:
            self.notify_error(message)
        except Exception as error:  # the notice itself may be what fails
            assert self.error_log
            self.error_log.write(error)

    def _is_harmless_at_exit(self, cause: Exception) -> bool:
        """Log an error of a widget that was being opened when the app ended, and return True.

        Such a widget finds no children any more, and has nothing of the user's. Any other error may be one of saving.
        """
        if is_opening := _is_opening(active_message_pump.get(None)):
            self._report(cause, announce=False)
        return is_opening

    def _fails_again_in_unopened_screen(self) -> bool:
        """Close a screen that fails in compose or mount, so that the user is not stuck in it.

        Return True if an error of that screen was reported before.
        """
        pump = active_message_pump.get(None)
        nodes = pump.ancestors_with_self if isinstance(pump, Widget) else ()
        screen = next((node for node in nodes if isinstance(node, Screen)), None)
        if screen is None or screen is self._unopened:
            return screen is not None
        if _is_opening(pump) and screen in self.screen_stack and not self.is_home(screen):
            self._unopened = screen
            self.call_later(self._close_from, screen)
        return False

    def is_home(self, screen: Screen[Any]) -> bool:
        """Return True if this is a screen to go back to; for the subclass that knows its screens."""
        return screen is self.screen_stack[0]

    def _return_to_home(self) -> bool:
        """Close all screens over the home screen; return False if there are none."""
        over = next((screen for screen in self.screen_stack[1:] if not self.is_home(screen)), None)
        if over is None:
            return False
        self._errors_in_a_row = 0
        self.call_later(self._close_from, over)
        return True

    async def _close_from(self, screen: Screen[Any]) -> None:
        while screen in self.screen_stack[1:]:
            await self.pop_screen()


def _is_opening(pump: MessagePump | None) -> bool:
    return isinstance(pump, Widget) and not pump._is_mounted


def _root_cause(error: Exception) -> Exception:
    inner = error.error if isinstance(error, WorkerFailed) else None
    return inner if isinstance(inner, Exception) else error


def _error_location(error: Exception) -> tuple[object, ...]:
    """Return the kind of an exception, and the last line of this program in its traceback."""
    lines = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    ours = [line for line in lines if "importai_tui" in line[0]]
    return type(error), *(ours or lines)[-1:]


_dispatch_message = MessagePump._dispatch_message
_render_lines = Widget.render_lines


async def _dispatch_with_recovery(pump: MessagePump, message: Message) -> None:
    """Dispatch a message; an exception in its handler leaves the widget alive.

    Textual ends the message loop of the widget, screen or app whose handler raises, and has no hook before that. Errors
    while a widget is opened are left to Textual: such a widget has no message loop.
    """
    try:
        await _dispatch_message(pump, message)
    except Exception as error:
        app = pump.app
        opens = isinstance(message, Compose | Mount | Load)
        if opens or not isinstance(app, ResilientApp) or not app.recover_from(error):
            raise


def _render_with_recovery(widget: Widget, crop: Region) -> list[Strip]:
    """Draw a widget; if that fails, leave it blank, so that all others and the notice are drawn."""
    try:
        return _render_lines(widget, crop)
    except Exception as error:
        app = widget.app
        if not isinstance(app, ResilientApp) or not app.recover_from(error):
            raise
        return [Strip.blank(crop.width)] * crop.height


MessagePump._dispatch_message = _dispatch_with_recovery  # type: ignore[method-assign, assignment]
Widget.render_lines = _render_with_recovery  # type: ignore[method-assign, assignment]
