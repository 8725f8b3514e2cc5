"""Filters annotations and tags by typed words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat

from importai_tui.library.annotations import Annotation, AnnotationKind
from importai_tui.state.fields import fold_tag

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


def _fold(annotation: Annotation) -> str:
    story = annotation.story
    return "\n".join((annotation.text, annotation.comment, story.headline, story.ref, *story.tags)).casefold()


def _has_tags(annotation: Annotation, tags: Sequence[str]) -> bool:
    own = [fold_tag(name) for name in annotation.story.tags]
    return all(any(name.startswith(tag) for name in own) for tag in tags)
