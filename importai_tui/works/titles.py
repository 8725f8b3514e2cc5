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

from importai_tui.links.call_verbs import ANY_VERB, OPENING, VERB_WORDS
from importai_tui.model import Link, LinkKind, ListBlock, Paragraph, Part, Span, Story, block_spans, plain

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


LONGEST_NAME = 12
"""Words of a call that can name what it calls for ("the transcripts from the experiments"); past it, it tells."""
LONGEST_CALL = 300
"""Characters before a link that are looked at for a name; twice the longest call of the corpus."""

_CALL = re.compile(
    rf"(?i)^{OPENING}(?:(?:{ANY_VERB}|all of)\b\s*(?:and\s+)?)+"
    r"(?:more\s*)?(?:(?:about|in|on|at|from|for|to|the|this|these|that|some|our|their|a|an|of)\s+)*"
)


def thing_of(call: str) -> str:
    """The thing that a call names, without its verb and articles; empty where it names none, or tells a tale."""
    thing = behind_kind(_object(call))
    return "" if is_vague(thing) else thing


_OPENS_AS_CALL = re.compile(r"(?i)\W*(?:(?:read|find out|learn|see) more|check out)\b")


def within_link(words: str) -> str:
    """What is named by a call that the link holds whole: "Read more about the Meadow here"."""
    bare = without_here(words)
    return (_object(words) or bare) if bare != words or _OPENS_AS_CALL.match(words) else bare


_ONLY_POINTS = "it them this that these those here there more all any some one full"
_POINTERS = frozenset(_ONLY_POINTS.split())


def sort_of(call: str) -> str:
    """The vague thing that a call is for ("model", "tweet thread"); empty where it says only that there is one."""
    thing = _object(call)
    return thing if set(re.findall(r"\w+", thing.casefold())) - _POINTERS else ""


_UNFINISHED = re.compile(r"\([^()]*$")
"""A parenthesis of which the link holds the end: "On Sheep (" before "arXiv"."""


def _object(call: str) -> str:
    if len(call) > LONGEST_CALL:
        return ""
    words = without_here(" ".join(_UNFINISHED.sub("", call).rstrip(EDGES).split()))
    verb = _CALL.match(words)
    thing = words[verb.end() :].strip(EDGES) if verb else ""
    return "" if len(thing.split()) > LONGEST_NAME else thing


def behind_kind(thing: str) -> str:
    """The name behind a kind of thing: "code for Radial Attention", "code: AxoNN"."""
    head, colon, rest = thing.partition(": ")
    if colon and rest and is_vague(head):
        return rest
    kind, _, name = re.sub(r" (?:for|of) (?:the )?(?=[^\W\d_])", "\n", thing, count=1).partition("\n")
    return name if name[:1].isupper() and is_vague(kind) else thing


_BEFORE_HERE = {"is", "are", "available", "now", "right", "over", "out", "live"}


def without_here(words: str) -> str:
    """Words without the "here" that ends them: "videos are here", "the tokenizer here on HuggingFace"."""
    rest = words.split()
    if len(rest) > 3 and rest[-3].casefold() == "here" and rest[-2].casefold() in ("on", "at", "in", "via"):
        rest = rest[:-2]
    if len(rest) > 1 and rest[-1].strip(EDGES).casefold() == "here":
        rest.pop()
        while len(rest) > 1 and rest[-1].casefold() in _BEFORE_HERE:
            rest.pop()
    return " ".join(rest).strip(EDGES)


_SOURCE_AFTER = re.compile(rf"^\s*\(([^()]{{1,{LONGEST_SOURCE}}})\)")


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
class Mention:
    """A link where it stands: the words before it, its own, and the parenthesis behind it, empty for none."""

    label: str
    link: int
    words: str
    behind: str


def citations(paragraphs: Iterable[Paragraph]) -> tuple[Citation, ...]:
    """Every citation of these read-more lines, in order; no word of the lines is lost but colons and full stops."""
    return tuple(row for paragraph in paragraphs for row in _of_line(paragraph))


def mentions(spans: Iterable[Span]) -> Iterator[Mention]:
    """The links of a line, in order; neighbouring spans of one link are one mention."""
    spans = tuple(spans)
    if not any(span.link for span in spans):  # three lines in four
        return
    label, last = "", None
    for link, words in joined(spans):
        if link:
            if last:
                yield last
            last, label = Mention(label, link, words, ""), ""
        else:
            if last:
                found = _SOURCE_AFTER.match(words)
                yield Mention(last.label, last.link, last.words, found[1] if found else "")
                last, words = None, words[found.end() :] if found else words
            label += words
    if last:
        yield last


def joined(spans: Iterable[Span]) -> Iterator[tuple[int, str]]:
    """The words of each link, and those between; a blank between two pieces of one link is its own."""
    pieces = [(link, plain(group)) for link, group in groupby(spans, key=lambda span: span.link)]
    at = 0
    while at < len(pieces):
        link, words = pieces[at]
        parts = [words]
        while link and at + 2 < len(pieces) and pieces[at + 2][0] == link and not pieces[at + 1][1].strip():
            parts += [pieces[at + 1][1], pieces[at + 2][1]]
            at += 2
        yield link, "".join(parts)
        at += 1


def _of_line(paragraph: Paragraph) -> list[Citation]:
    rows: list[Citation] = []
    label = ""
    for link, words in joined(paragraph.run_in + paragraph.spans):
        if link:
            title, source = split_source(words)
            rows.append(Citation(label.strip(EDGES), link, title, source))
            label = ""
        elif rows and not rows[-1].source and (found := _SOURCE_AFTER.match(words)):
            last = rows[-1]
            rows[-1] = Citation(last.label, last.link, last.title, found[1])
            label = words[found.end() :]
        else:
            label += words
    rest = label.strip(EDGES)
    if rest and not rows:
        return [Citation("", 0, rest, "")]
    if rest:
        last = rows[-1]
        rows[-1] = Citation(last.label, last.link, last.title, last.source, rest)
    return rows


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


def titles(story: Story) -> dict[int, str]:
    """The title of every link of a story, by its number.

    Named by its own words, without the source behind them; where those are vague, by a parenthesis or by the call
    before them; else by its address. A read-more line names a thing better than the text above it does.
    """
    named = _named(story)
    return {link.n: named.get(link.n) or _by_address(link) for link in story.links}


def _named(story: Story) -> Mapping[int, str]:
    by_number = {link.n: link for link in story.links}
    said = Said.of(_mentions(story, cited=True))
    found: dict[int, str] = {}
    for cited in (True, False):
        for mention in _mentions(story, cited=cited):
            link = by_number.get(mention.link)
            if link is not None and link.n not in found and (title := _title(mention, link, said, cited=cited)):
                found[link.n] = title
    for link in story.links:
        if link.n not in found and (title := _title(Mention("", link.n, link.text, ""), link, said, cited=False)):
            found[link.n] = title
    return found


def _mentions(story: Story, *, cited: bool) -> Iterator[Mention]:
    """The links where they stand, in read-more lines or elsewhere."""
    for block in story.blocks:
        if (isinstance(block, Paragraph) and block.part is Part.READ_MORE) is not cited:
            continue
        if isinstance(block, ListBlock):
            for item in block.items:
                yield from mentions(item.spans)
        else:
            yield from mentions(block_spans(block))


def _title(mention: Mention, link: Link, said: Said, *, cited: bool) -> str:
    """What this mention calls the link, empty where it says nothing."""
    if link.kind is LinkKind.ISSUE:
        return _line(mention.words)
    words, source = cut_source(_line(mention.words))
    if source and not cited and not names_source(source):
        words, source = _line(mention.words), ""  # "Llama 3 (70B)"
    if source and _is_short_for(source, words):
        words, source = _line(mention.words), ""
    call = f"{mention.label} {words}" if cited else ""
    return own_title(words) or _by_parenthesis(source or mention.behind, link, call, said) or thing_of(call)


def _by_parenthesis(source: str, link: Link, call: str, said: Said) -> str:
    """The name in a parenthesis that is the thing's: its repository's, one of the call's, or one cited beside it.

    Where it names only who made it, the call's thing, or what sort of thing it is: "model (Google)".
    """
    names = names_in(source)
    owner, name = _repository(link)
    if called := next((each for each in names if name and _folded(each) == _folded(name)), ""):
        return called
    makers = [each for each in names if link.kind is LinkKind.SOCIAL or _folded(each) == _folded(owner)]
    makers += [each for each in names if each not in makers and said.is_maker(each)]
    things = [each for each in names if each not in makers]
    words = f" {folded_words(call)} "
    known = next((each for each in things if f" {folded_words(each)} " in words or said.is_thing(each)), "")
    named = known or thing_of(call) or next(iter(things), name)
    if named or not makers:
        return named
    sort = sort_of(call)
    return f"{sort} ({makers[0]})" if sort else makers[0]


def _by_address(link: Link) -> str:
    """The repository's name, else the host and the last part of the path; the link's words where it has no address."""
    _, name = _repository(link)
    from importai_tui.links.urls import host_of

    host = host_of(link.url)
    if name or not host or not link.url:
        return name or _line(link.text).strip("() ") or "no title"
    folders = [part for part in link.url.partition("://")[2].partition("?")[0].partition("#")[0].split("/")[1:] if part]
    if not folders:
        return host
    read = _line(unquote(folders[-1]))
    last = read if read and read.isprintable() else folders[-1]  # an address can hold a whole escape sequence
    return f"{host}/{'…/' if len(folders) > 1 else ''}{last}"


def _repository(link: Link) -> tuple[str, str]:
    """Owner and name of a repository, a model or a data set; empty for other works."""
    scheme, _, pair = (link.work or "").partition(":")
    if scheme not in ("github", "hf"):
        return "", ""
    owner, _, name = pair.partition("/")
    return owner, name


def _is_short_for(source: str, title: str) -> bool:
    """Whether a parenthesis holds the title's own initials: "Virology Capabilities Test (VCT)"."""
    words = re.findall(r"\w+", title)
    return source.isupper() and 1 < len(source) <= len(words) and _initials(words).endswith(source)


def _initials(words: list[str]) -> str:
    return "".join(word[0] for word in words).upper()


def _line(words: str) -> str:
    return " ".join(words.split())


def _folded(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()
