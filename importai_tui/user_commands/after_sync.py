"""Runs the program of the setting `sync.after`, once after a sync with new issues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from importai_tui.browser import start_detached
from importai_tui.errors import UserCommandError
from importai_tui.links.urls import browser_url
from importai_tui.model import shorten_title
from importai_tui.program_errors import describe_exit, describe_start_error
from importai_tui.user_commands.placeholders import expand_home, fill_in

if TYPE_CHECKING:
    from importai_tui.library.rows import IssueRow

_SETTING = "sync.after"
_WAIT_SECONDS = 0.5
"""A program that fails mostly fails at once; a longer one runs on by itself."""


def run_after_sync(command: Sequence[str], new_issues: Sequence[IssueRow], environ: Mapping[str, str]) -> str:
    """Start the program without the terminal, and return what went wrong: a sentence, or an empty text.

    It runs on by itself if it takes longer than a moment.

    Args:
        command: the program and its arguments; empty for none.
        new_issues: the new issues, the newest first.
        environ: PATH finds the program.
    """
    if not (command and new_issues):
        return ""
    newest = new_issues[0]
    values = {
        "title": shorten_title(newest.title),
        "ref": newest.ref,
        "count": str(len(new_issues)),
        "url": browser_url(newest.url) or "",
    }
    try:
        if not values["url"] and any("{url}" in word for word in command):
            raise UserCommandError(f"Not run: {_SETTING} uses {{url}}, and issue {newest.ref} has no URL")
        problem = _start(fill_in(expand_home(command), values, _SETTING, environ))
    except UserCommandError as error:
        return f"{error}."
    return f"{_SETTING}: {problem}." if problem else ""


def _start(argv: Sequence[str]) -> str:
    """Start a program, and return why it failed, if it fails at once."""
    try:
        return describe_exit(argv[0], start_detached(argv, _WAIT_SECONDS) or 0)
    except (OSError, ValueError) as error:
        return describe_start_error(argv[0], error)
