"""Finds the title of each link in a story, which is never "here" and never empty, and parses read-more lines.

A title comes from the link text, the parenthesis after it, the call to action before it, or the URL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from importai_tui.links.call_verbs import ANY_VERB, CALL_PREFIX, VERB_WORDS
from importai_tui.links.urls import get_host, shorten_url
from importai_tui.model import (
    Link,
    LinkKind,
    LinkRole,
    ListBlock,
    Paragraph,
    ParagraphRole,
    Span,
    Story,
    iter_block_spans,
    spans_to_text,
)

_EDGE_CHARACTERS = " \n\t:.,;–—-"
"""Punctuation that may surround a title."""
_MAX_SOURCE_LENGTH = 80
"""Characters of a parenthesis that names a source; the longest in the corpus has 51."""
_MAX_NAME_WORDS = 12
"""Words of a call's object ("the transcripts from the experiments"); a longer text is a sentence, not a name."""
_MAX_CALL_LENGTH = 300
"""Characters before a link that are searched for a name; twice the longest call in the corpus."""
_VAGUE_WORD_LIST = (
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
_VAGUE_WORDS = frozenset(_VAGUE_WORD_LIST.split()) | VERB_WORDS - {"register"}
"""Words that are no title, because many citations have them; not "register", because "The Register" is a site."""
_SOURCE_WORD_LIST = (
    "github gitlab arxiv biorxiv medrxiv pdf huggingface twitter tweet x youtube video blog blogpost site website"
    " microsite official page project substack medium lesswrong"
)
_SOURCE_WORDS = frozenset(_SOURCE_WORD_LIST.split())
_POINTER_WORD_LIST = "it them this that these those here there more all any some one full"
_POINTER_WORDS = frozenset(_POINTER_WORD_LIST.split())
_WORDS_BEFORE_HERE = {"is", "are", "available", "now", "right", "over", "out", "live"}
_CALL_START = re.compile(
    rf"(?i)^{CALL_PREFIX}(?:(?:{ANY_VERB}|all of)\b\s*(?:and\s+)?)+"
    r"(?:more\s*)?(?:(?:about|in|on|at|from|for|to|the|this|these|that|some|our|their|a|an|of)\s+)*"
)
_CALL_OPENING = re.compile(r"(?i)\W*(?:(?:read|find out|learn|see) more|check out)\b")
_OPEN_PARENTHESIS = re.compile(r"\([^()]*$")
"""A parenthesis that ends inside the link: "On Sheep (" before "arXiv"."""
_SOURCE_AFTER = re.compile(rf"^\s*\(([^()]{{1,{_MAX_SOURCE_LENGTH}}})\)")


def get_link_titles(story: Story) -> dict[int, str]:
    """Return the title of every link of a story by link number.

    The title is the link text without its source; if that is vague, a name in the parenthesis or in the call; else
    made from the URL. Read-more lines are preferred to the text above them.
    """
    return {n: found.title for n, found in find_link_titles(story).items()}


class LinkTitle(NamedTuple):
    """The title of a link, and the words that it was found in.

    `is_name` is true for the words of the link itself and for a name in its parenthesis, not for the object of a call
    ("the Marin models"). `label` is the text before the link, and `source` the text in the parenthesis after the title.
    """

    title: str
    is_name: bool = False
    is_from_url: bool = False
    in_read_more: bool = False
    label: str = ""
    words: str = ""
    source: str = ""


def find_link_titles(story: Story) -> dict[int, LinkTitle]:
    """Return the title of every link of a story by link number, as `get_link_titles`, and where it comes from."""
    titles = _find_titles(story)
    return {
        link.n: found
        if (found := titles[link.n]).title
        else found._replace(title=_make_title_from_url(link), is_from_url=True)
        for link in story.links
    }


class Citation(NamedTuple):
    """One citation: the text before it, the number of its link, its title, and the source in parentheses.

    `tail` is the text after the last citation of the line. `link` is 0 for a line without links.
    """

    label: str
    link: int
    title: str
    source: str
    tail: str = ""


def parse_citations(paragraphs: Iterable[Paragraph]) -> tuple[Citation, ...]:
    """Return every citation of these read-more lines, in order. Only punctuation of the lines is lost."""
    return tuple(row for paragraph in paragraphs for row in _parse_line(paragraph))


def split_title_and_source(words: str) -> tuple[str, str]:
    """Split a link text: "AxoNN (GitHub)" gives title and source, "here (AxoNN)" the title AxoNN and no source."""
    title, source = _split_parenthesis(words)
    if not source:
        return words.strip(), ""
    return (source, "") if not title or is_vague(title) else (title, source)


def is_vague(words: str) -> bool:
    """Return True if a link text names nothing: "here", "this paper:", "the code and models"."""
    return all(word.casefold() in _VAGUE_WORDS for word in re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", words))


def _find_titles(story: Story) -> Mapping[int, LinkTitle]:
    """Return a title for every link, perhaps empty.

    Read-more lines are preferred to other blocks, and these to the link texts.
    """
    links = {link.n: link for link in story.links}
    citations = list(_find_mentions(story, in_citations=True))
    index = _CitationIndex.from_mentions(citations)
    mentions = [(mention, True) for mention in citations]
    mentions += ((mention, False) for mention in _find_mentions(story, in_citations=False))
    titles: dict[int, LinkTitle] = {}
    for mention, in_citations in mentions:
        link = links.get(mention.link)
        if link and not (link.n in titles and titles[link.n].title):
            found = _find_title(mention, link, index, in_citations=in_citations)
            if found.title or link.n not in titles:
                titles[link.n] = found
    for link in story.links:
        if not (link.n in titles and titles[link.n].title):
            found = _find_title(_LinkMention("", link.n, link.text, ""), link, index, in_citations=False)
            is_in_no_block = link.n not in titles
            titles[link.n] = found._replace(in_read_more=is_in_no_block and link.role is LinkRole.READ_MORE)
    return titles


def _find_mentions(story: Story, *, in_citations: bool) -> Iterator[_LinkMention]:
    """Yield the mentions of links in read-more lines, or those elsewhere."""
    for block in story.blocks:
        if (isinstance(block, Paragraph) and block.role is ParagraphRole.READ_MORE) is not in_citations:
            continue
        if isinstance(block, ListBlock):
            for item in block.items:
                yield from _find_link_mentions(item.spans)
        else:
            yield from _find_link_mentions(iter_block_spans(block))


def _find_title(mention: _LinkMention, link: Link, index: _CitationIndex, *, in_citations: bool) -> LinkTitle:
    """Return the title that this mention gives to the link; empty if none."""
    all_words = _collapse_space(mention.words)
    found = LinkTitle("", in_read_more=in_citations, label=mention.label, words=all_words)
    if link.kind is LinkKind.ISSUE:
        return found._replace(title=all_words)
    words, source = _split_parenthesis(all_words)
    if source and not in_citations and not _is_source(source):
        words, source = all_words, ""  # "Llama 3 (70B)"
    if source and _is_acronym(source, words):
        words, source = all_words, ""
    source = source or mention.parenthesis
    found = found._replace(source=source)
    if title := _find_own_title(words):
        return found._replace(title=title, is_name=True)
    call = f"{mention.label} {words}" if in_citations else ""
    if title := _find_name_in_parenthesis(source, link, call, index):
        return found._replace(title=title, is_name=True)
    return found._replace(title=_guess_title(source, link, call, index))


def _find_own_title(words: str) -> str:
    """Return the title in a link's own words; empty if they are vague."""
    words = words.strip(_EDGE_CHARACTERS)
    head, colon, rest = words.partition(": ")
    if colon and rest.strip(_EDGE_CHARACTERS) and is_vague(head) and len(head.split()) > 1:
        words = rest.strip(_EDGE_CHARACTERS)  # "examples on the project page: ImageInWords"
    name = _find_object_in_link(words)
    words = _strip_kind(name) if name != words else words
    if "," in words and not _strip_source_words(words.rpartition(",")[2]):
        words = words.rpartition(",")[0].strip(_EDGE_CHARACTERS)  # "If Anyone Builds It, official site"
    return "" if is_vague(words) else words


def _find_name_in_parenthesis(source: str, link: Link, call: str, index: _CitationIndex) -> str:
    """Return the name in a parenthesis that certainly is the title: that of the repository, of the call, or of a
    citation. Empty if there is none.
    """
    names = split_names(source)
    _, name = split_repository(link)
    words = f" {_normalise_words(call)} "
    publishers = _find_publishers(names, link, index)
    certain = [candidate for candidate in names if name and normalise_name(candidate) == normalise_name(name)]
    certain += [
        candidate
        for candidate in names
        if candidate not in publishers and (f" {_normalise_words(candidate)} " in words or index.is_title(candidate))
    ]
    return next(iter(certain), "")


def _guess_title(source: str, link: Link, call: str, index: _CitationIndex) -> str:
    """Return the object of a call, else a name in the parenthesis that is no publisher, else the repository's name.

    If there are only publishers, return the noun of the call with the publisher: "model (Google)".
    """
    names = split_names(source)
    publishers = _find_publishers(names, link, index)
    candidates = (candidate for candidate in names if candidate not in publishers)
    title = _find_call_object(call) or next(candidates, "") or split_repository(link)[1]
    if title or not publishers:
        return title
    noun = _get_kind_noun(call)
    return f"{noun} ({publishers[0]})" if noun else publishers[0]


def _find_publishers(names: Sequence[str], link: Link, index: _CitationIndex) -> list[str]:
    """Return the names in a parenthesis that are no titles: the owner of the repository, the source of a citation."""
    owner, _ = split_repository(link)
    publishers = [
        name for name in names if link.kind is LinkKind.SOCIAL or normalise_name(name) == normalise_name(owner)
    ]
    return publishers + [name for name in names if name not in publishers and index.is_publisher(name)]


def _make_title_from_url(link: Link) -> str:
    """Return the repository's name, else host and last path segment; without a URL, the link text."""
    _, name = split_repository(link)
    if name or not link.url or not get_host(link.url):
        return name or _collapse_space(link.text).strip("() ") or "no title"
    return shorten_url(link.url)


def split_repository(link: Link) -> tuple[str, str]:
    """Return owner and name of a repository, model or data set; empty for other works."""
    scheme, _, pair = (link.work or "").partition(":")
    if scheme not in ("github", "hf"):
        return "", ""
    owner, _, name = pair.partition("/")
    return owner, name


def _is_acronym(source: str, title: str) -> bool:
    """Return True if a parenthesis holds the initials of the title: "Virology Capabilities Test (VCT)"."""
    words = re.findall(r"\w+", title)
    return source.isupper() and 1 < len(source) <= len(words) and _initials(words).endswith(source)


def _initials(words: list[str]) -> str:
    return "".join(word[0] for word in words).upper()


class _CitationIndex(NamedTuple):
    """Titles and publishers of a story's citations; normalised words, each entry with a final space.

    It distinguishes titles from publishers among the names in parentheses.
    """

    titles: tuple[str, ...]
    publishers: tuple[str, ...]

    @classmethod
    def from_mentions(cls, mentions: Iterable[_LinkMention]) -> _CitationIndex:
        """Build the index from the mentions with a title in their own words."""
        titles: list[str] = []
        publishers: list[str] = []
        for mention in mentions:
            words, source = _split_parenthesis(mention.words)
            if title := _find_own_title(words):
                titles.append(f"{_normalise_words(title)} ")
                publishers += (f"{_normalise_words(name)} " for name in split_names(source or mention.parenthesis))
        return cls(tuple(titles), tuple(publishers))

    def is_publisher(self, name: str) -> bool:
        """Return True if a citation has the name as its source: Google in "Introducing Gemma (Google blog)"."""
        prefix = f"{_normalise_words(name)} "
        return any(publisher.startswith(prefix) for publisher in self.publishers) and not self.is_title(name)

    def is_title(self, name: str) -> bool:
        """Return True if a citation's title starts with the name: Emu3 in "Emu3: Next-Token Prediction"."""
        prefix = f"{_normalise_words(name)} "
        return any(title.startswith(prefix) for title in self.titles)


class _LinkMention(NamedTuple):
    """One occurrence of a link: the text before it, its own words, and the parenthesis after it, empty if none."""

    label: str
    link: int
    words: str
    parenthesis: str


def _find_link_mentions(spans: Iterable[Span]) -> Iterator[_LinkMention]:
    """Yield the links of a line, in order; adjacent spans of one link are one mention."""
    spans = tuple(spans)
    if not any(span.link for span in spans):  # a shortcut for three lines in four
        return
    label, last = "", None
    for link, words in _group_spans(spans):
        if link:
            if last:
                yield last
            last, label = _LinkMention(label, link, words, ""), ""
        else:
            if last:
                match = _SOURCE_AFTER.match(words)
                yield _LinkMention(last.label, last.link, last.words, match[1] if match else "")
                last, words = None, words[match.end() :] if match else words
            label += words
    if last:
        yield last


def _parse_line(paragraph: Paragraph) -> list[Citation]:
    rows: list[Citation] = []
    label = ""
    for link, words in _group_spans(paragraph.run_in + paragraph.spans):
        if link:
            title, source = split_title_and_source(words)
            rows.append(Citation(label.strip(_EDGE_CHARACTERS), link, title, source))
            label = ""
        elif rows and not rows[-1].source and (match := _SOURCE_AFTER.match(words)):
            last = rows[-1]
            rows[-1] = Citation(last.label, last.link, last.title, match[1])
            label = words[match.end() :]
        else:
            label += words
    rest = label.strip(_EDGE_CHARACTERS)
    if rest and not rows:
        return [Citation("", 0, rest, "")]
    if rest:
        last = rows[-1]
        rows[-1] = Citation(last.label, last.link, last.title, last.source, rest)
    return rows


def _group_spans(spans: Iterable[Span]) -> Iterator[tuple[int, str]]:
    """Yield link number (0 for plain text) and text, joining spans of one link that only white space separates."""
    pieces = [(link, spans_to_text(group)) for link, group in groupby(spans, key=lambda span: span.link)]
    index = 0
    while index < len(pieces):
        link, words = pieces[index]
        parts = [words]
        while link and index + 2 < len(pieces) and pieces[index + 2][0] == link and not pieces[index + 1][1].strip():
            parts += [pieces[index + 1][1], pieces[index + 2][1]]
            index += 2
        yield link, "".join(parts)
        index += 1


def _split_parenthesis(words: str) -> tuple[str, str]:
    """Split off the final parenthesis; it is empty if there is none or if it is nested or too long."""
    bare = words.rstrip(_EDGE_CHARACTERS)
    start = bare.rfind("(")
    source = bare[start + 1 : -1]
    if start < 0 or not bare.endswith(")") or ")" in source or len(source) > _MAX_SOURCE_LENGTH or not source.strip():
        return words.strip(), ""
    return bare[:start].strip(), source.strip()


def _is_source(source: str) -> bool:
    """Return True if a parenthesis certainly names a source: one of its names is that of a site."""
    return any(name.strip() and not _strip_source_words(name) for name in source.split(",")) or any(
        word in _SOURCE_WORDS for word in re.findall(r"\w+", source.casefold())[-1:]
    )


def split_names(source: str) -> list[str]:
    """Return the names in a parenthesis without sites: "Evo2, ArcInstitute, GitHub" gives Evo2 and ArcInstitute."""
    names = map(_strip_source_words, source.split(","))
    return [name for name in names if name and not is_vague(name)]


def _strip_source_words(name: str) -> str:
    """Remove words for a place of publication from a name: "Emu3 official website" becomes "Emu3"."""
    words = name.split()
    while words and words[-1].strip(_EDGE_CHARACTERS).casefold() in _SOURCE_WORDS:
        words.pop()
    while words and words[0].casefold() in ("official", "the", "via"):
        words.pop(0)
    if [word.casefold() for word in words[-2:]] == ["hugging", "face"]:
        words = words[:-2]
    return " ".join(words).strip(_EDGE_CHARACTERS)


def _find_call_object(call: str) -> str:
    """Return the object of a call, without verb and articles; empty if it is vague or too long.

    "Download the Marin models here" gives "Marin models".
    """
    name = _strip_kind(_strip_call(call))
    return "" if is_vague(name) else name


def _find_object_in_link(words: str) -> str:
    """Return the object of a call that is inside the link text: "Read more about the Meadow here"."""
    bare = _strip_here(words)
    return (_strip_call(words) or bare) if bare != words or _CALL_OPENING.match(words) else bare


def _get_kind_noun(call: str) -> str:
    """Return the noun of a vague call ("model", "tweet thread"); empty if it has only words such as "this"."""
    noun = _strip_call(call)
    return noun if set(re.findall(r"\w+", noun.casefold())) - _POINTER_WORDS else ""


def _strip_call(call: str) -> str:
    """Return the words after the verb of a call; empty if there is no verb or if they are too many."""
    if len(call) > _MAX_CALL_LENGTH:
        return ""
    words = _strip_here(" ".join(_OPEN_PARENTHESIS.sub("", call).rstrip(_EDGE_CHARACTERS).split()))
    call_start = _CALL_START.match(words)
    name = words[call_start.end() :].strip(_EDGE_CHARACTERS) if call_start else ""
    return "" if len(name.split()) > _MAX_NAME_WORDS else name


def _strip_kind(phrase: str) -> str:
    """Remove the kind before a name: "code for Radial Attention", "code: AxoNN"."""
    head, colon, rest = phrase.partition(": ")
    if colon and rest and is_vague(head):
        return rest
    kind, _, name = re.sub(r" (?:for|of) (?:the )?(?=[^\W\d_])", "\n", phrase, count=1).partition("\n")
    return name if name[:1].isupper() and is_vague(kind) else phrase


def _strip_here(words: str) -> str:
    """Remove "here" from the end: "videos are here", "the tokenizer here on HuggingFace"."""
    rest = words.split()
    if len(rest) > 3 and rest[-3].casefold() == "here" and rest[-2].casefold() in ("on", "at", "in", "via"):
        rest = rest[:-2]
    if len(rest) > 1 and rest[-1].strip(_EDGE_CHARACTERS).casefold() == "here":
        rest.pop()
        while len(rest) > 1 and rest[-1].casefold() in _WORDS_BEFORE_HERE:
            rest.pop()
    return " ".join(rest).strip(_EDGE_CHARACTERS)


def _normalise_words(words: str) -> str:
    """Return the words in lower case, joined by single spaces, to compare names."""
    return " ".join(re.findall(r"\w+", words.casefold()))


def normalise_name(name: str) -> str:
    """Return the letters and digits of a name, to compare it with a name in an address."""
    return re.sub(r"[\W_]", "", name).casefold()


def _collapse_space(words: str) -> str:
    return " ".join(words.split())
