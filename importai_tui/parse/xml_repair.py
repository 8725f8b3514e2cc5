"""Turns the bytes of an XML document into text that lxml reads without loss.

What stricter parsers refuse is repaired: a bare "&", HTML's named entities, and references to characters that XML
forbids, such as an emoji written as two halves of a UTF-16 pair.
"""

from __future__ import annotations

import codecs
import html
import re
from html.entities import html5

from importai_tui.parse.forms import charset

_PROLOGUE = re.compile(r"(?s)\A(?:[^<]++|<\?.*?\?>|<!--.*?-->)*+")
"""All that may stand before the root element of a feed, but for a document type."""
_PLAIN_DOCTYPE = re.compile(r"(?i)<!DOCTYPE\s[^\[<>]*>")
_ENCODING = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w-]{1,40})""")
_BEGINNINGS = (
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
"""How an XML document begins in each encoding of Unicode (XML 1.0, appendix F)."""
_REFERENCE = re.compile(r"&(?:#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?|([A-Za-z][A-Za-z0-9]*);)?")
"""A reference to a character or an entity; "&" alone where it is none."""
_HALF = re.compile(r"&#(?:[xX]0*+([dD][89a-fA-F][0-9a-fA-F]{2})|0*+(5[5-7][0-9]{3}));?")
"""A reference to a surrogate, which is half of a character in UTF-16."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 does not allow (section 2.2)."""
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})


def decode_xml(data: bytes) -> str:
    """The text of a feed: the encodings of Unicode by their bytes, anything else as its XML declaration says."""
    for beginning, encoding in _BEGINNINGS:
        if data.startswith(beginning):
            return data.decode(encoding, "replace")
    text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    if not damaged or damaged * 20 < sum(byte > 0x7F for byte in data):
        return text  # some damaged bytes in UTF-8 are no reason to misread all others
    declared = _ENCODING.search(data[:1_000])
    name = codecs.lookup(charset(declared[1].decode("ascii")) if declared else "cp1252").name
    # Programs that declare Latin-1 or ASCII send Windows-1252, as browsers assume: https://encoding.spec.whatwg.org/
    return data.decode("cp1252" if name in ("utf-8", "iso8859-1", "ascii") else name, "replace")


def declares_doctype(text: str) -> bool:
    """True if the document declares a document type, which is where entities are declared."""
    return text[(position := root_position(text)) : position + 9].upper() == "<!DOCTYPE"


def without_plain_doctype(text: str) -> str:
    """The document without a document type that declares nothing itself, such as that of RSS 0.91."""
    position = root_position(text)
    plain = _PLAIN_DOCTYPE.match(text, position)
    return text[:position] + text[plain.end() :] if plain else text


def root_position(text: str) -> int:
    """Where the root element begins, or the document type before it."""
    found = _PROLOGUE.match(text)
    return found.end() if found else 0


def split_cdata(text: str) -> list[str]:
    """The text in pieces: those at odd places are CDATA sections."""
    pieces: list[str] = []
    position = 0
    while (begin := text.find("<![CDATA[", position)) >= 0 and (end := text.find("]]>", begin)) >= 0:
        pieces += text[position:begin], text[begin : end + 3]
        position = end + 3
    return [*pieces, text[position:]]


def repair_xml(pieces: list[str]) -> str:
    """Joins the pieces of `split_cdata` to a text in which every reference and every character is valid XML 1.0."""
    repaired = (
        _HALF.sub(_half, piece) if number % 2 else _REFERENCE.sub(_repair_reference, piece)
        for number, piece in enumerate(pieces)
    )
    return _FORBIDDEN.sub("", _joined("".join(repaired))).strip()


def join_surrogates(markup: str) -> str:
    """Replaces two references that write one character as a UTF-16 pair, as some programs write emoji.

    A half of a pair alone becomes U+FFFD.
    """
    return _joined(_HALF.sub(_half, markup))


def _half(found: re.Match[str]) -> str:
    code = int(found[1], 16) if found[1] else int(found[2])
    return chr(code) if 0xD800 <= code < 0xE000 else found[0]


def _joined(text: str) -> str:
    """The text with each pair of surrogates as the one character that they mean."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _repair_reference(found: re.Match[str]) -> str:
    hexadecimal, decimal, name = found.groups()
    if name:
        return found[0] if name in _XML_ENTITIES else html.escape(html5.get(f"{name};", found[0]))
    if not hexadecimal and not decimal:
        return "&amp;"
    digits = (hexadecimal or decimal).lstrip("0")
    if len(digits) > 7:  # Python refuses to convert thousands of digits
        return "\ufffd"
    code = int(digits or "0", 16 if hexadecimal else 10)
    # Other references than to halves of characters mean what they mean in HTML: "&#146;" is an apostrophe.
    return chr(code) if 0xD800 <= code < 0xE000 else html.escape(html.unescape(f"&#{code};"))
