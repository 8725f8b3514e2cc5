"""The types of settings: each turns a value of the file or of a variable into the setting's value."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

T_co = TypeVar("T_co", covariant=True)

_MAX_SHOWN = 40
"""Characters of an invalid value that a message repeats."""


class InvalidSettingError(ValueError):
    """A value does not fit its setting. The text continues the name of the setting: "must be …"."""


class ValueType(Protocol[T_co]):
    """The type of a setting."""

    def parse(self, value: object) -> T_co:
        """Return the setting's value for a TOML value. Raises InvalidSetting."""

    def from_variable(self, text: str) -> object:
        """Return the TOML value for the text of a variable; the text itself where it has no such value."""


def short_repr(value: object) -> str:
    """Return a value as the file has it, cut to a few characters."""
    import json  # here, because only messages need it and every command loads this module

    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        text = "something very long"
    return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 1] + "…"


def make_error(expected: str, value: object) -> InvalidSettingError:
    """Return the error for a value that is not an expected one."""
    return InvalidSettingError(f"must be {expected}, not {short_repr(value)}")


def did_you_mean(value: object, names: list[str], prefix: str = "") -> str:
    """Return a question for the most similar name, shown with the prefix; an empty text if none is similar."""
    from difflib import get_close_matches

    similar = get_close_matches(value[:_MAX_SHOWN], names, 1) if isinstance(value, str) else []
    return f'; did you mean "{prefix}{similar[0]}"?' if similar else ""


class Integer(NamedTuple):
    """A whole number between two limits, both included."""

    minimum: int
    maximum: int
    expected: str

    def parse(self, value: object) -> int:
        """Return the number."""
        if isinstance(value, int) and not isinstance(value, bool) and self.minimum <= value <= self.maximum:
            return value
        raise make_error(self.expected, value)

    def from_variable(self, text: str) -> object:
        """Return the number in the text."""
        return _number(text)


class Number(NamedTuple):
    """A number between two limits, both included."""

    minimum: int
    maximum: int
    expected: str

    def parse(self, value: object) -> float:
        """Return the number."""
        if isinstance(value, (int, float)) and not isinstance(value, bool) and self.minimum <= value <= self.maximum:
            return float(value)
        raise make_error(self.expected, value)

    def from_variable(self, text: str) -> object:
        """Return the number in the text."""
        return _number(text)


class WordOrNumber(NamedTuple):
    """One of a few words, or a number."""

    words: tuple[str, ...]
    number: Number
    expected: str

    def parse(self, value: object) -> str | float:
        """Return the word, or the number."""
        if isinstance(value, str) and value in self.words:
            return value
        try:
            return self.number.parse(value)
        except InvalidSettingError:
            error = make_error(self.expected, value)
            raise InvalidSettingError(f"{error}{did_you_mean(value, list(self.words))}") from None

    def from_variable(self, text: str) -> object:
        """Return the word, or the number in the text."""
        return _number(text)


class Flag:
    """True or false."""

    def parse(self, value: object) -> bool:
        """Return the truth value."""
        if isinstance(value, bool):
            return value
        raise make_error("true or false", value)

    def from_variable(self, text: str) -> object:
        """Return the truth value that the text stands for."""
        return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(text.lower(), text)


class OneOf(NamedTuple):
    """One of several names."""

    names: tuple[str, ...]
    expected: str

    def parse(self, value: object) -> str:
        """Return the name."""
        if isinstance(value, str) and value in self.names:
            return value
        similar = did_you_mean(value, list(self.names))
        all_names = "" if similar else f" (known: {', '.join(filter(None, self.names))})"
        raise InvalidSettingError(f"{make_error(self.expected, value)}{similar}{all_names}")

    def from_variable(self, text: str) -> object:
        """Return the text."""
        return text


class Words(NamedTuple):
    """A list of words."""

    example: str

    def parse(self, value: object) -> tuple[str, ...]:
        """Return the words."""
        if isinstance(value, list) and all(isinstance(word, str) and word and "\0" not in word for word in value):
            return tuple(value)
        raise make_error(f"a list of words, like {self.example}", value)

    def from_variable(self, text: str) -> object:
        """Split the text as a command line; text in brackets is read as TOML."""
        import tomllib

        from importai_tui.programs import split_command

        try:
            if text.lstrip().startswith("["):
                document = tomllib.loads(f"words = {text}")
                return document["words"] if len(document) == 1 else text
            return split_command(text)
        except (ValueError, RecursionError):  # a quote or a bracket without its end
            return text


class WordsByName(NamedTuple):
    """A table from some names to lists of words."""

    names: tuple[str, ...]
    words: Words

    def parse(self, value: object) -> dict[str, tuple[str, ...]]:
        """Return the words by name."""
        if not isinstance(value, dict):
            raise make_error(f"a table, like {{ {self.names[0]} = {self.words.example} }}", value)
        return {name: self.parse_entry(name, words) for name, words in value.items()}

    def parse_entry(self, name: str, value: object) -> tuple[str, ...]:
        """Return the words of one name."""
        if name not in self.names:
            hint = did_you_mean(name, list(self.names)) or f" (known: {', '.join(self.names)})"
            raise InvalidSettingError(f"has an unknown name, {short_repr(name)}{hint}")
        return self.words.parse(value)

    def from_variable(self, text: str) -> object:
        """Return the inline table of TOML in the text."""
        import tomllib

        try:
            document = tomllib.loads(f"table = {text}")
        except (ValueError, RecursionError):
            return text
        return document["table"] if len(document) == 1 else text


class OptionalName(NamedTuple):
    """A name or an address; an empty text for none."""

    example: str

    def parse(self, value: object) -> str | None:
        """Return the name, or None."""
        if isinstance(value, str):
            return value or None
        raise make_error(f"a name or a URL in quotation marks, like {self.example}", value)

    def from_variable(self, text: str) -> object:
        """Return the text."""
        return text


class OptionalFolder:
    """The absolute path of a folder, which need not exist; an empty text for none."""

    def parse(self, value: object) -> Path | None:
        """Return the folder, or None."""
        if value == "":
            return None
        try:
            # A relative path would name another folder in each working directory.
            if isinstance(value, str) and "\0" not in value and (path := Path(value).expanduser()).is_absolute():
                return path
        except RuntimeError:  # the home folder is unknown
            pass
        raise make_error('the absolute path of a folder, like "~/Sync/importai-tui"', value)

    def from_variable(self, text: str) -> object:
        """Return the text."""
        return text


class OptionalMail:
    """A mail address; an empty text for none."""

    def parse(self, value: object) -> str:
        """Return the address, or an empty text."""
        # Only characters that need no quoting, because the address is sent in a header.
        if isinstance(value, str) and (
            not value or re.fullmatch(r"[\w.+-]{1,64}@[\w-]{1,63}(\.[\w-]{1,63}){1,9}", value, re.ASCII)
        ):
            return value
        raise make_error('a mail address, like "ada@example.org", or ""', value)

    def from_variable(self, text: str) -> object:
        """Return the text."""
        return text


def _number(text: str) -> object:
    for number_type in (int, float):
        try:
            return number_type(text)
        except ValueError:
            continue
    return text
