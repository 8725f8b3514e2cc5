"""Generates synthetic prose with the word frequencies of real text (Zipf). The same seed gives the same text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from random import Random

STEMS = 12_000
"""Number of stems. With their endings they give more words than ten years of a newsletter have."""
_MAX_SUBJECT_RANK = 3_000
"""Rank of the rarest stem in the subject of a story."""
_STEMS_WITHOUT_ENDING = 250
"""Number of most frequent stems, which have no endings; they are more than half of a text."""
_BEND_RANK = 600
"""Rank from which words are rarer than by Zipf's law, as in the corpus, where 2,000 words are 86% of a text."""
_OPENINGS = [
    *"bcdfghjklmnprstvw",
    "bl",
    "br",
    "cl",
    "cr",
    "dr",
    "fl",
    "gr",
    "pl",
    "pr",
    "sc",
    "sh",
    "sp",
    "st",
    "th",
    "tr",
]
_VOWELS = [*"aeiouaeio", "ai", "ea", "ee", "ou"]
_CLOSINGS = ["", "", "n", "r", "s", "l", "t", "m", "nd", "rt", "st", "ck", "ng", "x"]
_ENDINGS = (("", 0.55), ("s", 0.17), ("ed", 0.1), ("ing", 0.1), ("er", 0.05), ("ation", 0.03))
_NAMES = ["Tavo-4", "Orla", "m0", "s3-mini", "B++", "Kesto 2.5", "naïvo", "Żura", "DOP-B", "Mint-7B", "R#", "Émil"]
"""Names that are difficult for an index: hyphens, digits, signs, accents."""


class ProseGenerator:
    """Generates synthetic text. `seed` determines all of it."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.stems = _make_stems(self.random)
        weighted = [
            (stem + ending, part * _get_frequency(rank))
            for rank, stem in enumerate(self.stems)
            for ending, part in (_ENDINGS if rank >= _STEMS_WITHOUT_ENDING else (("", 1.0),))
        ]
        self._forms = [form for form, _ in weighted]
        self._weights = list(accumulate(weight for _, weight in weighted))

    def pick_words(self, count: int) -> list[str]:
        """Return words with the frequency of their rank."""
        return self.random.choices(self._forms, cum_weights=self._weights, k=count)

    def pick_subject(self) -> list[str]:
        """Return six stems for the subject of a story, none of the most frequent."""
        return [
            self.stems[int(_STEMS_WITHOUT_ENDING * (_MAX_SUBJECT_RANK / _STEMS_WITHOUT_ENDING) ** self.random.random())]
            for _ in range(6)
        ]

    def pick_words_about(self, subject: Sequence[str], count: int) -> list[str]:
        """Return words; one in eight is of the subject, one in sixty is a name or a figure."""
        words = self.pick_words(count)
        for _ in range(count // 8):
            ending = self.random.choices(_ENDINGS, weights=[part for _, part in _ENDINGS])[0][0]
            words[self.random.randrange(count)] = self.random.choice(subject) + ending
        for _ in range(count // 60):
            figure = f"{self.random.randint(2, 99)}%"
            words[self.random.randrange(count)] = self.random.choice((figure, *_NAMES))
        return words

    def format_sentences(self, words: Sequence[str]) -> str:
        """Format words as sentences, with capitals, commas and full stops."""
        parts = []
        start = 0
        while start < len(words):
            length = self.random.randint(8, 28)
            sentence = list(words[start : start + length])
            if len(sentence) > 12:
                sentence[len(sentence) // 2] += ","
            sentence[0] = sentence[0][:1].upper() + sentence[0][1:]
            parts.append(" ".join(sentence) + ".")
            start += length
        return " ".join(parts)

    def format_line(self, words: Sequence[str]) -> str:
        """Format words as a line that begins with a capital."""
        text = " ".join(words)
        return text[:1].upper() + text[1:]


def _get_frequency(rank: int) -> float:
    return 1 / (rank + 2.7) if rank < _BEND_RANK else (_BEND_RANK / rank) ** 1.8 / (_BEND_RANK + 2.7)


def _make_stems(random: Random) -> list[str]:
    """Return different stems; the frequent ones have one syllable, as in any language."""
    found: dict[str, None] = {}
    while len(found) < STEMS:
        syllables = 1 if len(found) < 2 * _STEMS_WITHOUT_ENDING else random.choice((2, 2, 2, 3))
        stem = "".join(random.choice(_OPENINGS) + random.choice(_VOWELS) for _ in range(syllables))
        found[stem + random.choice(_CLOSINGS)] = None
    return list(found)
