"""The words of a link: which of them are a title, which name its source, and which say nothing at all."""

from __future__ import annotations

import re

from importai_tui.call_verbs import VERB_WORDS

EDGES = " \n\t:.,;–—-"
"""What may stand around a title and is none of it."""
LONGEST_SOURCE = 80
"""Characters of a parenthesis that names a publisher, at most; the longest of the corpus has 51."""


def split_source(words: str) -> tuple[str, str]:
    """Link words as title and source: "AxoNN (GitHub)" is ("AxoNN", "GitHub"); "here (AxoNN)" is called AxoNN."""
    title, source = cut_source(words)
    if not source:
        return words.strip(), ""
    return (source, "") if not title or is_vague(title) else (title, source)


def cut_source(words: str) -> tuple[str, str]:
    """Words and the parenthesis that ends them; empty for none, and for one with another within it."""
    bare = words.rstrip(EDGES)
    start = bare.rfind("(")
    source = bare[start + 1 : -1]
    if start < 0 or not bare.endswith(")") or ")" in source or len(source) > LONGEST_SOURCE or not source.strip():
        return words.strip(), ""
    return bare[:start].strip(), source.strip()


def is_vague(words: str) -> bool:
    """Whether link words name nothing: "here", "this paper:", "the code and models"."""
    return all(word.casefold() in _SAYS_NOTHING for word in re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", words))


_NOTHING_SAID = (
    "a an the this that these those our their its his her my it some all any more and or of on in at to for from with"
    " by via about as is are be here there right over now both also please you can reading running click link links"
    " page pages site sites website websites web online official project paper"
    " papers research preprint pre-print report article blog blogs blogpost blogposts post posts essay announcement"
    " thread tweet tweets tweetstorm twitter x github gitlab arxiv pdf huggingface hugging face youtube code codebase"
    " repo repository software data dataset datasets set sets model models weights checkpoints benchmark benchmarks"
    " leaderboard demo demos video videos image images picture example examples live full whole entire original new"
    " details information info source sources study interview podcast transcript bonus underlying technical microsite"
    " homepage main story version newsletter"
)
_SAYS_NOTHING = frozenset(_NOTHING_SAID.split()) | VERB_WORDS - {"register"}
"""Words that every other citation has too. "The Register" names a news site."""

_SITES = (
    "github gitlab arxiv biorxiv medrxiv pdf huggingface twitter tweet x youtube video blog blogpost site website"
    " microsite official page project substack medium lesswrong"
)
_SOURCE_WORDS = frozenset(_SITES.split())


def without_source_words(name: str) -> str:
    """A name in a parenthesis without what only says where it stands: "Emu3 official website" is "Emu3"."""
    words = name.split()
    while words and words[-1].strip(EDGES).casefold() in _SOURCE_WORDS:
        words.pop()
    while words and words[0].casefold() in ("official", "the", "via"):
        words.pop(0)
    if [word.casefold() for word in words[-2:]] == ["hugging", "face"]:
        words = words[:-2]
    return " ".join(words).strip(EDGES)


def names_source(source: str) -> bool:
    """Whether a parenthesis certainly names where a thing is published: one of its names is a site's."""
    return any(name.strip() and not without_source_words(name) for name in source.split(",")) or any(
        word in _SOURCE_WORDS for word in re.findall(r"\w+", source.casefold())[-1:]
    )


def names_in(source: str) -> list[str]:
    """The names that a parenthesis gives, without the sites: "Evo2, ArcInstitute, GitHub" is Evo2 and ArcInstitute."""
    names = map(without_source_words, source.split(","))
    return [name for name in names if name and not is_vague(name)]
