"""The words for what a story is and what a link leads to, for whoever asks by them and reads no story."""

from __future__ import annotations

from enum import StrEnum


class StoryKind(StrEnum):
    """What a story is; the contract's words."""

    STORY = "story"
    TECH_TALES = "tech-tales"
    ESSAY = "essay"
    NOTE = "note"


class LinkKind(StrEnum):
    """What a link leads to; the contract's words."""

    PAPER = "paper"
    CODE = "code"
    DATASET = "dataset"
    MODEL = "model"
    POST = "post"
    NEWS = "news"
    VIDEO = "video"
    SOCIAL = "social"
    ISSUE = "issue"
    OTHER = "other"
