"""Saves notes and comments, and retries those that could not be saved. It draws nothing.

The text that is being written is also stored as a setting, so that a crash loses none of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from importai_tui.errors import ReaderError
from importai_tui.json_text import parse_json
from importai_tui.library.library import Library
from importai_tui.state.fields import FORECAST_PREFIX
from importai_tui.state.labels import HIGHLIGHT_GONE
from importai_tui.state.store import ChangeResult
from importai_tui.tui.reading.session import ReadingSession
from importai_tui.tui.reading.state_writer import StateWriter

if TYPE_CHECKING:
    from importai_tui.library.forecasts import Forecast

FORECAST_GONE = "The rules no longer find this forecast"
_PART_GONE = "{} is gone meanwhile; your words are in the story's note"


class Draft(NamedTuple):
    """A text, and the stored text when the user began to write."""

    text: str
    original: str | None


class DraftTarget(NamedTuple):
    """The note of a story; with a `part`, the remark to the highlight with this id, or the note on a forecast.

    A forecast is given by its field, `forecast:` and its id.
    """

    key: str
    part: str = ""

    def read(self, library: Library) -> str | None:
        """Return the stored text; None if there is none."""
        if self.part.startswith(FORECAST_PREFIX):
            forecast = self._find_forecast(library)
            return forecast.note if forecast else None
        if not self.part:
            return library.state.get_note(self.key)
        return next((h.remark for h in library.state.get_highlights(self.key) if h.id == self.part), None)

    def write(self, library: Library, draft: Draft) -> ChangeResult:
        """Save the draft, merged with what another window has stored meanwhile.

        If the highlight or the forecast is gone meanwhile, the text becomes a part of the story's note.
        """
        text = merge_draft(self.read(library), draft)
        if self.part.startswith(FORECAST_PREFIX):
            if forecast := self._find_forecast(library):
                return library.set_forecast_note(forecast, text)
            return self._write_to_note(library, draft, "The forecast") or ChangeResult(FORECAST_GONE, ())
        if not self.part:
            return library.set_note(self.key, text)
        if all(highlight.id != self.part for highlight in library.state.get_highlights(self.key)):
            return self._write_to_note(library, draft, "The highlight") or ChangeResult(HIGHLIGHT_GONE, ())
        return library.state.set_remark(self.key, self.part, text)

    def _write_to_note(self, library: Library, draft: Draft, gone: str) -> ChangeResult | None:
        """Add a text to the story's note; return None if it is empty."""
        if not draft.text.strip():
            return None
        change = DraftTarget(self.key).write(library, Draft(draft.text, None))
        return change._replace(label=_PART_GONE.format(gone))

    def to_json(self, text: str) -> str:
        """Return the target and the text written so far as JSON: `[key, part, text]`."""
        return json.dumps([self.key, self.part, text])

    @classmethod
    def from_json(cls, value: str | None) -> tuple[DraftTarget, str] | None:
        """Return the target and the text that `to_json` has written; None for any other value."""
        try:
            key, part, text = parse_json(value)
        except (ValueError, TypeError):
            return None
        return (cls(str(key), str(part)), str(text)) if key else None

    def _find_forecast(self, library: Library) -> Forecast | None:
        id = self.part.removeprefix(FORECAST_PREFIX)
        found = library.get_forecasts(date.max, keys=[self.key], with_others=True, with_dismissed=True)
        return next((forecast for forecast in found if forecast.id == id), None)


def merge_draft(present: str | None, draft: Draft) -> str:
    """Return the text to save where `present` is stored now; a text that others have changed is not replaced."""
    own = draft.text.strip()
    if not present or present == draft.original or present in own:
        return own
    return present if own in present else f"{present}\n\n{own}"


def get_draft_folder(state: Path) -> Path:
    """Return the folder of the notes that are open in an editor; `state` is the file of the reading state."""
    return state.with_name(f"{state.stem}-drafts")


_DRAFT = "draft"
"""The setting that holds the text that is being written."""


class DraftStore:
    """Keeps the unsaved drafts of one session."""

    def __init__(
        self,
        session: ReadingSession,
        writer: StateWriter,
        *,
        notify: Callable[..., None],
        on_change: Callable[[], object],
    ) -> None:
        """Save drafts with `writer`; `on_change` is called after a note or remark was saved."""
        self._library = session.library
        self._writer = writer
        self._notify = notify
        self._on_change = on_change
        self._unsaved: dict[DraftTarget, Draft] = {}
        self._on_saved: dict[DraftTarget, list[Callable[[], object]]] = {}
        """The functions to call when a target is saved, also after a later edit, which replaces an unsaved draft."""

    def recover(self) -> None:
        """Save the text that was being written when the program or the machine crashed."""
        if not (found := DraftTarget.from_json(self._library.state.load_value(_DRAFT))):
            return
        target, text = found
        if text.strip():  # an emptied text deletes nothing, because no dialog has asked
            self.recover_draft(target, Draft(text, target.read(self._library)))
        self._writer.save_setting(_DRAFT, "")

    def recover_draft(self, target: DraftTarget, draft: Draft) -> bool:
        """Save a text that a crash has left; return False if it cannot be saved now."""
        change = self._writer.try_write(lambda: target.write(self._library, draft))
        if change and change.keys:
            self._notify("Recovered a note that wasn't saved", seconds=8)
            self._on_change()
        return change is not None

    @property
    def has_files(self) -> bool:
        """True if notes were left in the files of an editor."""
        return get_draft_folder(self._library.state.path).is_dir()

    def take(self, target: DraftTarget) -> Draft | None:
        """Return the unsaved draft of a target, and forget it; the caller saves it again after the edit."""
        return self._unsaved.pop(target, None)

    def keep(self, target: DraftTarget, draft: Draft) -> None:
        """Keep an unsaved draft until it is taken again; if it never is, it is saved when the app quits."""
        self._unsaved[target] = draft

    def autosave(self, target: DraftTarget, text: str) -> None:
        """Store the text that is being written, in case the program crashes."""
        self._writer.save_setting(_DRAFT, target.to_json(text))

    def clear_autosave(self) -> None:
        """Remove the text that `autosave` has stored, because it is saved."""
        if self._library.state.load_value(_DRAFT):
            self._writer.save_setting(_DRAFT, "")

    def save(self, target: DraftTarget, draft: Draft, *, on_saved: Callable[[], object] | None = None) -> None:
        """Save a draft and report it; if it cannot be saved, it waits for a retry. `on_saved` is called once it is."""
        if on_saved:
            self._on_saved.setdefault(target, []).append(on_saved)
        change = self._write(target, draft)
        if change:
            self._on_change()
            self._notify(change.label, seconds=2)

    def save_at_exit(self, target: DraftTarget, draft: Draft) -> None:
        """Save the draft that is open while the program ends."""
        if self._write(target, draft) is not None:
            self._writer.save_setting(_DRAFT, "")

    def forget_saved(self) -> None:
        """Forget the drafts that have been saved meanwhile."""
        for target, draft in list(self._unsaved.items()):
            present = target.read(self._library)
            if merge_draft(present, draft) == (present or ""):
                del self._unsaved[target]

    def unsaved_texts(self) -> list[str]:
        """Retry to save all drafts; return the texts that still cannot be saved."""
        # While writes wait, the drafts are in their queue already.
        if not self._writer.waiting:
            drafts, self._unsaved = self._unsaved, {}
            for target, draft in drafts.items():
                self.save(target, draft)
        return [draft.text for draft in self._unsaved.values()]

    def lost_texts(self) -> list[str]:
        """Return, at the end of the program, the texts that were never saved."""
        with suppress(ReaderError):  # if the state cannot be read, the drafts count as unsaved
            self.forget_saved()
        return [draft.text for draft in self._unsaved.values()]

    def _write(self, target: DraftTarget, draft: Draft) -> ChangeResult | None:
        def write() -> ChangeResult:
            change = target.write(self._library, draft)
            for call in self._on_saved.pop(target, ()):
                call()
            return change

        change = self._writer.try_write(write, name=f"draft:{target}")
        if change is None:
            self._unsaved[target] = draft
        return change
