"""Substack's widgets: things whose words and address stand in a `data-attrs` attribute and not in their text.

The selectors are those of real feeds and of TryGhost/migrate's mg-substack (2026). Each widget becomes a piece of the
page that the walk already knows: a figure, a quote, code, words, or nothing.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from importai_tui.parse.lines import LineKind

Element = Any
"""An element of lxml's tree; lxml carries no types."""


def classes_of(tag: Element) -> list[str]:
    """The words of an element's `class`."""
    return (tag.get("class") or "").split()


def first(tag: Element, name: str) -> Element | None:
    """The first element of that name inside another."""
    return next(iter(tag.iter(name)), None)


def text_of(tag: Element) -> str:
    """All text inside an element."""
    return "".join(tag.itertext())


@dataclass(frozen=True, slots=True)
class Piece:
    """What a widget says: words, the address behind them, and the kind of line that they are."""

    words: str
    url: str | None = None
    kind: LineKind = LineKind.FIGURE


def widget(tag: Element) -> list[Piece] | None:
    """The pieces of a widget; None where the tag is none. Malformed attributes leave it to its own text."""
    for name in classes_of(tag):
        reader = _READERS.get(name)
        if reader is not None:
            pieces = list(reader(tag, attributes(tag)))
            if pieces:
                return pieces
    return None


def attributes(tag: Element) -> dict[str, object]:
    """The `data-attrs` JSON, decoded twice where it was encoded twice; empty where it is absent or malformed."""
    text = str(tag.get("data-attrs") or "")
    for candidate in (text, html.unescape(text)):
        try:
            read = json.loads(candidate or "{}")
        except (ValueError, RecursionError):
            continue
        return read if isinstance(read, dict) else {}
    return {}


def _text(said: dict[str, object], *names: str) -> str:
    return next((value for name in names if isinstance(value := said.get(name), str) and value.strip()), "")


def _gallery(_: Element, said: dict[str, object]) -> Iterator[Piece]:
    gallery = said.get("gallery")
    images = gallery.get("images") if isinstance(gallery, dict) else None
    caption = _text(gallery, "caption", "alt") if isinstance(gallery, dict) else ""
    for image in images if isinstance(images, list) else []:
        if isinstance(image, dict) and (url := _text(image, "src")):
            yield Piece(_text(image, "alt", "caption") or caption or "image", url)


def _youtube(_: Element, said: dict[str, object]) -> Iterator[Piece]:
    if video := _text(said, "videoId"):
        yield Piece("Video (YouTube)", f"https://www.youtube.com/watch?v={video}")


def _vimeo(_: Element, said: dict[str, object]) -> Iterator[Piece]:
    if video := _text(said, "videoId"):
        yield Piece("Video (Vimeo)", f"https://vimeo.com/{video}")


def _labelled(label: str) -> Callable[[Element, dict[str, object]], Iterator[Piece]]:
    """A widget of which nothing can be shown but what it is."""

    def read(tag: Element, said: dict[str, object]) -> Iterator[Piece]:
        words = _text(said, "title", "name", "label") or " ".join(text_of(tag).split())
        yield Piece(f"{label}: {words}" if words else label, _text(said, "url", "src", "canonical_url") or _anchor(tag))

    return read


def _anchor(tag: Element) -> str | None:
    found = next((anchor for anchor in tag.iter("a") if anchor.get("href")), None)
    return str(found.get("href")) if found is not None else None


def _post(tag: Element, said: dict[str, object]) -> Iterator[Piece]:
    if words := _text(said, "title") or " ".join(text_of(tag).split()):
        yield Piece(words, _text(said, "canonical_url", "url") or _anchor(tag))
        if caption := _text(said, "caption"):
            yield Piece(caption, kind=LineKind.QUOTE)


def _tweet(tag: Element, said: dict[str, object]) -> Iterator[Piece]:
    words = _text(said, "full_text", "text") or _part(tag, "tweet-text")
    name = _text(said, "name") or _part(tag, "tweet-author-name")
    handle = _text(said, "username") or _part(tag, "tweet-author-handle")
    url = _text(said, "url") or _anchor(tag)
    if words:
        yield Piece(words, kind=LineKind.QUOTE)
    if url or name:
        yield Piece(" ".join(filter(None, (name, f"@{handle.lstrip('@')}" if handle else ""))) or "Post", url)


def _part(tag: Element, name: str) -> str:
    found = next((part for part in tag.iter() if name in classes_of(part)), None)
    return " ".join(text_of(found).split()) if found is not None else ""


def _latex(tag: Element, said: dict[str, object]) -> Iterator[Piece]:
    if expression := _text(said, "persistentExpression") or text_of(tag).strip():
        yield Piece(expression, kind=LineKind.CODE)


def _mention(_: Element, said: dict[str, object]) -> Iterator[Piece]:
    if name := _text(said, "name"):
        yield Piece(name, kind=LineKind.TEXT)


def _paywall(_: Element, __: dict[str, object]) -> Iterator[Piece]:
    yield Piece("", kind=LineKind.RULE)


_READERS: dict[str, Callable[[Element, dict[str, object]], Iterator[Piece]]] = {
    "image-gallery-embed": _gallery,
    "youtube-wrap": _youtube,
    "vimeo-wrap": _vimeo,
    "native-video-embed": _labelled("Video"),
    "native-audio-embed": _labelled("Audio"),
    "poll-embed": _labelled("Poll"),
    "file-embed-wrapper": _labelled("File"),
    "apple-podcast-container": _labelled("Podcast"),
    "spotify-wrap": _labelled("Audio"),
    "tweet": _tweet,
    "twitter-embed": _tweet,
    "digest-post-embed": _post,
    "embedded-post-wrap": _post,
    "embedded-publication-wrap": _post,
    "latex-rendered": _latex,
    "mention-wrap": _mention,
    "paywall-jump": _paywall,
}
