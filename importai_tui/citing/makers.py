"""What a story's citations tell of the names in their parentheses: which are things, and which made them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from importai_tui.citing.calls import behind_kind, within_link
from importai_tui.citing.rows import Mention
from importai_tui.citing.words import EDGES, cut_source, is_vague, names_in, without_source_words


@dataclass(frozen=True, slots=True)
class Said:
    """The titles of a story's citations, and who published them; folded words, each with a blank at its end."""

    titles: tuple[str, ...]
    makers: tuple[str, ...]

    @classmethod
    def of(cls, cited: Iterable[Mention]) -> Said:
        """Reads them from the citations that have words of their own."""
        titles: list[str] = []
        makers: list[str] = []
        for mention in cited:
            words, source = cut_source(mention.words)
            if title := own_title(words):
                titles.append(f"{folded_words(title)} ")
                makers += (f"{folded_words(name)} " for name in names_in(source or mention.behind))
        return cls(tuple(titles), tuple(makers))

    def is_maker(self, name: str) -> bool:
        """Whether another citation names it as its source: "Introducing Gemma (Google blog)" says it of Google."""
        return any(maker.startswith(f"{folded_words(name)} ") for maker in self.makers) and not self.is_thing(name)

    def is_thing(self, name: str) -> bool:
        """Whether another citation's title opens with it: "Emu3: Next-Token Prediction" says it of Emu3."""
        return any(title.startswith(f"{folded_words(name)} ") for title in self.titles)


def own_title(words: str) -> str:
    """The title in a link's own words, empty where they are vague."""
    words = words.strip(EDGES)
    head, colon, rest = words.partition(": ")
    if colon and rest.strip(EDGES) and is_vague(head) and len(head.split()) > 1:
        words = rest.strip(EDGES)  # "examples on the project page: ImageInWords"
    named = within_link(words)
    words = behind_kind(named) if named != words else words
    if "," in words and not without_source_words(words.rpartition(",")[2]):
        words = words.rpartition(",")[0].strip(EDGES)  # "If Anyone Builds It, official site"
    return "" if is_vague(words) else words


def folded_words(words: str) -> str:
    """Words by which names are compared: lower-case, one blank between them."""
    return " ".join(re.findall(r"\w+", words.casefold()))
