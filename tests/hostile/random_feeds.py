"""Makes random feeds from the element names that feed parsers know."""

from __future__ import annotations

import random

NAMESPACES = {
    "": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
    "itunes": "http://www.itunes.com/DTDs/PodCast-1.0.dtd",
    "georss": "http://www.georss.org/georss",
    "gml": "http://www.opengis.net/gml",
    "cc": "http://web.resource.org/cc/",
    "psc": "http://podlove.org/simple-chapters",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xml": "http://www.w3.org/XML/1998/namespace",
}
FEED_ELEMENTS = (
    *("rss", "feed", "channel", "item", "entry", "title", "link", "guid", "id", "description", "summary", "content"),
    *(
        "author",
        "name",
        "email",
        "url",
        "contributor",
        "owner",
        "pubDate",
        "published",
        "updated",
        "modified",
        "issued",
    ),
    *(
        "issued",
        "created",
        "expirationdate",
        "category",
        "keywords",
        "cloud",
        "comments",
        "enclosure",
        "source",
        "generator",
    ),
    *("image", "logo", "icon", "textinput", "textInput", "tagline", "subtitle", "copyright", "rights", "info", "ttl"),
    *("language", "managingEditor", "webMaster", "width", "height", "abstract", "body", "fullitem", "prodlink"),
    *("content:encoded", "content:items", "dc:creator", "dc:date", "dc:title", "dc:description", "dc:subject"),
    *("dcterms:modified", "dcterms:issued", "dcterms:valid", "media:content", "media:group", "media:title"),
    *("media:credit", "media:license", "media:player", "media:rating", "media:thumbnail", "media:description"),
    *("itunes:category", "itunes:duration", "itunes:explicit", "itunes:image", "itunes:keywords", "itunes:summary"),
    *("georss:where", "georss:point", "georss:line", "georss:polygon", "georss:box", "gml:Point", "gml:pos"),
    *("gml:posList", "gml:LineString", "gml:Polygon", "gml:exterior", "gml:LinearRing", "cc:license"),
    *("psc:chapters", "psc:chapter", "xhtml:body", "xhtml:div", "div", "p", "rdf:RDF", "rdf:Description", "x"),
)
FEED_ATTRIBUTES = (
    *("type", "mode", "href", "rel", "src", "isPermaLink", "xml:base", "xml:lang", "url", "length", "srsName"),
    *("srsDimension", "domain", "port", "rdf:about", "rdf:resource", "scheme", "term", "label", "start", "version"),
)
FEED_VALUES = (
    *("", " ", "x", "1 2", "1 2 3", "text/html", "html", "xhtml", "text", "base64", "escaped", "xml", "alternate"),
    *("enclosure", "self", "true", "false", "EPSG:abc", "https://a.example/7", "/7", "http://[", "//", "javascript:a"),
    *("Import AI 7: Otters", "Mon, 05 Oct 2026 12:31:00 GMT", "2026-10-05T12:31:00Z", "99999-99-99", "-1", "1e999"),
    *("9" * 5_000, "a.a" * 300 + "@", "a@b (c)", "&lt;p&gt;x&lt;/p&gt;", "&amp;lt;p&amp;gt;x", "&nbsp;", "&", "&x"),
    *("&#55357;&#56832;", "&#55357;", "&#xD83D;", "&#x110000;", "&#0;", f"&#{'9' * 5_000};", "&#27;[31m", "\x1b[31m"),
    *("<![CDATA[<p>Otters</p>]]>", "<![CDATA[", "]]>", "<!-- x -->", "<!--", "-->", "<?x ?>", "<?", "<", ">", "</x>"),
    *("<p><strong>Otters:<br/></strong><em>…Slow…<br/></em>Swim.</p>", "\x00", "\ud800", "\ufffe", "\U0010ffff"),
)
_PROLOGUES = (
    *("", '<?xml version="1.0"?>', '<?xml version="1.0" encoding="utf-16"?>', '<?xml encoding="hex"?>', "\ufeff"),
    *('<!DOCTYPE rss [<!ENTITY a "x">]>', f"<!--{' ' * 3_000}--><!DOCTYPE rss [<!ENTITY a 'x'>]>", "<!-- x -->"),
)
_MAX_REPEATED_LENGTH = 50_000
"""Characters of a repeated piece, because pieces may contain one another."""
_ROOTS = ("rss", "rss", "feed", "feed", "rdf:RDF", "RSS", "a:rss", "x")


def make_feed(rng: random.Random) -> bytes:
    """Return a feed. Most are well-formed, some are damaged, and some repeat one piece very often."""
    root = rng.choice(_ROOTS)
    declared = {prefix: name for prefix, name in NAMESPACES.items() if rng.random() < 0.7 and prefix != "xml"}
    if root != "feed" and rng.random() < 0.8:
        declared.pop("", None)
    spaces = " ".join(f'xmlns{":" if prefix else ""}{prefix}="{name}"' for prefix, name in declared.items())
    inner = "".join(_make_element(rng, rng.choice(("channel", "item", "entry", "item")), 4) for _ in range(3))
    text = f"{rng.choice(_PROLOGUES)}<{root} {spaces}>{inner}</{root}>{rng.choice(('', '', chr(10), '<!-- x -->'))}"
    if rng.random() < 0.2:
        at, until = sorted(rng.randrange(len(text)) for _ in range(2))
        text = text[:at] + rng.choice(FEED_VALUES) + text[until if rng.random() < 0.3 else at :]
    return text.encode(rng.choice(("utf-8",) * 9 + ("utf-16",)), "surrogatepass")[:400_000]


def _make_element(rng: random.Random, name: str, depth: int) -> str:
    attributes = "".join(
        f' {rng.choice(FEED_ATTRIBUTES)}="{_choose_value(rng)}"' for _ in range(rng.choice((0, 0, 0, 1, 2)))
    )
    if depth and rng.random() < 0.7:
        inner = "".join(_make_element(rng, rng.choice(FEED_ELEMENTS), depth - 1) for _ in range(rng.randrange(5)))
    else:
        inner = "".join(_choose_value(rng) for _ in range(rng.choice((0, 1, 1, 2))))
    if rng.random() < 0.02:
        inner = (inner * rng.choice((30, 300)))[:_MAX_REPEATED_LENGTH]
    return f"<{name}{attributes}/>" if not inner else f"<{name}{attributes}>{inner}</{name}>"


def _choose_value(rng: random.Random) -> str:
    return rng.choice(FEED_VALUES)
