"""Loads help topics with their tables, and formats them as plain text; it supports only the Markdown that they use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby, zip_longest

from importai_tui.config.render import format_keys_markdown, format_settings_markdown
from importai_tui.keymap import PRESETS
from importai_tui.keymap.commands import COMMANDS, group_commands
from importai_tui.keymap.key_names import format_keys
from importai_tui.keymap.screens import SCREEN_COMMANDS
from importai_tui.output.layout import pad, text_width, wrap

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
"""In the order of the list: first reading, then import and export."""

_LONGEST = 40
"""Characters of a typed name that are compared; every topic is shorter."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One page. `summary` describes it in a few words; `body` is Markdown without the heading."""

    name: str
    summary: str
    body: str


def load_topic(name: str) -> Topic:
    """Load the topic of that name and make its tables.

    Raises:
        KeyError: there is no such topic.
    """
    if name not in TOPICS:
        raise KeyError(name)
    page = files(__package__ or "").joinpath(f"{name}.md").read_text(encoding="utf-8")
    heading, _, body = page.partition("\n")
    for marker, table in _TABLES.items():
        if marker in body:
            body = body.replace(marker, table().rstrip("\n"))
    return Topic(name, heading.removeprefix("# ").partition(": ")[2], body.strip() + "\n")


def find_similar_topic(word: str) -> str | None:
    """Return the topic with the most similar name, if there is one."""
    # Imported here, because only an unknown name needs it.
    from difflib import get_close_matches

    wanted = word[:_LONGEST].lower()
    begun = [name for name in TOPICS if wanted and (name.startswith(wanted) or wanted.startswith(name))]
    return next(iter(begun or get_close_matches(wanted, TOPICS, 1)), None)


def _table_topics(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = (heads, ["---"] * len(heads), *rows)
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _within() -> str:
    """Return the table of keys in the search, the works and the dialogs, without their ids."""
    rows: list[tuple[str, str]] = []
    for group, members in group_commands(SCREEN_COMMANDS).items():
        rows.append((f"**{group}**", ""))
        rows += ((command.key_label, command.description) for command in members)
    return _table_topics(("keys", "what they do"), rows)


def _without_key() -> str:
    rows = [(command.description, command.id) for command in COMMANDS if not command.keys]
    return _table_topics(("in the palette", "id"), rows)


def _presets() -> str:
    words = {command.id: command.description for command in COMMANDS}
    rows = [
        (name, format_keys(keys), words[id])
        for name, changed in PRESETS.items()
        for id, keys in changed.items()
        if keys
    ]
    return _table_topics(("preset", "keys", "what they do"), rows)


_TABLES: Mapping[str, Callable[[], str]] = {
    "<!-- keys -->": lambda: format_keys_markdown(COMMANDS),
    "<!-- keys within -->": _within,
    "<!-- commands without a key -->": _without_key,
    "<!-- presets -->": _presets,
    "<!-- settings -->": format_settings_markdown,
}
"""The marker of each table in the pages, and the function that makes the table."""


PAGE_WIDTH = 80
"""Cells of a line; tables need a few more than prose."""
_NARROW = 24
"""Cells; if the widest column of a table has fewer, each row becomes a paragraph."""
_GAP = "  "
_BETWEEN_CELLS = re.compile(r"(?<!\\)\|")
_TICKS = re.compile(r"(`+) ?(.+?) ?\1")


def format_topic(topic: Topic, columns: int | None) -> str:
    """Format the page below its name and summary; `columns` is the terminal's width, None without a terminal."""
    measure = min(columns or PAGE_WIDTH, PAGE_WIDTH)
    parts = [[*wrap(f"{topic.name}: {topic.summary}", measure)], *_parts(topic.body, measure)]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _parts(body: str, measure: int) -> Iterator[list[str]]:
    # Every second piece is the content of a fence.
    for n, piece in enumerate(re.split(r"^```.*\n", body, flags=re.MULTILINE)):
        lines = piece.rstrip("\n").split("\n")
        if n % 2:
            yield [f"    {line}".rstrip() for line in lines]
            continue
        for has_words, part in groupby(lines, key=bool):
            if has_words:
                yield _part(list(part), measure)


def _part(lines: Sequence[str], measure: int) -> list[str]:
    if lines[0].startswith("|"):
        return _table(lines, measure)
    if lines[0].startswith("#"):
        return [lines[0].lstrip("# ").upper()]
    if lines[0].startswith("- "):
        items = "\n".join(lines).removeprefix("- ").split("\n- ")
        return [line for item in items for line in wrap(" ".join(item.split()), measure, "- ", "  ")]
    return wrap(" ".join(lines), measure)


def _table(lines: Sequence[str], measure: int) -> list[str]:
    """Format a table without its header; the widest column gets the remaining width."""
    rows = [_cells(line) for line in lines[2:]]
    widths = [max(text_width(row[n]) for row in rows if any(row[1:])) for n in range(len(rows[0]))]
    widest = widths.index(max(widths))
    room = measure - sum(widths) + widths[widest] - len(_GAP) * (len(widths) - 1)
    widths[widest] = min(widths[widest], room)
    out: list[str] = []
    for row in rows:
        if not any(row[1:]):  # the name of a group
            out += [""] * bool(out) + [row[0].strip("*")]
        elif room < _NARROW:
            out += wrap(row[0], measure)
            out += [line for cell in row[1:] for line in wrap(cell, measure, "    ", "    ")]
        else:
            out += _side_by_side(row, widths, widest)
    return out


def _side_by_side(row: Sequence[str], widths: Sequence[int], widest: int) -> list[str]:
    columns = [[cell] for cell in row]
    columns[widest] = wrap(row[widest], widths[widest])
    return [_GAP.join(map(pad, line, widths)).rstrip() for line in zip_longest(*columns, fillvalue="")]


def _cells(line: str) -> list[str]:
    """Return the cells of a row without backticks, because the column already shows that it has keys."""
    inner = _BETWEEN_CELLS.split(line.strip())[1:-1]
    return [_TICKS.sub(r"\2", cell.strip().replace("\\|", "|")) for cell in inner]
