"""What each link of a story is called: the cited title, never "here", and never nothing.

The words of a link: which of them are a title, which name its source, and which say nothing at all.

The read-more lines of a story, taken apart: what each cited thing is called, and where it was published.

What a call to action names: "Download the Marin models here" is a call for the Marin models.

What a story's citations tell of the names in their parentheses: which are things, and which made them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import unquote

from importai_tui.links.call_verbs import ANY_VERB, CALL_PREFIX, VERB_WORDS
from importai_tui.model import (
    Link,
    LinkKind,
    ListBlock,
    Paragraph,
    ParagraphRole,
    Span,
    Story,
    iter_block_spans,
    spans_to_text,
)

EDGE_CHARACTERS = " \n\t:.,;–—-"
"""What may stand around a title and is none of it."""
MAX_SOURCE_LENGTH = 80
"""Characters of a parenthesis that names a publisher, at most; the longest of the corpus has 51."""


def split_title_and_source(words: str) -> tuple[str, str]:
    """Link words as title and source: "AxoNN (GitHub)" is ("AxoNN", "GitHub"); "here (AxoNN)" is called AxoNN."""
    title, source = split_parenthesis(words)
    if not source:
        return words.strip(), ""
    return (source, "") if not title or is_vague(title) else (title, source)


def split_parenthesis(words: str) -> tuple[str, str]:
    """Words and the parenthesis that ends them; empty for none, and for one with another within it."""
    bare = words.rstrip(EDGE_CHARACTERS)
    start = bare.rfind("(")
    source = bare[start + 1 : -1]
    if start < 0 or not bare.endswith(")") or ")" in source or len(source) > MAX_SOURCE_LENGTH or not source.strip():
        return words.strip(), ""
    return bare[:start].strip(), source.strip()


def is_vague(words: str) -> bool:
    """Whether link words name nothing: "here", "this paper:", "the code and models"."""
    return all(word.casefold() in _VAGUE_WORDS for word in re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", words))


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
"""Words that every other citation has too. "The Register" names a news site."""

_SOURCE_WORD_LIST = (
    "github gitlab arxiv biorxiv medrxiv pdf huggingface twitter tweet x youtube video blog blogpost site website"
    " microsite official page project substack medium lesswrong"
)
_SOURCE_WORDS = frozenset(_SOURCE_WORD_LIST.split())


def strip_source_words(name: str) -> str:
    """A name in a parenthesis without what only says where it stands: "Emu3 official website" is "Emu3"."""
    words = name.split()
    while words and words[-1].strip(EDGE_CHARACTERS).casefold() in _SOURCE_WORDS:
        words.pop()
    while words and words[0].casefold() in ("official", "the", "via"):
        words.pop(0)
    if [word.casefold() for word in words[-2:]] == ["hugging", "face"]:
        words = words[:-2]
    return " ".join(words).strip(EDGE_CHARACTERS)


def is_source(source: str) -> bool:
    """Whether a parenthesis certainly names where a thing is published: one of its names is a site's."""
    return any(name.strip() and not strip_source_words(name) for name in source.split(",")) or any(
        word in _SOURCE_WORDS for word in re.findall(r"\w+", source.casefold())[-1:]
    )


def split_names(source: str) -> list[str]:
    """The names that a parenthesis gives, without the sites: "Evo2, ArcInstitute, GitHub" is Evo2 and ArcInstitute."""
    names = map(strip_source_words, source.split(","))
    return [name for name in names if name and not is_vague(name)]


MAX_NAME_WORDS = 12
"""Words of a call that can name what it calls for ("the transcripts from the experiments"); past it, it tells."""
MAX_CALL_LENGTH = 300
"""Characters before a link that are looked at for a name; twice the longest call of the corpus."""

_CALL_START = re.compile(
    rf"(?i)^{CALL_PREFIX}(?:(?:{ANY_VERB}|all of)\b\s*(?:and\s+)?)+"
    r"(?:more\s*)?(?:(?:about|in|on|at|from|for|to|the|this|these|that|some|our|their|a|an|of)\s+)*"
)


def find_call_object(call: str) -> str:
    """The thing that a call names, without its verb and articles; empty where it names none, or tells a tale."""
    thing = strip_kind(_strip_call(call))
    return "" if is_vague(thing) else thing


_CALL_OPENING = re.compile(r"(?i)\W*(?:(?:read|find out|learn|see) more|check out)\b")


def find_object_in_link(words: str) -> str:
    """What is named by a call that the link holds whole: "Read more about the Meadow here"."""
    bare = strip_here(words)
    return (_strip_call(words) or bare) if bare != words or _CALL_OPENING.match(words) else bare


_POINTER_WORD_LIST = "it them this that these those here there more all any some one full"
_POINTER_WORDS = frozenset(_POINTER_WORD_LIST.split())


def get_kind_noun(call: str) -> str:
    """The vague thing that a call is for ("model", "tweet thread"); empty where it says only that there is one."""
    thing = _strip_call(call)
    return thing if set(re.findall(r"\w+", thing.casefold())) - _POINTER_WORDS else ""


_OPEN_PARENTHESIS = re.compile(r"\([^()]*$")
"""A parenthesis of which the link holds the end: "On Sheep (" before "arXiv"."""


def _strip_call(call: str) -> str:
    if len(call) > MAX_CALL_LENGTH:
        return ""
    words = strip_here(" ".join(_OPEN_PARENTHESIS.sub("", call).rstrip(EDGE_CHARACTERS).split()))
    verb = _CALL_START.match(words)
    thing = words[verb.end() :].strip(EDGE_CHARACTERS) if verb else ""
    return "" if len(thing.split()) > MAX_NAME_WORDS else thing


def strip_kind(thing: str) -> str:
    """The name behind a kind of thing: "code for Radial Attention", "code: AxoNN"."""
    head, colon, rest = thing.partition(": ")
    if colon and rest and is_vague(head):
        return rest
    kind, _, name = re.sub(r" (?:for|of) (?:the )?(?=[^\W\d_])", "\n", thing, count=1).partition("\n")
    return name if name[:1].isupper() and is_vague(kind) else thing


_WORDS_BEFORE_HERE = {"is", "are", "available", "now", "right", "over", "out", "live"}


def strip_here(words: str) -> str:
    """Words without the "here" that ends them: "videos are here", "the tokenizer here on HuggingFace"."""
    rest = words.split()
    if len(rest) > 3 and rest[-3].casefold() == "here" and rest[-2].casefold() in ("on", "at", "in", "via"):
        rest = rest[:-2]
    if len(rest) > 1 and rest[-1].strip(EDGE_CHARACTERS).casefold() == "here":
        rest.pop()
        while len(rest) > 1 and rest[-1].casefold() in _WORDS_BEFORE_HERE:
            rest.pop()
    return " ".join(rest).strip(EDGE_CHARACTERS)


_SOURCE_AFTER = re.compile(rf"^\s*\(([^()]{{1,{MAX_SOURCE_LENGTH}}})\)")


@dataclass(frozen=True, slots=True)
class Citation:
    """One cited thing: the words before it, its link's number, its title, the source named in parentheses.

    `tail` is what else the line says after the last citation. `link` is 0 for a line that cites nothing.
    """

    label: str
    link: int
    title: str
    source: str
    tail: str = ""


@dataclass(frozen=True, slots=True)
class LinkMention:
    """A link where it stands: the words before it, its own, and the parenthesis behind it, empty for none."""

    label: str
    link: int
    words: str
    parenthesis: str


def parse_citations(paragraphs: Iterable[Paragraph]) -> tuple[Citation, ...]:
    """Every citation of these read-more lines, in order; no word of the lines is lost but colons and full stops."""
    return tuple(row for paragraph in paragraphs for row in _parse_line(paragraph))


def find_link_mentions(spans: Iterable[Span]) -> Iterator[LinkMention]:
    """The links of a line, in order; neighbouring spans of one link are one mention."""
    spans = tuple(spans)
    if not any(span.link for span in spans):  # three lines in four
        return
    label, last = "", None
    for link, words in group_spans(spans):
        if link:
            if last:
                yield last
            last, label = LinkMention(label, link, words, ""), ""
        else:
            if last:
                found = _SOURCE_AFTER.match(words)
                yield LinkMention(last.label, last.link, last.words, found[1] if found else "")
                last, words = None, words[found.end() :] if found else words
            label += words
    if last:
        yield last


def group_spans(spans: Iterable[Span]) -> Iterator[tuple[int, str]]:
    """The words of each link, and those between; a blank between two pieces of one link is its own."""
    pieces = [(link, spans_to_text(group)) for link, group in groupby(spans, key=lambda span: span.link)]
    at = 0
    while at < len(pieces):
        link, words = pieces[at]
        parts = [words]
        while link and at + 2 < len(pieces) and pieces[at + 2][0] == link and not pieces[at + 1][1].strip():
            parts += [pieces[at + 1][1], pieces[at + 2][1]]
            at += 2
        yield link, "".join(parts)
        at += 1


def _parse_line(paragraph: Paragraph) -> list[Citation]:
    rows: list[Citation] = []
    label = ""
    for link, words in group_spans(paragraph.run_in + paragraph.spans):
        if link:
            title, source = split_title_and_source(words)
            rows.append(Citation(label.strip(EDGE_CHARACTERS), link, title, source))
            label = ""
        elif rows and not rows[-1].source and (found := _SOURCE_AFTER.match(words)):
            last = rows[-1]
            rows[-1] = Citation(last.label, last.link, last.title, found[1])
            label = words[found.end() :]
        else:
            label += words
    rest = label.strip(EDGE_CHARACTERS)
    if rest and not rows:
        return [Citation("", 0, rest, "")]
    if rest:
        last = rows[-1]
        rows[-1] = Citation(last.label, last.link, last.title, last.source, rest)
    return rows


@dataclass(frozen=True, slots=True)
class CitationIndex:
    """The titles of a story's citations, and who published them; folded words, each with a blank at its end."""

    titles: tuple[str, ...]
    publishers: tuple[str, ...]

    @classmethod
    def from_mentions(cls, mentions: Iterable[LinkMention]) -> CitationIndex:
        """Reads them from the citations that have words of their own."""
        titles: list[str] = []
        makers: list[str] = []
        for mention in mentions:
            words, source = split_parenthesis(mention.words)
            if title := find_own_title(words):
                titles.append(f"{normalise_words(title)} ")
                makers += (f"{normalise_words(name)} " for name in split_names(source or mention.parenthesis))
        return cls(tuple(titles), tuple(makers))

    def is_publisher(self, name: str) -> bool:
        """Whether another citation names it as its source: "Introducing Gemma (Google blog)" says it of Google."""
        return any(maker.startswith(f"{normalise_words(name)} ") for maker in self.publishers) and not self.is_title(
            name
        )

    def is_title(self, name: str) -> bool:
        """Whether another citation's title opens with it: "Emu3: Next-Token Prediction" says it of Emu3."""
        return any(title.startswith(f"{normalise_words(name)} ") for title in self.titles)


def find_own_title(words: str) -> str:
    """The title in a link's own words, empty where they are vague."""
    words = words.strip(EDGE_CHARACTERS)
    head, colon, rest = words.partition(": ")
    if colon and rest.strip(EDGE_CHARACTERS) and is_vague(head) and len(head.split()) > 1:
        words = rest.strip(EDGE_CHARACTERS)  # "examples on the project page: ImageInWords"
    named = find_object_in_link(words)
    words = strip_kind(named) if named != words else words
    if "," in words and not strip_source_words(words.rpartition(",")[2]):
        words = words.rpartition(",")[0].strip(EDGE_CHARACTERS)  # "If Anyone Builds It, official site"
    return "" if is_vague(words) else words


def normalise_words(words: str) -> str:
    """Words by which names are compared: lower-case, one blank between them."""
    return " ".join(re.findall(r"\w+", words.casefold()))


def get_link_titles(story: Story) -> dict[int, str]:
    """The title of every link of a story, by its number.

    Named by its own words, without the source behind them; where those are vague, by a parenthesis or by the call
    before them; else by its address. A read-more line names a thing better than the text above it does.
    """
    named = _find_titles(story)
    return {link.n: named.get(link.n) or _make_title_from_url(link) for link in story.links}


def _find_titles(story: Story) -> Mapping[int, str]:
    by_number = {link.n: link for link in story.links}
    said = CitationIndex.from_mentions(_find_mentions(story, in_citations=True))
    found: dict[int, str] = {}
    for cited in (True, False):
        for mention in _find_mentions(story, in_citations=cited):
            link = by_number.get(mention.link)
            if (
                link is not None
                and link.n not in found
                and (title := _find_title(mention, link, said, in_citations=cited))
            ):
                found[link.n] = title
    for link in story.links:
        if link.n not in found and (
            title := _find_title(LinkMention("", link.n, link.text, ""), link, said, in_citations=False)
        ):
            found[link.n] = title
    return found


def _find_mentions(story: Story, *, in_citations: bool) -> Iterator[LinkMention]:
    """The links where they stand, in read-more lines or elsewhere."""
    for block in story.blocks:
        if (isinstance(block, Paragraph) and block.role is ParagraphRole.READ_MORE) is not in_citations:
            continue
        if isinstance(block, ListBlock):
            for item in block.items:
                yield from find_link_mentions(item.spans)
        else:
            yield from find_link_mentions(iter_block_spans(block))


def _find_title(mention: LinkMention, link: Link, index: CitationIndex, *, in_citations: bool) -> str:
    """What this mention calls the link, empty where it says nothing."""
    if link.kind is LinkKind.ISSUE:
        return _collapse_space(mention.words)
    words, source = split_parenthesis(_collapse_space(mention.words))
    if source and not in_citations and not is_source(source):
        words, source = _collapse_space(mention.words), ""  # "Llama 3 (70B)"
    if source and _is_acronym(source, words):
        words, source = _collapse_space(mention.words), ""
    call = f"{mention.label} {words}" if in_citations else ""
    return (
        find_own_title(words)
        or _find_title_in_parenthesis(source or mention.parenthesis, link, call, index)
        or find_call_object(call)
    )


def _find_title_in_parenthesis(source: str, link: Link, call: str, index: CitationIndex) -> str:
    """The name in a parenthesis that is the thing's: its repository's, one of the call's, or one cited beside it.

    Where it names only who made it, the call's thing, or what sort of thing it is: "model (Google)".
    """
    names = split_names(source)
    owner, name = _split_repository(link)
    if called := next((each for each in names if name and _normalise_name(each) == _normalise_name(name)), ""):
        return called
    makers = [each for each in names if link.kind is LinkKind.SOCIAL or _normalise_name(each) == _normalise_name(owner)]
    makers += [each for each in names if each not in makers and index.is_publisher(each)]
    things = [each for each in names if each not in makers]
    words = f" {normalise_words(call)} "
    known = next((each for each in things if f" {normalise_words(each)} " in words or index.is_title(each)), "")
    named = known or find_call_object(call) or next(iter(things), name)
    if named or not makers:
        return named
    sort = get_kind_noun(call)
    return f"{sort} ({makers[0]})" if sort else makers[0]


def _make_title_from_url(link: Link) -> str:
    """The repository's name, else the host and the last part of the path; the link's words where it has no address."""
    _, name = _split_repository(link)
    from importai_tui.links.urls import get_host

    host = get_host(link.url)
    if name or not host or not link.url:
        return name or _collapse_space(link.text).strip("() ") or "no title"
    folders = [part for part in link.url.partition("://")[2].partition("?")[0].partition("#")[0].split("/")[1:] if part]
    if not folders:
        return host
    read = _collapse_space(unquote(folders[-1]))
    last = read if read and read.isprintable() else folders[-1]  # an address can hold a whole escape sequence
    return f"{host}/{'…/' if len(folders) > 1 else ''}{last}"


def _split_repository(link: Link) -> tuple[str, str]:
    """Owner and name of a repository, a model or a data set; empty for other works."""
    scheme, _, pair = (link.work or "").partition(":")
    if scheme not in ("github", "hf"):
        return "", ""
    owner, _, name = pair.partition("/")
    return owner, name


def _is_acronym(source: str, title: str) -> bool:
    """Whether a parenthesis holds the title's own initials: "Virology Capabilities Test (VCT)"."""
    words = re.findall(r"\w+", title)
    return source.isupper() and 1 < len(source) <= len(words) and _initials(words).endswith(source)


def _initials(words: list[str]) -> str:
    return "".join(word[0] for word in words).upper()


def _collapse_space(words: str) -> str:
    return " ".join(words.split())


def _normalise_name(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()
