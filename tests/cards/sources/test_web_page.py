from __future__ import annotations

import pytest

from importai_tui.cards.articles import NO_ARTICLES
from importai_tui.cards.clean import make_card
from importai_tui.cards.page_titles import MISSING, NEEDS_BROWSER, NEEDS_LOGIN
from importai_tui.cards.sources import web_page
from importai_tui.cards.sources.web_page import (
    FRONT_PAGE,
    NO_ARTICLE,
    PageAnswer,
    WebPage,
    decode_page,
    parse_page,
)
from importai_tui.clock import utc_now
from importai_tui.errors import NoCardError, UnusableResponseError
from importai_tui.links.work_ids import get_work_id
from importai_tui.model import Code, Heading, LinkKind, ListBlock
from importai_tui.works.card import BodyFormat, Card, CardDraft, CardTarget
from tests.cards.client import SimpleClient
from tests.cards.fake_sources import FakeSources
from tests.http.clients import in_sequence
from tests.http.server import Reply, Server

URL = "https://sea.example/posts/otters"
PARAGRAPHS = "".join(
    f"<p>On night {n} the otters sleep in the kelp and hold hands, so that the tide does not take them apart.</p>"
    for n in range(1, 5)
)
ARTICLE = f"<article><h2>At night</h2>{PARAGRAPHS}</article>"
HTML = {"Content-Type": "text/html; charset=utf-8"}


def read(head: str = "", body: str = "", url: str = URL, content_type: str = "text/html") -> CardDraft:
    page = f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"
    return parse_page(PageAnswer(url, content_type, page.encode()))


def read_meta(**fields: str) -> CardDraft:
    names = {name: name.replace("__", ".").replace("og_", "og:").replace("article_", "article:") for name in fields}
    return read("".join(f'<meta name="{names[name]}" content="{value}">' for name, value in fields.items()))


async def fetch(client: SimpleClient, *replies: Reply, path: str = "/posts/otters") -> CardDraft | None:
    with Server(in_sequence(*replies)) as server:
        url = f"{server.address}{path}"
        return (await WebPage().fetch([CardTarget(url, url)], client)).get(url)


async def refusal(client: SimpleClient, reply: Reply, path: str = "/posts/otters") -> str:
    with pytest.raises(NoCardError) as caught:
        await fetch(client, reply, path=path)
    return str(caught.value)


@pytest.fixture
def no_articles(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is not installed."""
    monkeypatch.setattr(web_page, "is_available", lambda: False)
    monkeypatch.setattr(web_page, "extract_article", lambda _text, _url: "")


def test_fields_for_bibliographies() -> None:
    draft = read(
        '<meta name="citation_title" content="On otters"><meta name="citation_author" content="Juniper, Ada">'
        '<meta name="citation_author" content="Bo Linden"><meta name="citation_publication_date" content="2024/5/7">'
        '<meta name="citation_journal_title" content="J. Otters"><meta name="citation_doi" content="doi:10.1234/x">'
        '<meta name="citation_pdf_url" content="/x.pdf"><meta name="DC.Description" content="We count $n^2$ otters.">'
        '<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">',
        ARTICLE,
    )
    assert draft == CardDraft(
        title="On otters",
        authors=("Ada Juniper", "Bo Linden"),
        published="2024-05-07",
        venue="J. Otters",
        license="CC BY 4.0",
        pdf_url="https://sea.example/x.pdf",
        doi="10.1234/x",
        body="We count $n^2$ otters.",
        base_url=URL,
        kind=LinkKind.PAPER,
    )


@pytest.mark.usefixtures("no_articles")
def test_fields_for_previews() -> None:
    draft = read(
        '<meta property="og:title" content="Otters &amp; kelp"><meta property="og:site_name" content="The Sea">'
        '<meta property="og:description" content="How they sleep."><meta name="author" content="By Ada Juniper">'
        '<meta property="article:author" content="https://facebook.com/ada">'
        '<meta property="article:published_time" content="2026-02-03T10:00:00Z">'
    )
    assert (draft.title, draft.authors, draft.venue) == ("Otters & kelp", ("Ada Juniper",), "The Sea")
    assert (draft.published, draft.kind) == ("2026-02-03T10:00:00Z", None)
    assert draft.body == f"How they sleep.\n\n{NO_ARTICLES}"


def test_dublin_core() -> None:
    draft = read_meta(
        DC__title="Otters", DC__creator="Ada", DCTERMS__issued="2024-05", DC__publisher="Sea", description="x"
    )
    assert (draft.title, draft.authors, draft.published, draft.venue) == ("Otters", ("Ada",), "2024-05", "Sea")


@pytest.mark.parametrize("wrap", ["{}", "[{}]", '{{"@graph": [{{"@type": "Person"}}, {}]}}'])
def test_json_ld(wrap: str) -> None:
    script = wrap.format(
        '{"@type": ["NewsArticle"], "headline": "Otters", "datePublished": "2026-02-03",'
        '"description": "How they sleep",'
        '"author": [{"name": "Ada Juniper"}, "Bo Linden", {"name": "https://x.example"}],'
        '"publisher": {"name": "Sea"}}'
    )
    draft = read(f'<script type="application/ld+json">{script}</script>')
    assert (draft.title, draft.published, draft.venue) == ("Otters", "2026-02-03", "Sea")
    assert (draft.authors, draft.body) == (("Ada Juniper", "Bo Linden"), "How they sleep")


@pytest.mark.parametrize(
    "script", ["{", "[1]", "null", '{"@type": 3}', '{"@type": "Article", "author": 3}', "[" * 9_000]
)
def test_broken_json_ld(script: str) -> None:
    assert read_meta(og_title="Otters", description="x").title == "Otters"
    page = f'<title>Otters</title><meta name=description content=x><script type="application/ld+json">{script}</script>'
    assert read(page).title == "Otters"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Otters | The Sea", "Otters"),
        ("Otters - Sea", "Otters"),
        ("Otters — sleep - sea.example", "Otters — sleep"),
        ("Otters - a study", "Otters - a study"),
        ("Otters — Sea levels", "Otters — Sea levels"),
        ("The Sea", ""),
    ],
)
def test_site_name_in_the_title(title: str, shown: str) -> None:
    draft = read(
        f'<title>{title}</title><meta property="og:site_name" content="The Sea"><meta name=description content=x>'
    )
    assert draft.title == shown


def test_an_article() -> None:
    pytest.importorskip("trafilatura")
    body = (
        f"<nav><a href=/>Home</a></nav><article><h1>Otters</h1>{PARAGRAPHS}<h2>Food</h2><p>They eat <b>clams</b> "
        "and <code>kelp()</code>, see <a href='../food'>food</a> and H<sub>2</sub>O for more.</p><ul><li>one</li>"
        "<li>two</li></ul><pre><code>def f():\n    return 1</code></pre></article><footer>Subscribe now</footer>"
    )
    draft = read("<title>Otters</title>", body)
    card = make_card(draft, CardTarget(URL, URL), "Web page", utc_now())
    assert card.text.count("hold hands") == 4
    assert "They eat clams and kelp(), see food and H₂O for more." in card.text
    assert not any(word in card.text for word in ("Home", "Subscribe"))
    assert [link.url for link in card.links] == ["https://sea.example/food"]
    assert Heading in map(type, card.blocks)
    assert ListBlock in map(type, card.blocks)
    assert Code("def f():\n    return 1") in card.blocks


def test_base_url_is_the_address_that_answered() -> None:
    assert read_meta(og_title="Otters", description="x").base_url == URL
    assert read_meta(og_title="Otters", description="x").url is None


def test_an_article_without_the_extra(no_articles: None) -> None:  # noqa: ARG001
    assert read("<title>Otters</title>", ARTICLE).body == NO_ARTICLES
    assert "articles" in NO_ARTICLES


@pytest.mark.parametrize("body", ["", "<div id=root></div>", "<noscript>Enable JavaScript</noscript>", "<p>Hi</p>"])
def test_a_page_without_an_article(body: str) -> None:
    pytest.importorskip("trafilatura")
    with pytest.raises(NoCardError, match="no article"):
        read("<title>App</title>", body)


@pytest.mark.parametrize("data", [b"", b" \n", b"<!-- -->", b"\0\0\0", b"<html></html>"])
def test_an_empty_page(data: bytes) -> None:
    with pytest.raises(NoCardError, match="no article"):
        parse_page(PageAnswer(URL, "text/html", data))


@pytest.mark.parametrize(
    ("title", "sentence"),
    [("Log in | Sea", NEEDS_LOGIN), ("Sea - Are you a robot?", NEEDS_BROWSER), ("404 - Page not found", MISSING)],
)
def test_pages_in_place_of_the_page(title: str, sentence: str) -> None:
    with pytest.raises(NoCardError) as caught:
        read(f"<title>{title}</title><meta property=og:site_name content=Sea>", ARTICLE)
    assert str(caught.value) == sentence


def test_a_title_that_says_nothing() -> None:
    head = "<meta property=og:title content=Home><title>Otters at sea</title><meta name=description content=x>"
    assert read(head).title == "Otters at sea"
    assert read(head.replace("Otters at sea", "sea.example")).title == ""
    assert read(head.replace("Otters at sea", "Sea Example"), url="https://sea.example/").title == "Sea Example"


@pytest.mark.parametrize(
    ("start", "end", "is_other_page"),
    [
        ("/posts/otters", "/", True),
        ("/posts/otters", "/en-us/", True),
        ("/posts/otters", "/index.html", True),
        ("/posts/otters", "/?p=1", False),
        ("/posts/otters", "/otters", False),
        ("/en", "/", False),
    ],
)
async def test_a_redirect_to_the_front_page(client: SimpleClient, start: str, end: str, *, is_other_page: bool) -> None:
    page = Reply(b"<title>Otters</title><meta name=description content=x>", headers=HTML)
    replies = (Reply(status=302, headers={"Location": end}), page)
    if is_other_page:
        with pytest.raises(NoCardError, match="front page"):
            await fetch(client, *replies, path=start)
        assert "front page" in FRONT_PAGE
    else:
        assert await fetch(client, *replies, path=start)


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        ("/login?next=/posts/otters", NEEDS_LOGIN),
        ("/users/sign_in", NEEDS_LOGIN),
        ("/404.html", MISSING),
        ("/not-found/", MISSING),
    ],
)
async def test_a_redirect_to_another_page(client: SimpleClient, end: str, sentence: str) -> None:
    page = Reply(b"<title>Otters</title><meta name=description content=x>", headers=HTML)
    with pytest.raises(NoCardError) as caught:
        await fetch(client, Reply(status=302, headers={"Location": end}), page)
    assert str(caught.value) == sentence
    assert await fetch(client, page, path=end)


async def test_a_refused_request_is_no_missing_page(client: SimpleClient) -> None:
    with pytest.raises(UnusableResponseError, match="refuses to answer"):
        await fetch(client, Reply(b"", status=400))


async def test_a_file_that_claims_to_be_text(client: SimpleClient) -> None:
    for data in (b"\x89\0\1" * 99, b"\x7fELF\2\1\1\0", b"PK\3\4\0\0", bytes(range(256))):
        assert "This is a" in await refusal(client, Reply(data, headers={"Content-Type": "text/plain"}))


async def test_a_page(client: SimpleClient) -> None:
    page = f"<title>Otters</title><meta name=description content='They sleep.'>{ARTICLE}".encode()
    draft = await fetch(client, Reply(page, headers=HTML))
    assert draft
    assert draft.title == "Otters"


@pytest.mark.parametrize(
    ("body", "media_type", "words"),
    [
        (b"%PDF-1.7 ...", "text/html", "a PDF"),
        (b"x", "application/pdf", "a PDF"),
        (b"\x89PNG\r\n", "image/png", "a picture"),
        (b"RIFF", "image/webp", "a picture"),
        (b"x", "video/mp4", "a video"),
        (b"PK\x03\x04", "", "an archive or an office document"),
    ],
)
async def test_files(client: SimpleClient, body: bytes, media_type: str, words: str) -> None:
    sentence = await refusal(client, Reply(body + b"x" * 50_000, headers={"Content-Type": media_type}))
    assert sentence.startswith(f"This is {words} (50 kB): http://127.0.0.1")
    assert sentence.endswith("/posts/otters")


async def test_only_the_start_of_a_pdf_is_downloaded(client: SimpleClient) -> None:
    reply = Reply(b"%PDF-1.7" + b"x" * 3_000_000, headers={"Content-Type": "application/pdf"})
    assert "a PDF (3.0 MB)" in await refusal(client, reply, path="/x.PDF")
    assert client.fake.http.byte_count < 1_000_000


async def test_a_page_named_like_a_pdf(client: SimpleClient) -> None:
    page = Reply(b"<title>Otters</title><meta name=description content=x>" + b" " * 9_000, headers=HTML)
    draft = await fetch(client, page, page, path="/x.pdf")
    assert draft
    assert draft.title == "Otters"


def test_the_page_of_a_paper_replaces_its_pdf() -> None:
    pdf = "https://proceedings.mlr.press/v1/otters/otters.pdf"
    page = "https://proceedings.mlr.press/v1/otters.html"
    assert web_page.choose_url(CardTarget(get_work_id(pdf) or "", pdf)) == page
    pdf = "http://sea.example/x.pdf"
    assert web_page.choose_url(CardTarget(get_work_id(pdf) or "", pdf)) == pdf


@pytest.mark.parametrize("body", [b'{"a": 1}', b"<?xml version='1.0'?><rss></rss>"])
async def test_data_is_no_article(client: SimpleClient, body: bytes) -> None:
    assert await refusal(client, Reply(body)) == NO_ARTICLE


async def test_statuses(client: SimpleClient) -> None:
    assert await refusal(client, Reply(b"x", 404)) == MISSING
    assert await refusal(client, Reply(b"x", 410)) == MISSING
    assert await refusal(client, Reply(b"x", 401)) == NEEDS_LOGIN
    with pytest.raises(UnusableResponseError):
        await fetch(client, Reply(b"{}", 403))


async def test_plain_text(client: SimpleClient) -> None:
    draft = await fetch(
        client, Reply(b"Otters\n\nsleep", headers={"Content-Type": "text/plain"}), path="/a/notes%20.txt"
    )
    assert draft
    assert (draft.title, draft.body, draft.body_format) == ("notes .txt", "Otters\n\nsleep", BodyFormat.PLAIN)
    draft = await fetch(client, Reply(b"# Otters", headers={"Content-Type": "text/plain"}), path="/README.md")
    assert draft
    assert draft.body_format is BodyFormat.MARKDOWN


@pytest.mark.parametrize("host", ["x.com", "mobile.twitter.com", "www.linkedin.com", "facebook.com", "threads.net"])
async def test_closed_sites_get_no_request(client: SimpleClient, host: str, fakes: FakeSources) -> None:
    with pytest.raises(NoCardError, match="shows its posts only in a browser"):
        await WebPage().fetch([CardTarget("w", f"https://{host}/sea/status/1")], client)
    assert fakes.requests == []


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        ("“Otters” é".encode(), "text/html; charset=utf-8"),
        ("“Otters” é".encode(), "text/html; charset=iso-8859-1"),
        ("“Otters” é".encode("cp1252"), "text/html; charset=iso-8859-1"),
        ("“Otters” é".encode("cp1252"), "text/html"),
        ("“Otters” é".encode("utf-8-sig"), ""),
        ("“Otters” é".encode("utf-16"), "text/html"),
        ("“Otters” é".encode("utf-16-le"), 'text/html; charset="UTF-16LE"'),
        ("“Otters” é".encode("cp1252"), "text/html; charset=zlib"),
        ("“Otters” é".encode() + "é".encode()[:1], "text/html"),
    ],
)
def test_charsets(data: bytes, content_type: str) -> None:
    assert decode_page(data, content_type) == "“Otters” é"


def test_charset_of_the_page() -> None:
    text = '<meta charset="shift_jis">ラッコ'
    assert decode_page(text.encode("shift_jis"), "text/html") == text
    old = '<meta http-equiv="content-type" content="text/html; charset=koi8-r">Выдра'
    assert decode_page(old.encode("koi8-r"), "text/html") == old


@pytest.mark.parametrize(
    ("url", "accepted"),
    [
        (URL, True),
        ("http://sea.example", True),
        ("https://www.nature.com/articles/s41586-020-0001-1", True),
        ("https://doi.org/10.1234/x", False),
        ("https://arxiv.org/abs/2502.19187", False),
        ("https://github.com/sea/otters", False),
        ("ftp://sea.example/x", False),
        (None, False),
    ],
)
def test_accepted_works(url: str | None, accepted: bool) -> None:
    assert WebPage().accepts(CardTarget(get_work_id(url) or "title:x", url)) is accepted


def test_everything_hostile_is_text() -> None:
    evil = "\x1b]0;x\x07[/]&#27;[31m\u202e"
    draft = read(f'<title>{evil}</title><meta name=author content="{evil}"><meta name=description content="{evil} ok">')
    card: Card = make_card(draft, CardTarget(URL, URL), "Web page", utc_now())
    assert "\x1b" not in repr(card).encode().decode("unicode_escape", "ignore")
    assert card.title.startswith("[/]")
