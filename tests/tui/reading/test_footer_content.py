"""The hints and the state in the footer of the reading screen."""

from __future__ import annotations

import pytest

from importai_tui.archive.relations import IssueRef, StoryRef
from importai_tui.keymap.commands import COMMANDS
from importai_tui.model import WORDS_PER_MINUTE, StoryKind
from importai_tui.threads.resolver import Certainty
from importai_tui.threads.threads import Reference, StoryReferences
from importai_tui.tui.reading.footer_content import add_reference_hints, format_remaining, make_pane_hints
from importai_tui.tui.reading.panes import Pane
from importai_tui.tui.widgets.footer import FooterContent, Hint, draw_hints


@pytest.mark.parametrize(
    ("hints", "keys"),
    [
        (make_pane_hints(Pane.STORY, links=[1, 2, 3], zen=False), ["space", "1 2", "n", "s", "F", "?"]),
        (make_pane_hints(Pane.STORY, links=[], zen=True, unread=False), ["space", "J", "s", "z", "?"]),
        (make_pane_hints(Pane.LIST, links=[], zen=False), ["enter", "n", "r", "u", "F", "?"]),
        (
            make_pane_hints(Pane.LIST, links=[], zen=False, unread=False, is_list=True),
            ["enter", "S", "esc", "u", "F", "?"],
        ),
        (make_pane_hints(Pane.LINKS, links=[1], zen=False), ["enter", "p", "y", "ctrl+t", "esc", "?"]),
        (make_pane_hints(Pane.LINKS, links=[], zen=False), ["esc", "?"]),
        (make_pane_hints(Pane.LIST, links=[], zen=False, empty=True), ["S", "B", "ctrl+g", "?"]),
    ],
)
def test_the_footer_shows_the_keys_of_the_pane(hints: tuple[Hint, ...], keys: list[str]) -> None:
    assert [hint.key for hint in hints] == keys


def test_a_narrow_footer_shows_how_to_open_links() -> None:
    text = draw_hints(FooterContent(make_pane_hints(Pane.STORY, links=[1, 2], zen=False)), 40).plain
    assert text.strip() == "space page   1 2 open link   ? help"


def make_story_ref(headline: str) -> StoryRef:
    return StoryRef(1, "key", 1, "112", 112, "2024-03-25", 1, StoryKind.STORY, headline)


def make_reference(headline: str) -> Reference:
    story, issue = make_story_ref(headline), IssueRef(1, 100, "import-ai-100", "Import AI 100", "2023-10-02", None)
    return Reference(story, 100, "#100", None, issue, story, Certainty.POSSIBLE, "shared terms: rivers")


def test_reference_keys_replace_less_important_hints() -> None:
    hints = make_pane_hints(Pane.STORY, links=[1], zen=False)
    assert add_reference_hints(hints, StoryReferences(), COMMANDS) == hints
    references = StoryReferences((make_reference("Otters"),), (make_reference("Herons"),))
    keys = [hint.key for hint in add_reference_hints(hints, references, COMMANDS)]
    assert keys == ["space", "1", "x", "X", "n", "?"]


@pytest.mark.parametrize(
    ("stories", "words", "expected"),
    [
        (0, 0, "all caught up"),
        (1, 0, "1 left · 1 min"),
        (12, WORDS_PER_MINUTE * 14, "12 left · 14 min"),
        (12, WORDS_PER_MINUTE * 65, "12 left · 1 h 05 min"),
        (2190, WORDS_PER_MINUTE * 60 * 71, "2,190 left · 71 h 00 min"),
    ],
)
def test_remaining_stories_are_formatted_with_their_time(stories: int, words: int, expected: str) -> None:
    assert format_remaining(stories, words) == expected
