"""Reads RSS and Atom feeds: each entry becomes a document.

Formats: RSS 2.0 (https://www.rssboard.org/rss-specification), Atom (RFC 4287), RSS 1.0
(https://web.resource.org/rss/1.0/spec).

lxml parses the XML in its recovery mode, with entities, document types and the network switched off. Its time and
memory are linear in the size of the feed. Three kinds of damage are repaired first:

- characters and references that XML forbids: a bare "&", HTML's named entities, an emoji written as a UTF-16 pair;
- text that a server writes around the feed, such as a PHP warning or a script;
- an entry so broken that an XML parser stops there or merges it with the rest of the feed.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html.entities import html5
from urllib.parse import urljoin

from lxml import etree

from importai_tui.errors import UnreadableInputError
from importai_tui.parse.formats import MAX_DOCUMENTS, Document, resolve_charset

_HEAD_LENGTH = 100_000
"""Bytes within which the root element of a feed must start."""
_ROOT = re.compile(r"(?i)<(?:[\w.-]+:)?(?:rss|feed|rdf)\b")
_MANY_TAGS, _BYTES_PER_TAG = 20_000, 25
"""A feed with more tags than the first number needs an average of this many bytes per tag. Each tag takes lxml some
200 bytes of memory. Ten years of the newsletter have 6,000 tags."""
_HAS_DOCTYPE = "a feed with entity declarations, which are unsafe"
_NOT_XML = "a feed that isn't valid XML"
_MAX_TITLE_LENGTH, _MAX_DATE_LENGTH, _MAX_URL_LENGTH = 2_000, 100, 2_048
_INLINE_TAG = re.compile(
    r"(?i)</?(?:a|abbr|b|bdi|bdo|br|cite|code|del|em|font|i|ins|kbd|mark|q|s|small|span|strong|sub|sup|tt|u|var|wbr)"
    r"(?:\s[^<>]{0,300})?/?>"
)
_HTML_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,30}")
_ESCAPED_TAG = re.compile(r"(?i)&lt;(?:p|div|br|strong|b|h[1-6])\b[^<>]{0,300}?&gt;")
_ATOM_NAMESPACES = ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#")
_PREFIXES = {
    **dict.fromkeys(_ATOM_NAMESPACES, ""),
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss2": "",
    "http://backend.userland.com/RSS2": "",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
}
"""Namespaces and the prefixes used for them in this module. Elements of other namespaces are ignored."""
_ENTRY_TAGS = frozenset({"item", "entry"})
_BODY_TAGS = (
    *("content:encoded", "content", "xhtml:body", "xhtml:div", "body", "fullitem"),
    *("description", "summary", "content:items"),
)
"""Elements with the text of an entry, best first."""
_DATE_TAGS = (
    *("pubDate", "published", "issued", "dcterms:issued", "created"),
    *("dc:date", "updated", "modified", "dcterms:modified", "date"),
)


def is_xml_feed(data: bytes) -> bool:
    """Return True if the bytes start like an RSS or Atom feed."""
    if data.lstrip()[:1] not in (b"<", b"\0", b"\xef", b"\xff", b"\xfe"):
        return False
    head = strip_leading_text(_decode_xml(data[:_HEAD_LENGTH]))
    position = _find_root(head)
    if _declares_doctype(head):
        # A web page has a document type too, so the next element decides.
        found = re.compile(r"<(?=[A-Za-z])").search(head, position)
        return bool(found and _ROOT.match(head, found.start()))
    return bool(_ROOT.match(head, position))


def read_entries(data: bytes) -> Iterator[Document]:
    """Yield the entries of an RSS or Atom feed, each with its full text if the feed has it.

    An entry that cannot be read becomes a document whose `problem` says why.

    Raises:
        UnreadableInputError: the feed declares entities, is incomplete, or is not XML.
    """
    pieces = _split_feed(data)
    tags, length = sum(piece.count("<") for piece in pieces), sum(map(len, pieces))
    if tags > _MANY_TAGS and tags * _BYTES_PER_TAG > length:
        raise UnreadableInputError(f"a feed of {tags:,} tags with hardly any text")
    entries = _parse_entries(pieces)
    for number, entry in enumerate(entries[:MAX_DOCUMENTS], 1):
        place = f"entry {number}"
        yield Document(b"", place, problem="can't be read") if entry is None else _convert_entry(entry, place)
    if len(entries) > MAX_DOCUMENTS:
        place = f"entries {MAX_DOCUMENTS + 1:,} to {len(entries):,}"
        yield Document(b"", place, problem=f"skipped, because a feed may have {MAX_DOCUMENTS:,} entries")


def read_elements(data: bytes) -> list[etree._Element]:
    """Return the entries of a feed as XML elements; those that cannot be read are missing.

    Raises:
        UnreadableInputError: as `read_entries`.
    """
    return [element for element in _parse_entries(_split_feed(data)) if element is not None]


def strip_title_markup(markup: str) -> str:
    """Return the text of a title, which feeds and REST responses give as HTML.

    Inline tags are removed and references decoded.
    """
    return " ".join(html.unescape(_INLINE_TAG.sub("", join_surrogates(markup[:_MAX_TITLE_LENGTH]))).split())


def _split_feed(data: bytes) -> list[str]:
    """Return the text of a feed, as `_split_cdata` splits it.

    Raises:
        UnreadableInputError: the feed declares entities, is incomplete, or is not XML.
    """
    text = _remove_plain_doctype(strip_leading_text(_decode_xml(data)))
    if _declares_doctype(text):
        raise UnreadableInputError(_HAS_DOCTYPE)
    if not _ROOT.match(text, _find_root(text)):
        raise UnreadableInputError("XML, but not an RSS or Atom feed")
    pieces = _split_cdata(text)
    if not _is_complete(pieces):
        raise UnreadableInputError("an incomplete feed")
    return pieces


def _parse_entries(pieces: list[str]) -> Sequence[etree._Element | None]:
    """Return the entries of a feed; None for an entry that cannot be parsed.

    Raises:
        UnreadableInputError: the text is no feed.
    """
    root, damaged = _parse_xml(_repair_xml(pieces))
    entries = [element for element in root.iter() if _get_prefixed_name(element) in _ENTRY_TAGS]
    if not damaged:
        return entries
    # One broken entry can hide all that follow it, so the entries are parsed separately if this gives more.
    separate = list(_split_entries(pieces))
    if not separate or len(separate) <= len(entries):
        if not entries:
            raise UnreadableInputError(_NOT_XML)
        return entries
    return [_parse_entry(text) if number < MAX_DOCUMENTS else None for number, text in enumerate(separate)]


def _parse_entry(text: str) -> etree._Element | None:
    try:
        root, _ = _parse_xml(_repair_xml(_split_cdata(text)))
    except UnreadableInputError:
        return None
    return next((element for element in root.iter() if _get_prefixed_name(element) in _ENTRY_TAGS), None)


def _parse_xml(text: str) -> tuple[etree._Element, bool]:
    """Return the root element, and True if the XML is damaged.

    Raises:
        UnreadableInputError: there is no root element, or not that of a feed.
    """
    parser = etree.XMLParser(
        recover=True,
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableInputError(_NOT_XML) from error
    if root is None or _local_name(root).lower() not in ("rss", "feed", "rdf"):
        raise UnreadableInputError(_NOT_XML)
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableInputError(_HAS_DOCTYPE)
    return root, len(parser.error_log) > 0


def _convert_entry(entry: etree._Element, place: str) -> Document:
    """Convert an entry to a document. An entry without readable text gives empty data."""
    try:
        fields: dict[str, list[etree._Element]] = {}
        for child in entry:
            fields.setdefault(_get_prefixed_name(child), []).append(child)
        body = next(filter(str.strip, map(_get_html, _find_children(fields, _BODY_TAGS))), "")
        if "<" not in body and _ESCAPED_TAG.search(body):  # some programs escape twice
            body = html.unescape(body)
        title = next(filter(None, map(_get_title, _find_children(fields, ("title", "dc:title")))), None)
        date = next(filter(None, map(_get_date, _find_children(fields, _DATE_TAGS))), None)
        return Document(join_surrogates(body).encode(), place, title, date, _get_url(fields))
    except Exception as error:  # one entry must not hide the others, whatever error it causes in a library
        return Document(b"", place, problem=f"can't be parsed ({type(error).__name__})")


def _find_children(fields: dict[str, list[etree._Element]], names: Sequence[str]) -> Iterator[etree._Element]:
    for name in names:
        yield from fields.get(name, ())


def _local_name(element: etree._Element) -> str:
    """Return the name without namespace and prefix; empty for a comment or an entity."""
    return element.tag.rpartition("}")[2].rpartition(":")[2] if isinstance(element.tag, str) else ""


def _get_prefixed_name(element: etree._Element) -> str:
    """Return an element's name with the prefix of `_PREFIXES`; empty for an unknown namespace.

    An element with an undeclared prefix has that prefix.
    """
    if not isinstance(element.tag, str):
        return ""
    namespace, _, name = element.tag.rpartition("}")
    if namespace:
        prefix = _PREFIXES.get(namespace[1:])
        # A feed may put all of its own elements into an unknown namespace.
        return (
            f"{prefix}{name}" if prefix is not None else name if _is_in_root_namespace(element, namespace[1:]) else ""
        )
    return name.removeprefix("atom:")


def _is_in_root_namespace(element: etree._Element, namespace: str) -> bool:
    return element.prefix is None and element.getroottree().getroot().tag.startswith(f"{{{namespace}}}")


def _get_html(element: etree._Element) -> str:
    """Return the text of an element. Inner elements, of XHTML or unescaped HTML, become HTML."""
    kind = (element.get("type") or "").lower()
    is_text = kind in ("", "text", "html", "xhtml") or kind.startswith("text/") or kind.endswith(("/xml", "+xml"))
    if not is_text or element.get("src") or element.get("mode") == "base64":
        return ""
    if not len(element):
        return element.text or ""
    for inner in element.iter():
        if isinstance(inner.tag, str):
            inner.tag = name if _HTML_NAME.fullmatch(name := _local_name(inner)) else "span"
    etree.cleanup_namespaces(element)
    markup: str = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    return markup[markup.index(">") + 1 : markup.rindex("</")]


def _get_title(element: etree._Element) -> str:
    """Return the title as plain text on one line."""
    text = "".join(element.itertext()) if len(element) else element.text or ""
    return (
        " ".join(html.unescape(text[:_MAX_TITLE_LENGTH]).split())
        if element.get("type") == "text"
        else strip_title_markup(text)
    )


def _get_url(fields: dict[str, list[etree._Element]]) -> str | None:
    """Return the URL of the entry's page: Atom's alternate link, RSS's link, else a permanent guid."""
    for element in fields.get("link", ()):
        if element.get("rel", "alternate") == "alternate" and (found := _resolve_url(element, element.get("href"))):
            return found
    for element in fields.get("link", ()):
        if element.get("href") is None and (found := _resolve_url(element, element.text)):
            return found
    for element in _find_children(fields, ("guid", "id")):
        if (element.get("isPermaLink") or "true").lower() == "true" and (found := _resolve_url(element, element.text)):
            return found if found.startswith(("http://", "https://")) else None
    return None


def _resolve_url(element: etree._Element, link: str | None) -> str | None:
    """Resolve a link against the xml:base of the feed. Return None for an empty or overlong one."""
    link = (link or "").strip()
    if not link or len(link) > _MAX_URL_LENGTH:
        return None
    try:
        return urljoin(element.base or "", link)
    except ValueError:
        return link


def _get_date(element: etree._Element) -> str | None:
    """Return the UTC day as YYYY-MM-DD; None if the date is in the format of neither RFC 3339 nor RFC 5322."""
    text = (element.text or "").strip()[:_MAX_DATE_LENGTH]
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(text)
            return (moment.astimezone(UTC) if moment.tzinfo else moment).date().isoformat()
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None


_PROLOGUE = re.compile(r"(?s)\A(?:[^<]++|<\?.*?\?>|<!--.*?-->)*+")
"""Matches all that may stand before the root element of a feed, except a document type."""
_PLAIN_DOCTYPE = re.compile(r"(?i)<!DOCTYPE\s[^\[<>]*>")
_ENCODING = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w-]{1,40})""")
_ENCODING_SIGNATURES = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
"""The start of an XML document in each encoding of Unicode (XML 1.0, appendix F)."""
_REFERENCE = re.compile(r"&(?:#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?|([A-Za-z][A-Za-z0-9]*);)?")
"""A reference to a character or an entity, or a bare "&"."""
_SURROGATE_REFERENCE = re.compile(r"&#(?:[xX]0*+([dD][89a-fA-F][0-9a-fA-F]{2})|0*+(5[5-7][0-9]{3}));?")
"""A reference to a surrogate, which is half of a character in UTF-16."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 does not allow (section 2.2)."""
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})


def _decode_xml(data: bytes) -> str:
    """Decode a feed: Unicode encodings by their first bytes, others by the XML declaration."""
    for signature, encoding in _ENCODING_SIGNATURES:
        if data.startswith(signature):
            return data.decode(encoding, "replace")
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    if not damaged or damaged * 20 < sum(byte > 0x7F for byte in data):
        return text  # UTF-8 with some damaged bytes
    declared = _ENCODING.search(data[:1_000])
    name = codecs.lookup(resolve_charset(declared[1].decode("ascii")) if declared else "cp1252").name
    # Programs that declare Latin-1 or ASCII send Windows-1252, as browsers assume: https://encoding.spec.whatwg.org/
    return data.decode("cp1252" if name in ("utf-8", "iso8859-1", "ascii") else name, "replace")


def _declares_doctype(text: str) -> bool:
    """Return True if the document declares a document type, which may declare entities."""
    return text[(position := _find_root(text)) : position + 9].upper() == "<!DOCTYPE"


def _remove_plain_doctype(text: str) -> str:
    """Remove a document type that declares no entities itself, such as that of RSS 0.91."""
    position = _find_root(text)
    plain = _PLAIN_DOCTYPE.match(text, position)
    return text[:position] + text[plain.end() :] if plain else text


def _find_root(text: str) -> int:
    """Return the position of the root element, or of the document type before it."""
    found = _PROLOGUE.match(text)
    return found.end() if found else 0


def _split_cdata(text: str) -> list[str]:
    """Split a text at its CDATA sections, which become the pieces at odd positions."""
    pieces: list[str] = []
    position = 0
    while (begin := text.find("<![CDATA[", position)) >= 0 and (end := text.find("]]>", begin)) >= 0:
        pieces += text[position:begin], text[begin : end + 3]
        position = end + 3
    return [*pieces, text[position:]]


def _repair_xml(pieces: list[str]) -> str:
    """Join the pieces of `_split_cdata` to a text in which every reference and character is valid XML 1.0."""
    repaired = (
        _SURROGATE_REFERENCE.sub(_decode_surrogate, piece) if number % 2 else _REFERENCE.sub(_repair_reference, piece)
        for number, piece in enumerate(pieces)
    )
    return _FORBIDDEN.sub("", _join_pairs("".join(repaired))).strip()


def join_surrogates(markup: str) -> str:
    """Join two references that write one character as a UTF-16 pair, as some programs write emoji.

    Half of a pair alone becomes U+FFFD.
    """
    return _join_pairs(_SURROGATE_REFERENCE.sub(_decode_surrogate, markup))


def _decode_surrogate(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    return chr(code) if 0xD800 <= code < 0xE000 else match[0]


def _join_pairs(text: str) -> str:
    """Replace each pair of surrogates by the character that it encodes."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _repair_reference(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    if name:
        return match[0] if name in _XML_ENTITIES else html.escape(html5.get(f"{name};", match[0]))
    if not hexadecimal and not decimal:
        return "&amp;"
    digits = (hexadecimal or decimal).lstrip("0")
    if len(digits) > 7:  # Python refuses to convert thousands of digits
        return "\ufffd"
    code = int(digits or "0", 16 if hexadecimal else 10)
    # All references except surrogates have their meaning of HTML: "&#146;" is an apostrophe.
    return chr(code) if 0xD800 <= code < 0xE000 else html.escape(html.unescape(f"&#{code};"))


_MAX_LEADING_TEXT = 4_000
"""Characters of server output that may stand before a feed."""
_DECLARED_FEED = re.compile(
    r"(?i)<\?xml\b[^<>]{0,200}\?>(?=(?:\s|<\?[^<>]{0,500}\?>|<!--[^<>]{0,500}-->)*+<(?:[\w.-]{1,40}:)?(?:rss|feed|rdf)\b)"
)
_HTML_PAGE = re.compile(r"(?i)<!doctype|<html\b|<body\b")
_ROOT_TAG = re.compile(r"(?i)<(?:[\w.-]{1,40}:)?(?:rss|feed|rdf)\b[^<>]*>")
_MAX_ROOT_TAG_LENGTH = 5_000
"""Characters. The root tag is repeated before each entry, up to five thousand times."""
_ROOT_END = re.compile(r"(?i)</(?:[\w.-]{1,40}:)?(?:rss|feed|rdf)\s*>")
_ENTRY = re.compile(r"<(?:[\w.-]{1,40}:)?(?:item|entry)(?=[\s>])")
_SPLIT_AT_ENTRIES = re.compile(rf"(?={_ENTRY.pattern})")


def strip_leading_text(text: str) -> str:
    """Remove the text that a server has written before the XML declaration of a feed."""
    declared = _DECLARED_FEED.search(text[: 2 * _MAX_LEADING_TEXT])
    if not declared or declared.start() > _MAX_LEADING_TEXT or _HTML_PAGE.search(text[: declared.start()]):
        return text
    return text[declared.start() :]


def _is_complete(pieces: list[str]) -> bool:
    """Return True if the feed has an end, and no entry after it. `pieces` come from `_split_cdata`."""
    ends = list(_ROOT_END.finditer(pieces[-1]))
    if not ends:
        return False
    end = ends[-1]
    is_last = not pieces[-1][end.end() :].strip()
    in_cdata = "<![CDATA[" in pieces[-1][: end.start()]
    return is_last or not (in_cdata or _ENTRY.search(pieces[-1], end.end()))


def _split_entries(pieces: list[str]) -> Iterator[str]:
    """Yield each entry as a document, with the text up to the next entry. Comments are left out."""
    chunks: list[list[str]] = [[]]
    for number, piece in enumerate(pieces):
        if number % 2:
            chunks[-1].append(piece)
            continue
        first, *others = _SPLIT_AT_ENTRIES.split(_remove_comments(piece))
        chunks[-1].append(first)
        chunks += ([other] for other in others)
    found = _ROOT_TAG.search("".join(chunks[0]))
    root = found[0] if found and len(found[0]) <= _MAX_ROOT_TAG_LENGTH else "<rss>"
    for chunk in chunks[1:]:
        yield root + "".join(chunk)


def _remove_comments(text: str) -> str:
    """Remove the comments of a text. An unclosed one remains."""
    first, *others = text.split("<!--")
    return first + "".join(other.partition("-->")[2] if "-->" in other else other for other in others)
