"""One page taken in: parsed, and worked out as the archive writes it. This is what a process of readers does."""

from __future__ import annotations

from typing import NamedTuple

from importai_tui.archive.written import WrittenIssue, packed, written
from importai_tui.errors import UnreadableInput
from importai_tui.parse.containers import Document
from importai_tui.parse.told import Told
from importai_tui.parse.understand import understand


class Page(NamedTuple):
    """A page that is to be taken in; `name` is its file's, `kept` whether it is to be stored beside its issue."""

    document: Document
    name: str
    told: Told | None = None
    kept: bool = True


class TakenIn(NamedTuple):
    """What came of a page: its issue and the page packed, or the reason why there is none ("is empty").

    `failed`: the page is not refused; the parser, or the process that read it, came to grief over it.
    """

    issue: WrittenIssue | None = None
    page: bytes = b""
    reason: str = ""
    failed: bool = False


def take_in(page: Page) -> TakenIn:
    """Read a page. Nothing that it makes the parser stumble over leaves here as an exception."""
    try:
        issue = written(understand(page.document, page.name, page.told).issue)
    except UnreadableInput as refusal:
        return TakenIn(reason=str(refusal))
    except Exception as error:
        # A page can be anything; whatever it makes the parser stumble over must not lose the others.
        return TakenIn(reason=f"cannot be understood ({type(error).__name__})", failed=True)
    return TakenIn(issue, packed(page.document.data) if page.kept else b"")
