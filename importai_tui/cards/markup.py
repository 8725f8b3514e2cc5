"""Prepares the element tree of a README, an article or an abstract for the walker of HTML.

Resolves links, drops badges and decorative pictures, and gives the elements of JATS the names that HTML has
(https://jats.nlm.nih.gov/archiving/tag-library/1.3/).
"""

from __future__ import annotations

import re
from urllib.parse import urljoin

from importai_tui.links.classify import classify_link
from importai_tui.links.urls import MAX_URL_LENGTH, get_host, get_path
from importai_tui.model import LinkKind
from importai_tui.parse.clean import clean_text
from importai_tui.parse.elements import Element, find_first, get_text
from importai_tui.parse.math_text import format_latex

_JATS_NAMES = {
    "title": "h3", "italic": "em", "bold": "strong", "monospace": "code", "list": "ul", "list-item": "li",
    "def-list": "ul", "def-item": "li", "disp-quote": "blockquote", "ext-link": "a", "uri": "a", "break": "br",
    "sec": "div", "abstract": "div", "strike": "s", "label": "span", "preformat": "pre", "disp-formula": "p",
}  # fmt: skip
"""Elements of JATS by the name that HTML has for them. The others have the same name or only contain text."""
_HREF_NAMES = ("href", "xlink:href", "{http://www.w3.org/1999/xlink}href")
_BADGE = re.compile(
    r"(?i)^https?://(?:[\w-]+\.)*(?:shields\.io|badge\.fury\.io|badgen\.net|codecov\.io|travis-ci\.\w+|coveralls\.io"
    r"|circleci\.com|appveyor\.com|pepy\.tech|zenodo\.org/badge|readthedocs\.org/projects/[\w-]+/badge"
    r"|colab\.research\.google\.com/assets|huggingface\.co/datasets/huggingface/badges|star-history\.com"
    r"|visitor-badge\.[\w.]+|hits\.[\w.]+|forthebadge\.com|contrib\.rocks|opencollective\.com|deepwiki\.com/badge)"
    r"|/badge(?:s|\.svg|/|\b)|/actions/workflows/"
)
"""Pictures of the state of a project: its builds, downloads, versions."""
_DECORATION = re.compile(r"(?i)\b(?:logo|banner|icon|badge|button)$")
_WORK_KINDS = frozenset({LinkKind.PAPER, LinkKind.MODEL, LinkKind.DATASET, LinkKind.VIDEO})
_ELEMENT_NAME = re.compile(r"[A-Za-z][\w-]*")
_MEDIA_NAMES = {"video": "Video", "audio": "Audio", "iframe": "Embedded page"}


def prepare_tree(root: Element, base_url: str | None) -> None:
    """Change a tree in place. Relative links are resolved against `base_url`, and dropped without one."""
    tags = list(root.iter())
    for tag in tags:
        if ":" in tag.tag:
            _rename(tag)
    for tag in tags:
        match tag.tag:
            case "a":
                _resolve(tag, "href", base_url)
            case "img":
                _prepare_image(tag, base_url)
            case "video" | "audio" | "iframe" | "source" | "embed":
                _resolve(tag, "src", base_url)
                if tag.tag in _MEDIA_NAMES and not tag.get("title"):
                    tag.set("title", _MEDIA_NAMES[tag.tag])
            case "input" if (tag.get("type") or "").lower() == "checkbox":
                _replace(tag, "[ ] " if tag.get("checked") is None else "[x] ")
            case "tex-math":
                alternatives = tag.getparent()
                _replace(tag, "" if find_first(alternatives, "math") is not None else format_latex(get_text(tag)))


def _rename(tag: Element) -> None:
    """Give an element of JATS or MathML the name that HTML has for it."""
    prefix, _, name = tag.tag.rpartition(":")
    if prefix == "jats":
        if name == "list" and tag.get("list-type") in ("order", "arabic"):
            name = "ol"
        if name in ("ext-link", "uri"):
            href = next((tag.get(key) for key in _HREF_NAMES if tag.get(key)), get_text(tag).strip())
            tag.set("href", clean_text(href))
        name = _JATS_NAMES.get(name, name)
    if _ELEMENT_NAME.fullmatch(name):
        tag.tag = name


def _resolve(tag: Element, attribute: str, base_url: str | None) -> None:
    """Make an address absolute. Drop it if it is not a web address; an anchor within the page stays as it is."""
    address = (tag.get(attribute) or "").strip()
    if not address or (attribute == "href" and address.startswith("#")):
        return
    resolved = resolve_url(address, base_url)
    if resolved:
        tag.set(attribute, clean_text(resolved))
    else:
        del tag.attrib[attribute]


def resolve_url(address: str, base_url: str | None) -> str | None:
    """Return an absolute http or https address; None if there is none."""
    if not address.strip() or len(address) > 2 * MAX_URL_LENGTH:
        return None
    try:
        url = urljoin(base_url or "", address.strip())
    except ValueError:
        return None
    return url if url.lower().startswith(("http://", "https://")) else None


def _prepare_image(image: Element, base_url: str | None) -> None:
    """Keep a picture that has words: a caption, or an alternative text that is more than a name."""
    alt = " ".join((image.get("alt") or "").split())
    source = resolve_url(image.get("src") or "", base_url) or ""
    parent = image.getparent()
    if _BADGE.search(source) or _BADGE.search(image.get("src") or ""):
        _replace(image, f"{alt} " if alt and _leads_to_other_work(parent, base_url) else "")
    elif (" " in alt and not _DECORATION.search(alt)) or _has_caption(image):
        image.set("src", clean_text(source))
        image.attrib.pop("data-attrs", None)
    else:
        _replace(image, "")


def _leads_to_other_work(parent: Element, base_url: str | None) -> bool:
    """Return True for the link around a badge such as "Paper", which is worth reading."""
    if parent is None or parent.tag != "a":
        return False
    url = resolve_url(parent.get("href") or "", base_url)
    host, path = get_host(base_url) or "", get_path(base_url)
    is_own_page = url is not None and get_host(url) == host and get_path(url).startswith(path[: path.find("/blob/")])
    return url is not None and not is_own_page and classify_link(url) in _WORK_KINDS


def _has_caption(image: Element) -> bool:
    figure = next(image.iterancestors("figure"), None)
    return figure is not None and find_first(figure, "figcaption") is not None


def _replace(tag: Element, text: str) -> None:
    """Replace an element by text; what follows it stays. lxml reads control characters, but does not take them."""
    parent, before = tag.getparent(), tag.getprevious()
    if parent is None:
        return
    text += tag.tail or ""
    if before is not None:
        before.tail = clean_text((before.tail or "") + text)
    else:
        parent.text = clean_text((parent.text or "") + text)
    parent.remove(tag)
