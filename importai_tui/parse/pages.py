"""A whole saved page of either site: the post in it as markup, and what the page's head says of the issue."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

_WHOLE_PAGE = re.compile(r"(?i)<(?:title|article)\b")


@dataclass(frozen=True, slots=True)
class SavedPage:
    """The markup of the post, and title, date (YYYY-MM-DD) and address as the page states them."""

    post: str
    title: str | None
    date: str | None
    url: str | None


def is_whole_page(markup: str) -> bool:
    """Whether markup has a head; a fragment, as feeds and exports hold it, has none."""
    return _WHOLE_PAGE.search(markup) is not None


def read_page(markup: str) -> SavedPage:
    """Find the post in a page, with nothing of the page around it."""
    soup = BeautifulSoup(markup, "lxml")
    return SavedPage(str(_post(soup)), *_metadata(soup))


def _post(soup: BeautifulSoup) -> Tag:
    """The element that holds the post; the whole document where none is known."""
    for name, classes in (("div", "entry-content"), ("div", "body markup"), ("div", "available-content")):
        found = soup.find(name, class_=classes)
        if isinstance(found, Tag):
            return found
    found = soup.find("article") or soup.find("main") or soup.find("body")
    return found if isinstance(found, Tag) else soup


def _metadata(soup: BeautifulSoup) -> tuple[str | None, str | None, str | None]:
    """Title, date and address, as a whole page states them in its head."""
    said = {str(tag.get("property") or tag.get("name")): str(tag.get("content") or "") for tag in soup.find_all("meta")}
    name = soup.find("title")
    title = said.get("og:title") or (name.get_text() if name else "")
    title = re.sub(r"\s*\|\s*Import AI\s*$", "", title).strip()
    canonical = soup.find("link", rel="canonical")
    url = said.get("og:url") or (str(canonical.get("href")) if isinstance(canonical, Tag) else "")
    time = soup.find("time", datetime=True)
    date = said.get("article:published_time") or (str(time.get("datetime")) if isinstance(time, Tag) else "")
    return title or None, date[:10] if re.match(r"\d{4}-\d{2}-\d{2}", date) else None, url or None
