"""What may know what, stated as sentences about imports."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from importai_tui.cli.root import COMMANDS
from importai_tui.library import Library
from importai_tui.parse.issues import parse_issue
from importai_tui.paths import HOME_VARIABLE, Places
from importai_tui.tui.reading.action_table import GROUPS
from tests.examples import make_page

PACKAGE = Path(__file__).parent.parent / "importai_tui"

FLOORS = (
    {
        "call_verbs",
        "clock",
        "error_log",
        "errors",
        "files",
        "issue",
        "json_text",
        "keymap",
        "kinds",
        "naming",
        "paths",
        "wording",
    },
    {"browser_url", "citing", "config", "frame", "links", "wrappers"},
    {"digest", "query", "works"},
    {"archive", "following", "reading", "parse", "browser", "pager"},
    {"http"},
    {"library", "parse_pool", "search"},
    {"guide", "manual", "printing", "sync", "threads"},
    {"cli", "tui"},
)
"""From the ground up: a room imports from its own floor and from those below."""


@cache
def modules() -> tuple[tuple[str, Path], ...]:
    """Every module with the name of its room."""
    return tuple(_modules())


def _modules() -> Iterator[tuple[str, Path]]:
    for path in PACKAGE.rglob("*.py"):
        if path.parent != PACKAGE or not path.name.startswith("__"):
            yield path.relative_to(PACKAGE).parts[0].removesuffix(".py"), path


@cache
def imports(path: Path) -> tuple[str, ...]:
    """The full names that a module imports, wherever in it. Read once, and looked through for each library."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def floor_of(room: str) -> int:
    return next(n for n, floor in enumerate(FLOORS) if room in floor)


def test_imports_point_down() -> None:
    for room, path in modules():
        for name in imports(path):
            head, _, rest = name.partition(".")
            if head == PACKAGE.name and rest and rest != "__version__":
                below = rest.partition(".")[0]
                assert floor_of(below) <= floor_of(room), f"{path} imports {name}"
                # The command line opens the app, and the app knows nothing of it.
                assert (room, below) != ("tui", "cli"), f"{path} imports {name}"


def test_the_archive_knows_nothing_of_reading_nor_of_documents() -> None:
    for room, path in modules():
        for name in imports(path):
            if room == "archive":
                assert not name.startswith(("importai_tui.reading", "importai_tui.parse")), f"{path} imports {name}"
            if room == "reading" and name.startswith("importai_tui.archive"):
                assert name.startswith("importai_tui.archive.database."), f"{path} imports {name}"


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("textual", {"tui"}),
        ("rich", {"tui"}),
        ("bs4", {"parse"}),
        ("lxml", {"parse"}),
        ("markdown_it", {"parse"}),
        ("sqlite3", {"archive", "reading"}),
        ("subprocess", {"browser", "pager"}),
        ("multiprocessing", {"parse_pool"}),
        ("click", {"cli"}),
        ("platformdirs", {"paths"}),
        ("socket", {"http"}),
        ("urllib.request", {"http"}),
        ("http", set()),
        ("httpx2", {"http"}),
        ("webbrowser", set()),
    ],
)
def test_each_library_has_its_rooms(library: str, rooms: set[str]) -> None:
    found = {room for room, path in modules() for name in imports(path) if f"{name}.".startswith(f"{library}.")}
    assert found <= rooms


WHAT_IS_LOADED = """
import sys
from importai_tui.cli import _status
_status(sys.argv[1:])
print(*sorted({*sys.modules, *(name.partition(".")[0] for name in sys.modules)}), file=sys.stderr)
"""

SCREEN = {"textual", "rich"}
WEB = {"asyncio", "httpx2"}
PARSERS = {"bs4", "lxml", "markdown_it", "feedparser"}
COMMAND_MODULES = {f"importai_tui.cli.{entry.module}" for entry in COMMANDS.values()}
OF_WHAT_IS_STORED = ("show", "read", "stats", "links", "search", "works", "mark", "open", "export", "doctor")


@pytest.mark.parametrize(
    ("command", "kept_out"),
    [
        ("sync", SCREEN),
        ("import", SCREEN | WEB),
        *((command, SCREEN | WEB | PARSERS) for command in ("list", "show --json", *OF_WHAT_IS_STORED)),
        ("--help", SCREEN | WEB | PARSERS | {"sqlite3"} | COMMAND_MODULES),
        ("paths", SCREEN | WEB | PARSERS | {"sqlite3"}),
    ],
)
def test_a_command_loads_only_what_it_needs(command: str, kept_out: set[str], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(make_page("otters"))
    environ = {name: value for name, value in os.environ.items() if name not in ("BROWSER", "DISPLAY")}
    environ |= {HOME_VARIABLE: str(tmp_path / "home")}
    arguments = {
        "import": [str(page)],
        "sync": ["--source", "https://nowhere.invalid/feed"],
        "show": ["latest/1"],
        "show --json": ["latest"],
        "links": ["latest/1"],
        "search": ["otters"],
        "mark": ["latest", "--read"],
        "open": ["latest/1", "1"],
        "export": ["--stories"],
    }
    if command.partition(" ")[0] in OF_WHAT_IS_STORED:
        # It refers to an issue that is there, so that it is looked up which story of it is meant.
        data = page.read_bytes().replace(b"It went", b"As Import AI 7 said, it went")
        with Library.open(Places.under(tmp_path / "home")) as library:
            library.store(parse_issue(data, page.name, number=7), data, page.name)
    program = [sys.executable, "-c", WHAT_IS_LOADED, *command.split(), *arguments.get(command, [])]
    ran = subprocess.run(program, env=environ, check=True, capture_output=True, text=True)
    loaded = set(ran.stderr.splitlines()[-1].split())
    assert "importai_tui" in loaded
    assert not loaded & kept_out


def import_graph() -> dict[str, set[str]]:
    """Each module with the modules that it imports, wherever in it: at the top, in a function, for type checking."""
    names = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return {
        name: {_module_of(imported, names) for imported in imports(path)} & names.keys() for name, path in names.items()
    }


def _module_of(imported: str, names: Collection[str]) -> str:
    """The module that an import names: itself, or the one that the imported object is in."""
    return imported if imported in names else imported.rpartition(".")[0]


def cycles(graph: Mapping[str, Collection[str]]) -> list[tuple[str, ...]]:
    """The groups of two and more nodes that reach each other."""
    reached = {node: _reached(graph, node) for node in graph}
    found = {node: frozenset(other for other in reached[node] if node in reached[other]) for node in graph}
    return sorted({tuple(sorted(group)) for group in found.values() if len(group) > 1}, key=len)


def _reached(graph: Mapping[str, Collection[str]], start: str) -> set[str]:
    reached: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting += graph[node]
    return reached


def test_no_module_imports_itself_over_others() -> None:
    assert cycles(import_graph()) == []


def test_a_cycle_over_three_modules_is_found() -> None:
    assert cycles({"a": ["b"], "b": ["c"], "c": ["a", "d"], "d": []}) == [("a", "b", "c")]


STATE_OWNERS = frozenset({"session", "screen", "writer", "panes"})
"""What changes only through its own methods."""


def test_nothing_assigns_to_the_state_of_the_reading_screen_from_outside() -> None:
    found = [
        f"{path.name}:{node.lineno} {ast.unparse(node)}"
        for path in (PACKAGE / "tui").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _owner(node) in STATE_OWNERS
    ]
    assert found == []


def _owner(node: ast.Attribute) -> str:
    """The name of the object that an attribute belongs to: `session` in `self._session.issue`."""
    match node.value:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.removeprefix("_")
    return ""


FLOORS_OF_THE_SCREENS = (
    {"keys", "look", "services"},
    {"lists", "story"},
    {"reading"},
    {"dialogs"},
    {"digest", "search", "threads", "works"},
    {"actions"},
)
"""The same within `tui`; the app stands above them."""


def test_imports_among_the_screens_point_down() -> None:
    def floor(room: str) -> int:
        found = (n for n, rooms in enumerate(FLOORS_OF_THE_SCREENS) if room in rooms)
        return next(found, len(FLOORS_OF_THE_SCREENS))

    for path in (PACKAGE / "tui").rglob("*.py"):
        room = path.relative_to(PACKAGE / "tui").parts[0].removesuffix(".py")
        for name in imports(path):
            if name.startswith("importai_tui.tui.") and not name.startswith("importai_tui.tui.app."):
                assert floor(name.split(".")[2]) <= floor(room), f"{path} imports {name}"


WHAT_THE_FIRST_SCREEN_LOADS = """
import sys
from pathlib import Path
from importai_tui.library import Library
from importai_tui.paths import Places
from importai_tui.tui.app import ReaderApp
from importai_tui.tui.reading import references
from importai_tui.tui.running import run

def look(app):
    print(*sys.modules, file=sys.__stderr__)
    app.exit()

ReaderApp._begin = look
references.REST = 60.0
with Library.open(Places.under(Path(sys.argv[1]))) as library:
    ReaderApp(library, opener=print, open_guide=print).run(headless=True)
"""
NOT_ON_THE_FIRST_SCREEN = (
    *("importai_tui.digest", "importai_tui.parse_pool", "importai_tui.manual", "importai_tui.query"),
    "importai_tui.keymap.command_line",
    *("importai_tui.sync.rebuild", "importai_tui.sync.run", "importai_tui.browser", "importai_tui.parse.understand"),
    *("importai_tui.threads", "importai_tui.http", "importai_tui.works", "importai_tui.keys.spoken"),
    *("importai_tui.sync.rebuild", "importai_tui.sync.run", "importai_tui.opener", "importai_tui.parse.understand"),
    *("importai_tui.links", "importai_tui.tui.dialogs.palette"),
    *(f"importai_tui.tui.{room}.screen" for room in ("digest", "search", "works")),
    *(f"importai_tui.tui.actions.{group.partition(':')[0]}" for group in GROUPS),
    *(f"importai_tui.tui.dialogs.{name}" for name in ("ask", "command_line", "find_line", "help", "note", "tag")),
    *("bs4", "click", "email", "httpx2", "lxml", "markdown_it"),
)


def test_the_first_screen_waits_for_nothing_that_only_a_key_needs(tmp_path: Path) -> None:
    with Library.open(Places.under(tmp_path)) as library:
        page = make_page("otters")
        library.store(parse_issue(page, "page.html"), page, "page.html")
    program = [sys.executable, "-c", WHAT_THE_FIRST_SCREEN_LOADS, str(tmp_path)]
    ran = subprocess.run(program, check=True, capture_output=True, text=True)
    loaded = set(ran.stderr.split())
    assert {"importai_tui.tui.reading.screen", "importai_tui.tui.story.piece_view"} <= loaded
    assert not loaded.intersection(NOT_ON_THE_FIRST_SCREEN)
