"""The fake newsletter in a real WordPress, and a user who syncs with it by the command line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.conftest import ProgramResult, RunProgram
from tests.sync.newsletter import FakeIssue, make_issues
from tests.sync.wordpress.site import Post, WordPress

NEWEST, OLDEST = 480, 421
TWO_PAGE_NUMBER = 478
"""Issue with a Tech Tale after `<!--nextpage-->`, where WordPress cuts a post in its feed."""
PROTECTED_NUMBER = 476
"""Issue whose post asks for a password."""
SITE_NUMBERS = [number for number in range(NEWEST, OLDEST - 1, -1) if number != PROTECTED_NUMBER]
"""All public issues, newest first: two pages of 50 posts, or seven of the feed."""
FEED_NUMBERS = SITE_NUMBERS[:9]
"""The issues on the first page of the feed; the tenth post is the protected one."""


class Blog:
    """Posts of a site, addressed by the number of their issue."""

    def __init__(self, site: WordPress) -> None:
        self.site = site
        self._first_ids: dict[int, int] = {}
        self._ids: dict[int, int] = {}

    def fill(self) -> None:
        """Publish all issues, one a week until ten days ago, and save the site."""
        issues = make_issues(NEWEST - OLDEST + 1, stories=2, newest=NEWEST)
        self._publish(issues)
        self._first_ids = dict(self._ids)
        self.site.save()

    def restore(self) -> None:
        """Restore the site to its state after `fill`."""
        self.site.restore()
        self.site.forget_requests()
        self._ids = dict(self._first_ids)

    def publish(self, number: int, *, published: datetime | None = None, title: str = "") -> None:
        """Publish another issue; without a time, now."""
        (issue,) = make_issues(1, stories=2, newest=number)
        self._publish([replace(issue, title=title or issue.title)], published or datetime.now(UTC))

    def edit(self, number: int, old: str, new: str) -> None:
        """Replace a text in an issue."""
        self.site.edit(self._ids[number], old, new)

    def delete(self, number: int) -> None:
        """Move an issue to the trash."""
        self.site.delete(self._ids[number])

    def protect(self, number: int) -> None:
        """Let the post of an issue ask for a password."""
        self.site.protect(self._ids[number])

    def touch(self, numbers: Iterable[int]) -> None:
        """Save issues without a change."""
        self.site.touch([self._ids[number] for number in numbers])

    def _publish(self, issues: list[FakeIssue], published: datetime | None = None) -> None:
        ids = self.site.add(_build_post(issue, published or _get_published(issue)) for issue in issues)
        self._ids.update(zip((issue.number or 0 for issue in issues), ids, strict=True))


@dataclass(frozen=True, slots=True)
class SyncResult:
    """Output of a sync: the source of `--json`, and standard error."""

    completed: ProgramResult
    source: dict[str, Any]

    @property
    def new(self) -> list[int]:
        """The numbers of the new issues."""
        return _get_numbers(self.source["new"])

    @property
    def updated(self) -> list[int]:
        """The numbers of the updated issues."""
        return _get_numbers(self.source["updated"])

    @property
    def changed(self) -> tuple[list[int], list[int], str | None]:
        """The new issues, the updated ones, and the error."""
        return self.new, self.updated, self.source["error"]

    @property
    def messages(self) -> str:
        """Standard error."""
        return self.completed.err


class User:
    """Runs the program with a separate home."""

    def __init__(self, run: RunProgram, site: WordPress) -> None:
        self._run = run
        self._site = site

    def sync(self, path: str = "", *, full: bool = False) -> SyncResult:
        """Sync with an address of the site; clears the log of requests first."""
        self._site.forget_requests()
        result = self._run("sync", *(["--full"] if full else []), "--source", self._site.url + path, "--json")
        (source,) = json.loads(result.out)["sources"]
        return SyncResult(result, source)

    def mark(self, ref: str) -> None:
        """Mark a story as read and star it."""
        assert self._run("mark", "--read", "--star", ref).status == 0

    def issues(self) -> list[int]:
        """Return the numbers of the stored issues, newest first."""
        result = self._run("list", "--json")
        return _get_numbers(json.loads(result.out)["issues"]) if result.status == 0 else []

    def issue(self, number: int) -> dict[str, Any]:
        """Return an issue with its stories."""
        issue: dict[str, Any] = json.loads(self._run("show", str(number), "--json").out)
        return issue

    def headlines(self, number: int) -> list[str]:
        """Return the headlines of the stories of an issue."""
        return [story["headline"] for story in self.issue(number)["stories"]]


def expected_headlines(number: int) -> list[str]:
    """Return the headlines that an issue should have, with the apostrophes of WordPress."""
    (issue,) = make_issues(1, stories=2, newest=number)
    return [headline.replace("'", "’") for headline in issue.headlines]


def _get_numbers(issues: list[dict[str, Any]]) -> list[int]:
    return [issue["number"] for issue in issues]


def _get_published(issue: FakeIssue) -> datetime:
    """Return a date in the past, because WordPress hides posts of the future."""
    return datetime.now(UTC) - timedelta(days=10, weeks=NEWEST - (issue.number or 0))


def _build_post(issue: FakeIssue, published: datetime) -> Post:
    content = issue.body
    if issue.number == TWO_PAGE_NUMBER:
        content = content.replace("<p><strong>Tech Tales", "<!--nextpage--><p><strong>Tech Tales", 1)
        assert content != issue.body
    return Post(issue.title, content, published, is_protected=issue.number == PROTECTED_NUMBER)
