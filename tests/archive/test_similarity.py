"""Of many headlines the most similar one, as difflib has it, without comparing all of them."""

from __future__ import annotations

import random
from difflib import SequenceMatcher

import pytest

from importai_tui.archive.writer import MIN_EDIT_RATIO, SimilarHeadlines

WORDS = [
    "robots",
    "count",
    "rivers",
    "and",
    "the",
    "machine",
    "of",
    "north",
    "sees",
    "water",
    "models",
    "train",
    "fast",
]


def by_difflib(headline: str, headlines: dict[str, str]) -> str | None:
    ratios = {key: SequenceMatcher(None, text, headline, autojunk=False).ratio() for key, text in headlines.items()}
    best = max(ratios, key=ratios.__getitem__)
    return best if ratios[best] >= MIN_EDIT_RATIO else None


def edited(headline: str, chance: random.Random) -> str:
    letters = list(headline)
    for _ in range(chance.randrange(14)):
        letters[chance.randrange(len(letters)) :][:1] = chance.choice(("", "x", "an"))
        del letters[chance.randrange(len(letters))]
        letters.insert(chance.randrange(len(letters) + 1), chance.choice("abcdef "))
    return "".join(letters)


@pytest.mark.parametrize("seed", range(40))
def test_the_bounds_exclude_no_edit(seed: int) -> None:
    chance = random.Random(seed)
    headlines = {str(n): " ".join(chance.choices(WORDS, k=chance.randrange(2, 9))) for n in range(12)}
    for text in headlines.values():
        headline = edited(text, chance)
        assert SimilarHeadlines(headlines).find_closest(headline) == by_difflib(headline, headlines)


def test_a_removed_headline_is_not_found() -> None:
    similar = SimilarHeadlines({"a": "Robots count rivers", "b": "Robots count the rivers"})
    assert similar.find_closest("Robots count rivers") == "a"
    similar.remove("a")
    assert similar.find_closest("Robots count rivers") == "b"


def test_only_the_keys_asked_for_are_looked_at() -> None:
    similar = SimilarHeadlines({"a": "Robots count rivers", "b": "Robots count the rivers"})
    assert similar.find_closest("Robots count rivers", ["b"]) == "b"
    assert similar.find_closest("Robots count rivers", []) is None


def test_two_empty_headlines_are_the_same() -> None:
    assert SimilarHeadlines({"a": ""}).find_closest("") == "a"
    assert SimilarHeadlines({}).find_closest("Robots") is None


@pytest.mark.parametrize(
    "text", ["A different title, number {n}", "{n} robots count {m} rivers", "robots " * 40 + "{n}"]
)
def test_many_headlines_are_not_all_compared_exactly(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    exact: list[None] = []
    ratio = SequenceMatcher.ratio

    def counted(matcher: SequenceMatcher[str]) -> float:
        exact.append(None)
        return ratio(matcher)

    monkeypatch.setattr(SequenceMatcher, "ratio", counted)
    similar = SimilarHeadlines({str(n): text.format(n=n, m=n + 1) for n in range(400)})
    for n in range(400, 500):
        similar.find_closest(text.format(n=n, m=n + 1))
    assert len(exact) <= 100 * 40
