"""Whether a row holds the words that a list is narrowed to. Pure."""

from __future__ import annotations

from collections.abc import Iterable


def holds(texts: Iterable[str], words: str) -> bool:
    """Whether the texts together hold every word, whatever its capitals."""
    text = " ".join(texts).casefold()
    return all(word in text for word in words.casefold().split())
