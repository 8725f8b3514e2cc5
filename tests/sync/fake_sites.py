"""Both sites of the fake newsletter as one handler for the server on loopback.

Substack is at `/substack`, the author's WordPress site at `/mirror`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tests.http.server import Reply, Request
from tests.sync.fake_substack import build_substack_reply
from tests.sync.fake_wordpress import (
    build_paged_feed,
    build_rest_error,
    build_rest_index,
    build_rest_posts,
    format_discovery_link,
)
from tests.sync.newsletter import FakeIssue

_HTML = {"Content-Type": "text/html; charset=UTF-8"}
_REST_ERRORS = {
    401: ("rest_not_logged_in", "You are not currently logged in."),
    404: ("rest_no_route", "No route was found matching the URL and request method."),
}


@dataclass
class FakeNewsletter:
    """Replies for both sites. Tests may change it at any time.

    `override` can replace any reply; None means the normal reply. `sends_etag` is for Substack; with `weakens_etag` a
    proxy weakens the mirror's ETag. Without `is_rest_open` the mirror refuses REST posts with `rest_status` (401 or
    404). `hidden_ids` and `protected_ids` are post ids, see `build_rest_posts`. A test with different sites uses two
    newsletters.
    """

    issues: list[FakeIssue]
    override: Callable[[Request], Reply | None] = lambda _: None
    sends_etag: bool = True
    weakens_etag: bool = False
    is_rest_open: bool = True
    rest_status: int = 404
    hidden_ids: set[int] = field(default_factory=set)
    protected_ids: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.issues = list(self.issues)  # edits must not change the list of another newsletter

    def __call__(self, request: Request) -> Reply:
        """Return the reply to one request."""
        return self.override(request) or self.build_reply(request)

    def publish(self, issue: FakeIssue) -> None:
        """Publish a post on both sites."""
        self.issues.append(issue)

    def delete(self, number: int) -> None:
        """Delete a post from both sites."""
        self.issues.remove(self._get_issue(number))

    def edit(self, number: int, old: str, new: str) -> None:
        """Edit the HTML of a post on both sites; on the mirror this becomes the latest change."""
        issue = self._get_issue(number)
        assert old in issue.body
        modified = max(issue.modified for issue in self.issues) + timedelta(hours=1)
        self.issues[self.issues.index(issue)] = replace(issue, body=issue.body.replace(old, new), modified=modified)

    def build_reply(self, request: Request) -> Reply:
        """Return the normal reply, without `override`."""
        issues = list(self.issues)  # a test may change them from its own thread
        site = f"http://{request.headers.get('host', 'localhost')}/mirror"
        if request.path.startswith("/mirror/wp-json") and not self.is_rest_open:
            return build_rest_error(self.rest_status, *_REST_ERRORS[self.rest_status])
        match request.path:
            case "/substack/feed":
                return build_substack_reply(request, issues, etag=self.sends_etag)
            case "/substack" | "/substack/":
                return Reply(_build_page("Import AI | Substack"), headers=_HTML, gzipped=True)
            case "/mirror/wp-json/wp/v2/posts":
                return build_rest_posts(request, site, issues, hidden=self.hidden_ids, protected=self.protected_ids)
            case "/mirror/wp-json" | "/mirror/wp-json/":
                return build_rest_index(site)
            case "/mirror/feed/":
                return build_paged_feed(request, issues, is_weakened=self.weakens_etag)
            case "/mirror/feed":
                return Reply(status=301, headers={"Location": f"{site}/feed/"})
            case "/mirror" | "/mirror/":
                return _build_front_page(site)
            case _:
                return Reply(_build_page("Page not found"), 404, _HTML, gzipped=True)

    def _get_issue(self, number: int) -> FakeIssue:
        return next(issue for issue in self.issues if issue.number == number)


def _build_front_page(site: str) -> Reply:
    links = f'<link rel="https://api.w.org/" href="{site}/wp-json/" />'
    body = _build_page("Import AI", f'{links}<link rel="alternate" type="application/rss+xml" href="{site}/feed/" />')
    return Reply(body, headers={**_HTML, "Link": format_discovery_link(site)}, gzipped=True)


def _build_page(title: str, links: str = "") -> bytes:
    head = f"<head><title>{title}</title>{links}</head>"
    return f'<!DOCTYPE html>\n<html lang="en-US">{head}<body><p>Nothing to read here.</p></body></html>'.encode()
