"""How an issue is called, for whoever lists issues and knows nothing of what is in them."""

from __future__ import annotations

import re

_NAME_AND_NUMBER = re.compile(r"(?i)^\s*import\s*-?ai\W*(?:(?:issue|newsletter)\W*)?#?\s*\d{1,4}\s*[:.–—-]?\s*")


def issue_ref(number: int | None, slug: str) -> str:
    """The issue's number as text, else its slug."""
    return str(number) if number is not None else slug


def short_title(title: str) -> str:
    """The title without the newsletter's name and number: what a list that shows the number needs."""
    return _NAME_AND_NUMBER.sub("", title).strip() or title
