"""One pass over a post's elements that lays its text out in lines, as a reader of the page sees them."""

from __future__ import annotations

from collections.abc import Callable

from importai_tui.parse.clean import clean_text
from importai_tui.parse.lines import Line, LineKind, Run, tidied
from importai_tui.parse.tags import BLOCKS, DROPPED, DROPPED_CLASSES, DROPPED_IDS
from importai_tui.parse.widgets import Element, Piece, attributes, classes_of, first, text_of, widget

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
