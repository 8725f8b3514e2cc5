"""The output of a command of the user as a page, which scrolls like a story. It also shows what a running program has
printed so far.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.getters import query_one
from textual.timer import Timer
from textual.widgets import Static

from importai_tui.tui.bindings import make_screen_bindings
from importai_tui.tui.dialogs.dialog import DIALOG_CSS, Dialog
from importai_tui.tui.dialogs.input_bars import FindBar
from importai_tui.tui.job_status import JobStatus
from importai_tui.tui.output_page.execution import Execution
from importai_tui.tui.reading.matches import Match, MatchHighlighter
from importai_tui.tui.reading.text_selection import TextSelectionScreen
from importai_tui.tui.text import ContentBuilder, to_content
from importai_tui.tui.widgets.annotations import SearchableText
from importai_tui.tui.widgets.footer import Footer, FooterContent, Hint, make_screen_hints
from importai_tui.tui.widgets.story_render import RenderedBlock
from importai_tui.tui.widgets.story_view import StoryView
from importai_tui.wording import plural

MAX_LINES, MAX_CHARACTERS = 5_000, 300_000
"""The part of the output that is shown: wrapping it takes 0.1 s. All of it can be copied."""
_LINES_PER_BLOCK = 50
_POLL_SECONDS = 0.5
"""Seconds between two looks at what the program has printed."""
_LOW_HEIGHT = 20
"""Lines of a window below which the head has no padding."""


class PageHost(NamedTuple):
    """The parts of the program that the page uses.

    Attributes:
        run_again: starts the command of an execution again, and returns the new one; None, after a message, if it does
            not start.
        copy: copies a text, and shows a notice; see `Services.copy`.
        notify: shows a message to the user.
        text_width: the width of the text in cells.
    """

    run_again: Callable[[Execution], Execution | None]
    copy: Callable[..., None]
    notify: Callable[..., None]
    text_width: int


def render_output(execution: Execution) -> tuple[RenderedBlock, ...]:
    """Return the output line by line, what is missing of it, and the problem of a program that has failed."""
    output, result = execution.output, execution.result
    lines = output[:MAX_CHARACTERS].split("\n") if output else []
    shown = lines[:MAX_LINES]
    chunks = ("\n".join(shown[at : at + _LINES_PER_BLOCK]) for at in range(0, len(shown), _LINES_PER_BLOCK))
    blocks = [RenderedBlock("paragraph", to_content(chunk), is_tight=True) for chunk in chunks]
    notes = _list_notes(execution, hidden=output.count("\n") + 1 - len(shown) if output else 0)
    blocks += [RenderedBlock("paragraph", to_content(note, "$muted")) for note in notes]
    if result and result.problem:
        blocks.append(RenderedBlock("paragraph", to_content(f"{result.problem}.", "$mark")))
        if result.last_lines.strip():
            blocks.append(RenderedBlock("code", to_content(result.last_lines)))
    return tuple(blocks)


def _list_notes(execution: Execution, *, hidden: int) -> list[str]:
    result = execution.result
    is_cut = hidden > 0 or len(execution.output) > MAX_CHARACTERS
    notes = [f"… {plural(hidden, 'more line')}" if hidden > 0 else "… the line goes on"] if is_cut else []
    if result and result.is_truncated:
        notes.append(f"{execution.name} printed more; only the first megabyte is kept.")
    if result and not execution.output and not result.problem:
        notes.append("Stopped before it printed anything." if result.is_stopped else "It printed nothing.")
    return notes


class OutputPage(TextSelectionScreen[None], Dialog[None]):
    """Shows the output of an execution. Closing the page does not stop the program."""

    CSS_PATH = [DIALOG_CSS, "output_page.tcss"]
    KEYMAP_SECTION = "Output page"
    BINDINGS = make_screen_bindings(KEYMAP_SECTION)

    story_view = query_one(StoryView)
    head = query_one("#output-name", Static)

    def __init__(self, host: PageHost, execution: Execution) -> None:
        super().__init__()
        self._host = host
        self.execution = execution
        """The run whose output is shown."""
        self._shown_output = ""
        self._timer: Timer | None = None
        self._last_words = ""

    def compose(self) -> ComposeResult:
        """Yield the head, the text and the footer."""
        with Horizontal(id="output-head"):
            yield Static("", id="output-name", markup=False)
        yield StoryView(id="output")
        yield Footer()

    def on_mount(self) -> None:
        """Show the output so far, and follow it."""
        # The head begins where the text does, which is one cell narrower on each side.
        self.head.styles.max_width = self._host.text_width + 2
        self.story_view.set_text_width(self._host.text_width)
        self.story_view.focus()
        self._matches = MatchHighlighter(self.story_view, refresh_footer=self._update_footer, engage=lambda: None)
        self._timer = self.set_interval(_POLL_SECONDS, self._poll)
        self._show_execution(self.execution)

    def on_resize(self) -> None:
        """Drop the padding of the head in a low window."""
        self.set_class(self.app.size.height < _LOW_HEIGHT, "-low")
        self._update_head()
        self._update_footer()

    def show_result(self) -> None:
        """Show that the program has ended, and all of its output."""
        if self.is_mounted:
            self._redraw()

    # Actions

    def action_move(self, lines: int) -> None:
        """Scroll by some lines."""
        self.story_view.move(lines)

    def action_page(self, share: float) -> None:
        """Scroll by a share of a page."""
        self.story_view.page(share)

    def action_edge(self, last: bool) -> None:
        """Scroll to the first or the last line."""
        self.story_view.go_to_end(last=last)

    def action_copy(self) -> None:
        """Copy the whole output; without any, the messages of a program that failed."""
        if text := self.execution.text_to_copy:
            self._host.copy(text, "the output" if self.execution.output else "the error")
        else:
            self._host.notify("Nothing to copy: no output", seconds=2)

    def action_copy_or_leave(self) -> None:
        """Copy the selected text; close if nothing is selected."""
        try:
            self.action_copy_text()
        except SkipAction:
            self.action_leave()

    def action_stop(self) -> None:
        """Stop the program."""
        if self.execution.result:
            self._host.notify("It has already ended", seconds=2)
        else:
            self.execution.run.stop()

    def action_run_again(self) -> None:
        """Start the command again on the same story."""
        if not self.execution.result:
            self._host.notify("It is still running", seconds=2)
        elif execution := self._host.run_again(self.execution):
            self._show_execution(execution)

    def action_find(self) -> None:
        """Find words in the output, while they are typed."""
        texts = [SearchableText(block.body) for block in self.story_view.blocks]
        position = self.story_view.scroll_position

        def find(typed: str) -> str:
            matches = [Match(block, *span) for block, text in enumerate(texts) for span in text.find_all(typed)]
            self._matches.show_matches(matches, typed)
            return self._matches.match_label if matches else "no matches" if typed.strip() else ""

        def step(by: int) -> str:
            self.action_next_match(by)
            return self._matches.match_label

        def close(typed: str | None) -> None:
            if typed is None:
                self._matches.clear_matches()
                self.story_view.restore_position(position)
            elif not typed.strip():
                find(self._last_words)
            else:
                self._last_words = typed

        self.app.push_screen(FindBar(find, step, self._last_words, placeholder="Find in the output"), close)

    def action_next_match(self, step: int) -> None:
        """Go to the next or the previous match."""
        self._matches.next_match() if step > 0 else self._matches.previous_match()

    def action_leave(self) -> None:
        """Close the page."""
        self.dismiss()

    # The output

    def _show_execution(self, execution: Execution) -> None:
        self.execution = execution
        self._matches.reset()
        self._shown_output = execution.output
        self.story_view.show_blocks(self._matches.highlight(render_output(execution)))
        self._update()

    def _poll(self) -> None:
        """Show what the program has printed since the last look, unless enough is shown already."""
        if self.execution.result:
            return
        self._update_head()
        is_full = self._shown_output.count("\n") >= MAX_LINES or len(self._shown_output) >= MAX_CHARACTERS
        if not is_full and self.execution.output != self._shown_output:
            self._redraw()

    def _redraw(self) -> None:
        self._shown_output = self.execution.output
        self.story_view.redraw(self._matches.highlight(render_output(self.execution)))
        self._update()

    def _update(self) -> None:
        self.execution.is_seen = self.execution.result is not None
        self._update_head()
        self._update_footer()

    def _update_head(self) -> None:
        execution = self.execution
        state = f"{execution.state} after {execution.time}" if execution.is_slow else execution.state
        head = ContentBuilder().write(execution.name, "bold $mark").write(f"   {execution.ref} · {state}", "$muted")
        self.head.update(head.build(), layout=False)

    def _update_footer(self) -> None:
        hints = make_screen_hints(self.app, self.KEYMAP_SECTION, self._list_hints())
        match = self._matches.match_position
        note = JobStatus(text="match {} of {}".format(*match)) if match else JobStatus()
        self.query_one(Footer).footer_content = FooterContent(hints, job=note)

    def _list_hints(self) -> Sequence[Hint]:
        is_running = self.execution.result is None
        return (
            *((Hint("s", "stop", "stop"),) if is_running else ()),
            *((Hint("n", "next match", "next_match(1)"),) if self._matches.matches else ()),
            Hint("space", "page", "page(1)"),
            Hint("y", "copy all", "copy"),
            *(() if is_running else (Hint("r", "run again", "run_again"),)),
            Hint("esc", "hide" if is_running else "close", "leave"),
            Hint("?", "help", "help"),
        )
