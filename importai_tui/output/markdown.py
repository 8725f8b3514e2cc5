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
from importai_tui.library.rows import IssueRow, StoryRow
from importai_tui.links.urls import browser_url, to_ascii_host
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
    shorten_title,
)
from importai_tui.parse.clean import clean_line, clean_text
from importai_tui.state.fields import TAG_PREFIX, Highlight
from importai_tui.state.reading_state import StoryState
from importai_tui.works.work import Work, get_metadata

_INLINE = re.compile(r"[\\`*_\[\]<>]|~(?=~)|(?<=~)~|&(?=#?\w+;)")
_BLOCK = re.compile(r"\d+(?=[.)])|(?=[#+>=|-]|:-)")
"""The start of a line that would make it a list, a heading, a quote, a rule or part of a table."""
_CLOSING_HASHES = re.compile(r"(^|\s)(#+)$")


def escape_markdown(text: str) -> str:
    """Return plain text as Markdown that shows the same text. It keeps line ends, see `format_paragraph`."""
    return _INLINE.sub(r"\\\g<0>", clean_text(text))


def escape_markdown_line(text: str) -> str:
    """Return text as Markdown on one line."""
    return escape_markdown(clean_line(text))


def format_paragraph(markup: str, line_end: str = "\\\n") -> str:
    """Return lines of markup as one paragraph; a line that begins like a list or a heading is escaped.

    Args:
        markup: text and links, already escaped.
        line_end: ends each line but the last; a hard line break by default.
    """
    return line_end.join(_escape_block_start(line.strip()) for line in markup.split("\n") if line.strip())


def _escape_block_start(line: str) -> str:
    start = _BLOCK.match(line)
    return f"{start[0]}\\{line[start.end() :]}" if start else line


def format_quote(markup: str) -> str:
    """Return lines of markup as one quoted paragraph."""
    return "> " + format_paragraph(markup, "\n> ")


def format_heading(markup: str, level: int) -> str:
    """Return a heading of that level; hashes at its end are escaped."""
    text = _CLOSING_HASHES.sub(r"\1\\\2", " ".join(markup.split()))
    return f"{'#' * level} {text}"


def format_code_span(text: str) -> str:
    """Return text as a code span on one line."""
    text = clean_line(text)
    if not text:
        return ""
    # Backticks in the text need a longer fence, and a space between them and the fence (CommonMark, section 6.1).
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    pad = " " if "`" in text[:1] + text[-1:] else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def format_link(markup: str, url: str | None) -> str:
    """Return words as a link to an address.

    An unsafe address of a web page follows the words as code. Any other address (`javascript:`) is omitted.
    """
    if address := browser_url(url):
        return f"[{markup}]({format_link_target(address)})"
    return f"{markup} ({format_code_span(url)})" if url and is_web_url(url) else markup


def is_web_url(url: str | None) -> bool:
    """Return True for an http or https address, even if it is broken or unsafe."""
    return url is not None and re.match(r"https?://", url, re.IGNORECASE) is not None


def format_link_target(address: str) -> str:
    """Return an address from `browser_url` as a link's target."""
    # "&copy;" in an address would be read as a character.
    address = re.sub(r"&(?=#?\w+;)", "&amp;", address)
    return f"<{address}>" if re.search(r"[()]", address) else address


def append_markup(before: str, markup: str) -> str:
    """Append markup to markup; a "!" right before a link is escaped, because it would make an image."""
    if markup.startswith("[") and before.endswith("!"):
        before = f"{before[:-1]}\\!"
    return before + markup


LinkUrls = Mapping[int, str | None]

_LARGEST_NUMBER = 999_999_999
"""The largest number of a list item (CommonMark, section 5.2)."""


def issue_to_markdown(issue: Issue) -> str:
    """Return a whole issue: its title as the first heading, its stories below."""
    facts = " · ".join(fact for fact in (issue.date, _format_issue_url(issue)) if fact)
    parts = [format_heading(escape_markdown_line(issue.title), 1), *([facts] if facts else [])]
    return "\n\n".join([*parts, *(story_to_markdown(story, level=2) for story in issue.stories)])


def story_to_markdown(story: Story, level: int = 1) -> str:
    """Return one story under a heading of that level."""
    addresses = {one.n: one.url if is_web_url(one.url) else None for one in story.links}
    parts = [format_heading(escape_markdown_line(story.headline), level)]
    if story.tagline:
        parts.append(f"*{escape_markdown_line(story.tagline)}*")
    parts += [_format_block(block, addresses, level) for block in story.blocks]
    return "\n\n".join(filter(None, parts))


def _format_issue_url(issue: Issue) -> str | None:
    if address := browser_url(issue.url):
        return f"<{address}>"
    return format_code_span(issue.url) if issue.url and is_web_url(issue.url) else None


def _format_block(block: Block, addresses: LinkUrls, level: int) -> str:
    match block:
        case Paragraph(spans, run_in):
            return format_paragraph(_format_spans((*run_in, *spans), addresses))
        case ListBlock():
            return _format_list(block, addresses)
        case Quote(spans):
            return format_quote(_format_spans(spans, addresses))
        case Heading(spans, depth):
            return format_heading(_format_spans(spans, addresses), min(level + depth, 6))
        case Code(text):
            text = clean_text(text)
            # A fence longer than any run of backticks inside cannot be closed by the text.
            longest = max((len(run) for run in re.findall("`+", text)), default=0)
            fence = "`" * max(3, longest + 1)
            return f"{fence}\n{text}\n{fence}"
        case Figure(caption, number):
            words, url = escape_markdown_line(caption or "") or "Picture", addresses.get(number)
            return format_link(words, url) if url else f"*{words}*"
        case Rule():
            return "---"
        case _:
            assert_never(block)


def _format_list(block: ListBlock, addresses: LinkUrls) -> str:
    """Indent each item as far as the text of its parent item; otherwise it would become code."""
    lines = []
    indents = [0]
    for item in block.items:
        depth = min(item.depth, len(indents) - 1)
        number = item.number if item.number is not None and 0 <= item.number <= _LARGEST_NUMBER else None
        mark = "-" if number is None else f"{number}."
        inner = indents[depth] + len(mark) + 1
        indents[depth + 1 :] = [inner]
        text = format_paragraph(_format_spans(item.spans, addresses), "\\\n" + " " * inner)
        lines.append(f"{' ' * indents[depth]}{mark} {text}".rstrip())
    return "\n".join(lines)


def _format_spans(spans: Iterable[Span], addresses: LinkUrls) -> str:
    text = ""
    for url, run in groupby(spans, key=lambda span: addresses.get(span.link)):
        words = "".join(
            _format_styled("".join(span.text for span in alike), *look) for look, alike in groupby(run, key=_span_style)
        )
        bare = words.strip()
        if url and bare:
            before, _, after = words.partition(bare)
            text, words = text + before, format_link(bare, url) + after
        text = append_markup(text, words)
    return text.strip()


def _span_style(span: Span) -> tuple[bool, bool, bool]:
    return span.bold, span.italic, span.code


def _format_styled(text: str, bold: bool, italic: bool, is_code: bool) -> str:
    text = clean_text(text)
    mark = ("**" if bold else "") + ("*" if italic else "")
    bare = text.strip()
    if not bare:
        return text
    # Emphasis may not begin or end with a space, so spaces are moved outside.
    before, _, after = text.partition(bare)
    return f"{before}{mark}{format_code_span(bare) if is_code else escape_markdown(bare)}{mark[::-1]}{after}"


def format_markdown_list(works: Iterable[Work]) -> str:
    """A line for each work; empty for none."""
    return "".join(f"{format_markdown_line(work)}\n" for work in works)


def format_markdown_line(work: Work) -> str:
    """One work: `- [Title](url) (kind, host) — cited in Import AI 402, 447`."""
    facts = get_metadata(work)
    details = ", ".join(part for part in (work.kind, escape_markdown_line(to_ascii_host(work.host or ""))) if part)
    cited = f" — cited in Import AI {escape_markdown_line(', '.join(work.issues))}" if work.issues else ""
    return f"- {format_link(escape_markdown_line(facts.title), facts.url)} ({details}){cited}"


@dataclass(frozen=True, slots=True)
class AnnotatedStory:
    """A story with reading state, and its rows; `issue` and `story` are None if the archive lacks it."""

    state: StoryState
    issue: IssueRow | None
    story: StoryRow | None

    @property
    def headline(self) -> str:
        """The headline, also if the archive lacks the story; the key if no headline is known."""
        return (self.story.headline if self.story else self.state.name.headline) or self.state.key

    @property
    def tags(self) -> list[str]:
        """The names of the tags in alphabetical order, from the fields, because a query for each story is slow."""
        names = (field.removeprefix(TAG_PREFIX) for field in self.state.fields if field.startswith(TAG_PREFIX))
        return sorted(names, key=lambda name: (name.casefold(), name))

    def has_field(self, field: str) -> bool:
        """Return True if the state has a field with this beginning: "read", "highlight:"."""
        return any(kept.startswith(field) for kept in self.state.fields)


def get_annotated_stories(library: Library, stories: Iterable[StoryState]) -> list[AnnotatedStory]:
    """Return the stories in the order of the list, the newest issue first; those missing from the archive come last."""
    held: dict[str, list[tuple[int, StoryState]]] = {}
    gone: list[AnnotatedStory] = []
    for kept in stories:
        if place := library.find_story(kept.key):
            held.setdefault(place[0], []).append((place[1], kept))
        else:
            gone.append(AnnotatedStory(kept, None, None))
    rows: list[AnnotatedStory] = []
    for head in library.get_issue_rows():
        if found := held.get(head.ref):
            heads = library.get_story_rows(head.ref)
            rows += [AnnotatedStory(kept, head, heads[at - 1]) for at, kept in sorted(found, key=lambda one: one[0])]
    return rows + gone


FRONT_MATTER = "---\nimportai-tui: notes\n---\n"
"""The beginning of the document; Obsidian reads it as a property."""

_WRITTEN = ("note", "tag:", "highlight:")
"""Beginnings of the fields with text of the user; a story with only marks or a position has no section."""


def notes_to_markdown(library: Library) -> str:
    """Return a section for each story with a note, a highlight or a tag, the newest issue first; empty without any."""
    rows = get_annotated_stories(library, (kept for kept in library.state.get_story_states() if _has_annotations(kept)))
    if not rows:
        return ""
    sections = (_format_section(library, row) for row in rows)
    return FRONT_MATTER + "\n# Notes on Import AI\n\n" + "\n".join(sections)


def _has_annotations(kept: StoryState) -> bool:
    return any(field.startswith(_WRITTEN) for field in kept.fields)


def _format_section(library: Library, row: AnnotatedStory) -> str:
    key = row.state.key
    parts = [
        format_heading(escape_markdown_line(row.headline), 2),
        _format_origin(row),
        *_format_read_more(library, row),
    ]
    if row.tags:
        parts.append(" ".join(map(_format_tag, row.tags)))
    # The user's own text may be Markdown and is not escaped.
    if note := library.state.get_note(key):
        parts.append(note)
    parts += [part for highlight in library.state.get_highlights(key) for part in _format_highlight(highlight)]
    return "\n\n".join(parts) + "\n"


def _format_origin(row: AnnotatedStory) -> str:
    """Return the issue with its address and date, and the reference of the story."""
    if row.issue is None or row.story is None:
        issue = row.state.name.issue
        where = f"Import AI {issue}" if issue and issue.isdecimal() else issue
        return " · ".join(
            escape_markdown_line(part) for part in (where, f"{row.state.key} (not in the archive)") if part
        )
    head = row.issue
    title = escape_markdown_line(
        f"Import AI {head.number}: {shorten_title(head.title)}" if head.number is not None else head.title
    )
    return " · ".join(
        part for part in (format_link(title, head.url), head.date, format_code_span(row.story.ref)) if part
    )


def _format_read_more(library: Library, row: AnnotatedStory) -> list[str]:
    """Return a line with the "read more" links of the story."""
    if row.issue is None or row.story is None:
        return []
    links = library.get_story(row.issue.ref, row.story.position).links
    cited = [format_link(escape_markdown_line(x.text), x.url) for x in links if x.role is LinkRole.READ_MORE and x.url]
    return [f"Read more: {', '.join(cited)}"] if cited else []


def _format_highlight(highlight: Highlight) -> list[str]:
    quote = format_quote(escape_markdown(highlight.quote))
    return [quote, highlight.remark] if highlight.remark else [quote]


def _format_tag(name: str) -> str:
    """Return a tag for Obsidian, which allows no spaces in tags."""
    return "#" + re.sub(r"[^\w/-]+", "-", name).strip("-")
