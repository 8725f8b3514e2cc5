"""The rest of the web, played by the server of the fake sources: `/web/HOST/PATH` is the page of any other URL."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import urlsplit

import httpx2

from importai_tui.http.addresses import get_endpoint
from importai_tui.http.client import HttpClient
from importai_tui.http.request_log import RequestLog
from importai_tui.http.transport import DEFAULT_TIMEOUTS, Transport
from tests.cards.fake_papers import is_missing, make_paper
from tests.http.server import Handler, Reply, Request

_PUBLIC_IP = "93.184.215.14"


class WebTransport(Transport):
    """Sends the requests to all hosts to the server of the fake sources; responses keep their addresses."""

    def __init__(self, address: str, *settings: Any) -> None:
        super().__init__(*settings)
        self._address = address

    def _build_request(self, url: str, ip_address: str, more_headers: Mapping[str, str]) -> httpx2.Request:
        if not url.startswith(f"{self._address}/"):
            parts = urlsplit(url)
            query = f"?{parts.query}" if parts.query else ""
            url, ip_address = f"{self._address}/web/{parts.netloc}{parts.path or '/'}{query}", ""
        return super()._build_request(url, ip_address, more_headers)


async def _resolve(_host: str, _port: int) -> Sequence[str]:
    return (_PUBLIC_IP,)


def open_fake_client(address: str, **settings: Any) -> HttpClient:
    """Return a client for which the server at an address is the whole internet."""
    defaults: dict[str, Any] = {"timeouts": DEFAULT_TIMEOUTS, "clock": time.monotonic, "contact": ""}
    given = defaults | {name: settings[name] for name in defaults if name in settings}
    transport = WebTransport(address, given["timeouts"], RequestLog(), given["clock"], given["contact"])
    return HttpClient(trusted=[get_endpoint(address)], resolve=_resolve, transport=transport, **settings)


def play_web(request: Request) -> Reply:
    """Play any web page: an article with metadata, whose contents depend on the address only."""
    host, _, path = request.path.removeprefix("/").partition("/")
    if is_missing(path):
        return Reply(b"<html><title>Not found</title></html>", status=404, headers={"Content-Type": "text/html"})
    paper = make_paper(f"{host}/{path}")
    title, abstract = escape(paper.title), escape(paper.abstract)
    paragraphs = "".join(f"<p>Part {number}. {abstract}</p>" for number in range(1, 7))
    page = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} | {escape(host)}</title>'
        f'<meta property="og:title" content="{title}"><meta property="og:site_name" content="{escape(host)}">'
        f'<meta name="author" content="{escape(paper.authors[0])}"><meta name="description" content="{abstract}">'
        f'<meta property="article:published_time" content="{paper.date}T08:00:00Z"></head><body><nav><a href="/">Home'
        f'</a></nav><article><h1>{title}</h1>{paragraphs}<p>More in <a href="/more">the sequel</a>.</p></article>'
        "<footer>All rights reserved by the otters</footer></body></html>"
    )
    return Reply(page.encode(), headers={"Content-Type": "text/html; charset=utf-8"})


WEB_HANDLERS: Mapping[str, Handler] = {"web": play_web}
