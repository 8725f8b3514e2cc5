"""Recognises what people paste into a search: the address or id of a work, and the number of an issue or a story."""

from __future__ import annotations

import re

from importai_tui.query.conditions import CitedWork, IssueRange, StoryPlace

_ARXIV_ID = re.compile(r"(?ai)(?:arxiv:)?(\d{4}\.\d{4,5}|[a-z]+(?:-[a-z]+)(?:\.[a-z]{2})?/\d{7})(?:v\d+)?")
_DOI = re.compile(r"(?ai)(?:doi:)?(10\.\d{4,9}/\S+)")
_WORK_ID = re.compile(r"(?i)(?:github|hf):[\w.-]+/[\w.-]+")
_ADDRESS = re.compile(r"(?i)(?:https?://|(?=(?:[a-z0-9-]+\.)+[a-z]{2,}/\S))(\S+)")
_REF = re.compile(r"(?a)#?(\d{1,4})(?:/(\d{1,3}))?")


def parse_pasted_work(text: str) -> CitedWork | None:
    """Return the condition for an arXiv id, a DOI, a repository or any address, with or without https."""
    text = _strip_punctuation(text)
    if match := _ARXIV_ID.fullmatch(text):
        return CitedWork(f"arxiv:{match[1].lower()}")
    if _WORK_ID.fullmatch(text):
        return CitedWork(text.lower())
    doi = _DOI.fullmatch(text)
    address = _ADDRESS.fullmatch(text)
    if not (doi or address):
        return None
    # Imported here, because `links` is slow to import and few queries need it.
    from importai_tui.links.work_ids import get_work_id

    work = get_work_id(f"https://doi.org/{doi[1]}" if doi else f"https://{address[1]}" if address else None)
    return CitedWork(work) if work else None


def _strip_punctuation(text: str) -> str:
    """Return a text without the punctuation after it; a closing bracket stays if the text opens it."""
    text = text.rstrip(".,;")
    excess = text.count(")") - text.count("(")
    while excess > 0 and text.endswith(")"):
        text, excess = text[:-1].rstrip(".,;"), excess - 1
    return text


def parse_ref(text: str) -> tuple[IssueRange | StoryPlace, ...] | None:
    """Return the conditions for `402` or `402/3`, the story before its issue; None if it is neither."""
    match = _REF.fullmatch(text)
    if not match:
        return None
    number = int(match[1])
    issue = IssueRange(number, number)
    return (StoryPlace(number, int(match[2])), issue) if match[2] else (issue,)
