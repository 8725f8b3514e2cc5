"""What the address of an issue's page says: its slug, its day, the place on the page. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from importai_tui.links import tidy

_DAY = re.compile(r"^/(\d{4})/(\d{2})/(\d{2})(?:/|$)")
_SUBSTACK, _MIRROR = "https://importai.substack.com/p/", "https://jack-clark.net/"
_SLUG_BEGINNING = 24
"""Characters of a slug that name an issue: the sites cut slugs at different lengths, none as early."""


@dataclass(frozen=True, slots=True)
class Page:
    """The page of an issue. `day` is YYYY-MM-DD; `anchor` are the words of the place on the page, empty for none."""

    spellings: tuple[str, ...]
    slug: str
    day: str | None
    anchor: str


def page_of(url: str) -> Page:
    """What an address says; nothing of it is asked for anywhere."""
    bare, _, fragment = url.partition("#")
    known = tidy(bare)
    try:
        path = urlsplit(known).path
    except ValueError:
        path = ""
    dated = _DAY.match(path)
    slug = path[dated.end() :] if dated else path.rpartition("/")[2]
    spellings = tuple(dict.fromkeys((bare, known, f"{known}/")))
    return Page(spellings, slug.strip("/"), "-".join(dated.groups()) if dated else None, _words_of(fragment))


def beginnings(slug: str, day: str | None, url: str | None) -> tuple[str, ...]:
    """How the tidied addresses of an issue's page begin, on either site: for all links to it, and few others."""
    day_page = f"{_MIRROR}{day.replace('-', '/')}" if day else None
    own = tidy(url) if url else None
    return tuple(dict.fromkeys(x for x in (own, day_page, f"{_SUBSTACK}{slug[:_SLUG_BEGINNING]}") if x))


def _words_of(fragment: str) -> str:
    """The words of "§a-headline" and of ":~:text=A%20headline,the%20end"."""
    told = fragment.partition(":~:text=")
    text = told[2].split("&")[0].split(",")[0] if told[1] else fragment.replace("-", " ")
    return unquote(text).strip(" §")
