"""A page as it stands in a file, before it is parsed."""

from __future__ import annotations

from dataclasses import dataclass

MOST_PAGES = 5_000
"""Pages in one file; ten years of a weekly newsletter are some five hundred."""


@dataclass(frozen=True, slots=True)
class Document:
    """One page, with the title, date and address that the file around it states.

    `place` names the page inside the file; it is empty where the page is the whole file. `problem` says why the page
    cannot be used, as a text that follows its name; it is empty for a usable page. `unpublished` says the same of a
    draft or a scheduled post.
    """

    data: bytes
    place: str = ""
    title: str | None = None
    date: str | None = None
    url: str | None = None
    problem: str = ""
    unpublished: str = ""
