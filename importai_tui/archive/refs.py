"""Lists references to issues and stories, for tab completion: fast, and without opening the archive."""

from __future__ import annotations

from pathlib import Path

from importai_tui.model import format_issue_ref, shorten_title
from importai_tui.sqlite import read_rows

_LATEST = "latest"


def find_refs(archive: Path, prefix: str) -> list[tuple[str, str]]:
    """Return the references that begin with this prefix, each with its title, newest first.

    The stories of an issue are listed too if the prefix names it, or if no other issue begins with it.

    Raises:
        sqlite3.Error: the archive cannot be read.
    """
    sql = "SELECT number, slug, title, id FROM issue ORDER BY number DESC, date DESC"
    issues = {format_issue_ref(number, slug): (title, id) for number, slug, title, id in read_rows(archive, sql)}
    if issues:
        issues = {_LATEST: next(iter(issues.values())), **issues}
    found = [(ref, shorten_title(title)) for ref, (title, _) in issues.items() if ref.startswith(prefix)]
    issue = prefix.partition("/")[0]
    if issue not in issues and len(found) == 1 and found[0][0] != _LATEST:
        issue = found[0][0]
    if issue in issues:
        sql = "SELECT position, headline FROM story WHERE issue_id = ? ORDER BY position"
        stories = read_rows(archive, sql, (issues[issue][1],))
        found += [(ref, headline) for n, headline in stories if (ref := f"{issue}/{n}").startswith(prefix)]
    return found
