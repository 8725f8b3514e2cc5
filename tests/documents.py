"""Finds code blocks, inline code and command lines in a Markdown page."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click

from importai_tui.cli.constants import PROGRAM
from importai_tui.cli.root import load_command, root

_INLINE_CODE = re.compile(r"`([^`\n]+)`")
_CODE_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


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


def get_options(command: click.Command) -> set[str]:
    return {option for p in command.params if isinstance(p, click.Option) for option in p.opts}


def find_usage_error(line: str) -> str | None:
    """Return the usage error of a command line; None if it is valid."""
    typed = [word.strip("[]") for word in shlex.split(re.split(r" [<>] ", line)[0], comments=True)]
    words = ["1" if word == "N" else word for word in typed]
    name, *rest = [word for word in words if word not in get_options(root)] or ["REF"]
    if name not in root.commands:
        return None if name == "REF" or name[0].isdigit() else f"{name} is not a command"
    try:
        load_command(name).make_context(name, rest)
    except click.UsageError as error:
        # A document may leave out the arguments.
        return None if isinstance(error, click.MissingParameter) else error.format_message()
    return None
