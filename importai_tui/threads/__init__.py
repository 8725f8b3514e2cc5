"""Threads through the archive: what a story refers to, where it is mentioned, what is near it. It draws nothing."""

from importai_tui.archive.connections import IssuePlace, StoryPlace
from importai_tui.threads.chain import Chain, Node, chain_of
from importai_tui.threads.gaps import gap_words, span_words, weeks_between
from importai_tui.threads.related import Related
from importai_tui.threads.resolving import Certainty
from importai_tui.threads.threads import Reference, Threads, Ties

__all__ = [
    "Certainty",
    "Chain",
    "IssuePlace",
    "Node",
    "Reference",
    "Related",
    "StoryPlace",
    "Threads",
    "Ties",
    "chain_of",
    "gap_words",
    "span_words",
    "weeks_between",
]
