"""The kinds of settings: each turns what a file or a variable holds into a value, or says what would be right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple, Protocol

_LONGEST_SHOWN = 40
"""Characters of a wrong value that a message repeats."""


class Wrong(ValueError):
    """A value is not of its kind; the text goes on from the name of the setting: "must be …"."""


class Kind(Protocol):
    """What a setting may be."""

    def value(self, written: object) -> Any:
        """The value of what stands in the file. Raises Wrong."""

    def of_words(self, words: str) -> object:
        """What would stand in the file for the words of a variable; words that say nothing stay as they are."""


def shown(written: object) -> str:
    """A value as the file has it, cut short."""
    try:
        text = json.dumps(written, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        text = "something very long"
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def must_be(right: str, written: object) -> Wrong:
    """A value that is none of the right ones."""
    return Wrong(f"must be {right}, and is {shown(written)}")


def meant(written: object, names: list[str], before: str = "") -> str:
    """A question for the name that comes nearest, with what stands before each; else nothing."""
    from difflib import get_close_matches

    near = get_close_matches(written[:_LONGEST_SHOWN], names, 1) if isinstance(written, str) else []
    return f'; did you mean "{before}{near[0]}"?' if near else ""


class Number(NamedTuple):
    """A number between two others."""

    least: int
    most: int
    right: str
    whole: bool = False

    def value(self, written: object) -> float:
        """The number."""
        kinds = int if self.whole else (int, float)
        if isinstance(written, kinds) and not isinstance(written, bool) and self.least <= written <= self.most:
            return written if self.whole else float(written)
        raise must_be(self.right, written)

    def of_words(self, words: str) -> object:
        """The number that they say."""
        return _number(words)


class NumberOr(NamedTuple):
    """One of a few words, or a number."""

    words: tuple[str, ...]
    number: Number
    right: str

    def value(self, written: object) -> str | float:
        """The word, or the number."""
        if isinstance(written, str) and written in self.words:
            return written
        try:
            return self.number.value(written)
        except Wrong:
            wrong = must_be(self.right, written)
            raise Wrong(f"{wrong}{meant(written, list(self.words))}") from None

    def of_words(self, words: str) -> object:
        """The word, or the number that it says."""
        return _number(words)


class Flag:
    """True or false."""

    def value(self, written: object) -> bool:
        """Whether it is set."""
        if isinstance(written, bool):
            return written
        raise must_be("true or false", written)

    def of_words(self, words: str) -> object:
        """What they say of it."""
        return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(words.lower(), words)


class OneOf(NamedTuple):
    """One of the names that there are."""

    names: tuple[str, ...]
    what: str

    def value(self, written: object) -> str:
        """The name."""
        if isinstance(written, str) and written in self.names:
            return written
        near = meant(written, list(self.names))
        every = "" if near else "; there are " + ", ".join(json.dumps(name) for name in self.names)
        raise Wrong(f"{must_be(self.what, written)}{near}{every}")

    def of_words(self, words: str) -> object:
        """Themselves."""
        return words


class Words(NamedTuple):
    """A list of words."""

    example: str

    def value(self, written: object) -> tuple[str, ...]:
        """The words."""
        if isinstance(written, list) and all(isinstance(word, str) and word and "\0" not in word for word in written):
            return tuple(written)
        raise must_be(f"a list of words, like {self.example}", written)

    def of_words(self, words: str) -> object:
        """Divided as a shell does it; in brackets, as the file would have it."""
        import shlex
        import tomllib

        try:
            if words.lstrip().startswith("["):
                written = tomllib.loads(f"words = {words}")
                return written["words"] if len(written) == 1 else words
            return shlex.split(words)
        except (ValueError, RecursionError):  # a quote or a bracket that never closes
            return words


class Name(NamedTuple):
    """A name or an address; an empty one is how a person says that there is none."""

    example: str

    def value(self, written: object) -> str | None:
        """The name."""
        if isinstance(written, str):
            return written or None
        raise must_be(f"a word or an address in quotation marks, like {self.example}", written)

    def of_words(self, words: str) -> object:
        """Themselves."""
        return words


class Folder:
    """The whole path of a folder; an empty one for none."""

    def value(self, written: object) -> Path | None:
        """The folder, which need not be there."""
        if written == "":
            return None
        try:
            # A folder relative to wherever the program happens to be started would be a different one each time.
            if isinstance(written, str) and "\0" not in written and (path := Path(written).expanduser()).is_absolute():
                return path
        except RuntimeError:  # a home that nobody knows
            pass
        raise must_be('the whole path of a folder, like "~/Sync/importai-tui"', written)

    def of_words(self, words: str) -> object:
        """Themselves."""
        return words


def _number(words: str) -> object:
    for kind in (int, float):
        try:
            return kind(words)
        except ValueError:
            continue
    return words
