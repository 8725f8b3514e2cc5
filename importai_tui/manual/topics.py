"""Loads help topics with their tables, and formats them as plain text; it supports only the Markdown that they use."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import groupby, zip_longest
from pathlib import Path
from textwrap import TextWrapper

from importai_tui.manual.tables import TABLES
from importai_tui.output.layout import pad, text_width, wrap

TOPICS = (
    "reading",
    "links",
    "copying",
    "cards",
    "works",
    "search",
    "threads",
    "marks",
    "forecasts",
    "sync",
    "schedule",
    "import",
    "export",
    "commands",
    "state",
    "settings",
    "keys",
    "plain",
    "serve",
    "scripting",
    "mcp",
    "troubles",
)
"""In the order of the list: first reading, then import and export."""
PAGE_WIDTH = 80
"""Cells of a line; tables need a few more than prose."""
_MAX_NAME_LENGTH = 40
"""Characters of a typed name that are compared; every topic is shorter."""
_MIN_COLUMN_WIDTH = 20
"""Cells that the widest column of a table needs."""
EXAMPLE_PATH = "/home/ada/importai-tui/.venv/bin/importai-tui"
"""Stands in the pages for the path of the program, which `load_topic` puts there."""
_COLUMN_GAP = "  "
_CELL_JOINER = " · "
_CELL_SEPARATOR = re.compile(r"(?<!\\)\|")
_CODE_SPAN = re.compile(r"(`+) ?(.+?) ?\1")
_WORD = re.compile(r"\w")
_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
"""Stands for a space in inline code until the lines are wrapped, because a command must stay on one line."""
_LONGEST_INDENT = 4


@dataclass(frozen=True, slots=True)
class Topic:
    """One page. `summary` describes it in a few words; `body` is Markdown without the heading."""

    name: str
    summary: str
    body: str


def load_topic(name: str, program: str | None = None) -> Topic:
    """Load the topic of that name and make its tables.

    Args:
        name: the name of the topic.
        program: the path of the program in examples that need one; by default that of this program.

    Raises:
        KeyError: there is no such topic.
    """
    if name not in TOPICS:
        raise KeyError(name)
    heading, _, body = _read_page(name).partition("\n")
    for marker, table in TABLES.items():
        if marker in body:
            body = body.replace(marker, table().rstrip("\n"))
    if EXAMPLE_PATH in body:
        body = body.replace(EXAMPLE_PATH, program or _find_program())
    return Topic(name, _get_summary(heading), body.strip() + "\n")


def load_summary(name: str) -> str:
    """Return the summary of a topic, without making its tables."""
    return _get_summary(_read_page(name).partition("\n")[0])


def _read_page(name: str) -> str:
    return files(__package__ or "").joinpath(f"{name}.md").read_text(encoding="utf-8")


def _get_summary(heading: str) -> str:
    return heading.partition(": ")[2]


def _find_program() -> str:
    """Return the absolute path of this program; the example if it has no file of its own."""
    for path in (Path(sys.argv[0]), Path(sys.executable)):
        program = path.absolute().with_name(Path(EXAMPLE_PATH).name)
        if program.is_file():
            return str(program)
    return EXAMPLE_PATH


def find_similar_topic(word: str) -> str | None:
    """Return the topic with the most similar name, if there is one."""
    # Imported here, because only an unknown name needs it.
    from difflib import get_close_matches

    text = word[:_MAX_NAME_LENGTH].lower()
    matches = [name for name in TOPICS if text and (name.startswith(text) or text.startswith(name))]
    return next(iter(matches or get_close_matches(text, TOPICS, 1)), None)


def format_topic(topic: Topic, columns: int | None) -> str:
    """Format the page below its name and summary. Blocks of code stay as they are, so their lines may be wider.

    Args:
        topic: the page.
        columns: the terminal's width; None without a terminal.
    """
    width = min(columns or PAGE_WIDTH, PAGE_WIDTH)
    parts = [_wrap(f"{topic.name}: {topic.summary}", width), *_format_body(topic.body, width)]
    return "\n\n".join("\n".join(part) for part in parts).replace(_NO_BREAK_SPACE, " ") + "\n"


def format_topic_list(columns: int | None, names: Sequence[str] = TOPICS) -> str:
    """Format the summaries of all topics, each after its name in `names`."""
    indent = max(map(len, names)) + 2
    lines: list[str] = []
    for topic, name in zip(TOPICS, names, strict=True):
        lines += wrap(load_summary(topic), columns, f"{name:{indent}}", " " * indent)
    return "\n".join(lines)


def format_all_topics(columns: int | None) -> str:
    """Format all topics as one page: a table of contents, then a numbered section for each."""
    width = min(columns or PAGE_WIDTH, PAGE_WIDTH)
    names = [f"{number:2}. {name}" for number, name in enumerate(TOPICS, start=1)]
    topics = (replace(load_topic(topic), name=name.strip()) for topic, name in zip(TOPICS, names, strict=True))
    return "\n\n".join((f"{format_topic_list(width, names)}\n", *(format_topic(topic, width) for topic in topics)))


def _format_body(body: str, width: int) -> Iterator[list[str]]:
    # Every second piece is the content of a fence.
    for n, piece in enumerate(re.split(r"^```.*\n", body, flags=re.MULTILINE)):
        lines = piece.rstrip("\n").split("\n")
        if n % 2:
            yield [f"    {line}".rstrip() for line in lines]
            continue
        for has_words, part in groupby(lines, key=bool):
            if has_words:
                yield _format_part(list(part), width)


def _format_part(lines: Sequence[str], width: int) -> list[str]:
    if lines[0].startswith("|"):
        return _format_table(lines, width)
    if lines[0].startswith("#"):
        return [lines[0].lstrip("# ").upper()]
    if lines[0].startswith("- "):
        items = "\n".join(lines).removeprefix("- ").split("\n- ")
        return [line for item in items for line in _wrap(_join_code(" ".join(item.split()), width), width, "- ", "  ")]
    return _wrap(_join_code(" ".join(lines), width), width)


def _format_table(lines: Sequence[str], width: int) -> list[str]:
    """Format a table without its header; in a narrow window three columns become two, and two become paragraphs."""
    rows = [_split_cells(line, width) for line in lines[2:]]
    widths = _fit_columns(rows, width)
    if not widths and len(rows[0]) > 2:
        rows = [[first, _CELL_JOINER.join(filter(None, rest))] for first, *rest in rows]
        widths = _fit_columns(rows, width)
    output: list[str] = []
    for row in rows:
        if not any(row[1:]):  # the name of a group
            output += [""] * bool(output) + [row[0].strip("*")]
        elif widths:
            columns = [_wrap(cell, cells) for cell, cells in zip(row, widths, strict=True)]
            output += [
                _COLUMN_GAP.join(map(pad, line, widths)).rstrip() for line in zip_longest(*columns, fillvalue="")
            ]
        else:
            output += _wrap(row[0], width)
            output += _wrap(_CELL_JOINER.join(row[1:]), width, "    ", "    ")
    return output


def _fit_columns(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Return the widths of the columns; the widest gets the remaining width. Empty if that is too little."""
    widths = [max(text_width(row[n]) for row in rows if any(row[1:])) for n in range(len(rows[0]))]
    widest = widths.index(max(widths))
    available = width - sum(widths) + widths[widest] - len(_COLUMN_GAP) * (len(widths) - 1)
    widths[widest] = min(widths[widest], available)
    return widths if available >= _MIN_COLUMN_WIDTH else []


def _split_cells(line: str, width: int) -> list[str]:
    """Return the cells of a row. A cell with nothing but code has no ticks, because its column shows what it is."""
    cells = [cell.strip().replace("\\|", "|") for cell in _CELL_SEPARATOR.split(line.strip())[1:-1]]
    joined = [_join_code(cell, width) for cell in cells]
    return [cell if _WORD.search(_CODE_SPAN.sub("", cell)) else _CODE_SPAN.sub(r"\2", cell) for cell in joined]


def _join_code(text: str, width: int) -> str:
    """Return the text with no-break spaces in inline code that fits on a line; a longer list of fields may break."""

    def join(code: re.Match[str]) -> str:
        return code[0].replace(" ", _NO_BREAK_SPACE) if text_width(code[0]) <= width - _LONGEST_INDENT else code[0]

    return _CODE_SPAN.sub(join, text)


def _wrap(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """Wrap text between words only; `first` and `rest` are the indents of the first and the other lines."""
    return TextWrapper(
        width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    ).wrap(text)
