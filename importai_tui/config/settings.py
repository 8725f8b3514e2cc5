"""Every setting that there is, once: its place, its kind, its default, its sentence. Checks and texts read it."""

from __future__ import annotations

from dataclasses import dataclass

from importai_tui.config.kinds import Flag, Folder, Kind, Name, Number, NumberOr, OneOf, Words

PREFIX = "IMPORTAI_TUI_"
"""How the variables of the environment begin that set something."""

KEYS = "keys"
"""The table that holds, beside its settings, the keys of commands."""

_HOURS = Number(0, 8760, "a number of hours from 0, which is never, to 8760")  # who wants longer than a year wants 0

PRESET_NAMES = ("newsboat", "less")
"""The sets in `importai_tui.keys`, which is loaded only where keys are asked for."""

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
"""Our two, the terminal's own colours, and those that come with Textual."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    `default` is what the file would hold; `field` its value's name in `Config`. What is `remembered` follows the
    reader's own changes unless it is set.
    """

    table: str
    name: str
    field: str
    kind: Kind
    default: object
    words: str
    remembered: bool = False

    @property
    def key(self) -> str:
        """Its name with that of its table."""
        return f"{self.table}.{self.name}"

    @property
    def variable(self) -> str:
        """The variable that sets it."""
        return variable_of(self.key)


def variable_of(key: str) -> str:
    """The variable of the environment for a setting, or for a command's keys."""
    return PREFIX + key.replace(".", "_").upper()


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "reading",
        "measure",
        "measure",
        Number(66, 80, "a whole number of cells from 66 to 80", whole=True),
        72,
        "How wide the text is, in cells, from 66 to 80.",
        remembered=True,
    ),
    Setting(
        "reading",
        "read_after",
        "read_after",
        NumberOr(
            ("auto", "end", "never"),
            Number(1, 3600, ""),
            '"auto", "end", "never" or a number of seconds from 1 to 3600',
        ),
        "auto",
        "When an open story becomes read by itself: after two fifths of its reading time, eight seconds at the least "
        '("auto"), or after so many seconds in view; in both cases also when you have paged to its end. "end": only '
        'then. "never": only by a key.',
    ),
    Setting(
        "reading",
        "theme",
        "theme",
        OneOf(THEMES, "the name of a theme"),
        "ink",
        'The colours: "ink", "paper", "terminal" for the terminal\'s own, or another theme that ctrl+p offers.',
        remembered=True,
    ),
    Setting(
        "sync",
        "sources",
        "sources",
        Words('["substack", "https://example.org/feed"]'),
        ["substack"],
        "What every sync asks: names of sources, and addresses.",
    ),
    Setting(
        "sync",
        "back_catalogue",
        "back_catalogue",
        Name('"mirror"'),
        "mirror",
        'Where the whole back catalogue and missing numbers come from; "" for nowhere.',
    ),
    Setting(
        "sync",
        "start_after_hours",
        "start_after_hours",
        _HOURS,
        6,
        "The reader syncs at its start if the last sync is older, in hours; 0 for never. Before the first sync it "
        "never does.",
    ),
    Setting(
        "sync",
        "every_hours",
        "every_hours",
        _HOURS,
        0,
        "While it stays open, the reader syncs again after so many hours; 0 for never.",
    ),
    Setting(
        "sync",
        "metered",
        "metered",
        Flag(),
        False,
        "true: the network costs money, so nothing is fetched unasked.",
    ),
    Setting(
        "links",
        "opener",
        "opener",
        Words('["firefox", "--new-tab"]'),
        [],
        'The program that opens links, and its arguments; "%s" stands for the address, else it comes last. '
        "No shell may read the address: `sh -c 'firefox %s'` is refused. [] for the system's own.",
    ),
    Setting(
        "state",
        "shared_folder",
        "shared_folder",
        Folder(),
        "",
        'A folder that carries what you have read and written to your other machines; "" for none.',
    ),
    Setting(
        KEYS,
        "preset",
        "preset",
        OneOf(("", *PRESET_NAMES), "the name of a set of keys"),
        "",
        'Keys as another program has them: "newsboat" or "less"; "" for our own.',
    ),
)

TABLES = tuple(dict.fromkeys(setting.table for setting in SETTINGS))
