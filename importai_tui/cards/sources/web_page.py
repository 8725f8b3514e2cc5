"""Cards of all other web pages: their metadata, and their article if it can be found."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple
from urllib.parse import unquote

from importai_tui.cards.articles import NO_ARTICLES, extract_article, is_available
from importai_tui.cards.page_metadata import PageMetadata, read_metadata
from importai_tui.cards.page_titles import MISSING, NEEDS_BROWSER, NEEDS_LOGIN, find_substitute
from importai_tui.cards.sources.answers import OPEN_INSTEAD, is_found
from importai_tui.cards.sources.base import SingleSource, SourceClient
from importai_tui.errors import NoCardError, UnusableResponseError
from importai_tui.http.responses import BodyFormat as Format
from importai_tui.http.responses import Response, format_host, format_status
from importai_tui.links.urls import browser_url, get_host, get_path
from importai_tui.model import LinkKind
from importai_tui.parse.formats import is_known_charset, resolve_charset
from importai_tui.works.card import BodyFormat, CardDraft, CardTarget

MAX_PAGE = 5_000_000
"""Bytes of a page that are downloaded."""
_MAX_START = 4_096
"""Bytes that are downloaded of what is probably a PDF, enough to recognise it."""
_CLOSED_SITES = (
    *("x.com", "twitter.com", "linkedin.com", "facebook.com", "instagram.com", "threads.net", "threads.com"),
    *("tiktok.com",),
)
"""Sites that show their posts only to people who log in, or to scripts."""
_OTHER_WORKS = ("arxiv:", "github:", "hf:", "https://youtube.com/watch?", "https://aclanthology.org/")
"""The start of works that have no page if their source does not have them."""
_RESOLVERS = frozenset({"doi.org", "dx.doi.org"})
"""Hosts that only redirect to the page of a DOI that its registry knows."""
_SIGNATURES = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"PK\x03\x04", "an archive or an office document"),
    (b"\x1f\x8b", "an archive"),
)
_MEDIA_TYPES = (
    ("application/pdf", "a PDF"),
    ("image/", "a picture"),
    ("video/", "a video"),
    ("audio/", "an audio file"),
    ("font/", "a file"),
    ("application/zip", "an archive"),
    ("application/octet-stream", "a file"),
)
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
"""Control characters that no text has; an escape sequence is one of a log of a terminal."""
_FRONT_PAGE_PART = re.compile(r"|home|[a-z]{2}(?:[-_][a-z]{2})?|(?:index|default|home)\.\w{3,5}", re.ASCII)
_LOGIN_URL = re.compile(r"(?i)^[^?]*/(?:log[-_]?in|sign[-_]?in|sso)(?:\.\w+)?/?(?:\?|$)")
_MISSING_URL = re.compile(r"(?i)^[^?]*/(?:404|(?:page-?)?not-?found)(?:\.\w+)?/?(?:\?|$)")
_CONSENT_URL = re.compile(r"^https://consent\.")
_CHARSET = re.compile(rb"""(?i)<meta[^<>]{0,300}?charset\s*=\s*["']?([\w-]+)""")
_DECLARED_CHARSET = re.compile(r"""(?i)\bcharset\s*=\s*["']?([\w-]+)""")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

NO_ARTICLE = "This page has no article to show here. It may need JavaScript."
FRONT_PAGE = "This page no longer exists; its URL leads to the front page of the site."


class PageAnswer(NamedTuple):
    """The response for a page; `url` is the address that answered."""

    url: str
    content_type: str
    body: bytes


class WebPage(SingleSource):
    """Any page, for works that no other source has."""

    name = "Web page"
    groups = 4

    def accepts(self, target: CardTarget) -> bool:
        """Return True for a work with a web address, unless its own source knows all works of its kind."""
        is_page = not target.work.startswith(_OTHER_WORKS) and get_host(target.url) not in _RESOLVERS
        return is_page and browser_url(target.url) is not None

    async def fetch_one(self, target: CardTarget, client: SourceClient) -> CardDraft | None:
        """Return the page.

        Raises:
            NoCardError: the page has nothing to read, or is not the one that was cited.
        """
        url = choose_url(target)
        if url is None:
            return None
        host = get_host(url) or ""
        if any(host == site or host.endswith(f".{site}") for site in _CLOSED_SITES):
            raise NoCardError(f"{host} shows its posts only in a browser.")
        response = await _get_page(url, client)
        if response.status == 401:
            raise NoCardError(NEEDS_LOGIN)
        if response.status == 400:  # sites send it to programs that they do not like
            host, status = format_host(response.url), format_status(response)
            raise UnusableResponseError(f"{host} refuses to answer (status {status}). {OPEN_INSTEAD}")
        if not is_found(response):
            raise NoCardError(MISSING)
        _check_media_type(response)
        _check_redirect(url, response.url)
        answer = PageAnswer(response.url, response.headers.get("content-type", ""), response.body)
        return await client.parse(parse_page, answer)


def choose_url(target: CardTarget) -> str | None:
    """Return the address to fetch: of the page about a paper if the citation leads to its PDF."""
    if _is_pdf_path(target.url) and target.work.startswith("https://") and not _is_pdf_path(target.work):
        return browser_url(target.work)
    return browser_url(target.url)


def _check_redirect(url: str, answered: str) -> None:
    """Raise NoCardError if the address that answered shows that its page is another one."""
    if _is_front_page(answered) and not _is_front_page(url) and _is_same_site(answered, url):
        raise NoCardError(FRONT_PAGE)
    for pattern, sentence in ((_LOGIN_URL, NEEDS_LOGIN), (_MISSING_URL, MISSING), (_CONSENT_URL, NEEDS_BROWSER)):
        if pattern.search(answered) and not pattern.search(url):
            raise NoCardError(sentence)


def _is_front_page(url: str) -> bool:
    """Return True for the first page of a site, in any language."""
    parts = get_path(url).lower().strip("/").split("/")
    return "?" not in url and all(_FRONT_PAGE_PART.fullmatch(part) for part in parts)


def _is_same_site(url: str, other: str) -> bool:
    """Return True if one host is the other, or below it. A short link to a project's front page does not count."""
    host, other_host = get_host(url) or "", get_host(other) or ""
    return f".{host}".endswith(f".{other_host}") or f".{other_host}".endswith(f".{host}")


def _is_pdf_path(url: str | None) -> bool:
    return get_path(url).lower().endswith(".pdf")


async def _get_page(url: str, client: SourceClient) -> Response:
    """Fetch a page, but only the start of a PDF."""
    accept = "text/html, application/xhtml+xml, text/plain;q=0.8, */*;q=0.5"
    if _is_pdf_path(url):
        response = await client.get(url, accept=accept, max_bytes=_MAX_START, truncate=True)
        if response.status != 200 or _find_media(response):
            return response
    return await client.get(url, accept=accept, max_bytes=MAX_PAGE, truncate=True)


def _find_media(response: Response) -> str:
    """Return the kind of a response that is not a text ("a PDF"); else an empty string."""
    start = response.body[:1_024].lstrip()
    for signature, name in _SIGNATURES:
        if start.startswith(signature):
            return name
    media_type = response.headers.get("content-type", "").strip().lower()
    return next((name for prefix, name in _MEDIA_TYPES if media_type.startswith(prefix)), "")


def _check_media_type(response: Response) -> None:
    """Raise NoCardError for a file that is not a text, and for data."""
    if name := _find_media(response):
        raise NoCardError(f"This is {name}{_format_size(response)}: {response.url}")
    if response.format in (Format.JSON, Format.XML):
        raise NoCardError(NO_ARTICLE)


def _format_size(response: Response) -> str:
    """Return the size that a response states: " (2.1 MB)"; empty if it states none."""
    size = response.headers.get("content-length", "")
    if not re.fullmatch("[0-9]{1,12}", size) or response.headers.get("content-encoding"):
        return ""
    count = int(size)
    return f" ({count / 1_000_000:.1f} MB)" if count >= 1_000_000 else f" ({max(count // 1_000, 1)} kB)"


def parse_page(page: PageAnswer) -> CardDraft:
    """Return the card of a page.

    Raises:
        NoCardError: there is nothing to read on the page.
    """
    text = decode_page(page.body, page.content_type)
    if page.content_type.lower().startswith(("text/plain", "text/markdown")):
        return _parse_text(text, page)
    metadata = read_metadata(text, page.url)
    _check_title(metadata)
    is_abstract = metadata.is_paper and bool(metadata.abstract)
    article = "" if is_abstract else extract_article(text, page.url)
    if article:
        body, body_format = article, BodyFormat.HTML
    elif is_abstract:
        body, body_format = metadata.abstract, BodyFormat.HTML if "<p>" in metadata.abstract else BodyFormat.PLAIN
    else:
        note = "" if is_available() or metadata.is_paper else NO_ARTICLES
        body = "\n\n".join(filter(None, (metadata.description or metadata.abstract, note)))
        body_format = BodyFormat.PLAIN
    if not article and not metadata.abstract and not metadata.description and (is_available() or not metadata.title):
        raise NoCardError(NO_ARTICLE)
    return CardDraft(
        title=metadata.title,
        authors=metadata.authors,
        published=metadata.published,
        venue=metadata.venue,
        license=metadata.license,
        pdf_url=metadata.pdf_url,
        doi=metadata.doi,
        body=body,
        body_format=body_format,
        base_url=page.url,
        kind=LinkKind.PAPER if metadata.is_paper else None,
    )


def _parse_text(text: str, page: PageAnswer) -> CardDraft:
    """Return the card of a plain text, which is often the raw file of a repository."""
    if not text.strip():
        raise NoCardError(NO_ARTICLE)
    if _BINARY.search(text, 0, _MAX_START):
        raise NoCardError(f"This is a file, not a text: {page.url}")
    path = unquote(get_path(page.url))
    is_markdown = path.lower().endswith((".md", ".markdown")) or "markdown" in page.content_type.lower()
    return CardDraft(
        title=path.rstrip("/").rpartition("/")[2] or get_host(page.url) or "",
        body=text,
        body_format=BodyFormat.MARKDOWN if is_markdown else BodyFormat.PLAIN,
        base_url=page.url,
    )


def _check_title(metadata: PageMetadata) -> None:
    """Raise NoCardError for a page that stands in for the one that was asked for."""
    sentence = None if metadata.is_paper else find_substitute(metadata.title)
    if sentence:
        raise NoCardError(sentence)


def decode_page(data: bytes, content_type: str) -> str:
    """Return the text of a page. A valid UTF-8 text is one, whatever the page says; else its charset counts."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    declared = _DECLARED_CHARSET.search(content_type)
    in_page = _CHARSET.search(data[:4_096])
    names = [declared[1]] if declared else []
    names += [in_page[1].decode("ascii", "replace")] if in_page else []
    name = next(filter(is_known_charset, names), "")
    if b"\0" not in data[:_MAX_START]:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            if error.start >= len(data) - 3:
                return data[: error.start].decode("utf-8")  # the download ends inside a character
    is_utf8 = name.lower().replace("-", "") == "utf8"
    return data.decode(name if is_utf8 else resolve_charset(name), "replace")
