"""A story as its row holds it, read as far as it is asked: a search looks through many and shows few whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from importai_tui.archive.database_errors import story_errors

if TYPE_CHECKING:
    from importai_tui.issue import Story


STORY = "key, position, kind, headline, tagline, section, body"
"""The columns that a story is read from, in the order in which `StoredStory` and `decode_story` take them."""


@dataclass(frozen=True, slots=True)
class StoredStory:
    """A story's row."""

    key: str
    position: int
    kind: str
    headline: str
    tagline: str | None
    section: str | None
    body: str

    def story(self) -> Story:
        """All of it."""
        # Imported here: most that are looked through need not be made.
        from importai_tui.archive.codec import decode_story

        return decode_story(self.key, self.position, self.kind, self.headline, self.tagline, self.section, self.body)

    def texts(self) -> list[str]:
        """Each of its blocks as plain text, as `block_text` gives it."""
        with story_errors():
            return [_text(block) for block in self._body()[0]]

    def links(self) -> list[tuple[int, str]]:
        """Each of its links by number, with its text and the work that it leads to."""
        with story_errors():
            return [(n, f"{text} {work or ''}") for n, text, _, _, _, _, work in self._body()[1]]

    def _body(self) -> Any:
        from json import loads  # here, for a list of issues reads no story

        return loads(self.body)


def _text(block: Sequence[Any]) -> str:
    match block:
        case ["p", spans, run_in, _]:
            return (_plain(run_in) + _plain(spans)).strip()
        case ["l", items]:
            return "\n".join(f"{'  ' * depth}- {_plain(spans).strip()}" for spans, depth, _ in items)
        case ["q", spans] | ["h", spans, _]:
            return _plain(spans).strip()
        case ["c", text] | ["f", text, _]:
            return str(text)
        case _:
            return ""


def _plain(spans: Iterable[Any]) -> str:
    """The text of spans, of which those in a style are lists that begin with it."""
    return "".join(span if isinstance(span, str) else span[0] for span in spans)
