"""Declares each setting once: its table, value type, default and text.

`Config` has a field for each setting. The checks, the file of `config --init`, the variables of the environment and
the tables of the help are made from these declarations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from importai_tui.config.value_types import (
    Flag,
    Integer,
    Number,
    OneOf,
    OptionalFolder,
    OptionalMail,
    OptionalName,
    ValueType,
    WordOrNumber,
    Words,
    WordsByName,
)
from importai_tui.wording import plural

if TYPE_CHECKING:
    from importai_tui.config.user_commands import UserCommand

T = TypeVar("T")

VARIABLE_PREFIX = "IMPORTAI_TUI_"
"""The variables of the environment that set something begin with this."""

KEYS_TABLE = "keys"
"""The table of the file that also holds the keys of commands."""

PRESET_NAMES = ("newsboat", "less")
"""The names of `PRESETS` in the key tables, which most commands do not load."""

THEMES = (
    "terminal",
    "ink",
    "paper",
    "textual-dark",
    "textual-light",
    "nord",
    "gruvbox",
    "catppuccin-mocha",
    "dracula",
    "tokyo-night",
    "monokai",
    "flexoki",
    "catppuccin-latte",
    "catppuccin-frappe",
    "catppuccin-macchiato",
    "solarized-light",
    "solarized-dark",
    "rose-pine",
    "rose-pine-moon",
    "rose-pine-dawn",
    "atom-one-dark",
    "atom-one-light",
    "ansi-dark",
    "ansi-light",
)
"""Our two themes, the terminal's own colours, and the themes of Textual."""

OPENER_KINDS = ("paper", "code", "dataset", "model", "post", "news", "video", "social", "other", "pdf")
"""The names in `[links.openers]`: the values of `LinkKind` but "issue", and PDFs of any kind."""

IGNORED = "It is ignored until this is fixed."
"""The consequence of a problem with a setting when the program starts."""

_HOURS = Number(0, 8760, "a number of hours from 0 (never) to 8760")  # 8760 hours are a year


def _setting(table: str, value_type: ValueType[T], default: object, text: str) -> T:
    """Declare a setting of `Config`.

    Args:
        table: its table in the file; the name is that of the field.
        value_type: checks and converts its value.
        default: its value in the file of `config --init`. Converted, it is the default of the field.
        text: its description for users, in that file and in the help.
    """
    declared = {"table": table, "value_type": value_type, "default": default, "text": text}
    if isinstance(default, dict):  # a dataclass takes no mapping as a default
        table_setting: T = field(default_factory=partial(value_type.parse, default), metadata=declared)
        return table_setting
    setting: T = field(default=value_type.parse(default), metadata=declared)
    return setting


def _remembered_setting(table: str, value_type: ValueType[T], default: object, text: str) -> T | None:
    """Declare a setting that users also change in the app: None means its last value there."""
    declared = {"table": table, "value_type": value_type, "default": default, "text": text, "is_remembered": True}
    setting: T | None = field(default=None, metadata=declared)
    return setting


@dataclass(frozen=True, slots=True)
class Config:
    """The values of all settings."""

    measure: int | None = _remembered_setting(
        "reading",
        Integer(66, 80, "a whole number from 66 to 80"),
        72,
        "Width of the text in columns, from 66 to 80.",
    )
    read_after: str | float = _setting(
        "reading",
        WordOrNumber(
            ("auto", "end", "never"),
            Number(1, 3600, ""),
            '"auto", "end", "never" or a number of seconds from 1 to 3600',
        ),
        "auto",
        'When an open story is marked as read. "auto": after 40% of its reading time (at least eight seconds). A '
        'number: after that many seconds. In both cases also when you page to its end. "end": only when you page to '
        'its end. "never": only when you press the key.',
    )
    theme: str | None = _remembered_setting(
        "reading",
        OneOf(THEMES, "the name of a theme"),
        "ink",
        'Colour theme: "ink" (dark), "paper" (light), "terminal" (your terminal\'s own colours), or any other theme '
        "that the reader offers.",
    )
    look_back: str = _setting(
        "reading",
        OneOf(("off", "highlight", "year"), '"off", "highlight" or "year"'),
        "off",
        'What the start screen recalls, in one line until your first key. "highlight": one of your older highlights. '
        '"year": a story from this week in an earlier year.',
    )
    sources: tuple[str, ...] = _setting(
        "sync",
        Words('["substack", "https://example.org/feed"]'),
        ["substack"],
        "Where new issues are downloaded from: names of sources or URLs of feeds.",
    )
    back_catalogue: str | None = _setting(
        "sync",
        OptionalName('"mirror"'),
        "mirror",
        'Where older and missing issues are downloaded from; "" for nowhere. If all sources are your own URLs, it is '
        "used only if you set it here.",
    )
    start_after_hours: float = _setting(
        "sync",
        _HOURS,
        6,
        "Check for new issues at start if the last sync is older than this many hours; 0 for never. Nothing is checked "
        "before your first sync.",
    )
    every_hours: float = _setting(
        "sync",
        _HOURS,
        0,
        "Hours between checks for new issues while the reader is open; 0 for never.",
    )
    metered: bool = _setting(
        "sync",
        Flag(),
        False,
        "true: metered connection; never download automatically.",
    )
    after: tuple[str, ...] = _setting(
        "sync",
        Words('["notify-send", "Import AI", "{title}"]'),
        [],
        "A program to run after a sync with new issues, with its arguments. {title}, {ref} and {url} are replaced by "
        "those of the newest issue, {count} by the number of new issues. [] for none.",
    )
    opener: tuple[str, ...] = _setting(
        "links",
        Words('["firefox", "--new-tab"]'),
        [],
        'The program that opens links, with its arguments; "%s" is replaced by the URL (otherwise the URL comes last). '
        "[] for the system's default browser. Commands that pass the URL through a shell, like `sh -c 'firefox %s'`, "
        "are refused.",
    )
    openers: Mapping[str, tuple[str, ...]] = _setting(
        "links",
        WordsByName(OPENER_KINDS, Words('["mpv"]')),
        {},
        'Programs for kinds of links, in a table [links.openers]: video = ["mpv"]. The kinds are paper, code, dataset, '
        "model, post, news, video, social, other and pdf. If the program fails, the link opens like any other.",
    )
    hyperlinks: str = _setting(
        "links",
        OneOf(("auto", "always", "never"), '"auto", "always" or "never"'),
        "auto",
        "Links that you can click in the terminal, in the reader and in the output of commands such as `importai-tui "
        'read`. "auto": unless the terminal is known to have problems with them. "always": in every terminal. '
        '"never": none.',
    )
    citations: str = _setting(
        "links",
        OneOf(("bibtex", "biblatex"), '"bibtex" or "biblatex"'),
        "bibtex",
        'Dialect of the BibTeX that you copy in the reader: "bibtex" or "biblatex".',
    )
    cards: bool = _setting(
        "links",
        Flag(),
        True,
        "true: cards of cited works are fetched when you ask for them, from arXiv, GitHub and other sites. false: only "
        "stored cards are shown.",
    )
    contact: str = _setting(
        "links",
        OptionalMail(),
        "",
        'A mail address to send to the sites that cards come from; "" for none. Some sites answer faster if they can '
        "write to you about problems.",
    )
    copy_command: tuple[str, ...] = _setting(
        "clipboard",
        Words('["xclip", "-selection", "clipboard"]'),
        [],
        "A program, with its arguments, that copies the text on its standard input. [] for the tool of your system, or "
        "the terminal's own clipboard over ssh.",
    )
    shared_folder: Path | None = _setting(  # noqa: RUF009 - it makes a field
        "state",
        OptionalFolder(),
        "",
        'A synced folder that shares your marks and notes with your other computers; "" for none.',
    )
    preset: str = _setting(
        KEYS_TABLE,
        OneOf(("", *PRESET_NAMES), "the name of a preset"),
        "",
        'Use the keys of another program: "newsboat" or "less"; "" for the defaults.',
    )
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The keys that the user gave to commands, by command id; an empty tuple for no key. The keys of own commands are
    here too, with ids like "commands.summary"."""
    commands: tuple[UserCommand, ...] = ()
    """The commands of the user that have no mistakes, in the order of the file."""

    @property
    def start_sync_after(self) -> timedelta | None:
        """The age of the last sync after which the app syncs at its start; None for never."""
        return timedelta(hours=self.start_after_hours) if self.start_after_hours and not self.metered else None

    @property
    def sync_interval(self) -> timedelta | None:
        """The time between two syncs of an open app; None for never."""
        return timedelta(hours=self.every_hours) if self.every_hours and not self.metered else None


class LoadedConfig(NamedTuple):
    """The settings as they were loaded. Defaults are used for invalid ones."""

    config: Config
    origins: Mapping[str, str]
    """Where each setting was set: "line 3" or the name of a variable. Defaults have no origin."""
    problems: tuple[str, ...]
    """Sentences; each names the file and the line, or the variable, what is wrong, and what is allowed."""

    def summarize_problems(self, consequence: str = IGNORED) -> str:
        """Return the first problem, its consequence, and the number of the others; empty without problems."""
        if not self.problems:
            return ""
        others = plural(len(self.problems) - 1, "more problem")
        more = f" ({others}: run importai-tui config)" if len(self.problems) > 1 else ""
        return f"{self.problems[0]} {consequence}{more}"

    def reject(self, key: str, problem: str) -> LoadedConfig:
        """Return the settings with the default of one setting, and the problem that it has."""
        _, _, name = key.partition(".")
        config = replace(self.config, **{name: getattr(Config(), name)})
        origins = {other: origin for other, origin in self.origins.items() if other != key}
        return LoadedConfig(config, origins, (*self.problems, problem))


class Setting(NamedTuple):
    """The declaration of one setting; `name` is the name of its field in `Config`."""

    name: str
    table: str
    value_type: ValueType[Any]
    default: object
    """The value in the file of `config --init`."""
    text: str
    is_remembered: bool = False

    @property
    def key(self) -> str:
        """The name with its table: "reading.measure"."""
        return f"{self.table}.{self.name}"

    @property
    def variable(self) -> str:
        """The name of the environment variable that sets it."""
        return variable_name(self.key)


def variable_name(key: str) -> str:
    """Return the environment variable for the key of a setting, or for "keys." and the id of a command."""
    return VARIABLE_PREFIX + key.replace(".", "_").upper()


SETTINGS = tuple(Setting(declared.name, **declared.metadata) for declared in fields(Config) if declared.metadata)
"""All settings, in the order of the file."""

TABLES = tuple(dict.fromkeys(setting.table for setting in SETTINGS))
