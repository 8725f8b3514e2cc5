"""Finds commands that would run an address, or a text, as a program. They are refused.

An address may have `;`, `&`, `$(…)` and quotes. As an argument of a browser they are harmless; a shell runs them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from importai_tui.programs import find_program

ADDRESS_PLACEHOLDER = "%s"
"""Replaced by the address in a command."""

_INTERPRETER = re.compile(
    r"(?:|a|ba|da|k|mk|ok|pdk|rk|rba|ya|po|z|fi|c|tc|elvi|xon)sh|python|pypy|perl|ruby|node|nodejs|deno|bun|php|lua"
    r"|osascript|[gm]?awk|g?sed|tclsh|wish|expect|julia|rscript|elixir|guile|racket|octave|groovy"
)
"""Programs that run their first argument, or a file of that name; later arguments are parameters."""
_EVALUATOR = re.compile(
    r"cmd|command\.com|powershell|pwsh|eval|xargs|parallel|ssh|rsh|mosh|autossh|sshpass|wsl|[cw]script|mshta"
)
"""Programs that join their arguments to a line, or split them again, and run that: no argument is safe."""
_EVALUATOR_IF_FIRST = re.compile(
    r"adb|at|batch|command|es|g?make|i3-msg|ion|just|nu|osh|rc|runuser|script|sg|su|swaymsg|watch|wt|ysh"
)
"""Evaluators whose names are common words; checked only as the first word of the command."""
_EDITOR = re.compile(r"(?:n|g|m)?vim?|view|ex|emacs(?:client)?|kak")
"""Editors, which run commands of their own that can start programs."""
_COMMAND_OPTION = re.compile(r"(?:--(?:cmd|command|eval|exec|execute|rsh|run|to-command)|-eval|-exec(?:dir)?)(?:=|$)")
"""Options that are followed by a command, for many programs: `find -exec`, `nix-shell --run`, `emacs --eval=…`."""
_EDITOR_COMMAND_OPTION = re.compile(r"-[ce]")
"""Options of editors that are followed by such a command; one can also begin with "+"."""
_BATCH_FILE = re.compile(r"\.(?:bat|cmd)$")
"""Windows runs it through cmd."""
_CODE_CHARACTER = re.compile(r"""[\s"'`$()\\]""")
"""Characters that make an argument a line of a program: `firefox %s`, `open("%s")`."""
_SPLIT_OPTION = re.compile(r"-\w*S|--split-string")
"""Options of `env` that make several words of one."""
_INLINE_OPTION = re.compile(r"-\w*[ce]|--command|--eval")
"""Options of interpreters that are followed by program text."""
_REPLACE_OPTION = re.compile(r"-[Ii]|--replace")
"""Options of `xargs` with which it puts the input into any argument."""
_VALUE_OPTION = re.compile(r"[-+][oO]|--(?:rcfile|init-file)|-C")
"""Options of shells whose value is the next word."""


def runs_address_here(command: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Return True if the command, or the target of a link of its name, would run the address as a program."""
    return any(runs_address([name, *command[1:]]) for name in find_program_names(command[0], environ))


def runs_address(command: Sequence[str]) -> bool:
    """Return True if the command would run the address, or a part of it, as a program.

    Args:
        command: a program and its arguments; without "%s" in the arguments the address is added as the last one.
    """
    words = list(command)
    if not any(ADDRESS_PLACEHOLDER in word for word in words[1:]):
        words.append(ADDRESS_PLACEHOLDER)
    names = [get_program_name(word) for word in words]
    return (
        ADDRESS_PLACEHOLDER in words[0]
        or _EVALUATOR_IF_FIRST.fullmatch(names[0]) is not None
        or any(_EVALUATOR.fullmatch(name) or _BATCH_FILE.search(name) for name in names)
        or any(ADDRESS_PLACEHOLDER in word and _CODE_CHARACTER.search(word) for word in words)
        or ("env" in names and any(_SPLIT_OPTION.match(word) for word in words))
        # tmux runs `#(…)` in the messages that it shows.
        or (names[0] == "tmux" and any(word.startswith("disp") for word in words))
        or _is_option_command(words)
        or _is_script(words)
    )


def runs_input(command: Sequence[str], environ: Mapping[str, str], file: str) -> bool:
    """Return True if the command would run its input: an interpreter without a program of its own, or a scheduler.

    The input is the file whose name stands for `file` in the arguments; without it, standard input.
    """
    words = [ADDRESS_PLACEHOLDER if word == file else word.replace(ADDRESS_PLACEHOLDER, "") for word in command]
    runs = _is_script if any(file in word for word in command[1:]) else _runs_standard_input
    return any(runs([name, *words[1:]]) for name in find_program_names(command[0], environ))


def _runs_standard_input(command: Sequence[str]) -> bool:
    name = get_program_name(command[0])
    if name in ("at", "batch") or (name in ("ssh", "mosh") and len(command) == 2):  # the shell of another computer
        return True
    index = next((index for index, word in enumerate(command) if _is_interpreter(word)), None)
    if index is None:
        return name == "parallel" and all(word.startswith("-") for word in command[1:])
    arguments = command[index + 1 :]
    if name in ("xargs", "parallel"):  # a shell gets parts of the input: as parameters, or in its program
        is_parameter = name == "xargs" and not any(_REPLACE_OPTION.match(word) for word in command[:index])
        return not is_parameter or not arguments or _INLINE_OPTION.fullmatch(arguments[-1]) is not None
    is_inline = any(_INLINE_OPTION.fullmatch(word) for word in arguments)
    return not is_inline and all(word.startswith(("-", "+")) for word in arguments)


def get_program_name(word: str) -> str:
    """Return the name of a program without its folder, its version and `.exe`."""
    # Windows ignores dots and blanks at the end of a name.
    name = re.split(r"[/\\:]", word.strip().rstrip(" ."))[-1].lower()
    return re.sub(r"(?<=[a-z])[-_.]?\d[\d.]*$", "", re.sub(r"\.(?:exe|com)$", "", name))


def find_program_names(program: str, environ: Mapping[str, str]) -> list[str]:
    """Return the name of a program, and the file that it leads to."""
    found = find_program(program, environ)
    return [program, str(Path(found).resolve())] if found else [program]


def _is_interpreter(word: str) -> bool:
    return _INTERPRETER.fullmatch(get_program_name(word)) is not None


def _is_option_command(words: Sequence[str]) -> bool:
    """Return True if the address is a command in an option, or a part of it."""
    editor = next((index for index, word in enumerate(words) if _EDITOR.fullmatch(get_program_name(word))), len(words))
    for index, (before, word) in enumerate(pairwise(words)):
        if ADDRESS_PLACEHOLDER in word:
            if _COMMAND_OPTION.match(word) or _COMMAND_OPTION.fullmatch(before):
                return True
            if index >= editor and (word.startswith("+") or _EDITOR_COMMAND_OPTION.fullmatch(before)):
                return True
    return False


def _is_script(words: Sequence[str]) -> bool:
    """Return True if an interpreter gets the address as program text, or as a part of it, and not as a parameter."""
    index = next((index for index, word in enumerate(words) if _is_interpreter(word)), None)
    if index is None:
        return False
    rest = iter(words[index + 1 :])
    is_inline = False
    for word in rest:
        if ADDRESS_PLACEHOLDER in word:
            return True
        if _VALUE_OPTION.fullmatch(word):
            if ADDRESS_PLACEHOLDER in next(rest, ""):
                return True
        elif word.startswith(("-", "+")):
            is_inline = is_inline or _INLINE_OPTION.fullmatch(word) is not None
        else:
            # The word is the program text or its file, which may start another program. A parameter must be exactly
            # the address.
            parameters = list(rest)
            if any(ADDRESS_PLACEHOLDER in parameter and parameter != ADDRESS_PLACEHOLDER for parameter in parameters):
                return True
            return _is_script([word, *parameters] if _is_interpreter(word) or not is_inline else [])
    return False
