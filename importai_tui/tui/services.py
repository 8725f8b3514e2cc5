"""Protocols for the parts of the app that its screens use, so that no screen imports the app."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from importai_tui.config.schema import Config
    from importai_tui.keymap.commands import Command
    from importai_tui.output.books import StoryList
    from importai_tui.tui.card_service import CardService
    from importai_tui.tui.job_status import JobStatus
    from importai_tui.works.card import CardTarget

Clock = Callable[[], float]
"""Seconds of a monotonic clock."""


class Notifier(Protocol):
    """Shows notifications."""

    def notify_info(self, text: str, *, seconds: float = 4) -> None:
        """Show a line of literal text for some seconds."""

    def notify_error(self, message: str) -> None:
        """Show an error message, which stays longer."""


class Copy(Protocol):
    """Copies a text to the clipboard."""

    def __call__(self, text: str, kind: str = "", title: str = "", *, reason: str = "") -> None:
        """See `Services.copy`."""


@runtime_checkable
class CopiesText(Protocol):
    """An app that copies texts and says so."""

    copy: Copy
    """Copies a text, and shows a notice."""


def get_copy(app: object) -> Copy:
    """Return the method of the app that copies a text and says so, for screens that know no services."""
    assert isinstance(app, CopiesText)
    return app.copy


@runtime_checkable
class ShowsJobs(Protocol):
    """A screen that shows the background job in its footer."""

    def show_job(self, job: JobStatus) -> None:
        """Show the state of the job."""


@runtime_checkable
class ShowsCards(Protocol):
    """A screen that shows facts of cards."""

    def show_new_cards(self) -> None:
        """Show the cards that are stored now."""


class Jobs(Protocol):
    """The background jobs of the app: syncs, the re-parse of stored pages, and fetches of cards."""

    def sync(self) -> None:
        """Fetch new issues; stop the sync that is running."""

    def sync_numbers(self, numbers: Set[int]) -> None:
        """Fetch new issues and the issues with these numbers."""

    def sync_all(self) -> None:
        """Fetch the back catalogue."""

    def import_files(self, paths: Sequence[str]) -> None:
        """Import files and folders."""

    def fetch_cards(self, targets: Sequence[CardTarget]) -> None:
        """Fetch the cards of these works; stop the fetch that is running."""

    async def export(self, words: Sequence[str]) -> str:
        """Run the command `export` with these arguments, and return a message. Raises ReaderError."""

    async def export_book(self, source: str | StoryList, out: str) -> str:
        """Write an issue or a story (a REF), or a list, as an e-book; return a message. Raises ReaderError."""


class Services(Notifier, Protocol):
    """The app, as its screens use it."""

    @property
    def jobs(self) -> Jobs:
        """The background jobs."""

    @property
    def cards(self) -> CardService:
        """The cards of cited works."""

    @property
    def config(self) -> Config:
        """The settings in force."""

    @property
    def config_path(self) -> str:
        """The path of the file of the settings."""

    @property
    def commands(self) -> Sequence[Command]:
        """The command table with the user's keys."""

    @property
    def is_typing(self) -> bool:
        """True within 0.4 s of the last key press, while background work should wait."""

    def copy(self, text: str, kind: str = "", title: str = "", *, reason: str = "") -> None:
        """Copy a text to the clipboard, and show a notice that claims only what is known.

        The notice is "Copied KIND: TITLE", "Copied KIND to tmux: TITLE" or "Sent KIND to the terminal's clipboard:
        TITLE". Calling it again before it is done copies only the last text.

        Args:
            text: the text; it is cleaned.
            kind: what it is, like "BibTeX" or "the selection"; empty if the title says it.
            title: the title or URL that the user knows it by.
            reason: a sentence before the notice, without a full stop.
        """

    @property
    def last_notice(self) -> str:
        """The text of the last notice or error message; empty if there was none."""

    def today(self) -> datetime:
        """Return the present time, aware UTC."""

    def recover_from(self, error: Exception) -> bool:
        """Log and report an error in the program; return True if the app goes on."""

    def withdraw_notice(self, text: str) -> None:
        """Remove a notice that is not true any more."""

    def toggle_theme(self) -> None:
        """Change between a dark and a light theme."""

    def set_theme(self, name: str) -> None:
        """Use a theme, and save the choice."""

    def choose_theme(self) -> None:
        """Let the user choose a theme from a list."""

    def show_guide(self) -> None:
        """Open the built-in guide over this screen."""

    def close_guide(self) -> bool:
        """Show the user's archive in place of the guide, for good; return False if there is none."""

    def quit(self) -> None:
        """End the program."""

    def action_suspend(self) -> None:
        """Stop the process, as a shell with job control expects."""

    def action_redraw(self) -> None:
        """Draw the whole screen again."""

    def report_unsaved(self, texts: Sequence[str], changes: int) -> None:
        """Print texts and the number of changes that could not be saved, after the app has ended."""
