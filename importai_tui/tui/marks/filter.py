"""Filters annotations and tags by typed words, and finds the part of a long text that has them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat

from importai_tui.library.annotations import Annotation, AnnotationKind
from importai_tui.parse.clean import clean_line
from importai_tui.state.fields import fold_tag
from importai_tui.wording import plural

TagCount = tuple[str, int]
"""The name of a tag, and the number of stories with it."""


class AnnotationFilter:
    """Finds annotations by words. It folds their texts once, so that each letter costs little."""

    def __init__(self, annotations: Sequence[Annotation]) -> None:
        self._annotations = annotations
        self._texts: list[str] = []

    def find(self, kind: AnnotationKind | None, typed: str) -> list[Annotation]:
        """Return the annotations of a kind, or of all, that have every word; a word such as `#robots` begins a tag."""
        words, tags = split_words(typed)
        if words and not self._texts:
            self._texts = [_fold(annotation) for annotation in self._annotations]
        return [
            annotation
            for annotation, text in zip(self._annotations, self._texts if words else repeat(""), strict=False)
            if (kind is None or annotation.kind is kind)
            and all(word in text for word in words)
            and _has_tags(annotation, tags)
        ]

    def count(self, kind: AnnotationKind | None) -> int:
        """Return the number of annotations of a kind, or of all."""
        return sum(kind is None or annotation.kind is kind for annotation in self._annotations)


def find_tags(tags: Sequence[TagCount], typed: str) -> list[TagCount]:
    """Return the tags whose names have every word, with or without a hash sign."""
    words = [fold_tag(word.lstrip("#")) for word in typed.split()]
    return [tag for tag in tags if all(word in fold_tag(tag[0]) for word in words)]


def split_words(typed: str) -> tuple[list[str], list[str]]:
    """Return the typed words, and the typed tags without their hash sign, both folded; a hash sign alone is nothing."""
    words = typed.casefold().split()
    tags = [fold_tag(word[1:]) for word in words if word.startswith("#") and len(word) > 1]
    return [word for word in words if not word.startswith("#")], tags


def find_excerpt(text: str, words: Sequence[str], length: int) -> str:
    """Return text on one line, from its beginning if that has one of the words; else from before the first word.

    At least `length` characters are left, so that the excerpt needs as many lines as the text.
    """
    line = clean_line(text)
    folded = line.casefold()
    first = min((at for word in words if (at := folded.find(word)) >= 0), default=0)
    if first < length * 3 // 4:
        return line
    start = line.rfind(" ", 0, max(0, min(first - length // 4, len(line) - length))) + 1
    return f"…{line[start:]}" if start else line


def format_count(count: int, total: int, noun: str, nouns: str) -> str:
    """Return "12 of 340 notes", or "340 notes" if all of them are shown."""
    return plural(total, noun, nouns) if count == total else f"{count:,} of {plural(total, noun, nouns)}"


def _fold(annotation: Annotation) -> str:
    story = annotation.story
    return "\n".join((annotation.text, annotation.comment, story.headline, story.ref, *story.tags)).casefold()


def _has_tags(annotation: Annotation, tags: Sequence[str]) -> bool:
    own = [fold_tag(name) for name in annotation.story.tags]
    return all(any(name.startswith(tag) for name in own) for tag in tags)
