"""Edits of issues in a feed and their reverts, with the marks of the user."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import RunProgram
from tests.http.server import Reply
from tests.sync.user import FEED, SyncUser, create_user, get_issues, reply_at

CASES = Path(__file__).parent.parent / "hostile" / "cases" / "feeds"


@pytest.fixture
def user(tmp_path: Path) -> Iterator[SyncUser]:
    with create_user(tmp_path, get_issues(1, stories=1)) as user:
        yield user


def sync_case(user: SyncUser, name: str) -> tuple[int, int]:
    """Sync with the feed of this case; return the numbers of new and updated issues."""
    body = (CASES / f"{name}.xml").read_bytes()
    reply = Reply(body=body, headers={"Content-Type": "application/rss+xml"})
    user.newsletter.override = reply_at(FEED, lambda: reply)
    report = user.sync(user.source_at(FEED))
    return len(report.sources[0].new), len(report.sources[0].updated)


@pytest.mark.parametrize("names", [("revert_A", "revert_B"), ("dyn1", "dyn2"), ("dyn1", "dyn4")])
def test_reverted_edit_is_stored(user: SyncUser, names: tuple[str, str]) -> None:
    before, edited = names
    sync_case(user, before)
    first = user.load_stored().issues
    assert sync_case(user, edited) == (0, 1)
    assert user.load_stored().issues != first
    assert sync_case(user, before) == (0, 1)
    assert user.load_stored().issues == first
    assert sync_case(user, before) == (0, 0)


def test_title_and_date_are_reverted_with_new_body(user: SyncUser) -> None:
    for name in ("dyn1", "dyn2", "dyn3"):
        sync_case(user, name)
    issue = user.load_stored().issues["720"]
    assert (issue.title, issue.date) == ("Import AI 720: A title", "2026-01-05")
    assert issue.stories[0].headline == "Machines of number 720 learn to count rivers"


def test_star_follows_edit_and_revert(user: SyncUser) -> None:
    sync_case(user, "dyn1")
    with user.open_library() as library:
        library.mark([library.get_story_rows("720")[1].key], starred=True)
    for name in ("dyn4", "dyn1", "dyn2", "dyn1"):
        sync_case(user, name)
    with user.open_library() as library:
        assert [story.is_starred for story in library.get_story_rows("720")] == [False, True]


@pytest.mark.parametrize("names", [("revert_A", "revert_B"), ("dyn1", "dyn4")])
def test_import_restores_earlier_text(run: RunProgram, names: tuple[str, str]) -> None:
    shown = []
    for name in (*names, names[0]):
        assert run("import", CASES / f"{name}.xml").status == 0
        issue = "722" if name.startswith("revert") else "720"
        shown.append(run("show", issue, "--json").out + run("list", "--json").out)
    assert shown[0] != shown[1]
    assert shown[0] == shown[2]
