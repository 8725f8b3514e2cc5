"""What each link of a story is called: the cited title, never "here", and never nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from importai_tui.citing.rows import Mention, mentions
from importai_tui.citing.words import (
    EDGES,
    cut_source,
    is_vague,
    names_in,
    names_source,
    without_source_words,
)
from importai_tui.issue import Link, LinkKind, ListBlock, Paragraph, Part, Story, block_spans
from importai_tui.links import host_of

LONGEST_NAME = 12
"""Words of a call that can name what it calls for ("the transcripts from the experiments"); past it, it tells."""
LONGEST_CALL = 300
"""Characters before a link that are looked at for a name; twice the longest call of the corpus."""


def titles(story: Story) -> dict[int, str]:
    """The title of every link of a story, by its number.

    Named by its own words, without the source behind them; where those are vague, by a parenthesis or by the call
    before them; else by its address. A read-more line names a thing better than the text above it does.
    """
    named = _named(story)
    return {link.n: named.get(link.n) or _by_address(link) for link in story.links}


def _named(story: Story) -> Mapping[int, str]:
    by_number = {link.n: link for link in story.links}
    found: dict[int, str] = {}
    for cited in (True, False):
        for mention in _mentions(story, cited=cited):
            link = by_number.get(mention.link)
            if link is not None and link.n not in found and (title := _title(mention, link, cited=cited)):
                found[link.n] = title
    for link in story.links:
        if link.n not in found and (title := _title(Mention("", link.n, link.text, ""), link, cited=False)):
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


def _title(mention: Mention, link: Link, *, cited: bool) -> str:
    """What this mention calls the link, empty where it says nothing."""
    if link.kind is LinkKind.ISSUE:
        return _line(mention.words)
    words, source = cut_source(_line(mention.words))
    if source and not cited and not names_source(source):
        words, source = _line(mention.words), ""  # "Llama 3 (70B)"
    if source and _is_short_for(source, words):
        words, source = _line(mention.words), ""
    own = _own(words)
    if own:
        return own
    source = source or mention.behind
    return _by_parenthesis(source, link, mention.label if cited else "") or (_by_call(mention, words) if cited else "")


def _own(words: str) -> str:
    """The title in a link's own words, empty where they are vague."""
    words = words.strip(EDGES)
    head, colon, rest = words.partition(": ")
    if colon and rest.strip(EDGES) and is_vague(head) and len(head.split()) > 1:
        words = rest.strip(EDGES)  # "examples on the project page: ImageInWords"
    words = _without_here(words)
    if "," in words and not without_source_words(words.rpartition(",")[2]):
        words = words.rpartition(",")[0].strip(EDGES)  # "If Anyone Builds It, official site"
    return "" if is_vague(words) else words


_BEFORE_HERE = {"is", "are", "available", "now", "right", "over", "out", "live"}


def _without_here(words: str) -> str:
    """Words without the "here" that ends them: "videos are here", "the tokenizer here on HuggingFace"."""
    rest = words.split()
    if len(rest) > 3 and rest[-3].casefold() == "here" and rest[-2].casefold() in ("on", "at", "in", "via"):
        rest = rest[:-2]
    if len(rest) > 1 and rest[-1].strip(EDGES).casefold() == "here":
        rest.pop()
        while len(rest) > 1 and rest[-1].casefold() in _BEFORE_HERE:
            rest.pop()
    return " ".join(rest).strip(EDGES)


def _by_parenthesis(source: str, link: Link, label: str) -> str:
    """The name in a parenthesis that is the thing's: that of its repository, or that of the call before it."""
    names = names_in(source)
    owner, name = _repository(link)
    if name:
        called = next((each for each in names if _folded(each) == _folded(name)), "")
        names = [each for each in names if _folded(each) != _folded(owner)]
        if called or not names:
            return called or _call_of(label) or name
    words = f" {_folded_words(label)} "
    said = next((each for each in names if f" {_folded_words(each)} " in words), "")
    if said or (call := _call_of(label)) == "":
        return said or (names[0] if names else "")
    return call


def _by_call(mention: Mention, words: str) -> str:
    """What the call names, the link's own words included: "Download the Marin models" "here"."""
    return _call_of(f"{mention.label} {words}")


_CALL = re.compile(
    r"(?i)^\W*(?:bonus\W+)?(?:also\W+|and\s+|please\s+|you can\s+)*"
    r"(?:(?:read|get|check(?: it)? out|find(?: out)?|view|watch|listen(?: to)?|download|access|try(?: out)?|play|visit"
    r"|browse|explore|grab|use|see|take a look at|look at|request|learn|apply|join|sign up|register|follow|all of)\b\s*"
    r"(?:and\s+)?)+(?:more\s*)?(?:(?:about|in|on|at|from|for|to|the|this|these|that|some|our|their|a|an|of)\s+)*"
)


def _call_of(label: str) -> str:
    """The thing that a call names, without its verb and articles; empty where it names none, or tells a tale."""
    if len(label) > LONGEST_CALL:
        return ""
    words = _without_here(_line(label.rstrip(EDGES + "(")))
    verb = _CALL.match(words)
    thing = words[verb.end() :].strip(EDGES) if verb else ""
    return "" if is_vague(thing) or len(thing.split()) > LONGEST_NAME else thing


def _by_address(link: Link) -> str:
    """The repository's name, else the host and the last part of the path; the link's words where it has no address."""
    _, name = _repository(link)
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


def _folded_words(words: str) -> str:
    return " ".join(re.findall(r"\w+", words.casefold()))
