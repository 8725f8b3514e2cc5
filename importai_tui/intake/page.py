"""The tasks of a parser process: a page to an issue as the archive writes it, and a feed to its entries."""

from __future__ import annotations

from typing import NamedTuple

from importai_tui.archive.written import WrittenIssue, packed, written
from importai_tui.errors import NotAnIssue, UnreadableInput
from importai_tui.parse.document import Document
from importai_tui.parse.feeds import documents_of_feed
from importai_tui.parse.told import Told
from importai_tui.parse.understand import understand


class Page(NamedTuple):
    """A page that is to be taken in; `name` is its file's, `kept` whether it is to be stored beside its issue."""

    document: Document
    name: str
    told: Told | None = None
    kept: bool = True


class TakenIn(NamedTuple):
    """The result of parsing a page: its issue and the packed page, or the reason why there is none ("is empty").

    `failed`: the page could not be read; False for a page that was read and is no issue.
    """

    issue: WrittenIssue | None = None
    page: bytes = b""
    reason: str = ""
    failed: bool = False


def take_in(page: Page) -> TakenIn:
    """Parse a page. No exception leaves this function, because a page can be anything."""
    try:
        issue = written(understand(page.document, page.name, page.told).issue)
    except NotAnIssue as error:
        return TakenIn(reason=str(error))
    except UnreadableInput as error:
        return TakenIn(reason=str(error), failed=True)
    except Exception as error:
        return TakenIn(reason=failure_reason(error), failed=True)
    return TakenIn(issue, packed(page.document.data) if page.kept else b"")


def read_feed(data: bytes) -> list[Document]:
    """The entries of a feed. Raises UnreadableInput for what is none."""
    return list(documents_of_feed(data))


def failure_reason(error: Exception) -> str:
    """Why an input that made the parser fail gives nothing, as a text that follows the input's name."""
    if isinstance(error, MemoryError):
        return "needs more memory to read than any issue does"
    return f"cannot be understood ({type(error).__name__})"
