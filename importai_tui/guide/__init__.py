"""The built-in guide: three issues of our own, in the newsletter's layout, that explain the app.

They are in a temporary archive, so their numbers 1 to 3 do not collide with issues of the newsletter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from importai_tui.library.library import Library
from importai_tui.paths import Places

if TYPE_CHECKING:
    from importai_tui.state.reading_state import ReadingState

_ISSUES = (
    (1, "2026-11-02", "Import AI 1: What a back catalogue is for; a stranger at the terminal; when a story is read"),
    (2, "2026-11-09", "Import AI 2: Panes that fold; all the parts of a story; and a command for pipes"),
    (3, "2026-11-16", "Import AI 3: Start here; a key for what comes next; links by number; and ten years of Mondays"),
)
"""Number, date and title, which the pages do not contain; a user would give them as options of `import`."""


@dataclass(frozen=True, slots=True)
class GuideIssue:
    """One page of the guide, ready for the parser. `date` is YYYY-MM-DD."""

    number: int
    title: str
    date: str
    data: bytes
    name: str


def load_guide_issues() -> tuple[GuideIssue, ...]:
    """Read the guide's pages from the package, oldest first."""
    pages = files(__name__)
    return tuple(
        GuideIssue(number, title, date, pages.joinpath(f"{number}.html").read_bytes(), f"{number}.html")
        for number, date, title in _ISSUES
    )


def open_guide(places: Places) -> Library:
    """Open the guide with the user's settings. Its marks last, but are not among the user's own.

    The archive at `places` is not used. Closing the library removes the archive of the guide.

    Raises:
        DatabaseError: the user's reading state cannot be opened.
    """
    # Imported here, because the demo does not need it.
    from importai_tui.guide.marks import open_marks

    home = _make_temporary_home()
    own = Places.under(Path(home.name))
    return _open_filled(own, home, lambda: open_marks(places, own.reading))


def open_demo() -> Library:
    """Open the guide in a temporary home with its own reading state; closing the library removes it."""
    home = _make_temporary_home()
    return _open_filled(Places.under(Path(home.name)), home)


def _make_temporary_home() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="importai-tui-", ignore_cleanup_errors=True)


def _open_filled(
    places: Places, home: TemporaryDirectory[str], open_state: Callable[[], ReadingState] | None = None
) -> Library:
    """Open a library and store the guide in it; closing it removes the temporary home."""
    # Imported here, because the app needs no parser to start if the user has issues.
    from importai_tui.parse.pipeline import parse_issue

    try:
        library = Library.open(places, copy_daily=False, open_state=open_state, on_close=home.cleanup)
        for page in load_guide_issues():
            issue = parse_issue(page.data, number=page.number, title=page.title, date=page.date)
            library.store(issue, page.data, page.name)
    except BaseException:
        home.cleanup()
        raise
    return library
