"""Handles keys in the order in which they are typed, also while a screen that one of them opens is not ready."""

from __future__ import annotations

import asyncio
import time
from collections import deque

from textual.events import Event, Key, Paste
from textual.timer import Timer
from textual.widget import Widget

from importai_tui.tui.fatal_errors import ResilientApp

_RETRY_SECONDS = 0.01
"""Seconds until held keys are tried again: a screen needs about five times as long to open."""
_MAX_EFFECT_SECONDS = 1.0
"""Seconds that later keys wait at most for the effect of a key like enter in a text field; a busy machine takes 0.4."""


class TypedAheadApp(ResilientApp):
    """Holds keys and pastes until the screen that they are meant for has its focus.

    Textual hands a key to the widget that has the focus at once, and runs its command later: letters that follow a
    command quickly would run as commands, although the command opens a line to type them into. And a letter after enter
    would get into the text before it is taken.
    """

    def __init__(self) -> None:
        super().__init__()
        self._held_input: deque[Key | Paste] = deque()
        self._retrying: Timer | None = None
        self._in_effect_until = 0.0
        """When later keys need not wait any more for the effect of the last key."""

    async def on_event(self, event: Event) -> None:
        """Handle a key or a paste now, or hold it while others are held or the one before has no effect yet."""
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
        elif self._held_input or self._must_wait:
            self._held_input.append(event)
            self._retrying = self._retrying or self.set_interval(_RETRY_SECONDS, self._handle_held_input)
        else:
            await self._handle_input(event)

    @property
    def _must_wait(self) -> bool:
        """True if the last key has no effect yet, or opens a screen: its first widget will have the focus."""
        is_opening = bool(self.screen_stack) and not self.screen.is_mounted
        return is_opening or time.monotonic() < self._in_effect_until

    async def _handle_held_input(self) -> None:
        while self._held_input and not self._must_wait:
            await self._handle_input(self._held_input.popleft())
        if not self._held_input and self._retrying:
            self._retrying.stop()
            self._retrying = None

    async def _handle_input(self, event: Key | Paste) -> None:
        if not (isinstance(event, Key) and await self._run_command(event)):
            await super().on_event(event)
            if isinstance(event, Key) and not event.is_printable and self.focused:
                self._wait_for_effect(self.focused)
        # A command starts a worker that opens its dialog; the worker runs up to there before the next key.
        await asyncio.sleep(0)

    def _wait_for_effect(self, focused: Widget) -> None:
        """Let later keys wait until all widgets above have handled the key, and then the message that it causes."""
        nodes = iter([*focused.ancestors_with_self] * 2)

        def visit_next() -> None:
            node = next(nodes, None)
            if not (node and node.call_later(visit_next)):
                self._in_effect_until = 0.0

        self._in_effect_until = time.monotonic() + _MAX_EFFECT_SECONDS
        visit_next()

    async def _run_command(self, key: Key) -> bool:
        """Run the command of a key at once, if no text is typed; return False if there is none."""
        if self.focused and self.focused.check_consume_key("1", "1"):  # every text field takes digits
            return False
        if not self.app_focus:
            self.app_focus = True
        return await self._check_bindings(key.key, priority=True) or await self._check_bindings(key.key)
