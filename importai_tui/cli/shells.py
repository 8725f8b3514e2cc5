"""The command `completion`, and the completion of each shell: click's scripts with corrections."""

from __future__ import annotations

import re
from typing import Any

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    get_completion_class,
)

from importai_tui.cli.constants import COMPLETION_VARIABLE, PROGRAM
from importai_tui.output.console import print_data

_WORD_BREAK = re.compile("[:=]+")


@add_completion_class
class _BashComplete(BashComplete):
    """Joins the words that bash splits at colons and equals signs, and returns the part after the last of them."""

    _prefix = ""
    """The part of the incomplete word that bash keeps."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the complete words and the incomplete one."""
        args, incomplete = super().get_completion_args()
        words: list[str] = []
        last = ""
        for piece in filter(None, (*args, incomplete)):
            is_break = bool(_WORD_BREAK.fullmatch(piece))
            if words and (is_break or _WORD_BREAK.fullmatch(last)):
                self._prefix = words[-1] + piece * is_break
                words[-1] += piece
            else:
                self._prefix = ""
                words.append(piece)
            last = piece
        if not incomplete:
            self._prefix = ""
            return words, ""
        return words[:-1], words[-1]

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Return the line for bash."""
        prefix = self._prefix.partition("=")[2] if self._prefix.startswith("--") else self._prefix
        return f"{item.type},{str(item.value).removeprefix(prefix)}"


class _WholeWordComplete(ShellComplete):
    """Returns the whole word for a value in `--option=value`, because zsh and fish replace the word."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """Return the completions of the incomplete word."""
        found = super().get_completions(args, incomplete)
        option, equals, _ = incomplete.partition("=")
        for item in found:
            if equals and option.startswith("--") and item.type == "plain":
                item.value = f"{option}={item.value}"
        return found


@add_completion_class
class _ZshComplete(_WholeWordComplete, ZshComplete):
    """Also completes the file in `--option=file`."""

    source_template = ZshComplete.source_template.replace("_path_files", "compset -P '--*='; _path_files")


@add_completion_class
class _FishComplete(_WholeWordComplete, FishComplete):
    """Keeps the order of the completions, and commas in their descriptions; completes files as fish itself does."""

    source_template = (
        FishComplete.source_template.replace('split ","', 'split -m 1 ","')
        .replace("complete --no-files", "complete --keep-order --no-files")
        # click's script doesn't expand `~` or variables, ignores `--option=`, and reads a file `-x` as an option.
        .replace("__fish_complete_path $metadata[2]", "complete --do-complete=\"'' \"(commandline -ct)")
        .replace("__fish_complete_directories $metadata[2]", "__fish_complete_directories (commandline -ct)")
    )


_SETUP_HELP = f"""\b
To complete in every new shell, add this line to its startup file:
  bash  ~/.bashrc                   eval "$({PROGRAM} completion bash)"
  zsh   ~/.zshrc (after compinit)   eval "$({PROGRAM} completion zsh)"
  fish  ~/.config/fish/config.fish  {PROGRAM} completion fish | source"""


@click.command(epilog=_SETUP_HELP)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print a script for tab completion in your shell.

    It completes commands, options, files, issues and stories, help topics, and values such as formats and kinds.
    """
    complete = get_completion_class(shell)
    assert complete
    print_data(complete(ctx.find_root().command, {}, PROGRAM, COMPLETION_VARIABLE).source())
