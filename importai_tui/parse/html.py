"""HTML to lines: the body of a post, or a whole saved page of either site, of which only the post is kept."""

from __future__ import annotations

import re
import warnings
from typing import cast

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, Tag
from bs4.element import NavigableString

from importai_tui.errors import UnreadableInput
from importai_tui.parse.lines import Line, LineKind, Page, Run, tidied
from importai_tui.parse.tags import BLOCKS, DROPPED, DROPPED_CLASSES, DROPPED_IDS, LEFT_OPEN, VOID
from importai_tui.parse.widgets import Piece, attributes, widget

MOST_TAGS = 60_000
"""A real page has at most a few thousand; past this the tree costs more than a second a megabyte."""
DEEPEST = 200
"""Open elements at one point; a real page has about 30, and the walk below is recursive."""

_LINE_BREAK = "\u2028"
"""A break that `<br>` makes inside an item; a line end of the markup is only a blank."""
_WHOLE_PAGE = re.compile(r"(?i)<(?:title|article)\b")
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)([^>]*)>")


def read_html(markup: str) -> Page:
    """The lines of a post. Raises UnreadableInput for markup that would take too long to read."""
    _measure(markup)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        soup = BeautifulSoup(markup, "lxml")
    walk = _Walk()
    # A fragment, as feeds and exports hold it, has no head to look for.
    whole = _WHOLE_PAGE.search(markup) is not None
    walk.children(_post(soup) if whole else soup)
    walk.end()
    title, date, url = _metadata(soup) if whole else (None, None, None)
    return Page(tuple(walk.lines), title=title, date=date, url=url)


def _measure(markup: str) -> None:
    """Refuses bombs by a linear scan, before any tree is built."""
    depth = 0
    for tags, match in enumerate(_TAG.finditer(markup), 1):
        closing, name = match[1], match[2].lower()
        if closing:
            depth -= name not in LEFT_OPEN
        elif name not in VOID and name not in LEFT_OPEN and not match[3].endswith("/"):
            depth += 1
        if tags > MOST_TAGS or depth > DEEPEST:
            what = f"more than {MOST_TAGS} tags" if tags > MOST_TAGS else f"elements nested more than {DEEPEST} deep"
            raise UnreadableInput(f"has {what}: no page of the newsletter is like that")


def _post(soup: BeautifulSoup) -> Tag:
    """The element that holds the post; the whole document where none is known."""
    for name, classes in (("div", "entry-content"), ("div", "body markup"), ("div", "available-content")):
        found = soup.find(name, class_=classes)
        if isinstance(found, Tag):
            return found
    found = soup.find("article") or soup.find("main") or soup.find("body")
    return found if isinstance(found, Tag) else soup


def _metadata(soup: BeautifulSoup) -> tuple[str | None, str | None, str | None]:
    """Title, date and address, as a whole page states them in its head."""
    said = {str(tag.get("property") or tag.get("name")): str(tag.get("content") or "") for tag in soup.find_all("meta")}
    name = soup.find("title")
    title = said.get("og:title") or (name.get_text() if name else "")
    title = re.sub(r"\s*\|\s*Import AI\s*$", "", title).strip()
    canonical = soup.find("link", rel="canonical")
    url = said.get("og:url") or (str(canonical.get("href")) if isinstance(canonical, Tag) else "")
    time = soup.find("time", datetime=True)
    date = said.get("article:published_time") or (str(time.get("datetime")) if isinstance(time, Tag) else "")
    return title or None, date[:10] if re.match(r"\d{4}-\d{2}-\d{2}", date) else None, url or None


class _Walk:
    """One pass over the tree that lays the text out in lines."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._runs: list[Run] = []
        self._style = Run("")
        self._gap = True
        self._breaks = 0
        self._kind = LineKind.TEXT
        self._depth = 0
        self._ordinals: list[int | None] = []
        self._item_at: int | None = None  # where the line of the list item being read stands

    def children(self, tag: Tag) -> None:
        for child in tag.children:
            if type(child) is NavigableString:
                self._runs.append(self._style.with_text(str(child)))
            elif isinstance(child, Tag):
                self._element(child)

    def end(self) -> None:
        """Closes the line being read: a block begins or ends here."""
        self._line()
        self._gap, self._breaks = True, 0

    def _element(self, tag: Tag) -> None:
        name = tag.name
        match name:
            case "br":
                self._break()
            case "strong" | "b":
                self._styled(tag, bold=True)
            case "em" | "i":
                self._styled(tag, italic=True)
            case "code" | "tt" | "kbd":
                self._styled(tag, code=True)
            case "a":
                self._anchor(tag)
            case "img":
                self._image(tag, tag)
            case "iframe" | "video" | "audio" | "embed":
                self._embedded(tag)
            case _ if name in DROPPED or (tag.attrs and self._apart(tag)):
                return
            case "table":
                self._table(tag)
            case _ if name in BLOCKS:
                self._block(tag, name)
            case _:
                self.children(tag)

    def _furniture(self, tag: Tag) -> bool:
        classes = cast("list[str]", tag.get("class") or [])
        hidden = "display:none" in str(tag.get("style") or "").replace(" ", "")
        return hidden or any(name in DROPPED_CLASSES for name in classes) or tag.get("id") in DROPPED_IDS

    def _apart(self, tag: Tag) -> bool:
        """Whether a tag was dealt with as furniture, or as a widget whose words are in its attributes."""
        if self._furniture(tag):
            return True
        classes = cast("list[str]", tag.get("class") or [])
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
                self._runs.append(self._style.with_text(piece.words))
            case _:
                self.end()
                code = piece.kind is LineKind.CODE
                self.lines.append(Line(tidied([Run(piece.words, code=code)]), piece.kind))

    def _table(self, tag: Tag) -> None:
        """Each row is a list item, so that cells keep their links and wrap as prose does; a header row is bold."""
        self.end()
        for row in tag.find_all("tr"):
            cells = row.find_all(["td", "th"], recursive=False)
            header = all(cell.name == "th" for cell in cells)
            self._item_at = None
            before, self._kind, self._depth = (self._kind, self._depth), LineKind.ITEM, 0
            for number, cell in enumerate(cells):
                if number:
                    self._runs.append(Run(" · "))
                self._styled(cell, bold=header)
            self.end()
            self._kind, self._depth = before
        self._item_at = None
        self.end()

    def _styled(self, tag: Tag, *, bold: bool = False, italic: bool = False, code: bool = False) -> None:
        before = self._style
        self._style = Run("", before.bold or bold, before.italic or italic, before.code or code, before.href)
        self.children(tag)
        self._style = before

    def _anchor(self, tag: Tag) -> None:
        href = str(tag.get("href") or "").strip()
        if self._furniture(tag):
            return
        if "footnote-anchor" in (tag.get("class") or []) or "footnote-number" in (tag.get("class") or []):
            self._runs.append(self._style.with_text(f"[{tag.get_text().strip()}] "))
            return
        before = self._style
        # An address within the page (a footnote's) leads nowhere outside it.
        self._style = Run("", before.bold, before.italic, before.code, href if href and href[0] != "#" else None)
        self.children(tag)
        self._style = before

    def _block(self, tag: Tag, name: str) -> None:
        if name == "p" and self._kind is LineKind.ITEM and not self._text_so_far():
            self.children(tag)  # <li><p>…: the paragraph is the item
            self._line()
            self._gap = False
            return
        if name == "figure" or "captioned-image-container" in (tag.get("class") or []):
            image = tag.find("img")
            if isinstance(image, Tag):
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

    def _as(self, tag: Tag, kind: LineKind, depth: int = 0) -> None:
        before = self._kind, self._depth
        self._kind, self._depth = kind, depth
        self.children(tag)
        self.end()
        self._kind, self._depth = before

    def _list(self, tag: Tag, name: str) -> None:
        start = str(tag.get("start") or "1")
        self._ordinals.append((int(start) if start.isdecimal() else 1) - 1 if name == "ol" else None)
        self.children(tag)
        self.end()
        self._ordinals.pop()

    def _item(self, tag: Tag) -> None:
        if not self._ordinals:
            self._ordinals.append(None)
        if (ordinal := self._ordinals[-1]) is not None:
            self._ordinals[-1] = ordinal + 1
        outer, self._item_at = self._item_at, None
        self._as(tag, LineKind.ITEM, len(self._ordinals) - 1)
        self._item_at = outer

    def _code(self, tag: Tag) -> None:
        text = tag.get_text().strip("\n")
        if text.strip():
            self.lines.append(Line((Run(text, code=True),), LineKind.CODE))

    def _image(self, image: Tag, around: Tag) -> None:
        data = attributes(image)
        address = str(data.get("src") or image.get("src") or "")
        caption = around.find("figcaption") if around is not image else None
        words = caption.get_text(" ") if isinstance(caption, Tag) else str(image.get("alt") or data.get("alt") or "")
        if self._furniture(image) or image.get("width") == "1" or image.get("height") == "1":
            return
        self._figure(words, address)

    def _embedded(self, tag: Tag) -> None:
        address = str(tag.get("src") or "")
        if address:
            self._figure(str(tag.get("title") or ""), address)

    def _figure(self, words: str, address: str) -> None:
        self.end()
        href = "https:" + address if address.startswith("//") else address
        self.lines.append(Line(tidied([Run(words or "image", href=href or None)]), LineKind.FIGURE))

    def _break(self) -> None:
        if self._kind is LineKind.ITEM and self._text_so_far():
            self._runs.append(self._style.with_text(_LINE_BREAK))
        elif self._text_so_far():
            self._line()
            self._breaks = 1
        else:
            self._runs.clear()
            self._breaks += 1

    def _text_so_far(self) -> bool:
        return any(run.text.strip() for run in self._runs)

    def _line(self) -> None:
        """Ends the line being read, if it holds anything to see."""
        if self._text_so_far():
            raw = "".join(run.text for run in self._runs)
            blanks = len(raw) - len(raw.lstrip())
            # One blank is enough: the tree keeps no more of a text node that is blank throughout.
            indent = " " in raw[:blanks].replace("\u00a0", " ") and not raw[:blanks].endswith("\n")
            gap = self._gap or self._breaks > 1
            self._add(tidied(self._folded()), gap=gap, indent=indent)
            self._gap, self._breaks = False, 0
        self._runs.clear()

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
        return [run.with_text(run.text.replace("\n", " ")) for run in self._runs]
