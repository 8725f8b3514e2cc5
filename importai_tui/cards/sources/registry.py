"""All sources of cards, in order of preference: a work's card comes from the first that accepts it and has it."""

from __future__ import annotations

from importai_tui.cards.sources.acl import AclAnthology
from importai_tui.cards.sources.arxiv import Arxiv
from importai_tui.cards.sources.base import CardSource
from importai_tui.cards.sources.crossref import Crossref
from importai_tui.cards.sources.datacite import DataCite
from importai_tui.cards.sources.github import GitHub
from importai_tui.cards.sources.hugging_face import HuggingFace
from importai_tui.cards.sources.openreview import OpenReview
from importai_tui.cards.sources.web_page import WebPage
from importai_tui.cards.sources.youtube import YouTube

SOURCES: tuple[CardSource, ...] = (
    Arxiv(),
    AclAnthology(),
    OpenReview(),
    Crossref(),
    DataCite(),
    GitHub(),
    HuggingFace(),
    YouTube(),
    WebPage(),
)
