"""What a change of the reading state is called before people: "Marked 3 stories read"."""

from __future__ import annotations

from collections.abc import Sequence

from importai_tui.reading.fields import READ, STARRED, Edit
from importai_tui.wording import plural

NOTHING = "Nothing to mark, it is so already"


def of_marks(edits: Sequence[Edit]) -> str:
    """Of a marking as read and starred, or of its opposite: all edits of one field say the same."""
    reads = [edit for edit in edits if edit.field == READ]
    stars = [edit for edit in edits if edit.field == STARRED]
    parts = []
    if reads:
        parts.append(f"marked {stories(len(reads))} {'read' if reads[0].value else 'unread'}")
    if stars:
        parts.append(f"{'starred' if stars[0].value else 'took the star off'} {stories(len(stars))}")
    line = " and ".join(parts) or NOTHING
    return line[0].upper() + line[1:]


def of_tag(name: str, edits: Sequence[Edit]) -> str:
    """Of tagging stories, or of taking their tag away."""
    if not edits:
        return NOTHING
    if edits[0].value:
        return f"Tagged {stories(len(edits))} #{name}"
    return f"Took the tag #{name} off {stories(len(edits))}"


def of_note(old: str | None, new: str | None) -> str:
    """Of writing a note, changing or removing it."""
    if old == new:
        return "Nothing to write, the note is so already"
    if old is None:
        return "Wrote a note"
    return "Changed a note" if new is not None else "Removed a note"


def undone(label: str) -> str:
    """Of taking back what was called so."""
    return f"Undone: {label[0].lower()}{label[1:]}"


def done_again(label: str) -> str:
    """Of doing again what was called so."""
    return f"Done again: {label[0].lower()}{label[1:]}"


def stories(count: int) -> str:
    """Return the number with its noun."""
    return plural(count, "story", "stories")
