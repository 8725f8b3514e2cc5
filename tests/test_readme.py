"""Tests of README, CONTRIBUTING and the list of promises against the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from importai_tui.keymap.commands import COMMANDS
from importai_tui.manual.topics import TOPICS
from tests.documents import find_command_lines, find_inline_code, find_usage_error
from tests.test_layers import LAYERS, TUI_LAYERS

PROJECT = Path(__file__).parent.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")
PROMISES = (PROJECT / "tests" / "README.md").read_text(encoding="utf-8").split("\n## Promises\n")[1]
CONTRIBUTING = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """Return the text of a section of the README."""
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("page", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_every_command_line_is_valid(page: str) -> None:
    lines = list(find_command_lines(page))
    assert lines
    assert not {line: why for line in lines if (why := find_usage_error(line))}


def test_readme_shows_ten_bound_keys() -> None:
    rows = re.findall(r"^\| `(\S+)` \|", section("Keys at a glance"), re.MULTILINE)
    bound = {key for command in COMMANDS for key in command.key_label.split()}
    assert len(rows) == 10
    named = {
        span
        for part in ("First minutes", "Keys at a glance", "Ways to read")
        for span in find_inline_code(section(part))
    }
    assert {key for key in (*rows, *named) if len(key) == 1 or "+" in key or key in rows} <= bound


def test_readme_lists_help_topics_in_order() -> None:
    listed = re.search(r"shows one: (.*?)\.$", section("Command line"), re.MULTILINE | re.DOTALL)
    assert listed
    assert tuple(listed[1].replace("\n", " ").split(", ")) == TOPICS


def test_each_promise_names_existing_tests() -> None:
    rows = re.findall(r"^\| .+ \| (`tests/.+) \|$", PROMISES, re.MULTILINE)
    named = [span for row in rows for span in find_inline_code(row)]
    files = {span: PROJECT / span.partition("::")[0] for span in named}
    assert len(rows) == PROMISES.count("\n| ") - 1
    assert not [span for span, file in files.items() if not file.exists()]
    missing = [
        span
        for span, file in files.items()
        if "::" in span and f"def {span.partition('::')[2]}(" not in file.read_text(encoding="utf-8")
    ]
    assert not missing


@pytest.mark.parametrize(("number", "layers"), [(1, LAYERS), (2, TUI_LAYERS)])
def test_contributing_shows_the_layers(number: int, layers: tuple[set[str], ...]) -> None:
    table = CONTRIBUTING.split("| layer |")[number].split("\n\n")[0]
    shown = [set[str]() for _ in layers]
    for layer, names in re.findall(r"^\| (\d) \| (.*?) \|", table, re.MULTILINE):
        shown[int(layer) - 1] |= set(find_inline_code(names))
    assert tuple(shown) == layers


def test_files_and_benchmarks_in_contributing_exist() -> None:
    paths = {span for span in find_inline_code(CONTRIBUTING) if re.fullmatch(r"(?!.venv)[\w.]+/[\w./]*", span)}
    assert paths
    folders = [PROJECT, PROJECT / "importai_tui"]
    assert {path for path in paths if not any((folder / path).exists() for folder in folders)} == set()
    named = set(re.findall(r"tests\.benchmarks\.(\w+)", CONTRIBUTING))
    assert named <= {p.stem for p in (PROJECT / "tests" / "benchmarks").glob("*.py")}
