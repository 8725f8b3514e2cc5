"""One pass over a post's elements that lays its text out in lines, as a reader of the page sees them.

Substack's widgets: things whose words and address stand in a `data-attrs` attribute and not in their text.

The selectors are those of real feeds and of TryGhost/migrate's mg-substack (2026). Each widget becomes a piece of the
page that the walk already knows: a figure, a quote, code, words, or nothing.

Which elements of a page are blocks, which are furniture, which close by themselves. Names only.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from importai_tui.parse.clean import clean_text
from importai_tui.parse.lines import Line, LineKind, Run, tidied

DROPPED = frozenset({
    "script", "style", "form", "button", "svg", "source", "noscript", "template", "head", "nav", "input", "select",
    "label", "object",
})  # fmt: skip
"""Elements that never hold words of the post."""

DROPPED_CLASSES = frozenset({
    "button-wrapper", "subscription-widget-wrap", "subscription-widget-wrap-editor", "subscribe-widget",
    "sharedaddy", "jp-relatedposts", "image-link-expand", "wpcnt", "wp-post-image", "attachment-thumbnail",
    "comment", "post-navigation",
})  # fmt: skip
"""Substack's buttons and subscription boxes, the mirror's sharing and related posts, feed thumbnails."""

DROPPED_IDS = frozenset({
    "jp-post-flair", "comments", "jp-relatedposts",
})  # fmt: skip
"""What WordPress puts behind a post."""

BLOCKS = frozenset({
    "p", "div", "section", "article", "header", "footer", "main", "aside", "table", "tbody", "thead", "tr", "ul",
    "ol", "dl", "dt", "dd", "li", "blockquote", "figure", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "pre",
    "hr", "address", "center", "body", "html",
})  # fmt: skip
"""Elements that begin and end a line."""

VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
})  # fmt: skip
"""Elements without content (HTML standard, section 13.1.2)."""

LEFT_OPEN = frozenset({
    "p", "li", "td", "th", "tr", "dt", "dd", "option",
})  # fmt: skip
"""Elements whose end tag may be left out (same section), so that they nest nothing when counted."""


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


DEEPEST_LAID_OUT = 80
"""Elements inside one another; what is deeper keeps its words and loses its markup, for the walk is recursive."""
_LINE_BREAK = "\u2028"
"""A break that `<br>` makes inside an item; a line end of the markup is only a blank."""
_NOT_IN_CELLS = ("div", "ul", "ol", "h1", "h2", "h3", "h4", "blockquote")


class Walk:
    """One pass over the tree that lays the text out in lines."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._runs: list[Run] = []
        self._level = 0
        self._style = Run("")
        self._seen = False  # whether the line being read holds anything to see
        self._gap = True
        self._breaks = 0
        self._kind = LineKind.TEXT
        self._depth = 0
        self._ordinals: list[int | None] = []
        self._item_at: int | None = None  # where the line of the list item being read stands

    def children(self, tag: Element) -> None:
        """Lays out what an element holds."""
        if self._level > DEEPEST_LAID_OUT:
            self._text(text_of(tag))
            return
        self._level += 1
        if tag.text:
            self._text(tag.text)
        for child in tag:
            self._element(child)
            if child.tail:
                self._text(child.tail)
        self._level -= 1

    def _text(self, text: str) -> None:
        self._runs.append(self._style.with_text(text))
        self._seen = self._seen or not text.isspace()

    def end(self) -> None:
        """Closes the line being read: a block begins or ends here."""
        if self._runs:
            self._line()
        self._gap, self._breaks = True, 0

    def _element(self, tag: Element) -> None:
        name = tag.tag
        inline = _INLINE.get(name)
        if inline is not None:
            inline(self, tag)
        elif name in DROPPED or (len(tag.attrib) and self._apart(tag)):
            return
        elif name == "table":
            self._table(tag)
        elif name in BLOCKS:
            self._block(tag, name)
        else:
            self.children(tag)

    def _furniture(self, tag: Element) -> bool:
        classes = classes_of(tag)
        hidden = "display:none" in (tag.get("style") or "").replace(" ", "")
        return hidden or any(name in DROPPED_CLASSES for name in classes) or tag.get("id") in DROPPED_IDS

    def _apart(self, tag: Element) -> bool:
        """Whether a tag was dealt with as furniture, or as a widget whose words are in its attributes."""
        if self._furniture(tag):
            return True
        classes = classes_of(tag)
        if "pullquote" in classes or "callout-block" in classes:
            self.end()
            self._as(tag, LineKind.QUOTE)
            self.end()
            return True
        pieces = widget(tag)
        for piece in pieces or ():
            self._piece(piece)
        return pieces is not None

    def _piece(self, piece: Piece) -> None:
        match piece.kind:
            case LineKind.FIGURE:
                self._figure(piece.words, piece.url or "")
            case LineKind.TEXT:
                self._text(piece.words)
            case _:
                self.end()
                code = piece.kind is LineKind.CODE
                self.lines.append(Line(tidied([Run(piece.words, code=code)]), piece.kind))

    def _table(self, tag: Element) -> None:
        """Each row is a list item, so that cells keep their links and wrap as prose does; a header row is bold.

        Mails are laid out with tables: one that holds blocks, or a single column, is no table to a reader.
        """
        self.end()
        if any(first(tag, name) is not None for name in _NOT_IN_CELLS) or not _has_columns(tag):
            for cell in tag.iter("td", "th"):
                if next(cell.iterancestors("table")) is tag:
                    self.children(cell)
                    self.end()
            return
        for row in tag.iter("tr"):
            cells = [cell for cell in row if cell.tag in ("td", "th")]
            header = all(cell.tag == "th" for cell in cells)
            self._item_at = None
            before, self._kind, self._depth = (self._kind, self._depth), LineKind.ITEM, 0
            for number, cell in enumerate(cells):
                if number:
                    self._text(" · ")
                self._styled(cell, bold=header)
            self.end()
            self._kind, self._depth = before
        self._item_at = None
        self.end()

    def _styled(self, tag: Element, *, bold: bool = False, italic: bool = False, code: bool = False) -> None:
        before = self._style
        self._style = Run("", before.bold or bold, before.italic or italic, before.code or code, before.href)
        self.children(tag)
        self._style = before

    def _anchor(self, tag: Element) -> None:
        href = str(tag.get("href") or "").strip()
        if self._furniture(tag):
            return
        if "footnote-anchor" in classes_of(tag) or "footnote-number" in classes_of(tag):
            self._text(f"[{text_of(tag).strip()}] ")
            return
        before = self._style
        # An address within the page (a footnote's) leads nowhere outside it.
        self._style = Run("", before.bold, before.italic, before.code, href if href and href[0] != "#" else None)
        self.children(tag)
        self._style = before

    def _block(self, tag: Element, name: str) -> None:
        if name == "p" and self._kind is LineKind.ITEM and not self._seen:
            self.children(tag)  # <li><p>…: the paragraph is the item
            self._line()
            self._gap = False
            return
        if name == "figure" or "captioned-image-container" in classes_of(tag):
            image = first(tag, "img")
            if image is not None:
                self._image(image, tag)
                return
        self.end()
        match name:
            case "ul" | "ol":
                self._list(tag, name)
            case "li":
                self._item(tag)
            case "blockquote":
                self._as(tag, LineKind.QUOTE)
            case "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
                self._as(tag, LineKind.HEADING, int(name[1]))
            case "pre":
                self._code(tag)
            case "hr":
                self.lines.append(Line((), LineKind.RULE))
            case _:
                self.children(tag)
        self.end()

    def _as(self, tag: Element, kind: LineKind, depth: int = 0) -> None:
        before = self._kind, self._depth
        self._kind, self._depth = kind, depth
        self.children(tag)
        self.end()
        self._kind, self._depth = before

    def _list(self, tag: Element, name: str) -> None:
        start = str(tag.get("start") or "1")
        self._ordinals.append((int(start) if start.isdecimal() else 1) - 1 if name == "ol" else None)
        self.children(tag)
        self.end()
        self._ordinals.pop()

    def _item(self, tag: Element) -> None:
        if not self._ordinals:
            self._ordinals.append(None)
        if (ordinal := self._ordinals[-1]) is not None:
            self._ordinals[-1] = ordinal + 1
        outer, self._item_at = self._item_at, None
        self._as(tag, LineKind.ITEM, len(self._ordinals) - 1)
        self._item_at = outer

    def _code(self, tag: Element) -> None:
        text = clean_text(text_of(tag)).strip("\n")  # not folded, as all other text is: its blanks mean something
        if text.strip():
            self.lines.append(Line((Run(text, code=True),), LineKind.CODE))

    def _image(self, image: Element, around: Element) -> None:
        data = attributes(image)
        address = str(data.get("src") or image.get("src") or "")
        caption = first(around, "figcaption") if around is not image else None
        words = text_of(caption) if caption is not None else str(image.get("alt") or data.get("alt") or "")
        if self._furniture(image) or image.get("width") == "1" or image.get("height") == "1":
            return
        self._figure(words, address)

    def _embedded(self, tag: Element) -> None:
        address = str(tag.get("src") or "")
        if address:
            self._figure(str(tag.get("title") or ""), address)

    def _figure(self, words: str, address: str) -> None:
        self.end()
        href = "https:" + address if address.startswith("//") else address
        self.lines.append(Line(tidied([Run(words or "image", href=href or None)]), LineKind.FIGURE))

    def _break(self) -> None:
        if self._kind is LineKind.ITEM and self._seen:
            self._runs.append(self._style.with_text(_LINE_BREAK))
        elif self._seen:
            self._line()
            self._breaks = 1
        else:
            self._runs.clear()
            self._breaks += 1

    def _line(self) -> None:
        """Ends the line being read, if it holds anything to see."""
        if self._seen:
            gap = self._gap or self._breaks > 1
            self._add(tidied(self._folded()), gap=gap, indent=self._indented())
            self._gap, self._breaks = False, 0
        self._runs.clear()
        self._seen = False

    def _add(self, runs: tuple[Run, ...], *, gap: bool, indent: bool) -> None:
        if not runs:
            return
        if self._kind is LineKind.ITEM:
            if self._item_at is not None and self._item_at == len(self.lines) - 1:
                last = self.lines[-1]  # a second paragraph of the same item
                self.lines[-1] = last.with_runs([*last.runs, Run("\n"), *runs])
                return
            number = self._ordinals[-1] if self._ordinals and self._item_at is None else None
            self._item_at = len(self.lines)
            self.lines.append(Line(runs, LineKind.ITEM, gap, indent, self._depth, number))
        else:
            self.lines.append(Line(runs, self._kind, gap, indent, self._depth))

    def _folded(self) -> list[Run]:
        """Line ends of the markup are blanks; only those that `<br>` made inside an item stay."""
        return [run.with_text(run.text.replace("\n", " ")) if "\n" in run.text else run for run in self._runs]

    def _indented(self) -> bool:
        """Whether the line begins with blanks; those behind a line end of the markup are the markup's own."""
        blanks = ""
        for run in self._runs:
            words = run.text.lstrip()
            blanks += run.text[: len(run.text) - len(words)]
            if words:
                break
        return bool(blanks) and "\n" not in blanks


_INLINE: dict[str, Callable[[Walk, Element], None]] = {
    "br": lambda walk, _: walk._break(),
    **dict.fromkeys(("strong", "b"), lambda walk, tag: walk._styled(tag, bold=True)),
    **dict.fromkeys(("em", "i"), lambda walk, tag: walk._styled(tag, italic=True)),
    **dict.fromkeys(("code", "tt", "kbd"), lambda walk, tag: walk._styled(tag, code=True)),
    "a": Walk._anchor,
    "img": lambda walk, tag: walk._image(tag, tag),
    **dict.fromkeys(("iframe", "video", "audio", "embed"), Walk._embedded),
}
"""How elements within a line are laid out: a table, for a page has a thousand of them."""


def _has_columns(table: Element) -> bool:
    return any(sum(cell.tag in ("td", "th") for cell in row) > 1 for row in table.iter("tr"))
