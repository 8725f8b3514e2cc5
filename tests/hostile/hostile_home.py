"""Fills a home with hostile text in every field of the archive and the reading state.

The text bypasses the parser and the checks of the reading state, because output must always be clean.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping

from importai_tui.library.library import Library
from importai_tui.model import (
    Block,
    Code,
    CrossReference,
    Figure,
    Heading,
    Issue,
    Link,
    LinkKind,
    LinkRole,
    ListBlock,
    ListItem,
    Paragraph,
    ParagraphRole,
    Quote,
    Span,
    Story,
    StoryKind,
)
from importai_tui.paths import Places

_STORIES = 6
"""Stories of one issue."""
_KINDS = (StoryKind.STORY, StoryKind.ESSAY, StoryKind.NOTE, StoryKind.STORY, StoryKind.TECH_TALES, StoryKind.STORY)
COMMON_WORD = "otters"
"""A word of every text, so that searches find it."""


def fill_home(places: Places, payloads: Mapping[str, str]) -> int:
    """Fill the home. Return the number of its newest issue."""
    texts = [_replace_surrogates(f"{payload} {COMMON_WORD}") for payload in payloads.values()]
    with Library.open(places) as library:
        issues = list(_make_issues(texts))
        for issue in issues:
            page = "\n".join(f"<p><strong>{story.headline}</strong></p>{story.text}" for story in issue.stories)
            library.store(issue, page.encode(), f"{issue.slug}.html")
        _add_user_data(library, issues, texts)
    _damage_state(places, texts)
    return max(issue.number or 0 for issue in issues)


def _make_issues(texts: list[str]) -> Iterator[Issue]:
    for number, start in enumerate(range(0, len(texts), _STORIES), 1):
        stories = tuple(
            _make_story(f"s{number}-{at}", at, kind, text, number)
            for at, (kind, text) in enumerate(zip(_KINDS, texts[start:], strict=False), 1)
        )
        url = f"https://example.org/{texts[start]}"
        yield Issue(number, f"i-{number}", f"Import AI {number}: {texts[start]}", f"2025-01-{number:02}", url, stories)
    yield Issue(
        None, f"no-number-{COMMON_WORD}", texts[0], None, None, (_make_story("none", 1, StoryKind.STORY, texts[-1], 0),)
    )


def _make_story(key: str, position: int, kind: StoryKind, text: str, number: int) -> Story:
    """Put the text into every field of a story. The second of two stories refers to the issue before."""
    spans = (Span("So: "), Span(text, bold=True), Span(text, link=1), Span(text, code=True))
    blocks: tuple[Block, ...] = (
        Heading((Span(text),)),
        Paragraph(spans, (Span(text, bold=True),)),
        ListBlock((ListItem((Span(text),)), ListItem((Span(text, italic=True),), 1, 3))),
        Quote((Span(text),)),
        Code(text),
        Figure(text, 1),
        Paragraph((Span(f"See Import AI {number - 1}. {text}"),), (), ParagraphRole.WHY),
        Paragraph((Span("Read more: "), Span(text, link=2), Span(text)), (), ParagraphRole.READ_MORE),
        Paragraph((Span(text),), (), ParagraphRole.INSPIRATIONS),
    )
    work = f"https://example.org/work-{text}"
    links = (
        Link(1, text, f"https://example.org/1?{text}", LinkKind.PAPER, text, LinkRole.INLINE, work),
        Link(2, text, "https://example.org/2", LinkKind.CODE, text, LinkRole.READ_MORE, "github:a/b"),
        Link(3, text, None, LinkKind.PAPER, None, LinkRole.READ_MORE, None),
    )
    mentions = (CrossReference(number - 1, text),) if number > 1 else ()
    tale = kind is StoryKind.TECH_TALES
    section, series = (text, text) if position % 2 else ("Tech Tales" if tale else None, None)
    return Story(key, position, kind, text, text, section, series, blocks, links, mentions, (text,) if tale else ())


def _add_user_data(library: Library, issues: list[Issue], texts: list[str]) -> None:
    """Add marks, tags, notes, highlights and remembered searches."""
    keys = [story.key for issue in issues for story in issue.stories]
    library.mark(keys[::5], read=True, starred=True)
    library.tag(keys[::2], "tag")
    for key, text in zip(keys[::3], texts, strict=False):
        library.set_note(key, "a note")
        library.add_highlight(key, text, text)
    library.state.star_work("github:a/b", True, texts[0])
    library.state.save_value("searches-2", json.dumps([[text, text] for text in texts[:12]]))
    library.state.save_value("recent-searches", json.dumps(texts[12:20]))
    library.state.save_value("recent-commands", json.dumps(texts[20:28]))
    library.state.save_value("theme", texts[1])


def _damage_state(places: Places, texts: list[str]) -> None:
    """Write hostile text into the database without any check."""
    with sqlite3.connect(places.reading) as database:
        at, machine = database.execute("SELECT at, machine FROM register LIMIT 1").fetchone()
        keys = [key for (key,) in database.execute("SELECT key FROM story ORDER BY key")]
        for text, key in zip(texts, keys * len(texts), strict=False):
            row = (key, f"tag:{text}", at, at, machine)
            database.execute(
                "INSERT OR IGNORE INTO register (key, field, value, at, machine) VALUES (?, ?, ?, ?, ?)", row
            )
            database.execute("UPDATE register SET value = ? WHERE key = ? AND field = 'note'", (text, key))
            database.execute("UPDATE story SET headline = ? WHERE key = ?", (text, key))
        database.execute("UPDATE step SET label = ?", (" ".join(texts),))
    database.close()


def _replace_surrogates(text: str) -> str:
    """Replace lone surrogates, which no database accepts."""
    return text.encode("utf-8", "replace").decode()
