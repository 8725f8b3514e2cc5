"""Each verb of the table in one sentence: the parser recognises a call, and its link has a kind and a title."""

from __future__ import annotations

import pytest

from importai_tui.links.call_verbs import CALL_VERBS, CallVerb
from importai_tui.model import LinkKind, LinkRole, Paragraph, ParagraphRole, Story
from importai_tui.parse.pipeline import parse_issue
from importai_tui.works.titles import get_link_titles
from tests.parse.pages import parse_one_story, story_html

every_verb = pytest.mark.parametrize("verb", CALL_VERBS, ids=lambda verb: verb.phrase)
every_verb_without_link = pytest.mark.parametrize(
    "verb", [verb for verb in CALL_VERBS if not verb.needs_link], ids=lambda verb: verb.phrase
)

FORGE = "https://github.com/sheep-farm/wool"
PAGE = "https://farm.example/sheep"


def story_with(call: str) -> Story:
    """Return a story that ends with this call."""
    return parse_one_story(f"{story_html()}<br />{call}")


def last_role(found: Story) -> ParagraphRole:
    block = found.blocks[-1]
    assert isinstance(block, Paragraph)
    return block.role


@every_verb
def test_call_sets_kind_and_title_of_its_link(verb: CallVerb) -> None:
    found = story_with(
        f'{verb.phrase.capitalize()} the Meadow dataset <a href="{FORGE}">here (Sheep-Farm, GitHub)</a>.'
    )
    (link,) = found.links
    assert last_role(found) is ParagraphRole.READ_MORE
    assert (link.role, link.kind) == (LinkRole.READ_MORE, LinkKind.DATASET)
    assert get_link_titles(found) == {1: "Meadow dataset"}


@every_verb
def test_verb_sets_the_kind_if_nothing_else_does(verb: CallVerb) -> None:
    found = story_with(f'{verb.phrase.capitalize()} here: <a href="{PAGE}">Sheep (Farm)</a>.')
    assert found.links[0].kind is (verb.kind or LinkKind.OTHER)
    assert get_link_titles(found) == {1: "Sheep"}


@pytest.mark.parametrize(
    "verb",
    [verb for verb in CALL_VERBS if verb.phrase != "register"],  # "The Register" names a news site
    ids=lambda verb: verb.phrase,
)
def test_link_with_only_a_verb_has_its_url_as_title(verb: CallVerb) -> None:
    assert get_link_titles(story_with(f'<a href="{PAGE}">{verb.phrase.capitalize()} here</a>.')) == {
        1: "farm.example/sheep"
    }


@every_verb_without_link
def test_call_in_plain_text_is_a_citation_without_url(verb: CallVerb) -> None:
    text = (
        "Welcome to Import AI, a newsletter about AI research.\n\n"
        f"{'#' * 52}\n\n"
        "Sheep counted by machine:\n…Sleep is a solved problem…\n"
        "Somebody somewhere built a machine that counts sheep, and it counts them rather well.\n"
        f"{verb.phrase.capitalize()} the dataset here: Sheep (Farm).\n"
    )
    (found,) = parse_issue(text.encode(), title="Import AI 1: Sheep").stories
    assert [(link.text, link.url, link.kind) for link in found.links] == [("Sheep (Farm)", None, LinkKind.DATASET)]
