"""Finds links, code blocks, inline code and command lines in a Markdown page."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click
from markdown_it import MarkdownIt

from importai_tui.cli.constants import PROGRAM
from importai_tui.cli.root import load_command, root
from importai_tui.manual.topics import TOPICS

_INLINE_CODE = re.compile(r"`([^`\n]+)`")
_CODE_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

_MARKDOWN = MarkdownIt("commonmark").enable("table")


def find_code_blocks(page: str, language: str) -> list[str]:
    """Return the code blocks in a language."""
    return [text for named, text in _CODE_BLOCK.findall(page) if named == language]


def find_inline_code(page: str) -> list[str]:
    """Return the inline code, without the code blocks."""
    return _INLINE_CODE.findall(_CODE_BLOCK.sub("", page))


def find_command_lines(page: str) -> Iterator[str]:
    """Yield each command line without the name of the program."""
    lines = [*find_inline_code(page), *(line for block in find_code_blocks(page, "sh") for line in block.splitlines())]
    yield from (line.removeprefix(PROGRAM).strip() for line in lines if re.match(rf"{PROGRAM}( |$)", line))


def find_targets(page: str) -> list[str]:
    """Return the targets of links and pictures."""
    children = [child for token in _MARKDOWN.parse(page) for child in token.children or ()]
    return [str(child.attrs.get("href", child.attrs.get("src"))) for child in children if child.attrs]


def find_anchors(page: str) -> set[str]:
    """Return the anchors of the headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def find_unknown_topics(page: str) -> list[str]:
    """Return the help topics that a page, or a module, names and that do not exist."""
    named = re.findall(rf"(?:{PROGRAM}|{{PROGRAM}}) help ([a-z]\w*)|help topics? `(\w+)`", page)
    return [topic for pair in named for topic in pair if topic and topic not in TOPICS]


def get_options(command: click.Command) -> set[str]:
    return {option for p in command.params if isinstance(p, click.Option) for option in p.opts}


def find_usage_error(line: str) -> str | None:
    """Return the usage error of a command line; None if it is valid."""
    typed = [word.strip("[]") for word in shlex.split(re.split(r" [<>|] ", line)[0], comments=True)]
    words = ["1" if word == "N" else word for word in typed]
    name, *rest = [word for word in words if word not in get_options(root)] or ["REF"]
    if name not in root.commands:
        return None if name == "REF" or name[0].isdigit() else f"{name} is not a command"
    try:
        load_command(name).make_context(name, [word for word in rest if word != "--help"])
    except click.UsageError as error:
        # A document may leave out the arguments.
        return None if isinstance(error, click.MissingParameter) else error.format_message()
    return None
