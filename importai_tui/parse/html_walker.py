"""Walks the elements of a post and turns its text into lines, as a browser shows them.

Substack's widgets have their text and URL in the attribute `data-attrs`. Their selectors come from real feeds and from
TryGhost/migrate's mg-substack (2026). Each widget becomes a figure, a quote, code, text, or nothing.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from importai_tui.parse.clean import clean_text
from importai_tui.parse.lines import Line, LineKind, Run, normalise_runs

Element = Any
"""An element of lxml's tree. lxml has no types."""
DROPPED_TAGS = frozenset({
    "script", "style", "form", "button", "svg", "source", "noscript", "template", "head", "nav", "input", "select",
    "label", "object",
})  # fmt: skip
"""Elements that never contain text of the post."""
DROPPED_CLASSES = frozenset({
    "button-wrapper", "subscription-widget-wrap", "subscription-widget-wrap-editor", "subscribe-widget",
    "sharedaddy", "jp-relatedposts", "image-link-expand", "wpcnt", "wp-post-image", "attachment-thumbnail",
    "comment", "post-navigation",
})  # fmt: skip
"""Substack's buttons and subscription boxes, the mirror's sharing and related posts, feed thumbnails."""
DROPPED_IDS = frozenset({
    "jp-post-flair", "comments", "jp-relatedposts",
})  # fmt: skip
"""Elements that WordPress adds after a post."""
BLOCK_TAGS = frozenset({
    "p", "div", "section", "article", "header", "footer", "main", "aside", "table", "tbody", "thead", "tr", "ul",
    "ol", "dl", "dt", "dd", "li", "blockquote", "figure", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "pre",
    "hr", "address", "center", "body", "html",
})  # fmt: skip
"""Elements that start and end a line."""
VOID_TAGS = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
})  # fmt: skip
"""Elements without content (HTML standard, section 13.1.2)."""
OPTIONAL_END_TAGS = frozenset({
    "p", "li", "td", "th", "tr", "dt", "dd", "option",
})  # fmt: skip
"""Elements whose end tag may be missing (same section), so they do not count as depth."""
MAX_LAYOUT_DEPTH = 80
"""Nested elements. Deeper text loses its markup, because the walker is recursive."""
_LINE_BREAK = "\u2028"
"""A break that `<br>` makes inside an item. A line end of the markup is only a blank."""
_LAYOUT_TAGS = ("div", "ul", "ol", "h1", "h2", "h3", "h4", "blockquote")


class HtmlWalker:
    """Turns an element tree into lines in one pass."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._runs: list[Run] = []
        self._level = 0
        self._style = Run("")
        self._has_visible_text = False  # True if the current line has visible text
        self._gap = True
        self._breaks = 0
        self._kind = LineKind.TEXT
        self._depth = 0
        self._ordinals: list[int | None] = []
        self._item_index: int | None = None  # index of the line of the current list item

    def walk_children(self, tag: Element) -> None:
        """Add the text and the child elements of an element."""
        if self._level > MAX_LAYOUT_DEPTH:
            self._add_text(get_text(tag))
            return
        self._level += 1
        if tag.text:
            self._add_text(tag.text)
        for child in tag:
            self._walk_element(child)
            if child.tail:
                self._add_text(child.tail)
        self._level -= 1

    def _add_text(self, text: str) -> None:
        self._runs.append(self._style.with_text(text))
        self._has_visible_text = self._has_visible_text or not text.isspace()

    def end_block(self) -> None:
        """End the current line, because a block starts or ends here."""
        if self._runs:
            self._end_line()
        self._gap, self._breaks = True, 0

    def _walk_element(self, tag: Element) -> None:
        name = tag.tag
        inline = _INLINE_WALKERS.get(name)
        if inline is not None:
            inline(self, tag)
        elif name in DROPPED_TAGS or (len(tag.attrib) and self._walk_special(tag)):
            return
        elif name == "table":
            self._walk_table(tag)
        elif name in BLOCK_TAGS:
            self._walk_block(tag, name)
        else:
            self.walk_children(tag)

    def _is_chrome(self, tag: Element) -> bool:
        classes = get_classes(tag)
        hidden = "display:none" in (tag.get("style") or "").replace(" ", "")
        return hidden or any(name in DROPPED_CLASSES for name in classes) or tag.get("id") in DROPPED_IDS

    def _walk_special(self, tag: Element) -> bool:
        """Handle chrome, quotes and widgets. Return True if the element was one of them."""
        if self._is_chrome(tag):
            return True
        classes = get_classes(tag)
        if "pullquote" in classes or "callout-block" in classes:
            self.end_block()
            self._walk_as(tag, LineKind.QUOTE)
            self.end_block()
            return True
        texts = _read_widget(tag)
        for text in texts or ():
            self._add_widget_text(text)
        return texts is not None

    def _add_widget_text(self, widget_text: _WidgetText) -> None:
        match widget_text.kind:
            case LineKind.FIGURE:
                self._add_figure(widget_text.text, widget_text.url or "")
            case LineKind.TEXT:
                self._add_text(widget_text.text)
            case _:
                self.end_block()
                code = widget_text.kind is LineKind.CODE
                self.lines.append(Line(normalise_runs([Run(widget_text.text, code=code)]), widget_text.kind))

    def _walk_table(self, tag: Element) -> None:
        """Add each row as a list item, so that cells have links and wrap like prose. A header row is bold.

        Mails use tables for layout: a table with blocks inside, or with a single column, is read as prose.
        """
        self.end_block()
        if any(find_first(tag, name) is not None for name in _LAYOUT_TAGS) or not _has_columns(tag):
            for cell in tag.iter("td", "th"):
                if next(cell.iterancestors("table")) is tag:
                    self.walk_children(cell)
                    self.end_block()
            return
        for row in tag.iter("tr"):
            cells = [cell for cell in row if cell.tag in ("td", "th")]
            header = all(cell.tag == "th" for cell in cells)
            self._item_index = None
            before, self._kind, self._depth = (self._kind, self._depth), LineKind.ITEM, 0
            for number, cell in enumerate(cells):
                if number:
                    self._add_text(" · ")
                self._walk_styled(cell, bold=header)
            self.end_block()
            self._kind, self._depth = before
        self._item_index = None
        self.end_block()

    def _walk_styled(self, tag: Element, *, bold: bool = False, italic: bool = False, code: bool = False) -> None:
        before = self._style
        self._style = Run("", before.bold or bold, before.italic or italic, before.code or code, before.href)
        self.walk_children(tag)
        self._style = before

    def _walk_anchor(self, tag: Element) -> None:
        href = str(tag.get("href") or "").strip()
        if self._is_chrome(tag):
            return
        if "footnote-anchor" in get_classes(tag) or "footnote-number" in get_classes(tag):
            self._add_text(f"[{get_text(tag).strip()}] ")
            return
        before = self._style
        # A URL inside the page, such as a footnote's, leads nowhere outside it.
        self._style = Run("", before.bold, before.italic, before.code, href if href and href[0] != "#" else None)
        self.walk_children(tag)
        self._style = before

    def _walk_block(self, tag: Element, name: str) -> None:
        if name == "p" and self._kind is LineKind.ITEM and not self._has_visible_text:
            self.walk_children(tag)  # <li><p>…: the paragraph is the item
            self._end_line()
            self._gap = False
            return
        if name == "figure" or "captioned-image-container" in get_classes(tag):
            image = find_first(tag, "img")
            if image is not None:
                self._add_image(image, tag)
                return
        self.end_block()
        match name:
            case "ul" | "ol":
                self._walk_list(tag, name)
            case "li":
                self._walk_item(tag)
            case "blockquote":
                self._walk_as(tag, LineKind.QUOTE)
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self._walk_as(tag, LineKind.HEADING, int(name[1]))
            case "pre":
                self._add_code(tag)
            case "hr":
                self.lines.append(Line((), LineKind.RULE))
            case _:
                self.walk_children(tag)
        self.end_block()

    def _walk_as(self, tag: Element, kind: LineKind, depth: int = 0) -> None:
        before = self._kind, self._depth
        self._kind, self._depth = kind, depth
        self.walk_children(tag)
        self.end_block()
        self._kind, self._depth = before

    def _walk_list(self, tag: Element, name: str) -> None:
        start = str(tag.get("start") or "1")
        self._ordinals.append((int(start) if start.isdecimal() else 1) - 1 if name == "ol" else None)
        self.walk_children(tag)
        self.end_block()
        self._ordinals.pop()

    def _walk_item(self, tag: Element) -> None:
        if not self._ordinals:
            self._ordinals.append(None)
        if (ordinal := self._ordinals[-1]) is not None:
            self._ordinals[-1] = ordinal + 1
        outer, self._item_index = self._item_index, None
        self._walk_as(tag, LineKind.ITEM, len(self._ordinals) - 1)
        self._item_index = outer

    def _add_code(self, tag: Element) -> None:
        text = clean_text(get_text(tag)).strip("\n")  # blanks are not collapsed, because they matter in code
        if text.strip():
            self.lines.append(Line((Run(text, code=True),), LineKind.CODE))

    def _add_image(self, image: Element, container: Element) -> None:
        data = _read_attributes(image)
        url = str(data.get("src") or image.get("src") or "")
        figcaption = find_first(container, "figcaption") if container is not image else None
        caption = get_text(figcaption) if figcaption is not None else str(image.get("alt") or data.get("alt") or "")
        if self._is_chrome(image) or image.get("width") == "1" or image.get("height") == "1":
            return
        self._add_figure(caption, url)

    def _add_embed(self, tag: Element) -> None:
        if url := str(tag.get("src") or ""):
            self._add_figure(str(tag.get("title") or ""), url)

    def _add_figure(self, caption: str, url: str) -> None:
        self.end_block()
        href = "https:" + url if url.startswith("//") else url
        self.lines.append(Line(normalise_runs([Run(caption or "image", href=href or None)]), LineKind.FIGURE))

    def _break_line(self) -> None:
        if self._kind is LineKind.ITEM and self._has_visible_text:
            self._runs.append(self._style.with_text(_LINE_BREAK))
        elif self._has_visible_text:
            self._end_line()
            self._breaks = 1
        else:
            self._runs.clear()
            self._breaks += 1

    def _end_line(self) -> None:
        """End the current line if it has visible text."""
        if self._has_visible_text:
            gap = self._gap or self._breaks > 1
            self._add_line(normalise_runs(self._replace_line_ends()), gap=gap, indent=self._is_indented())
            self._gap, self._breaks = False, 0
        self._runs.clear()
        self._has_visible_text = False

    def _add_line(self, runs: tuple[Run, ...], *, gap: bool, indent: bool) -> None:
        if not runs:
            return
        if self._kind is LineKind.ITEM:
            if self._item_index is not None and self._item_index == len(self.lines) - 1:
                last = self.lines[-1]  # a second paragraph of the same item
                self.lines[-1] = last.with_runs([*last.runs, Run("\n"), *runs])
                return
            number = self._ordinals[-1] if self._ordinals and self._item_index is None else None
            self._item_index = len(self.lines)
            self.lines.append(Line(runs, LineKind.ITEM, gap, indent, self._depth, number))
        else:
            self.lines.append(Line(runs, self._kind, gap, indent, self._depth))

    def _replace_line_ends(self) -> list[Run]:
        """Replace the line ends of the markup by blanks. Breaks that `<br>` made inside an item remain."""
        return [run.with_text(run.text.replace("\n", " ")) if "\n" in run.text else run for run in self._runs]

    def _is_indented(self) -> bool:
        """Return True if the line starts with blanks. Blanks after a line end of the markup do not count."""
        blanks = ""
        for run in self._runs:
            words = run.text.lstrip()
            blanks += run.text[: len(run.text) - len(words)]
            if words:
                break
        return bool(blanks) and "\n" not in blanks


_INLINE_WALKERS: dict[str, Callable[[HtmlWalker, Element], None]] = {
    "br": lambda walker, _: walker._break_line(),
    **dict.fromkeys(("strong", "b"), lambda walker, tag: walker._walk_styled(tag, bold=True)),
    **dict.fromkeys(("em", "i"), lambda walker, tag: walker._walk_styled(tag, italic=True)),
    **dict.fromkeys(("code", "tt", "kbd"), lambda walker, tag: walker._walk_styled(tag, code=True)),
    "a": HtmlWalker._walk_anchor,
    "img": lambda walker, tag: walker._add_image(tag, tag),
    **dict.fromkeys(("iframe", "video", "audio", "embed"), HtmlWalker._add_embed),
}
"""How to handle elements within a line. A dict is fast, and a page has a thousand of them."""


def _has_columns(table: Element) -> bool:
    return any(sum(cell.tag in ("td", "th") for cell in row) > 1 for row in table.iter("tr"))


@dataclass(frozen=True, slots=True)
class _WidgetText:
    """Text of a widget, the URL behind it, and the kind of line that it becomes."""

    text: str
    url: str | None = None
    kind: LineKind = LineKind.FIGURE


def _read_widget(tag: Element) -> list[_WidgetText] | None:
    """Return the texts of a widget; None if the element is no widget or its attributes are malformed."""
    for name in get_classes(tag):
        reader = _READERS.get(name)
        if reader is not None:
            texts = list(reader(tag, _read_attributes(tag)))
            if texts:
                return texts
    return None


def _read_attributes(tag: Element) -> dict[str, object]:
    """Parse the JSON of `data-attrs`, which may be encoded twice. Return an empty dict if it is absent or malformed."""
    text = str(tag.get("data-attrs") or "")
    for candidate in (text, html.unescape(text)):
        try:
            value = json.loads(candidate or "{}")
        except (ValueError, RecursionError):
            continue
        return value if isinstance(value, dict) else {}
    return {}


def _read_gallery(_: Element, attributes: dict[str, object]) -> Iterator[_WidgetText]:
    gallery = attributes.get("gallery")
    images = gallery.get("images") if isinstance(gallery, dict) else None
    caption = _get_first_text(gallery, "caption", "alt") if isinstance(gallery, dict) else ""
    for image in images if isinstance(images, list) else []:
        if isinstance(image, dict) and (url := _get_first_text(image, "src")):
            yield _WidgetText(_get_first_text(image, "alt", "caption") or caption or "image", url)


def _read_youtube(_: Element, attributes: dict[str, object]) -> Iterator[_WidgetText]:
    if video := _get_first_text(attributes, "videoId"):
        yield _WidgetText("Video (YouTube)", f"https://www.youtube.com/watch?v={video}")


def _read_vimeo(_: Element, attributes: dict[str, object]) -> Iterator[_WidgetText]:
    if video := _get_first_text(attributes, "videoId"):
        yield _WidgetText("Video (Vimeo)", f"https://vimeo.com/{video}")


def _make_labelled_reader(label: str) -> Callable[[Element, dict[str, object]], Iterator[_WidgetText]]:
    """Make the reader of a widget that can be shown only by its kind and title."""

    def read(tag: Element, attributes: dict[str, object]) -> Iterator[_WidgetText]:
        words = _get_first_text(attributes, "title", "name", "label") or " ".join(get_text(tag).split())
        yield _WidgetText(
            f"{label}: {words}" if words else label,
            _get_first_text(attributes, "url", "src", "canonical_url") or _find_url(tag),
        )

    return read


def _read_post(tag: Element, attributes: dict[str, object]) -> Iterator[_WidgetText]:
    if words := _get_first_text(attributes, "title") or " ".join(get_text(tag).split()):
        yield _WidgetText(words, _get_first_text(attributes, "canonical_url", "url") or _find_url(tag))
        if caption := _get_first_text(attributes, "caption"):
            yield _WidgetText(caption, kind=LineKind.QUOTE)


def _read_tweet(tag: Element, attributes: dict[str, object]) -> Iterator[_WidgetText]:
    words = _get_first_text(attributes, "full_text", "text") or _find_class_text(tag, "tweet-text")
    name = _get_first_text(attributes, "name") or _find_class_text(tag, "tweet-author-name")
    handle = _get_first_text(attributes, "username") or _find_class_text(tag, "tweet-author-handle")
    url = _get_first_text(attributes, "url") or _find_url(tag)
    if words:
        yield _WidgetText(words, kind=LineKind.QUOTE)
    if url or name:
        yield _WidgetText(" ".join(filter(None, (name, f"@{handle.lstrip('@')}" if handle else ""))) or "Post", url)


def _read_latex(tag: Element, attributes: dict[str, object]) -> Iterator[_WidgetText]:
    if expression := _get_first_text(attributes, "persistentExpression") or get_text(tag).strip():
        yield _WidgetText(expression, kind=LineKind.CODE)


def _read_mention(_: Element, attributes: dict[str, object]) -> Iterator[_WidgetText]:
    if name := _get_first_text(attributes, "name"):
        yield _WidgetText(name, kind=LineKind.TEXT)


def _read_paywall(_: Element, __: dict[str, object]) -> Iterator[_WidgetText]:
    yield _WidgetText("", kind=LineKind.RULE)


_READERS: dict[str, Callable[[Element, dict[str, object]], Iterator[_WidgetText]]] = {
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


def get_classes(tag: Element) -> list[str]:
    """Return the words of an element's `class`."""
    return (tag.get("class") or "").split()


def find_first(tag: Element, name: str) -> Element | None:
    """Return the first element of that name inside another."""
    return next(iter(tag.iter(name)), None)


def get_text(tag: Element) -> str:
    """Return all text inside an element."""
    return "".join(tag.itertext())
