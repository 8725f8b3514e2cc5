"""The topics by their names, and their pages with all tables in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from importai_tui.config.render import keys_markdown, settings_markdown
from importai_tui.keymap import COMMANDS, PRESETS, SCREEN_COMMANDS, by_group, format_keys

TOPICS = (
    "reading",
    "links",
    "works",
    "search",
    "threads",
    "marks",
    "sync",
    "import",
    "export",
    "state",
    "settings",
    "keys",
    "plain",
    "scripting",
    "troubles",
)
"""In the order of the list: first what one reads with, then where things come from and go to."""

_LONGEST = 40
"""Characters of what was typed that are compared: no topic has as many."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One page. `line` says in a few words what it is about; `body` is Markdown without the heading."""

    name: str
    line: str
    body: str


def topic(name: str) -> Topic:
    """The topic of that name, its tables made now.

    Raises:
        KeyError: there is none.
    """
    if name not in TOPICS:
        raise KeyError(name)
    page = files(__package__ or "").joinpath(f"{name}.md").read_text(encoding="utf-8")
    heading, _, body = page.partition("\n")
    for marker, table in _TABLES.items():
        if marker in body:
            body = body.replace(marker, table().rstrip("\n"))
    return Topic(name, heading.removeprefix("# ").partition(": ")[2], body.strip() + "\n")


def nearest(word: str) -> str | None:
    """The topic that may have been meant."""
    # Imported here: who names a topic that there is needs no other.
    from difflib import get_close_matches

    wanted = word[:_LONGEST].lower()
    begun = [name for name in TOPICS if wanted and (name.startswith(wanted) or wanted.startswith(name))]
    return next(iter(begun or get_close_matches(wanted, TOPICS, 1)), None)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = (heads, ["---"] * len(heads), *rows)
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _within() -> str:
    """The keys inside the search, the works and the dialogs; their ids set nothing, so they are left out."""
    rows: list[tuple[str, str]] = []
    for group, members in by_group(SCREEN_COMMANDS).items():
        rows.append((f"**{group}**", ""))
        rows += ((command.shown, command.words) for command in members)
    return _table(("keys", "what they do"), rows)


def _without_key() -> str:
    rows = [(command.words, command.id) for command in COMMANDS if not command.keys]
    return _table(("in the palette", "id"), rows)


def _presets() -> str:
    words = {command.id: command.words for command in COMMANDS}
    rows = [
        (name, format_keys(keys), words[id])
        for name, changed in PRESETS.items()
        for id, keys in changed.items()
        if keys
    ]
    return _table(("preset", "keys", "what they do"), rows)


_TABLES: Mapping[str, Callable[[], str]] = {
    "<!-- keys -->": lambda: keys_markdown(COMMANDS),
    "<!-- keys within -->": _within,
    "<!-- commands without a key -->": _without_key,
    "<!-- presets -->": _presets,
    "<!-- settings -->": settings_markdown,
}
"""What stands in a page where a table comes, and what makes it."""
