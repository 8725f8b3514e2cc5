"""Parses and completes the line that a user types after `:`. The caller passes the names that exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from importai_tui.keymap.commands import COMMANDS, Command

LATEST = "latest"
MAX_COMPLETIONS = 40
"""The largest number of completions."""
_ECHO = 40
"""Characters of the typed text that a message repeats."""
_DIGITS = 9
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

_BY_ID = {command.id: command for command in COMMANDS}
_WORDS = {"search": "search", "works": "works", "theme": "view.theme", "help": "help", "sync": "sync", "q": "leave"}
"""Words that take arguments or are short names, and the command of each word without arguments."""
_FIRST = tuple(dict.fromkeys((*_WORDS, *_BY_ID)))
"""First words of a line, besides references to issues."""


def parse_command_line(line: str, known: KnownNames) -> ParsedCommand:
    """Parse a line; returns `InvalidCommand` for an empty or unknown line. It never raises."""
    typed = line.strip().removeprefix(":").strip()
    if typed.startswith("/"):
        return _about("search", typed[1:].strip(), known)
    first, _, rest = typed.partition(" ")
    words = " ".join(rest.split())
    if first in _FIRST:
        return _about(first, words, known)
    if not words and (found := _issue(first.removeprefix("#"), known)):
        return found
    meant = _begun(first, _first(known))
    if len(meant) == 1:
        return GoTo(LATEST) if meant[0] == LATEST else _about(meant[0], words, known)
    if meant:
        return InvalidCommand(f'"{_cut(first)}" may be {_listed(meant)}. Type one more letter.')
    if len(ended := _ended(first)) == 1:
        return _about(ended[0], words, known)
    if ended:
        return InvalidCommand(f'"{_cut(first)}" may be {_listed(ended)}. Type it whole.')
    return InvalidCommand(_unknown(first, known))


def complete_command_line(line: str, known: KnownNames) -> tuple[str, ...]:
    """Return completions of the line, the most likely first."""
    typed = line.lstrip().removeprefix(":").lstrip()
    first, space, rest = typed.partition(" ")
    if space:
        return tuple(f"{first} {word}" for word in _second(first, known) if word.startswith(rest.lstrip()))[
            :MAX_COMPLETIONS
        ]
    if not typed:
        return (*_WORDS, *(name for name in (LATEST,) if name in known.issues))
    issue, slash, _ = typed.partition("/")
    if slash and issue in known.issues:
        stories = (f"{issue}/{n}" for n in range(1, known.issues[issue] + 1))
        return tuple(story for story in stories if story.startswith(typed))[:MAX_COMPLETIONS]
    issues = (name for name in known.issues if name.startswith(typed))
    begun = [word for word in _FIRST if word.startswith(typed)]
    return (*begun, *(id for id in _ended(typed) if id not in begun), *issues)[:MAX_COMPLETIONS]


def _second(first: str, known: KnownNames) -> Sequence[str]:
    return {"theme": known.themes, "help": known.topics, "sync": ("full",)}.get(first, ())


def _about(first: str, words: str, known: KnownNames) -> ParsedCommand:
    """Parse a line that begins with a known word."""
    if first == "sync.all" or (first == "sync" and words):
        wrong = words not in ("", "full") if first == "sync" else bool(words)
        return InvalidCommand(f'sync takes "full" or nothing, not "{_cut(words)}".') if wrong else StartSync(full=True)
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
                return _theme(words, known)
        return InvalidCommand(f'{first} stands alone: leave "{_cut(words)}" away.')
    return RunCommand(_BY_ID[_WORDS.get(first, first)])


def _first(known: KnownNames) -> tuple[str, ...]:
    return (*_FIRST, LATEST) if LATEST in known.issues else _FIRST


def _theme(name: str, known: KnownNames) -> ParsedCommand:
    meant = _begun(name, known.themes)
    if len(meant) == 1:
        return SetTheme(meant[0])
    if meant:
        return InvalidCommand(f'"{_cut(name)}" may be {_listed(meant)}. Type one more letter.')
    near = _nearest(name, known.themes)
    return InvalidCommand(f'There is no theme "{_cut(name)}"; {f"did you mean {near}?" if near else "tab shows them."}')


def _issue(name: str, known: KnownNames) -> ParsedCommand | None:
    """Parse a reference to an issue or a story; None if the name is not a reference."""
    issue, _, position = name.partition("/")
    if issue not in known.issues:
        return _no_number(issue, known) if _is_number(issue) else None
    if not position:
        return GoTo(issue)
    stories = known.issues[issue]
    if _is_number(position) and 1 <= int(position) <= stories:
        return GoTo(f"{issue}/{int(position)}")
    return InvalidCommand(f"{issue} has no story {_cut(position)}; its last is {issue}/{stories}.")


def _no_number(wanted: str, known: KnownNames) -> ParsedCommand:
    numbers = [int(name) for name in known.issues if _is_number(name)]
    if str(int(wanted)) in known.issues:
        return GoTo(str(int(wanted)))
    near = min(numbers, key=lambda number: abs(number - int(wanted)), default=None)
    return InvalidCommand(
        f"There is no issue {wanted} here; {'S brings in what is new' if near is None else f'the nearest is {near}'}."
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _DIGITS


def _begun(word: str, names: Sequence[str]) -> list[str]:
    """Return the names that begin with the word; only the shortest if it is the beginning of all others."""
    begun = [name for name in names if word and name.startswith(word.lower())]
    shortest = min(begun, key=len, default="")
    return [shortest] if begun and all(name.startswith(shortest) for name in begun) else begun


def _ended(word: str) -> list[str]:
    """Return the ids that end with the word, as "view.zen" does with "zen"; a number is an issue, not an id."""
    return [id for id in _BY_ID if id.partition(".")[2] == word.lower()] if word and not _is_number(word) else []


def _listed(names: Sequence[str]) -> str:
    few = list(names[:4]) + ([f"{len(names) - 4} others"] if len(names) > 4 else [])
    return " or ".join((", ".join(few[:-1]), few[-1]))


def _unknown(word: str, known: KnownNames) -> str:
    if not word:
        return "Nothing was typed; try a number of an issue, or a word like search or sync."
    near = _nearest(word, (*_FIRST, *known.issues))
    return f'"{_cut(word)}" is no command and no issue here; ' + (
        f"did you mean {near}?" if near else "tab shows what there is."
    )


def _nearest(word: str, names: Sequence[str]) -> str:
    # Imported here, because most lines are valid.
    from difflib import get_close_matches

    return next(iter(get_close_matches(word[:_ECHO].lower(), names, 1)), "")


def _cut(words: str) -> str:
    return words if len(words) <= _ECHO else words[: _ECHO - 1] + "…"
