"""What stands in a page of Markdown: spans in ticks, blocks, and lines that one would type."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click

from importai_tui.cli.constants import PROGRAM
from importai_tui.cli.root import load_command, root

SPAN = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def fences(page: str, language: str) -> list[str]:
    """The blocks of a language."""
    return [text for named, text in FENCE.findall(page) if named == language]


def spans(page: str) -> list[str]:
    """What stands in ticks, apart from the blocks."""
    return SPAN.findall(FENCE.sub("", page))


def command_lines(page: str) -> Iterator[str]:
    """What one would type after the program's name."""
    lines = [*spans(page), *(line for block in fences(page, "sh") for line in block.splitlines())]
    yield from (line.removeprefix(PROGRAM).strip() for line in lines if re.match(rf"{PROGRAM}( |$)", line))


def options_of(command: click.Command) -> set[str]:
    return {option for p in command.params if isinstance(p, click.Option) for option in p.opts}


def refused(line: str) -> str | None:
    """Why the program would refuse this line; None where it would not."""
    typed = [word.strip("[]") for word in shlex.split(re.split(r" [<>] ", line)[0], comments=True)]
    words = ["1" if word == "N" else word for word in typed]
    name, *rest = [word for word in words if word not in options_of(root)] or ["REF"]
    if name not in root.commands:
        return None if name == "REF" or name[0].isdigit() else f"{name} is no command"
    try:
        load_command(name).make_context(name, rest)
    except click.UsageError as error:
        # A line may stop before the words that a command takes.
        return None if isinstance(error, click.MissingParameter) else error.format_message()
    return None
