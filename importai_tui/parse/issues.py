"""The front door: a document of any form to the issues in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from importai_tui.errors import UnreadableInput
from importai_tui.issue import Issue
from importai_tui.parse.containers import documents
from importai_tui.parse.document import Document
from importai_tui.parse.told import Told
from importai_tui.parse.understand import Understanding, understand
from importai_tui.parse.version import PARSER_VERSION

__all__ = ["PARSER_VERSION", "Parsed", "parse_issue", "parse_issues"]


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one page of a file gave: an issue, or the reason why it gave none.

    `document` is the page with what the file around it said; `reason` goes on from the page's name ("is empty").
    """

    document: Document
    understanding: Understanding | None
    reason: str = ""


def parse_issue(
    data: bytes, name: str = "", *, number: int | None = None, title: str | None = None, date: str | None = None
) -> Issue:
    """The issue in a document of any form, told by its content.

    `number`, `title` and `date` (YYYY-MM-DD) win over what the document says; see `understand` for the order of the
    rest. Raises UnreadableInput for a document that holds none, or more than one.
    """
    pages = documents(data)
    document = next(pages, None)
    if document is None:
        raise UnreadableInput("holds nothing")
    if next(pages, None) is not None:
        raise UnreadableInput("holds more than one page")
    return understand(document, name, Told(number, title, date)).issue


def parse_issues(data: bytes, name: str = "", told: Told | None = None) -> Iterator[Parsed]:
    """Every page of a file, in order: its issue, or why it gave none. Raises UnreadableInput for a broken file."""
    for document in documents(data):
        try:
            yield Parsed(document, understand(document, name, told))
        except UnreadableInput as refusal:
            yield Parsed(document, None, str(refusal))
