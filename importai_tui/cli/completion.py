"""Completes arguments with the tab key: references, files, topics, words of queries and the names of settings.

Each press of the key starts the program, so functions import what they need. No function connects to a network, creates
a file or prints a message. The scripts of the shells are in `shells.py`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import click

from importai_tui.paths import Places

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_Completer = Callable[[click.Context, click.Parameter | None, str], "list[CompletionItem]"]
_PLAIN_WORD = re.compile(r"[\w.][\w./:@%+=,-]*")
"""A word without special characters of any shell. Others are not completed, because shells would expand or run them."""


def _complete_from(find: Callable[[str], Iterable[tuple[str, str]]]) -> _Completer:
    """Return a completer. `find` gets the incomplete word and returns candidates, each with its description."""

    def complete(ctx: click.Context, _param: click.Parameter | None, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        from importai_tui.parse.clean import clean_line

        if ctx.find_root().params.get("demo"):  # its archive exists only while it runs
            return []
        try:
            candidates = list(find(incomplete))
        except Exception:  # a message would appear in the line that the user is typing
            return []
        return [
            CompletionItem(word, help=clean_line(description))
            for word, description in candidates
            if word.startswith(incomplete) and _PLAIN_WORD.fullmatch(word)
        ]

    return complete


def complete_file(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Let the shell complete a file or a folder."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def complete_folder(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Let the shell complete a folder."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="dir")]


def _find_refs(incomplete: str) -> Iterable[tuple[str, str]]:
    from importai_tui.archive.refs import find_refs

    return find_refs(Places.from_environment().archive, incomplete)


def _find_topics(_incomplete: str) -> Iterator[tuple[str, str]]:
    from importai_tui.manual.topics import TOPICS, load_summary

    return ((name, load_summary(name)) for name in TOPICS)


def _find_themes(_incomplete: str) -> Iterator[tuple[str, str]]:
    from importai_tui.config.schema import THEMES

    return ((name, "") for name in THEMES)


def _find_user_commands(_incomplete: str) -> Iterator[tuple[str, str]]:
    from importai_tui.config import load_config

    commands = load_config(Places.from_environment().config, os.environ).config.commands
    return ((command.name, command.label) for command in commands)


def _find_sources(_incomplete: str) -> Iterator[tuple[str, str]]:
    from importai_tui.config import load_config
    from importai_tui.sync.sources import NAMED_SOURCES

    config = load_config(Places.from_environment().config, os.environ).config
    return ((name, "") for name in dict.fromkeys((*NAMED_SOURCES, *config.sources)))


def _find_query_words(incomplete: str) -> Iterator[tuple[str, str]]:
    """Yield the fields of the search language that have fixed values, with these values, and `tag:` with the tags."""
    from importai_tui.query.completion import CompletionSources, complete_query

    tags: list[str] = []
    if incomplete.lstrip("-").startswith("t"):
        from importai_tui.state.tag_names import find_tag_names

        reading = Places.from_environment().reading
        tags = find_tag_names(reading) if reading.exists() else []
    sources = CompletionSources(tags)
    for found in complete_query(incomplete, len(incomplete), sources):
        # A field alone would be followed by a space.
        for item in complete_query(found.text, len(found.text), sources) if found.text.endswith(":") else (found,):
            yield item.text, item.description


def _find_work_words(incomplete: str) -> Iterator[tuple[str, str]]:
    """Yield the fields of the search for works, with their values."""
    from importai_tui.works.query import MARK_NAMES, WORK_KINDS

    yield from ((f"kind:{kind}", "") for kind in WORK_KINDS)
    yield from ((f"is:{name}", "") for name in MARK_NAMES)
    if incomplete.startswith("in:"):
        yield from ((f"in:{ref}", title) for ref, title in _find_refs(incomplete.removeprefix("in:")))


complete_ref = _complete_from(_find_refs)
complete_topic = _complete_from(_find_topics)
complete_theme = _complete_from(_find_themes)
complete_user_command = _complete_from(_find_user_commands)
complete_source = _complete_from(_find_sources)
complete_query_word = _complete_from(_find_query_words)
complete_work_word = _complete_from(_find_work_words)
