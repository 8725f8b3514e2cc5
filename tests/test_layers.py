"""Tests of the structure: which package may import which, what a command loads, and that no import cycle exists."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from importai_tui.archive.cards import CardStore
from importai_tui.cli.root import CLI_COMMANDS
from importai_tui.library.library import Library
from importai_tui.model import LinkKind
from importai_tui.parse.pipeline import parse_issue
from importai_tui.paths import HOME_VARIABLE, Places
from importai_tui.tui.reading.action_table import ACTIONS_OF_CLASS
from importai_tui.works.card import Card
from tests.examples import make_page

PACKAGE = Path(__file__).parent.parent / "importai_tui"

LAYERS = (
    {"clock", "errors", "json_text", "keymap", "model", "program_errors", "programs", "wording"},
    {"files", "links", "paths"},
    {"config", "error_log", "query", "splash", "sqlite", "sqlite_errors"},
    {"browser", "clipboard", "command_safety", "editor", "forecasts", "pager", "parse", "works"},
    {"archive", "http", "state"},
    {"library", "parse_pool", "search"},
    {"cards", "guide", "manual", "output", "sync", "threads", "user_commands"},
    {"cli", "mcp_server", "tui", "web_server"},
)
"""Packages and top-level modules, the lowest first. A module imports from its own layer and from those below it."""

TUI_LAYERS = (
    {"bindings", "card_service", "job_status", "services", "terminal_loan", "text", "textual_caches", "theme"},
    {"widgets"},
    {"reading"},
    {"dialogs"},
    {"cards", "forecasts", "marks", "output_page", "search", "skim", "threads", "works"},
    {"actions"},
)
"""The layers within `tui`. The app and the modules around it stand above these."""

LIBRARIES = {
    "textual": {"tui"},
    "rich": {"tui"},
    "bs4": {"parse"},
    "lxml": {"parse"},
    "markdown_it": {"cards", "output", "parse"},
    "sqlite3": {"archive", "sqlite", "sqlite_errors", "state"},
    "subprocess": {"browser", "clipboard", "editor", "pager", "programs", "user_commands"},
    "trafilatura": {"cards"},
    "multiprocessing": {"parse_pool"},
    "click": {"cli"},
    "mcp": {"mcp_server"},
    "pydantic": {"mcp_server"},
    "aiohttp": {"web_server"},
    "textual_serve": {"web_server"},
    "platformdirs": {"paths"},
    "socket": {"http"},
    "urllib.request": {"http"},
    "http": set(),
    "httpx2": {"http"},
    "webbrowser": set(),
}
"""The packages that may import each library."""


@cache
def modules() -> tuple[tuple[str, Path], ...]:
    """Every module with the package, or the top-level module, that it belongs to."""
    return tuple(
        (path.relative_to(PACKAGE).parts[0].removesuffix(".py"), path)
        for path in PACKAGE.rglob("*.py")
        if path.parent != PACKAGE or not path.name.startswith("__")
    )


@cache
def imports(path: Path) -> tuple[str, ...]:
    """The full names of everything that a module imports: at the top, in functions, and for type checking."""
    return tuple(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_imports_point_down() -> None:
    layer_of = {name: number for number, names in enumerate(LAYERS) for name in names}
    for package, path in modules():
        for name in imports(path):
            head, _, rest = name.partition(".")
            if head == PACKAGE.name and rest and rest != "__version__":
                imported = rest.partition(".")[0]
                assert layer_of[imported] <= layer_of[package], f"{path} imports {name}"


def test_imports_within_tui_point_down() -> None:
    layer_of = {name: number for number, names in enumerate(TUI_LAYERS) for name in names}
    for path in (PACKAGE / "tui").rglob("*.py"):
        package = path.relative_to(PACKAGE / "tui").parts[0].removesuffix(".py")
        for name in imports(path):
            if name.startswith("importai_tui.tui."):
                imported = name.split(".")[2]
                top = len(TUI_LAYERS)
                assert layer_of.get(imported, top) <= layer_of.get(package, top), f"{path} imports {name}"


def test_some_packages_do_not_know_each_other() -> None:
    for package, other in (("archive", "state"), ("archive", "parse"), ("state", "archive"), ("tui", "cli")):
        for path in (path for name, path in modules() if name == package):
            found = [name for name in imports(path) if name.startswith(f"importai_tui.{other}.")]
            assert found == [], f"{path} imports {found}"


@pytest.mark.parametrize("library", LIBRARIES)
def test_only_some_packages_import_a_library(library: str) -> None:
    found = {package for package, path in modules() for name in imports(path) if f"{name}.".startswith(f"{library}.")}
    assert found <= LIBRARIES[library]


def import_graph() -> dict[str, set[str]]:
    """Each module with the modules that it imports."""
    names = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return {
        name: {_module_of(imported, names) for imported in imports(path)} & names.keys() for name, path in names.items()
    }


def _module_of(imported: str, names: Collection[str]) -> str:
    """The module that an import names: itself, or the one that defines the imported object."""
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


def test_there_is_no_import_cycle() -> None:
    assert cycles(import_graph()) == []


def test_a_cycle_over_three_modules_is_found() -> None:
    assert cycles({"a": ["b"], "b": ["c"], "c": ["a", "d"], "d": []}) == [("a", "b", "c")]


STATE_OWNERS = frozenset({"session", "screen", "writer", "panes"})
"""Objects whose attributes change only through their own methods."""


def test_only_methods_change_the_reading_screen() -> None:
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


PRINT_LOADED_MODULES = """
import sys
from importai_tui.cli import _run_and_report
_run_and_report(sys.argv[1:])
print(*sorted({*sys.modules, *(name.partition(".")[0] for name in sys.modules)}), file=sys.stderr)
"""

SCREEN = {"textual", "rich"}
WEB = {"asyncio", "httpx2"}
PARSERS = {"bs4", "lxml", "markdown_it", "feedparser"}
COMMAND_MODULES = {f"importai_tui.cli.{entry.module}" for entry in CLI_COMMANDS.values()}
OFFLINE_COMMANDS = ("show", "read", "stats", "links", "search", "works", "card", "mark", "open", "export", "doctor")
"""Commands that read stored data only; of a card, one that is stored."""


@pytest.mark.parametrize(
    ("command", "excluded"),
    [
        ("sync", SCREEN),
        ("import", SCREEN | WEB),
        *((command, SCREEN | WEB | PARSERS) for command in ("list", "show --json", *OFFLINE_COMMANDS)),
        ("--help", SCREEN | WEB | PARSERS | {"sqlite3"} | COMMAND_MODULES),
        ("paths", SCREEN | WEB | PARSERS | {"sqlite3"}),
    ],
)
def test_a_command_loads_only_what_it_needs(command: str, excluded: set[str], tmp_path: Path) -> None:
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
        "card": ["latest/1", "1"],
        "export": ["--stories"],
    }
    if command.partition(" ")[0] in OFFLINE_COMMANDS:
        # The page mentions an issue that is stored, so that the mention is resolved to a story.
        data = page.read_bytes().replace(b"It went", b"As Import AI 7 said, it went")
        with Library.open(Places.under(tmp_path / "home")) as library:
            library.store(parse_issue(data, page.name, number=7), data, page.name)
        with CardStore(Places.under(tmp_path / "home").cards) as cards:
            url = "https://example.org/otters/1"
            cards.put([Card(url, LinkKind.PAPER, "Counting Rivers", url, "Web page", "2026")])
    program = [sys.executable, "-c", PRINT_LOADED_MODULES, *command.split(), *arguments.get(command, [])]
    ran = subprocess.run(program, env=environ, check=True, capture_output=True, text=True)
    loaded = set(ran.stderr.splitlines()[-1].split())
    assert "importai_tui" in loaded
    assert not loaded & excluded


OPEN_THE_FIRST_SCREEN = """
import sys
from pathlib import Path
from importai_tui.cli.context import CliContext
from importai_tui.library.library import Library
from importai_tui.paths import HOME_VARIABLE, Places
from importai_tui.tui.app import ReaderApp
from importai_tui.tui.reading import references
import importai_tui.tui.launch

def look(app):
    print(*sys.modules, file=sys.__stderr__)
    app.exit()

ReaderApp._start_background = look
references.LOOKUP_DELAY = 60.0
background = CliContext({HOME_VARIABLE: sys.argv[1]}, demo=False).make_background()
with Library.open(Places.under(Path(sys.argv[1]))) as library:
    ReaderApp(library, opener=print, copy_text=print, open_guide=print, background=background).run(headless=True)
"""
NOT_ON_THE_FIRST_SCREEN = (
    *("bs4", "click", "email", "httpx2", "lxml", "markdown_it", "multiprocessing"),
    *(f"importai_tui.{name}" for name in ("http", "manual.topics", "parse.pipeline", "parse_pool", "query.parser")),
    *(
        f"importai_tui.{name}"
        for name in ("search.search", "sync.rebuild", "sync.run", "threads.threads", "works.query")
    ),
    *(f"importai_tui.tui.{package}.screen" for package in ("marks", "skim", "search", "works", "threads")),
    *("importai_tui.library.annotations", "importai_tui.library.look_back", "importai_tui.tui.reading.look_back"),
    *(f"importai_tui.tui.actions.{group.partition(':')[0]}" for group in ACTIONS_OF_CLASS),
    *(f"importai_tui.tui.dialogs.{name}" for name in ("help", "palette", "questions", "tags")),
)


def test_the_first_screen_loads_nothing_that_only_a_key_needs(tmp_path: Path) -> None:
    with Library.open(Places.under(tmp_path)) as library:
        page = make_page("otters")
        library.store(parse_issue(page, "page.html"), page, "page.html")
    program = [sys.executable, "-c", OPEN_THE_FIRST_SCREEN, str(tmp_path)]
    ran = subprocess.run(program, check=True, capture_output=True, text=True)
    loaded = set(ran.stderr.split())
    assert {"importai_tui.tui.reading.screen", "importai_tui.tui.widgets.story_view"} <= loaded
    assert not loaded.intersection(NOT_ON_THE_FIRST_SCREEN)
