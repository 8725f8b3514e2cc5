"""Formats the file of a story's notes: front matter that Obsidian reads as properties, the note, and the highlights.

The first property has a digest of all that follows, so that any machine can tell an unchanged file of ours from one
that the user has edited. The story's key finds the file again under any name.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from importai_tui.links.urls import browser_url
from importai_tui.model import Story
from importai_tui.output.annotated_stories import AnnotatedStory
from importai_tui.output.markdown import format_yaml_scalar
from importai_tui.output.notes_markdown import format_notes_file, make_tags
from importai_tui.parse.clean import clean_line, clean_text

_HEAD = "---\nimportai-tui: story "
_HEAD_PATTERN = re.compile(r"---\nimportai-tui: story ([0-9a-f]{32})\n")
_FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*\n(.*?\n)---[ \t]*(?:\n|$)", re.DOTALL)
_MARK = re.compile(r"^importai-tui:[ \t]*[\"']?story\b", re.MULTILINE)
_KEY = re.compile(r"^key:[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
_REF = re.compile(r"^ref:[ \t]*\S", re.MULTILINE)
_LINK_MARKUP = re.compile(r"[\[\]<>`*]")
_MAX_ISSUE_DIGITS = 9

_FORBIDDEN_IN_NAMES = re.compile(r'[\[\]#^|\\/:*?"<>]+')
"""Characters that Windows forbids in file names, or Obsidian in the names of notes."""
_RESERVED_NAMES = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])[ ]*(?:\.|$)", re.IGNORECASE)
"""Names that Windows reserves for devices, with any extension."""
_TRAILING = " .,;:–—-("
"""Characters that no name ends with: Windows removes dots and spaces, and the others are left where a name is cut."""
_MAX_NAME_BYTES = 100
"""UTF-8 bytes of a name without its extension: file systems allow 255, some encrypted ones 143."""
_MAX_CUT_WORD = 24
"""Characters of a last word that is dropped where a name is cut; a longer one is cut itself."""


class NoteFile(NamedTuple):
    """A file of ours that was read."""

    key: str
    """The key of the story, or an earlier one."""
    is_edited: bool
    """True if it is not as the program wrote it."""
    has_mark: bool = True
    """False if it lacks the property with the digest: it is ours only if a story has that key."""


def format_note_file(annotated: AnnotatedStory, story: Story | None) -> str:
    """Return the contents of the file of a story; `story` is None if the archive lacks it."""
    lines = "\n".join(_iter_properties(annotated, story))
    rest = clean_text(f"{lines}\n---\n\n{format_notes_file(annotated, story)}")
    return f"{_HEAD}{_compute_digest(rest)}\n{rest}"


def parse_note_file(text: str) -> NoteFile | None:
    """Recognise a file of ours, also an edited one; None for any other file. Its line ends may have become CRLF."""
    if not (front := _FRONT_MATTER.match(text)) or not (key := _KEY.search(front[1])):
        return None
    # Users may remove the property with the digest, which says nothing to them.
    has_mark = _MARK.search(front[1]) is not None
    if not has_mark and not _REF.search(front[1]):
        return None
    head = _HEAD_PATTERN.match(text)
    is_unchanged = head is not None and _compute_digest(text[head.end() :]) == head[1]
    return NoteFile(_parse_scalar(key[1]), not is_unchanged, has_mark)


def make_note_name(annotated: AnnotatedStory) -> str:
    """Return a readable name for the file of a story, without extension: "402-3 Otters learn to count".

    Another story may have the same name.
    """
    name = annotated.state.name
    parts = annotated.story.ref.split("/") if annotated.story else [str(x) for x in (name.issue, name.position) if x]
    words = f"{'-'.join(parts)} {annotated.headline}"
    return make_file_name(words)


def make_file_name(words: str) -> str:
    """Return a file name without extension that Linux, macOS, Windows and Obsidian accept."""
    text = _FORBIDDEN_IN_NAMES.sub(" ", unicodedata.normalize("NFC", clean_line(words)))
    text = _cut(" ".join(text.split()).lstrip(". "), _MAX_NAME_BYTES).rstrip(_TRAILING)
    return f"_{text}" if not text or _RESERVED_NAMES.match(text) else text


def fold_name(name: str) -> str:
    """Return a file name in the form in which file systems that ignore case compare names."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())


def _iter_properties(annotated: AnnotatedStory, story: Story | None) -> Iterator[str]:
    issue, name = annotated.issue, annotated.state.name
    yield f"key: {_format_line(annotated.state.key)}"
    if annotated.story:
        yield f"ref: {_format_line(annotated.story.ref)}"
    yield f"title: {_format_line(annotated.headline)}"
    yield from _iter_issue(str(issue.number if issue.number is not None else issue.slug) if issue else name.issue)
    if issue and issue.date:
        yield f"date: {_format_date(issue.date)}"
        if issue.is_date_estimated:
            yield "date_estimated: true"
    if issue and (url := browser_url(issue.url)):
        yield f"url: {_format_address(url)}"
    yield from _iter_list("tags", map(_format_line, make_tags(annotated.tags)))
    links = dict.fromkeys(url for link in story.links if (url := browser_url(link.url))) if story else ()
    yield from _iter_list("links", map(_format_address, links))


def _iter_issue(name: str | None) -> Iterator[str]:
    if name:
        is_number = name.isascii() and name.isdecimal() and len(name) <= _MAX_ISSUE_DIGITS
        yield f"issue: {int(name) if is_number else _format_line(name)}"


def _iter_list(name: str, values: Iterable[str]) -> Iterator[str]:
    lines = [f"  - {value}" for value in values]
    if lines:
        yield f"{name}:"
        yield from lines


def _format_date(text: str) -> str:
    """Return a date without quotes, which Obsidian shows as a date; any other text in quotes."""
    try:
        is_date = date.fromisoformat(text).isoformat() == text
    except ValueError:
        is_date = False
    return text if is_date else _format_line(text)


def _format_line(text: str) -> str:
    """Return a text on one line in quotes, so that no YAML reader takes it for something else."""
    return format_yaml_scalar(clean_line(text))


def _format_address(url: str) -> str:
    """Return a URL without escapes, except for what a viewer that does not know front matter could take for a link."""
    text = json.dumps(url, ensure_ascii=False)
    return _LINK_MARKUP.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _parse_scalar(text: str) -> str:
    """Return the value of a YAML scalar on one line, as we and Obsidian write it."""
    if text.startswith("'"):
        return text[1:].removesuffix("'").replace("''", "'")
    if text.startswith('"'):
        try:
            value = json.loads(text)
        except ValueError:
            return text
        return value if isinstance(value, str) else text
    return text


def _compute_digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _cut(text: str, max_bytes: int) -> str:
    """Return as many whole words as fit."""
    data = text.encode()
    if len(data) <= max_bytes:
        return text
    cut = data[:max_bytes].decode(errors="ignore")
    words, _, last = cut.rpartition(" ")
    is_whole = data[len(cut.encode()) :].startswith(b" ")
    return cut if is_whole or not words or len(last) > _MAX_CUT_WORD else words
