"""Which addresses and words mean an issue of this newsletter."""

from __future__ import annotations

import re

from importai_tui.links.addresses import host_of, path_of

ISSUE_NUMBER = re.compile(r"(?i)\bimport\s*-?ai\W*(?:(?:issue|newsletter)\W*)?#?\s*(\d{1,4})\b")
"""The number in a title, a slug or a mention: "Import AI 402", "ImportAI 449", "import-ai-issue-6"."""

_NEWSLETTER_HOSTS = {"importai.substack.com", "jack-clark.net"}
_DAY = re.compile(r"^/\d{4}/\d{2}(/\d{2})?(/|$)")


def is_issue(url: str | None) -> bool:
    """Whether an address leads to an issue of this newsletter, on either of its sites."""
    host, path = host_of(url), path_of(url)
    if host == "importai.substack.com":
        return path.startswith("/p/")
    if host == "jack-clark.net":
        return _DAY.match(path) is not None
    return host == "open.substack.com" and path.startswith("/pub/importai/p/")


def is_front_page(url: str | None) -> bool:
    """Whether an address is a front page of the newsletter; it means an issue where the words name one."""
    return host_of(url) in _NEWSLETTER_HOSTS and not path_of(url).strip("/")


def issue_number(text: str) -> int | None:
    """The issue's number in a title, slug or mention; None where it names none."""
    match = ISSUE_NUMBER.search(text.replace("-", " "))
    return int(match[1]) if match else None
