"""Walks the elements of a post and turns its text into lines, as a browser shows them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from itertools import islice

from importai_tui.links.urls import get_host
from importai_tui.parse.clean import clean_text
from importai_tui.parse.elements import Element, find_first, get_classes, get_text
from importai_tui.parse.lines import Line, LineKind, Run, normalise_runs
from importai_tui.parse.math_text import format_latex, format_mathml, lower_text, raise_text
from importai_tui.parse.widgets import WidgetText, read_attributes, read_widget

DROPPED_TAGS = frozenset({
    "script", "style", "form", "button", "svg", "noscript", "template", "head", "nav", "input", "select", "label",
})  # fmt: skip
"""Elements that never contain text of the post."""
DROPPED_CLASSES = frozenset({
    "button-wrapper", "subscription-widget-wrap", "subscription-widget-wrap-editor", "subscribe-widget",
    "sharedaddy", "jp-relatedposts", "image-link-expand", "wpcnt", "wp-post-image", "attachment-thumbnail",
    "comment", "post-navigation", "mcnFollowBlock", "mcnShareBlock", "wp-block-jetpack-subscriptions",
})  # fmt: skip
"""Substack's buttons and subscription boxes, the mirror's sharing and related posts, feed thumbnails, Mailchimp's
icons of other sites."""
DROPPED_IDS = frozenset({
    "jp-post-flair", "comments", "jp-relatedposts", "templatePreheader", "templateFooter",
})  # fmt: skip
"""Elements that WordPress adds after a post, and Mailchimp around one."""
BLOCK_TAGS = frozenset({
    "p", "div", "section", "article", "header", "footer", "main", "aside", "table", "tbody", "thead", "tr", "ul",
    "ol", "dl", "dt", "dd", "li", "blockquote", "figure", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "pre",
    "hr", "address", "center", "body", "html", "details", "summary", "caption", "fieldset", "legend",
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
_BOLD_WEIGHT = 600
"""The least `font-weight` that browsers draw as bold."""
_NO_CAPTION = "image"
_INTEGER = re.compile(r"-?\d{1,6}")
_LINE_BREAK = "\u2028"
"""A break that `<br>` makes inside an item. A line end of the markup is only a blank."""
_INLINE_IMAGE_CLASSES = frozenset({"wp-smiley", "emoji", "latex"})
"""WordPress's pictures of letters and formulas; their alternative text is a part of the sentence."""
_MEDIA_TAGS = ("img", "iframe", "video", "audio", "embed", "object")
_IMAGE_ADDRESS = re.compile(
    r"(?i)\.(?:png|jpe?g|gif|svg|webp|avif)(?:$|[?#])|^https?://substackcdn\.com/|^https?://[\w.-]*/wp-content/uploads/"
)
"""The file of a picture, to which a picture itself often links."""
_ORDINAL_ENDINGS = ("st", "nd", "rd", "th", "tm", "®", "™", "℠")
"""Raised letters that have the same meaning on the line."""
_LAYOUT_TAGS = ("div", "ul", "ol", "h1", "h2", "h3", "h4", "blockquote")


class _Ordinal:
    """The number of the current item of a numbered list."""

    def __init__(self, first: int, step: int) -> None:
        self.number, self._step = first - step, step

    def advance(self, value: int | None) -> None:
        """Go to the next item, or to the number that the item states."""
        self.number = self.number + self._step if value is None else value


def _read_ordinal(tag: Element) -> _Ordinal:
    """Return the ordinal before the first item of an `<ol>`."""
    is_reversed = tag.get("reversed") is not None
    start = str(tag.get("start") or "")
    first = int(start) if _INTEGER.fullmatch(start) else sum(child.tag == "li" for child in tag) if is_reversed else 1
    return _Ordinal(first, -1 if is_reversed else 1)


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
        self._ordinals: list[_Ordinal | None] = []
        self._footnote_number: Run | None = None  # at the start of the next line
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
        if "line-through" in (tag.get("style") or ""):
            self._walk_struck(tag)
            return True
        if tag.tag == "span" and "font-" in (tag.get("style") or ""):
            self._walk_styled(tag)
            return True
        if tag.tag == "span" and "math" in classes:
            self._add_text(format_latex(get_text(tag)))
            return True
        texts = read_widget(tag)
        for text in texts or ():
            self._add_widget_text(text)
        return texts is not None

    def _add_widget_text(self, widget_text: WidgetText) -> None:
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

        Mails use tables for layout: a table with blocks or tables inside, or with a single column, is read as prose.
        """
        self.end_block()
        is_layout = (
            any(find_first(tag, name) is not None for name in _LAYOUT_TAGS)
            or len(list(islice(tag.iter("table"), 2))) > 1
        )
        if is_layout or not _has_columns(tag):
            for cell in tag.iter("td", "th"):
                if next(cell.iterancestors("table")) is tag and not self._is_chrome(cell):
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
        if style := tag.get("style"):  # editors write `<b style="font-weight:normal">` around a whole document
            bold, italic = _read_css(style, bold=bold, italic=italic)
        before = self._style
        self._style = Run("", before.bold or bold, before.italic or italic, before.code or code, before.href)
        self.walk_children(tag)
        self._style = before

    def _walk_anchor(self, tag: Element) -> None:
        href = str(tag.get("href") or "").strip()
        if self._is_chrome(tag):
            return
        classes = get_classes(tag)
        before = self._style
        if "footnote-anchor" in classes or "footnote-number" in classes:
            # Not "[1]" or "¹", which are numbers of links. The address connects reference and footnote.
            number = Run(f"[note {get_text(tag).strip()}]", before.bold, before.italic, before.code, href or None)
            if "footnote-number" in classes:
                self._footnote_number = number.with_text(number.text + " ")  # its text is in the next block
            else:
                self._runs.append(number)
                self._has_visible_text = True
            return
        # Another URL inside the page leads nowhere outside it.
        target = href if href and href[0] != "#" else None
        self._style = Run("", before.bold, before.italic, before.code, target)
        self.walk_children(tag)
        self._style = before
        if target and not get_text(tag).strip() and find_first(tag, "img") is not None:
            self._add_image_target(target)

    def _add_image_target(self, url: str) -> None:
        """Add the link of a picture as a line of its own, unless it leads to the file of the picture."""
        if not _IMAGE_ADDRESS.search(url):
            self.end_block()
            self._runs.append(Run(get_host(url) or "link", href=url))
            self._has_visible_text = True
            self.end_block()

    def _walk_struck(self, tag: Element) -> None:
        """Add struck text between tildes, as in Markdown, because without them it reads like a statement."""
        if get_text(tag).strip():
            self._add_text("~~")
            self.walk_children(tag)
            self._add_text("~~")

    def _walk_raised(self, tag: Element, shift: Callable[[str], str]) -> None:
        """Add an exponent, an index, or the raised reference of a footnote."""
        text = get_text(tag).strip()
        if find_first(tag, "a") is not None or text.lower() in _ORDINAL_ENDINGS:
            self.walk_children(tag)
        else:
            self._add_text(shift(text))

    def _walk_quote(self, tag: Element) -> None:
        self._add_text("“")
        self.walk_children(tag)
        self._add_text("”")

    def _walk_math(self, tag: Element) -> None:
        self._add_text(format_mathml(tag))

    def _walk_block(self, tag: Element, name: str) -> None:
        if name == "p" and self._kind is LineKind.ITEM and not self._has_visible_text:
            self.walk_children(tag)  # <li><p>…: the paragraph is the item
            self._end_line()
            self._gap = False
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
            case "figcaption":
                self._walk_caption(tag)
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
        self._ordinals.append(_read_ordinal(tag) if name == "ol" else None)
        self.walk_children(tag)
        self.end_block()
        self._ordinals.pop()

    def _walk_item(self, tag: Element) -> None:
        if not self._ordinals:
            self._ordinals.append(None)
        if (ordinal := self._ordinals[-1]) is not None:
            value = str(tag.get("value") or "")
            ordinal.advance(int(value) if _INTEGER.fullmatch(value) else None)
        outer, self._item_index = self._item_index, None
        self._walk_as(tag, LineKind.ITEM, len(self._ordinals) - 1)
        self._item_index = outer

    def _add_code(self, tag: Element) -> None:
        text = clean_text(get_text(tag)).strip("\n")  # blanks are not collapsed, because they matter in code
        if text.strip():
            self.lines.append(Line((Run(text, code=True),), LineKind.CODE))

    def _walk_caption(self, tag: Element) -> None:
        """Add a caption to its picture; as a line of its own if it has links or more than one picture."""
        figure = tag.getparent()
        last = self.lines[-1] if self.lines else None
        is_single = figure is not None and len(list(islice(figure.iter(*_MEDIA_TAGS), 2))) == 1
        if last is None or last.kind is not LineKind.FIGURE or not is_single or find_first(tag, "a") is not None:
            self._walk_styled(tag, italic=True)
            return
        caption, alt = " ".join(get_text(tag).split()), "" if last.text == _NO_CAPTION else last.text
        if caption and caption not in alt:
            text = f"{alt.rstrip('. ')}. {caption}" if alt and alt not in caption else caption
            self.lines[-1] = last.with_runs([last.runs[0].with_text(text)])

    def _add_image(self, image: Element) -> None:
        data = read_attributes(image)
        url = str(data.get("src") or image.get("src") or "")
        alt = str(image.get("alt") or data.get("alt") or "")
        if self._is_chrome(image) or image.get("width") == "1" or image.get("height") == "1":
            return
        classes = get_classes(image)
        if not _INLINE_IMAGE_CLASSES.isdisjoint(classes):
            self._add_text(format_latex(alt) if "latex" in classes else alt)
            return
        self._add_figure(alt, url)

    def _add_embed(self, tag: Element) -> None:
        sources = (tag, *tag.iter("source"))
        url = next((str(found) for source in sources if (found := source.get("src") or source.get("data"))), "")
        if url:
            self._add_figure(str(tag.get("title") or ""), url)

    def _add_area(self, tag: Element) -> None:
        """Add a link of an image map."""
        if href := str(tag.get("href") or ""):
            self._runs.append(Run(str(tag.get("alt") or "") or get_host(href) or "link", href=href))
            self._has_visible_text = True

    def _add_figure(self, caption: str, url: str) -> None:
        self.end_block()
        href = "https:" + url if url.startswith("//") else url
        self.lines.append(Line(normalise_runs([Run(caption or _NO_CAPTION, href=href or None)]), LineKind.FIGURE))

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
            if self._footnote_number:
                self._runs.insert(0, self._footnote_number)
                self._footnote_number = None
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
            ordinal = self._ordinals[-1] if self._ordinals and self._item_index is None else None
            number = ordinal.number if ordinal else None
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
    "img": HtmlWalker._add_image,
    **dict.fromkeys(("iframe", "video", "audio", "embed", "object"), HtmlWalker._add_embed),
    "area": HtmlWalker._add_area,
    "source": HtmlWalker.walk_children,  # in lxml's tree it contains the picture after it
    **dict.fromkeys(("s", "del", "strike"), HtmlWalker._walk_struck),
    "sup": partial(HtmlWalker._walk_raised, shift=raise_text),
    "sub": partial(HtmlWalker._walk_raised, shift=lower_text),
    "q": HtmlWalker._walk_quote,
    "math": HtmlWalker._walk_math,
}
"""How to handle elements within a line. A dict is fast, and a page has a thousand of them."""


_FONT = re.compile(r"(?i)\bfont-(?:weight\s*:\s*(?P<weight>[a-z]{4,8}|\d{3})|style\s*:\s*(?P<style>[a-z]{4,8}))")


def _read_css(style: str, *, bold: bool, italic: bool) -> tuple[bool, bool]:
    """Return bold and italic as the attribute `style` sets them; as they are if it says nothing about them."""
    for match in _FONT.finditer(style):
        if weight := (match["weight"] or "").lower():
            bold = weight in ("bold", "bolder") or (weight.isdigit() and int(weight) >= _BOLD_WEIGHT)
        elif (value := match["style"].lower()) in ("italic", "oblique", "normal"):
            italic = value != "normal"
    return bold, italic


def _has_columns(table: Element) -> bool:
    return any(sum(cell.tag in ("td", "th") for cell in row) > 1 for row in table.iter("tr"))
