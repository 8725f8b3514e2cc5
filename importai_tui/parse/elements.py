"""Reads elements of lxml's tree: text, classes, and the elements inside."""

from __future__ import annotations

from typing import Any

Element = Any
"""An element of lxml's tree. lxml has no types."""


def get_classes(tag: Element) -> list[str]:
    """Return the words of an element's `class`."""
    return (tag.get("class") or "").split()


def find_first(tag: Element, name: str) -> Element | None:
    """Return the first element of that name inside another."""
    return next(iter(tag.iter(name)), None)


def get_text(tag: Element) -> str:
    """Return all text inside an element."""
    return "".join(tag.itertext())
