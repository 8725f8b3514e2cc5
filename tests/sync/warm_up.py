"""Warms up the fork server of `killed_sync`: parses feeds once, so forked processes start without that delay."""

from __future__ import annotations

from importai_tui.parse.pipeline import parse_issues
from tests.http.server import Request
from tests.sync.fake_sites import FakeNewsletter
from tests.sync.newsletter import make_issues

_newsletter = FakeNewsletter(make_issues(8, stories=2), is_rest_open=False)
for _path in ("/substack/feed", "/mirror/feed/"):
    assert list(parse_issues(_newsletter(Request("GET", _path, {}, {})).body))
