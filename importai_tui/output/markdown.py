"""Issues and stories as Markdown (CommonMark) with real links.

Escapes text and addresses for CommonMark, so that only our own markup is markup.

Text from outside opens no link, image, heading, list, table, fence or HTML. A link leads only to an address that a
browser may open.

What the reader wrote and quoted, as one Markdown document: for Obsidian, or for a paper.

The stories that carry reading state, in order: what both exports of them print. It formats nothing.

Works as a list in Markdown (CommonMark), to be pasted into notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import assert_never

from importai_tui.library.library import Library
from importai_tui.library.rows import IssueHead, StoryHead
from importai_tui.links.browser_url import browser_url
from importai_tui.links.urls import ascii_host
from importai_tui.model import (
    Block,
    Code,
    Figure,
    Heading,
    Issue,
    LinkRole,
    ListBlock,
    Paragraph,
    Quote,
    Rule,
    Span,
    Story,
    short_title,
)
from importai_tui.parse.clean import clean_line, clean_text
from importai_tui.state.fields import TAG, Highlight
from importai_tui.state.reading_state import KeptStory
from importai_tui.works.work import Work, known

_INLINE = re.compile(r"[\\`*_\[\]<>]|~(?=~)|(?<=~)~|&(?=#?\w+;)")
_BLOCK = re.compile(r"\d+(?=[.)])|(?=[#+>=|-]|:-)")
"""The start of a line that would make it a list, a heading, a quotation, a rule or part of a table."""
_CLOSING_HASHES = re.compile(r"(^|\s)(#+)$")


def escape(text: str) -> str:
    """Return plain text as Markdown that shows the same text. Lines stay lines, see `paragraph`."""
    return _INLINE.sub(r"\\\g<0>", clean_text(text))


def escape_line(text: str) -> str:
    """Return text as Markdown on one line."""
    return escape(clean_line(text))


def paragraph(markup: str, line_end: str = "\\\n") -> str:
    """Return lines of markup as one paragraph; a line that begins like a list or a heading stays text.

    Args:
        markup: text and links, already escaped.
        line_end: ends each line but the last; a hard line break by default.
    """
    return line_end.join(_guard(line.strip()) for line in markup.split("\n") if line.strip())


def _guard(line: str) -> str:
    start = _BLOCK.match(line)
    return f"{start[0]}\\{line[start.end() :]}" if start else line


def quotation(markup: str) -> str:
    """Return lines of markup as one quoted paragraph."""
    return "> " + paragraph(markup, "\n> ")


def heading(markup: str, level: int) -> str:
    """Return a heading of that level; hashes at its end stay text."""
    text = _CLOSING_HASHES.sub(r"\1\\\2", " ".join(markup.split()))
    return f"{'#' * level} {text}"


def code(text: str) -> str:
    """Return text as a code span on one line."""
    text = clean_line(text)
    if not text:
        return ""
    # Backticks within need a longer fence, and a blank between them and it (CommonMark, section 6.1).
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    pad = " " if "`" in text[:1] + text[-1:] else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def link(markup: str, url: str | None) -> str:
    """Return words as a link to an address.

    The address of a web page that may not be opened is written behind the words, as code. Any other (`javascript:`,
    say) is left out.
    """
    if address := browser_url(url):
        return f"[{markup}]({target(address)})"
    return f"{markup} ({code(url)})" if url and is_web(url) else markup


def is_web(url: str | None) -> bool:
    """Whether this is an address of the web, if perhaps a broken or dangerous one."""
    return url is not None and re.match(r"https?://", url, re.IGNORECASE) is not None


def target(address: str) -> str:
    """Return an address from `browser_url` as a link's target."""
    # "&copy;" in an address would be read as a character.
    address = re.sub(r"&(?=#?\w+;)", "&amp;", address)
    return f"<{address}>" if re.search(r"[()]", address) else address


def append(before: str, markup: str) -> str:
    """Put markup behind markup; a "!" right before a link would make it an image."""
    if markup.startswith("[") and before.endswith("!"):
        before = f"{before[:-1]}\\!"
    return before + markup


Addresses = Mapping[int, str | None]

_LARGEST_NUMBER = 999_999_999
"""Of a list's item; a longer one makes no list (CommonMark, section 5.2)."""


def issue_markdown(issue: Issue) -> str:
    """Return a whole issue: its title as the first heading, its stories below."""
    facts = " · ".join(fact for fact in (issue.date, _own_address(issue)) if fact)
    parts = [heading(escape_line(issue.title), 1), *([facts] if facts else [])]
    return "\n\n".join([*parts, *(story_markdown(story, level=2) for story in issue.stories)])


def story_markdown(story: Story, level: int = 1) -> str:
    """Return one story under a heading of that level."""
    addresses = {one.n: one.url if is_web(one.url) else None for one in story.links}
    parts = [heading(escape_line(story.headline), level)]
    if story.tagline:
        parts.append(f"*{escape_line(story.tagline)}*")
    parts += [_block(block, addresses, level) for block in story.blocks]
    return "\n\n".join(filter(None, parts))


def _own_address(issue: Issue) -> str | None:
    if address := browser_url(issue.url):
        return f"<{address}>"
    return code(issue.url) if issue.url and is_web(issue.url) else None


def _block(block: Block, addresses: Addresses, level: int) -> str:
    match block:
        case Paragraph(spans, run_in):
            return paragraph(_inline((*run_in, *spans), addresses))
        case ListBlock():
            return _list(block, addresses)
        case Quote(spans):
            return quotation(_inline(spans, addresses))
        case Heading(spans, depth):
            return heading(_inline(spans, addresses), min(level + depth, 6))
        case Code(text):
            text = clean_text(text)
            # A fence longer than any run of backticks inside cannot be closed by the text.
            longest = max((len(run) for run in re.findall("`+", text)), default=0)
            fence = "`" * max(3, longest + 1)
            return f"{fence}\n{text}\n{fence}"
        case Figure(caption, number):
            words, url = escape_line(caption or "") or "Picture", addresses.get(number)
            return link(words, url) if url else f"*{words}*"
        case Rule():
            return "---"
        case _:
            assert_never(block)


def _list(block: ListBlock, addresses: Addresses) -> str:
    """Each item is indented as far as the text of the item that it belongs to, or it would become code."""
    lines = []
    indents = [0]
    for item in block.items:
        depth = min(item.depth, len(indents) - 1)
        number = item.number if item.number is not None and 0 <= item.number <= _LARGEST_NUMBER else None
        mark = "-" if number is None else f"{number}."
        inner = indents[depth] + len(mark) + 1
        indents[depth + 1 :] = [inner]
        text = paragraph(_inline(item.spans, addresses), "\\\n" + " " * inner)
        lines.append(f"{' ' * indents[depth]}{mark} {text}".rstrip())
    return "\n".join(lines)


def _inline(spans: Iterable[Span], addresses: Addresses) -> str:
    text = ""
    for url, run in groupby(spans, key=lambda span: addresses.get(span.link)):
        words = "".join(_styled("".join(span.text for span in alike), *look) for look, alike in groupby(run, key=_look))
        bare = words.strip()
        if url and bare:
            before, _, after = words.partition(bare)
            text, words = text + before, link(bare, url) + after
        text = append(text, words)
    return text.strip()


def _look(span: Span) -> tuple[bool, bool, bool]:
    return span.bold, span.italic, span.code


def _styled(text: str, bold: bool, italic: bool, is_code: bool) -> str:
    text = clean_text(text)
    mark = ("**" if bold else "") + ("*" if italic else "")
    bare = text.strip()
    if not bare:
        return text
    # Emphasis may not begin or end with a blank, so those stay outside.
    before, _, after = text.partition(bare)
    return f"{before}{mark}{code(bare) if is_code else escape(bare)}{mark[::-1]}{after}"


def markdown(works: Iterable[Work]) -> str:
    """A line for each work; empty for none."""
    return "".join(f"{line(work)}\n" for work in works)


def line(work: Work) -> str:
    """One work: `- [Title](url) (kind, host) — cited in Import AI 402, 447`."""
    facts = known(work)
    details = ", ".join(part for part in (work.kind, escape_line(ascii_host(work.host or ""))) if part)
    cited = f" — cited in Import AI {escape_line(', '.join(work.issues))}" if work.issues else ""
    return f"- {link(escape_line(facts.title), facts.url)} ({details}){cited}"


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A story with state, as the archive knows it: `issue` and `story` are None where it does not hold it."""

    kept: KeptStory
    issue: IssueHead | None
    story: StoryHead | None

    @property
    def headline(self) -> str:
        """Its headline, also when the archive is gone; its key where nobody has told one."""
        return (self.story.headline if self.story else self.kept.name.headline) or self.kept.key

    @property
    def tags(self) -> list[str]:
        """The names of its tags, in alphabetical order. To ask the library for them takes as long as it has tags."""
        names = (field.removeprefix(TAG) for field in self.kept.fields if field.startswith(TAG))
        return sorted(names, key=lambda name: (name.casefold(), name))

    def has(self, field: str) -> bool:
        """Whether a field that begins so is kept of it: "read", "highlight:"."""
        return any(kept.startswith(field) for kept in self.kept.fields)


def kept_rows(library: Library, stories: Iterable[KeptStory]) -> list[KeptRow]:
    """The stories as the list has them: the newest issue first; those that the archive does not hold come last."""
    held: dict[str, list[tuple[int, KeptStory]]] = {}
    gone: list[KeptRow] = []
    for kept in stories:
        if place := library.place_in_archive(kept.key):
            held.setdefault(place[0], []).append((place[1], kept))
        else:
            gone.append(KeptRow(kept, None, None))
    rows: list[KeptRow] = []
    for head in library.issue_heads():
        if found := held.get(head.ref):
            heads = library.story_heads(head.ref)
            rows += [KeptRow(kept, head, heads[at - 1]) for at, kept in sorted(found, key=lambda one: one[0])]
    return rows + gone


MARK = "---\nimportai-tui: notes\n---\n"
"""How the document begins; Obsidian reads it as a property."""

_WRITTEN = ("note", "tag:", "highlight:")
"""The fields, or how they begin, of what a person writes; a mark or a place alone has no section."""


def notes_markdown(library: Library) -> str:
    """A section for each story with a note, a highlight or a tag, the newest issue first; empty where there is none."""
    rows = kept_rows(library, (kept for kept in library.state.kept_stories() if _is_written(kept)))
    if not rows:
        return ""
    sections = (_section(library, row) for row in rows)
    return MARK + "\n# Notes on Import AI\n\n" + "\n".join(sections)


def _is_written(kept: KeptStory) -> bool:
    return any(field.startswith(_WRITTEN) for field in kept.fields)


def _section(library: Library, row: KeptRow) -> str:
    key = row.kept.key
    parts = [heading(escape_line(row.headline), 2), _origin(row), *_read_more(library, row)]
    if row.tags:
        parts.append(" ".join(map(_tag, row.tags)))
    # The reader's own words may be Markdown, and stay as they are.
    if note := library.state.note_of(key):
        parts.append(note)
    parts += [part for highlight in library.state.highlights_of(key) for part in _passage(highlight)]
    return "\n\n".join(parts) + "\n"


def _origin(row: KeptRow) -> str:
    """The issue with its address and date, and how the story is named on the command line."""
    if row.issue is None or row.story is None:
        issue = row.kept.name.issue
        where = f"Import AI {issue}" if issue and issue.isdecimal() else issue
        return " · ".join(escape_line(part) for part in (where, f"{row.kept.key} (not in the archive)") if part)
    head = row.issue
    title = escape_line(
        f"Import AI {head.number}: {short_title(head.title)}" if head.number is not None else head.title
    )
    return " · ".join(part for part in (link(title, head.url), head.date, code(row.story.ref)) if part)


def _read_more(library: Library, row: KeptRow) -> list[str]:
    """What the story asks to be read, one line."""
    if row.issue is None or row.story is None:
        return []
    links = library.story(row.issue.ref, row.story.position).links
    cited = [link(escape_line(x.text), x.url) for x in links if x.role is LinkRole.READ_MORE and x.url]
    return [f"Read more: {', '.join(cited)}"] if cited else []


def _passage(highlight: Highlight) -> list[str]:
    quote = quotation(escape(highlight.quote))
    return [quote, highlight.remark] if highlight.remark else [quote]


def _tag(name: str) -> str:
    """As Obsidian writes it: a tag there has no blanks."""
    return "#" + re.sub(r"[^\w/-]+", "-", name).strip("-")
