"""What the reader can write on: a story's note, or the remark to a highlight. It draws nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass

from importai_tui.json_text import parse_json
from importai_tui.library import Library
from importai_tui.reading import Change


@dataclass(frozen=True, slots=True)
class Draft:
    """A text, and what stood on its page when it was begun."""

    text: str
    before: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """The note of a story; with a highlight's id the remark to that."""

    key: str
    highlight: str = ""

    def read(self, library: Library) -> str | None:
        """What stands on it."""
        if not self.highlight:
            return library.state.note_of(self.key)
        return next((h.remark for h in library.state.highlights_of(self.key) if h.id == self.highlight), None)

    def write(self, library: Library, draft: Draft) -> Change:
        """Keep the draft; what another window has written on the page since it was begun is not lost."""
        text = joined(self.read(library), draft)
        return (
            library.state.remark(self.key, self.highlight, text) if self.highlight else library.set_note(self.key, text)
        )

    def jotted(self, text: str) -> str:
        """The page and what is written on it so far, as one text."""
        return json.dumps([self.key, self.highlight, text])

    @classmethod
    def read_jotted(cls, jotted: str | None) -> tuple[Page, str] | None:
        """What `jotted` has made; None for any other text."""
        try:
            key, highlight, text = parse_json(jotted)
        except (ValueError, TypeError):
            return None
        return (cls(str(key), str(highlight)), str(text)) if key else None


def joined(present: str | None, draft: Draft) -> str:
    """The text for a page on which `present` stands by now."""
    mine = draft.text.strip()
    if not present or present == draft.before or present in mine:
        return mine
    return present if mine in present else f"{present}\n\n{mine}"
