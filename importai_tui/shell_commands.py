"""Finds commands that would run an address as a program: `sh -c "firefox %s"`, `eval`, `cmd /c`, `ssh`. Pure.

An address may hold `;`, `&`, `$(…)` and quotes. As an argument of a browser they are harmless; a shell runs them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

ADDRESS = "%s"
"""Stands for the address in a command."""

_INTERPRETER = re.compile(
    r"(?:|a|ba|da|k|mk|ok|pdk|rk|rba|ya|po|z|fi|c|tc|elvi|xon)sh|python|pypy|perl|ruby|node|nodejs|deno|bun|php|lua"
    r"|osascript|[gm]?awk|tclsh|wish|expect"
)
"""Programs that run their first argument, or a file of that name; the arguments behind it are parameters."""
_EVALUATOR = re.compile(
    r"cmd|command\.com|powershell|pwsh|eval|xargs|parallel|ssh|rsh|mosh|autossh|sshpass|wsl|[cw]script|mshta"
)
"""Programs that join their arguments to a line, or split them again, and run that: no argument is safe."""
_EVALUATOR_IF_FIRST = re.compile(r"at|batch|command|es|ion|nu|osh|rc|runuser|script|sg|su|watch|ysh")
"""The same for names that are common words: only as the first word of the command."""
_BATCH_FILE = re.compile(r"\.(?:bat|cmd)$")
"""Windows runs it through cmd."""
_CODE = re.compile(r"""[\s"'`$()\\]""")
"""Characters that make an argument a line of a program: `firefox %s`, `open("%s")`."""
_SPLITS = re.compile(r"-\w*S|--split-string")
"""Options of `env` that make several words of one."""
_INLINE = re.compile(r"-\w*[ce]|--command|--eval")
"""Options of interpreters behind which the program itself stands."""
_TAKES_VALUE = re.compile(r"[-+][oO]|--(?:rcfile|init-file)|-C")
"""Options of shells whose value is the next word."""


def runs_address(command: Sequence[str]) -> bool:
    """Return whether the command would run the address, or a part of it, as a program.

    Args:
        command: a program and its arguments; without "%s" in the arguments the address is added as the last one.
    """
    words = list(command)
    if not any(ADDRESS in word for word in words[1:]):
        words.append(ADDRESS)
    names = [program_name(word) for word in words]
    return (
        ADDRESS in words[0]
        or _EVALUATOR_IF_FIRST.fullmatch(names[0]) is not None
        or any(_EVALUATOR.fullmatch(name) or _BATCH_FILE.search(name) for name in names)
        or any(ADDRESS in word and _CODE.search(word) for word in words)
        or ("env" in names and any(_SPLITS.match(word) for word in words))
        or _is_script(words)
    )


def program_name(word: str) -> str:
    """Return the name of a program without its folder, its version and `.exe`."""
    name = re.split(r"[/\\:]", word.strip())[-1].lower()
    return re.sub(r"(?<=[a-z])[-_.]?\d[\d.]*$", "", re.sub(r"\.(?:exe|com)$", "", name))


def _is_interpreter(word: str) -> bool:
    return _INTERPRETER.fullmatch(program_name(word)) is not None


def _is_script(words: Sequence[str]) -> bool:
    """Whether an interpreter gets the address as its program, or as a part of one, and not as a parameter."""
    at = next((at for at, word in enumerate(words) if _is_interpreter(word)), None)
    if at is None:
        return False
    rest = iter(words[at + 1 :])
    is_inline = False
    for word in rest:
        if ADDRESS in word:
            return True
        if _TAKES_VALUE.fullmatch(word):
            if ADDRESS in next(rest, ""):
                return True
        elif word.startswith(("-", "+")):
            is_inline = is_inline or _INLINE.fullmatch(word) is not None
        else:
            # This is the program, or the file that holds it, which may start another one. A parameter is the address
            # alone.
            parameters = list(rest)
            if any(ADDRESS in parameter and parameter != ADDRESS for parameter in parameters):
                return True
            return _is_script([word, *parameters] if _is_interpreter(word) or not is_inline else [])
    return False
