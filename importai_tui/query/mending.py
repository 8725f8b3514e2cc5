"""Puts another word in the place of one that was typed, and leaves the rest of the line as it is. Pure."""

from __future__ import annotations

import re

from importai_tui.query.fields import FIELDS
from importai_tui.query.reading import TOKEN


def mended(line: str, word: str, other: str) -> str:
    """The line with `other` for `word` wherever that is looked for as text, in small or capital letters as it was."""
    whole = re.compile(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])")
    parts: list[str] = []
    end = 0
    for found in TOKEN.finditer(line):
        field = (found["field"] or "").casefold()
        if found["minus"] or (field in FIELDS and field != "title") or field == "sort":
            continue
        start = found.start("phrase" if found["word"] is None else "word")
        parts += line[end:start], whole.sub(_as_written(word, other), line[start : found.end()])
        end = found.end()
    return "".join((*parts, line[end:]))


def _as_written(word: str, other: str) -> str:
    if word.isupper() and len(word) > 1:
        return other.upper()
    return other[:1].upper() + other[1:] if word[:1].isupper() else other
