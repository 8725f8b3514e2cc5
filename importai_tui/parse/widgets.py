"""Reads Substack's widgets, whose text and URL are in the attribute `data-attrs`.

The selectors come from real feeds and from TryGhost/migrate's mg-substack (2026). Each widget becomes a figure, a
quote, code, text, or nothing.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from importai_tui.parse.elements import Element, get_classes, get_text
from importai_tui.parse.lines import LineKind
from importai_tui.parse.math_text import format_latex


@dataclass(frozen=True, slots=True)
class WidgetText:
    """Text of a widget, the URL behind it, and the kind of line that it becomes."""

    text: str
    url: str | None = None
    kind: LineKind = LineKind.FIGURE


def read_widget(tag: Element) -> list[WidgetText] | None:
    """Return the texts of a widget; None if the element is no widget or its attributes are malformed."""
    for name in get_classes(tag):
        reader = _READERS.get(name)
        if reader is not None:
            texts = list(reader(tag, read_attributes(tag)))
            if texts:
                return texts
    return None


def read_attributes(tag: Element) -> dict[str, object]:
    """Parse the JSON of `data-attrs`, which may be encoded twice. Return an empty dict if it is absent or malformed."""
    text = str(tag.get("data-attrs") or "")
    for candidate in (text, html.unescape(text)):
        try:
            value = json.loads(candidate or "{}")
        except (ValueError, RecursionError):
            continue
        return value if isinstance(value, dict) else {}
    return {}


def _read_gallery(_: Element, attributes: dict[str, object]) -> Iterator[WidgetText]:
    gallery = attributes.get("gallery")
    images = gallery.get("images") if isinstance(gallery, dict) else None
    for image in images if isinstance(images, list) else []:
        if isinstance(image, dict) and (url := _get_first_text(image, "src")):
            yield WidgetText(_get_first_text(image, "alt", "caption") or "image", url)
    if isinstance(gallery, dict) and (caption := _get_first_text(gallery, "caption", "alt")):
        yield WidgetText(caption, kind=LineKind.QUOTE)


def _read_youtube(_: Element, attributes: dict[str, object]) -> Iterator[WidgetText]:
    if video := _get_first_text(attributes, "videoId"):
        yield WidgetText("Video (YouTube)", f"https://www.youtube.com/watch?v={video}")


def _read_vimeo(_: Element, attributes: dict[str, object]) -> Iterator[WidgetText]:
    if video := _get_first_text(attributes, "videoId"):
        yield WidgetText("Video (Vimeo)", f"https://vimeo.com/{video}")


def _make_labelled_reader(label: str) -> Callable[[Element, dict[str, object]], Iterator[WidgetText]]:
    """Make the reader of a widget that can be shown only by its kind and title."""

    def read(tag: Element, attributes: dict[str, object]) -> Iterator[WidgetText]:
        words = _get_first_text(attributes, "title", "name", "label") or " ".join(get_text(tag).split())
        yield WidgetText(
            f"{label}: {words}" if words else label,
            _get_first_text(attributes, "url", "src", "canonical_url") or _find_url(tag),
        )

    return read


def _read_post(tag: Element, attributes: dict[str, object]) -> Iterator[WidgetText]:
    if words := _get_first_text(attributes, "title") or " ".join(get_text(tag).split()):
        yield WidgetText(words, _get_first_text(attributes, "canonical_url", "url") or _find_url(tag))
        if caption := _get_first_text(attributes, "caption"):
            yield WidgetText(caption, kind=LineKind.QUOTE)


def _read_tweet(tag: Element, attributes: dict[str, object]) -> Iterator[WidgetText]:
    words = _get_first_text(attributes, "full_text", "text") or _find_class_text(tag, "tweet-text")
    name = _get_first_text(attributes, "name") or _find_class_text(tag, "tweet-author-name")
    handle = _get_first_text(attributes, "username") or _find_class_text(tag, "tweet-author-handle")
    url = _get_first_text(attributes, "url") or _find_url(tag)
    if words:
        yield WidgetText(words, kind=LineKind.QUOTE)
    if url or name:
        yield WidgetText(" ".join(filter(None, (name, f"@{handle.lstrip('@')}" if handle else ""))) or "Post", url)


def _read_latex(tag: Element, attributes: dict[str, object]) -> Iterator[WidgetText]:
    if expression := _get_first_text(attributes, "persistentExpression") or get_text(tag).strip():
        yield WidgetText(format_latex(expression), kind=LineKind.CODE)


def _read_mention(_: Element, attributes: dict[str, object]) -> Iterator[WidgetText]:
    if name := _get_first_text(attributes, "name"):
        yield WidgetText(name, kind=LineKind.TEXT)


def _read_paywall(_: Element, __: dict[str, object]) -> Iterator[WidgetText]:
    yield WidgetText("", kind=LineKind.RULE)


_READERS: dict[str, Callable[[Element, dict[str, object]], Iterator[WidgetText]]] = {
    "image-gallery-embed": _read_gallery,
    "youtube-wrap": _read_youtube,
    "vimeo-wrap": _read_vimeo,
    "native-video-embed": _make_labelled_reader("Video"),
    "native-audio-embed": _make_labelled_reader("Audio"),
    "poll-embed": _make_labelled_reader("Poll"),
    "file-embed-wrapper": _make_labelled_reader("File"),
    "apple-podcast-container": _make_labelled_reader("Podcast"),
    "spotify-wrap": _make_labelled_reader("Audio"),
    "tweet": _read_tweet,
    "twitter-embed": _read_tweet,
    "digest-post-embed": _read_post,
    "embedded-post-wrap": _read_post,
    "embedded-publication-wrap": _read_post,
    "latex-rendered": _read_latex,
    "mention-wrap": _read_mention,
    "paywall-jump": _read_paywall,
}


def _get_first_text(attributes: dict[str, object], *names: str) -> str:
    return next((value for name in names if isinstance(value := attributes.get(name), str) and value.strip()), "")


def _find_url(tag: Element) -> str | None:
    found = next((anchor for anchor in tag.iter("a") if anchor.get("href")), None)
    return str(found.get("href")) if found is not None else None


def _find_class_text(tag: Element, name: str) -> str:
    found = next((part for part in tag.iter() if name in get_classes(part)), None)
    return " ".join(get_text(found).split()) if found is not None else ""
