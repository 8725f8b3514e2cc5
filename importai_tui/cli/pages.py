"""The pages of a document, each understood or refused; nothing that is in a file leaves here as a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from importai_tui.cli.documents import read_document
from importai_tui.errors import UnreadableInput
from importai_tui.parse.told import Told

if TYPE_CHECKING:
    from importai_tui.parse.issues import Parsed


def pages_of(path: str, said: Told) -> list[Parsed]:
    """Every page of a document, each with its issue or the reason why it gave none.

    Raises:
        UnreadableInput: the document cannot be read, or holds several issues of which one number is said.
    """
    from importai_tui.parse.issues import parse_issues

    data = read_document(path)
    try:
        pages = list(parse_issues(data, Path(path).name, said))
    except UnreadableInput:
        raise
    except Exception as error:
        # A document can be anything; whatever it makes the parser stumble over must not lose the others.
        raise UnreadableInput(f"cannot be understood ({type(error).__name__})") from error
    if not pages:
        raise UnreadableInput("holds nothing")
    if said and len(pages) > 1:
        raise UnreadableInput(f"holds {len(pages)} pages, and --number, --title and --date are for one")
    return pages
