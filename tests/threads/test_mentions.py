from __future__ import annotations

import pytest

from importai_tui.threads.mentions import find_distinctive_words, find_mentions, has_same_stem
from tests.threads.sample_issues import make_mentioning_issue


def test_near_words_and_names_weigh_most() -> None:
    (newest,) = make_mentioning_issue(
        "Long ago somebody measured brooks. SluiceNet opens gates (Import AI #100)."
    ).stories
    (mention,) = find_mentions(newest)
    assert [word.word for word in mention.words[:3]] == ["SluiceNet", "gates", "opens"]
    assert "brooks" in {word.word for word in mention.words}
    assert not {"Import", "AI", "100"} & {word.word for word in mention.words}


def test_words_in_another_sentence_weigh_less() -> None:
    weights = []
    for separator in (" where ", ". "):
        (newest,) = make_mentioning_issue(f"They measured brooks{separator}SluiceNet opens (Import AI #100).").stories
        weights.append(next(word.weight for word in find_mentions(newest)[0].words if word.word == "brooks"))
    assert weights[0] > 1.5 * weights[1]


def test_forms_of_one_word_have_the_same_stem() -> None:
    assert has_same_stem("count", "counting")
    assert has_same_stem("rivers", "river")
    assert has_same_stem("studies", "study")
    assert not has_same_stem("count", "country")
    assert not has_same_stem("sluices", "sluicenet")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("don't", ""),
        ("wouldn’t", ""),
        ("they’ll", ""),
        ("want", ""),
        ("wanted", ""),
        ("really", ""),
        ("Significantly", ""),
        ("Google’s", "Google"),
        ("Stanford", "Stanford"),
        ("family", "family"),
        ("rally", "rally"),
        ("Grammarly", "Grammarly"),
        ("O’Reilly", "O’Reilly"),
        ("GPT-4", "GPT-4"),
    ],
)
def test_stop_words_are_not_distinctive(text: str, word: str) -> None:
    assert [found for _, found in find_distinctive_words(f"{text} (1)")] == ([word] if word else [])
