"""Control sequences and markup in an issue: they are shown as text or left out."""

from __future__ import annotations

import json
from pathlib import Path

from importai_tui.library.library import Library
from importai_tui.model import Figure, Issue, Link, LinkKind, LinkRole, Paragraph, ParagraphRole, Span, Story, StoryKind
from tests.corpus import SHAPES, needs_shapes
from tests.tui.sample_app import run_reader, store_issues


def hostile_story(key: str, position: int, words: str) -> Story:
    """Return a story with the same words in every text field."""
    blocks = (
        Paragraph((Span(words),), (Span(words, bold=True),)),
        Paragraph((Span(words, link=1),), (), ParagraphRole.READ_MORE),
        Figure(words),
    )
    bad = Link(1, words, f"https://example.org/{words}", LinkKind.OTHER, words, LinkRole.READ_MORE, words)
    return Story(
        key, position, StoryKind.STORY, words, words, words, blocks=blocks, links=(bad,), inspirations=(words,)
    )


@needs_shapes
async def test_no_control_character_reaches_the_screen(library: Library) -> None:
    strings = json.loads(Path(SHAPES / "hostile-strings.json").read_text(encoding="utf-8"))
    stories = tuple(hostile_story(f"h{n}", n, words) for n, words in enumerate(strings.values(), 1))
    title = " ".join(strings.values())
    store_issues(library, [Issue(1, "hostile", title, "2025-01-01", None, stories)])
    async with run_reader(library, "1/1") as reader:
        for _ in stories:
            forbidden = {c for c in reader.screen_text() if c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160)}
            assert not forbidden
            assert not set(reader.screen_text()) & set("\u202e\u2066\u2069\u200b")
            await reader.press("1", "J")
        assert reader.open_story == ("1", len(stories))


async def test_markup_is_shown_as_text(library: Library) -> None:
    story = hostile_story("b", 1, "[AI] [/b] [@click=app.quit]free[/]")
    async with run_reader(store_issues(library, [Issue(2, "b", "Brackets [/] [x", None, None, (story,))])) as reader:
        screen = reader.screen_text()
        assert "[AI] [/b] [@click=app.quit]free[/]" in screen
        assert "Brackets [/] [x" in screen
        await reader.pilot.press("ctrl+p", *"bracket")
        await reader.pilot.pause(0.6)
        assert "Brackets [/] [x" in reader.screen_text()
