"""Remembers the exports that were written to files, so that a later one replaces only what nobody has changed since."""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING

from importai_tui.errors import ReaderError

if TYPE_CHECKING:
    from importai_tui.library import Library

_SETTING = "exports"
_MOST = 200
"""Exports that are remembered, the latest first; they are told apart by a digest, so a file may be renamed."""


class OwnExports:
    """The digests of the latest exports, kept beside the reading state."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def is_own(self, data: bytes) -> bool:
        """Return whether this is an export that was written to a file."""
        return _digest(data) in self._digests()

    def add(self, data: bytes) -> None:
        """Remember an export, before it is written; an export to another disk needs no home that can be written."""
        digests = dict.fromkeys([_digest(data), *self._digests()])
        with suppress(ReaderError):
            self._library.state.remember(_SETTING, " ".join([*digests][:_MOST]))

    def _digests(self) -> list[str]:
        return (self._library.state.recall(_SETTING) or "").split()


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
