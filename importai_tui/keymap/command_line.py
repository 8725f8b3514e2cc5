"""Parses and completes the line that a user types after `:`. The caller passes the names that exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from importai_tui.keymap.commands import COMMANDS, Command

LATEST = "latest"
MAX_COMPLETIONS = 40
"""The largest number of completions."""
_MAX_REPEATED = 40
"""Characters of the typed text that a message repeats."""
_MAX_DIGITS = 9
"""Digits of an issue's number; longer numbers are invalid, and Python refuses to parse very long ones."""


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The names that a line may use. `issues` maps number, slug or "latest" of an issue to its number of stories."""

    issues: Mapping[str, int] = field(default_factory=dict)
    themes: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GoTo:
    """Open an issue or a story: `402`, `402/3`, `latest`, a slug."""

    ref: str


@dataclass(frozen=True, slots=True)
class RunCommand:
    """Run this command."""

    command: Command


@dataclass(frozen=True, slots=True)
class StartSync:
    """Fetch new issues, or the whole back catalogue."""

    full: bool


@dataclass(frozen=True, slots=True)
class RunSearch:
    """Search the archive for this line."""

    line: str


@dataclass(frozen=True, slots=True)
class SearchWorks:
    """Search the cited works for this line."""

    line: str


@dataclass(frozen=True, slots=True)
class SetTheme:
    """Change to this theme."""

    theme: str


@dataclass(frozen=True, slots=True)
class ShowHelp:
    """Show the help topic of this name; if there is none, the keys whose lines contain these words."""

    words: str


@dataclass(frozen=True, slots=True)
class InvalidCommand:
    """The line is invalid; the message for the user says why and suggests the most similar valid line."""

    message: str


ParsedCommand = GoTo | RunCommand | StartSync | RunSearch | SearchWorks | SetTheme | ShowHelp | InvalidCommand

_COMMANDS_BY_ID = {command.id: command for command in COMMANDS}
_SHORT_NAMES = {
    "search": "search",
    "works": "works",
    "theme": "view.theme",
    "help": "help",
    "sync": "sync",
    "q": "leave",
}
"""Words that take arguments or are short names, and the command of each word without arguments."""
_FIRST_WORDS = tuple(dict.fromkeys((*_SHORT_NAMES, *_COMMANDS_BY_ID)))
"""First words of a line, besides references to issues."""


def parse_command_line(line: str, known: KnownNames) -> ParsedCommand:
    """Parse a line; returns `InvalidCommand` for an empty or unknown line. It never raises."""
    text = line.strip().removeprefix(":").strip()
    if text.startswith("/"):
        return _parse_words("search", text[1:].strip(), known)
    first, _, rest = text.partition(" ")
    words = " ".join(rest.split())
    if first in _FIRST_WORDS:
        return _parse_words(first, words, known)
    if not words and (command := _parse_ref(first.removeprefix("#"), known)):
        return command
    matches = _match_beginning(first, _get_first_words(known))
    if len(matches) == 1:
        return GoTo(LATEST) if matches[0] == LATEST else _parse_words(matches[0], words, known)
    if matches:
        return InvalidCommand(f'"{_shorten(first)}" may be {_format_alternatives(matches)}. Type one more letter.')
    ids = _match_end(first)
    if len(ids) == 1:
        return _parse_words(ids[0], words, known)
    if ids:
        return InvalidCommand(f'"{_shorten(first)}" may be {_format_alternatives(ids)}. Type it whole.')
    return InvalidCommand(_describe_unknown(first, known))


def complete_command_line(line: str, known: KnownNames) -> tuple[str, ...]:
    """Return completions of the line, the most likely first."""
    text = line.lstrip().removeprefix(":").lstrip()
    first, space, rest = text.partition(" ")
    if space:
        second_words = (word for word in _get_second_words(first, known) if word.startswith(rest.lstrip()))
        return tuple(f"{first} {word}" for word in second_words)[:MAX_COMPLETIONS]
    if not text:
        return (*_SHORT_NAMES, *(name for name in (LATEST,) if name in known.issues))
    issue, slash, _ = text.partition("/")
    if slash and issue in known.issues:
        stories = (f"{issue}/{n}" for n in range(1, known.issues[issue] + 1))
        return tuple(story for story in stories if story.startswith(text))[:MAX_COMPLETIONS]
    issues = (name for name in known.issues if name.startswith(text))
    words = [word for word in _FIRST_WORDS if word.startswith(text)]
    return (*words, *(id for id in _match_end(text) if id not in words), *issues)[:MAX_COMPLETIONS]


def _get_second_words(first: str, known: KnownNames) -> Sequence[str]:
    return {"theme": known.themes, "help": known.topics, "sync": ("full",)}.get(first, ())


def _parse_words(first: str, words: str, known: KnownNames) -> ParsedCommand:
    """Parse a line that begins with a known word."""
    if first == "sync.all" or (first == "sync" and words):
        if words and not (first == "sync" and words == "full"):
            return InvalidCommand(f'sync takes "full" or nothing, not "{_shorten(words)}".')
        return StartSync(full=True)
    if first == "sync":
        return StartSync(full=False)
    if words:
        match first:
            case "search":
                return RunSearch(words)
            case "works":
                return SearchWorks(words)
            case "help":
                return ShowHelp(words)
            case "theme" | "view.theme":
                return _parse_theme(words, known)
        return InvalidCommand(f'{first} stands alone: leave "{_shorten(words)}" away.')
    return RunCommand(_COMMANDS_BY_ID[_SHORT_NAMES.get(first, first)])


def _get_first_words(known: KnownNames) -> tuple[str, ...]:
    return (*_FIRST_WORDS, LATEST) if LATEST in known.issues else _FIRST_WORDS


def _parse_theme(name: str, known: KnownNames) -> ParsedCommand:
    matches = _match_beginning(name, known.themes)
    if len(matches) == 1:
        return SetTheme(matches[0])
    if matches:
        return InvalidCommand(f'"{_shorten(name)}" may be {_format_alternatives(matches)}. Type one more letter.')
    similar = _find_similar(name, known.themes)
    hint = f"did you mean {similar}?" if similar else "tab shows them."
    return InvalidCommand(f'There is no theme "{_shorten(name)}"; {hint}')


def _parse_ref(name: str, known: KnownNames) -> ParsedCommand | None:
    """Parse a reference to an issue or a story; None if the name is not a reference."""
    issue, _, position = name.partition("/")
    if issue not in known.issues:
        return _parse_number(issue, known) if _is_number(issue) else None
    if not position:
        return GoTo(issue)
    stories = known.issues[issue]
    if _is_number(position) and 1 <= int(position) <= stories:
        return GoTo(f"{issue}/{int(position)}")
    return InvalidCommand(f"{issue} has no story {_shorten(position)}; its last is {issue}/{stories}.")


def _parse_number(text: str, known: KnownNames) -> ParsedCommand:
    """Parse a number that is no key of `known.issues`, perhaps because of leading zeros."""
    numbers = [int(name) for name in known.issues if _is_number(name)]
    if str(int(text)) in known.issues:
        return GoTo(str(int(text)))
    nearest = min(numbers, key=lambda number: abs(number - int(text)), default=None)
    hint = "S brings in what is new" if nearest is None else f"the nearest is {nearest}"
    return InvalidCommand(f"There is no issue {text} here; {hint}.")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS


def _match_beginning(word: str, names: Sequence[str]) -> list[str]:
    """Return the names that begin with the word; only the shortest if it is the beginning of all others."""
    matches = [name for name in names if word and name.startswith(word.lower())]
    shortest = min(matches, key=len, default="")
    return [shortest] if matches and all(name.startswith(shortest) for name in matches) else matches


def _match_end(word: str) -> list[str]:
    """Return the ids that end with the word, as "view.zen" does with "zen"; a number is an issue, not an id."""
    if not word or _is_number(word):
        return []
    return [id for id in _COMMANDS_BY_ID if id.partition(".")[2] == word.lower()]


def _format_alternatives(names: Sequence[str]) -> str:
    *first, last = [*names[:4], *([f"{len(names) - 4} others"] if len(names) > 4 else [])]
    return f"{', '.join(first)} or {last}"


def _describe_unknown(word: str, known: KnownNames) -> str:
    if not word:
        return "Nothing was typed; try a number of an issue, or a word like search or sync."
    similar = _find_similar(word, (*_FIRST_WORDS, *known.issues))
    hint = f"did you mean {similar}?" if similar else "tab shows what there is."
    return f'"{_shorten(word)}" is no command and no issue here; {hint}'


def _find_similar(word: str, names: Sequence[str]) -> str:
    # Imported here, because most lines are valid.
    from difflib import get_close_matches

    return next(iter(get_close_matches(word[:_MAX_REPEATED].lower(), names, 1)), "")


def _shorten(words: str) -> str:
    return words if len(words) <= _MAX_REPEATED else words[: _MAX_REPEATED - 1] + "…"
