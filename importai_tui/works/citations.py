"""Describes each citation of a story for the list of works: is its title certain, who wrote it, who published it.

The links pane shows any words of a link as its title. A list of works and a bibliography must not: there "about 6%" is
no title, though these words lead to a paper.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from importai_tui.links.urls import get_host
from importai_tui.model import Link, LinkKind, Story
from importai_tui.works.names import sort_names, split_authors
from importai_tui.works.titles import LinkTitle, find_link_titles, normalise_name, split_names, split_repository

TITLE_SCHEME = "title:"
"""The scheme of the ids of works without an address."""
_MAX_KEY_LENGTH = 120
"""Characters of a folded title. Longer titles with one beginning are the same work."""
_MAX_WORDS_LENGTH = 80
"""Characters of the folded words before the key of a story, so that the state stores the whole id, not a hash of it."""


class CitedWork(NamedTuple):
    """A work as one citation describes it.

    `is_certain`: the title is that of the work, because the citation prints it as such. Otherwise `title` has the words
    of the link, empty if it has none. `title_key` is the folded title; without an address and a certain title, the key
    of the story follows, because "the tweet thread" of another story is another work.
    """

    title: str
    title_key: str
    is_certain: bool
    authors: tuple[str, ...] = ()
    publisher: str = ""


UNKNOWN_WORK = CitedWork("", "", is_certain=False)
"""For links to issues of the newsletter, which `describe_citations` leaves out."""


def describe_citations(story: Story) -> dict[int, CitedWork]:
    """Return how a story cites each work, by link number; without links to issues of the newsletter."""
    titles = find_link_titles(story)
    return {link.n: _describe(link, titles[link.n], story) for link in story.links if link.kind is not LinkKind.ISSUE}


def fold_title(title: str) -> str:
    """Return the words of a title, without case, accents and punctuation, joined by hyphens."""
    # Decomposed twice, because a decomposed letter may be a capital, and a folded one composed.
    folded = re.sub("['’‘`]", "", unicodedata.normalize("NFKD", title).casefold())
    decomposed = unicodedata.normalize("NFKD", folded)
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return "-".join(re.findall(r"[^\W_]+", bare))[:_MAX_KEY_LENGTH].strip("-")


def make_title_id(title_key: str) -> str | None:
    """Return the id of a work without an address; None if the title has no letters."""
    return f"{TITLE_SCHEME}{title_key}" if title_key else None


def _describe(link: Link, found: LinkTitle, story: Story) -> CitedWork:
    title, authors = split_authors(found.title)
    names = [name for name in split_names(found.source) if _is_publisher(name, title)]
    others, publisher = sort_names(names) if found.in_read_more else ((), "")
    is_certain = _is_certain(found, title, link)
    is_in_address = found.is_from_url or normalise_name(title) == normalise_name(split_repository(link)[1])
    words = "" if is_in_address and not is_certain and link.url else title
    key = fold_title(words)
    if key and not is_certain and link.url is None:
        key = f"{key[:_MAX_WORDS_LENGTH].strip('-')}-{story.key}"
    return CitedWork(words, key, is_certain, authors or others, publisher)


def _is_certain(found: LinkTitle, title: str, link: Link) -> bool:
    """Return True if the citation prints the title as such: in a read-more line, in quotes, or before its source."""
    if found.is_from_url or not found.is_name:
        return False
    if not found.in_read_more:
        return _is_quoted(found) or (bool(found.source) and _is_title_case(title))
    is_part_of_sentence = not _LABEL_BEFORE_TITLE.search(found.label)
    if is_part_of_sentence and found.words.lstrip(" “\"'(").startswith(title[:20]):
        return _names_address(title, link) or (_is_title_case(title) and not _HERE.search(found.words))
    if found.source and _READ_MORE_LABEL.search(found.label):
        return True
    return _looks_like_title(title) or _names_address(title, link)


_LABEL_BEFORE_TITLE = re.compile(r"(?i)(?:[:(“\"»–—-]|\b(?:here|more))\s*$|^\s*$")
_READ_MORE_LABEL = re.compile(r"(?i)\bread (?:it|more|the \w+)[^:]*:\s*$")
_HERE = re.compile(r"(?i)\bhere\b")


def _names_address(title: str, link: Link) -> bool:
    """Return True if a title is the name in the address: of the repository, or of the site."""
    name = normalise_name(title)
    if name and name == normalise_name(split_repository(link)[1]):
        return True
    labels = (get_host(link.url) or "").split(".")
    return len(name) > 2 and any(normalise_name(label) == name for label in labels[:-1])


_OPEN_QUOTE = re.compile(r"[“\"«]\s*$")
_QUOTED = re.compile(r"^\W*[“\"«](.+)[”\"»]\W*$", re.S)
_TITLE_CUE = re.compile(
    r"(?i)\b(?:called|titled|entitled|named|papers?|essay|post|blog ?post|book|article|story|report|talk|piece)"
    r"\W*[“\"«]\s*$"
)


def _is_quoted(found: LinkTitle) -> bool:
    """Return True if quotes around the link mark a title, not something that somebody said."""
    if not (_OPEN_QUOTE.search(found.label) or _QUOTED.match(found.words)):
        return False
    cue = found.label if _OPEN_QUOTE.search(found.label) else f"{found.label}“"
    return bool(_TITLE_CUE.search(cue)) or _is_title_case(found.title)


_SMALL_WORD_LIST = (
    "a an the and or but nor for of in on at to from with by via as is are be it its into over under vs vs. per than"
    " that this what when why how who not if so do does can will you your we our their"
)
_SMALL_WORDS = frozenset(_SMALL_WORD_LIST.split())


def _is_title_case(title: str) -> bool:
    """Return True if most words begin with a capital: "Faulty Reward Functions in the Wild"."""
    words = re.findall(r"[^\W_][\w'’-]*", title)
    content = [word for word in words if word not in _SMALL_WORDS]
    capitals = sum(not word[0].islower() for word in content)
    return len(words) > 1 and bool(content) and words[0] in content and capitals * 4 >= len(content) * 3


def _looks_like_title(title: str) -> bool:
    """Return True for words after the colon of a read-more line, except for a phrase such as "running the benchmark".

    A title in lower case is one name ("animal2vec"), or has a name before a colon.
    """
    first = title.split(maxsplit=1)[0] if title else ""
    if not re.search(r"\w", title):
        return False
    if any(character.isupper() or character.isdigit() for character in first) or not first[0].islower():
        return True
    head, colon, rest = title.partition(":")
    return " " not in title or (bool(colon) and " " not in head and bool(rest.strip()))


_PART_NUMBER = re.compile(r"(?i)(?:part|vol|volume|ep|episode|chapter|section|issue|version|v)?[\s.#]*\d[\w.%]*")
_PUBLISHER = re.compile(r"[\w.&'’+ -]+")


def _is_publisher(name: str, title: str) -> bool:
    """Return True if a name in the parenthesis can be that of an author or publisher."""
    if not _PUBLISHER.fullmatch(name) or "_" in name or _PART_NUMBER.fullmatch(name):
        return False
    if normalise_name(name) == normalise_name(title):
        return False
    return any(character.isupper() for character in name)
