"""The 24 hosts that the newsletter cites most (the corpus of 2026): where the card of each comes from, and what it has.

The pages have the shape of those sites and none of their text.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from html import escape

import pytest

from importai_tui.cards.clean import make_card
from importai_tui.cards.sources.registry import SOURCES
from importai_tui.cards.sources.web_page import WebPage
from importai_tui.clock import utc_now
from importai_tui.errors import BlockedError, NoCardError
from importai_tui.links.classify import classify_link
from importai_tui.links.work_ids import get_work_id
from importai_tui.model import LinkKind
from importai_tui.works.card import Card, CardTarget
from tests.cards.client import SimpleClient
from tests.cards.fake_sources import FakeSources
from tests.http.server import Reply, Server

TITLE = "What the otters did next"
LEAD = "A year in the kelp, told by those who slept in it."
TEXT = "".join(
    f"<p>In month {n} the otters moved their <a href='/places/{n}'>beds</a> a little further from the shore, as "
    "they do whenever the storms begin and the clams are few.</p>"
    for n in range(1, 6)
)
JSON_LD = (
    '<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle", "headline": "%s",'
    '"datePublished": "2026-02-03T10:00:00+00:00", "author": [{"@type": "Person", "name": "Ada Juniper"}],'
    '"publisher": {"@type": "Organization", "name": "%s"}}</script>'
)


def make_target(url: str) -> CardTarget:
    return CardTarget(get_work_id(url) or "", url, classify_link(url))


def make_head(*, site: str = "", title: str = "", **fields: str) -> str:
    """Return the head that most sites have: title, description, Open Graph."""
    properties = {"og:title": TITLE, "og:description": LEAD, "og:type": "article"}
    properties |= {"og:site_name": site} if site else {}
    properties |= {name.replace("_", ":", 1): value for name, value in fields.items()}
    metas = "".join(f'<meta property="{name}" content="{escape(value)}"/>' for name, value in properties.items())
    return f'<title>{escape(title or TITLE)}</title><meta name="description" content="{LEAD}">{metas}'


@dataclass(frozen=True, slots=True)
class Site:
    """A page of a host, and facts of its card."""

    url: str
    head: str
    body: str
    authors: tuple[str, ...] = ()
    published: str | None = None
    venue: str | None = None
    has_article: bool = True
    kind: LinkKind = LinkKind.POST


SUBSTACK = (
    "<div class='single-post'><article class='newsletter-post post'><div class='post-header'><h1>{title}</h1></div>"
    "<div class='available-content'><div dir=auto class='body markup'>{text}</div></div></article></div>"
    "<div class='footer'>Substack is the home for great culture</div>"
)
NEXT = "<div id='__next'><header><nav>Menu</nav></header><main><article>{text}</article></main></div><script>1</script>"
DIVS = "<div class='_a1'><div class='_b2'><div class='_c3'>{text}</div></div></div>"
SHELL = "<div id='root'></div><script src='/app.js'></script><noscript>You need to enable JavaScript.</noscript>"

SITES = [
    Site(
        "https://jack-clark.net/2026/02/03/import-ai-999-otters/",
        make_head(site="Import AI", article_published_time="2026-02-03T10:00:00+00:00"),
        f"<div class='site-content'><article class='post'><h1 class='entry-title'>{TITLE}</h1>"
        f"<div class='entry-content'>{TEXT}</div></article></div><aside>Archives</aside>",
        published="2026-02-03", venue="Import AI", kind=LinkKind.ISSUE,
    ),
    Site(
        "https://ai.meta.com/blog/otters/", make_head(site="Meta AI"), DIVS, venue="Meta AI",
    ),
    Site(
        "https://www.moltbook.com/post/75404525", make_head(site="moltbook", title=f"{TITLE} | moltbook"), SHELL,
        venue="moltbook", has_article=False,
    ),
    Site(
        "https://www.anthropic.com/research/otters", make_head(title=f"{TITLE} \\ Anthropic"), NEXT,
        ),
    Site(
        "https://importai.substack.com/p/import-ai-999-otters", make_head() + JSON_LD % (TITLE, "Import AI"), SUBSTACK,
        authors=("Ada Juniper",), published="2026-02-03", venue="Import AI", kind=LinkKind.ISSUE,
    ),
    Site(
        "https://arcinstitute.org/news/blog/otters", make_head(site="Arc Institute"), NEXT, venue="Arc Institute",
    ),
    Site(
        "https://www.dallasfed.org/research/economics/2026/0203",
        make_head(title=f"{TITLE} - Dallasfed.org") + "<meta name='author' content='Ada Juniper'>"
        "<meta name='date' content='2026-02-03'>", f"<div id='content'><div class='article'>{TEXT}</div></div>",
        authors=("Ada Juniper",), published="2026-02-03", ),
    Site("https://ifanyonebuildsit.com/3/otters", make_head(), DIVS, kind=LinkKind.OTHER),
    Site(
        "https://www.rand.org/pubs/perspectives/PEA0000-1.html",
        f"<title>{TITLE} | RAND</title><meta name='citation_title' content='{TITLE}'>"
        "<meta name='citation_author' content='Juniper, Ada'><meta name='citation_author' content='Linden, Bo'>"
        "<meta name='citation_publication_date' content='2026/02/03'><meta name='citation_publisher' content='RAND'>"
        f"<meta name='description' content='{LEAD}'>", f"<main><div class='abstract product-main'>{TEXT}</div></main>",
        authors=("Ada Juniper", "Bo Linden"), published="2026-02-03", kind=LinkKind.PAPER,
    ),
    Site("https://sakana.ai/otters/", make_head(site="Sakana AI"), DIVS, venue="Sakana AI", kind=LinkKind.OTHER),
    Site(
        "https://ai-2027.com/", make_head(title="AI 2027"), f"<main><div class='prose'>{TEXT}</div></main>",
        kind=LinkKind.OTHER,
    ),
    Site("https://ai-scenarios.com/otters", make_head(), NEXT, kind=LinkKind.OTHER),
    Site(
        "https://aleximas.substack.com/p/otters", make_head() + JSON_LD % (TITLE, "Ghosts of kelp"), SUBSTACK,
        authors=("Ada Juniper",), published="2026-02-03", venue="Ghosts of kelp",
    ),
    Site(
        "https://asc.llnl.gov/exascale/otters",
        f"<title>{TITLE} | Advanced Simulation and Computing</title><meta name='Generator' content='Drupal 10'>"
        f"<meta name='dcterms.title' content='{TITLE}'><meta name='dcterms.description' content='{LEAD}'>"
        "<meta name='dcterms.date' content='2026-02'>", f"<main role='main'><div class='field'>{TEXT}</div></main>",
        published="2026-02", kind=LinkKind.OTHER,
    ),
    Site("https://blog.exolabs.net/day-1", make_head(site="EXO"), NEXT, venue="EXO", kind=LinkKind.OTHER),
]  # fmt: skip


async def read_card(site: Site, client: SimpleClient) -> Card:
    body = site.body.format(title=TITLE, text=TEXT)
    page = f"<!doctype html><html lang=en><head>{site.head}</head><body>{body}</body></html>"
    with Server(lambda _: Reply(page.encode(), headers={"Content-Type": "text/html"})) as server:
        url = f"{server.address}/{site.url.partition('://')[2]}"
        drafts = await WebPage().fetch([CardTarget(url, url)], client)
    ((_, draft),) = drafts.items()
    return make_card(draft, make_target(site.url), "Web page", utc_now())


@pytest.fixture
async def client() -> AsyncIterator[SimpleClient]:
    async with SimpleClient() as client:
        yield client


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.url.split("/")[2])
async def test_sites(site: Site, client: SimpleClient) -> None:
    card = await read_card(site, client)
    assert (card.title, card.authors, card.published, card.venue) == (TITLE, site.authors, site.published, site.venue)
    assert card.kind is site.kind
    if site.has_article:
        pytest.importorskip("trafilatura")
        assert card.text.count("a little further from the shore") == 5
        assert len(card.links) == 5
        assert not any(word in card.text for word in ("Menu", "Archives", "great culture", "JavaScript"))
    else:
        assert LEAD in card.text


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://arxiv.org/abs/2502.19187", "arXiv"),
        ("https://github.com/sea/otters", "GitHub"),
        ("https://huggingface.co/datasets/sea/otters", "Hugging Face"),
        ("https://www.youtube.com/watch?v=409Pjtq7jzY", "YouTube"),
        ("https://www.biorxiv.org/content/10.1101/2025.10.16.679418v1", "Crossref"),
        *((site.url, "Web page") for site in SITES),
    ],
)
def test_sources(url: str, name: str) -> None:
    target = make_target(url)
    assert next(source.name for source in SOURCES if source.accepts(target)) == name


async def test_openai_checks_browsers(client: SimpleClient) -> None:
    page = b"<!doctype html><html><title>Just a moment...</title><script>window._cf_chl_opt={}</script></html>"
    headers = {"Content-Type": "text/html", "cf-mitigated": "challenge"}
    with Server(lambda _: Reply(page, 403, headers)) as server:
        url = f"{server.address}/openai.com/index/otters/"
        with pytest.raises(BlockedError, match="browser check"):
            await WebPage().fetch([CardTarget(url, url)], client)


async def test_x_is_closed(client: SimpleClient, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeSources().serve(monkeypatch.setattr), pytest.raises(NoCardError, match=r"x\.com shows its posts only"):
        await WebPage().fetch([make_target("https://x.com/pdhsu/status/1892243493445050606")], client)


async def test_primeintellect_needs_scripts(client: SimpleClient) -> None:
    pytest.importorskip("trafilatura")
    site = Site("https://app.primeintellect.ai/intelligence", "<title>Prime Intellect</title>", SHELL)
    with pytest.raises(NoCardError, match="may need JavaScript"):
        await read_card(site, client)


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("assets.anthropic.com/m/otters.pdf", b"%PDF-1.7", "a PDF"),
        ("www.dallasfed.org/-/media/otters.png", b"\x89PNG\r\n", "a picture"),
    ],
)
async def test_files(client: SimpleClient, path: str, body: bytes, words: str) -> None:
    with Server(lambda _: Reply(body + b" " * 2_000_000)) as server:
        url = f"{server.address}/{path}"
        with pytest.raises(NoCardError) as caught:
            await WebPage().fetch([CardTarget(url, url)], client)
    assert str(caught.value) == f"This is {words} (2.0 MB): {url}"
