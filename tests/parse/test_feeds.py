"""RSS and Atom feeds: their contents, damage that strict parsers refuse, and resource limits."""

from __future__ import annotations

import base64

import pytest

from importai_tui.errors import UnreadableInputError
from importai_tui.parse.containers import read_documents
from importai_tui.parse.feeds import is_xml_feed, join_surrogates, read_entries, strip_title_markup
from importai_tui.parse.formats import MAX_DOCUMENTS, Document

ENTRY = (
    "<title>Import AI 7: Otters</title><link>https://a.example/7</link><pubDate>Mon, 05 Oct 2026 12:31:00 GMT</pubDate>"
)


def rss(*items: str, head: str = '<?xml version="1.0"?>', channel: str = "") -> bytes:
    content = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    entries = "".join(f"<item>{item}</item>" for item in items)
    return f'{head}<rss version="2.0" {content}><channel>{channel}{entries}</channel></rss>'.encode()


def atom(*entries: str, attributes: str = "") -> bytes:
    inner = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}>{inner}</feed>'.encode()


def read(data: bytes) -> list[Document]:
    assert is_xml_feed(data)
    return list(read_entries(data))


def only(data: bytes) -> Document:
    (document,) = read(data)
    return document


def body(data: bytes) -> str:
    return only(data).data.decode()


def test_rss_entry_has_title_date_link_and_text() -> None:
    text = "<content:encoded><![CDATA[<p>Otters &amp; rivers</p>]]></content:encoded><description>Short</description>"
    assert only(rss(ENTRY + text)) == Document(
        b"<p>Otters &amp; rivers</p>", "entry 1", "Import AI 7: Otters", "2026-10-05", "https://a.example/7"
    )


def test_description_is_the_fallback_text() -> None:
    assert body(rss(f"{ENTRY}<content:encoded> </content:encoded><description>&lt;p&gt;x</description>")) == "<p>x"


def test_atom_entry_has_title_date_link_and_text() -> None:
    entry = (
        '<title type="html">Import &lt;em&gt;AI&lt;/em&gt; 7</title><link rel="enclosure" href="https://a.example/x.mp3"/>'
        '<link href="/7"/><updated>2026-10-05T23:31:00-05:00</updated><content type="html">&lt;p&gt;x</content>'
    )
    found = only(atom(entry, attributes='xml:base="https://a.example/"'))
    assert found == Document(b"<p>x", "entry 1", "Import AI 7", "2026-10-06", "https://a.example/7")


def test_atom_text_title_may_have_angle_brackets() -> None:
    assert only(atom('<title type="text">The &lt;em&gt; tag</title>')).title == "The <em> tag"


def test_xhtml_content_becomes_html() -> None:
    div = '<div xmlns="http://www.w3.org/1999/xhtml"><p>Otters<br/>swim</p></div>'
    assert body(atom(f'<content type="xhtml">{div}</content>')) == "<div><p>Otters<br>swim</p></div>"


def test_html_escaped_twice_is_decoded() -> None:
    assert body(rss("<description>&amp;lt;p&amp;gt;Otters &amp;amp;amp; rivers&amp;lt;/p&amp;gt;</description>")) == (
        "<p>Otters &amp; rivers</p>"
    )


def test_unescaped_html_is_unchanged() -> None:
    assert body(rss("<description><p>Otters <b>swim</b></p> far</description>")) == "<p>Otters <b>swim</b></p> far"


def test_rdf_feed_is_read() -> None:
    data = (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        b' xmlns:dc="http://purl.org/dc/elements/1.1/"><item><title>Import AI 7</title><link>https://a.example/7</link>'
        b"<description>x</description><dc:date>2026-10-05</dc:date></item></rdf:RDF>"
    )
    assert only(data) == Document(b"x", "entry 1", "Import AI 7", "2026-10-05", "https://a.example/7")


@pytest.mark.parametrize(
    "inner",
    [
        "<gml:posList>1 2</gml:posList>",
        '<georss:where><gml:Point srsName="EPSG:abc"><gml:pos>1 2</gml:pos></gml:Point></georss:where>',
        "<media:license/><media:credit/><media:title>No</media:title>",
        "<itunes:summary>No</itunes:summary><psc:chapter start='x'/><cc:license/><textinput/>",
        "<source><title>No</title><link>https://b.example</link></source>",
    ],
)
def test_elements_of_other_formats_are_ignored(inner: str) -> None:
    assert only(rss(f"{ENTRY}<description>x</description>{inner}")).title == "Import AI 7: Otters"
    assert body(rss(f"{inner}{ENTRY}<description>x</description>")) == "x"


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("&#55357;&#56832;", "😀"),
        ("&#xD83D;&#xDE00;", "😀"),
        ("&#xd83d;&#56832;", "😀"),
        ("&#55357; x", "\ufffd x"),
        ("&#56832;&#55357;", "\ufffd\ufffd"),
        ("&#x110000;", "\ufffd"),
        ("&#" + "9" * 5_000 + ";", "\ufffd"),
        ("&#0;", "\ufffd"),
        ("&#8230;", "…"),
        ("&#146;", "’"),
        ("&nbsp;&mdash;", "\u00a0—"),
        ("a & b &c; &lt;", "a & b &c; <"),
    ],
)
@pytest.mark.parametrize("element", ["title", "description", "guid", "dc:creator"])
def test_invalid_references_lose_no_entry(reference: str, expected: str, element: str) -> None:
    entry = f"<link>https://a.example/7</link><{element}>x{reference}y</{element}>"
    found, other = read(rss(entry, f"{ENTRY}<description>z</description>", channel=f"<title>{reference}</title>"))
    assert other.title == "Import AI 7: Otters"
    if element == "title":
        assert found.title == " ".join(f"x{expected}y".split())
    if element == "description":
        assert found.data.decode() == f"x{expected}y"


def test_surrogate_pairs_in_a_body_become_one_character() -> None:
    assert body(rss("<description><![CDATA[<p>&#55357;&#56832; &#55357;</p>]]></description>")) == "<p>😀 \ufffd</p>"
    assert join_surrogates("&#55000;&#57999;") == "&#55000;&#57999;"


def test_control_characters_lose_no_entry() -> None:
    data = rss(f"{ENTRY}<description>a\x00b\x0bc\x1bd\ufffee</description>")
    assert body(data) == "abcde"


@pytest.mark.parametrize(
    "prologue",
    [
        "",
        '<?xml version="1.0"?>',
        f"<!-- {'a comment ' * 300} -->\n",
        "<?xml version='1.0'?><?xml-stylesheet href='a'?><!-- <rss> -->",
        "\ufeff",
    ],
)
def test_document_type_with_entities_is_refused(prologue: str) -> None:
    data = rss(ENTRY, head=f'{prologue}<!DOCTYPE rss [<!ENTITY a "{"x" * 7_000}">]>')
    assert is_xml_feed(data)
    with pytest.raises(UnreadableInputError, match="entity declarations"):
        list(read_entries(data))


def test_document_type_without_entities_is_ignored() -> None:
    rss_091 = '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "https://a.example/rss-0.91.dtd">'
    assert only(rss(ENTRY, head=f'<?xml version="1.0"?>{rss_091}')).title == "Import AI 7: Otters"


def test_entity_of_a_late_document_type_is_not_expanded() -> None:
    late = rss(f'<!DOCTYPE rss [<!ENTITY a "boom">]>{ENTRY}<description>&a;</description>')
    assert "boom" not in body(late)


def test_web_page_with_a_document_type_is_no_feed() -> None:
    assert not is_xml_feed(b"<!DOCTYPE html><html><body><rss></rss></body></html>")
    assert not is_xml_feed(b"<!-- rss --><html></html>")
    assert not is_xml_feed(b"Otters < rss")


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
def test_feed_is_read_in_every_unicode_encoding(encoding: str) -> None:
    text = rss("<title>Import AI 7: Größe…</title>", head='<?xml version="1.0" encoding="x"?>').decode()
    assert only(text.encode(encoding)).title == "Import AI 7: Größe…"


@pytest.mark.parametrize("name", ["iso-8859-1", "us-ascii", "windows-1252", "hex", "no-such-thing"])
def test_latin_1_feed_is_read_as_windows_1252(name: str) -> None:
    text = rss("<title>Import AI 7: “Größe”…</title>", head=f'<?xml version="1.0" encoding="{name}"?>').decode()
    assert only(text.encode("cp1252")).title == "Import AI 7: “Größe”…"


def test_one_damaged_byte_does_not_garble_the_rest() -> None:
    data = rss(f"<title>Import AI 7: {'é' * 30}</title>").replace("é".encode(), b"\xe9", 1)
    assert only(data).title == "Import AI 7: \ufffd" + "é" * 29


def test_truncated_feed_is_refused() -> None:
    with pytest.raises(UnreadableInputError, match="incomplete"):
        list(read_entries(rss(ENTRY)[:-9]))


def test_other_xml_is_refused() -> None:
    with pytest.raises(UnreadableInputError, match="not an RSS or Atom feed"):
        list(read_entries(b"<?xml version='1.0'?><opml><body/></opml>"))


def test_comments_may_follow_the_feed() -> None:
    assert only(rss(ENTRY) + b"\n<!-- Dynamic page generated\nin 0.1 s -->\n").title == "Import AI 7: Otters"


@pytest.mark.parametrize(
    "after",
    ["<script src='https://a.example/x.js'></script>", "<br><b>Warning</b>: x", "\0\0", f"<!-- {'x ' * 2_000}-->"],
)
def test_server_output_may_follow_the_feed(after: str) -> None:
    assert only(rss(ENTRY) + after.encode()).title == "Import AI 7: Otters"


@pytest.mark.parametrize(
    "before", ["<br />\n<b>Notice</b>: x in <b>y.php</b><br />\n", "<script>x()</script>", "<?php ?>"]
)
def test_server_output_may_precede_the_feed(before: str) -> None:
    assert only(before.encode() + rss(ENTRY)).title == "Import AI 7: Otters"


def test_page_that_shows_a_feed_is_no_feed() -> None:
    assert not is_xml_feed(b"<html><body>" + rss(ENTRY))


@pytest.mark.parametrize(
    "bad",
    [
        f"<description>{'<div>' * 300}x{'</div>' * 300}</description>",
        "<description>x</description></description></b></item></channel>",
        "<description>x</description></item></channel></rss>",
        "<description><![CDATA[x</description>",
        "<description><!-- x</description>",
        f'<enclosure url="{"x" * 10_100_000}"/>',
        "<description><b>x</description>",
    ],
    ids=["deep", "end tags", "end", "cdata", "comment", "long attribute", "tag"],
)
def test_broken_entry_does_not_hide_the_others(bad: str) -> None:
    titles = [document.title for document in read(rss(f"{ENTRY}{bad}", "<title>8</title>", "<title>9</title>"))]
    assert titles == ["Import AI 7: Otters", "8", "9"]


def test_commented_entry_of_a_damaged_feed_is_ignored() -> None:
    feed = rss(
        "<title>7</title></b></description></channel>",
        "<title>8</title>",
        channel="<!-- <item><title>6</title></item> -->",
    )
    assert [document.title for document in read(feed)] == ["7", "8"]


def test_element_with_an_invalid_name_has_its_text() -> None:
    assert body(rss("<description>Otters <a:>swim</a:> far</description>")) == "Otters <span>swim</span> far"


def test_surrogate_in_an_attribute_loses_no_entry() -> None:
    found = only(rss(f'{ENTRY}<description type="<![CDATA[&#55357;]]>">x</description>'))
    assert found.title == "Import AI 7: Otters"


def test_unclosed_entries_are_separate() -> None:
    data = b"<rss><channel><item><title>A</title><description>x<item><title>B</title></channel></rss>"
    assert [found.title for found in read(data)] == ["A", "B"]


def test_undeclared_prefixes_are_understood() -> None:
    data = b"<rss><item><content:encoded>x</content:encoded><dc:date>2026-10-05</dc:date></item></rss>"
    assert (only(data).data, only(data).date) == (b"x", "2026-10-05")


def test_guid_is_the_url_if_it_is_a_permalink() -> None:
    assert only(rss("<guid>https://a.example/7</guid>")).url == "https://a.example/7"
    assert only(rss('<guid isPermaLink="false">https://a.example/7</guid>')).url is None
    assert only(rss("<guid>7</guid>")).url is None


@pytest.mark.parametrize(
    "date", ["", "yesterday", "99999-99-99", "Mon, 99 Foo 2026", "0000-00-00T00:00:00Z", "9" * 9_999]
)
def test_invalid_date_is_ignored(date: str) -> None:
    assert only(rss(f"<title>x</title><pubDate>{date}</pubDate>")).date is None


def test_entries_beyond_the_limit_are_reported() -> None:
    found = read(rss(*[f"<title>Import AI 7{' and otters' * 9}</title>"] * (MAX_DOCUMENTS + 3)))
    assert len(found) == MAX_DOCUMENTS + 1
    assert (found[-1].name_in_container, found[-1].problem) == (
        "entries 5,001 to 5,003",
        "skipped, because a feed may have 5,000 entries",
    )


@pytest.mark.parametrize(
    "data",
    [
        b"<rss>" + b"<a/>" * 100_000 + b"</rss>",
        b"<rss>" + b"<a>" * 100_000 + b"</rss>",
        b"<rss>" + b"<" * 100_000 + b"</rss>",
    ],
)
def test_feed_with_only_tags_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableInputError, match="hardly any text"):
        list(read_entries(data))


def test_binary_content_is_no_text() -> None:
    coded = base64.b64encode(b"\x00\x01").decode()
    assert body(atom(f'<content type="image/png">{coded}</content><summary>x</summary>')) == "x"
    assert body(atom(f'<content mode="base64">{coded}</content><summary>x</summary>')) == "x"
    assert body(atom('<content src="https://a.example/7"/><summary>x</summary>')) == "x"


@pytest.mark.parametrize(
    ("markup", "title"),
    [
        ("The <em>whole</em> story", "The whole story"),
        ("Rock &amp; Roll &#8217;n&#8217; <b class='x'>bold</b>", "Rock & Roll ’n’ bold"),
        ("The &lt;table&gt; tag", "The <table> tag"),
        ("a < b > c", "a < b > c"),
        ("<", "<"),
    ],
)
def test_title_has_no_tags_or_references(markup: str, title: str) -> None:
    assert strip_title_markup(markup) == title


def test_read_documents_gives_the_entries_of_a_feed() -> None:
    assert [found.title for found in read_documents(rss(ENTRY, ENTRY))] == ["Import AI 7: Otters"] * 2
