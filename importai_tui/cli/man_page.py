"""Makes the man page from the tree of commands and the help topics.

The page does not depend on the installation or the version of click, because a copy is in the repository.
"""

from __future__ import annotations

from collections.abc import Iterator

import click

from importai_tui import __version__
from importai_tui.cli.constants import PROGRAM
from importai_tui.cli.root import CLI_COMMANDS, load_command, root
from importai_tui.manual.topics import EXAMPLE_PATH, TOPICS, load_topic
from importai_tui.output.roff import (
    escape_roff,
    format_code,
    format_heading,
    format_item,
    format_lines,
    inline_to_roff,
    join_lines,
    markdown_to_roff,
)

RELEASE_DATE = "2026-11-30"
"""The date of this version in the changelog."""
_TITLE = f'.TH {PROGRAM.upper()} 1 "{RELEASE_DATE}" "{__version__}" ""'
"""Without the optional names of the source and the manual, which need a wide terminal."""
_DESCRIPTION = f"""\
`{PROGRAM}` reads the newsletter Import AI in the terminal. It shows each issue as its stories, keeps everything on this
computer, finds stories and the works they cite, and remembers what you read.

Without a command it opens the reader, at REF if you give one. REF is an issue (`402`, `latest`, or the slug of an issue
without a number) or a story (`402/3`, or its key).

The sections after FILES are the help topics: `{PROGRAM} help TOPIC` shows one of them.
"""
_EXIT_STATUS = """\
| status | meaning |
|---|---|
| 0 | Done. |
| 1 | Nothing found, or some inputs failed. |
| 2 | Wrong usage. |
| 130 | Stopped with ctrl+c. |

`run` exits with the status of your program.
"""
_ENVIRONMENT = """\
| variable | meaning |
|---|---|
| `IMPORTAI_TUI_HOME` | A folder for all files, in place of those under FILES. |
| `IMPORTAI_TUI_`*SETTING* | Overrides a setting, such as `IMPORTAI_TUI_READING_THEME`. See HELP: SETTINGS. |
| `BROWSER` | The program that opens links, unless the settings name one. |
| `PAGER` | The program that shows long text; empty for none. |
| `VISUAL`, `EDITOR` | The program that edits notes. |
| `NO_COLOR` | Turns colours off if it is not empty. |
| `XDG_CACHE_HOME`, `XDG_DATA_HOME`, `XDG_CONFIG_HOME` | On Linux: the base folders of the paths under FILES. |
| `IMPORTAI_TUI_DEBUG` | Shows the traceback of an internal error. For developers. |
"""
_FILES = f"""\
These are the paths on Linux. `{PROGRAM} paths` prints yours.

| file | contents |
|---|---|
| `~/.cache/{PROGRAM}/archive.sqlite3` | The archive: the issues. It can always be downloaded again. |
| `~/.cache/{PROGRAM}/cards.sqlite3` | The cards of cited works. |
| `~/.local/share/{PROGRAM}/reading.sqlite3` | Your reading state: marks, notes, tags, highlights. Back up this file. |
| `~/.local/share/{PROGRAM}/backups/` | Daily copies of the reading state. |
| `~/.config/{PROGRAM}/config.toml` | Your settings. `{PROGRAM} config --init` writes a file with all defaults. |
"""


def make_man_page() -> str:
    """Return the man page in roff."""
    lines = [
        _TITLE,
        *(".ad l", ".nr HY 0"),  # no justified lines, and no hyphens that look like part of a command
        *(".SH NAME", f"{escape_roff(PROGRAM)} \\- {escape_roff(_get_summary())}"),
        *(".SH SYNOPSIS", ".B " + escape_roff(f"{PROGRAM} [--demo] [--theme NAME] [REF | COMMAND [ARGS]...]")),
        *(".SH DESCRIPTION", *markdown_to_roff(_DESCRIPTION)),
        *(".SH OPTIONS", *_format_options(root)),
        *format_item("\\fB\\-h, \\-\\-help\\fR", "Show help and exit."),
        *(".SH COMMANDS", "Each command has the option \\fB\\-\\-help\\fR too.", *_format_commands()),
        *(".SH EXIT STATUS", *markdown_to_roff(_EXIT_STATUS)),
        *(".SH ENVIRONMENT", *markdown_to_roff(_ENVIRONMENT)),
        *(".SH FILES", *markdown_to_roff(_FILES)),
    ]
    for name in TOPICS:
        topic = load_topic(name, EXAMPLE_PATH)
        summary = f"{topic.summary[0].upper()}{topic.summary[1:]}."
        lines += (format_heading(1, f"HELP: {name.upper()}"), *format_lines(escape_roff(summary)))
        lines += markdown_to_roff(topic.body)
    return join_lines(lines)


def _get_summary() -> str:
    """Return the first sentence of the help without its full stop, in lower case."""
    sentence = (root.help or "").partition(".")[0]
    return sentence[0].lower() + sentence[1:]


def _format_commands() -> Iterator[str]:
    for name in CLI_COMMANDS:
        command = load_command(name)
        words = [PROGRAM, name]
        words += ["[OPTIONS]"] * any(isinstance(param, click.Option) for param in command.params)
        words += [_get_metavar(param) for param in command.params if isinstance(param, click.Argument)]
        yield format_heading(2, " ".join(words))
        yield from _format_help(command.help or "")
        yield from _format_options(command)
        if command.epilog:
            yield from _format_help(command.epilog)


def _format_help(text: str) -> Iterator[str]:
    """Yield the paragraphs of a help text. One that begins with a backspace is not wrapped, as in click."""
    for paragraph in text.split("\n\n"):
        lines = [line.strip() for line in paragraph.split("\n")]
        yield ".PP"
        if lines[0] == "\b":
            yield from format_code("\n".join(paragraph.strip("\n").split("\n")[1:]))
        else:
            yield from format_lines(inline_to_roff(" ".join(filter(None, lines))))


def _format_options(command: click.Command) -> Iterator[str]:
    for param in command.params:
        if isinstance(param, click.Option):
            value = "" if param.is_flag else f" {_get_metavar(param)}"
            names = ", ".join(sorted(param.opts, key=len))
            default = f" (default: {param.default})" if param.show_default else ""
            text = f"{(param.help or '').removesuffix('.')}{default}."
            yield from format_item(f"\\fB{escape_roff(names)}\\fR{escape_roff(value)}", escape_roff(text))


def _get_metavar(param: click.Parameter) -> str:
    """Return the name of a value. Click's own function differs between versions."""
    if param.metavar:
        return param.metavar
    if isinstance(param.type, click.Choice):
        return "|".join(map(str, param.type.choices))
    name = (param.name or "" if isinstance(param, click.Argument) else param.type.name).upper()
    return name if isinstance(param, click.Option) or param.required else f"[{name}]"
