"""Parses and completes the line that a user types after `:`. The caller passes the names that exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from importai_tui.keymap.commands import COMMANDS, Command
from importai_tui.wording import plural

LATEST = "latest"
MAX_COMPLETIONS = 40
"""The largest number of completions."""
_MAX_REPEATED = 40
"""Characters of the typed text that a message repeats."""
_MAX_DIGITS = 9
"""Digits of an issue's number; longer numbers are invalid, and Python refuses to parse very long ones."""


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The names that a line may use.

    `issues` maps number, slug or "latest" of an issue to its number of stories; `link_count` is the number of links of
    the open story; `commands` are the names of the user's own commands.
    """

    issues: Mapping[str, int] = field(default_factory=dict)
    themes: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    link_count: int = 0
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GoTo:
    """Open an issue or a story: `402`, `402/3`, `latest`, a slug."""

    ref: str


@dataclass(frozen=True, slots=True)
class RunCommand:
    """Run this command."""

    command: Command


@dataclass(frozen=True, slots=True)
class RunUserCommand:
    """Run a command of the user, on a story or an issue; without one, on the open story."""

    name: str
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class StartSync:
    """Fetch new issues, or the whole back catalogue."""

    full: bool


@dataclass(frozen=True, slots=True)
class RunSearch:
    """Search the archive for this line. `is_offer`: the line is no command, so the search is only offered."""

    line: str
    is_offer: bool = False


@dataclass(frozen=True, slots=True)
class TagStory:
    """Add this tag to the open story, or remove it."""

    name: str


@dataclass(frozen=True, slots=True)
class OpenLink:
    """Open the link of the open story with this number."""

    number: int


@dataclass(frozen=True, slots=True)
class ImportFiles:
    """Import the files and folders that this text names."""

    paths: str


@dataclass(frozen=True, slots=True)
class RunExport:
    """Run `export` with these arguments."""

    arguments: str


@dataclass(frozen=True, slots=True)
class SearchWorks:
    """Search the cited works for this line."""

    line: str


@dataclass(frozen=True, slots=True)
class FilterForecasts:
    """Show the forecasts that match this line."""

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
    offer: RunSearch | None = None
    """The search that Enter starts if the user presses it again."""


ParsedCommand = (
    GoTo
    | RunCommand
    | RunUserCommand
    | StartSync
    | RunSearch
    | TagStory
    | OpenLink
    | ImportFiles
    | RunExport
    | SearchWorks
    | FilterForecasts
    | SetTheme
    | ShowHelp
    | InvalidCommand
)

_COMMANDS_BY_ID = {command.id: command for command in COMMANDS}
_SHORT_NAMES = {
    "search": "search",
    "tag": "mark.tag",
    "open": "link.open",
    "works": "works",
    "forecasts": "forecasts",
    "export": "export",
    "run": "run",
    "import": "",
    "sync": "sync",
    "read": "story.next_unread",
    "show": "",
    "links": "link.panel",
    "theme": "view.theme",
    "help": "help",
    "keys": "help",
    "q": "leave",
}
"""Words that take arguments or are short names, and the command of each word without arguments, if there is one."""
_FIRST_WORDS = tuple(dict.fromkeys((*_SHORT_NAMES, *_COMMANDS_BY_ID)))
"""First words of a line, besides references to issues."""
_SHELL_COMMANDS = ("config", "doctor", "import-state", "paths", "stats")
"""Commands of the program that print, so the reader does not run them."""
_NO_ISSUES = "No issues yet. Type sync to download them."
EXPORT_FORMATS = {
    "--notes": ("markdown", "readwise", "ris", "json"),
    "--works": ("bibtex", "biblatex", "csl", "ris", "markdown", "json"),
    "--forecasts": ("markdown", "csv", "json"),
    "--tales": ("text", "markdown", "epub"),
}
"""The values of `--format` of the command `export`, by the option before it."""
EXPORT_OPTIONS = (
    *("--notes", "--state", "--stories", "--works", "--forecasts", "--tales"),
    *("--starred", "--format", "--each", "--out", "--force"),
)
_PATH_OPTIONS = ("--out", "--each")


def parse_command_line(line: str, known: KnownNames) -> ParsedCommand:
    """Parse a line; returns `InvalidCommand` for an empty or unknown line. It never raises."""
    text = line.strip().removeprefix(":").strip()
    if text.startswith("/"):
        return _parse_words("search", text[1:].strip(), known)
    first, _, rest = text.partition(" ")
    rest = rest.strip()
    if first in _FIRST_WORDS:
        return _parse_words(first, rest, known)
    if not rest and (command := _parse_ref(first.removeprefix("#"), known)):
        return command
    if first == LATEST:
        return InvalidCommand(_NO_ISSUES)
    if first in _SHELL_COMMANDS:
        return InvalidCommand(f"Run this in the shell: importai-tui {first}")
    matches = _match_beginning(first, _get_first_words(known)) or _match_end(first)
    if len(matches) == 1:
        return GoTo(LATEST) if matches[0] == LATEST else _parse_words(matches[0], rest, known)
    return _make_ambiguous(first, matches) if matches else _parse_unknown(text, known)


def complete_command_line(line: str, known: KnownNames) -> tuple[str, ...]:
    """Return completions of the line, the most likely first."""
    text = line.lstrip().removeprefix(":").lstrip()
    first, space, rest = text.partition(" ")
    if space:
        name, space, ref = rest.lstrip().partition(" ")
        if first == "run" and space:
            return tuple(f"run {name} {each}" for each in _complete_ref(ref.lstrip(), known))[:MAX_COMPLETIONS]
        *typed, last = rest.lstrip().split(" ") if first == "export" else [rest.lstrip()]
        words = _get_export_words(typed) if first == "export" else _get_second_words(first, known)
        second_words = (word for word in words if word.startswith(last) and word not in typed)
        return tuple(" ".join((first, *typed, word)) for word in second_words)[:MAX_COMPLETIONS]
    if not text:
        return (*(name for name in (LATEST,) if name in known.issues), *_SHORT_NAMES)
    words = [word for word in _FIRST_WORDS if word.startswith(text)]
    return (*words, *(id for id in _match_end(text) if id not in words), *_complete_ref(text, known))[:MAX_COMPLETIONS]


def _complete_ref(text: str, known: KnownNames) -> Iterator[str]:
    """Yield the issues that begin with the text; behind a slash the stories of the issue."""
    issue, slash, _ = text.partition("/")
    stories = (f"{issue}/{n}" for n in range(1, known.issues.get(issue, 0) + 1))
    return (name for name in (stories if slash else known.issues) if name.startswith(text))


def _get_second_words(first: str, known: KnownNames) -> Iterable[str]:
    match first:
        case "read" | "show":
            return known.issues
        case "open":
            return [str(n) for n in range(1, known.link_count + 1)]
    return {
        "theme": known.themes,
        "help": known.topics,
        "tag": known.tags,
        "sync": ("full",),
        "run": known.commands,
    }.get(first, ())


def _get_export_words(typed: Sequence[str]) -> Sequence[str]:
    """Return the words that may follow these arguments of `export`; none where a path follows."""
    before = typed[-1] if typed else ""
    if before == "--format":
        return next((forms for kind, forms in EXPORT_FORMATS.items() if kind in typed), ())
    return () if before in _PATH_OPTIONS else EXPORT_OPTIONS


def _parse_words(first: str, text: str, known: KnownNames) -> ParsedCommand:
    """Parse a line that begins with a known word; `text` is the rest of it."""
    words = " ".join(text.split())
    match first:
        case "sync.all":
            return StartSync(full=True) if not words else InvalidCommand("sync.all takes no argument")
        case "sync":
            is_valid = words in ("", "full", "--full", "all")
            return StartSync(full=bool(words)) if is_valid else InvalidCommand("sync takes no argument, or “full”")
        case "import":
            return ImportFiles(text) if text else InvalidCommand("Name a file or folder: import PATH")
        case "export" if words:
            if any(option in text for option in _PATH_OPTIONS):
                return RunExport(text)
            return InvalidCommand("Name a file: export --notes --out notes.md")
        case "show" if not words:
            return InvalidCommand("Name an issue or a story: show 402/3")
    if words:
        match first:
            case "search":
                return RunSearch(words)
            case "works":
                return SearchWorks(words)
            case "forecasts":
                return FilterForecasts(words)
            case "help":
                return ShowHelp(words)
            case "theme" | "view.theme":
                return _parse_theme(words, known)
            case "tag" | "mark.tag":
                return TagStory(words)
            case "open" | "link.open":
                return _parse_link(words, known)
            case "run":
                return _parse_run(words, known)
            case "read" | "show":
                return _parse_ref(words.removeprefix("#"), known) or InvalidCommand(
                    f"Unknown issue or story: {_shorten(words)}"
                )
        return InvalidCommand(f"{first} takes no argument")
    return RunCommand(_COMMANDS_BY_ID[_SHORT_NAMES.get(first, first)])


def _parse_link(words: str, known: KnownNames) -> ParsedCommand:
    """Parse the number of a link; any other name of an issue or a story opens that."""
    is_number = _is_number(words)
    if is_number and 1 <= int(words) <= known.link_count:
        return OpenLink(int(words))
    if (found := _parse_ref(words.removeprefix("#"), known)) and not isinstance(found, InvalidCommand):
        return found
    if not is_number:
        return found or InvalidCommand(f"Unknown link or story: {_shorten(words)}")
    count = plural(known.link_count, "link") if known.link_count else "no links"
    return InvalidCommand(f"No link {int(words)}; this story has {count}")


def _parse_run(words: str, known: KnownNames) -> ParsedCommand:
    """Parse the name of a command of the user, and a reference behind it."""
    name, _, ref = words.partition(" ")
    matches = [name] if name in known.commands else _match_beginning(name, known.commands)
    if len(matches) > 1:
        return _make_ambiguous(name, matches)
    if not matches:
        similar = _find_similar(name, known.commands)
        hint = (
            f"Did you mean {similar}?"
            if similar
            else "Type run to list yours."
            if known.commands
            else "You have none yet."
        )
        return InvalidCommand(f"No command called “{_shorten(name)}”. {hint}")
    if not ref:
        return RunUserCommand(matches[0])
    found = _parse_ref(ref.removeprefix("#"), known) or InvalidCommand(f"Unknown issue or story: {_shorten(ref)}")
    return RunUserCommand(matches[0], found.ref) if isinstance(found, GoTo) else found


def _get_first_words(known: KnownNames) -> tuple[str, ...]:
    return (*_FIRST_WORDS, LATEST) if LATEST in known.issues else _FIRST_WORDS


def _parse_theme(name: str, known: KnownNames) -> ParsedCommand:
    matches = _match_beginning(name, known.themes)
    if len(matches) == 1:
        return SetTheme(matches[0])
    if matches:
        return _make_ambiguous(name, matches)
    similar = _find_similar(name, known.themes)
    hint = f"Did you mean {similar}?" if similar else "Tab lists them."
    return InvalidCommand(f"No theme called “{_shorten(name)}”. {hint}")


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
    name = f"Issue {issue}" if _is_number(issue) else issue
    return InvalidCommand(f"{name} has only {plural(stories, 'story', 'stories')}")


def _parse_number(text: str, known: KnownNames) -> ParsedCommand:
    """Parse a number that is no key of `known.issues`, perhaps because of leading zeros."""
    numbers = [int(name) for name in known.issues if _is_number(name)]
    if str(int(text)) in known.issues:
        return GoTo(str(int(text)))
    nearest = min(numbers, key=lambda number: abs(number - int(text)), default=None)
    if nearest is None:
        return InvalidCommand(_NO_ISSUES)
    return InvalidCommand(f"Issue {int(text)} isn't in your archive; the nearest is {nearest}")


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


def _make_ambiguous(word: str, names: Sequence[str]) -> InvalidCommand:
    *first, last = [*names[:4], *([f"{len(names) - 4} others"] if len(names) > 4 else [])]
    return InvalidCommand(f"“{_shorten(word)}” is ambiguous: {', '.join(first)} or {last}?")


def _parse_unknown(line: str, known: KnownNames) -> ParsedCommand:
    """Offer a search for a line that is no command, unless it looks like one with a typing error."""
    if not line:
        return InvalidCommand("Type an issue number, or a command such as search or sync")
    first = line.split()[0]
    if similar := _find_similar(first, (*_FIRST_WORDS, *known.issues)):
        message = f"Unknown command or issue: {_shorten(first)}. Did you mean {similar}? Enter again to search for it."
        return InvalidCommand(message, RunSearch(line))
    return RunSearch(line, is_offer=True)


def _find_similar(word: str, names: Sequence[str]) -> str:
    # Imported here, because most lines are valid.
    from difflib import get_close_matches

    return next(iter(get_close_matches(word[:_MAX_REPEATED].lower(), names, 1)), "")


def _shorten(words: str) -> str:
    return words if len(words) <= _MAX_REPEATED else words[: _MAX_REPEATED - 1] + "…"
