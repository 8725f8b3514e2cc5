"""Tests of the project files: README, pyproject.toml, CI scripts, changelog and guide agree with the code."""

from __future__ import annotations

import ast
import os
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from importai_tui import __version__
from importai_tui.cli.root import root
from importai_tui.keymap.commands import COMMANDS
from tests.conftest import RunProgram

PROJECT_ROOT = Path(__file__).parent.parent
README = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8")
PROJECT: dict[str, Any] = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))

MODULE_NAMES = {
    "pyyaml": "yaml",
    "beautifulsoup4": "bs4",
    "markdown-it-py": "markdown_it",
    "textual-serve": "textual_serve",
}
"""Distributions whose module has another name."""
NEEDED_BY_OTHERS = {"lxml_html_clean"}
"""Distributions that a dependency imports and no longer asks for."""


def section(title: str) -> str:
    """Return the text of a section of the README."""
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def test_ci_runs_the_test_command_of_the_readme() -> None:
    pattern = re.search(r"grep -m1 '(\^.*\$)' README.md", (PROJECT_ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    assert pattern
    found = re.findall(pattern[1], README, re.MULTILINE)
    assert found == ["python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/python -m pytest"]


def test_the_top_level_has_nothing_else() -> None:
    built = {"build", "dist", "htmlcov", "venv", "uv.lock", "importai_tui.egg-info", "PKG-INFO"}
    present = {path.name for path in PROJECT_ROOT.iterdir() if not path.name.startswith(".")} - built
    assert present == {
        *("pyproject.toml", "importai_tui", "tests", "screenshots"),
        *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"),
    }


def test_ci_script_is_executable() -> None:
    assert os.access(PROJECT_ROOT / ".ci" / "run", os.X_OK)


def test_ci_tests_the_lowest_versions() -> None:
    assert os.access(PROJECT_ROOT / ".ci" / "lowest", os.X_OK)
    assert "\n.ci/lowest\n" in (PROJECT_ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_workflow_runs_the_same_checks_on_three_systems() -> None:
    text = (PROJECT_ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert "://" not in text
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    job = workflow["jobs"]["check"]
    assert set(job["strategy"]["matrix"]["os"]) == {"ubuntu-latest", "macos-latest", "windows-latest"}
    versions = {line.rpartition(" ")[2] for line in PROJECT["project"]["classifiers"] if ":: 3." in line}
    assert versions <= set(job["strategy"]["matrix"]["python"])
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]) for step in job["steps"] if "uses" in step)
    commands = {step["run"] for step in job["steps"] if "run" in step}
    assert ".ci/run" in commands
    assert re.findall(r"^On Windows .*`(py .* -m pytest)`$", README, re.MULTILINE)[0] in commands


@pytest.mark.parametrize("requirement", PROJECT["project"]["dependencies"])
def test_every_dependency_has_a_lowest_version(requirement: str) -> None:
    assert re.fullmatch(r"[a-z0-9-]+>=\d+(\.\d+){2}(,<\d+)?", requirement)


def test_install_command_opens_the_installed_program() -> None:
    line = next(line for line in section("Install").splitlines() if line.startswith("python3 -m venv"))
    program = Path(line.split("&&")[-1].strip()).name
    assert PROJECT["project"]["scripts"] == {program: "importai_tui.cli:main"}


@pytest.mark.parametrize("name", ["1", "2", "3"])
def test_every_command_in_the_guide_exists(name: str) -> None:
    page = (PROJECT_ROOT / "importai_tui" / "guide" / f"{name}.html").read_text(encoding="utf-8")
    named = re.findall(r"importai-tui(?: --demo)? ([a-z-]+)", " ".join(re.findall(r"<code>(.*?)</code>", page, re.S)))
    assert named
    assert set(named) <= set(root.commands)


def test_every_key_in_the_guide_is_bound() -> None:
    pages = (PROJECT_ROOT / "importai_tui" / "guide").glob("*.html")
    code = {c for page in pages for c in re.findall(r"<code>([^<]+)</code>", page.read_text(encoding="utf-8"))}
    keys = {c.replace("&lt;", "<").replace("&gt;", ">") for c in code if len(c) == 1 or c.startswith(("ctrl+", "&"))}
    bound = {key for command in COMMANDS for key in command.key_label.split()}
    issue_numbers = {"1", "2", "3"}
    assert len(keys) > 25
    assert keys - bound <= issue_numbers


def test_changelog_begins_with_this_version() -> None:
    lines = (PROJECT_ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    first, *released = [line for line in lines if line.startswith("## ")]
    assert first == "## [Unreleased]"
    assert all(re.fullmatch(r"## \[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}", line) for line in released)
    assert released[0].startswith(f"## [{__version__}] - ")


def test_each_change_is_one_line() -> None:
    lines = (PROJECT_ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if len(line) > 120 or line.startswith(" ")]


def test_version_option_prints_the_version(run: RunProgram) -> None:
    assert run("--version").out == f"importai-tui {__version__}\n"


def test_declared_dependencies_are_the_imported_ones() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    requirements = (*PROJECT["project"]["dependencies"], *extras["articles"], *extras["mcp"], *extras["web"])
    declared = {re.split(r"[<>=]", requirement)[0] for requirement in requirements}
    modules = {MODULE_NAMES.get(name, name) for name in declared} - NEEDED_BY_OTHERS
    assert find_third_party_modules() == modules


def find_third_party_modules() -> set[str]:
    found: set[str] = set()
    for path in (PROJECT_ROOT / "importai_tui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - {"importai_tui"}


@pytest.mark.parametrize("path", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", ".gitignore"])
def test_required_documents_exist(path: str) -> None:
    assert (PROJECT_ROOT / path).stat().st_size > 100
