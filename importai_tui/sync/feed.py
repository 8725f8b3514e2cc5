"""An RSS feed: one conditional request for the newest issues."""

from __future__ import annotations

import re

from importai_tui.errors import UnreadableInput
from importai_tui.intake.page import read_feed
from importai_tui.parse.document import Document
from importai_tui.sync.holes import note_missing
from importai_tui.sync.visit import Visit
from importai_tui.web.client import Answer, Form

_WORDPRESS = re.compile(rb"<generator>\s*https?://wordpress\.(?:org|com)\b", re.IGNORECASE)


async def sync_feed(visit: Visit, answer: Answer | None = None) -> None:
    """Bring in what the feed holds, and note which numbers are missing behind it.

    `answer` is what its address has answered already, where it was asked to find out what it is.
    """
    if answer is None:
        answer = await visit.ask(visit.memory.address or visit.source.address, conditional=True)
    if answer.status == 304:
        return
    arrived = await visit.read(await posts_of(answer, visit))
    note_missing(visit, arrived)
    await visit.keep(arrived)
    note_answer(visit, answer)
    visit.remember()


async def posts_of(answer: Answer, visit: Visit) -> list[Document]:
    """The posts of a feed's answer. Raises SyncTrouble, with a sentence about the source, where it gives none."""
    if answer.status != 200:
        raise visit.trouble(f"has no feed there (status {answer.status}). Check the address")
    if answer.form is not Form.XML:
        raise visit.unexpected(answer, "a feed")
    try:
        posts = await visit.parse(read_feed, answer.body)
    except UnreadableInput as error:
        reason = str(error).partition(";")[0]  # what follows is advice about files
        raise visit.trouble(f"sends what {reason}; nothing of it was stored. Try again later") from error
    if not posts:
        raise visit.trouble("sends a feed without posts. Try again later")
    return posts


def note_answer(visit: Visit, answer: Answer) -> None:
    """What the answer says of how to ask next time."""
    visit.memory.etag = answer.headers.get("etag", "")
    visit.memory.last_modified = answer.headers.get("last-modified", "")
    if answer.moved_to:
        visit.memory.address = answer.moved_to


def is_wordpress(answer: Answer) -> bool:
    """Whether the feed is one of WordPress, which alone gives it in pages."""
    return bool(_WORDPRESS.search(answer.body[:5_000]))
