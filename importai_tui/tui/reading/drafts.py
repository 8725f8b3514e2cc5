"""Notes and remarks that could not be saved yet: they are tried again, and none is lost.

What the reader can write on: a story's note, or the remark to a highlight. It draws nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from importai_tui.errors import ReaderError
from importai_tui.json_text import parse_json
from importai_tui.library.library import Library
from importai_tui.state.store import ChangeResult
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.reading.state_writer import StateWriter


@dataclass(frozen=True, slots=True)
class Draft:
    """A text, and what stood on its page when it was begun."""

    text: str
    original: str | None


@dataclass(frozen=True, slots=True)
class DraftTarget:
    """The note of a story; with a highlight's id the remark to that."""

    key: str
    highlight: str = ""

    def read(self, library: Library) -> str | None:
        """What stands on it."""
        if not self.highlight:
            return library.state.get_note(self.key)
        return next((h.remark for h in library.state.get_highlights(self.key) if h.id == self.highlight), None)

    def write(self, library: Library, draft: Draft) -> ChangeResult:
        """Keep the draft; what another window has written on the page since it was begun is not lost."""
        text = merge_draft(self.read(library), draft)
        return (
            library.state.set_remark(self.key, self.highlight, text)
            if self.highlight
            else library.set_note(self.key, text)
        )

    def to_json(self, text: str) -> str:
        """The page and what is written on it so far, as one text."""
        return json.dumps([self.key, self.highlight, text])

    @classmethod
    def from_json(cls, jotted: str | None) -> tuple[DraftTarget, str] | None:
        """What `jotted` has made; None for any other text."""
        try:
            key, highlight, text = parse_json(jotted)
        except (ValueError, TypeError):
            return None
        return (cls(str(key), str(highlight)), str(text)) if key else None


def merge_draft(present: str | None, draft: Draft) -> str:
    """The text for a page on which `present` stands by now."""
    mine = draft.text.strip()
    if not present or present == draft.original or present in mine:
        return mine
    return present if mine in present else f"{present}\n\n{mine}"


_DRAFT = "draft"
"""The setting that holds what is being written."""


class DraftStore:
    """The drafts of one session."""

    def __init__(
        self, session: ReadingSession, writer: StateWriter, *, say: Callable[..., None], on_change: Callable[[], object]
    ) -> None:
        """Save drafts with `writer`; `on_change` is called after a note or remark was saved."""
        self._library = session.library
        self._writer = writer
        self._say = say
        self._on_change = on_change
        self._unsaved: dict[DraftTarget, Draft] = {}

    def recover(self) -> None:
        """Save what was being written when the program, or the machine, came to a sudden end."""
        if not (jotted := DraftTarget.from_json(self._library.state.load_value(_DRAFT))):
            return
        page, text = jotted
        present = page.read(self._library)
        if self._writer.try_write(lambda: page.write(self._library, Draft(text, present))):
            self._say("What you were writing when the reader came to a sudden end is kept.", seconds=8)
            self._on_change()
        self._writer.save_setting(_DRAFT, "")

    def take(self, page: DraftTarget) -> Draft | None:
        """Return the unsaved draft of a page, to write on; it is saved again after that."""
        return self._unsaved.pop(page, None)

    def autosave(self, page: DraftTarget, text: str) -> None:
        """Keep what is being written, in case the program ends suddenly."""
        self._writer.save_setting(_DRAFT, page.to_json(text))

    def clear_autosave(self) -> None:
        """Forget what was being written, because it is saved."""
        if self._library.state.load_value(_DRAFT):
            self._writer.save_setting(_DRAFT, "")

    def save(self, page: DraftTarget, draft: Draft) -> None:
        """Save a draft and report it; one that cannot be saved is kept for another try."""
        change = self._write(page, draft)
        if change:
            self._on_change()
            self._say(change.label, seconds=2)

    def save_at_exit(self, page: DraftTarget, draft: Draft) -> None:
        """Save a draft because the program is left while it is open."""
        if self._write(page, draft) is not None:
            self._writer.save_setting(_DRAFT, "")

    def forget_saved(self) -> None:
        """Forget the drafts that were saved meanwhile."""
        for page, draft in list(self._unsaved.items()):
            present = page.read(self._library)
            if merge_draft(present, draft) == (present or ""):
                del self._unsaved[page]

    def unsaved_texts(self) -> list[str]:
        """Try once more to save all drafts; return the texts that cannot be saved now either."""
        # While writes wait, the texts wait among them, each in its place.
        if not self._writer.waiting:
            drafts, self._unsaved = self._unsaved, {}
            for page, draft in drafts.items():
                self.save(page, draft)
        return [draft.text for draft in self._unsaved.values()]

    def lost_texts(self) -> list[str]:
        """Return, at the end of the program, the texts that were never saved."""
        with suppress(ReaderError):  # what cannot be read counts as not saved
            self.forget_saved()
        return [draft.text for draft in self._unsaved.values()]

    def _write(self, page: DraftTarget, draft: Draft) -> ChangeResult | None:
        change = self._writer.try_write(lambda: page.write(self._library, draft), name=f"page:{page}")
        if change is None:
            self._unsaved[page] = draft
        return change
