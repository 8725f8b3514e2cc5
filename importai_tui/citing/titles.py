"""What each link of a story is called: the cited title, never "here", and never nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from importai_tui.citing.calls import sort_of, thing_of
from importai_tui.citing.makers import Said, folded_words, own_title
from importai_tui.citing.rows import Mention, mentions
from importai_tui.citing.words import cut_source, names_in, names_source
from importai_tui.issue import Link, LinkKind, ListBlock, Paragraph, Part, Story, block_spans


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
    from importai_tui.links import host_of

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
