"""The commands that one waits for, declared once as data: `list`, `show` and `search`.

click's commands are made from this (see `made`), and a line that is plainly well formed is read by it (see `plainly`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importai_tui.cli.session import Session


LARGEST_NUMBER = 999_999_999
"""Of an option's value: more than any archive has, and less than the largest number of a database."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option. It takes one of some words (`one_of`), a whole number (`least`), or nothing: then it is a flag."""

    name: str
    """Of the parameter."""
    flag: str
    help: str | None = None
    default: bool | int | str = False
    one_of: tuple[str, ...] = ()
    least: int | None = None

    @property
    def takes_value(self) -> bool:
        """Whether a word follows it."""
        return bool(self.one_of) or self.least is not None


@dataclass(frozen=True, slots=True)
class Declared:
    """One command. Its module in this room has `run`, which takes the session and the parameters."""

    name: str
    module: str
    help: str
    options: tuple[Option, ...] = ()
    word: str = ""
    """The name of the parameter for the one word that it needs, if it needs one."""
    words: str = ""
    """The same for any number of words, which may begin with one hyphen."""
    metavar: str | None = None
    epilog: str | None = None

    def run(self, session: Session, parameters: dict[str, object]) -> int:
        """Do it; the exit status."""
        # What `importlib.import_module` does, which takes longer to load than any of them.
        module = __import__(f"{__package__}.{self.module}", fromlist=["run"])
        status: int = module.run(session, **parameters)
        return status


_AS_JSON = Option("as_json", "--json", "Print one JSON document.")
EXAMPLE = 'importai-tui search "chain of thought" -math year:2024'

LIST = Declared(
    "list",
    "listing",
    "List the issues, newest first: date, unread/stories, REF, title.",
    (Option("unread", "--unread", "Only issues with something unread."), _AS_JSON),
)
SHOW = Declared(
    "show",
    "showing",
    "Print an issue or a story.",
    (
        Option("form", "--format", default="text", one_of=("text", "markdown", "json")),
        Option("as_json", "--json", "The same as --format json."),
    ),
    word="ref",
)
SEARCH = Declared(
    "search",
    "searching",
    "Find stories, the best match first: REF, date, headline, and the passage that matches.",
    (
        # Twenty stories are a few screens, as one pages through them.
        Option("limit", "--limit", "At most so many stories.", default=20, least=1),
        Option("trend", "--trend", "How many stories a year, or a quarter, instead of the stories."),
        _AS_JSON,
    ),
    words="words",
    metavar="QUERY...",
    epilog=f"""\b
What a search may ask for:
  "exact phrase"  -without  OR  prefix*  title:word
  in:story|tales|essay|note  is:unread|read|starred|noted  tag:name
  issue:392  issue:380..402  after:2024-06  before:2024  year:2023
  site:arxiv.org  has:code|paper|video|note  cites:2502.19187
  sort:best|new|old
For example: {EXAMPLE}""",
)

DECLARED = {command.name: command for command in (LIST, SHOW, SEARCH)}
